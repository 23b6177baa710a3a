"""Cuts through the loss surface, one step in them with three learning rates, and what the rates do in the long run.

Run it: uv run python exercises/lesson_1_4_loss_landscape/demo_learning_rates.py
"""

import json
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

plt.style.use(Path(__file__).parents[1] / "plots.mplstyle")
PUBLISHED = json.loads((Path(__file__).parents[2] / "tests" / "published.json").read_text())
x = torch.tensor(PUBLISHED["x_train"], dtype=torch.float64)
y = torch.tensor(PUBLISHED["y_train"], dtype=torch.float64)
START = torch.tensor([0.52, -0.16], dtype=torch.float64)  # b and w, on the grid of the surface


def loss(parameters: Tensor) -> float:
    """Return the mean squared error of the line with the bias parameters[0] and the weight parameters[1]."""
    return float(((parameters[0] + parameters[1] * x - y) ** 2).mean())


def gradient(parameters: Tensor) -> Tensor:
    """Return the derivatives of the loss with respect to b and w."""
    error = parameters[0] + parameters[1] * x - y
    return torch.stack([2 * error.mean(), 2 * (error * x).mean()])


def cut(axes: Axes, index: int, name: str, fixed: str) -> None:
    """Draw the loss along one parameter, and where one step with each learning rate leads."""
    direction = torch.zeros(2, dtype=torch.float64)
    direction[index] = 1
    slope = float(gradient(START)[index])
    moves = torch.linspace(-1.2, 4.2, 60, dtype=torch.float64).tolist()
    axes.plot([float(START[index]) + move for move in moves], [loss(START + move * direction) for move in moves])
    axes.plot(float(START[index]), loss(START), "ks", markersize=5)
    axes.annotate("start", (float(START[index]), loss(START)), xytext=(-8, -4), textcoords="offset points", ha="right")
    for lr, marker in ((0.2, "o"), (0.8, "^"), (1.1, "D")):
        point = START - lr * slope * direction
        axes.plot(float(point[index]), loss(point), marker, color="C1", label=f"lr = {lr}")
    axes.set_title(f"one step along ${name}$ ({fixed})", fontsize=10)
    axes.set_xlabel(f"${name}$")
    axes.set_ylim(0, 5)


def histories(axes: Axes) -> None:
    """Draw the loss of 40 epochs for learning rates below, at and above the limit 0.8055."""
    for lr, style in ((0.1, "-"), (0.7, "--"), (0.8055, ":"), (0.85, "-.")):
        parameters, losses = START, []
        for _ in range(41):
            losses.append(loss(parameters))
            parameters = parameters - lr * gradient(parameters)
        axes.plot(losses, style)
        axes.annotate(f"{lr}", (40, losses[-1]), xytext=(4, -3), textcoords="offset points")
    axes.set_yscale("log")
    axes.set_xlabel("epoch")
    axes.set_title("loss with steps in both, by lr", fontsize=10)


def figure() -> Figure:
    """Draw the two cuts and the histories."""
    fig, (along_b, along_w, over_time) = plt.subplots(1, 3, figsize=(9.6, 3.4), layout="constrained")
    cut(along_b, 0, "b", "$w = -0.16$")
    cut(along_w, 1, "w", "$b = 0.52$")
    along_b.set_ylabel("loss")
    along_b.legend(loc="upper center")
    histories(over_time)
    return fig


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
