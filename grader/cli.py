"""The command line: words to actions, results to reports, outcomes to exit codes.

Exit codes: 0 full marks (or at least `--fail-under`), 1 graded and below, 2 usage, 3 the lesson or the harness is
broken, 130 interrupted. Nothing here imports torch before a grading starts.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.lessons import Course, CourseError, find_course, submission_root
from grader.options import (
    AUTHOR_COMMANDS,
    BELOW,
    BROKEN,
    INSTRUCTOR_COMMANDS,
    OK,
    STUDENT_COMMANDS,
    USAGE,
    Parser,
    RawHelp,
    UsageError,
    check_writable,
    console,
    percent,
    positive,
    seed,
    tell,
    write,
)
from grader.progress_line import ProgressLine

if TYPE_CHECKING:
    from grader.grading import Request
    from grader.results import Results

DEVICES: Final = ("auto", "cpu", "cuda", "mps", "all")
_WARM: Final = "GRADE_WARM"


def run(arguments: list[str]) -> int:
    """Carry out one command line and return its exit code."""
    try:
        if arguments and arguments[0] in STUDENT_COMMANDS:
            from grader import student

            return student.ACTIONS[arguments[0]](arguments[1:])
        if arguments and arguments[0] in AUTHOR_COMMANDS:
            from grader import author

            return author.ACTIONS[arguments[0]](arguments[1:])
        if arguments and arguments[0] in INSTRUCTOR_COMMANDS:
            from grader import instructor

            return instructor.run(arguments[0], arguments[1:])
        return _grade(arguments)
    except (UsageError, CourseError) as error:
        tell(f"grade: {error}", sys.stderr)
        return USAGE
    except SystemExit as finished:  # --help
        return int(finished.code or 0)


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


def _grade(arguments: list[str]) -> int:
    if _may_be_warm(arguments):
        from grader import serve

        code = _graded(arguments, serve.ask)
        if code is not None:
            return code
        if os.environ.get(_WARM):
            serve.start_in_background(wait=False)
    # The zygote starts before the options are kept anywhere: what its workers can find in their memory and on their
    # stack must not tell them the seed, or where other hand-ins lie.
    from grader.grading import grade, start_zygote

    words = list(arguments)
    zygote = start_zygote(forget=(arguments, words, sys.argv, sys.orig_argv))
    code = _graded(words, lambda request: grade(request, zygote))
    return BROKEN if code is None else code


def _may_be_warm(arguments: Sequence[str]) -> bool:
    """Refuse, before torch is imported, what cannot be carried out; return whether a warm grader could do it."""
    options = _parser().parse_args(arguments)
    course = find_course(Path.cwd())
    course.select(options.target)
    submission_root(course, options.source)
    files = (options.html, options.junit, options.gradescope, options.json_report)
    if "-" in files:
        raise UsageError("Only `--json` writes to standard output; give the other reports a file name.")
    for name in (options.json, *files):
        if name:
            check_writable(name)
    return not (options.json_report or options.strict or options.github) and os.environ.get(_WARM) != "0"


def _graded(arguments: Sequence[str], grade: "Callable[[Request], Results | None]") -> int | None:
    """Grade, report and return the exit code; None when there are no results."""
    options = _parser().parse_args(arguments)
    course = find_course(Path.cwd())
    source = submission_root(course, options.source)

    from grader.grading import GradingError, Request

    line = ProgressLine(sys.stderr, shown=sys.stderr.isatty() and not options.quiet)
    try:
        results = grade(
            Request(
                course,
                course.select(options.target),
                source,
                seed=options.seed,
                timeout=options.timeout,
                device=options.device,
                strict=options.strict or options.github,
                series=bool(options.html),
                json_report=Path(options.json_report).resolve() if options.json_report else None,
                on_check=line.show,
            )
        )
    except GradingError as error:
        raise UsageError(str(error)) from error
    finally:
        line.clear()
    if results is None:
        return None
    _write_reports(results, options, course, source)
    if options.json != "-":
        greeting = not options.target and options.source is None
        _print_report(results, options, _next_step(course, results, greeting=greeting))
    if options.source is None:
        _record(course, results)
    return _exit_code(results, options.fail_under)


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
        from grader.student import sources

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
