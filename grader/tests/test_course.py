"""The course itself: references, stubs, mistakes and alternatives of every lesson; pages that run and link."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course.verify import verify
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
DEMONSTRATION = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("lesson", LESSONS)
def test_lesson_is_verified(lesson):
    """References and alternatives earn full marks, stubs nothing, every known mistake is refused and named as itself."""
    lines: list[str] = []

    report = verify(COURSE, LESSONS[lesson].exercises, jobs=2, say=lines.append)

    assert report.refusals == [], "\n".join(lines)
    assert report.accepted == report.right > 0
    assert report.named == report.refused == report.wrong > 0


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
    """The demonstration on a page is typed and runs without a change, and prints something."""
    programs = DEMONSTRATION.findall(COURSE.page(LESSONS[lesson]).read_text(encoding="utf-8"))
    assert programs
    path = tmp_path / "demonstration.py"
    path.write_text(programs[0], encoding="utf-8")

    run = subprocess.run([sys.executable, str(path)], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.strip()
    assert "->" in programs[0]


def test_lessons_sum_to_ten_points():
    """Every lesson is worth ten points."""
    sums = {lesson.id: sum(COURSE.points(exercise) for exercise in lesson.exercises) for lesson in COURSE.lessons}

    assert sums == dict.fromkeys(LESSONS, 10)


def test_course_is_found_from_inside():
    """The course root is found from any folder below it."""
    assert find_course(ROOT / "exercises") == Course(ROOT)
