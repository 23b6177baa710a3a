"""One neuron as a computation graph: values on the way forward, gradients on the way back.

The sample is x = 2 with the target y = 1, at w = 0.5 and b = -0.4.

Run it: uv run python exercises/lesson_2_2_forward_backward/demo_computation_graph.py
"""

import math
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

plt.style.use(Path(__file__).parents[1] / "plots.mplstyle")

Place = tuple[float, float]
FORWARD, BACK = "#0072B2", "#D55E00"
X, Y, W, B = 2.0, 1.0, 0.5, -0.4


def box(axes: Axes, place: Place, name: str, value: float) -> None:
    """Draw a value of the graph."""
    style = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": "black"}
    axes.text(*place, f"{name}\n{value:.4g}", ha="center", va="center", bbox=style)


def arrow(axes: Axes, start: Place, end: Place, operation: str, gradient: float) -> None:
    """Draw an operation forward and, below it, the gradient that comes back."""
    (x0, y0), (x1, y1) = start, end
    for shift, color, here, there in ((0.12, FORWARD, start, end), (-0.12, BACK, end, start)):
        axes.annotate(
            "",
            xy=(there[0], there[1] + shift),
            xytext=(here[0], here[1] + shift),
            arrowprops={"arrowstyle": "->", "color": color, "shrinkA": 24, "shrinkB": 24, "linewidth": 1.5},
        )
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    axes.text(middle[0], middle[1] + 0.22, operation, ha="center", va="bottom", color=FORWARD, fontsize=9)
    axes.text(middle[0], middle[1] - 0.24, f"{gradient:+.4g}", ha="center", va="top", color=BACK, fontsize=9)


def figure() -> Figure:
    """Draw the graph of L = (sigmoid(w·x + b) - y)² with its numbers."""
    z = W * X + B
    a = 1 / (1 + math.exp(-z))
    loss = (a - Y) ** 2
    da = 2 * (a - Y)
    dz = da * a * (1 - a)
    drawn, axes = plt.subplots(figsize=(7.6, 3.0))
    places: dict[str, Place] = {"w": (0, 1.0), "b": (0, -1.0), "z": (2.2, 0), "a": (4.4, 0), "L": (6.6, 0)}
    arrow(axes, places["w"], places["z"], "·x, +", dz * X)
    arrow(axes, places["b"], places["z"], "+", dz)
    arrow(axes, places["z"], places["a"], "sigmoid", dz)
    arrow(axes, places["a"], places["L"], "(a − y)²", da)
    for name, value in (("w", W), ("b", B), ("z", z), ("a", a), ("L", loss)):
        box(axes, places[name], name, value)
    axes.text(3.3, 1.35, "forward: values", color=FORWARD, ha="center")
    axes.text(3.3, -1.45, "backward: dL/d(the value at the arrow's tip)", color=BACK, ha="center")
    axes.set(xlim=(-0.6, 7.2), ylim=(-1.7, 1.7))
    axes.axis("off")
    return drawn


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
