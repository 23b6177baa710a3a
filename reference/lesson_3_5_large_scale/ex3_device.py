"""Exercise 3.5.3: the right device.

A program should run on a GPU where there is one and on the CPU where there is none. The model says where the data go.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

Batch = Any  # a tensor, or lists, tuples and dictionaries of batches, nested as deep as you like


def pick_device(prefer: str = "cuda") -> torch.device:
    """Return `torch.device(prefer)` if this machine has such a device, otherwise the CPU.

    `prefer` is "cuda", "mps" or "cpu". The result is a `torch.device`, not a string.

    Example: pick_device("cuda") is torch.device("cuda") with an NVIDIA GPU and torch.device("cpu") without one.
    """
    # BEGIN SOLUTION Ask torch whether the preferred kind of device is there; fall back to the CPU.
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return torch.device(prefer if available.get(prefer) else "cpu")
    # END SOLUTION


def to_device(batch: Batch, device: torch.device | str) -> Batch:
    """Return the batch with every tensor in it moved to `device`.

    A batch is a tensor, or a list, a tuple or a dictionary of batches. The result has the same structure: a list stays a
    list, a tuple a tuple, a named tuple a named tuple of its class, and a dictionary has the same keys in the same order.
    What is no tensor (numbers, text, None) comes out unchanged. Dtypes stay as they are.

    The given containers stay as they are: build new ones. A tensor that lies on `device` already may be returned itself.

    Example: to_device({"x": x, "pair": (y, None)}, "cuda") is {"x": x.to("cuda"), "pair": (y.to("cuda"), None)}.
    """
    # BEGIN SOLUTION Tensors are moved; containers are built anew from moved parts, each with its own type.
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: to_device(value, device) for key, value in batch.items()}
    if isinstance(batch, list):
        return [to_device(value, device) for value in batch]
    if isinstance(batch, tuple):
        values = [to_device(value, device) for value in batch]
        named = hasattr(batch, "_fields")  # a named tuple takes its fields one by one, a plain one takes a sequence
        return type(batch)(*values) if named else tuple(values)
    return batch
    # END SOLUTION


def train_step(
    model: nn.Module,
    batch: tuple[Tensor, Tensor],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
) -> float:
    """Take one training step on `batch`, a pair `(X, y)`, and return the loss before the step as a Python float.

    The batch may lie on another device than the model. Move both of its tensors to the device of the model's parameters
    (the model stays where it is), clear the gradients, also those left from before, and take one step of the optimizer
    with the gradient of loss_fn(model(X), y).
    """
    # BEGIN SOLUTION Ask a parameter for the device, move the batch there, then the five steps of lesson 2.5.
    device = next(model.parameters()).device
    X, y = to_device(batch, device)
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
    # END SOLUTION
