"""From a difference to what a student reads: the first divergence as the headline, then what it looks like."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import torch

from grader.calls import Answer, NotRecordedError, StudentError, evidence
from grader.compare import Comparison, Rule
from grader.faults import Difference, Generic, Mismatch
from grader.patterns import describe
from grader.proxy import Proxy, handles
from grader.relations import NEAR_FLOAT32, generic_fault, wrong_parts
from grader.structure import NEAR
from grader.testing.moves import step_fault
from grader.testing.steps import Parting, Twins, find_parting, spared
from grader.testing.trace import first_wrong_quantity
from grader.values import listed

_STRUCTURE: Final = ("type", "keys", "shape")
_STEPS: Final = ("epochs", "steps")
"""Counts that no constant factor stands for."""
_ROWS: Final = {"X": "D", "y": "O"}
_RATES: Final = ("lr", "schedule")
"""Arguments of functions that take steps."""
_NARROW: Final = "The result is float32 although the input is float64: create tensors from the input's dtype."
_UNSTEADY: Final = (
    "Called again with the same arguments, your function gives other numbers: does it draw random numbers of its own, or "
    "keep something from call to call?"
)
_BEFORE_PLACES: Final = ("g-epochs", "g-nonfinite")
"""Faults that say more than the first place where the numbers part."""


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
    plain: bool = True
    """The call passed its arguments as they are: not strided, not requiring grad."""
    unsteady: bool = False
    """The submission gives other numbers when it is called again."""
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
        if not evidence().explain or difference is None or difference.kind in _STRUCTURE or self.lacks_values:
            return
        self.unsteady = self._is_unsteady(submission, reference, name, compared)
        if steps is None or self.unsteady:
            return
        self.compared = compared
        counts = counts_of(self.arguments)
        twins = Twins(submission, reference, name, self.arguments, steps, self.names, compared, counts)
        self.parting = find_parting(twins)

    @property
    def lacks_values(self) -> bool:
        """Whether the answer has more or fewer parts than the function should return."""
        got, expected = self.got, self.expected
        return isinstance(got, tuple) and isinstance(expected, tuple) and len(got) != len(expected)

    def _is_unsteady(
        self, submission: Proxy, reference: Proxy, name: str, compared: Callable[[Any, Any], Comparison]
    ) -> bool:
        """Return whether the same call gives other numbers now, and not because of what the check passes in."""
        if not self.plain or any(True for value in self.arguments.values() for _ in handles(value)):
            return False
        try:
            with spared(submission):
                again = submission.quietly(name, self.arguments).value
            found = compared(again, self.got).difference
            if found is None:
                return False
            return compared(reference.quietly(name, self.arguments).value, self.expected).difference is None
        except (StudentError, NotRecordedError):
            return False

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
    if given.lacks_values:
        place = replace(place, expected=len(given.expected), got=len(given.got))
    if generic is not None and generic.structural:
        lines = [generic.says]
    elif generic is not None and generic.name in _BEFORE_PLACES:
        lines = [generic.says, f"{parting.when}: {place.message}" if parting is not None else place.message]
    else:
        numbers = not any(isinstance(one, bool | str) for one in (place.got, place.expected))
        brief = f" ({generic.brief})" if generic is not None and generic.brief and numbers else ""
        when = f"{parting.when}: " if parting is not None else ""
        lines = [f"{when}{place.message.removesuffix('.')}{brief}." if brief else f"{when}{place.message}"]
        lines += [generic.says] if generic is not None else []
    lines += parting.remarks if parting is not None else []
    if given.answers is not None and difference.kind not in _STRUCTURE:
        lines.append(first_wrong_quantity(*given.answers, given.arguments))
    lines += describe(got, expected, given.allowed, names=given.names, path=given.path)
    text = "\n".join(dict.fromkeys(line for line in lines if line))
    return Mismatch(text, place, generic=generic, step=parting.step if parting is not None else None)


def _generic(difference: Difference, place: Difference, given: Case) -> Generic | None:
    """Return the fault that the numbers alone show: in the whole answers, in the first wrong step, or after it."""
    counts, near, parting = counts_of(given.arguments), NEAR_FLOAT32 if given.low else NEAR, given.parting
    if given.lacks_values:
        return _number_of_values(given)
    if given.unsteady:
        return Generic("g-unsteady", _UNSTEADY, could=("unsteady",))
    if parting is not None and parting.generic is not None and parting.generic.name == "g-epochs":
        return parting.generic
    if parting is not None and difference.kind == "nonfinite":
        return _where_it_spoils(parting, place)
    whole = generic_fault(given.got, given.expected, difference, counts, names=given.names, path=given.path, near=near)
    if whole is not None:
        return whole
    if given.low and not wrong_parts(given.got, given.expected, given.names, path=given.path, near=NEAR_FLOAT32)[0]:
        return Generic("g-dtype", _NARROW, structural=True)
    if parting is None:
        return _steps_of_call(given, counts)
    return parting.generic or generic_fault(
        parting.got, parting.expected, place, counts, names=given.names, path=given.path, near=near
    )


def _number_of_values(given: Case) -> Generic:
    expected = len(given.expected)
    which = f" ({listed(list(given.names))})" if len(given.names) == expected else ""
    return Generic("g-length", f"Return {expected} values{which}, not {len(given.got)}.", structural=True)


def _steps_of_call(given: Case, counts: dict[str, float]) -> Generic | None:
    """Return what the steps of a call have to do with the right ones, where it moves parameters that it was given."""
    names, case = given.names, given.arguments
    if not isinstance(given.got, tuple) or len(given.got) != len(names) or not any(rate in case for rate in _RATES):
        return None
    found = step_fault(names, counts, (given.got, given.expected), tuple(case.get(name) for name in names))
    if found is None or found.name != "g-still":
        return found
    return replace(found, says=f"{found.says.removesuffix('.')}: look for a step that is missing.")


def _where_it_spoils(parting: Parting, place: Difference) -> Generic | None:
    """Return what is wrong in the first wrong step of a run that ends with NaN or infinity, which may only follow from it."""
    if place.kind != "nonfinite":
        return parting.generic
    says = f"NaN or infinity appears in {parting.when}, where finite values are expected: `{place.where or 'result'}`."
    return Generic("g-nonfinite", says, could=("g-nonfinite",))


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
