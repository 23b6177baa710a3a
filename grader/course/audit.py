"""`grade audit`: measure how well the checks of a course tell right from wrong.

Right programs (the reference and hand-written alternatives) must be accepted on every seed, named mistakes refused and
named, each by its own name alone, and mutants of the reference refused. What a mutant's checks miss is shown, to be
killed by a better check or recorded as equivalent with a reason.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from grader.apart import new_nursery
from grader.calls import LessonError
from grader.course.equivalents import Equivalent, is_shared, load_equivalents, load_shared, split, stale
from grader.course.measured import Audit, Row, Survivor
from grader.course.mutants import Mutant, mutants_of, sample
from grader.course.trials import Laboratory, Outcome, Trial, laboratory_folder
from grader.course.verify import why_refused
from grader.lessons import Course, Exercise
from grader.mistakes import Mistake, load_mistakes
from grader.results import ExerciseResult, Verdict

ALTERNATIVES_AT_LEAST: Final = 2
MUTANT_LIMIT_S: Final = 2.0
"""Seconds of a mutant: some loop for ever, and right programs take a tenth of a second."""
SECOND_LIMIT_S: Final = 10.0
"""Seconds of a mutant that was too slow the first time: on a busy machine a right one may be."""


_Judge = Callable[[Outcome], None]
_Plan = Iterator[tuple[Trial, _Judge]]


def audit(
    course: Course,
    exercises: Sequence[Exercise],
    *,
    seeds: int,
    most_mutants: int | None,
    jobs: int,
    progress: Callable[[int, int], object] | None = None,
) -> Audit:
    """Audit the exercises; with `most_mutants`, only so many mutants of each."""
    found = Audit(tuple(range(seeds)))
    nursery = new_nursery()  # before a mistake is read
    with contextlib.closing(nursery), laboratory_folder() as folder:
        laboratory = Laboratory(course, nursery, Path(folder), jobs=jobs)
        plan = list(_plan(course, exercises, found, most_mutants))
        slow: list[tuple[Trial, _Judge]] = []
        for done, outcome in enumerate(laboratory.run([trial for trial, _ in plan]), 1):
            trial, judge = plan[outcome.position]
            if trial.verdict_only and outcome.result is not None and outcome.result.verdict is Verdict.TIMED_OUT:
                slow.append((replace(trial, timeout=SECOND_LIMIT_S), judge))
            else:
                _note(outcome, judge, found)
            if progress is not None:
                progress(done, len(plan))
        for outcome in laboratory.run([trial for trial, _ in slow]):
            _note(outcome, slow[outcome.position][1], found)
        found.gradings = laboratory.gradings
    found.faults = list(dict.fromkeys(found.faults))
    found.remarks = list(dict.fromkeys(found.remarks))
    return found


def _plan(course: Course, exercises: Sequence[Exercise], found: Audit, most: int | None) -> _Plan:
    for exercise in exercises:
        row = Row(exercise)
        found.rows.append(row)
        try:
            source = course.reference(exercise).read_text(encoding="utf-8")
            mistakes = load_mistakes(course, exercise)
            wrong = [(one, one.variant(source)) for one in mistakes if one.unseparable is None]
        except (LessonError, OSError) as error:
            found.faults.append(f"{exercise.id}: {error}")
            continue
        yield from _right(course, row, source, found)
        for seed in found.seeds:
            for mistake, variant in wrong:
                yield Trial(exercise, variant, seed), partial(_judge_mistake, row=row, mistake=mistake, found=found)
        yield from _mutated(course, row, source, found, most)


def _right(course: Course, row: Row, source: str, found: Audit) -> _Plan:
    exercise = row.exercise
    alternatives = course.alternatives(exercise)
    row.alternatives = len(alternatives)
    if row.alternatives < ALTERNATIVES_AT_LEAST and exercise.name != "quiz":
        found.faults.append(
            f"{exercise.id}: {row.alternatives} right alternatives, fewer than {ALTERNATIVES_AT_LEAST}: "
            f"write `alternatives/{exercise.name}__<style>.py`."
        )
    programs = [("the reference", source)]
    programs += [(f"the alternative `{path.name}`", path.read_text(encoding="utf-8")) for path in alternatives]
    for seed in found.seeds:
        for what, program in programs:
            judge = partial(_judge_right, row=row, what=f"{what} (seed {seed})", found=found)
            yield Trial(exercise, program, seed), judge


def _mutated(course: Course, row: Row, source: str, found: Audit, most: int | None) -> _Plan:
    exercise = row.exercise
    file = course.equivalents_file(exercise).relative_to(course.root).as_posix()
    known, shared = [], []
    try:
        shared = load_shared(course)
        known = [entry for entry in load_equivalents(course, exercise) if entry.exercise == exercise.name]
    except LessonError as error:
        found.faults.append(str(error))
    mutants = mutants_of(source)
    found.faults += stale({exercise.name: mutants}, known, file)
    different, equivalent = split(mutants, known)
    row.counts.equivalent = len(equivalent)
    yield _quick(exercise, source), partial(_judge_control, found=found)
    for mutant in sample(different, most):
        yield _quick(exercise, mutant.source), partial(_judge_mutant, row=row, mutant=mutant, shared=shared)
    for mutant in sample(equivalent, most):
        yield _quick(exercise, mutant.source), partial(_judge_equivalent, mutant=mutant, file=file, found=found)


def _quick(exercise: Exercise, source: str) -> Trial:
    return Trial(exercise, source, verdict_only=True, timeout=MUTANT_LIMIT_S)


# Verdicts


def _note(outcome: Outcome, judge: _Judge, found: Audit) -> None:
    if outcome.crash:
        found.faults.append(f"{outcome.trial.exercise.id}: grading failed: {outcome.crash}")
    found.faults += [f"{problem} Mend the lesson." for problem in outcome.problems]
    judge(outcome)


def _earned_all(result: ExerciseResult | None) -> bool:
    """Return whether a program was accepted; where the lesson failed, nothing was refused."""
    return result is None or result.verdict in (Verdict.PASSED, Verdict.SKIPPED, Verdict.BROKEN)


def _judge_right(outcome: Outcome, *, row: Row, what: str, found: Audit) -> None:
    row.counts.right += 1
    result = outcome.result
    if result is not None and result.verdict is Verdict.PASSED and result.earned == result.possible > 0:
        row.counts.accepted += 1
        return
    why = why_refused(result) if result is not None else "there is no verdict."
    found.faults.append(f"{row.exercise.id}: {what} does not earn full marks: {why} Mend the check or the program.")
    if result is not None and result.mistakes:
        found.faults.append(f"{row.exercise.id}: {what} is right and was named `{result.mistakes[0].name}`.")


def _judge_mistake(outcome: Outcome, *, row: Row, mistake: Mistake, found: Audit) -> None:
    row.counts.wrong += 1
    if _earned_all(outcome.result) or outcome.result is None:
        found.faults.append(
            f"{row.exercise.id}: no check notices the mistake `{mistake.name}` on seed {outcome.trial.seed}: "
            "add an input that shows it on every seed."
        )
        return
    row.counts.refused += 1
    names = [one.name for one in outcome.result.mistakes]
    if names == [mistake.name]:
        row.counts.named += 1
        return
    given = ", ".join(f"`{name}`" for name in names) or "nothing"
    found.remarks.append(
        f"{row.exercise.id}: the mistake `{mistake.name}` is reported as {given} on seed {outcome.trial.seed}."
    )


def _judge_mutant(outcome: Outcome, *, row: Row, mutant: Mutant, shared: Sequence[Equivalent]) -> None:
    survived = _earned_all(outcome.result)
    if survived and is_shared(mutant, shared):
        row.counts.equivalent += 1
        return
    row.counts.mutants += 1
    if survived:
        row.survivors.append(Survivor(row.exercise.id, mutant))
    else:
        row.counts.killed += 1


def _judge_control(outcome: Outcome, *, found: Audit) -> None:
    if not _earned_all(outcome.result):
        found.faults.append(
            f"{outcome.trial.exercise.id}: the reference itself is refused when it is graded as its mutants are, so "
            "they say nothing. Run `grade verify`."
        )


def _judge_equivalent(outcome: Outcome, *, mutant: Mutant, file: str, found: Audit) -> None:
    if not _earned_all(outcome.result):
        found.faults.append(
            f"`{file}`: a check refuses the mutant that turns `{mutant.old}` into `{mutant.new}`: remove the entry, "
            "or mend the check if the mutant is right."
        )
