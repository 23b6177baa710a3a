"""Four activations and their derivatives, side by side.

Run it: uv run python exercises/lesson_2_4_activations/demo_activations.py
"""

from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

plt.style.use(Path(__file__).parents[1] / "plots.mplstyle")

SLOPE: float = 0.1  # of the leaky ReLU; larger than the usual 0.01, so that one can see it

Curve = Callable[[Tensor], Tensor]
CURVES: dict[str, tuple[str, Curve]] = {
    "ReLU": ("-", lambda z: z.clamp(min=0)),
    "leaky ReLU": ("--", lambda z: torch.where(z > 0, z, SLOPE * z)),
    "tanh": ("-.", torch.tanh),
    "sigmoid": (":", torch.sigmoid),
}
# Where the names stand: beside their lines, in the left and in the right panel.
PLACES: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "ReLU": ((0.45, 1.72), (2.1, 0.94)),
    "leaky ReLU": ((-3.9, -0.62), (-3.9, 0.13)),
    "tanh": ((-3.9, -1.16), (0.95, 0.55)),
    "sigmoid": ((-3.9, 0.17), (2.1, 0.13)),
}


def with_derivative(curve: Curve, z: Tensor) -> tuple[Tensor, Tensor]:
    """Return a curve and its slope at the points z; the slope comes from autograd."""
    points = z.clone().requires_grad_()
    values = curve(points)
    (slopes,) = torch.autograd.grad(values.sum(), points)
    return values.detach(), slopes


def figure() -> Figure:
    """Draw the activations on the left and their derivatives on the right."""
    chart, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.6))
    gap = torch.tensor([torch.nan])  # what is not a number breaks the line: the ReLUs' derivatives jump at 0
    z = torch.cat([torch.linspace(-4, 0, 40), gap, torch.linspace(1e-3, 4, 40)])
    for name, (style, curve) in CURVES.items():
        values, slopes = with_derivative(curve, z)
        for axes, heights, place in ((left, values, PLACES[name][0]), (right, slopes, PLACES[name][1])):
            (line,) = axes.plot(z, heights, linestyle=style)
            label = "both ReLUs" if axes is right and name == "ReLU" else name
            axes.text(*place, label, color=line.get_color())
    left.set(title="activation", xlabel="pre-activation z", ylabel="f(z)", ylim=(-1.4, 2.1))
    right.set(title="derivative", xlabel="pre-activation z", ylabel="f ′(z)", ylim=(-0.08, 1.12))
    chart.tight_layout()
    return chart


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
