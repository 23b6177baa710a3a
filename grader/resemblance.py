"""Which mistake an answer is near to: to try likely pairs first, and to hint at what does not fit exactly."""

import math
from collections.abc import Sequence
from typing import Any, Final

import torch

from grader.mistakes import Known
from grader.replay import Programs, Step
from grader.values import named_parts

_RESEMBLES: Final = 0.1
"""A mistake is like an answer that is ten times nearer to it than to the right one, on every failed call."""


def by_likeness(mistakes: Sequence[Known], steps: Sequence[Step], programs: Programs, source: str) -> list[Known]:
    """Return the mistakes, first those that give a part of an answer exactly: one tensor, one entry of a history."""

    def score(mistake: Known) -> int:
        variant = mistake.variant(source)
        asked = [step for step in steps if step.failed and step.values and programs.knows(variant, step)]
        return sum(_common(step, programs.ask(variant, step)) for step in asked[:3])

    return sorted(mistakes, key=lambda mistake: -score(mistake))


def _common(step: Step, answer: dict[str, Any]) -> int:
    """Return how many numbers of an answer are the submission's and not the reference's."""
    total = 0
    for name in step.mine.keys() & answer.keys() & step.right.keys():
        mine, wrong, right = (_real(one[name]) for one in (step.mine, answer, step.right))
        for path in mine.keys() & wrong.keys() & right.keys():
            if mine[path].shape == wrong[path].shape == right[path].shape:
                total += int(((mine[path] - wrong[path]).abs() <= 1e-8 * wrong[path].abs()).sum())
                total -= int(((mine[path] - right[path]).abs() <= 1e-8 * right[path].abs()).sum())
    return total


def _real(value: Any) -> dict[str, torch.Tensor]:
    """Return the parts of a value that are real numbers."""
    found = named_parts(value, ())
    return {path: tensor.to(torch.float64) for path, tensor in found.items() if not tensor.is_complex()}


def resembling(mistakes: Sequence[Known], steps: Sequence[Step], programs: Programs, source: str) -> Known | None:
    """Return the mistake that the failed comparisons resemble most, if they resemble one."""
    failed = [step for step in steps if step.failed and step.values and step.wrong]
    best: tuple[float, Known] | None = None
    for mistake in mistakes:
        variant, worst = mistake.variant(source), 0.0
        for step in failed:
            worst = max(worst, _distance(step, programs.ask(variant, step)))
            if worst > _RESEMBLES:
                break
        else:
            if failed and (best is None or worst < best[0]):
                best = worst, mistake
    return best[1] if best is not None else None


def _distance(step: Step, answer: dict[str, Any]) -> float:
    """Return how far the submission's value is from a wrong one, as a share of its distance from the right one."""
    if {step.mine["outcome"], answer["outcome"], step.right["outcome"]} != {"answer"}:
        return math.inf
    to_wrong, to_right = _far(step.mine, answer), _far(step.mine, step.right)
    return to_wrong / to_right if to_right and math.isfinite(to_wrong) and math.isfinite(to_right) else math.inf


def _far(mine: dict[str, Any], other: dict[str, Any]) -> float:
    """Return the largest difference of two values, each part relative to its size; infinity for unequal structures."""
    farthest = 0.0
    for name in mine.keys() | other.keys():
        if not name.startswith("value"):
            continue
        left, right = (_real(one.get(name)) for one in (mine, other))
        if left.keys() != right.keys() or any(left[path].shape != right[path].shape for path in left):
            return math.inf
        for path, tensor in left.items():
            if not bool(torch.isfinite(tensor).all() and torch.isfinite(right[path]).all()):
                return math.inf
            size = max(float(tensor.abs().max()), float(right[path].abs().max())) if tensor.numel() else 0.0
            if size:
                farthest = max(farthest, float((tensor - right[path]).abs().max()) / size)
    return farthest
