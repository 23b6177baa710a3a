"""Write the line of links below the title of every lesson page: the lesson before, all lessons, the lesson after.

    uv run python docs/make_navigation.py [--check]

The order is the order of the folders, so a new lesson links itself to its neighbours. With `--check` nothing is written,
and the exit code is 1 if a page would change.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from grader.lessons import Course, Lesson, find_course

ROOT = Path(__file__).resolve().parent.parent
ALL_LESSONS = "[All lessons](../../docs/course.md)"


def navigation(lessons: Sequence[Lesson], position: int) -> str:
    """Return the line of links of one lesson."""
    before = lessons[position - 1] if position else None
    after = lessons[position + 1] if position + 1 < len(lessons) else None
    links = [f"[← Lesson {before.id}](../{before.folder}/README.md)"] if before else []
    links.append(ALL_LESSONS)
    links += [f"[Lesson {after.id} →](../{after.folder}/README.md)"] if after else []
    return " · ".join(links)


def with_navigation(page: str, line: str) -> str:
    """Return the page with this line as its second paragraph, in place of the one that was there."""
    title, _, rest = page.partition("\n\n")
    second, _, following = rest.partition("\n\n")
    if "[All lessons](" in second:
        rest = following
    return f"{title}\n\n{line}\n\n{rest}"


def outdated(course: Course) -> dict[Path, str]:
    """Return the pages whose links are not right, each with its new text."""
    pages = {course.page(lesson): navigation(course.lessons, place) for place, lesson in enumerate(course.lessons)}
    texts = {page: (page.read_text(encoding="utf-8"), line) for page, line in pages.items() if page.is_file()}
    return {page: new for page, (text, line) in texts.items() if (new := with_navigation(text, line)) != text}


def main() -> int:
    check = "--check" in sys.argv[1:]
    found = outdated(find_course(ROOT))
    for page, text in found.items():
        if not check:
            page.write_text(text, encoding="utf-8", newline="\n")
        print(f"{'would change' if check else 'wrote'} {page.relative_to(ROOT)}")
    return 1 if found and check else 0


if __name__ == "__main__":
    sys.exit(main())
