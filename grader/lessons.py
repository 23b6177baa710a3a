"""The course on disk: lessons, exercises, and every path. No other module builds a path into a course.

The list of lessons is the list of folders in `tests/`; there is no registry. Folders are named
`lesson_<module>_<number>_<slug>`, exercise files `ex<number>_<name>.py` or `quiz.py` (exercise 1).
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_LESSON_FOLDER = re.compile(r"lesson_(\d+)_(\d+)_([a-z0-9_]+)")
_EXERCISE_FILE = re.compile(r"(?:ex(\d+)_[a-z0-9_]+|quiz)")
POINTS = re.compile(r"^EXERCISE\s*=\s*Exercise\(\s*(?:points\s*=\s*)?(\d+)", re.MULTILINE)
"""Where a check file says what its exercise is worth."""
POINTS_OF_A_LESSON = 10
_TITLE = re.compile(r"^#\s+(?:Lesson\s+[\d.]+\s*[:—-]\s*)?(.+?)\s*$", re.MULTILINE)


class CourseError(Exception):
    """The user named something that is not there; the message says what and what to do next."""


@dataclass(frozen=True)
class Exercise:
    """One exercise of a lesson."""

    lesson_key: tuple[int, int]
    folder: str
    """Folder of the lesson, e.g. `lesson_2_3_net_from_scratch`."""
    name: str
    """File name without `.py`, e.g. `ex2_backward`."""

    @property
    def number(self) -> int:
        """Position within the lesson; a quiz is exercise 1."""
        found = _EXERCISE_FILE.fullmatch(self.name)
        return int(found[1]) if found and found[1] else 1

    @property
    def id(self) -> str:
        """What people type, e.g. `2.3.2`."""
        return f"{self.lesson_key[0]}.{self.lesson_key[1]}.{self.number}"

    @property
    def file(self) -> str:
        """Path of the student's file below `exercises/`, with forward slashes."""
        return f"{self.folder}/{self.name}.py"


@dataclass(frozen=True)
class Lesson:
    """One lesson and its exercises in order."""

    key: tuple[int, int]
    folder: str
    exercises: tuple[Exercise, ...]

    @property
    def id(self) -> str:
        """What people type, e.g. `2.3`."""
        return f"{self.key[0]}.{self.key[1]}"


@dataclass(frozen=True)
class Course:
    """A course root: the folder that holds `exercises/` and `tests/`."""

    root: Path

    @property
    def name(self) -> str:
        """The name of the course's folder."""
        return self.root.name

    @property
    def exercises_root(self) -> Path:
        """Where the stubs lie and students work."""
        return self.root / "exercises"

    @property
    def reference_root(self) -> Path:
        """Everything secret lies below this folder."""
        return self.root / "reference"

    @property
    def tests_root(self) -> Path:
        """The checks of all lessons."""
        return self.root / "tests"

    @property
    def feedback_file(self) -> Path:
        """Sentences shared by the mistakes of several lessons."""
        return self.reference_root / "feedback.toml"

    @property
    def published_file(self) -> Path:
        """Published data that several lessons check against."""
        return self.tests_root / "published.json"

    def stub(self, exercise: Exercise) -> Path:
        """Return the file the student starts from."""
        return self.exercises_root / exercise.folder / f"{exercise.name}.py"

    def reference(self, exercise: Exercise) -> Path:
        """Return the instructor's solution."""
        return self.reference_root / exercise.folder / f"{exercise.name}.py"

    def check_file(self, exercise: Exercise) -> Path:
        """Return the file with the exercise's checks."""
        return self.tests_root / exercise.folder / f"test_{exercise.name}.py"

    def mistakes_file(self, lesson: Lesson | Exercise) -> Path:
        """Return the file that lists the known mistakes of a lesson."""
        return self.reference_root / lesson.folder / "mistakes.py"

    def page(self, lesson: Lesson) -> Path:
        """Return the lesson page."""
        return self.exercises_root / lesson.folder / "README.md"

    def hints_file(self, lesson: Lesson | Exercise) -> Path:
        """Return the file with the hints of a lesson's exercises."""
        return self.tests_root / lesson.folder / "hints.toml"

    def equivalents_file(self, lesson: Lesson | Exercise) -> Path:
        """Return the file that explains which changes of a reference change nothing that a check could see."""
        return self.reference_root / lesson.folder / "equivalents.toml"

    @property
    def shared_equivalents_file(self) -> Path:
        """The changes of a reference that change nothing a check may look at, in any exercise."""
        return self.reference_root / "equivalents.toml"

    def answers_file(self, lesson: Lesson | Exercise) -> Path:
        """Return the file with the recorded answers of a lesson, where the course was released without references."""
        return self.root / "answers" / f"{lesson.folder}.sqlite"

    def released_stub(self, exercise: Exercise) -> Path:
        """Return the stub as it was released, where there is no reference to make it from."""
        return self.root / "answers" / "stubs" / exercise.folder / f"{exercise.name}.py"

    def demos(self, lesson: Lesson) -> list[Path]:
        """Return the programs that draw a lesson's pictures: `demo_*.py`, beside the stubs but no exercises."""
        return sorted((self.exercises_root / lesson.folder).glob("demo_*.py"))

    def picture(self, demo: Path) -> Path:
        """Return the picture that a demo draws, committed beside it."""
        return demo.with_suffix(".svg")

    def alternatives(self, exercise: Exercise) -> list[Path]:
        """Return the known-right alternatives, `alternatives/<exercise>__<style>.py`."""
        return sorted((self.reference_root / exercise.folder / "alternatives").glob(f"{exercise.name}__*.py"))

    def title(self, lesson: Lesson) -> str:
        """Return the title on the lesson page, or words made from the folder's name."""
        try:
            found = _TITLE.search(self.page(lesson).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            found = None
        slug = lesson.folder.split("_", 3)[-1].replace("_", " ")
        return found[1] if found else slug.capitalize()

    def points(self, exercise: Exercise) -> int:
        """Return what an exercise is worth, as its check file says; 0 when it does not say."""
        try:
            found = POINTS.search(self.check_file(exercise).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            found = None
        return int(found[1]) if found else 0

    @cached_property
    def lessons(self) -> tuple[Lesson, ...]:
        """All lessons, ordered by their parsed numbers."""
        found = []
        for folder in self.tests_root.iterdir():
            match = _LESSON_FOLDER.fullmatch(folder.name)
            if match and folder.is_dir():
                key = (int(match[1]), int(match[2]))
                found.append(Lesson(key, folder.name, self._exercises(key, folder)))
        return tuple(sorted(found, key=lambda lesson: lesson.key))

    @staticmethod
    def _exercises(key: tuple[int, int], folder: Path) -> tuple[Exercise, ...]:
        names = (path.stem.removeprefix("test_") for path in folder.glob("test_*.py"))
        found = [Exercise(key, folder.name, name) for name in names if _EXERCISE_FILE.fullmatch(name)]
        return tuple(sorted(found, key=lambda exercise: exercise.number))

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """All exercises of all lessons, in order."""
        return tuple(exercise for lesson in self.lessons for exercise in lesson.exercises)

    def lesson_of(self, exercise: Exercise) -> Lesson:
        """Return the lesson an exercise belongs to."""
        return next(lesson for lesson in self.lessons if lesson.key == exercise.lesson_key)

    def owner(self, check_file: Path) -> Exercise | None:
        """Return the exercise whose check file this is."""
        return self._owners.get(str(check_file))

    @cached_property
    def _owners(self) -> dict[str, Exercise]:
        return {str(self.check_file(one)): one for one in self.exercises}

    def select(self, targets: Sequence[str]) -> tuple[Exercise, ...]:
        """Return the exercises that the targets name, in the order of the course.

        A target is `2`, `2.3`, `2.3.2`, a folder or file name of a lesson, or a path to one. No target
        means everything. Raises `CourseError` with the nearest real targets.
        """
        chosen = {exercise for target in targets for exercise in self._match(target)} if targets else self.exercises
        return tuple(exercise for exercise in self.exercises if exercise in chosen)

    def _match(self, target: str) -> list[Exercise]:
        wanted = target.strip()
        parts = wanted.replace("\\", "/").rstrip("/").split("/")
        stem = parts[-1].removesuffix(".py").removeprefix("test_")
        if re.fullmatch(r"\d+(\.\d+){0,2}", wanted):
            found = [one for one in self.exercises if f"{one.id}.".startswith(f"{wanted}.")]
        elif stem.startswith("lesson_"):
            found = [one for one in self.exercises if one.folder == stem]
        else:
            folder = next((part for part in reversed(parts[:-1]) if part.startswith("lesson_")), None)
            found = [one for one in self.exercises if one.name == stem and folder in (None, one.folder)]
            if folder is None and len(found) > 1:
                raise CourseError(f"`{target}` stands in several lessons: {_words(one.id for one in found)}. Name one.")
        if not found:
            raise CourseError(self._unknown(target))
        return found

    def _unknown(self, target: str) -> str:
        ids = [lesson.id for lesson in self.lessons]
        names = ids + [one.id for one in self.exercises] + [one.name for one in self.exercises]
        near = difflib.get_close_matches(target.strip(), names, n=3, cutoff=0.5) or ids[:3]
        return (
            f"There is no lesson or exercise `{target}`. Near it: {_words(near)}. "
            f"`uv run grade list` shows all; lessons here: {_words(ids)}."
        )


def _words(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def find_course(start: Path) -> Course:
    """Return the course of a folder: the nearest folder upwards that holds `exercises/` and `tests/`."""
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / "exercises").is_dir() and (folder / "tests").is_dir():
            course = Course(folder)
            if course.lessons:
                return course
    raise CourseError(
        f"`{start}` is not inside a course: no folder from here upwards holds `exercises/` and `tests/` with lessons. "
        "Change into the course's folder and try again."
    )


def submitted_folder(root: Path, exercise: Exercise) -> Path:
    """Return the folder of a hand-in that holds an exercise's lesson.

    Where the course's folder name is not there, a folder with the same lesson number is taken, if there is just one:
    the words behind the number may have changed since the student began. Where there are no folders of lessons, the
    exercises of one lesson may lie in the hand-in itself, as platforms deliver them.
    """
    exact = root / exercise.folder
    if exact.is_dir():
        return exact
    module, number = exercise.lesson_key
    alike = [path for path in root.glob(f"lesson_{module}_{number}_*") if path.is_dir()]
    if len(alike) == 1:
        return alike[0]
    flat = (root / f"{exercise.name}.py").is_file() and not any(root.glob("lesson_*"))
    return root if flat else exact


def submission_root(course: Course, given: str | None) -> Path:
    """Return the folder with the student's lessons: `--from`, or the course's own exercises.

    `reference` names the course's references. A hand-in may keep its lessons in a folder `exercises`.
    """
    if given is None:
        return course.exercises_root
    folder = Path(given)
    if given == "reference" and not folder.is_dir():
        folder = course.reference_root
    if not folder.is_dir():
        raise CourseError(f"`{given}` is not a folder. `--from` wants the folder that holds the student's lessons.")
    inner = folder / "exercises"
    return (inner if inner.is_dir() else folder).resolve()
