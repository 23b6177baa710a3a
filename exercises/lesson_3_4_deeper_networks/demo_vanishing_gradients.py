"""How much of the gradient is left, layer by layer, in four networks of 30 layers.

Run it: uv run python exercises/lesson_3_4_deeper_networks/demo_vanishing_gradients.py
"""

from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

plt.style.use(Path(__file__).parents[1] / "plots.mplstyle")

DEPTH, WIDTH, SAMPLES = 30, 32, 64
Layer = Callable[[Tensor, Tensor], Tensor]
LAYERS: dict[str, tuple[Layer, str]] = {
    "residual tanh": (lambda h, W: h + torch.tanh(h @ W), "-"),
    "tanh": (lambda h, W: torch.tanh(h @ W), "--"),
    "ReLU": (lambda h, W: torch.relu(h @ W), "-."),
    "sigmoid": (lambda h, W: torch.sigmoid(h @ W), ":"),
}


def gradient_sizes(layer: Layer) -> list[float]:
    """Return the norm of dL/dh for h before the first layer, after the first, … and after the last."""
    generator = torch.Generator().manual_seed(0)  # the same numbers for every kind of layer

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    hs = [normal(SAMPLES, WIDTH).requires_grad_()]
    for _ in range(DEPTH):
        hs.append(layer(hs[-1], normal(WIDTH, WIDTH) / WIDTH**0.5))
    y_pred, y = hs[-1] @ normal(WIDTH, 1) / WIDTH**0.5, normal(SAMPLES, 1)
    loss = ((y_pred - y) ** 2).mean()
    return [gradient.norm().item() for gradient in torch.autograd.grad(loss, hs)]


def figure() -> Figure:
    """Return the sizes relative to the last layer's, one line for each kind of layer."""
    fig, ax = plt.subplots()
    for name, (layer, style) in LAYERS.items():
        sizes = gradient_sizes(layer)
        relative = [size / sizes[-1] for size in sizes]
        ax.semilogy(range(DEPTH + 1), relative, style)
        factor = relative[0] ** (1 / DEPTH)  # per layer, on average
        label = f"{name} (×{factor:.2f})"
        ax.annotate(label, (0, relative[0]), xytext=(-6, 0), textcoords="offset points", ha="right", va="center")
    ax.set_xlim(-14, DEPTH)
    ax.set_xticks(range(0, DEPTH + 1, 5))
    ax.set_xlabel("layer $l$ (0: the input)")
    ax.set_ylabel("size of $∂\\ell/∂h_l$, last layer = 1")
    return fig


if __name__ == "__main__":
    figure().savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
