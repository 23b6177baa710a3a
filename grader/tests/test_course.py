"""The course itself: references, stubs, mistakes and alternatives of every lesson; pages that run, link and show."""

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course.hints import refused_hints
from grader.lessons import Course, find_course

ROOT = Path(__file__).resolve().parent.parent.parent
COURSE = find_course(ROOT)
LESSONS = {lesson.id: lesson for lesson in COURSE.lessons}
SECTIONS = [
    "Introduction",
    "In simple words",
    "The mathematics",
    "In depth",
    "In PyTorch",
    "Exercises",
    "Summary",
    "Key takeaways",
]
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+)(?:#[^)]*)?\)")
LARGEST_PICTURE = 100_000
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
DEMOS = {demo.stem: (lesson, demo) for lesson in COURSE.lessons for demo in COURSE.demos(lesson)}
DEMONSTRATION = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def proof(tmp_path_factory):
    """Return what `grade verify` finds, in a process of its own: a fork of this one, with all its tests, costs thrice."""
    file = tmp_path_factory.mktemp("verify") / "found.json"
    command = [sys.executable, "-m", "grader", "verify", "--json", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=3600)
    assert file.is_file(), done.stderr[-3000:]
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("lesson", LESSONS)
def test_lesson_is_verified(lesson, proof):
    """References and alternatives earn full marks, stubs nothing, every known mistake is refused and named as itself."""
    assert [one for one in proof["refusals"] if one.startswith((f"{lesson}.", f"{lesson}:"))] == []


def test_course_is_verified(proof):
    """All of that was asked of many programs, and nothing else was refused."""
    assert (proof["sound"], proof["refusals"]) == (True, [])
    assert proof["accepted"] == proof["right"] > 3 * 74
    assert proof["named"] == proof["refused"] == proof["wrong"] > 1000


@pytest.mark.parametrize("lesson", LESSONS)
def test_page_has_its_sections_in_order(lesson):
    """Every lesson page follows the same order."""
    text = COURSE.page(LESSONS[lesson]).read_text(encoding="utf-8")

    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS


@pytest.mark.parametrize("lesson", LESSONS)
def test_page_holds_no_html(lesson):
    """A page renders the same everywhere: no HTML tags."""
    text = COURSE.page(LESSONS[lesson]).read_text(encoding="utf-8")
    prose = re.sub(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", "", text, flags=re.DOTALL)

    assert re.findall(r"</?[a-zA-Z][^>]*>", prose) == []


def _documents() -> list[Path]:
    pages = [COURSE.page(lesson) for lesson in COURSE.lessons]
    return pages + sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md"))


@pytest.mark.parametrize("page", _documents(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_resolve(page):
    """Every relative link on a page leads to a file of the repository."""
    targets = [target for target in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]

    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_demonstration_runs_as_it_stands(lesson, tmp_path):
    """Every program on a page is typed and runs without a change, and prints something."""
    programs = DEMONSTRATION.findall(COURSE.page(LESSONS[lesson]).read_text(encoding="utf-8"))
    assert programs
    for program in programs:
        path = tmp_path / "demonstration.py"
        path.write_text(program, encoding="utf-8")

        run = subprocess.run([sys.executable, str(path)], cwd=tmp_path, capture_output=True, text=True, check=False)

        assert (run.returncode, run.stderr) == (0, "")
        assert run.stdout.strip()
        assert "->" in program


@pytest.mark.parametrize("lesson", LESSONS)
def test_hints_lead_on_without_code(lesson):
    """Every exercise has its three hints, and none holds code or a line of the solution."""
    assert list(refused_hints(COURSE, LESSONS[lesson])) == []


# Pictures


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Return a folder with every picture of the course, drawn anew, and what was said about those that failed."""
    folder = tmp_path_factory.mktemp("pictures")
    program = [sys.executable, str(ROOT / "docs" / "make_plots.py"), "--into", str(folder)]
    run = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    return folder, run.stderr


@pytest.mark.parametrize("name", DEMOS)
def test_pictures_are_drawn(drawn, name):
    """Every program that draws a picture runs, and draws a small SVG."""
    folder, said = drawn
    picture = COURSE.picture(folder / f"{name}.py")

    assert picture.is_file(), said
    assert picture.stat().st_size < LARGEST_PICTURE


@pytest.mark.parametrize("name", DEMOS)
def test_pictures_are_shown(name):
    """Every picture lies beside its program, is small, and is shown on the page with a text that stands for it."""
    lesson, demo = DEMOS[name]
    picture = COURSE.picture(demo)
    page = COURSE.page(lesson).read_text(encoding="utf-8")
    texts = [text for text, target in PICTURE.findall(page) if target == picture.name]

    assert picture.is_file(), "draw it: uv run python docs/make_plots.py"
    assert picture.stat().st_size < LARGEST_PICTURE
    assert len(texts) == 1
    assert len(texts[0].split()) >= 5, "say what the picture shows, for one who cannot see it"
    assert f"{lesson.folder}/{demo.name}" in page, "say how to run the program"


def test_pictures_have_names_of_their_own():
    """No two lessons have a picture of the same name, and every picture beside the stubs has its program."""
    demos = [demo for lesson in COURSE.lessons for demo in COURSE.demos(lesson)]
    pictures = sorted(COURSE.exercises_root.glob("lesson_*/*.svg"))

    assert len(DEMOS) == len(demos)
    assert pictures == sorted(COURSE.picture(demo) for demo in demos)


# Navigation


def test_pages_link_their_neighbours():
    """Every page links the lesson before, all lessons and the lesson after: uv run python docs/make_navigation.py."""
    outdated = runpy.run_path(str(ROOT / "docs" / "make_navigation.py"))["outdated"]

    assert [page.parent.name for page in outdated(COURSE)] == []


NAVIGATION = (
    ("# T\n\n## Introduction\n\nText.\n", "# T\n\n[a](b)\n\n## Introduction\n\nText.\n"),
    ("# T\n\nold · [All lessons](x)\n\n## I\n", "# T\n\n[a](b)\n\n## I\n"),
    ("# T\n\n[a](b)\n\n## I\n", "# T\n\n[a](b)\n\n[a](b)\n\n## I\n"),
)


@pytest.mark.parametrize(("page", "expected"), NAVIGATION)
def test_navigation_is_the_second_paragraph(page, expected):
    """The links stand below the title, in place of older ones and of nothing else."""
    assert runpy.run_path(str(ROOT / "docs" / "make_navigation.py"))["with_navigation"](page, "[a](b)") == expected


@pytest.mark.parametrize("file", ["README.md", "docs/course.md"])
def test_lists_of_lessons_are_complete(file):
    """Where a document lists the lessons, it lists all of them, in order, each by its number and title."""
    text = (ROOT / file).read_text(encoding="utf-8")
    listed = re.findall(r"^[|*\- ]*\[(\d+\.\d+ [^\]]+)\]\([^)]*/README\.md\)", text, re.MULTILINE)
    expected = [f"{lesson.id} {COURSE.title(lesson)}" for lesson in COURSE.lessons]

    assert listed in ([], expected)


def test_lessons_sum_to_ten_points():
    """Every lesson is worth ten points."""
    sums = {lesson.id: sum(COURSE.points(exercise) for exercise in lesson.exercises) for lesson in COURSE.lessons}

    assert sums == dict.fromkeys(LESSONS, 10)


def test_course_is_found_from_inside():
    """The course root is found from any folder below it."""
    assert find_course(ROOT / "exercises") == Course(ROOT)
