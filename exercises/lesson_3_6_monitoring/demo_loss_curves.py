"""Four runs and their names: the loss curves that exercise 3.6.4 tells apart.

Run it: uv run python exercises/lesson_3_6_monitoring/demo_loss_curves.py
"""

from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

plt.style.use(Path(__file__).parents[1] / "plots.mplstyle")

EPOCHS, FEATURES = 40, 20
# name -> (training samples, learning rate); the model is linear in 20 features
RUNS = {
    "improving": (200, 0.01),
    "plateau": (200, 0.2),
    "overfitting": (20, 0.1),
    "diverging": (20, 0.25),
}


def train(samples: int, lr: float) -> tuple[list[float], list[float]]:
    """Return the training and the validation losses of gradient descent on noisy data."""
    generator = torch.Generator().manual_seed(0)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    true_w = normal(FEATURES, 1) / FEATURES**0.5
    X, X_val = normal(samples, FEATURES), normal(200, FEATURES)
    y, y_val = X @ true_w + normal(samples, 1), X_val @ true_w + normal(200, 1)
    w = torch.zeros(FEATURES, 1, dtype=torch.float64)
    losses: list[float] = []
    val_losses: list[float] = []
    for _ in range(EPOCHS):
        error = X @ w - y
        losses.append((error**2).mean().item())
        val_losses.append(((X_val @ w - y_val) ** 2).mean().item())
        w = w - lr * 2 * X.T @ error / samples
    return losses, val_losses


def figure() -> Figure:
    """Return one small plot for each run: training against validation."""
    fig, axes = plt.subplots(2, 2, figsize=(6.4, 4.8), sharex=True, layout="constrained")
    for ax, (name, (samples, lr)) in zip(axes.flat, RUNS.items(), strict=True):
        losses, val_losses = train(samples, lr)
        ax.plot(losses, "-", label="training")
        ax.plot(val_losses, "--", label="validation")
        ax.set_title(f"{name}: N = {samples}, lr = {lr}", fontsize=10)
        ax.set_ylim(bottom=0)
    axes[0, 0].legend()
    for ax in axes[:, 0]:
        ax.set_ylabel("mean squared error")
    for ax in axes[1]:
        ax.set_xlabel("epoch")
    return fig


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
