"""The same points and the same model in three units of x: how the scale of a feature bends the loss surface.

Run it: uv run python exercises/lesson_1_4_loss_landscape/demo_feature_scale.py
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
EPOCHS = 20


def panel(axes: Axes, feature: Tensor, title: str) -> None:
    """Draw the surface around its lowest point, and descent from b = w = 0 with 0.6 times the largest stable lr."""
    A = torch.stack([torch.ones_like(feature), feature], dim=1)
    hessian = 2 / len(A) * A.T @ A
    optimum = torch.linalg.lstsq(A, y[:, None]).solution[:, 0]
    eigenvalues, directions = torch.linalg.eigh(hessian)
    lr = 0.6 * 2 / eigenvalues[-1]

    # The loss lies above its minimum by half of d^T H d, with d the distance from the lowest point: its lines are ellipses.
    angles = torch.linspace(0, 2 * torch.pi, 64, dtype=torch.float64)
    circle = torch.stack([angles.cos(), angles.sin()])
    for level in (0.05, 0.25, 0.75, 1.5, 3):
        ellipse = directions @ ((2 * level / eigenvalues).sqrt()[:, None] * circle)
        axes.plot(ellipse[0], ellipse[1], color="0.55", linewidth=0.8)

    path = [-optimum]
    for _ in range(EPOCHS):
        path.append(path[-1] - lr * hessian @ path[-1])
    points = torch.stack(path)
    axes.plot(points[:, 0], points[:, 1], ".-", linewidth=1.1, markersize=5)
    axes.plot(points[0, 0], points[0, 1], "ks", markersize=5)
    axes.plot(0, 0, "k+", markersize=10)
    axes.set(xlim=(-2.3, 2.3), ylim=(-2.3, 2.3), aspect="equal")
    axes.set_xlabel("$b$ minus its best value")
    axes.set_title(f"{title}\nlongest : shortest axis = {(eigenvalues[1] / eigenvalues[0]).sqrt():.1f}", fontsize=10)


def figure() -> Figure:
    """Draw three panels in the same units."""
    fig, panels = plt.subplots(1, 3, figsize=(9.6, 3.7), sharey=True, layout="constrained")
    features = (x, 10 * x, (x - x.mean()) / x.std(correction=0))
    for axes, feature, title in zip(panels, features, ("x", "10 x", "x standardised"), strict=True):
        panel(axes, feature, title)
    panels[0].set_ylabel("$w$ minus its best value")
    return fig


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
