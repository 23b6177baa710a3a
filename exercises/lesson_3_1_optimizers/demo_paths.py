"""Four optimizers on one valley that is twenty times steeper across than along.

Run it: uv run python exercises/lesson_3_1_optimizers/demo_paths.py
"""

from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

plt.style.use(Path(__file__).parents[1] / "plots.mplstyle")

START = torch.tensor([-9.0, 2.0], dtype=torch.float64)
STEPS = 36
Make = Callable[[list[Tensor]], torch.optim.Optimizer]
OPTIMIZERS: dict[str, tuple[Make, str]] = {
    "gradient descent, lr 0.09": (lambda ps: torch.optim.SGD(ps, lr=0.09), "-"),
    "momentum 0.8, lr 0.02": (lambda ps: torch.optim.SGD(ps, lr=0.02, momentum=0.8), "--"),
    "RMSProp, lr 0.3": (lambda ps: torch.optim.RMSprop(ps, lr=0.3, alpha=0.9), ":"),
    "Adam, lr 0.4": (lambda ps: torch.optim.Adam(ps, lr=0.4), "-."),
}


def valley(u: Tensor, w: Tensor) -> Tensor:
    """Return the loss: curvature 1 along u, curvature 20 along w."""
    return u**2 / 2 + 10 * w**2


def path(make: Make) -> Tensor:
    """Return the positions of an optimizer, [STEPS + 1, 2]."""
    position = START.clone().requires_grad_()
    optimizer = make([position])
    positions = [START]
    for _ in range(STEPS):
        optimizer.zero_grad()
        valley(position[0], position[1]).backward()
        optimizer.step()
        positions.append(position.detach().clone())
    return torch.stack(positions)


def figure() -> Figure:
    """Draw each path on the contour lines of the valley."""
    fig, panels = plt.subplots(2, 2, sharex=True, sharey=True, figsize=(7.2, 4.4), layout="constrained")
    u, w = torch.linspace(-10, 4, 21), torch.linspace(-2.4, 2.4, 17)
    loss = valley(u[None, :], w[:, None])
    for panel, (name, (make, line)) in zip(panels.flat, OPTIMIZERS.items()):
        points = path(make)
        panel.contour(u, w, loss, levels=[2, 10, 25, 50], colors="0.75", linewidths=0.8)
        panel.plot(points[:, 0], points[:, 1], line, marker=".", markersize=3.5, linewidth=1.2)
        panel.plot(0, 0, "k+", markersize=9)
        panel.set_title(f"{name}: loss {valley(*points[-1]).item():.1e}", fontsize=9)
    fig.supxlabel("parameter u (flat)", fontsize=10)
    fig.supylabel("parameter w (steep)", fontsize=10)
    return fig


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
