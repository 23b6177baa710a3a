"""The first line of feedback names the true cause, word for word, for wrong programs as students write them."""

import re
import tomllib
from pathlib import Path

import pytest

from grader.lessons import find_course
from grader.reports import explanation
from grader.results import Verdict
from grader.tests import wrong_programs
from grader.tests.wrong_programs import PLACE

ROOT = Path(__file__).parents[2]
PROGRAMS = {program.name: program for program in wrong_programs.programs()}
NAMED = {
    "factor_2_missing": ["missing-factor-2"],
    "summed_gradient": ["sum-instead-of-mean"],
    "bias_frozen": ["bias-frozen"],
    "w_updated_first": ["sequential-update"],
    "loss_after_update": ["loss-after-update"],
    "last_batch_dropped": ["drop-last-batch"],
    "one_epoch_too_few": ["g-epochs"],
    "transposed_gradient": ["g-transposed"],
    "wrong_sign": ["wrong-sign"],
    "stale_predictions": ["stale-predictions"],
    "float32_forced": ["g-dtype"],
    "cpu_tensor_inside": ["g-device"],
    "input_mutated": ["g-mutated"],
    "result_aliased": ["g-alias"],
    "two_mistakes": ["bias-sum", "drop-last-batch"],
    "float32_and_wrong_sign": ["wrong-sign", "g-dtype"],
    "unknown_mistake": ["g-ratio"],
    "two_steps_wrong": ["g-steps"],
    "nan_in_epoch_3": ["g-nonfinite"],
    "history_kept": ["g-unsteady"],
    "two_of_three_values": ["g-length"],
    "last_sample_left_out": [],
}
"""What is named in whose first lines; nothing where the numbers alone show no cause."""


@pytest.fixture(scope="module")
def results(nursery, tmp_path_factory):
    """The exercises of all programs, graded once."""
    course = find_course(ROOT)
    return wrong_programs.graded(course, PROGRAMS.values(), tmp_path_factory.mktemp("wrong"), nursery)


@pytest.mark.parametrize("name", PROGRAMS)
def test_first_line(results, name):
    """The first line that a student reads says what is wrong."""
    assert explanation.headline(results[name]) == PROGRAMS[name].first


@pytest.mark.parametrize("name", NAMED)
def test_named(results, name):
    """A foreseen mistake has its name, two at once have both, and what nobody foresaw has what the numbers show."""
    assert [one.name for one in results[name].mistakes] == NAMED[name]


def test_float32_costs_the_precision_only(results):
    """Who computes in float32 keeps the points of every comparison: only the checks of the dtype are lost."""
    failed = {check.kind for check in results["float32_forced"].checks if check.verdict is not Verdict.PASSED}

    assert failed == {"CON"}


def test_the_second_line_says_where_to_look(results):
    """Every wrong number stands in the first or the second line, beside the one that is expected."""
    for name in ("factor_2_missing", "summed_gradient", "bias_frozen", "wrong_sign", "last_batch_dropped"):
        check = explanation.explained(results[name])
        label, said = explanation.facts(results[name], check, verbose=False)[0]
        assert label == "Look at"
        assert " expected " in said


def test_the_gallery_shows_these_lines():
    """The gallery in the documentation was made from these programs, in their order."""
    page = (ROOT / "docs" / "feedback-gallery.md").read_text(encoding="utf-8")
    shown = re.sub(r"\s+", " ", page.replace("│", " "))
    places = []
    for program in PROGRAMS.values():
        if program.gallery:
            assert f"{program.about}\n" in page, "run: uv run python docs/make_gallery.py"
            assert program.first in shown
            assert program.path.read_text(encoding="utf-8") in page
            places.append(page.index(f" {program.about}\n"))

    assert places == sorted(places)


def test_every_program_is_expected():
    """No program lies in the folder without a line that is expected of it."""
    told = tomllib.loads((PLACE / "expected.toml").read_text(encoding="utf-8"))

    assert {path.stem for path in PLACE.glob("*.py")} == set(told)
