"""Reports say what is wrong in their first line, and render nothing of a student as markup or as a command.

Golden files lie in `golden/reports`; `UPDATE_GOLDEN=1 uv run pytest grader/tests/test_reports.py` writes them anew.
"""

import html
import io
import json
import os
import re
import unicodedata
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from grader.reports import explanation, figures, github, gradescope, junit, schema, terminal, text
from grader.results import Divergence, ErrorMeasure, MistakeResult, Verdict, from_json, number, to_builtins, to_json
from grader.tests import sample_results
from grader.tests.sample_results import HOSTILE, HOSTILE_LINES, SITUATIONS

GOLDEN = Path(__file__).parent / "golden" / "reports"
DOCS = Path(__file__).parents[2] / "docs"
REGENERATE = "uv run python -m grader.reports.schema docs/results.schema.json"
EVERY_SITUATION = pytest.mark.parametrize("made", [make() for make in SITUATIONS.values()], ids=SITUATIONS)

# https://gradescope-autograders.readthedocs.io/en/latest/specs/
GRADESCOPE_TOP = {
    "score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility",
    "stdout_visibility", "extra_data", "tests", "leaderboard",
}  # fmt: skip
GRADESCOPE_TEST = {
    "score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags",
    "visibility", "extra_data",
}  # fmt: skip
COMMAND = re.compile(r"::error (?P<properties>(?:[a-z]+=[^:,\n]*)(?:,[a-z]+=[^:,\n]*)*)::(?P<message>[^\r\n]*)")
SUMMARY_TAGS = {
    "h2", "h3", "h4", "p", "strong", "ul", "li", "pre", "code", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def on_terminal(results, *, width=80, verbosity=0, next_step=None, encoding="utf-8", **options):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    console = Console(file=stream, width=width, _environ={}, **options)
    terminal.render(results, console=console, verbosity=verbosity, next_step=next_step)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


def same_as_golden(name, actual):
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(actual, encoding="utf-8")
    assert actual == path.read_text(encoding="utf-8")


class TestTerminal:
    @EVERY_SITUATION
    def test_looks_as_it_did(self, made, request):
        same_as_golden(f"{request.node.callspec.id}.txt", on_terminal(made))

    @pytest.mark.parametrize(
        ("name", "situation", "options"),
        [
            ("mistake_narrow", "mistake", {"width": 50}),
            ("course_narrow", "course", {"width": 50}),
            ("mistake_verbose", "mistake", {"verbosity": 1}),
            ("broken_verbose", "broken", {"verbosity": 1}),
            ("course_quiet", "course", {"verbosity": -1}),
            ("broken_quiet", "broken", {"verbosity": -1}),
            ("course_ascii", "course", {"encoding": "ascii"}),
        ],
    )
    def test_looks_as_it_did_elsewhere(self, name, situation, options):
        same_as_golden(f"{name}.txt", on_terminal(SITUATIONS[situation](), **options))

    @EVERY_SITUATION
    def test_colour_adds_nothing_but_colour(self, made):
        coloured = on_terminal(made, force_terminal=True, color_system="standard")
        assert "\x1b[" in coloured
        assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == on_terminal(made)

    @pytest.mark.parametrize("width", [1, 24, 37, 50, 80, 200])
    @pytest.mark.parametrize("verbosity", [-1, 0, 1])
    @EVERY_SITUATION
    def test_no_line_is_a_command_and_none_is_too_long(self, made, width, verbosity):
        lines = on_terminal(made, width=width, verbosity=verbosity).split("\n")
        assert not [line for line in lines if line.lstrip().startswith("::") or "##[" in line]
        assert not [line for line in lines if unseen(line)]
        if width >= 50:
            room = min(width, 100)
            assert not [line for line in lines if len(line) > max(room, *(len(word) + 9 for word in line.split(" ")))]

    def test_letters_that_the_stream_lacks_become_escapes(self):
        one = sample_results.failed("ex1_forward", Verdict.WRONG, "Größe ist falsch: ✗")
        written = on_terminal(sample_results.results(sample_results.lesson([one])), encoding="ascii")
        assert r"Gr\xf6\xdfe ist falsch: \u2717" in written

    def test_next_step_can_be_given_or_left_out(self):
        made = sample_results.full()
        assert on_terminal(made, next_step="Run `grade next`.").endswith("Next   Run `grade next`.\n")
        assert "Next" not in on_terminal(sample_results.mistake(), next_step="")

    def test_a_long_path_and_a_command_stay_whole(self):
        narrow = on_terminal(sample_results.stubs(), width=30)
        assert "exercises/lesson_2_3_net_from_scratch/quiz.py" in narrow
        assert "`uv run grade 2.3.1`" in narrow

    def test_results_without_lessons_or_exercises_are_no_error(self):
        assert "Nothing was graded." in on_terminal(sample_results.results())
        empty = sample_results.results(sample_results.lesson([]))
        assert "No exercise was graded." in on_terminal(empty)

    def test_writes_only_to_its_console(self, capsys):
        on_terminal(sample_results.hostile(), verbosity=1)
        assert capsys.readouterr() == ("", "")


class TestExplanation:
    @pytest.mark.parametrize("verdict", sorted(explanation.FAILED))
    def test_every_fault_has_a_sentence_without_a_message(self, verdict):
        assert explanation.headline(sample_results.failed("ex1_a", verdict, "")).endswith((".", "?"))

    def test_every_verdict_has_words(self):
        assert set(explanation.WORDS) == set(Verdict)

    def test_forbidden_code_is_explained_before_other_faults(self):
        checks = [
            sample_results.check("works", Verdict.WRONG, message="first"),
            sample_results.check("obeys", Verdict.FORBIDDEN, message="second"),
        ]
        found = explanation.explained(sample_results.exercise("ex1_a", Verdict.FORBIDDEN, checks))
        assert found == checks[1]

    def test_the_check_that_is_shown_is_one_that_the_mistake_explains(self):
        """With two faults the first line and what stands below it are about the same one."""
        checks = [sample_results.check(name, Verdict.WRONG, message=name) for name in ("first", "second")]
        named = MistakeResult(name="sum", says="Divide.", checks=(checks[1].id,))
        found = sample_results.exercise("ex1_a", Verdict.WRONG, checks, mistakes=[named])
        assert explanation.explained(found) == checks[1]

    def test_next_step_is_the_first_fault_and_then_the_first_stub(self):
        assert "ex1_syntax.py, line 4, then" in explanation.next_step(sample_results.faults())
        assert "ex2_backward.py, then" in explanation.next_step(sample_results.mistake())
        assert "quiz.py, fill in the answers" in explanation.next_step(sample_results.stubs())
        assert explanation.next_step(sample_results.full()) == ""

    def test_next_step_where_there_is_no_file(self):
        gone = sample_results.exercise(
            "ex2_backward",
            Verdict.NOT_ATTEMPTED,
            [],
            note="The file `ex2_backward.py` is missing. Restore the stub and fill it in.",
        )
        made = sample_results.results(sample_results.lesson([gone]))

        assert explanation.next_step(made) == "Run `uv run grade reset 2.3.2` to get the stub back, then fill it in."

    def test_a_part_that_is_not_written_yet(self):
        waits = sample_results.check("gives the loss", Verdict.NOT_ATTEMPTED, message="Not written yet.", line=12)
        passed = sample_results.check("gives the rows", Verdict.PASSED)
        half = sample_results.exercise("ex2_backward", Verdict.WRONG, [passed, waits])

        assert explanation.headline(half) == "A part is not written yet: `raise NotImplementedError` is reached."
        assert explanation.plain(half).splitlines() == [
            "Look at:  line 12 of ex2_backward.py",
            "1 of 2 checks passes; the other waits for the missing part.",
        ]


class TestFigures:
    @pytest.mark.parametrize(
        ("earned", "possible", "expected"),
        [
            (Fraction(5, 3), Fraction(5), "1.67 of 5"),
            (Fraction(15, 2), Fraction(10), "7.5 of 10"),
            (Fraction(4999, 1000), Fraction(5), "4.99 of 5"),
            (Fraction(0), Fraction(0), "0 of 0"),
            (Fraction(100), Fraction(100), "100 of 100"),
        ],
    )
    def test_points(self, earned, possible, expected):
        assert figures.points(earned, possible) == expected

    def test_percent_is_a_hundred_only_for_everything(self):
        assert figures.percent(Fraction(9999), Fraction(10000)) == "99 %"
        assert figures.percent(Fraction(2), Fraction(2)) == "100 %"
        assert figures.percent(Fraction(0), Fraction(0)) == "0 %"

    @pytest.mark.parametrize(
        ("ratio", "expected"),
        [
            (2.0, "7 (2 times the expected value)"),
            (-1.0, "7 (the negative of the expected value)"),
            (1 / 16, "7 (1/16 of the expected value)"),
            (-0.5, "7 (-1/2 of the expected value)"),
            (1.25, "7 (1.25 times the expected value)"),
            *[(ratio, "7") for ratio in (None, 0.0, 1.0001, 1e300, 1e-320, float("inf"), float("nan"))],
        ],
    )
    def test_ratio_in_words(self, ratio, expected):
        assert figures.values(Divergence(where="w", expected=3, got=7, ratio=ratio)) == ("3", expected)

    def test_values_that_differ_look_different(self):
        near = Divergence(where="w", expected=0.1, got=0.1 + 2e-17)
        assert len(set(figures.values(Divergence(where="w", expected=0.5, got=0.5000000001)))) == 2
        assert len(set(figures.values(near))) == 2

    def test_an_error_may_be_infinite_and_a_limit_zero(self):
        assert figures.measure(ErrorMeasure(observed=8e-10, allowed=1e-9)) == "8e-10, 0.8 of the allowed 1e-09"
        assert figures.measure(ErrorMeasure(observed=1e-8, allowed=1e-9)) == "1e-08, 10 times the allowed 1e-09"
        assert figures.measure(ErrorMeasure(observed=5e-2, allowed=1e-9, rule="float64")) == (
            "0.05, 5e+07 times the allowed 1e-09 (rule: float64)"
        )
        assert figures.measure(ErrorMeasure(observed=float("inf"), allowed=0)) == "inf, nothing is allowed"


class TestText:
    def test_every_unseen_character_becomes_visible(self):
        assert all(map(unseen, ("\x1b", "\x85", "\u2028", "\u202e", "\ud800")))
        assert not unseen(text.visible("".join(map(chr, range(0x110000)))))

    def test_visible_text_is_legal_xml_and_utf8(self):
        every = text.visible("".join(map(chr, range(0x20000)))).replace("&", "").replace("<", "")
        assert ET.fromstring(f"<a>{every}</a>".encode()).text == every

    def test_harmless_text_stays_as_it_is(self):
        plain = "Ein Maß: 3 ≤ x, 日本語, 🎉\n\tx[::2]"
        assert text.visible(plain) == plain
        assert text.visible("a\r\nb\rc") == "a\nb\\x0dc"

    def test_length_is_bounded_and_the_rest_is_counted(self):
        lines = "\n".join(map(str, range(100)))
        assert text.head(lines, lines=2) == "0\n1\n(98 more lines)"
        assert text.tail(lines, lines=2) == "(98 lines before)\n98\n99"
        assert text.tail("a\nb\n", lines=2) == "a\nb"
        assert text.head("x" * 1000, lines=1, characters=10) == "xxxxxxx..."
        assert text.one_line(" a\n\tb " + "x" * 9999, characters=9) == "a b xx..."

    def test_code_block_cannot_be_left(self):
        assert text.code_block("a\n`````\nb") == "``````text\na\n`````\nb\n``````"

    def test_workflow_command_has_one_line_and_its_own_properties(self):
        assert text.command_data("50%\r\n::x") == "50%25%0D%0A::x"
        assert text.command_property("a::b,c") == "a%3A%3Ab%2Cc"


class TestJson:
    @EVERY_SITUATION
    def test_fits_the_schema(self, made):
        jsonschema.validate(json.loads(to_json(made)), schema_on_disk(), cls=jsonschema.Draft202012Validator)

    def test_schema_on_disk_is_the_programs(self):
        assert (DOCS / "results.schema.json").read_text(encoding="utf-8") == schema.render(), f"run: {REGENERATE}"
        jsonschema.Draft202012Validator.check_schema(schema_on_disk())

    def test_schema_refuses_what_is_wrong(self):
        found = to_builtins(sample_results.mistake())
        found["lessons"][0]["exercises"][0]["verdict"] = "fine"
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(found, schema_on_disk())

    def test_example_of_the_documentation_is_true(self):
        page = (DOCS / "results.md").read_text(encoding="utf-8")
        example = re.search(r"```json\n(.*?)```", page, re.DOTALL)[1]
        jsonschema.validate(json.loads(example), schema_on_disk())
        assert to_builtins(from_json(example)) == json.loads(example)

    def test_documentation_names_every_field_and_verdict(self):
        page = (DOCS / "results.md").read_text(encoding="utf-8")
        fields = {name for part in schema_on_disk()["$defs"].values() for name in part.get("properties", ())}
        assert [name for name in sorted(fields | set(Verdict)) if f"`{name}`" not in page] == []

    def test_numbers_that_json_lacks_become_text(self):
        assert [number(float(name)) for name in ("nan", "inf", "-inf", "1.5")] == ["nan", "inf", "-inf", 1.5]


class TestJUnit:
    @EVERY_SITUATION
    def test_counts_what_it_holds(self, made):
        root = ET.fromstring(junit.render(made))
        for suite in root:
            assert int(suite.get("tests")) == len(suite.findall("testcase"))
            assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(root.get("tests")) == len(root.findall("testsuite/testcase"))
        names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
        assert len(names) == len(set(names))

    def test_blames_the_right_side(self):
        checks = [sample_results.check(verdict.value, verdict) for verdict in Verdict]
        made = sample_results.results(sample_results.lesson([sample_results.exercise("ex1_a", Verdict.WRONG, checks)]))
        outcomes = {}
        for case in ET.fromstring(junit.render(made)).iter("testcase"):
            tags = {child.tag for child in case} - {"properties"}
            outcomes[case.get("name").removeprefix("ex1_a: ")] = tags
        expected = {verdict.value: {"failure"} for verdict in explanation.FAILED}
        expected |= {"passed": set(), "broken": {"error"}, "skipped": {"skipped"}, "not_attempted": {"skipped"}}
        assert outcomes == expected

    def test_looks_as_it_did(self):
        same_as_golden("mistake.xml", junit.render(sample_results.mistake()))

    def test_hostile_text_stays_text(self):
        written = junit.render(sample_results.hostile())
        assert len(written) < 1_000_000
        root = ET.fromstring(written)
        assert {element.tag for element in root.iter()} <= {
            "testsuites", "testsuite", "testcase", "properties", "property", "failure", "error", "skipped", "system-out"
        }  # fmt: skip
        assert "<script>alert(1)</script> ]]>" in root.find(".//failure").text


class TestGradescope:
    @EVERY_SITUATION
    def test_has_the_fields_that_gradescope_knows(self, made):
        found = json.loads(gradescope.render(made))
        assert set(found) <= GRADESCOPE_TOP
        assert found["score"] == pytest.approx(sum(test["score"] for test in found["tests"]))
        for test in found["tests"]:
            assert set(test) <= GRADESCOPE_TEST
            assert test["status"] in {"passed", "failed"}
            assert 0 <= test["score"] <= test["max_score"]
            assert not unseen(test["output"] + test["name"])
            assert len(test["output"]) < 50_000

    def test_looks_as_it_did(self):
        same_as_golden("gradescope.json", gradescope.render(sample_results.mistake()))

    def test_a_fault_of_ours_is_said_first(self):
        assert json.loads(gradescope.render(sample_results.broken()))["output"].startswith(explanation.BROKEN_HEADLINE)


class TestGitHub:
    @EVERY_SITUATION
    def test_annotations_are_well_formed_and_few(self, made):
        lines = github.annotations(made).splitlines()
        assert len(lines) <= 10
        assert all(COMMAND.fullmatch(line) for line in lines)

    def test_the_last_annotation_counts_the_rest(self):
        many = [sample_results.failed(f"ex{count}_a", Verdict.WRONG, "No.") for count in range(1, 31)]
        lines = github.annotations(sample_results.results(sample_results.lesson(many))).splitlines()
        assert len(lines) == 10
        assert "21 more exercises" in lines[-1]

    def test_stubs_and_full_marks_are_no_errors(self):
        assert github.annotations(sample_results.stubs()) == github.annotations(sample_results.full()) == ""

    def test_looks_as_it_did(self):
        same_as_golden("annotations.txt", github.annotations(sample_results.faults()))
        same_as_golden("summary.md", github.summary(sample_results.mistake()))

    @EVERY_SITUATION
    def test_summary_renders_nothing_of_a_student(self, made):
        written = github.summary(made)
        assert len(written.encode()) < 1 << 20
        rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(written)
        assert set(re.findall(r"<([a-zA-Z0-9!]+)", rendered)) <= SUMMARY_TAGS
        prose = re.sub(r"<pre>.*?</pre>", "", rendered, flags=re.DOTALL)
        assert not re.search(r"[@#]\w", prose), "a mention or a link to an issue"

    def test_a_summary_that_is_too_long_ends_with_a_word(self):
        many = [sample_results.failed("ex1_a", Verdict.WRONG, HOSTILE_LINES, output=HOSTILE_LINES * 9)] * 1000
        written = github.summary(sample_results.results(sample_results.lesson(many)))
        assert len(written.encode()) < 1 << 20
        assert written.endswith("the JSON report has all of it.\n")

    def test_prose_says_what_was_written(self):
        rendered = MarkdownIt("commonmark").render(text.markdown(HOSTILE)).replace("\u200b", "")
        assert rendered == f"<p>{html.escape(text.one_line(HOSTILE))}</p>\n"


def schema_on_disk():
    return json.loads((DOCS / "results.schema.json").read_text(encoding="utf-8"))


def unseen(line):
    """Return the characters of a line that act without being seen."""
    found = ((one, unicodedata.category(one), unicodedata.bidirectional(one)) for one in line if one not in "\n\t")
    return [one for one, category, bidi in found if category in {"Cc", "Cs", "Zl", "Zp"} or bidi in BIDI]
