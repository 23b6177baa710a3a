"""What is left of a signal after each of 30 layers, for four sizes of the first weights.

Run it: uv run python exercises/lesson_3_3_initialisation/demo_signal.py
"""

from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

plt.style.use(Path(__file__).parents[1] / "plots.mplstyle")

WIDTH, DEPTH, SAMPLES = 128, 30, 200


def spread(activation: Callable[[Tensor], Tensor], std: float) -> list[float]:
    """Return the standard deviation of the signal: of the input, and after every layer."""
    generator = torch.Generator().manual_seed(0)
    h = torch.randn(SAMPLES, WIDTH, generator=generator)
    found = [h.std(correction=0).item()]
    for _ in range(DEPTH):
        h = activation(h @ (std * torch.randn(WIDTH, WIDTH, generator=generator)))
        found.append(h.std(correction=0).item())
    return found


def figure() -> Figure:
    """Draw the size of the signal over the depth, for ReLU on the left and for tanh on the right."""
    drawn, sides = plt.subplots(1, 2, figsize=(7.2, 3.4), sharey=True)
    he, xavier = (2 / WIDTH) ** 0.5, (1 / WIDTH) ** 0.5
    sizes = [
        (f"He, {he:.3f}", he, "-"),
        (f"Xavier, {xavier:.3f}", xavier, "--"),
        ("0.05", 0.05, "-."),
        ("0.2", 0.2, ":"),
    ]
    for axes, name, activation in zip(sides, ("ReLU", "tanh"), (torch.relu, torch.tanh), strict=True):
        for label, std, style in sizes:
            axes.semilogy(range(DEPTH + 1), spread(activation, std), style, label=label)
        axes.set_title(name)
        axes.set_xlabel("layer")
    sides[0].set_ylabel("standard deviation of the signal")
    sides[1].legend(title="std of the weights", loc="lower left", fontsize=8, title_fontsize=8)
    return drawn


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
