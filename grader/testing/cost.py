"""Checks of what a program costs, by counts instead of clocks: the same on every machine and in every run."""

from typing import Any, Final

from grader.calls import LessonError, evidence
from grader.faults import Generic, Mismatch
from grader.proxy import Proxy
from grader.values import numbers

_A_SAMPLE: Final = {"operations": 0.5, "steps": 2.5, "reads": 0.5}
"""How much a count may grow for each sample more: less than the shortest loop takes."""
_SMALLEST_STEP: Final = 16
_WORDS: Final = {
    "operations": ("operations of torch", "Compute all {what} at once."),
    "steps": ("steps of Python", "Compute all {what} at once, without a loop over them."),
    "reads": ("numbers taken out of tensors", "Compute with whole tensors, without taking them apart."),
}


def assert_vectorised(
    submission: Proxy, name: str, small: dict[str, Any], large: dict[str, Any], *, what: str = "samples"
) -> None:
    """Assert that the work in Python does not grow with the data: torch does it for all samples at once.

    `small` and `large` are two sets of arguments that differ in the number of `what`, by at least 16 and better by a
    factor of four. The function is called with both, and three counts are compared: torch's operations, steps of Python
    in the student's file (instructions, so that loops over lists are seen), and numbers taken out of tensors (`item`,
    `tolist`). The shortest loop takes one operation, three steps or one number for each sample, so a count that grows by
    half an operation, 2.5 steps or half a number for each sample more is refused. What is left is room for another
    branch, or a logarithm. Keep all other arguments equal.
    """
    sizes = _sizes(small, large)
    evidence().comparisons += 1
    counts = [submission.quietly(name, arguments, measure=True).counts for arguments in (small, large)]
    for kind, least in _A_SAMPLE.items():
        few, many = (count.get(kind, 0) for count in counts)
        if many - few >= least * (sizes[1] - sizes[0]):
            unit, advice = _WORDS[kind]
            text = (
                f"The work grows with the number of {what}: {few} {unit} for {sizes[0]} {what}, {many} for {sizes[1]}. "
                f"{advice.format(what=what)}"
            )
            raise Mismatch(text, generic=Generic("g-loop", text))


def assert_memory(submission: Proxy, name: str, case: dict[str, Any], *, most: int, what: str) -> None:
    """Assert that the tensors a call makes hold at most `most` entries at any one time; `what` says where the bound is from.

    Counted are all tensors that are alive, however short, also those inside of an expression; arguments do not count.
    """
    evidence().comparisons += 1
    held = submission.quietly(name, case, measure=True).counts.get("elements", 0)
    if held > most:
        text = f"The call holds {held} numbers in memory at one time; {what} leaves room for {most}."
        raise Mismatch(text, generic=Generic("g-memory", text))


def _sizes(small: dict[str, Any], large: dict[str, Any]) -> tuple[int, int]:
    """Return the numbers of samples: the first length or count in which the two sets of arguments differ."""
    for (_, mine), (_, other) in zip(numbers(list(small.values())), numbers(list(large.values())), strict=False):
        for few, many in zip(mine.shape, other.shape, strict=False):
            if many >= few + _SMALLEST_STEP:
                return int(few), int(many)
        if mine.dim() == other.dim() == 0 and float(other) >= float(mine) + _SMALLEST_STEP:
            return int(mine), int(other)
    raise LessonError(f"The large arguments must hold at least {_SMALLEST_STEP} more samples than the small ones.")
