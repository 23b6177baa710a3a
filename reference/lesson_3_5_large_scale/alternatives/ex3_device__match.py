"""Exercise 3.5.3 with match, the accelerator interface, and the five steps in another order."""

import torch


def pick_device(prefer="cuda"):
    accelerator = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    return accelerator if accelerator is not None and accelerator.type == prefer else torch.device("cpu")


def to_device(batch, device):
    match batch:
        case torch.Tensor():
            return batch.to(device, non_blocking=True)
        case dict():
            return dict(zip(batch, (to_device(v, device) for v in batch.values())))
        case list() | tuple():
            moved = (to_device(part, device) for part in batch)
            return batch._make(moved) if hasattr(batch, "_make") else type(batch)(moved)
    return batch


def train_step(model, batch, loss_fn, optimizer):
    model.zero_grad()
    inputs, targets = (part.to(next(iter(model.parameters())).device) for part in batch)
    loss = loss_fn(model(inputs), targets)
    before = float(loss.detach().cpu())
    loss.backward()
    optimizer.step()
    return before
