"""What every worker does, done a few times before the first one is forked.

Python rewrites the code of a function that runs often, and fills its caches of attributes and types. In a fork each of
these writes copies a page of memory, and every worker would write the same ones again.
"""

import random
import socket
import types
from typing import Any, Final

import torch

from grader.worker.arguments import Options
from grader.worker.channel import Channel
from grader.worker.child import Child
from grader.worker.program import Program
from grader.worker.wire import Decoder, Encoder

_TIMES: Final = 12
"""Python rewrites the code of a function at its eighth call."""


def rehearse() -> None:
    """Ask a program of our own what submissions are asked; random numbers go on as if it had not been."""
    drawn, drawn_by_torch = random.getstate(), torch.get_rng_state()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        grader, child = Channel(ours), Child(Channel(theirs))
        child.program = Program("", "rehearsal", "rehearsal")
        module = types.ModuleType("rehearsal")
        module.step = _step  # type: ignore[attr-defined]
        child.program._module = module  # noqa: SLF001  nothing is loaded
        child._wait = _never  # noqa: SLF001
        for number in range(_TIMES):
            encoder = Encoder()
            arguments = [torch.ones(4, dtype=torch.float64), torch.ones(4, 1, dtype=torch.float64), 0.5, 2]
            header = {
                "kind": "call",
                "name": "step",
                "scope": number,
                "place": 0,
                "args": [encoder.encode(value) for value in arguments],
                "kwargs": {},
                "names": ["x", "y", "lr", "epochs"],
                "options": vars(Options()),
                "n": number,
            }
            grader.send(header, encoder.blobs, wait=_never)
            child._answer(*child.channel.receive(wait=_never))  # noqa: SLF001
            reply, blobs = grader.receive(wait=_never)
            Decoder(blobs).decode(reply["value"])
    random.setstate(drawn)
    torch.set_rng_state(drawn_by_torch)


def _step(x: torch.Tensor, y: torch.Tensor, lr: float, epochs: int) -> Any:
    w, b = torch.zeros((), dtype=x.dtype), torch.zeros(1, 1, dtype=x.dtype)
    losses = []
    for _ in range(epochs):
        error = w * x + b[0, 0] - y[:, 0]
        w = w - lr * (2 * error * x).mean()
        b = b - lr * error.sum() / len(y)
        losses.append((error**2).mean().item())
    return w, torch.sigmoid(y @ b) + torch.exp(-y.T).T, losses


def _never(_event: int) -> None:
    raise BlockingIOError
