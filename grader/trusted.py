"""What a grading knows of an exercise's reference: its program and known mistakes, or an answer key in their place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.answer_key import AnswerKey
from grader.calls import LessonError
from grader.lessons import Course, Exercise
from grader.mistakes import Known, load_mistakes, sentences
from grader.proxy import outline


@dataclass(frozen=True)
class Trusted:
    """The reference of an exercise."""

    source: str
    """Its program, or what stands for that in the key."""
    functions: dict[str, tuple[str, ...]]
    """Functions of the exercise and the names of their parameters."""
    outputs: dict[str, tuple[str, ...]]
    """Names of the parts of a tuple that a function returns."""
    key: AnswerKey | None
    mistakes: Callable[[], tuple[Sequence[Known], dict[str, str]]]
    """Reads the known mistakes, and what to say to who made them, by name; raises `LessonError`."""


def trusted(course: Course, exercise: Exercise, keys: dict[str, AnswerKey]) -> Trusted:
    """Return what is known of an exercise's reference; raises `LessonError`. Keys that were opened are kept in `keys`."""
    path = course.reference(exercise)
    if not path.is_file() and course.answers_file(exercise).is_file():
        return _recorded(course, exercise, keys)
    try:
        source = path.read_text(encoding="utf-8")
        functions, outputs = outline(source)
    except (OSError, ValueError, SyntaxError) as error:
        raise LessonError(f"The reference of {exercise.id} cannot be read: {error}") from error

    def mistakes() -> tuple[Sequence[Known], dict[str, str]]:
        found = load_mistakes(course, exercise)
        return found, sentences(course, found)

    return Trusted(source, functions, outputs, None, mistakes)


def _recorded(course: Course, exercise: Exercise, keys: dict[str, AnswerKey]) -> Trusted:
    if exercise.folder not in keys:
        keys[exercise.folder] = AnswerKey(course.answers_file(exercise))
    key = keys[exercise.folder]
    facts = key.facts(exercise.name)
    says = {one.name: one.says for one in reversed(facts.mistakes)}
    return Trusted(facts.program, facts.functions, facts.outputs, key, lambda: (facts.mistakes, says))


def unrecorded(course: Course, exercises: Sequence[Exercise], seed: int) -> str | None:
    """Return why exercises cannot be graded on a seed: only answer keys are here, and they are of other seeds."""
    for exercise in exercises:
        if course.reference(exercise).is_file() or not course.answers_file(exercise).is_file():
            continue
        key = AnswerKey(course.answers_file(exercise))
        key.close()
        if seed not in key.seeds:
            return f"This copy of the course holds answers for the seeds {', '.join(map(str, key.seeds))} only."
        return None
    return None
