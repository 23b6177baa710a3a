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


def data(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return inputs between -1 and 1, and one period of a sine with noise."""
    x = 2 * torch.rand(count, 1, generator=generator, dtype=torch.float64) - 1
    return x, torch.sin(torch.pi * x) + NOISE * torch.randn(count, 1, generator=generator, dtype=torch.float64)


def bumps(x: Tensor) -> Tensor:
    """Return the features: a bell curve around each of many centres, so that the model can follow every sample."""
    centres = torch.linspace(-1.2, 1.2, FEATURES, dtype=torch.float64)
    return torch.exp(-(((x - centres) / 0.15) ** 2))


def curves(lam: float, steps: list[int]) -> tuple[list[float], list[float]]:
    """Return training and validation loss (without the penalty) after the given numbers of steps."""
    generator = torch.Generator().manual_seed(3)
    (x, y), (x_val, y_val) = data(SAMPLES, generator), data(200, generator)
    X, X_val = bumps(x), bumps(x_val)
    w = torch.zeros(FEATURES, 1, dtype=torch.float64)
    lr = 1 / float(torch.linalg.eigvalsh(2 / SAMPLES * X.T @ X)[-1] + 2 * lam)
    train, val = [], []
    for step in range(steps[-1] + 1):
        error = X @ w - y
        if step in steps:
            train.append(float((error**2).mean()))
            val.append(float(((X_val @ w - y_val) ** 2).mean()))
        w = w - lr * (2 / SAMPLES * X.T @ error + 2 * lam * w)
    return train, val


def figure() -> Figure:
    """Draw the four curves over the number of steps, on logarithmic axes."""
    chart, axes = plt.subplots()
    steps = sorted({round(10 ** (k / 20)) for k in range(81)})
    for lam, style, name in ((0.0, "-", "no penalty"), (LAM, "--", f"penalty, λ = {LAM:g}")):
        train, val = curves(lam, steps)
        best = min(range(len(val)), key=val.__getitem__)
        axes.plot(steps, val, color="C1", linestyle=style, label=f"validation, {name}")
        axes.plot(steps, train, color="C0", linestyle=style, label=f"training, {name}")
        axes.plot(steps[best], val[best], "o", color="C1")
    axes.axhline(NOISE**2, color="0.4", linewidth=1, linestyle=":", label="variance of the noise")
    axes.set(xscale="log", yscale="log", xlabel="steps of gradient descent", ylabel="mean squared error")
    axes.legend(fontsize=8, loc="lower left")
    chart.tight_layout()
    return chart


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
