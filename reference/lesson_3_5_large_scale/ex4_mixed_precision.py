"""Exercise 3.5.4: training in mixed precision.

Small numbers vanish in float16. So the loss is multiplied by a large scale before the backward pass, the gradients are
divided by it before the step, and a scale that was too large costs one step.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn


def scaled_step(
    params: list[Tensor],
    scaled_grads: list[Tensor],
    scale: float,
    lr: float,
    good_steps: int,
    growth_interval: int = 2000,
) -> tuple[list[Tensor], float, int]:
    """Return `(params, scale, good_steps)` after one step of gradient descent with gradients of a scaled loss.

    `params` and `scaled_grads` have equal lengths and shapes; each gradient is `scale` times the true one.
    `good_steps` counts the steps since the scale changed last.

        if any entry of any gradient is NaN or infinite:
            no parameter moves, the scale is halved, the count restarts at 0
        otherwise:
            every parameter moves by -lr · scaled gradient / scale, and the count goes up by 1;
            when it has reached growth_interval, the scale is doubled and the count restarts at 0

    The parameters come back as a list of new tensors without a graph, in both cases, with shapes and dtypes of the old
    ones. `scale` is a Python float, `good_steps` a Python int. The arguments stay as they are. By hand: no torch.optim.

    Example: params [1], scaled_grads [8], scale = 4, lr = 0.1, good_steps = 0 give [0.8], 4.0, 1; the same with
    growth_interval = 1 gives [0.8], 8.0, 0; with scaled_grads [inf] it gives [1], 2.0, 0.
    """
    # BEGIN SOLUTION Look at all gradients first: skip and halve, or unscale, step and count.
    if not all(torch.isfinite(grad).all() for grad in scaled_grads):
        return [param.detach().clone() for param in params], scale / 2, 0
    params = [(param - lr * (grad / scale)).detach() for param, grad in zip(params, scaled_grads)]
    good_steps += 1
    if good_steps == growth_interval:
        scale, good_steps = 2 * scale, 0
    return params, scale, good_steps
    # END SOLUTION


def amp_train_step(
    model: nn.Module,
    x: Tensor,
    y: Tensor,
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    amp_dtype: torch.dtype = torch.bfloat16,
    max_norm: float | None = None,
) -> float:
    """Take one training step in mixed precision and return the loss, without the scale, as a Python float.

    In this order:

        clear the gradients, also those left from before
        the forward pass and the loss under torch.amp.autocast(x.device.type, dtype=amp_dtype)
        outside of autocast: backward of the loss, scaled by the scaler
        only if max_norm is given: have the scaler unscale the optimizer's gradients, then clip their common norm at
            max_norm (torch.nn.utils.clip_grad_norm_)
        the optimizer's step by the scaler, and the scaler's update

    The model keeps its float32 parameters, and `x` and `y` are float32: autocast chooses the precision of every operation.
    The scaler may be disabled; then the same calls do nothing special. `loss_fn(model(x), y)` returns a scalar tensor.
    """
    # BEGIN SOLUTION Clear; forward and loss under autocast; scaled backward; unscale and clip if asked; step; update.
    optimizer.zero_grad()
    with torch.amp.autocast(x.device.type, dtype=amp_dtype):
        loss = loss_fn(model(x), y)
    scaler.scale(loss).backward()
    if max_norm is not None:
        scaler.unscale_(optimizer)  # a limit for the true gradients, not for the scaled ones
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    scaler.update()
    return loss.item()
    # END SOLUTION
