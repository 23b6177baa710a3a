"""The class report: what it says to teach again, that nothing escapes into the page, and that everybody can use it."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from fractions import Fraction

import pytest

from grader.batch.layouts import find
from grader.batch.reading import Reader
from grader.exports import class_report, histogram, lecture, similarity
from grader.exports.choosing import build
from grader.exports.gradebook import Choice
from grader.exports.late import parse_rule
from grader.exports.similarity import Pair, Similarity
from grader.exports.sources import Sources
from grader.exports.tally import count
from grader.journal import HandIn, Student
from grader.results import MistakeResult, Verdict
from grader.tests.sample_class import DUE, book, grade
from grader.tests.sample_results import HOSTILE, check, exercise, hostile, lesson, results

MEAN = MistakeResult(name="sum-instead-of-mean", says="Average over the batch instead of summing.")
NAMES = ("ex1_forward", "ex2_backward")


def outcome(name, what):
    """Return an exercise: solved, missed (one check alone), lost, not attempted, or with the mistake of the class."""
    checks = {
        "solved": "ppp",
        "missed": "ppf",
        "twice": "pff",
        "lost": "fff",
        "untried": "",
        "mean": "ffp",
    }[what]
    kinds = (
        ("test_values[a]", "gives the values (a)"),
        ("test_values[b]", "gives the values (b)"),
        ("test_edge", "keeps the edge"),
    )
    made = [
        check(title, Verdict.PASSED if passed == "p" else Verdict.WRONG, id=key)
        for (key, title), passed in zip(kinds, checks, strict=False)
    ]
    verdict = {"solved": Verdict.PASSED, "untried": Verdict.NOT_ATTEMPTED}.get(what, Verdict.WRONG)
    return exercise(name, verdict, made, possible=Fraction(3), mistakes=[MEAN] if what == "mean" else [])


def a_class(*outcomes):
    """Return the gradebook of students who did this in two exercises: `("solved", "mean")`."""
    hand_ins, grades = [], []
    for number, pair in enumerate(outcomes):
        key = f"s{number:03d}"
        hand_ins.append(HandIn(student=key, source=key, digest=key))
        made = results(lesson([outcome(name, what) for name, what in zip(NAMES, pair, strict=True)]))
        grades.append(grade(key, key, made))
    return build((), hand_ins, lambda: iter(grades), Choice())


def said(made):
    return [point.said.replace("\u00a0", " ") for point in lecture.points(count(made))]


class TestLecture:
    def test_a_named_mistake_is_said_first(self):
        """With its share of those who tried the exercise, and with what they were told."""
        made = a_class(*[("solved", "mean")] * 42, *[("solved", "solved")] * 55, *[("solved", "untried")] * 3)

        assert said(made) == ["43 % made the mistake “sum instead of mean” in 2.3.2 backward (42 of 97 who tried it)."]
        assert lecture.points(count(made))[0].why == "They were told: Average over the batch instead of summing."

    def test_a_mistake_in_several_exercises_is_one_thing(self):
        """Students count once, wherever they made it."""
        made = a_class(*[("mean", "mean")] * 10, *[("mean", "solved")] * 10, *[("solved", "solved")] * 20)
        expected = (
            "50 % made the mistake “sum instead of mean”, most often in 2.3.1 forward (50 %), 2.3.2 backward (25 %): "
            "20 of 40 who tried one of them."
        )
        assert said(made) == [expected]

    def test_a_check_that_is_failed_alone(self):
        """It is compared with those who pass everything else; several inputs are one check."""
        made = a_class(*[("solved", "missed")] * 5, *[("solved", "solved")] * 15, *[("solved", "lost")] * 2)
        tally = count(made)
        [(_, confusing)] = lecture.confusing(tally)

        assert (confusing.title, len(confusing.students)) == ("keeps the edge", 5)
        assert tally.exercises["2.3.2"].missed_alone(confusing) == Fraction(1, 4)
        assert said(made)[0] == (
            "25 % of those who had everything else right in 2.3.2 backward missed one thing: “keeps the edge” (5 of 20)."
        )

    def test_both_inputs_of_a_check_are_one_failure(self):
        """Failing a check on two inputs is failing one check."""
        tally = count(a_class(*[("solved", "mean")] * 3, ("solved", "twice")))
        assert [one.title for one in tally.exercises["2.3.2"].checks.values()] == ["gives the values"]

    def test_a_check_with_a_mistake_behind_it_is_not_said_twice(self):
        """The mistake says it better."""
        made = a_class(*[("solved", "mean")] * 10, *[("solved", "solved")] * 10)
        assert len(said(made)) == 1

    def test_wrong_without_a_name_and_not_attempted(self):
        """Some hand-ins are named to look at; not attempted is not wrong."""
        made = a_class(*[("solved", "lost")] * 6, *[("solved", "untried")] * 5, *[("solved", "solved")] * 5)

        assert said(made) == [
            "55 % have 2.3.2 backward wrong in ways that no known mistake explains (6 of 11 who tried it).",
            "31 % did not attempt 2.3.2 backward (5 of 16).",
        ]
        assert lecture.points(count(made))[0].why == "Look at a few of them: s000, s001, s002."

    def test_what_many_left_out_is_one_point(self):
        """A class that ran out of time needs one sentence about it."""
        made = a_class(*[("untried", "untried")] * 5, *[("solved", "untried")] * 5)
        expected = "100 % did not attempt 2.3.2 backward (10 of 10); others that many left out: 2.3.1 forward (50 %)."
        assert said(made) == [expected]

    def test_one_student_is_no_class(self):
        """What a single student did is not worth a lecture."""
        assert said(a_class(("mean", "lost"))) == []

    def test_what_needs_no_more_time(self):
        """Exercises that most have solved."""
        assert lecture.well(count(a_class(*[("solved", "lost")] * 9))) == ["2.3.1 forward (100\u00a0% solved it)"]

    def test_what_was_hardest(self):
        """Where nothing stands out, the exercise that the fewest solved is named all the same, unless all went well."""
        made = count(a_class(*[("solved", "solved")] * 5, ("solved", "mean"), ("mean", "lost")))
        assert lecture.hardest(made) == "2.3.2 backward (71\u00a0% solved it)"
        assert lecture.hardest(count(a_class(*[("solved", "solved")] * 5))) == ""
        assert lecture.hardest(count(build((), (), lambda: iter(()), Choice()))) == ""

    @pytest.mark.parametrize(
        ("share", "shown"),
        [(0, "0"), (Fraction(1, 1000), "under 1"), (Fraction(999, 1000), "99"), (1, "100"), (Fraction(1, 8), "13")],
    )
    def test_percent(self, share, shown):
        """Little is not nothing, and much is not all."""
        assert lecture.percent(Fraction(share)) == f"{shown}\u00a0%"

    def test_a_failed_grading_and_a_broken_lesson_count_for_nobody(self):
        """Students are not measured by what we did wrong."""
        broken = results(lesson([exercise("ex1_forward", Verdict.BROKEN, [])]), problems=["It broke."], status="broken")
        grades = [
            grade("s1", "s1", broken),
            grade("s2", "s2", None, lesson="2.3", graded="", duration_s=1, failure="Killed."),
        ]
        hand_ins = [HandIn(student=key, source=key, digest=key) for key in ("s1", "s2")]
        tally = count(build((), hand_ins, lambda: iter(grades), Choice()))

        assert tally.exercises["2.3.1"].graded == 0
        assert tally.machine.graded == 1
        assert tally.machine.problems == {"It broke.": 1}


class TestHistogram:
    def test_counts_everybody_once(self):
        """Full marks have a bar of their own, and bars stay in the picture."""
        drawn = histogram.draw([Fraction(part, 20) for part in (0, 1, 2, 19, 20, 20)])

        assert [bar.count for bar in drawn.bars] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2]
        assert all(0 <= bar.y <= bar.y + bar.height <= histogram.HEIGHT for bar in drawn.bars)
        assert "2 have all of them" in drawn.summary

    def test_nobody(self):
        """No students, no picture."""
        assert histogram.draw([]) is None


STUB = "import torch\n\n\ndef descend(w, g, lr):\n    # TODO write this\n    raise NotImplementedError\n"
BODIES = (
    "    total = 0.0\n    for index in range(len(g)):\n        total = total + g[index] * w[index]\n    return w - lr * total / len(g)\n",
    "    steps = [lr * entry for entry in g]\n    moved = [a - b for a, b in zip(w, steps)]\n    result = torch.stack(moved)\n    return result.clone()\n",
    "    velocity = torch.zeros_like(w)\n    while velocity.norm() < 1e-3:\n        velocity += g.mean(dim=0)\n    return w.sub(velocity, alpha=lr)\n",
)


def program(body):
    return STUB.partition("    # TODO")[0] + body


class TestSimilarity:
    def compared(self, programs):
        pytest.importorskip("copydetect", reason="needs the extra `similarity`")
        files = ((student, {"x/ex1_a.py": text}) for student, text in programs.items())
        return similarity.compare(files, {"x/ex1_a.py": STUB})

    def test_other_names_and_comments_are_the_same_program(self):
        """What a student can change in a minute does not hide a copy."""
        renamed = program(BODIES[0]).replace("total", "summe").replace("index", "i") + "# all my own work\n"
        made = self.compared({"ada": program(BODIES[0]), "bob": renamed, "eve": program(BODIES[1])})

        assert made.compared == 3
        assert made.identical == (("ada", "bob"),)
        assert made.pairs == ()

    def test_a_copied_part_is_a_pair(self):
        """Most of one program stands in the other."""
        longer = program(BODIES[0] + BODIES[2].replace("velocity", "v")) + BODIES[1]
        made = self.compared({"ada": program(BODIES[0]), "bob": longer, "eve": program(BODIES[1] * 2)})

        assert ("ada", "bob") in {(pair.first, pair.second) for pair in made.pairs}
        assert all(0.6 <= pair.share <= 1 for pair in made.pairs)

    def test_stubs_do_not_count(self):
        """Who wrote nothing resembles nobody."""
        made = self.compared({"ada": STUB, "bob": STUB, "eve": program(BODIES[0])})
        assert (made.compared, made.identical, made.pairs) == (1, (), ())

    def test_what_many_share_is_the_usual_way(self):
        """Thirty students with one solution are one group, and no pairs."""
        made = self.compared({f"s{number:02d}": program(BODIES[0]) for number in range(30)})
        assert len(made.identical[0]) == 30
        assert made.pairs == ()

    @pytest.mark.parametrize("text", ["", "\0", "(" * 5000, "'''", "def f(:\n", "\ud800", "x = 1\n" * 100_000])
    def test_any_text_can_be_compared(self, text):
        """Whatever was handed in."""
        made = self.compared({"ada": text, "bob": program(BODIES[0])})
        assert made.pairs == ()

    def test_every_process_finds_the_same(self):
        """Fingerprints do not depend on the seed of `hash`, which each process draws anew."""
        text = f"from grader.exports.similarity import _hashes; print(list(_hashes({program(BODIES[0])!r})))"
        told = [
            subprocess.run(
                [sys.executable, "-c", text],
                env={**os.environ, "PYTHONHASHSEED": seed},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for seed in ("1", "2")
        ]
        assert told[0] == told[1]
        assert len(told[0]) > 1000

    def test_without_the_extra_a_sentence_says_so(self, monkeypatch):
        """Nothing else of the page depends on it."""
        monkeypatch.setitem(sys.modules, "copydetect.utils", None)
        assert "--extra similarity" in similarity.compare([], {}).skipped


class TestSources:
    def test_what_was_graded_is_read_again(self, course, tmp_path):
        """The same files as in the grading, whatever the layout; nothing that was changed since."""
        file = course.exercises[-1].file
        for student in ("ada", "bob"):
            (tmp_path / student / file).parent.mkdir(parents=True)
            (tmp_path / student / file).write_text(f"# {student}\n")
        hand_ins = [Reader(course).read(parcel).hand_in for parcel in find(tmp_path)[1]]
        (tmp_path / "bob" / file).write_text("# something else\n")

        sources = Sources(course, tmp_path, course.exercises)

        assert [sources.read(one) for one in hand_ins] == [{file: "# ada\n"}, {}]
        assert sources.read(HandIn(student="eve", source="eve", digest="d")) == {}


ALIKE = Similarity(
    compared=9, identical=(("student0001", "student0002"),), pairs=(Pair("student0003", "student0004", 0.75),)
)


def page_text(size=60, *, with_names=False):
    made = book(size, choice=Choice(due=DUE, rule=parse_rule("10%/day")))
    return class_report.render(made, count(made), ALIKE, with_names=with_names)


def hostile_page(size=1):
    """Return the report of students whose keys, names and hand-ins want to be markup."""
    students = [Student(student=f"{number}{HOSTILE}", name=HOSTILE) for number in range(size)]
    hand_ins = [HandIn(student=one.student, source="x", digest="d", problem=HOSTILE) for one in students]
    grades = [
        grade(one.student, "d", hostile(), lesson="2.3", suspicious=HOSTILE, graded="2026-03-02T08:00:00Z")
        for one in students
    ]
    made = build(students, hand_ins, lambda: iter(grades), Choice())
    alike = Similarity(compared=2, identical=((HOSTILE, HOSTILE),), pairs=(Pair(HOSTILE, HOSTILE, 1.0),))
    return class_report.render(made, count(made), alike, with_names=True)


class TestPage:
    def test_one_file_without_the_network(self):
        """The page is small, loads nothing, and its policy lets nothing else run."""
        text = page_text()

        assert len(text) < 100_000
        assert re.findall(r"(?:src|href)=[\"'](?!#)[^\"']*", text) == []
        assert "url(" not in text
        assert "default-src 'none'" in text

    @pytest.mark.parametrize("size", [1, 1001])
    def test_nothing_of_a_student_is_markup(self, size):
        """In the table and in the data of large classes."""
        text = hostile_page(size)

        assert "<script>alert" not in text
        assert "<b>html" not in text
        assert "\x1b" not in text
        assert text.count("</script>") == (1 if size == 1 else 2)

    def test_every_link_has_a_target(self):
        """The contents and the numbers behind a point are on the page."""
        text = page_text()
        assert [one for one in re.findall(r'href="#([^"]+)"', text) if f'id="{one}"' not in text] == []

    def test_ids_only_unless_names_are_asked_for(self):
        """The page may lie on a projector."""
        assert "Doe" not in page_text()
        assert "Doe" in page_text(with_names=True)
        assert "@example" not in page_text(with_names=True)

    def test_a_failed_grading_is_told_and_no_zero(self):
        """It is a dash in the table and a sentence below."""
        text = page_text(120)
        assert "The grader was killed." in text
        assert "<td>–</td>" in text  # noqa: RUF001

    def test_thousand_students_stand_in_the_page_and_more_are_paged(self):
        """A browser draws a thousand rows at once, not five thousand."""
        assert page_text(900).count("data-states") > 900
        large = page_text(5000)
        assert large.count("data-states") == 0
        assert large.count('"student') >= 5000
        assert len(large) < 1_500_000

    def test_nothing_graded(self):
        """An empty class has a page, too."""
        made = build((), (), lambda: iter(()), Choice())
        text = class_report.render(made, count(made), Similarity(skipped="Not compared."), with_names=False)
        assert "Nothing stands out" in text
        assert "hardest" not in text
        assert "Nothing was graded." in text

    def test_hand_ins_are_compared_where_they_lie(self, course, tmp_path, monkeypatch):
        """From the folder of hand-ins to the list of pairs, with the stubs of the course left out."""
        pytest.importorskip("copydetect", reason="needs the extra `similarity`")
        monkeypatch.chdir(course.root)
        folder = tmp_path / "lesson_1_2_mean"
        first = course.exercises[-1]
        made = results(
            lesson([exercise(first.name, Verdict.PASSED, [check("works")], lesson=first.id.rpartition(".")[0])])
        )
        for key in ("ada", "bob"):
            folder = tmp_path / key / first.folder
            folder.mkdir(parents=True)
            (folder / f"{first.name}.py").write_text(program(BODIES[0]) + "".join(BODIES).replace("w", key))
        hand_ins = [Reader(course).read(parcel).hand_in for parcel in find(tmp_path)[1]]
        grades = [grade(one.student, one.digest, made, lesson="1.2") for one in hand_ins]
        gradebook = build((), hand_ins, lambda: iter(grades), Choice())
        sources = Sources(course, tmp_path, course.exercises)

        assert "2 students: ada, bob" in class_report.make(gradebook, with_names=False, sources=sources)
        assert "give the folder" in class_report.make(gradebook, with_names=False, sources=None)


@pytest.fixture
def opened(browser, tmp_path):
    """Return a maker of browser pages with a report; every request to the network and every message is refused."""
    made = []

    def show(text, **options):
        path = tmp_path / f"report{len(made)}.html"
        path.write_text(text, encoding="utf-8")
        page = browser.new_page(**options)
        asked, heard = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: heard.append(message.text))
        page.goto(path.as_uri())
        made.append((page, path, asked, heard))
        return page

    yield show
    for page, path, asked, heard in made:
        assert set(asked) <= {path.as_uri()}
        assert heard == []
        page.close()


def shown_students(page):
    return [row for row in page.locator(".students tbody tr").all() if row.is_visible()]


class TestInBrowser:
    @pytest.mark.parametrize(
        ("width", "scheme", "size"), [(360, "dark", 60), (1440, "light", 60), (360, "light", 1200)]
    )
    def test_no_violations_of_accessibility_rules(self, opened, width, scheme, size):
        """axe-core finds nothing, on a phone and on a screen, in both schemes; nothing scrolls sideways."""
        from axe_playwright_python.sync_playwright import Axe

        page = opened(page_text(size), color_scheme=scheme, viewport={"width": width, "height": 900})
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

        assert [one["id"] for one in Axe().run(page).response["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    def test_filters(self, opened):
        """Buttons and search show the students they say, and say how many."""
        page = opened(page_text(120))
        everybody = len(shown_students(page))
        page.get_by_role("button", name="Late").click()
        late = shown_students(page)
        assert 0 < len(late) < everybody
        assert all("late" in row.inner_text() for row in late)
        page.get_by_role("button", name="All").click()
        page.get_by_role("searchbox").fill("missing factor")
        found = shown_students(page)
        assert all("missing factor 2" in row.inner_text() for row in found)
        assert page.locator("#students .filters output").inner_text() == f"{len(found)} of {everybody} students"

    def test_pages_of_a_large_class(self, opened):
        """A hundred students at a time, and the search looks at all of them."""
        page = opened(page_text(1200))
        assert len(shown_students(page)) == 100
        assert page.get_by_role("button", name="Previous").is_disabled()
        page.get_by_role("button", name="Next").click()
        assert shown_students(page)[0].inner_text().startswith("student0100")
        page.get_by_role("searchbox").fill("student1199")
        assert len(shown_students(page)) == 1
        assert not page.locator(".pager").is_visible()

    def test_hostile_rows_of_a_large_class_are_text(self, opened):
        """What the script draws is text as well."""
        page = opened(hostile_page(1001))
        assert page.locator(".students tbody b, .students tbody script, .students tbody img").count() == 0
        assert len(shown_students(page)) == 100

    def test_keyboard(self, opened):
        """The first key leads past the head; tables that scroll can be reached."""
        page = opened(page_text())
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to what to teach again"
        page.get_by_role("link", name="See the numbers").first.focus()
        page.keyboard.press("Enter")
        assert re.search(r"#\d\.\d\.\d$", page.url)

    def test_dark_and_light(self, opened):
        """The page follows the system, and the button turns it."""
        page = opened(page_text(), color_scheme="dark")
        light = "getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'"
        assert not page.evaluate(light)
        page.get_by_role("button", name="Dark").click()
        assert page.evaluate(light)

    def test_without_scripts(self, browser, tmp_path):
        """Where scripts are forbidden, everything is readable all the same."""
        path = tmp_path / "report.html"
        path.write_text(page_text(), encoding="utf-8")
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(path.as_uri())
        assert page.get_by_text("made the mistake").first.is_visible()
        assert len(shown_students(page)) > 50
        assert not page.locator(".filters").is_visible()
        context.close()

    def test_on_paper(self, opened):
        """Print leaves the buttons out and keeps the words."""
        page = opened(page_text())
        page.emulate_media(media="print")
        assert not page.locator(".filters").is_visible()
        assert page.get_by_text("made the mistake").first.is_visible()
        assert len(page.pdf()) > 10_000

    def test_what_a_screen_reader_finds(self, opened):
        """The picture is words, too, and the parts of the page have names."""
        tree = opened(page_text()).locator("body").aria_snapshot()
        assert "How many students have which share of the points." in tree
        assert 'region "What to teach again"' in tree
        assert 'region "Students"' in tree


def test_lateness_is_a_remark():
    """Who came late sees what it cost."""
    times = {"s1": DUE - timedelta(hours=1), "s2": DUE + timedelta(hours=30)}
    hand_ins = [HandIn(student=key, source=key, digest=key, submitted=when.isoformat()) for key, when in times.items()]
    made = results(lesson([outcome("ex1_forward", "solved")]))
    gradebook = build(
        (),
        hand_ins,
        lambda: iter([grade(key, key, made) for key in times]),
        Choice(due=DUE, rule=parse_rule("10%/day")),
    )
    text = class_report.render(gradebook, count(gradebook), Similarity(), with_names=False)

    assert "2.3 was 1 d 6 h late." in text
    assert "2.4 (3)" in text
