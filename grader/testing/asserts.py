"""Assertions of checks: they compare plain values in the grader's process and say where two values part."""

from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor

from grader.calls import Answer, LessonError, StudentError, evidence
from grader.compare import (
    FLOAT64,
    Comparison,
    Mismatch,
    Rule,
    compare,
    numbers,
    safe_repr,
    show,
)
from grader.proxy import Proxy
from grader.relations import generic_fault
from grader.results import Verdict

_JITTERS: Final = 4
_FLOAT32_FACTOR: Final = 4.0
_FLOAT64_FACTOR: Final = 8.0
_ROUNDING: Final = 1e-6
"""Differences above this share of the values are never rounding in float64."""
_MOST_STEPS: Final = 64
_EXPECTED_ERRORS: Final = ("ValueError", "IndexError", "KeyError", "TypeError", "ZeroDivisionError", "RuntimeError")


def assert_close(got: Any, expected: Any, *, rule: Rule = FLOAT64, what: str = "") -> None:
    """Assert that two values agree: structure first, then numbers; `what` names the value in messages."""
    found = compare(got, expected, rule, what)
    _conclude(found, got, expected, {})


def assert_true(condition: object, message: str) -> None:
    """Assert a condition; the message says what is wrong when it does not hold."""
    evidence().comparisons += 1
    if not bool(condition):
        raise Mismatch(message)


def answered(submission: Proxy, question: str, right: str) -> None:
    """Assert that a quiz question has the right answer, without regard to case and spaces; never says what is right."""
    evidence().comparisons += 1
    answers = submission.ANSWERS
    if not isinstance(answers, dict):
        raise Mismatch("`ANSWERS` must be a dictionary, as in the stub.")
    given = answers.get(question, "")
    if not isinstance(given, str):
        raise Mismatch(f"The answer to {question} must be text in quotes.")
    if not given.strip():
        raise StudentError(Verdict.NOT_ATTEMPTED, f"Question {question} has no answer yet.")
    if given.strip().lower() != right:
        raise Mismatch(f"The answer to {question} is not right.")


def raises(error: type[Exception], submission: Proxy, name: str, case: dict[str, Any], *, when: str = "") -> None:
    """Assert that a call raises `error` or a subclass of it; `when` completes the sentence about the input."""
    refuses(error, lambda: submission.answer(name, case).value, name, when=when)


def refuses(error: type[Exception], action: Callable[[], Any], what: str, *, when: str = "") -> None:
    """Assert that an action raises `error` or a subclass of it; `what` names it in messages, e.g. `dataset[9]`."""
    evidence().comparisons += 1
    try:
        value = action()
    except StudentError as raised:
        if raised.verdict is Verdict.NOT_ATTEMPTED:
            raise
        if error.__name__ in raised.types:
            return
        if raised.verdict in (Verdict.RAISED, Verdict.WRONG):
            first, *rest = raised.message.splitlines()
            text = f"`{what}` must raise {error.__name__}{when}, but: {first}"
            mismatch = Mismatch("\n".join([text, *rest]))
            mismatch.line = raised.line
            raise mismatch from None
        raise
    raise Mismatch(f"`{what}` must raise {error.__name__}{when}, but it returned {_brief(value)}.")


def agree(
    submission: Proxy,
    reference: Proxy,
    name: str,
    case: dict[str, Any],
    *,
    steps: str | None = None,
    rule: Rule = FLOAT64,
    strided: bool = False,
    requires_grad: bool = False,
    device: str | None = None,
) -> Answer | None:
    """Call a function of both with the same arguments and assert that the answers agree.

    Where the reference raises, the submission must raise the same built-in exception. `steps` names a count
    (`epochs`): on a difference, the smallest count that differs is found and reported. Results that are float32 although
    float64 went in are judged with an error budget from jittered reference runs; the contract check F64 reports them.
    """
    try:
        right = reference.answer(name, case)
    except StudentError as error:
        expected_error = next((kind for kind in error.types if kind in _EXPECTED_ERRORS), None)
        if expected_error is None or error.verdict is not Verdict.RAISED:
            raise LessonError(f"The reference failed in `{name}`: {error.message}") from error
        raises(_builtin(expected_error), submission, name, case, when=" for this input")
        return None
    answer = submission.answer(name, case, strided=strided, requires_grad=requires_grad, device=device)
    labels = reference._outputs.get(name, ())  # noqa: SLF001  the shape of the answer, known from the source
    found, got, expected = _compared(answer.value, right.value, rule, labels, {})
    if found.difference is not None and found.difference.kind == "value":
        floors = _floors(reference, name, case, answer, labels)
        found, got, expected = _compared(answer.value, right.value, rule, labels, floors)
    step = None
    if found.difference is not None and steps is not None:
        step = _first_step(submission, reference, name, case, steps=steps, rule=rule)
    _conclude(found, got, expected, _counts(case), step=step, unit=steps or "")
    return answer


def _compared(
    got: Any, expected: Any, rule: Rule, labels: tuple[str, ...], floors: dict[str, float]
) -> tuple[Comparison, Any, Any]:
    """Compare, naming the parts of a tuple by the reference's variable names."""
    sized = isinstance(expected, tuple) and len(labels) == len(expected)
    if not sized or not isinstance(got, tuple) or len(got) != len(expected):
        return compare(got, expected, rule, "", floors), got, expected
    observed, allowed = 0.0, 0.0
    for mine, right, label in zip(got, expected, labels, strict=True):
        found = compare(mine, right, rule, label, floors)
        if found.difference is not None:
            # the relation is sought in the whole answer: outputs may be exchanged
            whole = found.difference.kind == "value"
            return found, got if whole else mine, expected if whole else right
        if allowed == 0.0 or found.observed * allowed > observed * found.allowed:
            observed, allowed = found.observed, found.allowed
    return Comparison(None, observed, allowed), got, expected


def _conclude(
    found: Comparison, got: Any, expected: Any, counts: dict[str, float], *, step: int | None = None, unit: str = ""
) -> None:
    """Note the measured error, and raise when there is a difference."""
    kept = evidence()
    kept.comparisons += 1
    kept.measured(found.observed, found.allowed)
    if found.difference is None:
        return
    generic = generic_fault(got, expected, found.difference, counts)
    lines = [found.difference.message]
    if step is not None:
        lines.append(f"The first difference appears with {unit} = {step}.")
    several = _several(got, expected)
    if several:
        lines.append(several)
    raise Mismatch("\n".join(lines), found.difference, generic=generic, step=step)


def _several(got: Any, expected: Any) -> str:
    """Return the first values of a series or a vector, when the difference is there."""
    if isinstance(got, list) and isinstance(expected, list) and len(expected) > 1:
        mine, right = list(numbers(got)), list(numbers(expected))
        if len(mine) == len(right) == 1 and mine[0][1].dim() == 1:
            values = [", ".join(show(float(v)) for v in one[0][1][:5]) for one in (mine, right)]
            return f"Yours begins {values[0]}; expected {values[1]}."
    return ""


def _first_step(
    submission: Proxy, reference: Proxy, name: str, case: dict[str, Any], *, steps: str, rule: Rule
) -> int | None:
    """Return the smallest count with which the answers differ; the calls are not part of the evidence."""
    last = case[steps]
    if type(last) is not int or not 0 < last <= _MOST_STEPS:
        return None
    for count in range(last):
        shorter = {**case, steps: count}
        try:
            right = reference.quietly(name, shorter)
            mine = submission.quietly(name, shorter)
        except StudentError:
            return None
        if compare(mine.value, right.value, rule).difference is not None:
            return count
    return last


def _floors(
    reference: Proxy, name: str, case: dict[str, Any], answer: Answer, labels: tuple[str, ...]
) -> dict[str, float]:
    """Return allowed errors from reference runs on inputs moved by one unit in the last place.

    In float64 they give the scale of results that are 0 in exact arithmetic. For float32 answers they are the error
    budget `4 * max(max_i |y32_i - y64|, eps32 * sqrt(n) * max |y64|)` over one plain and four jittered runs.
    """
    low = any(fact.dtype in ("float32", "float16", "bfloat16") for fact in answer.facts)
    evidence().dtype = "float32" if low else evidence().dtype
    dtype = torch.float32 if low else torch.float64
    try:
        truth = _parts(reference.quietly(name, case).value, labels)
        runs = [
            _parts(
                reference.quietly(name, {key: _jittered(value, dtype, run) for key, value in case.items()}).value,
                labels,
            )
            for run in range(0 if low else 1, _JITTERS + 1)
        ]
    except StudentError:
        return {}
    floors: dict[str, float] = {}
    for path, exact in truth.items():
        if exact.is_complex() or not exact.numel():
            continue
        moved = [run[path].to(torch.float64) for run in runs if path in run and run[path].shape == exact.shape]
        noise = max((float((run - exact.to(torch.float64)).abs().max()) for run in moved), default=0.0)
        scale = float(exact.abs().max())
        if low:
            eps = torch.finfo(torch.float32).eps
            floors[path] = _FLOAT32_FACTOR * max(noise, eps * exact.numel() ** 0.5 * scale)
        elif noise < _ROUNDING:
            floors[path] = _FLOAT64_FACTOR * noise
    return floors


def _parts(value: Any, labels: tuple[str, ...]) -> dict[str, Tensor]:
    if isinstance(value, tuple) and len(labels) == len(value):
        return {path: part for label, item in zip(labels, value, strict=True) for path, part in numbers(item, label)}
    return dict(numbers(value))


def _jittered(value: Any, dtype: torch.dtype, run: int) -> Any:
    """Return a tensor argument in `dtype`, each entry moved one unit in the last place up or down (run 0: not moved)."""
    if isinstance(value, dict):
        return {key: _jittered(item, dtype, run) for key, item in value.items()}
    if not isinstance(value, Tensor) or not value.is_floating_point():
        return value
    moved = value.to(dtype)
    if run == 0:
        return moved
    signs = torch.randint(0, 2, moved.shape, generator=torch.Generator().manual_seed(run)) * 2 - 1
    return torch.nextafter(moved, signs.to(dtype) * torch.inf)


def _counts(case: dict[str, Any]) -> dict[str, float]:
    """Return the numbers of a call that a wrong factor may equal."""
    counts: dict[str, float] = {}
    for name, value in case.items():
        if isinstance(value, Tensor) and value.dim() > 0:
            rows = "N" if name in ("X", "x", "y", "Y") else f"len({name})"
            counts.setdefault(rows, float(len(value)))
            if value.dim() > 1 and name in ("X", "y"):
                counts.setdefault({"X": "D", "y": "O"}[name], float(value.shape[1]))
        elif type(value) in (int, float):
            counts[name] = float(value)
    return counts


def finite_difference(function: Callable[[Tensor], Any], at: Tensor) -> Tensor:
    """Return the gradient of a scalar function by central differences in float64, step 6e-6 * max(1, |entry|)."""
    point = at.detach().to(torch.float64).clone()
    gradient = torch.zeros_like(point)
    flat, out = point.view(-1), gradient.view(-1)
    for index in range(flat.numel()):
        middle = float(flat[index])
        step = 6e-6 * max(1.0, abs(middle))
        values = []
        for sign in (1.0, -1.0):
            flat[index] = middle + sign * step
            values.append(float(function(point.clone())))
        flat[index] = middle
        out[index] = (values[0] - values[1]) / (2 * step)
    return gradient


def _builtin(name: str) -> type[Exception]:
    kinds: dict[str, type[Exception]] = {
        kind.__name__: kind for kind in (ValueError, IndexError, KeyError, TypeError, ZeroDivisionError, RuntimeError)
    }
    return kinds[name]


def _brief(value: Any) -> str:
    text = f"a Tensor of shape {list(value.shape)}" if isinstance(value, Tensor) else safe_repr(value)
    return text if len(text) < 80 else f"{text[:77]}..."
