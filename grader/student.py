"""What a student types between two gradings: list, next, hint, reset, solution, show, watch, serve, stop, completion."""

import json
import os
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grader.guide import GuideError, attempts, hint, next_step, reset, solution
from grader.lessons import Course, Exercise, find_course
from grader.options import OK, Parser, UsageError, console, tell
from grader.progress import Progress, Standing
from grader.words import AUTHOR_COMMANDS, STUDENT_COMMANDS

if TYPE_CHECKING:
    from grader.results import Results

_MODULES: Final = {1: "Foundations", 2: "Neural networks", 3: "Advanced training loops"}


def _one(course: Course, target: str) -> Exercise:
    """Return the exercise that a target names; a lesson with one exercise will do."""
    chosen = course.select([target])
    if len(chosen) != 1:
        raise UsageError(f"`{target}` is not one exercise: name one, e.g. `{chosen[0].id}`.")
    return chosen[0]


def _tell_problem(progress: Progress) -> None:
    if progress.problem:
        tell(progress.problem, sys.stderr)


# list and next


def list_(arguments: Sequence[str]) -> int:
    """`grade list`: the map of the course, with what is done."""
    parser = Parser(prog="grade list", description="Show the lessons and exercises, and how far you are.")
    parser.add_argument("target", nargs="*", help="lessons or modules; none: all")
    parser.add_argument("--json", action="store_true", help="write JSON to standard output")
    parser.add_argument("--no-color", action="store_true", help="no colours")
    options = parser.parse_args(arguments)
    course = find_course(Path.cwd())
    chosen = course.select(options.target)
    progress = Progress(course)
    standings = progress.standings()
    if options.json:
        sys.stdout.write(json.dumps(_map(course, chosen, standings), indent=2) + "\n")
    else:
        _draw_map(course, chosen, standings, no_color=options.no_color)
    _tell_problem(progress)
    return OK


def _map(course: Course, chosen: Sequence[Exercise], standings: dict[str, Standing]) -> dict[str, Any]:
    lessons = []
    for lesson in course.lessons:
        mine = [one for one in lesson.exercises if one in chosen]
        if mine:
            exercises = [_entry(course, one, standings.get(one.id, Standing())) for one in mine]
            lessons.append({"id": lesson.id, "title": course.title(lesson), "exercises": exercises})
    return {"course": course.name, "lessons": lessons}


def _entry(course: Course, exercise: Exercise, standing: Standing) -> dict[str, Any]:
    return {
        "id": exercise.id,
        "name": exercise.name,
        "file": f"exercises/{exercise.file}",
        "points": course.points(exercise),
        "best": round(float(standing.best), 6),
        "last": round(float(standing.last), 6),
        "attempts": standing.attempts,
        "solved": standing.solved,
        "tried": standing.tried or None,
    }


def _draw_map(course: Course, chosen: Sequence[Exercise], standings: dict[str, Standing], *, no_color: bool) -> None:
    from grader.reports import figures
    from grader.reports.page import Page, gauge_style

    page = Page(console(no_color=no_color))
    module = 0
    for lesson in course.lessons:
        mine = [one for one in lesson.exercises if one in chosen]
        if not mine:
            continue
        if lesson.key[0] != module:
            module = lesson.key[0]
            page.gap()
            page.line((f"Module {module}  {_MODULES.get(module, '')}".rstrip(), "bold"))
        earned = sum((standings.get(one.id, Standing()).best for one in mine), Fraction(0))
        possible = Fraction(sum(course.points(one) for one in mine))
        page.line((f"{lesson.id}  {course.title(lesson)}", "bold"))
        for one in mine:
            standing = standings.get(one.id, Standing())
            points = Fraction(course.points(one))
            sign = (
                page.signs.passed
                if standing.solved
                else page.signs.failed
                if standing.attempts
                else page.signs.untouched
            )
            last = f"last {figures.points(standing.last, points)}, " if standing.last != standing.best else ""
            times = f" ({last}{attempts(standing.attempts)})" if standing.attempts else ""
            score = f"{figures.points(standing.best, points)}{times}"
            style = gauge_style(standing.best, points) if standing.attempts else ""
            page.line("  ", (sign, style), f" {one.id}  {one.name:<24} {score}")
        page.line("  ", page.gauge(earned, possible), f"  {figures.points(earned, possible)}")
    page.gap()
    found = next_step(course, standings)
    if found.exercise is not None:
        said = page.text(f"{found.exercise.id} {found.exercise.name}: {found.why}")
        page.wrapped(said, page.text(("Next   ", "cyan")))


def next_(arguments: Sequence[str]) -> int:
    """`grade next`: what to do now, and why."""
    Parser(prog="grade next", description="Say what to do now, and why.").parse_args(arguments)
    course = find_course(Path.cwd())
    progress = Progress(course)
    found = next_step(course, progress.standings())
    if found.exercise is None:
        tell(found.why)
    else:
        one = found.exercise
        page = course.page(course.lesson_of(one)).relative_to(course.root)
        tell(f"{one.id} {one.name}: {found.why}")
        tell(f"Read {page}, edit exercises/{one.file}, then run `uv run grade {one.id}`.")
    _tell_problem(progress)
    return OK


# hint, reset, solution, show


def hint_(arguments: Sequence[str]) -> int:
    """`grade hint 2.3.2`: one step of the ladder."""
    parser = Parser(
        prog="grade hint", description="Show a hint; each call climbs one step: where, the idea, the formula."
    )
    parser.add_argument("target", nargs="?", help="an exercise; none: the one to do now")
    parser.add_argument("--again", action="store_true", help="begin with the first step")
    options = parser.parse_args(arguments)
    course = find_course(Path.cwd())
    progress = Progress(course)
    exercise = _one(course, options.target) if options.target else next_step(course, progress.standings()).exercise
    if exercise is None:
        raise UsageError("Every exercise is solved; name one to see its hints.")
    if options.again:
        progress.forget_hints(exercise)
    found = hint(course, exercise, progress)
    tell(f"{exercise.id} {exercise.name}, hint {found.step} of {found.of}: {found.text}")
    if found.step < found.of:
        tell(f"`uv run grade hint {exercise.id}` shows the next step.")
    _tell_problem(progress)
    return OK


def reset_(arguments: Sequence[str]) -> int:
    """`grade reset 2.3.2`: the stub again, and the old file kept."""
    parser = Parser(prog="grade reset", description="Put the stub back; your file is kept in .grade/backup.")
    parser.add_argument("target", help="an exercise, e.g. 2.3.2")
    options = parser.parse_args(arguments)
    course = find_course(Path.cwd())
    exercise = _one(course, options.target)
    kept = reset(course, exercise, stub_of(course, exercise))
    if kept is None:
        tell(f"exercises/{exercise.file} is the stub already: there is nothing to put back.")
    else:
        tell(f"exercises/{exercise.file} is the stub again. Your version is kept: {kept.relative_to(course.root)}")
    return OK


def stub_of(course: Course, exercise: Exercise) -> str:
    """Return the stub of an exercise, made from its reference, or as it was released."""
    from grader.course.stubs import StubError, stub_text

    path = course.reference(exercise)
    released = course.released_stub(exercise)
    try:
        if not path.is_file() and released.is_file():
            return released.read_text(encoding="utf-8")
        return stub_text(path.read_text(encoding="utf-8"), path.name)
    except (OSError, StubError) as error:
        raise GuideError(f"The stub of {exercise.id} is not part of this copy of the course.") from error


def solution_(arguments: Sequence[str]) -> int:
    """`grade solution 2.3.2`: the reference beside the student's own file."""
    parser = Parser(
        prog="grade solution", description="Show the reference beside your own solution, once you have one."
    )
    parser.add_argument("target", help="an exercise, e.g. 2.3.2")
    parser.add_argument("--no-color", action="store_true", help="no colours")
    options = parser.parse_args(arguments)
    course = find_course(Path.cwd())
    exercise = _one(course, options.target)
    progress = Progress(course)
    text = solution(course, exercise, progress.standings().get(exercise.id, Standing()))
    try:
        mine = course.stub(exercise).read_text(encoding="utf-8", errors="replace")
    except OSError:
        mine = ""
    _show_both(mine, text, no_color=options.no_color)
    return OK


def _show_both(mine: str, reference: str, *, no_color: bool) -> None:
    from rich.panel import Panel
    from rich.syntax import Syntax
    from rich.table import Table

    from grader.reports.text import visible

    screen = console(no_color=no_color)
    panels = [
        Panel(Syntax(visible(text).strip("\n"), "python", word_wrap=True, background_color="default"), title=title)
        for title, text in (("yours", mine), ("reference", reference))
        if text
    ]
    if screen.width >= 140 and len(panels) == 2:
        table = Table.grid(expand=True)
        table.add_column(ratio=1)
        table.add_column(ratio=1)
        table.add_row(*panels)
        screen.print(table)
    else:
        for panel in panels:
            screen.print(panel)


def show_(arguments: Sequence[str]) -> int:
    """`grade show 2.3`: the lesson's page."""
    parser = Parser(prog="grade show", description="Show a lesson's page in the terminal.")
    parser.add_argument("target", help="a lesson, e.g. 2.3")
    parser.add_argument("--no-color", action="store_true", help="no colours")
    options = parser.parse_args(arguments)
    course = find_course(Path.cwd())
    lesson = course.lesson_of(course.select([options.target])[0])

    from rich.markdown import Markdown

    path = course.page(lesson)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The page `{path.relative_to(course.root)}` cannot be read: {error.strerror}.") from error
    screen = console(no_color=options.no_color)
    page = Markdown(text)
    if screen.is_terminal:
        with screen.pager(styles=not options.no_color):
            screen.print(page)
    else:
        screen.print(page)
    return OK


# watch, serve, stop


def watch_(arguments: Sequence[str]) -> int:
    """`grade watch`: re-grade on every save."""
    parser = Parser(prog="grade watch", description="Grade again on every save, and go from one exercise to the next.")
    parser.add_argument("target", nargs="*", help="lessons or exercises; none: all")
    parser.add_argument("--no-color", action="store_true", help="no colours")
    options = parser.parse_args(arguments)
    course = find_course(Path.cwd())
    exercises = course.select(options.target)

    from grader.watch import Screen, Watch

    Watch(
        course,
        exercises,
        grade=lambda chosen: grade_warm(course, chosen),
        stub=lambda exercise: stub_of(course, exercise),
        screen=Screen(no_color=options.no_color or "NO_COLOR" in os.environ),
        progress=Progress(course),
        open_report=lambda results: open_report(course, results),
    ).run()
    return OK


def grade_warm(course: Course, exercises: Sequence[Exercise]) -> "Results | str":
    """Grade the student's own files on the warm grader, starting it where needed; return a sentence when that fails."""
    from grader import serve
    from grader.request import Request

    request = Request(course, tuple(exercises), course.exercises_root, device="cpu", series=True)
    for _ in range(2):
        if serve.start_in_background(wait=True):
            results = serve.ask(request)
            if results is not None:
                return results
    return "The warm grader does not start here. `uv run grade serve` says why; `uv run grade` works without it."


def open_report(course: Course, results: "Results") -> str:
    """Write the HTML report to a file of this session and open it in the browser."""
    from grader.command import sources
    from grader.reports import html

    folder = Path(tempfile.gettempdir()) / f"grade-report-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / "report.html"
        path.write_text(html.render(results, sources(course.exercises_root, course, results)), encoding="utf-8")
    except OSError as error:
        return f"The report cannot be written: {error.strerror}."
    opened = webbrowser.open(path.as_uri())
    return f"The report is open in your browser: {path}" if opened else f"Open this file in a browser: {path}"


def serve_(arguments: Sequence[str]) -> int:
    """`grade serve`: keep a warm grader."""
    parser = Parser(prog="grade serve", description="Keep a grader warm, so that the next gradings start at once.")
    parser.parse_args(arguments)

    from grader import command
    from grader.serve import Commands, ServeError, serve

    try:
        serve(Commands(command.Command, command.place_of))
    except ServeError as error:
        raise UsageError(str(error)) from error
    return OK


def stop_(arguments: Sequence[str]) -> int:
    """`grade stop`: end the warm grader."""
    Parser(prog="grade stop", description="End the warm grader.").parse_args(arguments)

    from grader.serve import stop

    tell("The warm grader has ended." if stop() else "There is no warm grader.")
    return OK


# doctor and completion


def doctor_(arguments: Sequence[str]) -> int:
    """`grade doctor`: what this machine offers."""
    parser = Parser(prog="grade doctor", description="Show what this machine offers, and what it lacks.")
    parser.parse_args(arguments)

    from grader.doctor import examine

    for line in examine():
        tell(f"{line.state:<5} {line.text}", indent=6)
    return OK


def completion_(arguments: Sequence[str]) -> int:
    """`grade completion bash`: a script for the shell."""
    from grader import completion

    parser = Parser(prog="grade completion", description="Print a script that completes `grade` in your shell.")
    parser.add_argument("shell", choices=(*completion.SHELLS, "targets"), help="or `targets`: what can be graded")
    options = parser.parse_args(arguments)
    if options.shell == "targets":
        course = find_course(Path.cwd())
        print(" ".join([one.id for one in course.lessons] + [one.id for one in course.exercises]))
    else:
        print(completion.script(options.shell, (*STUDENT_COMMANDS, *AUTHOR_COMMANDS)), end="")
    return OK


ACTIONS: Final[dict[str, Callable[[Sequence[str]], int]]] = {
    "list": list_,
    "next": next_,
    "hint": hint_,
    "reset": reset_,
    "solution": solution_,
    "show": show_,
    "watch": watch_,
    "serve": serve_,
    "stop": stop_,
    "doctor": doctor_,
    "completion": completion_,
}
