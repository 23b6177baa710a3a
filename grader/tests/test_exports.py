"""What counts of a class, what lateness costs, and what stands in the gradebooks and files of platforms."""

import csv
import io
import json
import random
import re
import sys
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import xmlschema

from grader.cli import run
from grader.exports import canvas, pages, platforms, records, tables
from grader.exports.cells import csv_text, points, safe
from grader.exports.choosing import build
from grader.exports.gradebook import Choice
from grader.exports.late import in_words, parse_rule, parse_time
from grader.exports.one_student import file_name
from grader.journal import HandIn, Student, open_journal
from grader.options import UsageError
from grader.reports import junit
from grader.tests import sample_class, sample_results
from grader.tests.sample_class import DUE, book, grade, graded
from grader.tests.sample_results import HOSTILE, SITUATIONS
from grader.tests.test_reports import GRADESCOPE_TEST, GRADESCOPE_TOP

DOCS = Path(__file__).parents[2] / "docs"
SCHEMAS = Path(__file__).parent / "schemas"
REGENERATE = "uv run python -m grader.exports.records docs/class.schema.json"
# https://prairielearn.readthedocs.io/en/latest/externalGrading/
PRAIRIELEARN_TOP = {"gradable", "score", "message", "output", "images", "tests", "format_errors"}
PRAIRIELEARN_TEST = {"name", "description", "points", "max_points", "message", "output", "images"}
LTI_SCORE = {
    "userId",
    "scoreGiven",
    "scoreMaximum",
    "comment",
    "timestamp",
    "activityProgress",
    "gradingProgress",
    "submission",
}
FORMATS = ("json", "jsonl", "csv", "canvas", "moodle", "nbgrader", "lti", "report")
FOLDERS = ("gradescope", "prairielearn", "classroom50", "feedback")


def rows_of(text, **options):
    return list(csv.reader(io.StringIO(text), **options))


def lesson_with(earned, *, possible=10, lesson="2.2"):
    """Return results of one lesson with one exercise that earns so much."""
    checks = [sample_results.check("works", possible=Fraction(possible), earned=Fraction(earned))]
    one = sample_results.exercise("ex1_a", checks[0].verdict, checks, possible=Fraction(possible), lesson=lesson)
    return sample_results.results(sample_results.lesson([one], id=lesson, title="A lesson"))


def small(grades, hand_ins, choice=None, students=()):
    ordered = sorted(grades, key=lambda one: (one.student, one.digest, one.lesson, one.seed, one.grader))
    return build(students, hand_ins, lambda: iter(ordered), choice or Choice())


def handed(digest, attempt=1, submitted="", student="ada", **more):
    return HandIn(student=student, source=f"{digest}.zip", digest=digest, attempt=attempt, submitted=submitted, **more)


class TestLateRule:
    @pytest.mark.parametrize(
        ("rule", "hours", "left"),
        [
            ("10%/day", 0, 8),
            ("10%/day", 1, 7),
            ("10%/day", 24, 7),
            ("10%/day", 24.01, 6),
            ("10%/day, max 15%", 100, Fraction(13, 2)),
            ("5%/hour", 2.5, Fraction(13, 2)),
            ("50%/week", 1, 3),
            ("20%", 1000, 6),
            ("100%", 1, 0),
            ("20%, grace 2h", 2, 8),
            ("10%/day, grace 2h", 25, 6),
            ("20%, cutoff 2d", 48, 6),
            ("20%, cutoff 2d", 49, 0),
            ("cutoff 1d", 23, 8),
            ("33.3%", 1, Fraction(467, 100)),
        ],
    )
    def test_takes_off_shares_of_the_possible_points(self, rule, hours, left):
        """A begun day counts as a day, grace and cutoff are kept, and nothing is rounded."""
        assert parse_rule(rule).left(Fraction(8), Fraction(10), timedelta(hours=hours)) == left

    @pytest.mark.parametrize(
        "rule", ["", "10", "10%/month", "110%", "max 5", "10%, 20%", "grace 2h, grace 3h", "-5%", "x"]
    )
    def test_other_words_are_refused_with_an_example(self, rule):
        """What is no rule is told, not guessed."""
        with pytest.raises(UsageError, match="A late rule looks like"):
            parse_rule(rule)

    @pytest.mark.parametrize("when", ["tomorrow", "2026-03-01", "2026-03-01T23:59:00"])
    def test_a_due_time_has_a_zone(self, when):
        """A time that could mean two moments is refused."""
        with pytest.raises(UsageError, match="zone"):
            parse_time(when, "due time")

    def test_how_late_in_words(self):
        """Two units say enough."""
        found = [in_words(timedelta(seconds=one)) for one in (40, 900, 7260, 97200)]
        assert found == ["40 s", "15 min", "2 h 1 min", "1 d 3 h"]


class TestCells:
    @pytest.mark.parametrize("text", ["=1+1", "+49 1", "-x", "@SUM(A1)", "\t=1", "  =1", "＝1", "\n=1", "+1+1"])  # noqa: RUF001
    def test_formulas_are_defused(self, text):
        """No cell begins with what a spreadsheet calculates."""
        assert safe(text)[0] in "'\\"
        assert csv_text([[text]])[:2] in {"'=", "'+", "'-", "'@", "'\t", "' ", "'＝", "'\n", "\"'"}  # noqa: RUF001

    def test_numbers_and_words_stay(self):
        """A number is no formula, and most names are none."""
        same = ["-3", "-3.5", "15", "Müller, Ada", "a=b", "", "O'Neill", "    Points Possible"]
        assert [safe(one) for one in same] == same

    def test_points_are_rounded_once_halves_up(self):
        """Two decimals at most; nothing is not zero."""
        shown = [points(one) for one in (Fraction(5, 3), Fraction(1, 200), Fraction(100), Fraction(0), None)]
        assert shown == ["1.67", "0.01", "100", "0", ""]


class TestChoice:
    def test_best_and_last_attempt(self):
        """The best attempt counts unless the last one is asked for."""
        hand_ins = [handed("a", 1), handed("b", 2)]
        grades = [grade("ada", "a", lesson_with(8)), grade("ada", "b", lesson_with(6))]

        assert small(grades, hand_ins).rows[0].marks["2.2"].points == 8
        assert small(grades, hand_ins, Choice(last=True)).rows[0].marks["2.2"].points == 6

    def test_lateness_decides_which_attempt_is_best(self):
        """Points are compared after what lateness costs; both numbers stay visible."""
        times = ["2026-03-01T12:00:00Z", "2026-03-03T12:00:00Z"]
        hand_ins = [handed("a", 1, times[0]), handed("b", 2, times[1])]
        grades = [grade("ada", "a", lesson_with(7)), grade("ada", "b", lesson_with(8))]
        choice = Choice(due=DUE, rule=parse_rule("10%/day"))

        assert small(grades, hand_ins, choice).rows[0].marks["2.2"].hand_in.digest == "a"
        late = small(grades[1:], hand_ins[1:], choice).rows[0].marks["2.2"]
        assert (late.raw, late.points, late.late) == (8, 6, timedelta(hours=36, minutes=1))

    def test_the_seed_of_the_class_counts_and_the_newest_grader(self):
        """A second seed is only a second look; a grade by a newer grader replaces an older one."""
        grades = [
            grade("ada", "a", lesson_with(5), grader="old", graded="2026-03-02T08:00:00Z"),
            grade("ada", "a", lesson_with(7), grader="new", graded="2026-03-05T08:00:00Z"),
            grade("ada", "a", lesson_with(1), seed=99, graded="2026-03-06T08:00:00Z"),
            grade("bob", "b", lesson_with(2)),
        ]
        hand_ins = [handed("a"), handed("b", student="bob")]

        assert small(grades, hand_ins).rows[0].marks["2.2"].points == 7
        assert small(grades, hand_ins, Choice(class_seed=99)).rows[0].marks["2.2"].points == 1
        only = small(grades, hand_ins, Choice(seed=99))
        assert [row.marks["2.2"].points for row in only.rows] == [1, None]

    def test_two_versions_of_the_grader_are_told(self):
        """Grades that are not comparable are not shown as if they were."""
        grades = [grade("ada", "a", lesson_with(5), grader="old"), grade("bob", "b", lesson_with(5), grader="new")]
        made = small(grades, [handed("a"), handed("b", student="bob")])

        assert "2 versions of the grader" in made.notes()[0]

    def test_a_failed_grading_is_no_zero(self):
        """It has no points, no sum, and a sentence; a failure never takes the place of a grade."""
        failed = grade(
            "ada", "a", None, lesson="2.2", graded="2026-03-09T00:00:00Z", duration_s=1, failure="It was killed."
        )
        row = small([failed, grade("bob", "b", lesson_with(5))], [handed("a"), handed("b", student="bob")]).rows[0]
        assert (row.points, row.marks["2.2"].points, row.marks["2.2"].problem) == (None, None, "It was killed.")

        both = small([failed, grade("ada", "a", lesson_with(3), grader="g0")], [handed("a")])
        assert both.rows[0].marks["2.2"].points == 3

    def test_a_failed_attempt_beside_a_graded_one_is_told(self):
        """The other attempt might have been better."""
        failed = grade("ada", "b", None, lesson="2.2", graded="", duration_s=1, failure="It was killed.")
        made = small([grade("ada", "a", lesson_with(3)), failed], [handed("a"), handed("b", 2)])

        assert made.rows[0].marks["2.2"].points == 3
        assert made.problems() == ["ada, 2.2: It was killed."]

    def test_what_is_not_graded_yet_is_told(self):
        """A hand-in that nobody has graded is no zero either."""
        made = small([grade("ada", "a", lesson_with(3))], [handed("a"), handed("b", student="bob")])
        assert made.problems() == ["bob, 2.2: not graded yet: run `grade class` again"]

    @pytest.mark.parametrize("last", [True, False])
    def test_a_folder_of_hand_ins_for_each_lesson(self, last):
        """A journal may hold one hand-in for each lesson: each counts for its own, and none is missing elsewhere."""
        grades = [grade("ada", "a", lesson_with(3)), grade("ada", "b", lesson_with(4, lesson="2.3"))]
        made = small(
            [*grades, grade("bob", "c", lesson_with(5))],
            [handed("a"), handed("b", 2), handed("c", student="bob")],
            Choice(last=last),
        )
        assert [[mark.points for mark in row.marks.values()] for row in made.rows] == [[3, 4], [5]]
        assert made.problems() == []

    def test_hand_ins_without_a_time_are_not_late(self):
        """Nobody knows, so nothing is deducted, and that is said."""
        made = small([grade("ada", "a", lesson_with(3))], [handed("a")], Choice(due=DUE, rule=parse_rule("100%")))

        assert made.rows[0].marks["2.2"].points == 3
        assert "nothing was deducted" in made.notes()[0]

    def test_lessons_are_ordered_by_number(self):
        """2.10 comes after 2.9, and other lessons are left out where some are chosen."""
        grades = [grade("ada", "a", lesson_with(1, lesson=one)) for one in ("2.9", "2.10", "2.1")]
        assert [one.lesson for one in small(grades, [handed("a")]).columns] == ["2.1", "2.9", "2.10"]
        chosen = small(grades, [handed("a")], Choice(lessons=frozenset({"2.10"})))
        assert [one.lesson for one in chosen.columns] == ["2.10"]

    def test_every_student_of_the_roster_has_a_row(self):
        """Also who handed in nothing, and who is on no roster."""
        made = small(
            [grade("eve", "e", lesson_with(1))], [handed("e", student="eve")], students=[Student(student="ada")]
        )
        assert [(row.student.student, len(row.marks)) for row in made.rows] == [("ada", 0), ("eve", 1)]

    def test_results_come_student_by_student(self):
        """Rows and results belong together, also where rows have none."""
        made = book(40)
        for row, found in made.by_student():
            assert set(found) == {key for key, mark in row.marks.items() if mark.points is not None}
            assert [one.score.earned for one in found.values()] == [row.marks[key].raw for key in found]


class TestTables:
    def test_names_only_where_asked_for(self):
        """Neither names nor e-mails stand in a gradebook of their own accord."""
        made = book(10)
        for table in (tables.marks, tables.moodle, tables.nbgrader, canvas.minimal, records.document, records.lines):
            assert not re.search("Doe|@example", table(made, with_names=False))
            assert "Doe" in table(made, with_names=True) or table is tables.moodle
        assert "@example" in tables.moodle(made, with_names=True)

    def test_a_line_for_each_student_and_lesson(self):
        """Points before and after lateness, and what is missing is empty."""
        made = book(60, choice=Choice(due=DUE, rule=parse_rule("10%/day")))
        header, *lines = rows_of(tables.marks(made, with_names=False))
        found = [dict(zip(header, line, strict=True)) for line in lines]

        assert len(found) == len(made.rows) * len(made.columns)
        late = [line for line in found if line["late"] == "yes"]
        assert late
        assert all(float(line["points"]) <= float(line["raw_points"]) for line in found if line["points"])
        assert any(float(line["points"]) < float(line["raw_points"]) for line in late)
        graded = {row.student.student for row in made.rows if row.marks}
        failed = [line for line in found if line["student"] in graded and not line["points"]]
        assert failed
        assert [line for line in found if line["problem"] and line["student"] != "unreadable"] == failed

    def test_whoever_sent_something_unreadable_has_a_line_that_says_so(self):
        """A problem stands in the student's row, be it that nothing or that not everything was read."""
        students = [Student(student=key) for key in ("absent", "ada", "broken")]
        hand_ins = [
            handed("a", problem="`ex2_b.py` is missing."),
            HandIn(student="broken", source="b.zip", digest="", problem="It is no zip."),
        ]
        made = small([grade("ada", "a", lesson_with(3))], hand_ins, students=students)
        header, *lines = rows_of(tables.marks(made, with_names=False))
        found = [dict(zip(header, line, strict=True)) for line in lines]

        assert [(one["student"], one["points"], one["problem"]) for one in found] == [
            ("absent", "", ""),
            ("ada", "3", "`ex2_b.py` is missing."),
            ("broken", "", "It is no zip."),
        ]

    def test_moodle(self):
        """Who by id number, then grade and feedback of each lesson, which are as many as the header says."""
        header, *lines = rows_of(tables.moodle(book(30), with_names=False))
        assert header == [
            "idnumber", "2.2 Backpropagation by hand", "2.2 feedback", "2.3 A network from scratch", "2.3 feedback"
        ]  # fmt: skip
        assert {len(line) for line in lines} == {5}
        assert any("batch-size times too large" in line[2] for line in lines)

    @pytest.mark.parametrize("with_names", [False, True])
    def test_moodle_needs_somebody_to_give_the_points_to(self, with_names):
        """Without ids and without e-mails nobody could be found."""
        made = small([grade("ada", "a", lesson_with(3))], [handed("a")])
        with pytest.raises(UsageError, match="moodle_id"):
            tables.moodle(made, with_names=with_names)

    def test_moodle_leaves_out_whom_it_could_not_find(self):
        """A number of a participant is no ID number; who has none is named, and the others get their points."""
        students = [
            Student(student="7", email="a@example.org", ids={"participant": "7", "moodle_id": "s7"}),
            Student(student="8", email="b@example.org", ids={"participant": "8"}),
            Student(student="9", ids={"participant": "9"}),
        ]
        hand_ins = [HandIn(student=key, source=key, digest=key) for key in "789"]
        made = small([grade(key, key, lesson_with(3)) for key in "789"], hand_ins, students=students)

        assert [line[0] for line in rows_of(tables.moodle(made, with_names=False))] == ["idnumber", "s7"]
        assert tables.moodle_notes(made, with_names=False) == ["Left out, with no `moodle_id` in the roster: 8, 9."]
        assert [line[:2] for line in rows_of(tables.moodle(made, with_names=True))[1:]] == [
            ["a@example.org", "s7"],
            ["b@example.org", ""],
        ]
        assert "e-mail in the roster: 9." in tables.moodle_notes(made, with_names=True)[0]

    def test_nbgrader(self):
        """The columns are those of `nbgrader export`, and a comma in a name breaks no row."""
        header, *lines = rows_of(tables.nbgrader(book(20), with_names=True))
        expected = "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score"
        assert header == expected.split(",")
        assert {len(line) for line in lines} == {11}
        assert lines[0][4:7] == ["Doe0", "Jo", "student0000@example.org"]

    def test_hostile_names_stay_cells(self):
        """A name is a cell, whatever it is made of."""
        students = [Student(student="ada", name=f'=HYPERLINK("http://a.b")\r\n,{HOSTILE}', email="@a")]
        made = small([grade("ada", "a", lesson_with(3))], [handed("a")], students=students)
        [_, line] = rows_of(tables.marks(made, with_names=True))

        assert line[1].startswith("'=")
        assert line[2] == "'@a"
        assert len(line) == 15


CANVAS_HEADER = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lesson 2.2 (4711)", "Lesson 2.20 (4712)",
                 "Essay (9)", "Current Score"]  # fmt: skip


def template(tmp_path, lines, header=CANVAS_HEADER, possible=("100", "5", "20", "(read only)"), delimiter=",", bom=""):
    path = tmp_path / "canvas.csv"
    rows = [header, ["    Points Possible", "", "", "", "", *possible], *lines]
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    path.write_text(bom + stream.getvalue(), encoding="utf-8")
    return path


class TestCanvas:
    def ids(self, **ids):
        grades = [grade("ada", "a", lesson_with(4))]
        return small(grades, [handed("a")], students=[Student(student="ada", ids=ids)])

    def test_header_of_our_own(self):
        """Student, the three identifiers, section, then a column for each lesson; then the row of possible points."""
        header, possible, *lines = rows_of(canvas.minimal(book(20), with_names=False))

        assert header[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
        assert header[5:] == ["2.2 Backpropagation by hand", "2.3 A network from scratch"]
        assert "Points Possible" in possible[0]
        assert possible[5:] == ["15", "15"]
        assert {len(line) for line in lines} == {7}
        assert all(line[1] or line[3] for line in lines)

    @pytest.mark.parametrize(("key", "ids"), [("12345", ["12345", "", ""]), ("ada", ["", "", "ada"])])
    def test_without_a_roster_the_key_is_the_identifier(self, key, ids):
        """Canvas's downloads call students by their number; other keys are most likely logins."""
        made = small([grade(key, "a", lesson_with(3))], [handed("a", student=key)])
        assert rows_of(canvas.minimal(made, with_names=False))[2][:4] == [key, *ids]

    @pytest.mark.parametrize(
        ("ids", "line"),
        [
            ({"canvas_id": "77"}, ["X", "77", "", "", "S"]),
            ({"sis_user_id": "u1"}, ["X", "5", "u1", "", "S"]),
            ({"sis_login_id": "al"}, ["X", "5", "u9", "al", "S"]),
            ({}, ["X", "ada", "", "", "S"]),
            ({}, ["X", "5", "", "ada", "S"]),
        ],
    )
    def test_template_is_filled_by_identifier(self, tmp_path, ids, line):
        """Canvas's own order of identifiers; points are those of the assignment; all else stays as it was."""
        path = template(tmp_path, [[*line, "", "1", "EX", "9"], ["Y", "8", "", "", "S", "3", "", "", ""]])
        text, notes = canvas.fill(self.ids(**ids), path)
        found = rows_of(text)

        assert found[2] == [*line, "40", "1", "EX", "9"]
        assert found[3] == ["Y", "8", "", "", "S", "3", "", "", ""]
        assert found[:2] == rows_of(path.read_text(encoding="utf-8"))[:2]
        assert notes == ["2.2: its 10 points are 100 points in Canvas."]

    def test_template_with_semicolons_and_a_mark(self, tmp_path):
        """Exports of other countries are read and written as they are."""
        path = template(tmp_path, [["Ü", "77", "", "", "S", "", "", "", ""]], delimiter=";", bom="\ufeff")
        text, _ = canvas.fill(self.ids(canvas_id="77"), path)

        assert rows_of(text, delimiter=";")[2][:6] == ["Ü", "77", "", "", "S", "40"]

    def test_excused_students_stay_excused_and_lost_ones_are_named(self, tmp_path):
        """`EX` is a teacher's word; who is not in the template is told."""
        text, notes = canvas.fill(
            self.ids(canvas_id="77"), template(tmp_path, [["Ada", "77", "", "", "", "EX", "", "", ""]])
        )
        assert rows_of(text)[2][5] == "EX"
        assert "1 excused marks" in notes[1]

        _, notes = canvas.fill(self.ids(), template(tmp_path, [["Bob", "1", "", "", "", "", "", "", ""]]))
        assert notes[-1] == "1 students with marks are not in the template: ada."

    @pytest.mark.parametrize(
        ("header", "says"),
        [
            (["Student", "ID", "Essay (3)"], "no column with `2.2`"),
            (["Student", "ID", "2.2 (3)", "Again 2.2 (4)"], "2 columns with `2.2`"),
            (["Student", "Grade"], "Canvas exported"),
        ],
    )
    def test_a_template_that_does_not_fit_is_refused(self, tmp_path, header, says):
        """A wrong column is worse than none."""
        with pytest.raises(UsageError, match=says):
            canvas.fill(self.ids(), template(tmp_path, [], header=header))

    def test_cells_with_line_ends_stay_one_row(self, tmp_path):
        """Line ends in quotes, and signs that only Python takes for line ends, are part of a cell."""
        path = template(tmp_path, [["Ada\nLovelace\u2028x", "77", "", "", "S", "", "", "", ""]])
        assert [len(row) for row in rows_of(canvas.fill(self.ids(canvas_id="77"), path)[0])] == [9, 9, 9]

    @pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b'Student,ID\n"' + b"x" * 200_000 + b'"\n'])
    def test_what_is_no_gradebook_is_refused(self, tmp_path, content):
        """With a sentence about the file."""
        (tmp_path / "canvas.csv").write_bytes(content)
        with pytest.raises(UsageError, match=r"canvas\.csv"):
            canvas.fill(self.ids(), tmp_path / "canvas.csv")

    def test_formulas_of_the_template_are_defused(self, tmp_path):
        """A student may have chosen the name."""
        path = template(tmp_path, [["=cmd|' /C calc'!A0", "77", "", "", "", "", "", "", ""]])
        text, _ = canvas.fill(self.ids(canvas_id="77"), path)
        assert rows_of(text)[2][0].startswith("'=")


class TestPlatforms:
    def test_gradescope(self):
        """The record of one hand-in over all lessons, with what lateness costs."""
        made = book(30, choice=Choice(due=DUE, rule=parse_rule("10%/day")))
        rows = {file_name(row.student.student): row for row in made.rows}
        written = list(platforms.gradescope_pages(made))
        for page in written:
            found = json.loads(page.text)
            row = rows[page.name.removesuffix("/results.json")]
            assert set(found) <= GRADESCOPE_TOP
            assert all(set(test) <= GRADESCOPE_TEST for test in found["tests"])
            assert found["score"] == pytest.approx(float(row.points))
            assert 0 <= found["score"] <= sum(test["max_score"] for test in found["tests"])
            assert {"2.2", "2.3"} == {tag for test in found["tests"] for tag in test["tags"]}
        assert len(written) == sum(row.points is not None for row in made.rows)

    def test_what_lateness_costs_is_said(self):
        """Wherever the points of the exercises do not add up to the score, a sentence says why."""
        late = handed("a", submitted="2026-03-02T12:00:00Z")
        students = [Student(student="ada", ids={"lti_user_id": "u1"})]
        choice = Choice(due=DUE, rule=parse_rule("10%/day"))
        made = small([grade("ada", "a", lesson_with(3))], [late], choice, students)
        said = "12 h 1 min late: 2 of 3 points are left."

        [page] = platforms.gradescope_pages(made)
        assert json.loads(page.text)["output"].startswith(f"Lesson 2.2 was handed in {said}\nScore: 2 of 10")
        [page] = platforms.prairielearn_pages(made)
        assert json.loads(page.text)["message"] == f"Lesson 2.2 was handed in {said}"
        assert json.loads(platforms.lti(made))["score"]["comment"] == said
        [page] = pages.feedback(made, None)
        assert "12 h 1 min late" in page.text
        in_time = small([grade("ada", "a", lesson_with(3))], [handed("a")], choice, students)
        assert "late" not in "".join(page.text for page in platforms.gradescope_pages(in_time))

    def test_prairielearn(self):
        """A score from 0 to 1 and less than a megabyte; a failed grading is not gradable and has no score."""
        hostile = sample_results.hostile()
        good = lesson_with(3)
        made = small(
            [grade("ada", "a", good), grade("eve", "e", hostile, lesson="2.3")],
            [handed("a"), handed("e", student="eve")],
        )
        found = {page.name: json.loads(page.text) for page in platforms.prairielearn_pages(made)}

        for record in found.values():
            assert set(record) <= PRAIRIELEARN_TOP
            assert all(set(test) <= PRAIRIELEARN_TEST for test in record["tests"])
        assert found["ada/results.json"]["score"] == pytest.approx(0.3)
        assert found["ada/results.json"]["gradable"] is True
        assert found["eve/results.json"]["gradable"] is False
        assert "score" not in found["eve/results.json"]
        assert all(len(page.text.encode()) <= 1_000_000 for page in platforms.prairielearn_pages(made))

    def test_prairielearn_is_cut_to_its_size(self):
        """Long messages go before points do."""
        long = [
            sample_results.failed(f"ex{number}_a", sample_results.Verdict.WRONG, "é" * 400 + ("\n" + "é" * 400) * 50)
            for number in range(1, 90)
        ]
        made = small([grade("ada", "a", sample_results.results(sample_results.lesson(long)))], [handed("a")])
        [page] = platforms.prairielearn_pages(made)

        assert len(page.text.encode()) <= 1_000_000
        assert len(json.loads(page.text)["tests"]) == 89

    def test_classroom50(self):
        """All fields that its teachers' results have; points are whole hundredths."""
        for page in platforms.classroom50_pages(book(20)):
            found = json.loads(page.text)
            texts = ("classroom", "assignment", "owner", "submission", "commit", "release", "review", "datetime")
            assert found["schema"] == "classroom50/result/v1"
            assert all(isinstance(found[name], str) and found[name] for name in texts)
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["datetime"])
            assert type(found["score"]) is type(found["max-score"]) is int
            assert found["max-score"] == 3000 == sum(test["max-score"] for test in found["tests"])
            for test in found["tests"]:
                assert set(test) == {"test-name", "passed", "score", "max-score"}
                assert type(test["score"]) is int
                assert test["passed"] is (test["score"] == test["max-score"])

    def test_lti(self):
        """Scores as the service wants them; only a finished grading has points."""
        lines = [json.loads(line) for line in platforms.lti(book(120)).splitlines()]
        progress = {line["score"]["gradingProgress"] for line in lines}
        assert progress == {"FullyGraded", "Failed"}
        for line in lines:
            score = line["score"]
            assert set(score) <= LTI_SCORE
            assert ("scoreGiven" in score) == ("scoreMaximum" in score) == (score["gradingProgress"] == "FullyGraded")
            assert 0 <= score.get("scoreGiven", 0) <= score.get("scoreMaximum", 0)
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", score["timestamp"])
            assert datetime.fromisoformat(score["submission"]["submittedAt"]).tzinfo

    def test_lti_names_who_is_left_out(self):
        """Without an id there is nobody to give the score to."""
        made = small([grade("ada", "a", lesson_with(3))], [handed("a")])
        assert platforms.lti(made) == ""
        assert "1 students have no `lti_user_id`" in platforms.lti_notes(made)[0]

    def test_names_of_files_are_tame_and_differ(self):
        """A key is no path, and two students never share a file, also where capitals do not count."""
        keys = [
            "ada",
            "Ada",
            "../ada",
            "/etc/passwd",
            "a/b",
            "a\\b",
            "con",
            "NUL.txt",
            ".hidden",
            "",
            "x" * 300,
            "\ud800",
            "ä",
        ]
        names = [file_name(key) for key in keys]

        assert names[0] == "ada"
        assert len({name.lower() for name in names}) == len(keys)
        assert all(re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,80}", name) for name in names)
        assert "con" not in names

    def test_feedback_is_the_page_of_a_student(self):
        """It has what lateness costs, and the student's code where the hand-ins are given."""
        code = "import torch\nprint('<b>')\nx = 1\ny = 2\n"
        sources = SimpleNamespace(read=lambda hand_in: {"lesson_2_3_net_from_scratch/ex5_shortcut.py": code})
        one = HandIn(student="ada", source="hand_in", digest="a", submitted="2026-03-02T23:00:00Z")
        made = small([grade("ada", "a", sample_results.faults())], [one], Choice(due=DUE, rule=parse_rule("1%")))
        [page] = pages.feedback(made, sources)

        assert page.name == "ada.html"
        assert "23 h 1 min late" in page.text
        assert "print(&#39;&lt;b&gt;&#39;)" in page.text


class TestRecords:
    def test_document_fits_the_schema(self):
        """The schema on disk is the program's, and what is written fits it."""
        on_disk = (DOCS / "class.schema.json").read_text(encoding="utf-8")
        assert on_disk == records.schema(), f"run: {REGENERATE}"
        jsonschema.Draft202012Validator.check_schema(json.loads(on_disk))
        made = book(60, choice=Choice(due=DUE, rule=parse_rule("10%/day")))
        for with_names in (True, False):
            jsonschema.validate(json.loads(records.document(made, with_names=with_names)), json.loads(on_disk))

    def test_lines_are_the_students_of_the_document(self):
        """A line for each student, the same as in the document."""
        made = book(30)
        lines = [json.loads(line) for line in records.lines(made, with_names=True).splitlines()]
        assert lines == json.loads(records.document(made, with_names=True))["students"]

    def test_a_failed_grading_is_null(self):
        """And not zero."""
        found = json.loads(records.document(book(120), with_names=False))
        marks = [mark for student in found["students"] for mark in student["marks"]]
        failed = [mark for mark in marks if mark["problem"]]
        assert failed
        assert {(mark["points"], mark["raw_points"], len(mark["exercises"])) for mark in failed} == {(None, None, 0)}


class TestJUnitSchema:
    @pytest.mark.parametrize("made", [make() for make in SITUATIONS.values()], ids=SITUATIONS)
    def test_fits_the_published_schema(self, made):
        """Jenkins's schema (MIT licence), but for what GitLab, editors and pytest add: file, line and properties of cases."""
        root = ET.fromstring(junit.render(made))
        root.attrib.pop("skipped")
        for case in root.iter("testcase"):
            case.attrib.pop("file", None)
            case.attrib.pop("line", None)
            for properties in case.findall("properties"):
                case.remove(properties)
        xmlschema.XMLSchema10(SCHEMAS / "junit-10.xsd").validate(root)


@pytest.fixture(scope="module")
def journal(tmp_path_factory):
    """Return the path of a journal of 60 students."""
    path = tmp_path_factory.mktemp("class") / "grades.sqlite"
    with open_journal(path, new=True) as made:
        sample_class.fill(made, 60)
    return str(path)


class TestCommand:
    @pytest.mark.parametrize("name", FORMATS)
    def test_every_format_to_a_file_and_to_standard_output(self, journal, tmp_path, capsys, name):
        """Both are the same, and standard output holds nothing else."""
        out = tmp_path / "out"
        assert run(["export", journal, "--to", name, "--out", str(out)]) == 0
        said = capsys.readouterr()
        assert said.out == ""
        assert "The grader was killed." in said.err
        assert run(["export", journal, "--to", name]) == 0
        assert capsys.readouterr().out == out.read_text(encoding="utf-8")

    @pytest.mark.parametrize("name", FOLDERS)
    def test_a_file_for_each_student(self, journal, tmp_path, capsys, name):
        """They lie in a folder that is made, and the command says how many."""
        out = tmp_path / "new" / "out"
        assert run(["export", journal, "--to", name, "--out", str(out)]) == 0
        written = [path for path in out.rglob("*") if path.is_file()]
        assert f"{len(written)} files lie in" in capsys.readouterr().err
        assert len(written) > 50

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (["--to", "excel"], "invalid choice"),
            (["--to", "csv", "--late", "10%"], "`--late` needs `--due`"),
            (["--to", "csv", "--due", "yesterday"], "is no due time"),
            (["--to", "csv", "--template", "x.csv"], "`--template` goes with `--to canvas`"),
            (["--to", "gradescope"], "name a folder with `--out`"),
            (["--to", "csv", "--lesson", "9.9"], "The journal has no grades of `9.9`. It has: 2.2, 2.3."),
            (["--to", "csv", "--best", "--last"], "not allowed with"),
            (["--to", "report", "--sources", "/nowhere"], "`/nowhere` is not a folder"),
            (["--to", "csv", "--out", "/nowhere/x.csv"], "cannot be written"),
            (["--to", "canvas", "--template", "/nowhere"], "cannot be read"),
        ],
    )
    def test_mistakes_are_one_sentence(self, journal, capsys, words, says):
        """Exit code 2, the fault and what to do."""
        assert run(["export", journal, *words]) == 2
        said = capsys.readouterr().err
        assert says in said
        assert said.count("\n") == 1

    def test_what_is_said_as_json(self, journal, tmp_path, capsys):
        """Notes and all problems, for programs; never in the place of the export."""
        out, told = tmp_path / "m.csv", tmp_path / "told.json"
        assert run(["export", str(journal), "--to", "csv", "--out", str(out), "--json", str(told)]) == 0
        found = json.loads(told.read_text(encoding="utf-8"))
        assert (found["format"], found["out"]) == ("csv", str(out))
        assert "unreadable: The archive is damaged." in found["problems"]
        assert run(["export", str(journal), "--to", "csv", "--json", "-"]) == 2
        assert "names a file" in capsys.readouterr().err

    def test_no_journal(self, tmp_path, capsys):
        """What is not there is not made."""
        assert run(["export", str(tmp_path / "none.sqlite"), "--to", "csv"]) == 2
        assert "grade class" in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == []

    def test_an_empty_journal_exports_nothing_and_breaks_nothing(self, tmp_path, capsys):
        """Every format has an empty form."""
        path = str(tmp_path / "empty.sqlite")
        open_journal(path, new=True).close()
        for name in FORMATS:
            assert run(["export", path, "--to", name]) == 0
        for name in FOLDERS:
            assert run(["export", path, "--to", name, "--out", str(tmp_path / name)]) == 0

    def test_only_the_first_problems_are_named(self, tmp_path, capsys):
        """Standard error stays readable."""
        path = str(tmp_path / "many.sqlite")
        with open_journal(path, new=True) as made:
            made.hand_in(*(handed("", student=f"s{number}", problem="It is empty.") for number in range(100)))
        assert run(["export", path, "--to", "csv"]) == 0
        said = capsys.readouterr().err.splitlines()
        assert len(said) == 21
        assert said[-1].startswith("80 more like these")

    def test_the_documentation_names_every_format(self):
        """A format that is not described is not there."""
        page = (DOCS / "exports.md").read_text(encoding="utf-8")
        assert [name for name in (*FORMATS, *FOLDERS) if f"`{name}`" not in page] == []


def test_nothing_heavy_is_imported():
    """An export needs no torch."""
    import subprocess

    code = "import sys; import grader.exports.command; sys.exit(bool({'torch', 'numpy', 'jinja2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_large_class(tmp_path):
    """Five thousand students are one pass of choosing and one of writing, and every student is in the file."""
    made = book(5000)
    assert len(rows_of(tables.marks(made, with_names=False))) > 9000
    assert len(records.lines(made, with_names=False).splitlines()) == 5001


def test_random_dice_are_seeded():
    """The sample class is the same every time."""
    first, second = (graded("2.2", random.Random(3)) for _ in range(2))
    assert first == second
    assert DUE.tzinfo is UTC
