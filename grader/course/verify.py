"""`grade verify`: prove a course before students meet it.

Every refusal is a sentence with the next step: references must earn full marks, stubs nothing, every known mistake must
be noticed and named as itself, every alternative accepted, every file must have its partners.
"""

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from grader.apart import new_nursery
from grader.calls import LessonError
from grader.course.hints import refused_hints
from grader.course.proved import Counts, Proved
from grader.course.stubs import StubError, write_stubs
from grader.course.trials import Laboratory, Outcome, Trial, laboratory_folder
from grader.lessons import POINTS_OF_A_LESSON, Course, Exercise, Lesson
from grader.mistakes import Mistake, all_mistakes, load_mistakes
from grader.results import ExerciseResult, Verdict

SEEDS = (0, 1, 2)


class Report(Counts):
    """What verification found."""

    refusals: list[str] = msgspec.field(default_factory=list)
    gradings: int = 0
    known: int = 0
    """Lessons that were proved before and have not changed."""


_Judge = Callable[[ExerciseResult, Report], None]
"""Compares a verdict with what must come out."""


def verify(
    course: Course, exercises: Sequence[Exercise], *, jobs: int, say: Callable[[str], object], again: bool = False
) -> Report:
    """Verify the exercises; `say` receives lines for people.

    A lesson that was proved before and has not changed since is not graded, unless `again` asks for it.
    """
    nursery = new_nursery()  # before a mistake is read
    proved = Proved(course)
    with contextlib.closing(nursery), laboratory_folder() as folder:
        laboratory = Laboratory(course, nursery, Path(folder), jobs=jobs)
        report = Report()
        plan: list[tuple[Trial, _Judge, Report]] = []
        open_ones: list[tuple[Lesson, Report]] = []
        for lesson in course.lessons:
            chosen = tuple(one for one in exercises if one.lesson_key == lesson.key)
            known = proved.counts(lesson) if chosen == lesson.exercises and not again else None
            if known is not None:
                report.add(known)
                report.known += 1
            elif chosen:
                mine = Report()
                _check_files(course, lesson, chosen, mine)
                plan += [(trial, judge, mine) for trial, judge in _plan(course, chosen, mine)]
                open_ones.append((lesson, mine))
        for outcome in laboratory.run([trial for trial, _, _ in plan]):
            _judge(outcome, *plan[outcome.position][1:])
        report.gradings = laboratory.gradings
    for lesson, mine in open_ones:
        report.add(mine)
        report.refusals += mine.refusals
        if not mine.refusals and all(one in exercises for one in lesson.exercises):
            proved.keep(lesson, mine)
    for refusal in dict.fromkeys(report.refusals):
        say(f"refused  {refusal}")
    for line in _summary(report, exercises):
        say(line)
    return report


def _judge(outcome: Outcome, judge: _Judge, report: Report) -> None:
    if outcome.crash:
        report.refusals.append(f"{outcome.trial.exercise.id}: grading failed: {outcome.crash}")
    report.refusals += [f"{problem} Mend the lesson." for problem in outcome.problems]
    if outcome.result is not None:
        judge(outcome.result, report)


def _summary(report: Report, exercises: Sequence[Exercise]) -> Iterator[str]:
    known = "; `--again` repeats what was proved before and has not changed" if report.known else ""
    yield f"{len(exercises)} exercises, {report.gradings} gradings{known}"
    yield f"right programs accepted: {report.accepted} of {report.right} (references on seeds 0, 1, 2, and alternatives)"
    yield f"known mistakes noticed: {report.refused} of {report.wrong}, named as themselves: {report.named} of {report.wrong}"
    for line in report.unseparable:
        yield f"not separable by inputs: {line}"
    yield "verified" if not report.refusals else f"{len(dict.fromkeys(report.refusals))} refusals"


# Files


def _check_files(course: Course, lesson: Lesson, exercises: Sequence[Exercise], report: Report) -> None:
    """Refuse files without partners, stale stubs, and lessons whose points are not 10."""
    for exercise in exercises:
        for path, mend in (
            (course.reference(exercise), "write the reference"),
            (course.stub(exercise), f"run `grade stubs {exercise.id}`"),
        ):
            if not path.is_file():
                name = path.relative_to(course.root)
                report.refusals.append(f"{exercise.id}: `{name}` is missing beside its check file: {mend}.")
    known = {one.name for one in lesson.exercises}
    for root in (course.reference_root, course.exercises_root):
        for path in sorted((root / lesson.folder).glob("*.py")):
            if path.stem not in known | {"__init__", "mistakes"} and path not in course.demos(lesson):
                name = path.relative_to(course.root)
                report.refusals.append(f"{lesson.id}: `{name}` has no check file: write one or remove the file.")
    report.refusals += _strays(course, lesson)
    report.refusals += refused_hints(course, lesson)
    total = sum(course.points(one) for one in lesson.exercises)
    if total != POINTS_OF_A_LESSON:
        report.refusals.append(f"{lesson.id}: its points sum to {total}, not {POINTS_OF_A_LESSON}: change `points=`.")
    if not course.page(lesson).is_file():
        report.refusals.append(f"{lesson.id}: the lesson page README.md is missing: write it.")
    try:
        for path in write_stubs(course, [one for one in exercises if course.reference(one).is_file()], check=True):
            name = path.relative_to(course.root)
            report.refusals.append(f"`{name}` differs from what the reference gives: run `grade stubs`.")
    except StubError as error:
        report.refusals.append(str(error))


def _strays(course: Course, lesson: Lesson) -> Iterator[str]:
    """Yield what belongs to no exercise, or to two."""
    names = {one.name for one in lesson.exercises}
    for one, other in itertools.combinations(lesson.exercises, 2):
        if one.id == other.id:
            yield f"{lesson.id}: `{one.name}` and `{other.name}` are both exercise {one.id}: rename one."
    for path in sorted((course.reference_root / lesson.folder / "alternatives").glob("*.py")):
        if path.stem.partition("__")[0] not in names or "__" not in path.stem:
            name = path.relative_to(course.root)
            yield f"{lesson.id}: `{name}` belongs to no exercise: name it <exercise>__<style>.py."
    try:
        for mistake in all_mistakes(course, lesson):
            if mistake.exercise not in names:
                yield f"{lesson.id}: the mistake `{mistake.name}` names the exercise `{mistake.exercise}`, which is not there."
    except LessonError:
        return  # reported where the exercise's mistakes are made


# Programs


def _plan(course: Course, exercises: Sequence[Exercise], report: Report) -> Iterator[tuple[Trial, _Judge]]:
    chosen = [one for one in exercises if course.reference(one).is_file()]
    for exercise in chosen:
        for seed in SEEDS:
            what = f"the reference (seed {seed})"
            yield Trial(exercise, course.reference_root, seed), partial(_full_marks, what=what)
        yield Trial(exercise, course.exercises_root), _no_marks
        for path in course.alternatives(exercise):
            what = f"the alternative `{path.name}`"
            yield Trial(exercise, path.read_text(encoding="utf-8")), partial(_full_marks, what=what)
        yield from _mistaken(course, exercise, report)


def _mistaken(course: Course, exercise: Exercise, report: Report) -> Iterator[tuple[Trial, _Judge]]:
    source = course.reference(exercise).read_text(encoding="utf-8")
    try:
        mistakes = load_mistakes(course, exercise)
    except LessonError as error:
        report.refusals.append(str(error))
        return
    for mistake in mistakes:
        if mistake.unseparable is not None:
            report.unseparable.append(f"{exercise.id} {mistake.name}: {mistake.unseparable}")
            continue
        try:
            yield Trial(exercise, mistake.variant(source)), partial(_named, mistake=mistake)
        except LessonError as error:
            report.refusals.append(str(error))


# Verdicts


def why_refused(found: ExerciseResult) -> str:
    """Return what the first failed check says."""
    failed = next((one for one in found.checks if one.verdict not in (Verdict.PASSED, Verdict.SKIPPED)), None)
    if failed is None or not failed.message:
        return str(found.verdict)
    return f"`{failed.id}` says: {failed.message.splitlines()[0]}"


def _full_marks(found: ExerciseResult, report: Report, *, what: str) -> None:
    report.right += 1
    if found.verdict is Verdict.PASSED and found.earned == found.possible > 0 and not found.mistakes:
        report.accepted += 1
        return
    why = why_refused(found)
    report.refusals.append(f"{found.id}: {what} does not earn full marks: {why} Mend the check or the program.")


def _no_marks(found: ExerciseResult, report: Report) -> None:
    if found.earned or found.verdict is not Verdict.NOT_ATTEMPTED:
        report.refusals.append(
            f"{found.id}: the stub earns {found.earned} and counts as {found.verdict}: a stub must not be solved."
        )


def _named(found: ExerciseResult, report: Report, *, mistake: Mistake) -> None:
    report.wrong += 1
    names = [one.name for one in found.mistakes]
    if found.verdict in (Verdict.PASSED, Verdict.SKIPPED) or found.earned == found.possible:
        report.refusals.append(
            f"{found.id}: no check notices the mistake `{mistake.name}`: add an input that shows it."
        )
        return
    report.refused += 1
    if names[:1] == [mistake.name]:
        report.named += 1
    else:
        given = ", ".join(f"`{name}`" for name in names) or "nothing"
        report.refusals.append(
            f"{found.id}: the mistake `{mistake.name}` is reported as {given}: add an input that separates them."
        )
