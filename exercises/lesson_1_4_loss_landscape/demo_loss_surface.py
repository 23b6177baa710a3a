"""The loss of the published points as a surface over b and w, with the path of gradient descent.

Run it: uv run python exercises/lesson_1_4_loss_landscape/demo_loss_surface.py
"""

import json
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

plt.style.use(Path(__file__).parents[1] / "plots.mplstyle")
PUBLISHED = json.loads((Path(__file__).parents[2] / "tests" / "published.json").read_text())
x = torch.tensor(PUBLISHED["x_train"], dtype=torch.float64)
y = torch.tensor(PUBLISHED["y_train"], dtype=torch.float64)


def loss(b: Tensor, w: Tensor) -> Tensor:
    """Return the mean squared error for every pair of entries of b and w."""
    return ((b[..., None] + w[..., None] * x - y) ** 2).mean(dim=-1)


def descent(b: float, w: float, lr: float, epochs: int) -> Tensor:
    """Return the points [epochs + 1, 2] through which gradient descent goes."""
    path = [(b, w)]
    for _ in range(epochs):
        error = b + w * x - y
        b, w = b - lr * 2 * float(error.mean()), w - lr * 2 * float((error * x).mean())
        path.append((b, w))
    return torch.tensor(path, dtype=torch.float64)


def figure() -> Figure:
    """Draw lines of equal loss and the path from the published start."""
    fig, axes = plt.subplots(figsize=(6.4, 5.0))
    w_grid, b_grid = torch.meshgrid(torch.linspace(-1, 4, 41), torch.linspace(-1, 3, 41), indexing="ij")
    levels = [0.05, 0.25, 0.75, 1.5, 3, 5, 8]
    lines = axes.contour(b_grid, w_grid, loss(b_grid, w_grid), levels=levels, colors="0.45", linewidths=0.9)
    axes.clabel(lines, fmt="%g", fontsize=8)

    path = descent(PUBLISHED["b"][0], PUBLISHED["w"][0], lr=0.1, epochs=1000)
    shown = path[[*range(40), *range(40, 1001, 30)]]
    axes.plot(shown[:, 0], shown[:, 1], color="C0")
    for epoch, place in ((0, (-34, -6)), (1, (10, -4)), (10, (8, 4)), (100, (10, 2)), (1000, (10, 2))):
        b, w = path[epoch].tolist()
        axes.plot(b, w, "o", color="C0", markersize=5)
        axes.annotate("start" if epoch == 0 else f"{epoch}", (b, w), xytext=place, textcoords="offset points")
    axes.set_xlabel("bias $b$")
    axes.set_ylabel("weight $w$")
    axes.set_title("Lines of equal loss, and gradient descent with lr = 0.1 (numbers: epochs)", fontsize=10)
    return fig


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
