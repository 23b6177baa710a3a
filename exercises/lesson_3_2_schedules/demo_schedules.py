"""Four schedules of the learning rate over 100 steps, and what they do to one noisy training run.

Run it: uv run python exercises/lesson_3_2_schedules/demo_schedules.py
"""

from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch.optim import SGD
from torch.optim.lr_scheduler import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    LinearLR,
    LRScheduler,
    SequentialLR,
    StepLR,
)

plt.style.use(Path(__file__).parents[1] / "plots.mplstyle")

BASE, STEPS = 0.1, 100
NAMES = {"constant": "-", "step": "--", "exponential": ":", "warm-up and cosine": "-."}


def scheduler(name: str, optimizer: SGD) -> LRScheduler:
    """Return PyTorch's scheduler of that name."""
    if name == "constant":
        return ConstantLR(optimizer, factor=1)
    if name == "step":
        return StepLR(optimizer, step_size=25, gamma=0.4)
    if name == "exponential":
        return ExponentialLR(optimizer, gamma=0.97)
    climb = LinearLR(optimizer, start_factor=0.1, total_iters=9)  # step 9 has the full rate
    fall = CosineAnnealingLR(optimizer, T_max=STEPS - 10, eta_min=0.01 * BASE)
    return SequentialLR(optimizer, [climb, fall], milestones=[10])


def run(name: str) -> tuple[list[float], list[float]]:
    """Return the rates and the distances from the minimum of descent with noisy gradients."""
    generator = torch.Generator().manual_seed(0)
    w = torch.full((50,), 3.0)  # fifty independent parameters of the loss w²/2, to average over
    optimizer = SGD([w], lr=BASE)
    schedule = scheduler(name, optimizer)
    rates, distances = [], []
    for _ in range(STEPS):
        rates.append(schedule.get_last_lr()[0])
        distances.append(w.square().mean().sqrt().item())
        w.grad = w + 2 * torch.randn(50, generator=generator)
        optimizer.step()
        schedule.step()
    return rates, distances


def figure() -> Figure:
    """Draw the rates above the distances."""
    fig, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(6.4, 5.0), layout="constrained")
    for name, line in NAMES.items():
        rates, distances = run(name)
        above.plot(rates, line, label=name, drawstyle="steps-post")
        below.plot(distances, line)
    above.set_ylabel("learning rate")
    above.legend(fontsize=8, ncols=2, loc="center right", bbox_to_anchor=(1, 0.72))
    below.set_yscale("log")
    below.set_yticks([0.2, 0.5, 1, 2, 3], labels=["0.2", "0.5", "1", "2", "3"])
    below.set_yticks([], minor=True)
    below.set_ylabel("distance from the minimum")
    below.set_xlabel("step")
    return fig


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
