"""Training and validation loss of a model with more parameters than samples, with and without an L2 penalty.

Run it: uv run python exercises/lesson_2_6_regularisation/demo_overfitting.py
"""

from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

plt.style.use(Path(__file__).parents[1] / "plots.mplstyle")

SAMPLES: int = 16
FEATURES: int = 40
NOISE: float = 0.4
LAM: float = 0.02
LR: float = 0.05


def data(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return inputs between -1 and 1, and one period of a sine with noise."""
    x = 2 * torch.rand(count, 1, generator=generator, dtype=torch.float64) - 1
    return x, torch.sin(torch.pi * x) + NOISE * torch.randn(count, 1, generator=generator, dtype=torch.float64)


def bumps(x: Tensor) -> Tensor:
    """Return the features: a bell curve around each of many centres, so that the model can follow every sample."""
    centres = torch.linspace(-1.2, 1.2, FEATURES, dtype=torch.float64)
    return torch.exp(-(((x - centres) / 0.14) ** 2))


def curves(lam: float, steps: list[int]) -> tuple[list[float], list[float]]:
    """Return training and validation loss (without the penalty) after the given numbers of steps."""
    generator = torch.Generator().manual_seed(3)
    (x, y), (x_val, y_val) = data(SAMPLES, generator), data(200, generator)
    X, X_val = bumps(x), bumps(x_val)
    w = torch.zeros(FEATURES, 1, dtype=torch.float64)
    train, val = [], []
    for step in range(steps[-1] + 1):
        error = X @ w - y
        if step in steps:
            train.append(float((error**2).mean()))
            val.append(float(((X_val @ w - y_val) ** 2).mean()))
        w = w - LR * (2 / SAMPLES * X.T @ error + 2 * lam * w)
    return train, val


def figure() -> Figure:
    """Draw the four curves over the number of steps, on logarithmic axes."""
    chart, axes = plt.subplots()
    steps = sorted({round(10 ** (k / 20)) for k in range(81)})
    for lam, style, name in ((0.0, "-", "without penalty"), (LAM, "--", f"with penalty, λ = {LAM:g}")):
        train, val = curves(lam, steps)
        best = min(range(len(val)), key=val.__getitem__)
        for losses, color, kind in ((val, "C1", "validation"), (train, "C0", "training")):
            axes.plot(steps, losses, color=color, linestyle=style)
            axes.text(steps[-1] * 1.1, losses[-1], f"{kind}\n{name}", color=color, fontsize=8, va="center")
        axes.plot(steps[best], val[best], "o", color="C1", markersize=5)
    axes.axhline(NOISE**2, color="0.4", linewidth=1, linestyle=":")
    axes.text(1, NOISE**2 * 0.93, "variance of the noise", color="0.4", fontsize=8, va="top")
    axes.set(xscale="log", yscale="log", xlabel="steps of gradient descent", ylabel="mean squared error")
    axes.set_yticks([0.05, 0.1, 0.2, 0.5, 1], ["0.05", "0.1", "0.2", "0.5", "1"])
    axes.minorticks_off()
    chart.tight_layout()
    return chart


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
