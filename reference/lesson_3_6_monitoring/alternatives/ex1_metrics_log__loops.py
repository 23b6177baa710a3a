"""Exercise 3.6.1 with nested lists and Python floats."""

import math
from collections.abc import Sequence

from torch import Tensor


def accuracy(logits: Tensor, targets: Tensor) -> float:
    rows = logits.tolist()
    right = 0
    for row, target in zip(rows, targets.tolist()):
        right += row.index(max(row)) == target
    return right / max(1, len(rows))


def global_grad_norm(grads: Sequence[Tensor | None]) -> float:
    entries = []
    for g in grads:
        entries += [] if g is None else g.flatten().tolist()
    return math.sqrt(math.fsum(entry * entry for entry in entries))


def smoothed(values: Sequence[float], beta: float = 0.9) -> list[float]:
    result = []
    for t in range(1, len(values) + 1):
        weights = [beta ** (t - 1 - i) for i in range(t)]  # the weighted mean that the recursion amounts to
        result.append(sum(w * v for w, v in zip(weights, values)) / sum(weights))
    return result
