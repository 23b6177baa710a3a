"""The documents: what they link and which commands they name is there, and authors are told all that they may use."""

import functools
import re
import shlex
from pathlib import Path

import pytest

import grader.testing
from grader.cli import run
from grader.options import OK
from grader.words import AUTHOR_COMMANDS, INSTRUCTOR_COMMANDS, STUDENT_COMMANDS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("exercises/*/README.md")])
BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r" *(?:\$ )?(?:uv run (?:--\S+ )*)?grade((?: .*)?)$")
ANCHOR = re.compile(r"\]\(([^)#\s:]*)#([^)\s]+)\)")
COMMANDS = {*AUTHOR_COMMANDS, *INSTRUCTOR_COMMANDS, *STUDENT_COMMANDS}


def anchors(page):
    """Return the anchors of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_anchors_exist(page):
    """A link into a page leads to a heading that is there."""
    links = ANCHOR.findall(BLOCK.sub("", page.read_text(encoding="utf-8")))

    assert [link for link in links if link[1] not in anchors(page.parent / link[0] if link[0] else page)] == []


@functools.cache
def options_of(command):
    """Return the options that a command's help names."""
    with pytest.MonkeyPatch.context() as patched:
        said = []
        patched.setattr("sys.stdout.write", said.append)
        assert run([*command, "--help"]) == OK
    return set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", "".join(said)))


def commands(page):
    """Return the words of each command line of `grade` on a page."""
    text = page.read_text(encoding="utf-8")
    lines = [line for block in BLOCK.findall(text) for line in block.splitlines()] + CODE.findall(BLOCK.sub("", text))
    return [shlex.split(found[1], comments=True) for line in lines if (found := COMMAND.match(line))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_exist(page):
    """Every command line of `grade` on a page names a command and options that there are."""
    for words in commands(page):
        command = tuple(words[:1]) if words and words[0] in COMMANDS else ()
        wanted = {word.partition("=")[0] for word in words if word.startswith("-")} - {"-"}
        assert wanted <= options_of(command), words
        assert command or not words or re.match(r"[-\d]", words[0]), words


def test_commands_are_found():
    """The commands of the README are among those that are looked at."""
    assert len(commands(ROOT / "README.md")) > 20


def test_contributing_names_all_that_checks_may_use():
    """An author finds every name of `grader.testing` in CONTRIBUTING.md."""
    code = " ".join(CODE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))

    assert [name for name in grader.testing.__all__ if not re.search(rf"\b{name}\b", code)] == []
