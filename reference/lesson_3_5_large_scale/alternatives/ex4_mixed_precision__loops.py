"""Exercise 3.5.4 with Python floats in scaled_step; clipping by hand, and everything asked of the scaler explicitly."""

import math

import torch
from torch import Tensor


def scaled_step(
    params: list[Tensor],
    scaled_grads: list[Tensor],
    scale: float,
    lr: float,
    good_steps: int,
    growth_interval: int = 2000,
):
    ok = all(math.isfinite(entry) for grad in scaled_grads for entry in grad.flatten().tolist())
    rate = lr / scale if ok else 0.0
    new = []
    for param, grad in zip(params, scaled_grads):
        entries = param.flatten().tolist()
        if ok:
            entries = [p - rate * g for p, g in zip(entries, grad.flatten().tolist())]
        new.append(torch.tensor(entries, dtype=param.dtype, device=param.device).reshape(param.shape))
    if not ok:
        return new, scale * 0.5, 0
    if good_steps + 1 >= growth_interval:
        return new, scale * 2.0, 0
    return new, scale, good_steps + 1


def amp_train_step(model, x, y, loss_fn, optimizer, scaler, amp_dtype=torch.bfloat16, max_norm=None) -> float:
    for p in model.parameters():
        p.grad = None
    with torch.autocast(device_type=x.device.type, dtype=amp_dtype):
        y_pred = model(x)
        loss = loss_fn(y_pred, y)
    scaled_loss = scaler.scale(loss)
    scaled_loss.backward()
    scaler.unscale_(optimizer)
    if max_norm is not None:
        grads = [p.grad for p in model.parameters() if p.grad is not None]
        norm = torch.stack([g.norm() for g in grads]).norm().item()
        if norm > max_norm:
            for g in grads:
                g.mul_(max_norm / norm)
    scaler.step(optimizer)
    scaler.update()
    return float(loss.detach().float())
