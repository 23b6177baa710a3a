"""The loss over all the data after every update of the first two epochs, for three batch sizes.

Run it: uv run python exercises/lesson_1_3_batches/demo_batch_sizes.py
"""

from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

plt.style.use(Path(__file__).parents[1] / "plots.mplstyle")

N, EPOCHS, LR = 80, 2, 0.1


def losses(x: Tensor, y: Tensor, batch_size: int) -> list[float]:
    """Return the loss over all the data: at the start, and after every update."""
    generator = torch.Generator().manual_seed(1)
    w, b = torch.zeros(1), torch.zeros(1)
    found = [(w * x + b - y).square().mean().item()]
    for _ in range(EPOCHS):
        for batch in torch.randperm(N, generator=generator).split(batch_size):
            error = w * x[batch] + b - y[batch]
            w, b = w - LR * 2 * (error * x[batch]).mean(), b - LR * 2 * error.mean()
            found.append((w * x + b - y).square().mean().item())
    return found


def figure() -> Figure:
    """Draw the loss over the epochs: many small uncertain steps against few large sure ones."""
    generator = torch.Generator().manual_seed(42)
    x = torch.rand(N, generator=generator)
    y = 1 + 2 * x + 0.1 * torch.randn(N, generator=generator)
    drawn, axes = plt.subplots()
    for batch_size, style in ((80, "o-"), (16, "s--"), (1, "-")):
        found = losses(x, y, batch_size)
        epochs = [EPOCHS * step / (len(found) - 1) for step in range(len(found))]
        updates = len(found) - 1
        axes.semilogy(
            epochs, found, style, markersize=4, linewidth=1.3, label=f"batches of {batch_size}: {updates} updates"
        )
    axes.set(xlabel="epoch", ylabel="mean squared error, all data")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, fontsize=8)
    return drawn


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
