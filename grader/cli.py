"""The command line: words to actions, results to reports, outcomes to exit codes.

Exit codes: 0 full marks (or at least `--fail-under`), 1 graded and below, 2 usage, 3 the lesson or the harness is
broken, 130 interrupted. Nothing here imports torch before a grading starts.
"""

import argparse
import os
import re
import secrets
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, TextIO

from grader.lessons import Course, CourseError, Exercise, find_course, submission_root

if TYPE_CHECKING:
    from rich.console import Console

    from grader.results import Results
    from grader.worker.launch import Zygote

OK, BELOW, USAGE, BROKEN = 0, 1, 2, 3
DEVICES: Final = ("auto", "cpu", "cuda", "mps", "all")
_LARGEST_SEED: Final = 2**31 - 1


class UsageError(Exception):
    """The command line cannot be carried out; the message says why and what to do."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}. `grade --help` shows the options.")


def run(arguments: list[str]) -> int:
    """Carry out one command line and return its exit code."""
    commands: dict[str, Callable[[Sequence[str]], int]] = {
        "list": _list,
        "stubs": _stubs,
        "verify": _verify,
        "doctor": _doctor,
    }
    try:
        if arguments and arguments[0] in commands:
            return commands[arguments[0]](arguments[1:])
        return _grade(arguments)
    except (UsageError, CourseError) as error:
        print(f"grade: {error}", file=sys.stderr)
        return USAGE
    except SystemExit as finished:  # --help
        return int(finished.code or 0)


# grade


def _grade_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="grade", description="Grade exercises and say what is wrong.", epilog=_EPILOG, formatter_class=_Raw
    )
    parser.add_argument(
        "target", nargs="*", help="2.3 (a lesson), 2.3.2 (an exercise), 2 (a module), a file; none: all"
    )
    parser.add_argument("--from", dest="source", metavar="DIR", help="folder with the student's lessons; `reference`")
    parser.add_argument("--json", metavar="FILE", help="write the results as JSON; - for standard output")
    parser.add_argument("--junit", metavar="FILE", help="write a JUnit report")
    parser.add_argument("--gradescope", metavar="FILE", help="write Gradescope's results.json")
    parser.add_argument("--json-report", metavar="FILE", help="write pytest-json-report's own file")
    parser.add_argument("--github", action="store_true", help="print annotations, append to the step summary")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="where to run the checks (default: auto)")
    parser.add_argument("--strict", action="store_true", help="refuse to run code that cannot be isolated")
    parser.add_argument(
        "--seed",
        type=_seed,
        default=os.environ.get("GRADE_SEED", "0"),
        metavar="N",
        help="seed of the inputs, or `random`",
    )
    parser.add_argument("--timeout", type=_positive, metavar="S", help="seconds that one exercise may take")
    parser.add_argument("--fail-under", type=_percent, default=100.0, metavar="PERCENT", help="what still exits with 0")
    parser.add_argument("-v", "--verbose", action="store_true", help="show every check")
    parser.add_argument("-q", "--quiet", action="store_true", help="show the scores only")
    parser.add_argument("--no-color", action="store_true", help="no colours")
    return parser


class _Raw(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the epilog."""


def _grade(arguments: list[str]) -> int:
    _validated(arguments)
    # The zygote starts before the options are kept anywhere: what its workers can find in their memory and on their
    # stack must not tell them the seed, or where other hand-ins lie.
    from grader.grading import start_zygote

    words = list(arguments)
    zygote = start_zygote(forget=(arguments, words, sys.argv, sys.orig_argv))
    return _graded(words, zygote)


def _validated(arguments: Sequence[str]) -> None:
    """Refuse, before torch is imported, what cannot be carried out."""
    options = _grade_parser().parse_args(arguments)
    course = find_course(Path.cwd())
    course.select(options.target)
    submission_root(course, options.source)
    files = (options.junit, options.gradescope, options.json_report)
    if "-" in files:
        raise UsageError("Only `--json` writes to standard output; give the other reports a file name.")
    for name in (options.json, *files):
        if name:
            _check_writable(name)


def _graded(arguments: Sequence[str], zygote: "Zygote") -> int:
    options = _grade_parser().parse_args(arguments)
    course = find_course(Path.cwd())
    chosen = course.select(options.target)
    source = submission_root(course, options.source)

    from grader.grading import GradingError, Request, grade

    progress = Progress(sys.stderr, shown=sys.stderr.isatty() and not options.quiet)
    try:
        results = grade(
            Request(
                course,
                chosen,
                source,
                seed=options.seed,
                timeout=options.timeout,
                device=options.device,
                strict=options.strict or options.github,
                json_report=Path(options.json_report).resolve() if options.json_report else None,
                on_check=progress.show,
            ),
            zygote,
        )
    except GradingError as error:
        raise UsageError(str(error)) from error
    finally:
        progress.clear()
    _write_reports(results, options)
    if options.json != "-":
        greeting = not options.target and options.source is None
        _print_report(results, options, _next_step(course, results, greeting=greeting))
    return _exit_code(results, options.fail_under)


def _write_reports(results: "Results", options: argparse.Namespace) -> None:
    from grader.results import to_json

    if options.json == "-":
        sys.stdout.write(to_json(results))
    elif options.json:
        _write(options.json, to_json(results))
    if options.junit:
        from grader.reports import junit

        _write(options.junit, junit.render(results))
    if options.gradescope:
        from grader.reports import gradescope

        _write(options.gradescope, gradescope.render(results))
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
    terminal.render(results, console=_console(options.no_color), verbosity=verbosity, next_step=next_step)


def _console(no_color: bool) -> "Console":
    from rich.console import Console

    return Console(no_color=True if no_color else None, highlight=False)


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
        "`uv run grade list` shows the whole course."
    )


def _exit_code(results: "Results", fail_under: float) -> int:
    if results.status == "broken":
        return BROKEN
    possible = results.score.possible
    reached = 100 * results.score.earned >= Fraction(str(fail_under)) * possible
    return OK if possible and reached else BELOW


class Progress:
    """A live line that says which check runs; only on a terminal."""

    def __init__(self, stream: TextIO, *, shown: bool) -> None:
        self._stream, self._shown = stream, shown

    def show(self, exercise: Exercise, done: int, total: int) -> None:
        """Draw the line."""
        if self._shown:
            self._stream.write(f"\r\x1b[K{exercise.id} {exercise.name}  check {done + 1} of {total}")
            self._stream.flush()

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


# Other commands


def _list(arguments: Sequence[str]) -> int:
    parser = _Parser(prog="grade list", description="Show the lessons and exercises of the course.")
    parser.parse_args(arguments)
    course = find_course(Path.cwd())
    for lesson in course.lessons:
        print(f"{lesson.id}  {course.title(lesson)}")
        for exercise in lesson.exercises:
            print(
                f"    {exercise.id}  {exercise.name:<28} {course.points(exercise):>2} points   exercises/{exercise.file}"
            )
    return OK


def _stubs(arguments: Sequence[str]) -> int:
    parser = _Parser(prog="grade stubs", description="Write the stubs anew from the references.")
    parser.add_argument("target", nargs="*", help="lessons or exercises; none: all")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a stub would change")
    options = parser.parse_args(arguments)
    course = find_course(Path.cwd())

    from grader.course.stubs import StubError, write_stubs

    try:
        changed = write_stubs(course, course.select(options.target), check=options.check)
    except StubError as error:
        print(f"grade: {error}", file=sys.stderr)
        return BROKEN
    for path in changed:
        print(f"{'would change' if options.check else 'wrote'} {path.relative_to(course.root)}")
    if not changed:
        print("All stubs are up to date.")
    return BELOW if changed and options.check else OK


def _verify(arguments: Sequence[str]) -> int:
    parser = _Parser(
        prog="grade verify", description="Prove that the checks refuse every known mistake and no right answer."
    )
    parser.add_argument("target", nargs="*", help="lessons or exercises; none: all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="gradings at a time")
    options = parser.parse_args(arguments)
    course = find_course(Path.cwd())

    from grader.course.verify import verify

    report = verify(course, course.select(options.target), jobs=max(1, options.jobs), say=print)
    return BROKEN if report.refusals else OK


def _doctor(arguments: Sequence[str]) -> int:
    parser = _Parser(
        prog="grade doctor", description="Show what this machine offers: Python, torch, devices, isolation."
    )
    parser.parse_args(arguments)

    from grader.grading import environment, present_devices
    from grader.worker import jail

    layers = jail.probe()
    found = environment(present_devices("auto"), [])
    print(f"Python {found.python}, torch {found.torch}, {found.platform}, devices: {', '.join(found.devices)}")
    print("Isolation of student code:")
    for layer, state in layers.items():
        mark = "yes" if state == jail.ACTIVE else "no "
        needed = " (needed to grade untrusted code)" if layer in jail.MINIMUM else ""
        print(f"  {mark}  {layer}{needed}" + ("" if state == jail.ACTIVE else f": {state}"))
    missing = [layer for layer in jail.MINIMUM if layers.get(layer) != jail.ACTIVE]
    if missing:
        print("Run only code that you trust here.")
    return OK


# Words into values


def _seed(text: str) -> int:
    if text == "random":
        return secrets.randbelow(_LARGEST_SEED)
    if not re.fullmatch(r"\d{1,10}", text) or int(text) > _LARGEST_SEED:
        raise argparse.ArgumentTypeError(
            f"`{text}` is not a seed: give a whole number up to {_LARGEST_SEED}, or `random`"
        )
    return int(text)


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of seconds above 0")
    return value


def _percent(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"`{text}` is not a percentage from 0 to 100")
    return value


def _check_writable(name: str) -> None:
    """Refuse an output path now rather than after the grading."""
    if name == "-":
        return
    path = Path(name)
    folder = path.parent
    if path.is_dir() or not folder.is_dir() or not os.access(path if path.exists() else folder, os.W_OK):
        raise UsageError(f"`{name}` cannot be written. Name a file in a folder that exists and that you may write to.")


def _write(name: str, text: str) -> None:
    """Write a file whole or not at all."""
    path = Path(name)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UsageError(f"`{name}` cannot be written: {error.strerror}.") from error


_EPILOG = """\
other commands:
  grade list      show the lessons and exercises
  grade stubs     write the stubs anew from the references
  grade verify    prove that the checks catch every known mistake
  grade doctor    show what this machine offers

exit codes: 0 full marks (or --fail-under), 1 below, 2 usage, 3 lesson or harness broken, 130 interrupted
"""
