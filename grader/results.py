"""The results of a grading: the record that travels from the checks to every report.

`docs/results.md` describes the JSON form, `docs/results.schema.json` is its schema. Points are exact
fractions inside and become decimal numbers once, when they are written.
"""

import enum
import functools
import json
import math
from fractions import Fraction
from typing import Any, TypeVar

import msgspec

RESULTS_VERSION = 1


class Verdict(enum.StrEnum):
    """How a check or an exercise ended. `BROKEN` blames the lesson or the harness and never costs a student points."""

    PASSED = "passed"
    WRONG = "wrong"
    RAISED = "raised"
    TIMED_OUT = "timed_out"
    KILLED = "killed"
    FORBIDDEN = "forbidden"
    NOT_ATTEMPTED = "not_attempted"
    SKIPPED = "skipped"
    BROKEN = "broken"


class Divergence(msgspec.Struct, frozen=True, kw_only=True):
    """The first place where an answer and its expectation part."""

    where: str
    """A path into the value, e.g. `W2[0, 1]` or `losses[3]`."""
    expected: float | str | None = None
    got: float | str | None = None
    ratio: float | None = None
    """got / expected where both are finite numbers and expected is not 0."""
    step: int | None = None
    """The smallest step or epoch count at which the answers differ."""


class ErrorMeasure(msgspec.Struct, frozen=True, kw_only=True):
    """How far an answer was from the expectation, and how far it may be (same unit as the values)."""

    observed: float
    allowed: float
    rule: str = ""
    """The name of the rule that sets the limit, e.g. `float64`."""


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers in a row that a check compared, e.g. a loss per epoch: the submission's beside the reference's."""

    name: str
    """What the numbers are, e.g. `losses`."""
    expected: list[float | None]
    got: list[float | None]
    """None stands for NaN and infinity, which JSON does not have."""
    differs_from: int | None = None
    """Index of the first entry that differs."""


class Bowl(msgspec.Struct, frozen=True, kw_only=True):
    """The mean squared error of a line with one feature, as a function of two parameters p: exact, not sampled.

    Its value is `least + (p - lowest) * curvature * (p - lowest) / 2`.
    """

    lowest: tuple[float, float]
    """The parameters at the lowest point."""
    least: float
    """The loss there."""
    curvature: tuple[float, float, float]
    """The second derivatives: of the first parameter, of both, of the second."""

    def height(self, point: tuple[float, float]) -> float:
        """Return the loss at a point."""
        first, second = point[0] - self.lowest[0], point[1] - self.lowest[1]
        along, both, across = self.curvature
        return self.least + (along * first**2 + 2 * both * first * second + across * second**2) / 2


class Descent(msgspec.Struct, frozen=True, kw_only=True):
    """The way of two parameters down the surface of a loss: the submission's beside the reference's."""

    parameters: tuple[str, str]
    """Their names, e.g. `b` and `w`."""
    epochs: list[int]
    """After how many epochs the parameters stand at the points below."""
    expected: list[tuple[float, float]]
    got: list[tuple[float, float] | None]
    """None where a parameter is NaN, infinite or no single number."""
    differs_from: int | None = None
    """Index of the first point that differs."""
    surface: Bowl


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """One check of one exercise."""

    id: str
    title: str
    kind: str
    verdict: Verdict
    earned: Fraction
    possible: Fraction
    device: str = "cpu"
    dtype: str = "float64"
    duration_s: float = 0.0
    message: str = ""
    """Plain text for the student, several lines at most; its first line says what is wrong."""
    line: int | None = None
    """Line of the submission's file that the message is about."""
    divergence: Divergence | None = None
    error: ErrorMeasure | None = None
    output: str = ""
    """Tail of what the student's code printed and of the warnings it caused."""
    skipped_because: str | None = None
    series: list[Series] = []
    """Only kept where a report draws them."""
    descent: Descent | None = None
    """Only kept where a report draws it."""


class MistakeResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A named mistake that explains the failed checks of an exercise."""

    name: str
    says: str
    checks: tuple[str, ...] = ()
    """The failed checks of which it explains everything; left out where the numbers alone show what is wrong."""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What an exercise's calls cost, as multiples of what the reference's cost. Advice; it never touches the points."""

    time: float
    """Processor time of a call, on average."""
    memory: float
    """Growth of the memory."""


class ExerciseResult(msgspec.Struct, frozen=True, kw_only=True):
    """One exercise: its checks, its points and the mistakes found in it."""

    id: str
    name: str
    file: str
    earned: Fraction
    possible: Fraction
    verdict: Verdict
    checks: list[CheckResult]
    mistakes: list[MistakeResult] = []
    note: str = ""
    """A remark about the whole exercise, e.g. why nothing is earned although checks passed."""
    hint: str = ""
    """A sentence about a known mistake that the answers resemble; it says itself that it is not certain."""
    cost: Cost | None = None


class LessonResult(msgspec.Struct, frozen=True, kw_only=True):
    """One lesson: the sum of its exercises."""

    id: str
    title: str
    earned: Fraction
    possible: Fraction
    exercises: list[ExerciseResult]


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """Earned and possible points."""

    earned: Fraction
    possible: Fraction


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Where the grading ran."""

    python: str
    torch: str
    platform: str
    devices: list[str]
    isolation: list[str]


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one grading found out."""

    version: int = RESULTS_VERSION
    course: str
    submission: str
    started: str
    duration_s: float
    seed: int
    environment: Environment
    score: Score
    status: str
    """`graded`, or `broken` when the lesson or the harness failed somewhere."""
    lessons: list[LessonResult]
    problems: list[str] = []
    """What was wrong with the lesson or the harness, one sentence each."""


def number(value: float) -> float | str:
    """Return a finite number as it is and the others as text, because JSON has no NaN and no infinity."""
    return value if math.isfinite(value) else str(value)


def sound(text: str) -> str:
    """Return text that every encoder accepts: lone surrogates become visible escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def decimal(points: Fraction) -> float | int:
    """Round exact points once, to six decimals; whole points become an `int`."""
    return int(points) if points.denominator == 1 else round(float(points), 6)


def _encode(value: Any) -> Any:
    if isinstance(value, Fraction):
        return decimal(value)
    raise TypeError(f"{type(value).__name__} has no place in the results")


_Struct = TypeVar("_Struct", bound=msgspec.Struct)


def encode(found: msgspec.Struct) -> bytes:
    """Return a part of the results as JSON, to be read by `decode`."""
    return msgspec.json.encode(found, enc_hook=_encode)


def decode(data: bytes, kind: type[_Struct]) -> _Struct:
    """Read a part of the results back; a wrong type or a missing field raises `msgspec.ValidationError`."""
    return msgspec.json.decode(data, type=kind, dec_hook=_decode)


def to_builtins(results: Results) -> dict[str, Any]:
    """Return the results as plain JSON values."""
    plain: dict[str, Any] = msgspec.to_builtins(results, enc_hook=_encode)
    return plain


def to_json(results: Results, *, compact: bool = False) -> str:
    """Return the results as JSON text, ASCII only so that no encoding can spoil it; indented, or in one line."""
    return json.dumps(to_builtins(results), indent=None if compact else 2, allow_nan=False) + "\n"


@functools.lru_cache(maxsize=4096)
def _fraction(value: float) -> Fraction:
    """Return the fraction that was rounded; a class has the same few many thousand times."""
    return Fraction(value).limit_denominator(10_000)


def _decode(kind: type, value: Any) -> Any:
    if kind is Fraction and isinstance(value, int | float):
        return _fraction(value)
    raise TypeError(f"expected a number, got {type(value).__name__}")


def from_json(text: str | bytes) -> Results:
    """Read results back; a wrong type or a missing field raises `msgspec.ValidationError`."""
    return msgspec.json.decode(text, type=Results, dec_hook=_decode)


def _schema_hook(kind: type) -> dict[str, Any]:
    if kind is Fraction:
        return {"type": "number", "minimum": 0}
    raise NotImplementedError(kind)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the results."""
    found: dict[str, Any] = msgspec.json.schema(Results, schema_hook=_schema_hook)
    return found
