"""Early stopping on a model that overfits: both curves, the best epoch, and the epoch of the stop.

Run it: uv run python exercises/lesson_3_7_modern_regularisation/demo_early_stopping.py
"""

from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

plt.style.use(Path(__file__).parents[1] / "plots.mplstyle")

EPOCHS, PATIENCE = 80, 12


def curves() -> tuple[list[float], list[float]]:
    """Train 60 weights on 24 points; return the training and the validation loss after every epoch."""
    generator = torch.Generator().manual_seed(5)

    def noisy_sine(count: int) -> tuple[Tensor, Tensor]:
        x = 6 * torch.rand(count, 1, generator=generator) - 3
        return x, torch.sin(x) + 0.4 * torch.randn(count, 1, generator=generator)

    x, y = noisy_sine(24)
    x_val, y_val = noisy_sine(60)
    # Sixty waves of random length and phase: a linear model of them can bend as it likes.
    wave, phase = 2.5 * torch.randn(1, 60, generator=generator), 6.28 * torch.rand(60, generator=generator)
    features, features_val = (torch.cos(points @ wave + phase) / 30**0.5 for points in (x, x_val))
    w = torch.zeros(60, 1)
    train_losses, val_losses = [], []
    for _ in range(EPOCHS):
        for batch in torch.randperm(24, generator=generator).split(3):
            error = features[batch] @ w - y[batch]
            w = w - 0.3 * 2 * features[batch].T @ error / 3
        train_losses.append((features @ w - y).square().mean().item())
        val_losses.append((features_val @ w - y_val).square().mean().item())
    return train_losses, val_losses


def stop_epoch(losses: list[float], patience: int) -> tuple[int, int]:
    """Return the epoch of the stop and the best epoch until then."""
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        elif epoch - best >= patience:
            return epoch, best
    return len(losses) - 1, best


def figure() -> Figure:
    """Draw the curves; after the stop they are dotted: a real run would not have computed them."""
    train, val = curves()
    stop, best = stop_epoch(val, PATIENCE)
    drawn, axes = plt.subplots()
    for losses, label, colour in ((val, "validation", "C1"), (train, "training", "C0")):
        axes.plot(range(stop + 1), losses[: stop + 1], color=colour)
        axes.plot(range(stop, EPOCHS), losses[stop:], ":", color=colour)
        axes.text(EPOCHS + 0.5, losses[-1], label, color=colour, va="center")
    axes.axvspan(best, stop, color="0.9", zorder=0)
    axes.text((best + stop) / 2, 0.01, "patience", ha="center")
    axes.plot(best, val[best], "o", color="black")
    axes.text(best - 0.5, 0.452, f"best:\nepoch {best}", ha="right", va="top")
    axes.text(stop + 0.5, 0.452, f"stop:\nepoch {stop}", va="top")
    for epoch in (best, stop):
        axes.axvline(epoch, color="0.3", linewidth=1, linestyle="--")
    axes.set(xlabel="epoch", ylabel="loss (mean squared error)", xlim=(0, EPOCHS), ylim=(0, 0.46))
    return drawn


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
