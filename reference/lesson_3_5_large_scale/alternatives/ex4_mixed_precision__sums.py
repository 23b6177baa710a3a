"""Exercise 3.5.4 with updates in place on copies, and autocast switched on for the whole forward part as a function."""

import torch


@torch.no_grad()
def scaled_step(params, scaled_grads, scale, lr, good_steps, growth_interval=2000):
    bad = sum(int((~torch.isfinite(g)).sum()) for g in scaled_grads)
    new = [p.clone() for p in params]
    if bad:
        return new, scale / 2.0, 0
    for p, g in zip(new, scaled_grads):
        p -= lr * g / scale
    good_steps = (good_steps + 1) % growth_interval
    return new, scale * (2.0 if good_steps == 0 else 1.0), good_steps


def amp_train_step(
    model, x, y, loss_fn, optimizer, scaler, amp_dtype: torch.dtype = torch.bfloat16, max_norm: float | None = None
):
    model.zero_grad(set_to_none=False)

    @torch.amp.autocast(x.device.type, dtype=amp_dtype)
    def compute():
        return loss_fn(model(x), y)

    loss = compute()
    torch.autograd.backward(scaler.scale(loss))
    if max_norm is not None:
        scaler.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_(list(model.parameters()), max_norm=max_norm, foreach=False)
    scaler.step(optimizer)
    scaler.update()
    return loss.detach().item()
