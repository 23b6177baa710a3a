"""Where two runs of a training loop part first: the epoch, the batch, and what the step there has to do with the right one.

A loop that returns only its end can be asked for every earlier state: with fewer epochs, and with fewer samples. All
calls here explain a failure that is certain; they are no evidence, and cost the submission none of its time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

import torch

from grader.calls import NotRecordedError, StudentError
from grader.compare import Comparison
from grader.faults import Generic
from grader.proxy import Proxy
from grader.structure import same
from grader.testing.moves import step_fault, wrong_moves
from grader.values import listed, named_parts

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

    def right(self, case: dict[str, Any]) -> Any:
        """Return the reference's value alone."""
        try:
            return self.reference.quietly(self.name, case).value
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

    def never_moves(self, paths: list[str]) -> bool:
        """Return whether parts of the submission's answer are after all steps what the reference begins with."""
        end = named_parts(self.at(self.case[self.steps])[0], self.names)
        start = named_parts(self.at(0)[1], self.names)
        return all(path in end and path in start and torch.equal(end[path], start[path]) for path in paths)

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
            return Generic("g-epochs", says, could=(f"epochs {way}",))
    return None


def _described(twins: Twins, step: int, other: Generic | None) -> Parting:
    here = twins.at(step)
    if step == 0:
        return Parting(f"{twins.steps} = 0", 0, *here, generic=other or _before_the_loop(twins))
    when = f"{twins.unit} {step}"
    before = twins.at(step - 1)[1]
    generic = other or _fault(twins, here, before, when)
    parting = Parting(when, step, *here, _quantity(twins, here, when), generic)
    if other is not None:
        return parting
    try:
        return _in_batch(twins, parting, before)
    except _StopError:
        return parting


def _fault(twins: Twins, here: tuple[Any, Any], before: Any, when: str, *, short: bool = False) -> Generic | None:
    """Return what the step from `before` has to do with the right one; `short` marks the last batch, which is smaller."""
    found = step_fault(twins.names, twins.counts, here, before, when)
    if found is None or found.name != "g-still":
        return found
    still = [move.path for move in wrong_moves(twins.names, here, before)]
    if short:
        says = f"The last, shorter batch is left out: {listed(still)} {_does(still)} not move there."
        return Generic("g-still", says, could=("last batch",))
    if twins.never_moves(still):
        says = f"{listed(still)} {'is' if len(still) == 1 else 'are'} never updated: look for {_its(still)} own step."
        return Generic("g-still", says, could=found.could)
    return found


def _before_the_loop(twins: Twins) -> Generic:
    says = (
        f"The result is wrong without any {twins.unit} already ({twins.steps} = 0): look at the start, and at what stands "
        "outside of the loop."
    )
    return Generic("g-start", says, could=("start",))


def _does(paths: list[str]) -> str:
    return "does" if len(paths) == 1 else "do"


def _its(paths: list[str]) -> str:
    return "its" if len(paths) == 1 else "their"


# Batches


def _in_batch(twins: Twins, parting: Parting, before: Any) -> Parting:
    """Narrow a parting down to a batch, by running its epoch alone and with fewer samples."""
    alone = _alone(twins, parting, before)
    if alone is None or _differ_in_histories(twins, (parting.got, parting.expected)):
        return parting
    if parting.step > 1 and not twins.part(twins.ask(alone)):
        return replace(parting, generic=_repeated(twins, parting) or _taken_over(twins, parting))
    size, samples = alone.get("batch_size"), _samples(alone)
    rows = len(alone[samples[0]]) if samples else 0
    if type(size) is not int or not 0 < size < rows:
        if parting.generic is None and (turn := _in_turn(twins, alone, (parting.got, parting.expected))) is not None:
            return replace(parting, generic=turn)
        return _with_few_samples(twins, parting, alone, before) if type(size) is not int else parting
    count = -(-rows // size)
    for batch in range(1, count + 1):
        fewer = {**alone, **{name: alone[name][: batch * size] for name in samples}}
        here = twins.ask(fewer)
        if twins.part(here):
            short = ", the last and shorter one" if batch == count and rows % size else ""
            when = f"{parting.when}, batch {batch} of {count}{short}"
            generic = _fault(twins, here, before, f"{parting.when}, batch {batch}", short=bool(short))
            if generic is None and batch == 1:
                generic = _in_turn(twins, fewer, here)
            return Parting(when, parting.step, *here, parting.remarks, generic or parting.generic)
        before = here[1]
    return parting


def _differ_in_histories(twins: Twins, values: tuple[Any, Any]) -> bool:
    """Return whether all parameters agree: an epoch's entry of a history is no matter of its batches."""
    mine, right = values
    if not isinstance(mine, tuple) or not isinstance(right, tuple) or len(mine) != len(right):
        return False
    pairs = [pair for pair in zip(mine, right, strict=True) if not isinstance(pair[1], list)]
    return 0 < len(pairs) < len(right) and not any(twins.part(pair) for pair in pairs)


def _in_turn(twins: Twins, case: dict[str, Any], here: tuple[Any, Any]) -> Generic | None:
    """Recognise a parameter whose gradient was computed after another one had moved; `case` makes a single step.

    Then the reference moves it in the same way when it starts from the other one's new value.
    """
    mine, right = (
        dict(zip(twins.names, value, strict=True)) if isinstance(value, tuple) and twins.names else {} for value in here
    )
    moved = {
        name
        for name, start in case.items()
        if all(isinstance(one, torch.Tensor) for one in (start, mine.get(name), right.get(name)))
    }
    fine = {name for name in moved if same(mine[name], right[name])}
    wrong = sorted(moved - fine, key=twins.names.index)
    if not fine or not wrong:
        return None
    again = twins.right({**case, **{name: mine[name] for name in fine}})
    after = dict(zip(twins.names, again, strict=True))
    if not all(same(mine[name], after[name]) for name in wrong):
        return None
    first, second = (listed(sorted(names, key=twins.names.index)) for names in (fine, set(wrong)))
    says = f"You update {first} and then compute the gradient of {second} with it: compute all gradients first."
    return Generic("g-in-turn", says, could=("in turn",))


def _repeated(twins: Twins, parting: Parting) -> Generic | None:
    """Recognise a second step that is the first one again."""
    if parting.step != 2:
        return None
    parts = [named_parts(value, twins.names) for value in (twins.at(0)[1], twins.at(1)[0], parting.got)]
    moved = [path for path, start in parts[0].items() if path in parts[1] and parts[1][path].shape == start.shape]
    moved = [path for path in moved if not same(parts[0][path], parts[1][path]) and path in parts[2]]
    again = [
        path
        for path in moved
        if parts[2][path].shape == parts[1][path].shape
        and same(parts[2][path] - parts[1][path], parts[1][path] - parts[0][path])
    ]
    if not again:
        return None
    which = f" of {listed(again)}" if len(again) < len(moved) and all(again) else ""
    says = (
        f"Your {parting.when} repeats the step{which} from {twins.unit} 1: compute predictions and gradients anew in "
        f"every {twins.unit}."
    )
    return Generic("g-stale", says, could=("stale",))


def _taken_over(twins: Twins, parting: Parting) -> Generic:
    says = (
        f"Your {parting.when} goes right when it is begun anew: look at what it takes over from an earlier {twins.unit}, "
        f"or at what depends on the number of the {twins.unit}."
    )
    return Generic("g-kept", says, could=("kept",))


def _with_few_samples(twins: Twins, parting: Parting, alone: dict[str, Any], before: Any) -> Parting:
    """Return the parting with the first sample alone, if that shows what the step has to do with the right one."""
    if parting.generic is not None:
        return parting
    for rows, words in ((1, "the first sample alone"), (2, "the first two samples")):
        here = twins.ask({**alone, **{name: alone[name][:rows] for name in _samples(alone)}})
        when = f"{parting.when}, {words}"
        generic = _fault(twins, here, before, when) if twins.part(here) else None
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
