"""The records of a class: who handed in what, and what each hand-in earned."""

from fractions import Fraction

import msgspec

from grader.results import Results


class HandIn(msgspec.Struct, frozen=True, kw_only=True):
    """What one student handed in, once or again."""

    student: str
    """The key that the layout of the hand-ins gives: a folder's name, a login, a number. Unique in a class."""
    source: str
    """Where it came from, relative to the folder of hand-ins: `ada.zip`, `ada/`."""
    digest: str
    """SHA-256 of the exercise files that count, in hexadecimal; empty when nothing could be read."""
    submitted: str = ""
    """When it was handed in, RFC 3339 with a zone, as far as the layout tells; else empty."""
    problem: str = ""
    """One sentence when nothing or not everything could be read; the rest is graded all the same."""
    attempt: int = 1
    """Which of the student's hand-ins it is, from 1 on, in the order of time."""


class Student(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a roster."""

    student: str
    name: str = ""
    email: str = ""
    ids: dict[str, str] = {}
    """Identifiers of other systems: `canvas_id`, `sis_user_id`, `sis_login_id`, `section`, `moodle_id` (the ID number),
    `lti_user_id`."""


class Grade(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of grading one lesson of one hand-in. (student, digest, lesson, seed, grader) occurs once."""

    student: str
    digest: str
    lesson: str
    """`2.3`"""
    seed: int
    grader: str
    """Digest of everything a verdict depends on besides the hand-in: grader, checks, references, torch's version."""
    graded: str
    """RFC 3339."""
    duration_s: float
    results: Results | None
    """None when grading failed; that is never a zero."""
    failure: str = ""
    """One sentence about why the grader or the lesson failed; empty when there are results."""
    tries: int = 1
    """How many times it was tried: a grader that was killed is tried again."""
    suspicious: str = ""
    """Why a second seed was used, or what its outcome was; empty for ordinary grades."""

    @property
    def earned(self) -> Fraction:
        """Points."""
        return self.results.score.earned if self.results is not None else Fraction(0)

    @property
    def possible(self) -> Fraction:
        """Points that can be had."""
        return self.results.score.possible if self.results is not None else Fraction(0)
