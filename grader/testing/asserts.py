"""Assertions of checks: they compare plain values in the grader's process and say where two values part."""

from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor

from grader.calls import Answer, LessonError, StudentError, evidence
from grader.compare import FLOAT64, Comparison, Rule, compare
from grader.faults import Mismatch
from grader.proxy import Proxy
from grader.results import Verdict
from grader.testing.explaining import Case, explain
from grader.testing.recording import foresee
from grader.testing.rounding import floors, forced_low, may_be_rounding, widened
from grader.values import Foreign, article, kind_of, listed, safe_repr, short

_TRUTHS: Final = ("true", "false")
_EXPECTED_ERRORS: Final = ("ValueError", "IndexError", "KeyError", "TypeError", "ZeroDivisionError", "RuntimeError")


def assert_close(got: Any, expected: Any, *, rule: Rule = FLOAT64, what: str = "") -> None:
    """Assert that two values agree: structure first, then numbers; `what` names the value in messages.

    Answers that are float32 although float64 went in are judged by what float32 can do; the contract check F64 reports them.
    """
    low = forced_low(evidence().calls)
    rule = widened(rule) if low else rule
    names = () if what else evidence().names_of(got)
    found = _compared(got, expected, rule, names, {}) if names else compare(got, expected, rule, what)
    _conclude(found, Case(got, expected, rule, names=names, path=what, low=low))


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
    told = given.strip().lower()
    if right in _TRUTHS and told not in _TRUTHS:
        raise Mismatch(f"The answer to {question} must be true or false, not {short(given)}.")
    if len(right) == 1 < len(told):
        raise Mismatch(f"The answer to {question} must be the letter alone, not {short(given)}.")
    if told != right:
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
        raises(_builtin(expected_error), submission, name, case, when=f" for {_input_in_words(case)}")
        return None
    foresee(reference, name, case, steps)
    answer = submission.answer(name, case, strided=strided, requires_grad=requires_grad, device=device)
    names = reference._outputs.get(name, ())  # noqa: SLF001  the shape of the answer, known from the source
    given = Case(answer.value, right.value, rule, names=names, low=forced_low(evidence().calls))

    def compared(mine: Any, due: Any) -> Comparison:
        found = _compared(mine, due, rule, names, given.floors)
        wrong = found.difference is not None and found.difference.kind == "value"
        if wrong and not given.floors and may_be_rounding(answer, found.observed):
            given.floors = floors(reference, name, case, answer, names)
            found = _compared(mine, due, rule, names, given.floors)
        return found

    found = compared(answer.value, right.value)
    if found.difference is not None:
        given.arguments, given.answers = case, (answer, right)
        given.plain = not strided and not requires_grad and device is None
        given.run_again(submission, reference, name, steps, compared)
    _conclude(found, given)
    return answer


def _compared(got: Any, expected: Any, rule: Rule, names: tuple[str, ...], floors: dict[str, float]) -> Comparison:
    """Compare, naming the parts of a tuple by the reference's variable names."""
    sized = isinstance(expected, tuple) and len(names) == len(expected)
    if not sized or not isinstance(got, tuple) or len(got) != len(expected):
        return compare(got, expected, rule, "", floors)
    parts = [compare(mine, right, rule, name, floors) for mine, right, name in zip(got, expected, names, strict=True)]
    wrong = [part for part in parts if part.difference is not None]
    spoiled = [part for part in wrong if part.difference is not None and part.difference.kind == "nonfinite"]
    if spoiled and wrong[0].difference is not None and wrong[0].difference.kind == "value":
        return spoiled[0]
    return wrong[0] if wrong else max(parts, key=lambda part: part.observed / part.allowed if part.allowed else 0.0)


def _conclude(found: Comparison, given: Case) -> None:
    """Note the measured error, and raise when there is a difference."""
    kept = evidence()
    kept.comparisons += 1
    kept.measured(found.observed, found.allowed, given.rule.name)
    if kept.compared is not None:
        kept.compared.append((given.got, given.expected, given.rule, given.names, given.path))
    if found.difference is None:
        return
    raise explain(found.difference, given) if kept.explain else Mismatch(found.difference.message, found.difference)


def _input_in_words(case: dict[str, Any]) -> str:
    """Return what is special about arguments for which an error is due."""
    empty = [name for name, value in case.items() if isinstance(value, Tensor) and not value.numel()]
    if empty:
        return f"empty {listed(empty)}"
    for name in ("batch_size", "epochs"):
        if type(case.get(name)) is int and case[name] < 1:
            return f"{name}={case[name]}"
    shapes = {name: list(value.shape) for name, value in case.items() if isinstance(value, Tensor)}
    if len(case) == len(shapes) == 2:  # e.g. a loss of two shapes that do not fit
        return " and ".join(f"`{name}` of shape {shape}" for name, shape in shapes.items())
    return "this input"


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
    if isinstance(value, Tensor):
        return f"a Tensor of shape {list(value.shape)}"
    if isinstance(value, Foreign):
        return f"{article(value.type)}, which must be raised" if value.type.endswith("Error") else article(value.type)
    text = safe_repr(value)
    if "\n" in text or "tensor(" in text:
        return article(kind_of(value))
    return text if len(text) < 80 else f"{text[:77]}..."
