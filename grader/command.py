"""`grade` itself: checks its options, has the exercises graded, and reports."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.lessons import Course, find_course, submission_root, submitted_folder
from grader.options import (
    BELOW,
    BROKEN,
    OK,
    USAGE,
    Parser,
    RawHelp,
    UsageError,
    check_writable,
    console,
    percent,
    positive,
    processors,
    seed,
    tell,
    write,
)
from grader.progress_line import ProgressLine
from grader.request import GradingError, Place, Request
from grader.words import WARM

if TYPE_CHECKING:
    from grader.early import Loading
    from grader.results import Results

DEVICES: Final = ("auto", "cpu", "cuda", "mps", "all")


def run(arguments: list[str], loading: "Loading | None" = None) -> int:
    """Grade in this process, and return the exit code."""
    if os.environ.get(WARM) not in (None, "", "0"):
        from grader import serve

        serve.start_in_background(wait=False)  # the next one is warm
    several = _several_lessons(check(arguments))
    # The zygote starts before the options are kept anywhere: what its workers can find in their memory and on their
    # stack must not tell them the seed, or where other hand-ins lie.
    words = list(arguments)
    hidden = (arguments, words, sys.argv, sys.orig_argv)
    graded = _several_at_a_time(hidden, loading) if several else _in_this_process(hidden, loading)
    command = Command(words)
    try:
        results = graded(command)
    except GradingError as error:
        raise UsageError(str(error)) from error
    finally:
        command.line.clear()
    return command.report(results)


def _several_lessons(options: argparse.Namespace) -> bool:
    """Return whether lessons can be graded apart; pytest's own report is of one run of pytest."""
    return len({one.lesson_key for one in options.exercises}) > 1 and not options.json_report


def _in_this_process(hidden: Sequence[list[str]], loading: "Loading | None") -> "Callable[[Command], Results]":
    from grader.grading import grade, start_zygote

    zygote = start_zygote(forget=hidden, loading=loading)
    return lambda command: grade(command.request, zygote)


def _several_at_a_time(hidden: Sequence[list[str]], loading: "Loading | None") -> "Callable[[Command], Results]":
    """Grade lessons in processes of their own, as many at a time as there are processors."""
    from grader.apart import grade_lessons, new_nursery

    nursery = new_nursery(forget=hidden, loading=loading)
    return lambda command: grade_lessons(command.request, nursery, jobs=processors(), on_lesson=command.line.lessons)


def check(arguments: Sequence[str]) -> argparse.Namespace:
    """Refuse, before torch is imported, what cannot be carried out; return the options, with the `exercises` they name."""
    options = _parser().parse_args(arguments)
    course = find_course(Path.cwd())
    options.exercises = course.select(options.target)
    submission_root(course, options.source)
    files = (options.html, options.junit, options.gradescope, options.json_report)
    if "-" in files:
        raise UsageError("Only `--json` writes to standard output; give the other reports a file name.")
    for name in (options.json, *files):
        if name:
            check_writable(name)
    return options


class Command:
    """One command line, in two halves around the grading."""

    def __init__(self, arguments: Sequence[str]) -> None:
        """Read the options and make the request; a line on the terminal says how far it is."""
        self._options = options = _parser().parse_args(arguments)
        self._course = find_course(Path.cwd())
        self._source = submission_root(self._course, options.source)
        self.line = ProgressLine(sys.stderr, shown=sys.stderr.isatty() and not options.quiet)
        self.request = Request(
            self._course,
            self._course.select(options.target),
            self._source,
            seed=options.seed,
            timeout=options.timeout,
            device=options.device,
            strict=options.strict or options.github,
            series=bool(options.html),
            json_report=Path(options.json_report).resolve() if options.json_report else None,
            on_check=self.line.show,
        )

    def report(self, results: "Results") -> int:
        """Write the reports, keep the progress, and return the exit code."""
        options, course = self._options, self._course
        _write_reports(results, options, course, self._source)
        if options.json != "-":
            greeting = not options.target and options.source is None
            _print_report(results, options, _next_step(course, results, greeting=greeting))
        if options.source is None:
            _record(course, results)
        return _exit_code(results, options.fail_under)

    def failed(self, error: Exception) -> int:
        """Say why there are no results, and return the exit code."""
        tell(f"grade: {error}", sys.stderr)
        return USAGE


def place_of(arguments: Sequence[str]) -> Place | None:
    """Return where the warm grader grades a command line; None for several lessons: cold, they go to all processors."""
    options = check(arguments)
    folders = {one.folder for one in options.exercises}
    if len(folders) != 1 or options.json_report:
        return None
    return Place.of(find_course(Path.cwd()), tuple(folders), options.device)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="grade", description="Grade exercises and say what is wrong.", epilog=_EPILOG, formatter_class=RawHelp
    )
    parser.add_argument(
        "target", nargs="*", help="2.3 (a lesson), 2.3.2 (an exercise), 2 (a module), a file; none: all"
    )
    parser.add_argument("--from", dest="source", metavar="DIR", help="folder with the student's lessons; `reference`")
    parser.add_argument("--json", metavar="FILE", help="write the results as JSON; - for standard output")
    parser.add_argument("--html", metavar="FILE", help="write a report for the browser, in one file")
    parser.add_argument("--junit", metavar="FILE", help="write a JUnit report")
    parser.add_argument("--gradescope", metavar="FILE", help="write Gradescope's results.json")
    parser.add_argument("--json-report", metavar="FILE", help="write pytest-json-report's own file")
    parser.add_argument("--github", action="store_true", help="print annotations, append to the step summary")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="where to run the checks (default: auto)")
    parser.add_argument("--strict", action="store_true", help="refuse to run code that cannot be isolated")
    parser.add_argument(
        "--seed",
        type=seed,
        default=os.environ.get("GRADE_SEED", "0"),
        metavar="N",
        help="seed of the inputs, or `random`",
    )
    parser.add_argument("--timeout", type=positive, metavar="S", help="seconds that one exercise may take")
    parser.add_argument("--fail-under", type=percent, default=100.0, metavar="PERCENT", help="what still exits with 0")
    parser.add_argument("-v", "--verbose", action="store_true", help="show every check")
    parser.add_argument("-q", "--quiet", action="store_true", help="show the scores only")
    parser.add_argument("--no-color", action="store_true", help="no colours")
    parser.add_argument("--plain", action="store_true", help="no colours, no drawn characters: for screen readers")
    return parser


def _record(course: Course, results: "Results") -> None:
    from grader.progress import Progress

    sys.stdout.flush()
    progress = Progress(course)
    progress.record(results)
    if progress.problem:
        tell(progress.problem, sys.stderr)


def _write_reports(results: "Results", options: argparse.Namespace, course: Course, source: Path) -> None:
    from grader.results import to_json

    if options.json == "-":
        sys.stdout.write(to_json(results))
    elif options.json:
        write(options.json, to_json(results))
    if options.html:
        from grader.reports import html

        write(options.html, html.render(results, sources(source, course, results)))
    if options.junit:
        from grader.reports import junit

        write(options.junit, junit.render(results))
    if options.gradescope:
        from grader.reports import gradescope

        write(options.gradescope, gradescope.render(results))
    if options.github:
        from grader.reports import github

        stream = sys.stderr if options.json == "-" else sys.stdout
        stream.write(github.annotations(results))
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        if summary:
            try:
                with Path(summary).open("a", encoding="utf-8") as file:
                    file.write(github.summary(results))
            except OSError as error:
                raise UsageError(f"The summary `{summary}` cannot be written: {error.strerror}.") from error


def _print_report(results: "Results", options: argparse.Namespace, next_step: str | None) -> None:
    from grader.reports import terminal

    verbosity = 1 if options.verbose else -1 if options.quiet else 0
    screen = console(no_color=options.no_color or options.plain)
    terminal.render(results, console=screen, verbosity=verbosity, next_step=next_step, plain=options.plain)


def _next_step(course: Course, results: "Results", *, greeting: bool) -> str | None:
    """Return what to do first on a fresh clone; otherwise the report finds the next step itself."""
    from grader.results import Verdict

    exercises = [one for lesson in results.lessons for one in lesson.exercises]
    if not greeting or not exercises or any(one.verdict is not Verdict.NOT_ATTEMPTED for one in exercises):
        return None
    first = exercises[0]
    page = course.page(course.lessons[0]).relative_to(course.root)
    return (
        f"Welcome! Read {page}, open exercises/{first.file}, write your answer, and run `uv run grade {first.id}`. "
        "`uv run grade list` shows the whole course, `uv run grade hint` helps, `uv run grade watch` grades on every save."
    )


def _exit_code(results: "Results", fail_under: float) -> int:
    if results.status == "broken":
        return BROKEN
    possible = results.score.possible
    reached = 100 * results.score.earned >= Fraction(str(fail_under)) * possible
    return OK if possible and reached else BELOW


def sources(root: Path, course: Course, results: "Results") -> dict[str, str]:
    """Return the submission's files that a report may quote."""
    found: dict[str, str] = {}
    by_id = {one.id: one for one in course.exercises}
    for lesson in results.lessons:
        for one in lesson.exercises:
            exercise = by_id.get(one.id)
            if exercise is not None:
                path = submitted_folder(root, exercise) / f"{exercise.name}.py"
                if path.is_file() and not path.is_symlink():
                    found[one.file] = path.read_text(encoding="utf-8", errors="replace")
    return found


_EPILOG = """\
while you learn:
  grade next          say what to do now, and why
  grade hint 2.3.2    show a hint: where to look, the idea, the formula
  grade watch         grade again on every save
  grade list          show the course and how far you are
  grade show 2.3      show a lesson's page
  grade reset 2.3.2   put the stub back and keep your file
  grade solution 2.3.2   show the reference, once you have solved it
  grade serve, stop   keep a grader warm, or end it
  grade doctor        show what this machine offers
  grade completion    print a completion script for your shell

for authors:
  grade stubs         write the stubs anew from the references
  grade verify        prove that the checks catch every known mistake
  grade audit         measure the checks: right programs, mistakes, mutants
  grade new 2.4 "…"   write the files of a new exercise

for instructors:
  grade class DIR     grade the hand-ins of a class
  grade export        turn a class's grades into gradebooks and pages
  grade release DIR   make the repository that students get
  grade ci            grade a pull request

exit codes: 0 full marks (or --fail-under), 1 below, 2 usage,
            3 lesson or harness broken, 130 interrupted
"""
