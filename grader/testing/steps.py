"""Where two runs of a training loop part first: the epoch, the batch, and what the step there has to do with the right one.

A loop that returns only its end can be asked for every earlier state: with fewer epochs, and with fewer samples. All
calls here explain a failure that is certain; they are no evidence, and cost the submission none of its time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import torch

from grader.calls import NotRecordedError, StudentError
from grader.compare import Comparison
from grader.faults import Generic
from grader.proxy import Proxy
from grader.structure import same
from grader.testing.moves import step_fault
from grader.values import named_parts

MOST_STEPS: Final = 256
_MOST_CALLS: Final = 60
_MOST_SECONDS: Final = 2.0


@dataclass(frozen=True)
class Parting:
    """The first place where two runs part."""

    when: str
    """e.g. `epoch 3, batch 2`."""
    step: int
    """The smallest count with which the answers differ."""
    got: Any
    expected: Any
    """The two answers there."""
    remarks: list[str] = field(default_factory=list)
    generic: Generic | None = None


class _StopError(Exception):
    """The search has no calls left, or one of them failed."""


@dataclass
class Twins:
    """Both programs and one call of them, to be repeated with other counts and fewer samples."""

    submission: Proxy
    reference: Proxy
    name: str
    case: dict[str, Any]
    steps: str
    names: tuple[str, ...]
    """Names of the parts of what the function returns."""
    differ: Callable[[Any, Any], Comparison]
    counts: dict[str, float]
    calls_left: int = _MOST_CALLS
    _known: dict[int, tuple[Any, Any]] = field(default_factory=dict)

    def ask(self, case: dict[str, Any]) -> tuple[Any, Any]:
        """Return the submission's and the reference's value."""
        self.calls_left -= 1
        if self.calls_left < 0:
            raise _StopError
        try:
            return self.submission.quietly(self.name, case).value, self.reference.quietly(self.name, case).value
        except (StudentError, NotRecordedError) as error:
            raise _StopError from error

    def at(self, count: int) -> tuple[Any, Any]:
        """Return both values after so many steps."""
        if count not in self._known:
            self._known[count] = self.ask({**self.case, self.steps: count})
        return self._known[count]

    def part(self, values: tuple[Any, Any]) -> bool:
        """Return whether two values differ."""
        return self.differ(*values).difference is not None

    @property
    def unit(self) -> str:
        """One of what is counted."""
        return self.steps.removesuffix("s").removeprefix("n_")


def find_parting(twins: Twins) -> Parting | None:
    """Return where the runs part first; None where that cannot be found out. They must differ with the whole count."""
    last = twins.case[twins.steps]
    if type(last) is not int or not 0 < last <= MOST_STEPS:
        return None
    try:
        with spared(twins.submission):
            step = _first_step(twins, last)
            other = _one_more_or_fewer(twins, last)
            return _described(twins, step, other)
    except _StopError:
        return None


@contextmanager
def spared(submission: Proxy) -> Iterator[None]:
    """Give a submission back the time that it spends on explanations, as far as that is reasonable."""
    budget = getattr(submission._callee, "budget", None)  # noqa: SLF001  the seam's fakes have none
    before = budget.left_s if budget is not None else 0.0
    if budget is not None:
        budget.left_s = min(before, _MOST_SECONDS)
    try:
        yield
    finally:
        if budget is not None:
            budget.left_s = before


def _first_step(twins: Twins, last: int) -> int:
    """Return the smallest count with which the answers differ; most mistakes show in the first step."""
    if last == 1 or twins.part(twins.at(1)):
        return 0 if twins.part(twins.at(0)) else 1
    agrees, differs = 1, last
    while differs - agrees > 1:
        middle = (agrees + differs) // 2
        if twins.part(twins.at(middle)):
            differs = middle
        else:
            agrees = middle
    return differs


def _one_more_or_fewer(twins: Twins, last: int) -> Generic | None:
    """Recognise a loop that makes one step too many or too few."""
    mine, _ = twins.at(last)
    for other, way in ((last + 1, "many"), (last - 1, "few")):
        _, right = twins.at(other)
        if not twins.part((mine, right)) and twins.part(twins.at(last)):
            says = (
                f"These are the numbers after {other} {twins.steps}, not {last}: "
                f"the loop runs one {twins.unit} too {way}."
            )
            return Generic("g-epochs", says)
    return None


def _described(twins: Twins, step: int, other: Generic | None) -> Parting:
    here = twins.at(step)
    if step == 0:
        return Parting(f"{twins.steps} = 0", 0, *here, generic=other)
    when = f"{twins.unit} {step}"
    before = twins.at(step - 1)[1]
    parting = Parting(
        when,
        step,
        *here,
        _quantity(twins, here, when),
        other or step_fault(twins.names, twins.counts, here, before, when),
    )
    if other is not None:
        return parting
    try:
        return _in_batch(twins, parting, before)
    except _StopError:
        return parting


# Batches


def _in_batch(twins: Twins, parting: Parting, before: Any) -> Parting:
    """Narrow a parting down to a batch, by running its epoch alone and with fewer samples."""
    alone = _alone(twins, parting, before)
    if alone is None:
        return parting
    if parting.step > 1 and not twins.part(twins.ask(alone)):
        says = (
            f"Begun anew from the right values, your {parting.when} goes right: something from an earlier {twins.unit} is "
            "kept there that must be computed again."
        )
        return Parting(parting.when, parting.step, parting.got, parting.expected, [says, *parting.remarks])
    size, samples = alone.get("batch_size"), _samples(alone)
    rows = len(alone[samples[0]]) if samples else 0
    if type(size) is not int:
        return _with_few_samples(twins, parting, alone, before)
    if not 0 < size < rows:
        return parting
    count = -(-rows // size)
    for batch in range(1, count + 1):
        fewer = {**alone, **{name: alone[name][: batch * size] for name in samples}}
        here = twins.ask(fewer)
        if twins.part(here):
            short = ", the last and shorter one" if batch == count and rows % size else ""
            when = f"{parting.when}, batch {batch} of {count}{short}"
            generic = (
                step_fault(twins.names, twins.counts, here, before, f"{parting.when}, batch {batch}") or parting.generic
            )
            return Parting(when, parting.step, *here, parting.remarks, generic)
        before = here[1]
    return parting


def _with_few_samples(twins: Twins, parting: Parting, alone: dict[str, Any], before: Any) -> Parting:
    """Return the parting with the first sample alone, if that shows what the step has to do with the right one."""
    if parting.generic is not None:
        return parting
    for rows, words in ((1, "the first sample alone"), (2, "the first two samples")):
        here = twins.ask({**alone, **{name: alone[name][:rows] for name in _samples(alone)}})
        when = f"{parting.when}, {words}"
        generic = step_fault(twins.names, twins.counts, here, before, when) if twins.part(here) else None
        if generic is not None:
            return Parting(when, parting.step, *here, parting.remarks, generic)
    return parting


def _alone(twins: Twins, parting: Parting, before: Any) -> dict[str, Any] | None:
    """Return arguments that make the reference run the parting's epoch alone; None where that cannot be."""
    if any(isinstance(value, torch.Generator) for value in twins.case.values()):
        return None
    case = {**twins.case, twins.steps: 1}
    if parting.step == 1:
        return case
    starts = dict(zip(twins.names, before, strict=True)) if isinstance(before, tuple) and twins.names else {}
    starts = {name: value for name, value in starts.items() if name in case}
    if not starts:
        return None
    case |= starts
    _, right = twins.ask(case)
    whole, again = named_parts(parting.expected, twins.names), named_parts(right, twins.names)
    states = [path for path in whole if path.partition("[")[0] in starts]
    fits = states and all(path in again and same(again[path], whole[path]) for path in states)
    return case if fits else None


def _samples(case: dict[str, Any]) -> list[str]:
    """Return the names of the arguments that have one row per sample: those as long as the first tensor."""
    tensors = {name: value for name, value in case.items() if isinstance(value, torch.Tensor) and value.dim() > 0}
    rows = len(next(iter(tensors.values()))) if tensors else 0
    return [name for name, value in tensors.items() if len(value) == rows and rows > 1]


# What went wrong there


def _quantity(twins: Twins, here: tuple[Any, Any], when: str) -> list[str]:
    """Return which quantity is wrong first, told from a history of losses that are taken before the updates."""
    mine, right = (named_parts(value, twins.names) for value in here)
    history = next(
        (path for path, value in right.items() if _is_history(here[1], path, twins.names, len(value.shape))), ""
    )
    if not history or mine.keys() != right.keys() or "lr" not in twins.case:
        return []
    resting = named_parts(twins.ask({**twins.case, twins.steps: 1, "lr": 0.0})[1], twins.names)
    moving = named_parts(twins.at(1)[1], twins.names)
    if not same(resting[history], moving[history]):
        return []  # the losses are taken after the updates and tell nothing about their cause
    wrong = [path for path in right if not same(mine[path], right[path])]
    if wrong == [history]:
        return [f"Everything else is right in {when}: look at how and when the loss is computed and recorded."]
    if wrong and history not in wrong:
        return [f"The loss of {when} is still right, and so are its predictions: look at the gradient and the update."]
    return []


def _is_history(value: Any, path: str, names: tuple[str, ...], dimensions: int) -> bool:
    if not isinstance(value, tuple) or len(names) != len(value) or path not in names:
        return False
    return isinstance(value[names.index(path)], list) and dimensions == 1
