"""The class's loop with a stand-in for the grading: what is graded, kept, tried again, suspected and said."""

import json
import re
import shutil
import zlib
from collections import Counter
from fractions import Fraction
from io import StringIO

import pytest

from grader.batch import command
from grader.batch.digests import Graders
from grader.batch.execution import Conditions, ExecutionError, Outcome, Task
from grader.batch.layouts import find
from grader.batch.local import LocalExecutor
from grader.batch.loop import MOST_TRIES, ClassRun, Plan, Tally, in_shard
from grader.batch.merge import merge
from grader.batch.pace import Pace, barred, in_words, pace
from grader.batch.suspicion import suspicion
from grader.batch.workplace import Workplace
from grader.cli import run as grade_command
from grader.journal import Grade, HandIn, open_journal
from grader.options import UsageError
from grader.results import Verdict, from_json, to_json
from grader.tests.sample_results import check, exercise, lesson, results

DOUBLE = "lesson_1_1_double/ex2_double.py"
MEAN = "lesson_1_2_mean/ex1_mean.py"


def answer(earned=5, *, verdict=Verdict.PASSED, status="graded", kind="R", extra=()):
    """Return results of one exercise as JSON."""
    checks = [check("compares", verdict, kind=kind, possible=Fraction(5), earned=Fraction(earned)), *extra]
    one = exercise("ex2_double", verdict, checks, earned=Fraction(earned), lesson="1.1", folder="lesson_1_1_double")
    problems = [] if status == "graded" else ["The lesson is broken."]
    return to_json(results(lesson([one], id="1.1"), status=status, problems=problems)).encode()


class StandIn:
    """An executor that answers at once, with what `says(task)` returns: data, a failure's words, or an outcome."""

    def __init__(self, says=lambda _: answer(), room=3):
        self.says, self.room, self.waiting, self.tasks = says, room, [], []

    def submit(self, task):
        self.waiting.append(task)
        self.tasks.append(task)
        assert len(self.waiting) <= self.room

    def finished(self, _):
        task = self.waiting.pop()  # the last one first: order must not matter
        said = self.says(task)
        if isinstance(said, Outcome):
            return [said]
        return [Outcome(task.number, **({"data": said} if isinstance(said, bytes) else {"failure": said}))]

    def close(self):
        pass


@pytest.fixture
def journal(tmp_path):
    """Return an empty journal."""
    with open_journal(tmp_path / "grades.sqlite", new=True) as opened:
        yield opened


@pytest.fixture
def class_run(course, journal, tmp_path):
    """Return `class_run({path: text}, executor, **plan)`: grades these hand-ins and returns the tally."""

    def run(files, executor, *, look=lambda _: None, of=course, targets=(), **plan):
        root = tmp_path / "hand_ins"
        shutil.rmtree(root, ignore_errors=True)
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        graders = Graders(of, device="cpu", timeout=plan.pop("timeout", None))
        lessons = tuple(one for one in of.lessons if one.id in targets)
        told = Plan(of, lessons, graders=graders, **{"seed": 0, "second_seed": 99, **plan})
        return ClassRun(told, journal, executor, look).run(find(root)[1])

    return run


def of_class(count, file=DOUBLE):
    return {f"student{number:02}/{file}": f"x = {number}\n" for number in range(count)}


# What is graded


def test_every_lesson_of_every_hand_in(class_run, journal):
    """Each lesson of which a student sent something is graded once, and belongs to that hand-in's digest."""
    executor = StandIn()
    tally = class_run({**of_class(5), f"both/{DOUBLE}": "d", f"both/{MEAN}": "m"}, executor)

    assert (tally.hand_ins, tally.graded, tally.kept) == (6, 7, 0)
    assert Counter(one.lesson for one in journal.grades()) == {"1.1": 6, "1.2": 1}
    digests = {one.student: one.digest for one in journal.hand_ins()}
    assert all(digests[one.student] == one.digest for one in journal.grades())
    assert {file for task in executor.tasks for file in task.files} == {DOUBLE, MEAN}


def test_lessons_that_count(class_run):
    """With targets every hand-in is graded on all of them, and on nothing else."""
    executor = StandIn()
    class_run({f"ada/{DOUBLE}": "d", f"bob/{MEAN}": "m"}, executor, targets=["1.1"])

    assert [(task.lesson, len(task.files)) for task in executor.tasks] == [("1.1", 1), ("1.1", 0)]


def test_what_cannot_be_read_is_named(class_run, journal):
    """A hand-in without an exercise gets no grade and a sentence; the others are graded."""
    tally = class_run({**of_class(2), "empty/readme.txt": ""}, StandIn())

    assert tally.unreadable == [("empty", "No file of an exercise was found. It holds `readme.txt`.")]
    assert (tally.graded, tally.hand_ins) == (2, 3)
    assert {one.student for one in journal.hand_ins()} == {"student00", "student01", "empty"}


def test_memory_does_not_grow_with_the_class(class_run):
    """No more hand-ins are read ahead than can be graded at a time."""
    ahead = []
    executor = StandIn(room=4)
    class_run(of_class(40), executor, look=lambda tally: ahead.append(len(executor.tasks) - tally.graded))

    assert max(ahead) <= 4


def test_on_disk_before_counted(class_run, tmp_path):
    """When a grade is counted, another process can already read it."""
    seen = []

    def look(tally):
        with open_journal(tmp_path / "grades.sqlite", read_only=True) as other:
            seen.append(len(list(other.grades())) - tally.graded)

    class_run(of_class(6), StandIn(), look=look)

    assert set(seen) == {0}


# Going on


def test_going_on_repeats_nothing(class_run):
    """What the journal has is not graded again."""
    class_run(of_class(3), StandIn())
    executor = StandIn()
    tally = class_run(of_class(5), executor)

    assert (tally.kept, tally.graded, len(executor.tasks)) == (3, 2, 2)


def test_changed_submissions_are_graded_again(class_run, journal):
    """A changed file is another attempt of its student; nobody else is graded."""
    class_run(of_class(3), StandIn())
    executor = StandIn()
    class_run({**of_class(3), f"student01/{DOUBLE}": "better"}, executor)

    assert [task.files for task in executor.tasks] == [{DOUBLE: b"better"}]
    assert [one.attempt for one in journal.hand_ins() if one.student == "student01"] in ([1, 2], [2, 1])


@pytest.mark.parametrize("plan", [{"seed": 1}, {"timeout": 3.0}, {"regrade": True}])
def test_other_conditions_are_graded_again(class_run, plan):
    """Another seed, another time limit or `--regrade` grade everything again."""
    class_run(of_class(3), StandIn())
    executor = StandIn()
    class_run(of_class(3), executor, **plan)

    assert len(executor.tasks) == 3


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("tests/lesson_1_1_double/test_ex2_double.py", 2),
        ("reference/lesson_1_1_double/ex2_double.py", 2),
        ("reference/lesson_1_1_double/mistakes.py", 2),
        ("exercises/lesson_1_1_double/ex2_double.py", 2),
        ("reference/lesson_1_2_mean/ex1_mean.py", 0),
        ("reference/feedback.toml", 2),
        ("exercises/lesson_1_1_double/README.md", 0),
    ],
)
def test_changed_lessons_are_graded_again(class_run, copied_course, changed, again):
    """A change of what a lesson's verdicts depend on grades that lesson again, and no other."""
    class_run(of_class(2), StandIn(), of=copied_course)
    with (copied_course.root / changed).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    executor = StandIn()
    class_run(of_class(2), executor, of=copied_course)

    assert len(executor.tasks) == again


def test_regrading_replaces(class_run, journal):
    """`--regrade` puts the new grade in the place of the old one."""
    class_run(of_class(1), StandIn(lambda _: answer(1)))
    class_run(of_class(1), StandIn(lambda _: answer(4)), regrade=True)

    assert [one.earned for one in journal.grades()] == [4]


# Failures


def test_a_grader_that_dies_is_tried_again(class_run, journal):
    """A grading that ends without results is tried again; the number of tries is kept."""
    tally = class_run(of_class(3), StandIn(lambda task: answer() if task.tries == 2 else "It died."))

    assert (tally.graded, tally.failures) == (3, [])
    assert {one.tries for one in journal.grades()} == {2}


@pytest.mark.parametrize("bad", ["It died.", answer(status="broken"), b"{}", b'{"version": 1'])
def test_a_failure_is_never_a_zero(class_run, journal, bad):
    """What fails every time is recorded as a failure without results, the others are graded, and it is tried next time."""
    executor = StandIn(lambda task: bad if task.files[DOUBLE] == b"x = 1\n" else answer())
    tally = class_run(of_class(3), executor)

    [failed] = [one for one in journal.grades() if one.results is None]
    assert (failed.student, failed.tries) == ("student01", MOST_TRIES)
    assert failed.failure
    assert [name for name, _, _ in tally.failures] == ["student01"]
    assert tally.graded == 2

    tally = class_run(of_class(3), StandIn())
    assert (tally.kept, tally.graded) == (2, 1)
    assert all(one.results for one in journal.grades())


def test_what_concerns_the_machine_stops_everything(class_run):
    """A machine that cannot isolate ends the run at the first task, with the reason."""
    executor = StandIn(lambda task: Outcome(task.number, failure="No jail here.", hopeless=True))
    with pytest.raises(ExecutionError, match="No jail here"):
        class_run(of_class(40), executor)

    assert len(executor.tasks) <= executor.room


def test_nothing_but_failures_stops_everything(class_run):
    """When the first gradings all fail, the run ends instead of failing for the whole class."""
    executor = StandIn(lambda _: "torch is broken.")
    with pytest.raises(ExecutionError, match=r"Nothing could be graded. torch is broken."):
        class_run(of_class(60), executor)

    assert len(executor.tasks) < 60


# The second seed


def suspicious(points, seed):
    """Return answers that pass every comparison and fail an independent check."""
    evidence = check("agrees with finite differences", Verdict.WRONG, kind="FD", possible=Fraction(1))
    return answer(points if seed == 0 else 1, extra=[evidence])


def test_suspicious_grades_meet_a_second_seed(class_run, journal):
    """A suspicious hand-in is graded on the second seed; both grades and what they say together are kept."""
    executor = StandIn(lambda task: suspicious(5, task.seed))
    tally = class_run(of_class(1), executor)

    assert [task.seed for task in executor.tasks] == [0, 99]
    grades = {one.seed: one for one in journal.grades()}
    assert {seed: one.earned for seed, one in grades.items()} == {0: 5, 99: 1}
    assert grades[0].suspicious.endswith("On a second seed: lower, 1 instead of 5 points.")
    assert [name for name, _, _ in tally.suspicious] == ["student00"]
    assert (tally.graded, tally.again, tally.hand_ins) == (1, 1, 1)


def test_the_same_on_both_seeds(class_run, journal):
    """Who earns the same on the second seed is not named."""
    tally = class_run(of_class(1), StandIn(lambda task: suspicious(1, task.seed)))

    assert tally.suspicious == []
    assert {one.suspicious.rpartition(": ")[2] for one in journal.grades()} == {"the same."}


def test_a_run_that_ended_between_the_seeds(class_run, journal):
    """When only the first of the two is kept, going on grades the second, and only that."""
    executor = StandIn(lambda task: suspicious(5, task.seed) if task.seed == 0 else "killed")
    class_run(of_class(1), executor)
    executor = StandIn(lambda task: suspicious(5, task.seed))
    class_run(of_class(1), executor)

    assert [task.seed for task in executor.tasks] == [99]
    assert all(one.results for one in journal.grades())


def test_what_is_suspicious(course):
    """Suspicious is: stopped by the jail, contradicted by independent evidence, or full of recorded numbers."""
    honest = from_json(answer())
    killed = from_json(answer(extra=[check("stops", Verdict.KILLED, kind="EDGE")]))
    nothing = from_json(answer(0, verdict=Verdict.WRONG, extra=[check("stops", Verdict.KILLED, kind="EDGE")]))
    recorded = {DOUBLE: ("answers = [" + "0.25, " * 120 + "]").encode()}

    assert suspicion(honest, {DOUBLE: b"x = 1"}, course) == ""
    assert "was stopped" in suspicion(killed, {}, course)
    assert suspicion(nothing, {}, course) == ""
    assert "independent evidence" in suspicion(from_json(suspicious(5, 0)), {}, course)
    assert "many more numbers" in suspicion(honest, recorded, course)


# Shards


def test_shards_part_the_class():
    """Every student belongs to exactly one shard, on every machine the same."""
    names = [f"student{number}" for number in range(200)]
    shards = [{name for name in names if in_shard(name, (number, 4))} for number in range(4)]

    assert sum(map(len, shards)) == 200
    assert set().union(*shards) == set(names)
    assert min(map(len, shards)) > 20
    assert "ada" in {name for name in ("ada",) if in_shard(name, (zlib.crc32(b"ada") % 4, 4))}


def a_grade(student, **more):
    told = {"digest": "d", "lesson": "1.1", "seed": 0, "grader": "g", "graded": "", "results": from_json(answer())}
    return Grade(student=student, duration_s=1.0, **{**told, **more})


def test_merging(tmp_path):
    """Merged journals hold all hand-ins with their attempts, all grades once, and may be merged again."""
    parts = [str(tmp_path / f"part{number}.sqlite") for number in range(2)]
    for number, name in enumerate(parts):
        with open_journal(name, new=True) as part:
            part.note("seed", "7")
            part.hand_in(*(HandIn(student=f"s{number}", source="s", digest=digest) for digest in ("z", "a")))
            part.record(*(a_grade(f"s{number}", digest=digest) for digest in ("z", "a")))
            part.record(a_grade("both"))
    whole = str(tmp_path / "whole.sqlite")

    assert merge(whole, parts) == (4, 5)
    assert merge(whole, parts) == (4, 5)
    with open_journal(whole) as journal:
        assert {(one.student, one.digest): one.attempt for one in journal.hand_ins()} == {
            ("s0", "z"): 1,
            ("s0", "a"): 2,
            ("s1", "z"): 1,
            ("s1", "a"): 2,
        }
        assert journal.noted("seed") == "7"


def test_merging_told_as_json(tmp_path, capsys):
    """`--json -` says how much there is, and nothing else stands on standard output."""
    with open_journal(tmp_path / "a.sqlite", new=True) as journal:
        journal.hand_in(HandIn(student="ada", source="ada", digest="d"))
    whole = str(tmp_path / "whole.sqlite")

    assert grade_command(["class", "merge", whole, str(tmp_path / "a.sqlite"), "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out) == {"journal": whole, "hand_ins": 1, "grades": 0}


def test_merging_different_seeds(tmp_path):
    """Shards that were graded on different inputs are not put together."""
    for number in range(2):
        with open_journal(tmp_path / f"{number}.sqlite", new=True) as part:
            part.note("seed", str(number))

    with pytest.raises(UsageError, match="different seeds: 0, 1"):
        merge(str(tmp_path / "whole.sqlite"), [str(tmp_path / "0.sqlite"), str(tmp_path / "1.sqlite")])


# What is said


def test_the_pace():
    """The line tells how far it is, how fast it goes and how long it takes; what was known before took no time."""
    assert pace(Tally(), 10, 0.0) == "0 of 10 hand-ins"
    assert pace(Tally(hand_ins=5, graded=5), 10, 50.0) == "5 of 10 hand-ins · 0.1 gradings a second · 50 s left"
    assert pace(Tally(hand_ins=6, graded=1, kept=5, failures=[("a", "b", "c")]), 10, 10.0) == (
        "6 of 10 hand-ins · 0.2 gradings a second · 23 s left · 1 failed"
    )
    assert [in_words(seconds) for seconds in (5, 89, 100, 5399, 7500)] == [
        "5 s",
        "89 s",
        "2 min",
        "1 h 30 min",
        "2 h 5 min",
    ]


def test_the_bar():
    """It grows with the hand-ins, fills at the end, and never makes the line longer than the terminal is wide."""
    assert barred("1 of 4", 1, 4, 80) == "██████░░░░░░░░░░░░░░░░░░ 1 of 4"
    assert barred("4 of 4", 4, 4, 20) == "████████████ 4 of 4"
    assert barred("0 of 0 hand-ins", 0, 0, 80) == "0 of 0 hand-ins"
    assert barred("1 of 4 hand-ins", 1, 4, 10) == "1 of 4 ha"
    assert all(len(barred("x" * 30, 1, 3, columns)) < columns for columns in range(1, 100))


def test_a_terminal_sees_one_line():
    """There the line is drawn over again, with a bar, and removed at the end."""
    stream = StringIO()
    stream.isatty = lambda: True
    seen = Pace(stream, 10)
    seen._said -= 11
    seen.look(Tally(hand_ins=5))
    seen.clear()

    assert re.fullmatch(r"\r\x1b\[K█+░+ 5 of 10 hand-ins\r\x1b\[K", stream.getvalue())


def test_no_terminal_no_control_codes():
    """Where the progress goes to a file, it is whole lines, few of them."""
    stream = StringIO()
    seen = Pace(stream, 10)
    seen.look(Tally(hand_ins=1))
    seen._said -= 11
    seen.look(Tally(hand_ins=2))
    seen.clear()

    assert stream.getvalue() == "2 of 10 hand-ins\n"


@pytest.fixture
def stand_in(monkeypatch, course):
    """Have `grade class` grade in the tiny course with a stand-in that can be set."""
    executor = StandIn()
    monkeypatch.setattr(command, "_executor", lambda *_: executor)
    monkeypatch.chdir(course.root)
    return executor


@pytest.fixture
def hand_ins(tmp_path):
    """Return a folder with three hand-ins, one of which is empty."""
    for name, text in (("ada", "a"), ("bob", "b")):
        (tmp_path / "all" / name).mkdir(parents=True)
        (tmp_path / "all" / name / "ex2_double.py").write_text(text, encoding="utf-8")
    (tmp_path / "all" / "none").mkdir()
    return tmp_path / "all"


def test_the_command(stand_in, hand_ins, tmp_path, capsys):
    """`grade class` grades, says what happened, and exits with 0 when everything was graded."""
    journal = tmp_path / "g.sqlite"

    assert grade_command(["class", str(hand_ins), "--journal", str(journal), "--seed", "5"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "3 hand-ins: 2 lessons graded, 0 known before.",
        "",
        "1 could not be read and are not graded:",
        "  none: No file of an exercise was found.",
        "",
        "2 are graded, with a remark:",
        "  ada: `lesson_1_1_double/quiz.py` is missing.",
        "  bob: `lesson_1_1_double/quiz.py` is missing.",
    ]
    assert err == f"3 hand-ins, layout folders, journal {journal}\n"
    assert {task.seed for task in stand_in.tasks} == {5}

    assert grade_command(["class", str(hand_ins), "--journal", str(journal), "--json", "-"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["known_before"], told["graded"]) == (2, 0)
    assert [(one["student"], one["graded"]) for one in told["problems"]] == [
        ("ada", True),
        ("bob", True),
        ("none", False),
    ]


def test_the_summary_is_about_this_run(stand_in, hand_ins, tmp_path, capsys):
    """The problems are those of the hand-ins as they lie there now, not of earlier ones, nor of other folders."""
    journal = tmp_path / "g.sqlite"
    grade_command(["class", str(hand_ins), "--journal", str(journal)])
    (hand_ins / "ada" / "quiz.py").write_text("", encoding="utf-8")
    shutil.rmtree(hand_ins / "none")
    capsys.readouterr()
    grade_command(["class", str(hand_ins), "--journal", str(journal), "--json", "-"])

    told = json.loads(capsys.readouterr().out)
    assert told["problems"] == [
        {
            "student": "bob",
            "source": "bob",
            "problem": "`lesson_1_1_double/quiz.py` is missing.",
            "graded": True,
        }
    ]


def test_the_command_names_failures(stand_in, hand_ins, tmp_path, capsys):
    """Where the grader failed for some, they are named without control codes, and the exit code is 3."""
    stand_in.says = lambda task: answer() if task.files[DOUBLE] == b"a" else "It died.\x1b[31m"
    assert grade_command(["class", str(hand_ins), "--journal", str(tmp_path / "g.sqlite")]) == 3

    out = capsys.readouterr().out
    assert "1 failed to be graded (no zero was given):\n  bob, 1.1: It died." in out
    assert "\x1b" not in out


def test_interrupting_the_command(stand_in, hand_ins, tmp_path, capsys):
    """Ctrl-C keeps what was graded, says how to go on, and exits with 130."""

    def says(task):
        if task.files[DOUBLE] == b"a":
            raise KeyboardInterrupt
        return answer()

    stand_in.says = says
    journal = tmp_path / "g.sqlite"

    assert grade_command(["class", str(hand_ins), "--journal", str(journal)]) == 130
    assert "The same command goes on from there." in capsys.readouterr().err
    with open_journal(journal) as kept:
        assert [one.student for one in kept.grades()] == ["bob"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "`nowhere` cannot be read"),
        (["{}", "1.1.2"], "Name the lesson, `1.1`"),
        (["{}", "9.9"], "There is no lesson"),
        (["{}", "--shard", "4/4"], "0/4, 1/4, 2/4 and 3/4"),
        (["{}", "--journal", "/no/such/folder/x"], "cannot be opened"),
        (["{}", "--scheduler", "tcp://a:1"], "`tls://` address"),
        (["{}", "--scheduler", "tls://a:1"], "`--tls-ca`"),
        (["{}", "--roster", "none.csv", "--journal", "{}/../g.sqlite"], "roster `none.csv` cannot be read"),
        (["merge"], "required: OUT, IN"),
        (["merge", "{}/../out", "{}/nowhere"], "There is no journal"),
    ],
)
def test_usage(stand_in, hand_ins, capsys, arguments, says):
    """What cannot be carried out is one sentence and exit code 2, before anything is graded."""
    assert grade_command(["class", *(one.format(hand_ins) for one in arguments)]) == 2
    assert says in capsys.readouterr().err
    assert stand_in.tasks == []


def test_no_resume(stand_in, hand_ins, tmp_path, capsys):
    """`--no-resume` refuses a journal that exists."""
    arguments = ["class", str(hand_ins), "--journal", str(tmp_path / "g.sqlite"), "--no-resume"]

    assert grade_command(arguments) == 0
    assert grade_command(arguments) == 2
    assert "leave `--no-resume` out" in capsys.readouterr().err
    assert len(stand_in.tasks) == 2


def test_the_seed_stays(stand_in, hand_ins, tmp_path):
    """A class that was begun on a seed goes on with it; the second seed is drawn once."""
    journal = tmp_path / "g.sqlite"
    notes = []
    for more in (["--seed", "5"], []):
        grade_command(["class", str(hand_ins), "--journal", str(journal), *more])
        with open_journal(journal) as kept:
            notes.append((kept.noted("seed"), kept.noted("second_seed")))

    assert notes[0] == notes[1]
    assert notes[0][0] == "5"


def test_a_shard_has_its_own_journal(stand_in, hand_ins, tmp_path, monkeypatch, course):
    """Shards write to files of their own, which `merge` puts together."""
    monkeypatch.setattr(command, "find_course", lambda _: course)
    monkeypatch.chdir(tmp_path)
    for number in range(2):
        assert grade_command(["class", str(hand_ins), "--shard", f"{number}/2"]) == 0

    assert grade_command(["class", "merge", "grades.sqlite", "grades-0of2.sqlite", "grades-1of2.sqlite"]) == 0
    with open_journal("grades.sqlite") as whole:
        assert [one.student for one in whole.grades()] == ["ada", "bob"]


# The executor of this machine


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    """A folder whose owner was killed is removed by the next run; one that is in use, or that is not ours, stays."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left, used = Workplace(), Workplace()
    left._lock.close()  # as the kernel does for a process that is killed
    foreign = tmp_path / "grade-class-foreign"
    foreign.mkdir()
    mine = Workplace()

    assert sorted(tmp_path.iterdir()) == sorted([used.folder, mine.folder, foreign])
    for one in (used, mine):
        one.close()
    assert list(tmp_path.iterdir()) == [foreign]


def test_a_machine_that_cannot_grade(course, monkeypatch):
    """A warm process that ends at once is started a few times; then the run ends with a sentence."""
    executor = LocalExecutor(Conditions(str(course.root)), jobs=1)
    monkeypatch.setattr("sys.executable", "/bin/false")

    def grade_twenty():
        for number in range(20):
            executor.submit(Task(number, "1.1", 0, {}))
            while not executor.finished(1.0):
                pass

    try:
        with pytest.raises(ExecutionError, match="grade doctor"):
            grade_twenty()
    finally:
        executor.close()
