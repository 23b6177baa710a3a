"""What to teach again, in words: the things that most students of a class got wrong, the most frequent first."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from grader.exports.tally import FEWEST, CheckTally, ExerciseTally, MistakeTally, Tally
from grader.reports import text

_MOST: Final = 6
"""What fits into one lecture."""
_NAMED: Final = Fraction(1, 10)
_CONFUSING: Final = Fraction(1, 10)
_UNNAMED: Final = Fraction(1, 5)
_UNTRIED: Final = Fraction(1, 4)
_WELL: Final = Fraction(17, 20)


@dataclass(frozen=True)
class Point:
    """Something to teach again."""

    said: str
    """`42 % made the mistake “sum instead of mean” in 2.2.2 neuron (50 of 119 who tried it).`"""
    why: str
    """What the students were told, or what to do about it."""
    exercise: str
    """The number of the exercise where it happened most."""
    students: int


@dataclass(frozen=True)
class Mistake:
    """A named mistake over all exercises in which it was made."""

    name: str
    says: str
    places: tuple[tuple[ExerciseTally, MistakeTally], ...]
    """Where, the most frequent first."""
    students: tuple[str, ...]
    tried: int
    """Students who tried one of these exercises."""

    @property
    def share(self) -> Fraction:
        """Share of these students who made it at least once."""
        return Fraction(len(self.students), self.tried)


def in_words(name: str) -> str:
    """Return the name of a mistake or an exercise as words: `sum instead of mean`, `chain rule`."""
    first, _, rest = name.partition("_")
    words = rest if rest and first.startswith("ex") and first[2:].isdigit() else name
    return text.one_line(words.replace("_", " ").replace("-", " "))


def percent(share: Fraction) -> str:
    """Return a share in whole percent, as teachers say it; little is not nothing, and much is not all.

    The space does not break, so that a number and its sign stay on one line.
    """
    if 0 < share < Fraction(1, 100):
        return "under 1\u00a0%"
    rounded = math.floor(100 * share + Fraction(1, 2))
    return f"{99 if rounded == 100 and share < 1 else rounded}\u00a0%"


def place(exercise: ExerciseTally) -> str:
    """Return number and name of an exercise."""
    return f"{text.one_line(exercise.id)} {in_words(exercise.name)}"


def most_frequent(exercise: ExerciseTally) -> MistakeTally | None:
    """Return the mistake that most students made in an exercise."""
    return max(exercise.mistakes.values(), key=lambda one: len(one.students), default=None)


def mistakes(tally: Tally) -> list[Mistake]:
    """Return the named mistakes, the most frequent first."""
    found: dict[str, list[tuple[ExerciseTally, MistakeTally]]] = {}
    for exercise in tally.ordered():
        for mistake in exercise.mistakes.values():
            found.setdefault(mistake.name, []).append((exercise, mistake))
    return sorted(
        (_mistake(name, places) for name, places in found.items()), key=lambda one: (-len(one.students), one.name)
    )


def _mistake(name: str, places: list[tuple[ExerciseTally, MistakeTally]]) -> Mistake:
    places = sorted(places, key=lambda one: -len(one[1].students))
    students = sorted({student for _, mistake in places for student in mistake.students})
    tried = set().union(*(exercise.tried for exercise, _ in places))
    return Mistake(name, text.one_line(places[0][1].says), tuple(places), tuple(students), len(tried))


def confusing(tally: Tally) -> list[tuple[ExerciseTally, CheckTally]]:
    """Return the checks that students fail for whom everything else is right, the most confusing first."""
    found = [
        (exercise, check)
        for exercise in tally.ordered()
        for check in exercise.checks.values()
        if len(check.students) >= FEWEST
    ]
    return sorted(found, key=lambda one: (-one[0].missed_alone(one[1]), -len(one[1].students), one[0].id))


def points(tally: Tally) -> list[Point]:
    """Return what to teach again, what concerns most students first."""
    found = [*_named(tally), *_by_checks(tally), *_unnamed(tally), *_untried(tally)]
    found.sort(key=lambda one: -one.students)
    return found[:_MOST]


def _named(tally: Tally) -> Iterator[Point]:
    for mistake in mistakes(tally):
        if len(mistake.students) < FEWEST or mistake.share < _NAMED:
            continue
        (most, _), *others = mistake.places
        made = f"{percent(mistake.share)} made the mistake “{in_words(mistake.name)}”"
        counts = f"{len(mistake.students)} of {mistake.tried} who tried"
        if others:
            where = ", ".join(
                f"{place(at)} ({percent(Fraction(len(one.students), at.attempted))})" for at, one in mistake.places[:4]
            )
            said = f"{made}, most often in {where}: {counts} one of them."
        else:
            said = f"{made} in {place(most)} ({counts} it)."
        yield Point(said, f"They were told: {mistake.says}", most.id, len(mistake.students))


def _by_checks(tally: Tally) -> Iterator[Point]:
    for exercise, check in confusing(tally):
        named = {student for mistake in exercise.mistakes.values() for student in mistake.students}
        own = [student for student in check.students if student not in named]
        if 2 * len(own) < len(check.students) or exercise.missed_alone(check) < _CONFUSING:
            continue  # the mistake says it better
        among = exercise.solved + len(check.students)
        said = (
            f"{percent(exercise.missed_alone(check))} of those who had everything else right in {place(exercise)} "
            f"missed one thing: “{check.title}” ({len(check.students)} of {among})."
        )
        yield Point(said, "Is the task clear about it? A sentence in the lecture may be enough.", exercise.id, len(own))


def _unnamed(tally: Tally) -> Iterator[Point]:
    for exercise in tally.ordered():
        count = len(exercise.unnamed)
        if count < FEWEST or Fraction(count, exercise.attempted) < _UNNAMED:
            continue
        said = (
            f"{percent(Fraction(count, exercise.attempted))} have {place(exercise)} wrong in ways that no known mistake "
            f"explains ({count} of {exercise.attempted} who tried it)."
        )
        some = ", ".join(text.one_line(one, characters=40) for one in exercise.unnamed[:3])
        yield Point(said, f"Look at a few of them: {some}.", exercise.id, count)


def _untried(tally: Tally) -> Iterator[Point]:
    """All of them are one point: a class that ran out of time would fill the list with it."""

    def share(exercise: ExerciseTally) -> Fraction:
        return Fraction(exercise.graded - exercise.attempted, exercise.graded)

    left = [one for one in tally.ordered() if one.graded - one.attempted >= FEWEST and share(one) >= _UNTRIED]
    if left:
        most, *others = sorted(left, key=share, reverse=True)
        count = most.graded - most.attempted
        said = f"{percent(share(most))} did not attempt {place(most)} ({count} of {most.graded})"
        elsewhere = ", ".join(f"{place(one)} ({percent(share(one))})" for one in others[:4])
        said += f"; others that many left out: {elsewhere}." if others else "."
        yield Point(said, "Was there too little time, or is the step too large?", most.id, count)


def well(tally: Tally) -> list[str]:
    """Return the exercises that need no more time, each with the share that solved it."""
    return [
        f"{place(one)} ({percent(Fraction(one.solved, one.graded))} solved it)"
        for one in tally.ordered()
        if one.graded >= FEWEST and Fraction(one.solved, one.graded) >= _WELL
    ]


def hardest(tally: Tally) -> str:
    """Return the exercise that the fewest solved, with their share; empty when all went well, or nobody was graded."""
    graded = [one for one in tally.ordered() if one.graded]
    least = min(graded, key=lambda one: Fraction(one.solved, one.graded), default=None)
    if least is None or Fraction(least.solved, least.graded) >= _WELL:
        return ""
    return f"{place(least)} ({percent(Fraction(least.solved, least.graded))} solved it)"
