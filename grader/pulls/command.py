"""`grade ci`: grade a pull request with the course it goes to, and tell the CI service.

Only exercise files are taken from the pull request, as data. They are graded by a process of its own that starts with a
clean environment: it never held the runner's tokens, so nothing it forks can find them.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader.lessons import Course, Exercise, find_course
from grader.options import BELOW, BROKEN, OK, USAGE, Parser, UsageError, percent, positive, seed, write
from grader.pulls import code_quality, comment, runner
from grader.pulls.blobs import Pull, read_pull, write_files
from grader.reports import github, text
from grader.results import Results, from_json, to_json

_REPORTS: Final = {"json": "result.json", "html": "report.html", "junit": "junit.xml"}
"""What the grading process writes, by its options."""
_SHOWN: Final = 10
"""Names of ignored files that are shown."""


def run(arguments: Sequence[str]) -> int:
    """Carry out `grade ci …` or `grade ci comment …`."""
    if arguments[:1] == ["comment"]:
        return _comment(arguments[1:])
    options = _parser().parse_args(arguments)
    course = find_course(Path(options.repository))
    wanted = course.select(options.target) if options.target else ()
    out = _folder(options.out)
    pull = read_pull(course, options.commit, options.base)
    chosen = wanted or _whole_lessons(course, pull.changed)
    for sentence in pull.refused:
        _say(sentence)
    if not chosen:
        _say("The pull request changes no exercise: there is nothing to grade.")
        _tell(out, "## Nothing to grade\n\nNo exercise is changed.\n\n" + _origin(pull))
        return OK
    return _grade(course, pull, chosen, out, options)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="grade ci",
        description="Grade the exercises of a pull request with the course that is checked out here.",
        epilog="`grade ci comment FILE` prints the comment that belongs to a result.json, which it does not trust.",
    )
    parser.add_argument("target", nargs="*", help="lessons or exercises; none: the lessons whose exercises changed")
    parser.add_argument("--commit", required=True, metavar="SHA", help="the pull request's last commit, fetched")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the reports; it is made if need be")
    parser.add_argument("--base", default="HEAD", metavar="SHA", help="the commit that is checked out (default: HEAD)")
    parser.add_argument("--repository", default=".", metavar="DIR", help="the course (default: this folder)")
    parser.add_argument("--fail-under", type=percent, default=100.0, metavar="PERCENT", help="what still exits with 0")
    parser.add_argument("--gitlab", action="store_true", help="write GitLab's code quality report, too")
    parser.add_argument("--seed", type=seed, default=0, metavar="N", help="seed of the inputs, or `random`")
    parser.add_argument("--timeout", type=positive, metavar="S", help="seconds that one exercise may take")
    return parser


def _folder(name: str) -> Path:
    folder = Path(name).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in _REPORTS.values():
            (folder / file).unlink(missing_ok=True)  # an old one must not be taken for this run's
    except OSError as error:
        raise UsageError(f"The folder `{name}` cannot be used: {error.strerror}.") from error
    return folder


def _whole_lessons(course: Course, changed: Sequence[Exercise]) -> tuple[Exercise, ...]:
    keys = {one.lesson_key for one in changed}
    return tuple(one for one in course.exercises if one.lesson_key in keys)


def _grade(course: Course, pull: Pull, chosen: Sequence[Exercise], out: Path, options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="pull-") as folder:
        write_files(pull, Path(folder))
        words = [*(f"--{name}={out / file}" for name, file in _REPORTS.items()), "--from", folder, "--strict"]
        words += [f"--seed={options.seed}", f"--fail-under={options.fail_under}"]
        words += [f"--timeout={options.timeout}"] if options.timeout else []
        with runner.without_commands():
            code = subprocess.run(
                [sys.executable, "-m", "grader", *words, *(one.id for one in chosen)],
                cwd=course.root,
                env=runner.clean_environment(),
                check=False,
            ).returncode
    if not (out / "result.json").is_file():
        return _without_results(code)
    results = msgspec.structs.replace(from_json((out / "result.json").read_bytes()), submission=pull.commit)
    write(str(out / "result.json"), to_json(results))
    _report(results, pull, out, gitlab=options.gitlab)
    return code if code in (OK, BELOW) else BROKEN


def _without_results(code: int) -> int:
    """Say that there are no results; a wrong use was named by the grading process itself."""
    if code == USAGE:
        return USAGE
    print(f"grade: the grading ended with code {code} and no results. Run it again.", file=sys.stderr)
    return BROKEN


def _report(results: Results, pull: Pull, out: Path, *, gitlab: bool) -> None:
    _tell(out, f"{github.summary(results)}\n{_origin(pull)}")
    if gitlab:
        write(str(out / "gl-code-quality.json"), code_quality.render(results, pull.folder))
    if runner.on_github():
        sys.stdout.write(github.annotations(results, folder=pull.folder))


def _tell(out: Path, markdown: str) -> None:
    write(str(out / "summary.md"), markdown)
    runner.append_summary(markdown)


def _origin(pull: Pull) -> str:
    """Return, as Markdown, what was graded by what, and what was left out."""
    lines = [f"Commit `{pull.commit[:12]}`, graded by the course at `{pull.base[:12]}`.", ""]
    lines += [f"- {text.markdown(sentence)}" for sentence in pull.refused]
    if pull.ignored:
        shown = ", ".join(text.markdown(text.one_line(name, characters=100)) for name in pull.ignored[:_SHOWN])
        left = len(pull.ignored) - _SHOWN
        more = f", and {left} more" if left > 0 else ""
        lines.append(f"- Changed, but without any effect on this grading: {shown}{more}.")
    return "\n".join(lines).rstrip() + "\n"


def _say(sentence: str) -> None:
    """Print a sentence that may hold names from the pull request: on GitHub a line could be a command."""
    with runner.without_commands():
        print(text.one_line(sentence), flush=True)


def _comment(arguments: Sequence[str]) -> int:
    parser = Parser(
        prog="grade ci comment", description="Print the comment that belongs to a result.json, which is not trusted."
    )
    parser.add_argument("file", help="the results")
    parser.add_argument("--page", default="", metavar="URL", help="the page of the run, to be linked")
    options = parser.parse_args(arguments)
    sys.stdout.write(comment.body(comment.read_untrusted(Path(options.file)), page=options.page))
    return OK
