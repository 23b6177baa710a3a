"""From a difference to what a student reads: the first divergence as the headline, then what it looks like."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import torch

from grader.calls import Answer, evidence
from grader.compare import Comparison, Rule
from grader.faults import Difference, Generic, Mismatch
from grader.patterns import describe
from grader.proxy import Proxy
from grader.relations import NEAR_FLOAT32, generic_fault
from grader.structure import NEAR
from grader.testing.steps import Parting, Twins, find_parting
from grader.testing.trace import first_wrong_quantity

_STRUCTURE: Final = ("type", "keys", "shape")
_STEPS: Final = ("epochs", "steps")
"""Counts that no constant factor stands for."""
_ROWS: Final = {"X": "D", "y": "O"}


@dataclass
class Case:
    """Two values that were compared, and all that is known about where they come from."""

    got: Any
    expected: Any
    rule: Rule
    names: tuple[str, ...] = ()
    """Names of the parts of a returned tuple."""
    path: str = ""
    """What the check calls the value."""
    low: bool = False
    """The answer is float32 although float64 was asked for."""
    floors: dict[str, float] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)
    answers: tuple[Answer, Answer] | None = None
    """The submission's and the reference's, when the value is a whole answer."""
    parting: Parting | None = None
    compared: Callable[[Any, Any], Comparison] | None = None

    def run_again(
        self,
        submission: Proxy,
        reference: Proxy,
        name: str,
        steps: str | None,
        compared: Callable[[Any, Any], Comparison],
    ) -> None:
        """Find the first step with which the answers differ, where the call counts its steps."""
        difference = compared(self.got, self.expected).difference
        if steps is None or not evidence().explain or difference is None or difference.kind in _STRUCTURE:
            return
        self.compared = compared
        counts = counts_of(self.arguments)
        twins = Twins(submission, reference, name, self.arguments, steps, self.names, compared, counts)
        self.parting = find_parting(twins)

    def allowed(self, path: str, expected: torch.Tensor) -> float:
        """Return the largest allowed error of a part."""
        rule = replace(self.rule, absolute=max(self.rule.absolute, self.floors.get(path, 0.0)))
        return rule.allowed(expected[torch.isfinite(expected)])


def explain(difference: Difference, given: Case) -> Mismatch:
    """Return the failure with everything that is worth saying, the most important first."""
    place, got, expected = difference, given.got, given.expected
    parting = given.parting
    if parting is not None and given.compared is not None:
        there = given.compared(parting.got, parting.expected).difference
        if there is not None:
            place, got, expected = there, parting.got, parting.expected
    generic = _generic(difference, place, given)
    if generic is not None and generic.structural:
        lines = [generic.says]
    else:
        brief = f" ({generic.brief})" if generic is not None and generic.brief else ""
        when = f"{parting.when}: " if parting is not None else ""
        lines = [f"{when}{place.message.removesuffix('.')}{brief}." if brief else f"{when}{place.message}"]
        lines += [generic.says] if generic is not None and not brief else []
    lines += parting.remarks if parting is not None else []
    if given.answers is not None and difference.kind not in _STRUCTURE:
        lines.append(first_wrong_quantity(*given.answers, given.arguments))
    lines += describe(got, expected, given.allowed, names=given.names, path=given.path)
    if len(lines) == 1 and generic is not None:
        lines.append(generic.says)
    text = "\n".join(dict.fromkeys(line for line in lines if line))
    return Mismatch(text, place, generic=generic, step=parting.step if parting is not None else None)


def _generic(difference: Difference, place: Difference, given: Case) -> Generic | None:
    """Return the fault that the numbers alone show: in the whole answers, in the first wrong step, or after it."""
    counts, near, parting = counts_of(given.arguments), NEAR_FLOAT32 if given.low else NEAR, given.parting
    if parting is not None and parting.generic is not None and parting.generic.name == "g-epochs":
        return parting.generic
    whole = generic_fault(given.got, given.expected, difference, counts, names=given.names, path=given.path, near=near)
    if whole is not None or parting is None:
        return whole
    return parting.generic or generic_fault(
        parting.got, parting.expected, place, counts, names=given.names, path=given.path, near=near
    )


def counts_of(arguments: dict[str, Any]) -> dict[str, float]:
    """Return the numbers of a call that a wrong factor or term may equal."""
    counts: dict[str, float] = {}
    for name, value in arguments.items():
        if isinstance(value, torch.Tensor) and value.dim() > 0:
            rows = "N" if name in ("X", "x", "y", "Y") else f"len({name})"
            counts.setdefault(rows, float(len(value)))
            if value.dim() > 1 and name in _ROWS:
                counts.setdefault(_ROWS[name], float(value.shape[1]))
        if (isinstance(value, torch.Tensor) and value.numel() == 1 and not value.is_complex()) or type(value) in (
            int,
            float,
        ):
            counts[name] = float(value)
    if counts.get("O", 1.0) > 1:
        counts["N·O"] = counts.get("N", 0.0) * counts["O"]
    return counts
