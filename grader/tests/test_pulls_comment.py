"""The comment below a pull request is made from a file that anybody may have written."""

import json
import os

import pytest

from grader import cli
from grader.options import UsageError
from grader.pulls.comment import LARGEST_RESULTS, MARK, body, read_untrusted
from grader.results import to_json
from grader.tests import sample_results
from grader.tests.sample_results import SITUATIONS

PLAIN = json.loads(to_json(sample_results.mistake()))


@pytest.fixture
def file(tmp_path):
    """Return a maker of results files."""

    def make(content):
        path = tmp_path / "result.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return make


def test_the_comment(file, capsys):
    """It begins with the mark, has the score and a link to the run, and says what it is worth."""
    page = "https://github.com/o/r/actions/runs/1"
    assert cli.run(["ci", "comment", str(file(PLAIN)), "--page", page]) == 0

    printed = capsys.readouterr().out
    assert printed.startswith(f"{MARK}\n## Score: ")
    assert "they are no proof" in printed
    assert f"[page of the run]({page})" in printed
    assert "The derivative of a square brings down a factor 2" in printed


@pytest.mark.parametrize("name", sorted(SITUATIONS))
def test_every_situation_fits(name):
    """GitHub takes every comment: it has less than 65,536 characters."""
    assert len(body(SITUATIONS[name]())) < 65_536


def test_a_comment_of_a_huge_file_fits(file):
    """However much a file holds, the comment is cut where GitHub would refuse it, and says so."""
    one = PLAIN["lessons"][0]
    many = {**PLAIN, "lessons": [{**one, "id": f"{number}.1", "title": "x" * 3000} for number in range(300)]}

    made = body(read_untrusted(file(many)))

    assert len(made) < 65_536
    assert "The rest is too long for this page" in made


@pytest.mark.parametrize("field", ["title", "id", "name", "note", "message", "output", "says", "course", "started"])
def test_forged_texts_are_inert(file, field):
    """Markup, links, mentions and comments in any text of the file stay text."""
    evil = (
        f"{MARK} @everyone #1 <img src=x> ![x](https://example.org/x) [a](javascript:b) | **b** ::error::x `c` \x1b[1m"
    )

    def forge(value):
        if isinstance(value, dict):
            return {key: evil if key == field and isinstance(one, str) else forge(one) for key, one in value.items()}
        return [forge(one) for one in value] if isinstance(value, list) else value

    made = body(read_untrusted(file(forge(PLAIN))))

    outside = "".join(made.removeprefix(MARK).split("```")[::2])  # code stands between fences
    assert not [
        part for part in ("<img", "<!--", "@everyone", "![x]", "[a](", "**b", "::error", "#1") if part in outside
    ]
    assert "\x1b" not in made


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "DecodeError"),
        (b"\xff\xfe{}", "DecodeError"),
        (b"[" * 100_000, "ValidationError"),
        (b'{"x": ' + b"[" * 100_000, "RecursionError"),
        ([], "ValidationError"),
        ({}, "ValidationError"),
        ({**PLAIN, "score": {"earned": "all", "possible": 10}}, "[A-Za-z]+"),
        ({**PLAIN, "lessons": [{**PLAIN["lessons"][0], "exercises": "x"}]}, "ValidationError"),
        (json.dumps(PLAIN).encode().replace(b'"earned": 2', b'"earned": 1e999'), "ValidationError"),
    ],
    ids=lambda value: "",
)
def test_what_is_no_results_file(file, content, reason):
    """A file that does not fit the schema makes no comment, only a sentence without any of its text."""
    with pytest.raises(UsageError, match=rf"`.*result\.json` is no results file: {reason}\."):
        read_untrusted(file(content))


def test_a_file_that_is_too_large(file):
    """A huge file is not read to its end."""
    with pytest.raises(UsageError, match="is larger than 8 MB, so it is no results file"):
        read_untrusted(file(b" " * (LARGEST_RESULTS + 1)))


def test_a_link(file, tmp_path):
    """A link in the artifact is not followed."""
    (tmp_path / "link.json").symlink_to(file(PLAIN))
    with pytest.raises(UsageError, match=r"link\.json` cannot be read"):
        read_untrusted(tmp_path / "link.json")


def test_a_pipe(tmp_path):
    """What is no file does not make the job wait."""
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(UsageError, match="is no results file"):
        read_untrusted(tmp_path / "pipe.json")


def test_huge_numbers(file):
    """Numbers out of all proportion neither crash nor fill the comment."""
    for number in (1e308, -1e308, 1e-308):
        made = body(read_untrusted(file({**PLAIN, "score": {"earned": number, "possible": number}})))
        assert len(made) < 65_536
