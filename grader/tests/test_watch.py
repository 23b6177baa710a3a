"""Watching: which saves concern which exercises, what a save and a key do, what is drawn. No terminal, no grading."""

from fractions import Fraction
from pathlib import Path

import pytest

from grader.progress import Progress
from grader.results import Verdict
from grader.tests.sample_results import check, exercise, lesson, results
from grader.watch import Screen, Watch, changes


class Page(Screen):
    """A screen that remembers its pictures."""

    def __init__(self):
        super().__init__(no_color=True)
        self.live = False
        self.pictures = []

    def draw(self, *pictures):
        import io

        page = io.StringIO()
        for picture in pictures:
            picture(page, 80)
        self.pictures.append(page.getvalue())

    @property
    def last(self):
        return self.pictures[-1]


@pytest.fixture
def watch(copied_course):
    """Return a watch whose gradings say what the student's files say: `solved`, or anything else."""
    graded = []

    def grade(chosen):
        graded.append([one.id for one in chosen])
        found = []
        for one in chosen:
            path = copied_course.stub(one)
            text = path.read_text() if path.exists() else ""
            if "BREAK" in text:
                return "The warm grader does not start here."
            solved = "solved" in text
            verdict = Verdict.PASSED if solved else Verdict.WRONG if "tried" in text else Verdict.NOT_ATTEMPTED
            earned = Fraction(2 if solved else 0)
            folder, name = one.folder, one.name
            made = exercise(
                name, verdict, [check("is right", verdict)], possible=Fraction(2), earned=earned, folder=folder
            )
            found.append(made.__class__(**{**{f: getattr(made, f) for f in made.__struct_fields__}, "id": one.id}))
        return results(lesson(found))

    made = Watch(
        copied_course,
        copied_course.exercises,
        grade=grade,
        stub=lambda _exercise: "the stub\n",
        screen=Page(),
        progress=Progress(copied_course),
        open_report=lambda _results: "The report is open.",
    )
    made.graded = graded
    return made


def save(watch, exercise, text):
    """Write a student's file, and tell the watch."""
    path = watch.course.stub(exercise)
    path.write_text(text)
    watch.handle({path})


# ---------------------------------------------------------------- which exercises


def test_a_save_concerns_its_exercise(copied_course):
    """A file outside of the exercises, or a folder, concerns nobody."""
    first, *_ = copied_course.exercises

    assert changes(copied_course, copied_course.exercises, [copied_course.stub(first)]) == [first]
    assert changes(copied_course, copied_course.exercises, [copied_course.root / "README.md"]) == []


def test_a_save_concerns_who_imports_it(copied_course):
    """An exercise that imports another of its lesson is graded again with it; one that cannot be read is not."""
    by_lesson = {}
    for one in copied_course.exercises:
        by_lesson.setdefault(one.folder, []).append(one)
    one, two, *_ = next(found for found in by_lesson.values() if len(found) > 1)
    copied_course.stub(two).write_text(f"from {one.name} import something\n")
    assert changes(copied_course, copied_course.exercises, [copied_course.stub(one)]) == [one, two]
    copied_course.stub(two).write_text(f"from {one.name} import (\n")
    assert changes(copied_course, copied_course.exercises, [copied_course.stub(one)]) == [one]


# ---------------------------------------------------------------- saves


def test_begins_with_what_is_to_be_done(watch):
    """At the start the first open exercise is graded and shown, with the keys."""
    watch.begin()

    assert watch.graded == [[watch.exercises[0].id]]
    assert f"now: exercises/{watch.exercises[0].file}" in watch.screen.last
    assert "h hint" in watch.screen.last


def test_a_wrong_answer_stays_and_a_right_one_moves_on(watch):
    """After a wrong save the exercise stays; when it is solved, the next one is shown."""
    first, second, *_ = watch.exercises
    watch.begin()
    save(watch, first, "tried\n")
    assert watch.current == first
    save(watch, first, "solved\n")

    assert watch.current == second
    assert f"Solved: {first.id}" in watch.screen.last
    assert f"1 of {len(watch.exercises)} solved" in watch.screen.last
    assert watch.progress.standings()[first.id].attempts == 2


def test_the_end(watch):
    """When all is solved it says so, and a later mistake brings its exercise back."""
    for one in watch.exercises:
        watch.course.stub(one).write_text("solved\n")
    watch.begin()

    assert watch.current is None
    assert "Congratulations! Every exercise here is solved." in watch.screen.last
    save(watch, watch.exercises[1], "tried\n")
    assert watch.current == watch.exercises[1]


def test_solved_before(watch):
    """What an earlier run solved is not asked again."""
    first, second, *_ = watch.exercises
    watch.begin()
    save(watch, first, "solved\n")
    again = Watch(
        watch.course, watch.exercises, watch.grade, watch.stub, Page(), Progress(watch.course), watch.open_report
    )
    again.begin()

    assert again.current == second


def test_a_deleted_file_and_a_grader_that_does_not_start(watch):
    """Neither ends the watch: the next save is graded as usual."""
    first, *_ = watch.exercises
    watch.begin()
    watch.course.stub(first).unlink()
    watch.handle({watch.course.stub(first)})
    assert watch.current == first
    save(watch, first, "BREAK\n")
    assert "The warm grader does not start here." in watch.screen.last
    save(watch, first, "solved\n")
    assert f"Solved: {first.id}" in watch.screen.last


def test_saves_of_other_files(watch):
    """A save that concerns no exercise is no reason to grade."""
    watch.begin()
    watch.handle({Path("/elsewhere/file.py")})

    assert len(watch.graded) == 1


# ---------------------------------------------------------------- keys


def test_hints(watch):
    """`h` climbs the ladder of the current exercise."""
    first, *_ = watch.exercises
    watch.course.hints_file(first).write_text(f'[{first.name}]\nwhere = "A."\nidea = "B."\nformula = "C."\n')
    watch.begin()
    watch.handle("h")
    assert "Hint 1 of 3: A." in watch.screen.last
    watch.handle("H")
    assert "Hint 2 of 3: B." in watch.screen.last


def test_next_goes_round(watch):
    """`n` leaves an exercise for the following open one, and after the last comes the first."""
    watch.begin()
    seen = [watch.current]
    for _ in watch.exercises:
        watch.handle("n")
        seen.append(watch.current)

    assert seen == [*watch.exercises, watch.exercises[0]]


def test_reset(watch):
    """`r` puts the stub back and says where the old file is."""
    first, *_ = watch.exercises
    watch.begin()
    save(watch, first, "tried\n")
    watch.handle("r")

    assert watch.course.stub(first).read_text() == "the stub\n"
    assert "is the stub again; your version is .grade/backup/" in watch.screen.last


def test_list_report_and_quit(watch):
    """`l` lists, `o` opens the report, `q` ends, other keys do nothing."""
    watch.begin()
    watch.handle("l")
    assert f">  {watch.exercises[0].id}" in watch.screen.last
    watch.handle("o")
    assert "The report is open." in watch.screen.last
    drawn = len(watch.screen.pictures)
    assert watch.handle("x")
    assert len(watch.screen.pictures) == drawn
    assert not watch.handle("q")
