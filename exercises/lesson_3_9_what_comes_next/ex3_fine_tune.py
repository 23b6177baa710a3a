"""Exercise 3.9.3: fine-tune a pre-trained backbone with a new head.

Either the backbone is frozen and only the head learns, or both learn, each with a learning rate of its own.
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn


def make_optimizer(backbone: nn.Module, head: nn.Module, lr_backbone: float, lr_head: float) -> torch.optim.SGD:
    """Return plain SGD with two parameter groups: the backbone's with `lr_backbone`, then the head's with `lr_head`.

    Example: for lr_backbone = 0.001 and lr_head = 0.1, `optimizer.param_groups[1]["lr"]` is 0.1.
    """
    # TODO: Give the optimizer a list of two dictionaries.
    raise NotImplementedError


def fine_tune(
    backbone: nn.Module,
    head: nn.Module,
    loader: Iterable[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    epochs: int,
    freeze_backbone: bool,
) -> list[float]:
    """Train the head, and the backbone unless it is frozen; return the loss of every epoch, Python floats.

    The prediction for a batch is head(backbone(X)), its loss loss_fn(prediction, y), the mean over the batch. The loader
    gives at least one batch, and the same number of batches in every epoch. Gradients that lie in the parameters before
    the call must not count.

    freeze_backbone=False: both parts are in training mode, and the optimizer updates both.

    freeze_backbone=True: the head is in training mode, the backbone in evaluation mode (its dropout is off, its running
    statistics rest). No gradient reaches its parameters, and the optimizer does not move them, although it may hold them:
    parameters and buffers of the backbone are the same bit for bit afterwards, also if the optimizer has weight decay. Each
    parameter's `requires_grad` is afterwards what it was before the call.

    The loss of an epoch is the mean over its samples: every batch counts with its number of samples, also a shorter last
    one, and is measured before its update. With epochs=0 nothing is trained and the result is [].
    """
    # TODO: Set the modes; while frozen, switch the backbone's gradients off; run the five-step loop; restore.
    raise NotImplementedError
