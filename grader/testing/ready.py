"""Ready-made checks: the standard contract and the edge cases, switched on by one line in a check file."""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

import pytest
import torch
from torch import Tensor

from grader.calls import Answer, LessonError, StudentError, evidence
from grader.compare import FLOAT64, Generic, Mismatch, NotCheckable, Rule, kind_of
from grader.proxy import Proxy
from grader.structure import NOTHING
from grader.testing.asserts import agree
from grader.testing.draw import Draw
from grader.testing.marks import STD, points
from grader.testing.places import in_result, stays_on_device
from grader.values import article, called, listed, never_given, short

Family = Callable[[Draw], dict[str, Any]]

CONTRACT_TITLES: Final = {
    "F64": "computes in float64 when it is given float64",
    "DEV": "stays on the device of its arguments",
    "NOMUT": "leaves its arguments unchanged",
    "NOALIAS": "returns new tensors, not its arguments' memory",
    "NOGRAD": "returns results without a graph of their own, and accepts arguments that require grad",
    "NONC": "gives the same result for strided and transposed arguments",
    "TYPE": "returns the types, shapes and dtypes that the task states",
}
EDGE_TITLES: Final = {
    "EMPTY": "treats empty data as the task states",
    "N1": "works with a single sample",
    "LAST": "uses the shorter last batch, averaged by its own size",
    "BIG": "makes one batch when the batch size exceeds the data",
    "BADB": "refuses a batch size below 1",
    "EP0": "returns copies of the start and an empty history for 0 epochs",
    "LR0": "keeps the parameters and the full history for a learning rate of 0",
}


def contract(
    function: str,
    family: Family,
    *,
    without: Iterable[str] = (),
    tags: Iterable[str] = STD,
    weight: int = 1,
    rule: Rule = FLOAT64,
) -> Callable[..., None]:
    """Return a check of the standard contract, one case a tag; assign it to a name that starts with `test_`."""
    chosen = [tag for tag in tags if tag not in set(without)]

    def test_contract(submission: Proxy, reference: Proxy, draw_for: Callable[[str], Draw], tag: str) -> None:
        """keeps the standard contract"""  # noqa: D403  titles complete a sentence
        case = family(draw_for(family.__name__))
        _CONTRACT[tag](submission, reference, function, case, rule)

    return _parametrised(test_contract, "tag", chosen, CONTRACT_TITLES, kind="CON", weight=weight)


def devices(run: Callable[[Proxy, dict[str, Any]], Any], family: Family, *, weight: int = 1) -> Callable[..., None]:
    """Return the contract check DEV for a scenario: what `run(program, case)` does with modules, loaders and functions.

    Without a GPU it is a dry run: what the scenario makes inside, and the arguments of its calls, claim to lie on one.
    """

    def test_devices(submission: Proxy, reference: Proxy, draw_for: Callable[[str], Draw]) -> None:
        """stays on the device of its arguments"""  # noqa: D403  titles complete a sentence
        stays_on_device(submission, reference, lambda program: run(program, family(draw_for(family.__name__))))

    marked: Callable[..., None] = points(weight, "CON")(test_devices)
    return marked


def edges(
    function: str,
    family: Family,
    *tags: str,
    samples: tuple[str, ...] = ("X", "Y", "x", "y"),
    batch: str = "batch_size",
    epochs: str = "epochs",
    weight: int = 1,
    rule: Rule = FLOAT64,
) -> Callable[..., None]:
    """Return a check of edge cases, one case a tag; what is right is what the reference does."""

    def test_edges(submission: Proxy, reference: Proxy, draw_for: Callable[[str], Draw], tag: str) -> None:
        """treats edge cases as the task states"""  # noqa: D403  titles complete a sentence
        case = edge_case(family(draw_for(family.__name__)), tag, samples=samples, batch=batch, epochs=epochs)
        answer = agree(submission, reference, function, case, rule=rule)
        if answer is not None and tag in ("EMPTY", "EP0"):  # where nothing is computed, a start may have another type
            right = _reference_answer(reference, function, case)
            _same_types(answer.value, right.value, lambda path: in_result(path, reference, function))

    return _parametrised(test_edges, "tag", tags, EDGE_TITLES, kind="EDGE", weight=weight)


def edge_case(
    case: dict[str, Any], tag: str, *, samples: tuple[str, ...], batch: str = "batch_size", epochs: str = "epochs"
) -> dict[str, Any]:
    """Return the arguments of an edge case made from ordinary ones."""
    rows = next((len(case[name]) for name in samples if name in case), 0)
    if tag in ("EMPTY", "N1"):
        size = 0 if tag == "EMPTY" else 1
        return {name: value[:size] if name in samples else value for name, value in case.items()}
    changes: dict[str, tuple[str, Any]] = {
        "LAST": (batch, next((size for size in range(2, rows + 2) if rows % size), 2)),
        "BIG": (batch, rows + 3),
        "BADB": (batch, 0),
        "EP0": (epochs, 0),
        "LR0": ("lr", 0.0),
    }
    name, value = changes[tag]
    if name not in case:
        raise LessonError(f"The edge case {tag} needs the argument `{name}`, which the family does not give.")
    return {**case, name: value}


def _parametrised(
    check: Callable[..., None], name: str, tags: Iterable[str], titles: dict[str, str], *, kind: str, weight: int
) -> Callable[..., None]:
    values = [pytest.param(tag, id=tag, marks=pytest.mark.title(titles[tag])) for tag in tags]
    marked: Callable[..., None] = points(weight, kind)(pytest.mark.parametrize(name, values)(check))
    return marked


# The tags of the standard contract


def _f64(submission: Proxy, reference: Proxy, function: str, case: dict[str, Any], rule: Rule) -> None:
    if _narrow(submission):
        raise NotCheckable("This device has no float64.")
    mine = submission.answer(function, case)
    evidence().comparisons += 1
    wanted = {fact.path: fact.dtype for fact in _reference_answer(reference, function, case).facts}
    for fact in mine.facts:
        if wanted.get(fact.path) == "float64" and fact.dtype != "float64":
            text = f"{called(in_result(fact.path, reference, function))} is {fact.dtype} although the input is float64: create tensors from the input's dtype."
            raise Mismatch(f"{text}\n{_WHAT_NARROWS}", generic=Generic("g-dtype", text, structural=True))
    agree(submission, reference, function, case, rule=rule)


def _type(submission: Proxy, reference: Proxy, function: str, case: dict[str, Any], _rule: Rule) -> None:
    for dtype in (torch.float32,) if _narrow(submission) else (torch.float64, torch.float32):
        arguments = {name: _cast(value, dtype) for name, value in case.items()}
        right = _reference_answer(reference, function, arguments)
        mine = submission.answer(function, arguments)
        evidence().comparisons += 1
        _same_types(mine.value, right.value, lambda path: in_result(path, reference, function))
        wanted = {fact.path: fact for fact in right.facts}
        for fact in mine.facts:
            expected = wanted.get(fact.path)
            forced = expected is not None and (expected.dtype, fact.dtype) == ("float64", "float32")  # F64 says so
            if expected is not None and fact.dtype != expected.dtype and not forced:
                text = f"{called(in_result(fact.path, reference, function))} is {fact.dtype}{_of_input(expected.dtype, dtype)}, expected {expected.dtype}."
                raise Mismatch(text, generic=Generic("g-dtype", text, structural=True))


def _of_input(expected: str, dtype: torch.dtype) -> str:
    """Return what the input was, for results whose dtype follows it."""
    return f" for {str(dtype).removeprefix('torch.')} input" if expected.startswith("float") else ""


def _nomut(submission: Proxy, _reference: Proxy, function: str, case: dict[str, Any], _rule: Rule) -> None:
    mine = submission.answer(function, case)
    evidence().comparisons += 1
    if mine.mutated:
        paths = list(mine.mutated)
        text = f"Your function changed its argument{'s' if len(paths) > 1 else ''} {_few(paths)}: work on a copy or write out of place."
        raise Mismatch(f"{text}\n{_what_changes(paths[0], case.get(paths[0]))}", generic=Generic("g-mutated", text))


def _noalias(submission: Proxy, _reference: Proxy, function: str, case: dict[str, Any], _rule: Rule) -> None:
    for arguments, when in [(case, "")] + ([({**case, "epochs": 0}, " for epochs=0")] if "epochs" in case else []):
        mine = submission.answer(function, arguments)
        evidence().comparisons += 1
        if mine.aliases:
            text = f"The result shares memory with {_few(list(mine.aliases))}{when}: return a clone."
            raise Mismatch(f"{text}\n{_WHAT_SHARES}", generic=Generic("g-alias", text))


def _nograd(submission: Proxy, reference: Proxy, function: str, case: dict[str, Any], rule: Rule) -> None:
    """Plain arguments give results without a graph, and arguments that require grad give the same values.

    A graph that the arguments bring along may pass through: plain formulas do that, and the tasks leave it open.
    """
    evidence().comparisons += 1
    for path in submission.answer(function, case, graphs=True).requires_grad:
        text = f"{called(in_result(path, reference, function))} still carries a graph: detach it."
        raise Mismatch(f"{text}\n{_WHAT_RECORDS}", generic=Generic("g-requires-grad", text))
    agree(submission, reference, function, case, rule=rule, requires_grad=True)


def _nonc(submission: Proxy, reference: Proxy, function: str, case: dict[str, Any], rule: Rule) -> None:
    agree(submission, reference, function, case, rule=rule, strided=True)


def _dev(submission: Proxy, reference: Proxy, function: str, case: dict[str, Any], _rule: Rule) -> None:
    stays_on_device(submission, reference, lambda program: program.answer(function, case))


_CONTRACT: Final = {
    "F64": _f64,
    "DEV": _dev,
    "NOMUT": _nomut,
    "NOALIAS": _noalias,
    "NOGRAD": _nograd,
    "NONC": _nonc,
    "TYPE": _type,
}


def _narrow(submission: Proxy) -> bool:
    """Return whether the submission runs on a device that computes in float32 at most (Apple's)."""
    return (submission._device or "").startswith("mps")  # noqa: SLF001  set by the run


def _reference_answer(reference: Proxy, function: str, case: dict[str, Any]) -> Answer:
    try:
        return reference.answer(function, case)
    except StudentError as error:
        raise LessonError(f"The reference failed in `{function}`: {error.message}") from error


def _same_types(got: Any, expected: Any, named: Callable[[str], str], path: str = "") -> None:
    """Raise unless the answer has the very types that the task states, all the way down; `named` puts paths in words."""
    subject = called(named(path))
    if kind_of(got) != kind_of(expected):
        must = f"{subject} must be" if path else "Return"
        text = f"{must} {article(kind_of(expected))}, not {article(kind_of(got))}."
        if got is None:
            text = never_given(named(path), kind_of(expected)) if path else NOTHING
        elif expected is None:
            text = f"{subject} is {short(got)}, expected None."
        raise Mismatch(text, generic=Generic("g-none" if got is None else "g-type", text, structural=True))
    if isinstance(expected, Tensor) and got.shape != expected.shape:
        of = f" of {subject}" if path else ""
        text = f"Expected shape {list(expected.shape)}{of}, got {list(got.shape)}."
        raise Mismatch(text, generic=Generic("g-shape", text, structural=True))
    if isinstance(expected, dict):
        for key in expected.keys() & got.keys():
            _same_types(got[key], expected[key], named, f"{path}[{json.dumps(str(key))}]")
    elif isinstance(expected, list | tuple):
        for index, (mine, right) in enumerate(zip(got, expected, strict=False)):
            _same_types(mine, right, named, f"{path}[{index}]")


def _cast(value: Any, dtype: torch.dtype) -> Any:
    if isinstance(value, Tensor) and value.is_floating_point():
        return value.to(dtype)
    if isinstance(value, dict):
        return {key: _cast(item, dtype) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_cast(item, dtype) for item in value)
    return value


def _few(paths: list[str]) -> str:
    """Return names as a sentence lists them: an object's own name stands for its entries, and a long list is cut."""
    whole = [path for path in paths if not any(path.startswith(f"{other}[") for other in paths)]
    if len(whole) <= _MOST_NAMES:
        return listed(whole)
    return f"{', '.join(f'`{path}`' for path in whole[: _MOST_NAMES - 1])} and {len(whole) - _MOST_NAMES + 1} more"


def _what_changes(path: str, value: Any) -> str:
    """Return which statements change an argument, or an entry of one."""
    if isinstance(value, list):
        return f"`{path}.append(…)`, `{path}.sort()` and `{path}[0] = …` change the caller's list; `sorted({path})` and `{path}[:]` make a new one."
    if isinstance(value, dict):
        return f"`{path}[…] = …`, `{path}.update(…)` and `{path}.pop(…)` change the caller's dictionary; `dict({path})` makes a new one."
    if "[" in path:
        return "A copy of a dictionary or a list still holds the caller's tensors: `-=` and `add_` write into them."
    return f"`{path} -= …`, `{path}[0] = …` and `{path}.add_(…)` write into the caller's tensor; `{path} = {path} - …` makes a new one."


_MOST_NAMES: Final = 4
_WHAT_NARROWS: Final = (
    "`torch.zeros`, `torch.tensor` and the like make float32, unless they are told a `dtype`; so does `.float()`."
)
_WHAT_SHARES: Final = "An argument that is returned as it came, or a view of it, is the caller's own tensor."
_WHAT_RECORDS: Final = (
    "Results of tensors that require grad remember how they were computed; `.detach()` gives the numbers alone."
)
