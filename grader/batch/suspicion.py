"""Which grades are earned again on a second, secret seed, and what the two together say.

Nobody is accused: a second grading costs a second, and answers that hold on one seed only were not computed.
"""

import re
from collections.abc import Mapping
from typing import Final

from grader.journal import Grade
from grader.lessons import Course
from grader.results import ExerciseResult, Results, Verdict, decimal

_COMPARISONS: Final = frozenset(("W", "R"))
_EVIDENCE: Final = frozenset(("FD", "INV", "S", "T"))
_NUMBER: Final = re.compile(rb"(?<![\w.])\d+(?:\.\d*)?")
_MANY_NUMBERS: Final = 100
"""So many more numbers than the reference has look like recorded answers."""


def suspicion(results: Results, files: Mapping[str, bytes], course: Course) -> str:
    """Return in one sentence why these results should be earned again on another seed; empty if they need not."""
    references = {one.file: one for one in course.exercises}
    for exercise in (one for lesson in results.lessons for one in lesson.exercises if one.earned > 0):
        if any(check.verdict in (Verdict.FORBIDDEN, Verdict.KILLED) for check in exercise.checks):
            return f"{exercise.id}: a check was stopped because of what the program did."
        if _only_compares(exercise):
            return f"{exercise.id}: the answers are the reference's, but independent evidence speaks against them."
        try:
            usual = len(_NUMBER.findall(course.reference(references[exercise.file]).read_bytes()))
        except OSError:
            usual = 0
        if len(_NUMBER.findall(files.get(exercise.file, b""))) > usual + _MANY_NUMBERS:
            return f"{exercise.id}: the file holds many more numbers than a solution needs."
    return ""


def _only_compares(exercise: ExerciseResult) -> bool:
    """Whether every comparison with the reference passes and an independent check says that the numbers are wrong."""
    compared = [check.verdict for check in exercise.checks if check.kind in _COMPARISONS]
    evidence = [check.verdict for check in exercise.checks if check.kind in _EVIDENCE]
    return bool(compared) and set(compared) == {Verdict.PASSED} and Verdict.WRONG in evidence


def both(first: Grade, second: Grade) -> str:
    """Return what is noted with a suspicious grade once the second seed was tried. The grade itself stays."""
    reason = first.suspicious.partition(_THEN)[0]
    if second.results is None:
        return f"{reason}{_THEN} grading failed."
    if second.earned == first.earned:
        return f"{reason}{_THEN} the same."
    lower, points = ("lower", second.earned) if second.earned < first.earned else ("higher", second.earned)
    return f"{reason}{_THEN} {lower}, {decimal(points)} instead of {decimal(first.earned)} points."


_THEN: Final = " On a second seed:"
