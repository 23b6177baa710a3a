"""One neuron as a computation graph: values on the way forward, local derivatives and gradients on the way back.

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


def number(value: float) -> str:
    """Return a number with at most four decimals, and a proper minus sign."""
    return f"{value:.4f}".rstrip("0").rstrip(".").replace("-", "−")


def box(axes: Axes, place: Place, name: str, value: float, gradient: float, *, above: bool = False) -> None:
    """Draw a value of the graph and, above or below it, the derivative of the loss with respect to it."""
    style = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": "black"}
    axes.text(*place, f"{name} = {number(value)}", ha="center", va="center", bbox=style)
    shift = 0.5 if above else -0.6
    text = f"dL/d{name} = {number(gradient)}"
    axes.text(place[0], place[1] + shift, text, ha="center", va="center", color=BACK, weight="bold", fontsize=9)


def arrow(axes: Axes, start: Place, end: Place, operation: str, local: str) -> None:
    """Draw an operation forward and, beside it, the local derivative that the gradient is multiplied by."""
    for shift, color, here, there in ((0.1, FORWARD, start, end), (-0.1, BACK, end, start)):
        axes.annotate(
            "",
            xy=(there[0], there[1] + shift),
            xytext=(here[0], here[1] + shift),
            arrowprops={"arrowstyle": "->", "color": color, "shrinkA": 36, "shrinkB": 36, "linewidth": 1.5},
        )
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    axes.text(x, y + 0.22, operation, ha="center", va="bottom", color=FORWARD, fontsize=9)
    axes.text(x, y - 0.22, local, ha="center", va="top", color=BACK, fontsize=9)


def figure() -> Figure:
    """Draw the graph of L = (sigmoid(w·x + b) - y)² with its numbers."""
    z = W * X + B
    a = 1 / (1 + math.exp(-z))
    loss = (a - Y) ** 2
    local_loss, local_sigmoid, local_weight = 2 * (a - Y), a * (1 - a), X
    dz = local_loss * local_sigmoid
    drawn, axes = plt.subplots(figsize=(9.0, 3.2))
    places: dict[str, Place] = {"w": (0, 1.1), "b": (0, -1.1), "z": (3.4, 0), "a": (6.8, 0), "L": (10.2, 0)}
    arrow(axes, places["w"], places["z"], "       · x", f"∂z/∂w = x = {number(local_weight)}               ")
    arrow(axes, places["b"], places["z"], "+           ", "              ∂z/∂b = 1")
    arrow(axes, places["z"], places["a"], "sigmoid", f"∂a/∂z = {number(local_sigmoid)}")
    arrow(axes, places["a"], places["L"], "(a − y)²", f"∂L/∂a = {number(local_loss)}")
    for name, value, gradient in (
        ("w", W, dz * local_weight),
        ("b", B, dz),
        ("z", z, dz),
        ("a", a, local_loss),
        ("L", loss, 1.0),
    ):
        box(axes, places[name], name, value, gradient, above=name == "w")
    axes.text(6.8, 1.3, "forward: values →", color=FORWARD, ha="center")
    axes.text(6.8, -1.6, "← backward: gradient times local derivative", color=BACK, ha="center")
    axes.set(xlim=(-1.1, 11.2), ylim=(-2.0, 1.8))
    axes.axis("off")
    return drawn


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
