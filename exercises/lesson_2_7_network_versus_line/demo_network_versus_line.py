"""A line and a network with 16 hidden units, fitted to the same points: bent data, and a noisy line.

Run it: uv run python exercises/lesson_2_7_network_versus_line/demo_network_versus_line.py
"""

from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

plt.style.use(Path(__file__).parents[1] / "plots.mplstyle")
HIDDEN, LR, EPOCHS = 16, 0.05, 500


def fit_line(x: Tensor, y: Tensor) -> Tensor:
    """Return the heights of the best line."""
    A = torch.cat([torch.ones_like(x), x], dim=1)
    return A @ torch.linalg.lstsq(A, y).solution


def fit_network(x: Tensor, y: Tensor, generator: torch.Generator) -> Tensor:
    """Return the heights of a trained network."""
    sizes = ((1, HIDDEN), (HIDDEN,), (HIDDEN, 1), (1,))
    scales = (1, 1, 0.25, 0)
    params = [
        (scale * torch.randn(size, generator=generator, dtype=torch.float64)).requires_grad_()
        for size, scale in zip(sizes, scales, strict=True)
    ]

    def predict() -> Tensor:
        W1, b1, W2, b2 = params
        return torch.tanh(x @ W1 + b1) @ W2 + b2

    for _ in range(EPOCHS):
        gradients = torch.autograd.grad(((predict() - y) ** 2).mean(), params)
        with torch.no_grad():
            for value, gradient in zip(params, gradients, strict=True):
                value -= LR * gradient
    return predict().detach()


def panel(axes: Axes, x: Tensor, y: Tensor, title: str, generator: torch.Generator) -> None:
    """Draw the points and both fits, with their errors."""
    axes.plot(x[:, 0], y[:, 0], "o", color="0.6", markersize=3)
    for name, heights, style in (("line", fit_line(x, y), "--"), ("network", fit_network(x, y, generator), "-")):
        error = float(((heights - y) ** 2).mean())
        axes.plot(x[:, 0], heights[:, 0], style, label=f"{name}, MSE {error:.3f}")
    axes.set_title(title, fontsize=10)
    axes.set_xlabel("$x$")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2))


def figure() -> Figure:
    """Draw three data sets side by side."""
    generator = torch.Generator().manual_seed(0)
    x = torch.linspace(-2, 2, 40, dtype=torch.float64).reshape(-1, 1)
    noise = torch.randn(40, 1, generator=generator, dtype=torch.float64)
    fig, (wave, edge, straight) = plt.subplots(1, 3, figsize=(9.6, 3.7), layout="constrained")
    panel(wave, x, torch.sin(2 * x), "$y = \\sin 2x$", generator)
    panel(edge, x, x.abs(), "$y = |x|$", generator)
    panel(straight, x, 1 + 2 * x + 0.3 * noise, "$y = 1 + 2x$, noisy", generator)
    wave.set_ylabel("$y$")
    return fig


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
