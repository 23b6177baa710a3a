"""Named mistakes: wrong variants of a reference, and the diagnosis that finds one in a submission's answers.

A mistake explains a submission when, on every call where its answer differs from the reference's, the submission
answers like the mistake, and at least one such call stands in a failed check. Where the mistake answers like the
reference it is blind, and says nothing.
"""

import ast
import tomllib
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from grader.calls import Answer, Call, LessonError, StudentError
from grader.compare import Rule, compare, safe_repr
from grader.lessons import Course, Exercise, Lesson
from grader.results import Verdict

AS_MISTAKE: Final = Rule("equal to a mistake", relative=1e-8, absolute=1e-12)
"""Ten times the rule for right answers: what counts as answering like a mistake."""
AS_DIFFERENT: Final = Rule("different from the reference", relative=1e-5, absolute=1e-12)
"""A mistake closer to the reference than this is blind on that input."""
MOST_NAMES: Final = 2
_VALUE_KINDS: Final = ("W", "R")
_ANSWERED: Final = (Verdict.RAISED, Verdict.WRONG)


@dataclass(frozen=True)
class Mistake:
    """A wrong variant of an exercise's reference.

    `edit=(old, new)` replaces text that stands exactly once in the function (or the module); `edits` makes several such
    replacements; `replace` gives the whole function anew. `says` is for the student; without it the sentence
    of that name in `reference/feedback.toml` is used. `unseparable` gives the reason why no input shows the mistake.
    """

    name: str
    exercise: str
    function: str | None = None
    edit: tuple[str, str] | None = None
    edits: tuple[tuple[str, str], ...] = ()
    replace: str | None = None
    says: str | None = None
    unseparable: str | None = None

    def variant(self, source: str) -> str:
        """Return the reference's source with this mistake; raises `LessonError` when the edit does not fit."""
        changes = ((self.edit,) if self.edit else ()) + self.edits
        if self.replace is None and all(old == new for old, new in changes):
            raise LessonError(f"Mistake `{self.name}` changes nothing: give it `edit=`, `edits=` or `replace=`.")
        start, end = _span(source, self.function, self.name)
        part = source[start:end]
        if self.replace is not None:
            return source[:start] + self.replace.strip("\n") + "\n" + source[end:]
        for old, new in changes:
            if part.count(old) != 1:
                raise LessonError(
                    f"Mistake `{self.name}`: the text {old!r} stands {part.count(old)} times in "
                    f"`{self.function or self.exercise}`, not once. Change `edit` in mistakes.py."
                )
            part = part.replace(old, new)
        return source[:start] + part + source[end:]


def _span(source: str, function: str | None, name: str) -> tuple[int, int]:
    """Return where a top-level function or class stands in the source, in characters."""
    if function is None:
        return 0, len(source)
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == function:
            lines = [f"{line}\n" for line in source.split("\n")]  # as Python counts lines; splitlines knows more ends
            end = min(len(source), sum(map(len, lines[: node.end_lineno])))
            return sum(map(len, lines[: node.lineno - 1])), end
    raise LessonError(
        f"Mistake `{name}`: the reference has no function `{function}`. Change `function` in mistakes.py."
    )


def load_mistakes(course: Course, exercise: Exercise) -> list[Mistake]:
    """Return the known mistakes of an exercise, with their sentences filled in."""
    found = [one for one in all_mistakes(course, exercise) if one.exercise == exercise.name]
    shared = _shared_sentences(course.feedback_file)
    for mistake in found:
        if mistake.says is None and mistake.name not in shared:
            raise LessonError(
                f"Mistake `{mistake.name}` of {exercise.id} says nothing: give it `says=` or a line in feedback.toml."
            )
    return found


def all_mistakes(course: Course, lesson: Lesson | Exercise) -> list[Mistake]:
    """Return the known mistakes of a lesson, as its `mistakes.py` lists them."""
    path = course.mistakes_file(lesson)
    if not path.is_file():
        return []
    namespace: dict[str, Any] = {}
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)  # noqa: S102  the instructor's file
        return [one for one in namespace["MISTAKES"] if isinstance(one.exercise, str)]
    except Exception as error:
        raise LessonError(f"{path.name} of {lesson.folder} cannot be read: {type(error).__name__}: {error}") from error


def sentence(course: Course, mistake: Mistake) -> str:
    """Return what to tell who made the mistake."""
    return mistake.says or _shared_sentences(course.feedback_file)[mistake.name]


def _shared_sentences(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        return {str(name): str(text) for name, text in tomllib.loads(path.read_text(encoding="utf-8")).items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LessonError(f'{path.name} cannot be read: {error}. Write it as TOML, name = "sentence".') from error


# Diagnosis


class Record(Protocol):
    """A call of a check and what the submission made of it."""

    call: Call
    answer: Answer | None
    error: StudentError | None


class ClosingCallee(Protocol):
    """A callee that holds a process."""

    def answer(self, call: Call) -> Answer:
        """Return the answer."""
        ...

    def close(self) -> None:
        """End the process."""
        ...


@dataclass(frozen=True)
class Trial:
    """What one check found out about the submission."""

    kind: str
    failed: bool
    records: Sequence[Record]


@dataclass
class _Step:
    """One recorded call with the submission's and the reference's answers, in comparable parts."""

    call: Call
    mine: dict[str, Any]
    right: dict[str, Any]
    failed: bool
    values: bool


def diagnose(
    trials: Sequence[Trial],
    mistakes: Sequence[Mistake],
    source: str,
    start: Callable[[str], ClosingCallee],
) -> list[Mistake]:
    """Return the mistakes that explain the failed checks, at most two, the one that explains most first.

    `start` makes a callee of a program's source; every trial replays its calls in order on a fresh one.
    """
    steps = _steps(trials, lambda: start(source))
    if not any(step.failed for step in steps):
        return []
    explained: list[tuple[int, Mistake]] = []
    for mistake in mistakes:
        count = _explains(mistake, steps, source, start)
        if count and mistake.name not in (known.name for _, known in explained):
            explained.append((count, mistake))
    explained.sort(key=lambda pair: -pair[0])
    return [mistake for _, mistake in explained[:MOST_NAMES]]


def _steps(trials: Sequence[Trial], start: Callable[[], ClosingCallee]) -> list[_Step]:
    steps = []
    with closing(_Replay(start)) as reference:
        for trial in trials:
            for record in trial.records:
                if record.answer is not None or _counts(record.error):
                    right = reference.ask(record.call)
                    mine = parts(record.answer, record.error)
                    steps.append(_Step(record.call, mine, right, trial.failed, trial.kind in _VALUE_KINDS))
    return steps


class _Replay:
    """Repeats recorded calls on one program, started when it is needed."""

    def __init__(self, start: Callable[[], ClosingCallee]) -> None:
        self._start = start
        self._callee: ClosingCallee | None = None

    def ask(self, call: Call) -> dict[str, Any]:
        """Return the parts of the program's answer."""
        if self._callee is None:
            self._callee = self._start()
        try:
            return parts(self._callee.answer(call), None)
        except StudentError as error:
            return parts(None, error)

    def close(self) -> None:
        """End the worker."""
        if self._callee is not None:
            self._callee.close()
            self._callee = None


def _counts(error: StudentError | None) -> bool:
    return error is not None and error.verdict in _ANSWERED


def _explains(mistake: Mistake, steps: Sequence[_Step], source: str, start: Callable[[str], ClosingCallee]) -> int:
    """Return how many calls of failed checks the mistake explains; 0 when a call speaks against it."""
    variant = mistake.variant(source)
    with closing(_Replay(lambda: start(variant))) as wrong:
        values = _agreement(wrong, [step for step in steps if step.values])
        if values is None:
            return 0
        others = _agreement(wrong, [step for step in steps if step.failed and not step.values])
    return values + (others or 0)


def _agreement(wrong: _Replay, steps: Iterable[_Step]) -> int | None:
    """Return how many calls of failed checks agree with the variant, or None when one disagrees."""
    explained = 0
    for step in steps:
        answer = wrong.ask(step.call)
        shown = [
            name for name in answer.keys() | step.right.keys() if not _equal(answer, step.right, name, AS_DIFFERENT)
        ]
        if any(not _equal(step.mine, answer, name, AS_MISTAKE) for name in shown):
            return None
        explained += bool(shown) and step.failed
    return explained


def _equal(left: dict[str, Any], right: dict[str, Any], name: str, rule: Rule) -> bool:
    if (name in left) != (name in right):
        return False
    return name not in left or compare(left[name], right[name], rule).difference is None


def parts(answer: Answer | None, error: StudentError | None) -> dict[str, Any]:
    """Return what an outcome consists of; a mistake is compared only in the parts where it shows."""
    if answer is None:
        return {"outcome": error.types[0] if error and error.types else "none"}
    found = {
        "outcome": "answer",
        "mutated": answer.mutated,
        "aliases": sorted(answer.aliases),
        "graph": sorted(answer.requires_grad),
        "dtypes": [f"{fact.path}: {fact.dtype}" for fact in answer.facts],
        "generators": {path: generator.get_state() for path, generator in answer.generators.items()},
        "trace": [[name, list(args)] for name, args in answer.trace],
        "counts": answer.counts,
    }
    if isinstance(answer.value, dict):  # entry by entry: one wrong answer in a quiz does not hide another
        return {**found, **{f"value[{safe_repr(key)}]": _plain_text(value) for key, value in answer.value.items()}}
    return {**found, "value": answer.value}


def _plain_text(value: Any) -> Any:
    """Return text as quizzes compare it: without regard to case and spaces around it."""
    return value.strip().lower() if isinstance(value, str) else value
