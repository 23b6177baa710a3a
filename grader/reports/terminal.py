"""The report a student reads: what is wrong first, then where to look, then what to do now.

Nothing here depends on colour: every line has a sign and a word. Whatever a student wrote stands behind a bar, so
that no line of a log begins with it.
"""

import re
import textwrap
from typing import TYPE_CHECKING

from grader.reports import explanation, figures, text
from grader.reports.page import Page, gauge_style
from grader.results import CheckResult, ExerciseResult, LessonResult, Results, Verdict

if TYPE_CHECKING:  # rich costs 40 ms, and `grade --help` does not need it
    from rich.console import Console

_COMMAND = re.compile(r"`[^`]*`")
_HELD = "\x00"  # stands for a space that is no place to wrap

_FAILED = "red"
_STYLES = {Verdict.PASSED: "green", Verdict.NOT_ATTEMPTED: "", Verdict.SKIPPED: "", Verdict.BROKEN: "bold magenta"}


def render(results: Results, *, console: "Console", verbosity: int, next_step: str | None, plain: bool = False) -> None:
    """Write the report.

    `verbosity` is -1 for a line per lesson, 0 for the first fault of every exercise, 1 for every check. `next_step` is
    the last line; None lets the report find one, an empty text leaves it out. `plain` leaves out drawn characters.
    """
    page = Page(console, plain=plain)
    several = len(results.lessons) > 1
    for lesson in results.lessons:
        if verbosity < 0 or (several and verbosity == 0 and _is_short(lesson)):
            _short_line(page, lesson, results)
        else:
            page.gap()
            _heading(page, lesson)
            _exercises(page, lesson, verbosity)
            page.gap()
    if not results.lessons:
        page.line("Nothing was graded.")
    if verbosity >= 0:
        page.gap()
    _broken(page, results)
    _ending(page, results, verbosity)
    step = explanation.next_step(results) if next_step is None else next_step
    if step and verbosity >= 0:
        _next(page, step)


def _is_short(lesson: LessonResult) -> bool:
    return explanation.is_full(lesson) or explanation.is_untouched(lesson)


def _style(verdict: Verdict) -> str:
    return _FAILED if verdict in explanation.FAILED else _STYLES[verdict]


def _points(result: LessonResult | ExerciseResult | CheckResult) -> str:
    return figures.points(result.earned, result.possible)


def _short_line(page: Page, lesson: LessonResult, results: Results) -> None:
    score = _points(lesson).rjust(max(len(_points(one)) for one in results.lessons))
    verdict = explanation.lesson_verdict(lesson)
    number = text.one_line(lesson.id).ljust(max(len(one.id) for one in results.lessons))
    left = page.text((page.signs.of(verdict), _style(verdict)), f" {number}  ")
    gauge = page.gauge(lesson.earned, lesson.possible)
    if explanation.is_untouched(lesson):
        gauge = ("not started".ljust(len(gauge[0])), "")
    right = page.text("  ", gauge, f"  {score}") if page.width >= 60 else page.text(f"  {score}")
    title = page.text(text.one_line(lesson.title))
    room = page.width - left.cell_len - right.cell_len
    if title.cell_len > room:
        title.truncate(room - 3)
        title.append("...")
    title.pad_right(room - title.cell_len)
    page.line(left, title, right)


def _heading(page: Page, lesson: LessonResult) -> None:
    title = page.text((f"Lesson {text.one_line(lesson.id)}  {text.one_line(lesson.title)}", "bold"))
    gauge = page.gauge(lesson.earned, lesson.possible)
    right = page.text(gauge, (f"  {_points(lesson)}", "bold"))
    gap = page.width - title.cell_len - right.cell_len
    if gap >= 2:
        page.line(title, " " * gap, right)
    else:
        page.wrapped(title, page.text())
        page.line(right)
    if explanation.is_untouched(lesson):
        page.line("You have not started this lesson yet.")


def _exercises(page: Page, lesson: LessonResult, verbosity: int) -> None:
    if not lesson.exercises:
        page.line("No exercise was graded.")
        return
    ids, names, scores = (
        max(map(len, column))
        for column in zip(
            *((text.one_line(one.id), text.one_line(one.name), _points(one)) for one in lesson.exercises), strict=True
        )
    )
    words = max(len(explanation.WORDS[one.verdict]) for one in lesson.exercises)
    fits = ids + names + scores + words + 8 <= page.width
    for exercise in lesson.exercises:
        style = _style(exercise.verdict)
        sign = (f"{page.signs.of(exercise.verdict)} ", style)
        name = f"{text.one_line(exercise.id):<{ids}}  {text.one_line(exercise.name):<{names if fits else 0}}"
        word = (explanation.WORDS[exercise.verdict], style)
        if fits:
            page.line(sign, f"{name}  {_points(exercise):>{scores}}  ", word)
        else:
            page.line(sign, name)
            page.line("  ", f"{_points(exercise)}, ", word)
        _explain(page, exercise, verbosity)


def _explain(page: Page, exercise: ExerciseResult, verbosity: int) -> None:
    bar, verbose = _style(exercise.verdict), verbosity > 0
    check = explanation.explained(exercise)
    if not (check or exercise.note or exercise.verdict in explanation.FAILED or verbose):
        return
    if check or exercise.verdict in explanation.FAILED:
        page.quote(explanation.headline(exercise), bar, style="bold")
        for label, said in explanation.facts(exercise, check, verbose=verbose) if check else []:
            page.quote(said, bar, label=label)
        if check and (more := explanation.details(exercise, check, verbose=verbose)):
            page.quote(more, bar)
        if check and check.output.strip():
            page.quote("Printed", bar, style="cyan")
            page.quote(text.tail(check.output, lines=40 if verbose else 5), bar, indent=2)
        for label, said in explanation.others(exercise, limit=None if verbose else 2, hint=" (-v shows all)"):
            if label or not verbose:  # without a label: the state of the checks, which the list below shows
                page.quote(said, bar, label=label)
    elif exercise.note:
        page.quote(text.one_line(exercise.note), bar)
    if verbose:
        for one in exercise.checks:
            _list_check(page, one, bar)
        if spent := explanation.cost(exercise):
            page.quote(spent, bar, label="Cost")
    page.gap()


def _list_check(page: Page, check: CheckResult, bar: str) -> None:
    side = page.text((f"  {page.signs.bar} ", bar))
    sign = page.text((f"{page.signs.of(check.verdict)} ", _style(check.verdict)))
    where = "" if check.device == "cpu" else f" on {text.one_line(check.device)}"
    said = page.text(f"{text.one_line(check.title)}{where} ({_points(check)})")
    page.wrapped(said, side + sign, side + page.text("  "))
    if remark := explanation.remark(check):
        page.quote(remark, bar, indent=4)


def _broken(page: Page, results: Results) -> None:
    broken = [one for lesson in results.lessons for one in lesson.exercises if one.verdict is Verdict.BROKEN]
    if not (broken or results.problems or results.status == "broken"):
        return
    style = _STYLES[Verdict.BROKEN]
    page.wrapped(page.text((explanation.BROKEN_HEADLINE, style)), page.text(("!!! ", style)))
    problems = [text.one_line(problem) for problem in results.problems]
    for said in problems or [f"{text.one_line(one.id)} could not be graded." for one in broken]:
        page.quote(said, style)
    page.wrapped(page.text(explanation.BROKEN_ADVICE), page.text("    "))
    page.gap()


def _ending(page: Page, results: Results, verbosity: int) -> None:
    score = results.score
    share = figures.percent(score.earned, score.possible)
    said = f"{figures.points(score.earned, score.possible)} points ({share})"
    page.line(("Score  ", "cyan"), (said, f"bold {gauge_style(score.earned, score.possible)}"))
    if verbosity > 0:
        made = results.environment
        devices = ", ".join(text.one_line(device) for device in made.devices)
        said = f"{results.duration_s:.1f} s on {devices}, seed {results.seed}, Python {made.python}, torch {made.torch}"
        page.wrapped(page.text(text.one_line(said)), page.text(("Run    ", "cyan")))


def _next(page: Page, step: str) -> None:
    """Write what to do now; commands in backticks and paths are not broken, so that they can be copied."""
    joined = _COMMAND.sub(lambda found: found[0].replace(" ", _HELD), text.visible(step))
    label = "Next   "
    room = max(8, page.width - len(label))
    for piece in textwrap.wrap(joined, room, break_long_words=False, break_on_hyphens=False):
        page.line((label, "cyan"), piece.replace(_HELD, " "))
        label = " " * len(label)
