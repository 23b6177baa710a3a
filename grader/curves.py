"""The curves of a check, for a report that draws them: rows of numbers it compared, and ways down a loss surface."""

import math
from collections.abc import Iterator
from typing import Any, Final

import torch

from grader.calls import Call, Record, StudentError
from grader.compare import FLOAT64, Rule, compare
from grader.proxy import Proxy
from grader.results import Bowl, Descent, Series
from grader.testing.steps import spared

_SHORTEST: Final = 3
_LONGEST: Final = 5000
_MOST: Final = 4
"""Curves of one check."""
_MOST_STEPS: Final = 400
"""Steps of descent that a program makes for a path, in all its runs."""
_NARROWEST: Final = 1e-9
"""A valley that is so much flatter along than across has no lowest point to draw."""


def series_of(compared: list[tuple[Any, Any, Rule, tuple[str, ...], str]]) -> list[Series]:
    """Return the rows of numbers among what a check compared, each name once."""
    found: dict[str, Series] = {}
    for got, expected, rule, names, path in compared:
        for name, mine, right in _rows(got, expected, names, path or "result"):
            if name not in found and len(found) < _MOST:
                found[name] = _series(name, mine, right, rule)
    return list(found.values())


def _rows(got: Any, expected: Any, names: tuple[str, ...], path: str) -> Iterator[tuple[str, list[float], list[float]]]:
    if isinstance(got, tuple) and isinstance(expected, tuple) and len(got) == len(expected):
        labels = names if len(names) == len(expected) else tuple(f"{path}[{index}]" for index in range(len(expected)))
        for mine, right, label in zip(got, expected, labels, strict=True):
            yield from _rows(mine, right, (), label)
        return
    mine_row, right_row = _row(got), _row(expected)
    if mine_row is not None and right_row is not None and _SHORTEST <= len(right_row) <= _LONGEST:
        yield path, mine_row[:_LONGEST], right_row


def _row(value: Any) -> list[float] | None:
    """Return a history or a vector as floats; None for everything else."""
    if isinstance(value, torch.Tensor) and value.dim() == 1 and not value.is_complex():
        numbers: list[float] = value.to(torch.float64).tolist()
        return numbers
    if isinstance(value, list) and value and all(type(one) in (int, float) for one in value):
        return [float(one) for one in value]
    return None


def _series(name: str, mine: list[float], right: list[float], rule: Rule) -> Series:
    return Series(name=name, expected=_json(right), got=_json(mine), differs_from=_first(mine, right, rule))


def _json(row: list[float]) -> list[float | None]:
    return [one if math.isfinite(one) else None for one in row]


def _first(mine: list[float], right: list[float], rule: Rule) -> int | None:
    """Return the first index at which the rows differ by the rule, or at which one of them ends."""
    shared = min(len(mine), len(right))
    if compare(mine[:shared], right[:shared], rule).difference is None:
        return None if len(mine) == len(right) else shared
    allowed = max((abs(one) for one in right if math.isfinite(one)), default=0.0) * 1e-9
    found = (index for index in range(shared) if not abs(mine[index] - right[index]) <= allowed)
    return next(found, None)


# Ways down the loss surface of a line with one feature


def descent_of(records: list[Record], submission: Proxy, reference: Proxy) -> Descent | None:
    """Return how `w` and `b` moved in the longest run that a check made of both programs; None where there is none.

    Only runs of a line `b + w x` have a surface that can be drawn. Whether a function trains one by the mean squared
    error is not taken from its name: the losses that the reference records must lie on the surface.
    """
    runs = [(record.call, case) for record in records if (case := _line(record.call)) is not None]
    if not runs:
        return None
    call, case = max(runs, key=lambda run: run[1]["epochs"])
    surface = _bowl(case)
    counts = _counts(case)
    if surface is None or len(counts) < _SHORTEST:
        return None
    right = list(_states(reference, call.name, case, counts))
    points = [state[0] for state in right if state is not None and state[0] is not None]
    if len(points) < len(counts) or not _is_loss_of(surface, points, right):
        return None
    with spared(submission):
        mine = [state[0] if state is not None else None for state in _states(submission, call.name, case, counts)]
    return Descent(
        parameters=("b", "w"),
        epochs=counts,
        expected=points,
        got=mine,
        differs_from=_first_apart(mine, points),
        surface=surface,
    )


_Point = tuple[float, float]
_State = tuple[_Point | None, list[float]]
"""The parameters (b, w), None where they are not finite numbers, and the history of losses."""


def _line(call: Call) -> dict[str, Any] | None:
    """Return a call's arguments by name, if it trains one weight and one bias for some epochs."""
    case = {**dict(zip(call.names, call.args, strict=False)), **call.kwargs}
    rows = [_inputs(case), case.get("y")]
    columns = all(isinstance(one, torch.Tensor) and one.dim() == 2 and one.shape[1] == 1 and len(one) for one in rows)
    single = all(isinstance(case.get(name), torch.Tensor) and case[name].numel() == 1 for name in ("w", "b"))
    if call.kind != "call" or not columns or not single or len(rows[0]) != len(rows[1]):
        return None
    return case if type(case.get("epochs")) is int and case["epochs"] > 1 else None


def _inputs(case: dict[str, Any]) -> Any:
    return case.get("x", case.get("X"))


def _bowl(case: dict[str, Any]) -> Bowl | None:
    """Return the mean squared error over all samples as a function of (b, w)."""
    x, y = (one.detach().to(torch.float64) for one in (_inputs(case), case["y"]))
    across, between = 2 * float((x * x).mean()), 2 * float(x.mean())
    spread = 2 * across - between**2
    if not spread > _NARROWEST * across:
        return None
    w = float(((x - x.mean()) * (y - y.mean())).mean() / ((x - x.mean()) ** 2).mean())
    b = float(y.mean()) - w * float(x.mean())
    least = float(((b + w * x - y) ** 2).mean())
    finite = all(math.isfinite(one) for one in (w, b, least))
    return Bowl(lowest=(b, w), least=least, curvature=(2.0, between, across)) if finite else None


def _counts(case: dict[str, Any]) -> list[int]:
    """Return numbers of epochs from 0 on, each larger than the one before by a third at most, as far as the steps last."""
    rows, size = len(case["y"]), case.get("batch_size")
    per_epoch = -(-rows // size) if type(size) is int and size > 0 else 1
    found, spent = [0], 0
    while found[-1] < case["epochs"]:
        found.append(min(case["epochs"], found[-1] + max(1, found[-1] // 3)))
        spent += found[-1] * per_epoch
        if spent > _MOST_STEPS:
            return found[:-1]
    return found


def _states(program: Proxy, name: str, case: dict[str, Any], counts: list[int]) -> Iterator[_State | None]:
    """Yield where a program stands after so many epochs; after an error it is not asked any more."""
    order = [known for known in program._functions.get(name, ()) if known in case]  # noqa: SLF001  the signature
    failed = False
    for count in counts:
        arguments = {known: count if known == "epochs" else case[known] for known in order}
        state = None if failed else _state(program, name, arguments)
        failed = state is None
        yield state


def _state(program: Proxy, name: str, arguments: dict[str, Any]) -> _State | None:
    """Return the parameters and losses of a run; None when it does not answer with such."""
    try:
        value = program.quietly(name, arguments).value
    except StudentError:
        return None
    names = program._outputs.get(name, ())  # noqa: SLF001  the shape of the answer, known from the source
    if not isinstance(value, tuple) or len(value) != len(names):
        return None
    parts = dict(zip(names, value, strict=True))
    b, w = _only_number(parts.get("b")), _only_number(parts.get("w"))
    history = next((_row(part) for part in value if isinstance(part, list)), None)
    return (None if b is None or w is None else (b, w)), history or []


def _only_number(value: Any) -> float | None:
    if not isinstance(value, torch.Tensor) or value.numel() != 1 or value.is_complex():
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _is_loss_of(surface: Bowl, points: list[_Point], states: list[_State | None]) -> bool:
    """Return whether the recorded losses are the heights of the surface, before the updates or after them."""
    history = states[-1][1] if states[-1] is not None else []
    early = [surface.height(point) for point in points[:3]]
    return any(
        len(history) >= 2 and all(math.isclose(*pair, rel_tol=1e-6) for pair in zip(history[:2], heights, strict=True))
        for heights in (early[:2], early[1:3])
    )


def _first_apart(mine: list[_Point | None], right: list[_Point]) -> int | None:
    found = (
        index
        for index, (got, expected) in enumerate(zip(mine, right, strict=True))
        if got is None or compare(list(got), list(expected), FLOAT64).difference is not None
    )
    return next(found, None)
