"""Recording answer keys: the references are graded with every question that a hand-in may call for."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

from grader.answer_key import Facts, KeyWriter, RecordedMistake, stand_in
from grader.apart import ApartError, grade_apart, new_nursery
from grader.lessons import Course, Exercise, Lesson
from grader.mistakes import load_mistakes, sentences
from grader.proxy import outline
from grader.request import Request
from grader.results import Results


class RecordingError(Exception):
    """A lesson cannot be recorded; the message says why and what to do."""


def record(
    course: Course, folder: Path, seeds: Sequence[int], *, jobs: int, done: Callable[[int, int], object]
) -> None:
    """Write one answer key per lesson into the folder; `done` is told how many gradings of how many are over."""
    nursery = new_nursery()  # before a reference is read
    files = {lesson.id: folder / course.answers_file(lesson).name for lesson in course.lessons}
    with contextlib.closing(nursery):
        for lesson in course.lessons:
            writer = KeyWriter(files[lesson.id])
            writer.about(list(seeds), {one.name: facts(course, one) for one in lesson.exercises})
            writer.close()
        over = 0
        for seed in seeds:  # one grading per key at a time: a key has one writer
            requests = [_request(course, lesson, seed, files[lesson.id]) for lesson in course.lessons]
            for position, found in grade_apart(requests, jobs=jobs, nursery=nursery):
                over += 1
                done(over, len(seeds) * len(requests))
                _demand_full_marks(course.lessons[position], seed, found)


def facts(course: Course, exercise: Exercise) -> Facts:
    """Return what a key says about an exercise's reference."""
    source = course.reference(exercise).read_text(encoding="utf-8")
    mistakes = load_mistakes(course, exercise)
    says = sentences(course, mistakes)
    program = stand_in(source)
    known = [RecordedMistake(one.name, says[one.name], stand_in(one.variant(source)), program) for one in mistakes]
    return Facts(program, *outline(source), known)


def _request(course: Course, lesson: Lesson, seed: int, file: Path) -> Request:
    return Request(course, lesson.exercises, course.reference_root, seed=seed, device="cpu", record=file)


def _demand_full_marks(lesson: Lesson, seed: int, found: Results | ApartError) -> None:
    if isinstance(found, ApartError):
        raise RecordingError(f"Lesson {lesson.id} could not be recorded: {found}")
    if found.status == "broken" or found.score.earned != found.score.possible:
        raise RecordingError(
            f"The reference of {lesson.id} does not earn full marks on seed {seed}, so it is no answer key. "
            f"`grade verify {lesson.id}` says why."
        )
