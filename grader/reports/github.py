"""What GitHub shows: annotations on the lines of a pull request, and the summary of a job.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions: a step shows ten errors, a summary
has at most 1 MiB.
"""

from grader.reports import explanation, figures, text
from grader.results import ExerciseResult, LessonResult, Results, Verdict

_MOST_ANNOTATIONS = 10
_MOST_BYTES = 900 * 1024

_SIGNS = {Verdict.PASSED: "✅", Verdict.NOT_ATTEMPTED: "⬜", Verdict.SKIPPED: "⬜", Verdict.BROKEN: "⚠️"}
_FAILED_SIGN = "❌"


def annotations(results: Results, *, folder: str = "") -> str:
    """Return workflow commands, a line each: the problems of the harness, then one error per failed exercise.

    `folder` is where the course lies in the repository. Where there are too many, those that know a line stay.
    """
    lines = []
    if results.problems or results.status == "broken":
        said = "\n".join([explanation.BROKEN_HEADLINE, *map(text.one_line, results.problems)])
        lines.append(_error(said, title="The grader or the lesson is broken"))
    failed = [one for lesson in results.lessons for one in lesson.exercises if one.verdict in explanation.FAILED]
    if len(lines) + len(failed) > _MOST_ANNOTATIONS:
        failed.sort(key=lambda one: _line(one) is None)
    lines += [_annotation(exercise, folder) for exercise in failed]
    if len(lines) > _MOST_ANNOTATIONS:
        left = len(lines) - _MOST_ANNOTATIONS + 1
        more = _error(f"{left} more exercises need work: see the summary of the job.", title="More exercises")
        lines = [*lines[: _MOST_ANNOTATIONS - 1], more]
    return "".join(f"{line}\n" for line in lines)


def _line(exercise: ExerciseResult) -> int | None:
    check = explanation.explained(exercise)
    return check.line if check else None


def _annotation(exercise: ExerciseResult, folder: str) -> str:
    check = explanation.explained(exercise)
    place = {"file": folder + explanation.path(exercise)}
    if (line := _line(exercise)) is not None:
        place["line"] = str(line)
    score = figures.points(exercise.earned, exercise.possible)
    title = f"{text.one_line(exercise.id)} {text.one_line(exercise.name)}: {_word(exercise)}, {score} points"
    facts = explanation.facts(exercise, check, verbose=False) if check else []
    return _error("\n".join([explanation.headline(exercise), *map(explanation.row, facts)]), **place, title=title)


def _error(message: str, **properties: str) -> str:
    found = ",".join(f"{name}={text.command_property(value)}" for name, value in properties.items())
    return f"::error {found}::{text.command_data(message)}"


def _word(exercise: ExerciseResult) -> str:
    return explanation.WORDS[exercise.verdict]


def summary(results: Results, *, most_bytes: int = _MOST_BYTES) -> str:
    """Return Markdown for the file that `GITHUB_STEP_SUMMARY` names; text of students stands in code or escaped."""
    score = results.score
    share = figures.percent(score.earned, score.possible)
    parts = [f"## Score: {figures.points(score.earned, score.possible)} points ({share})"]
    if results.problems or results.status == "broken":
        parts.append(f"**{explanation.BROKEN_HEADLINE}** {explanation.BROKEN_ADVICE}")
        parts += [f"- {text.markdown(problem)}" for problem in results.problems]
    parts.append(_table(["", "Lesson", "Points"], [_lesson_row(lesson) for lesson in results.lessons]))
    for lesson in results.lessons:
        if not (explanation.is_full(lesson) or explanation.is_untouched(lesson)):
            parts += _lesson(lesson)
    return _fitting(parts, most_bytes)


def _lesson_row(lesson: LessonResult) -> list[str]:
    sign = _sign(explanation.lesson_verdict(lesson))
    name = f"{text.markdown(lesson.id)} {text.markdown(lesson.title)}"
    return [sign, name, figures.points(lesson.earned, lesson.possible)]


def _lesson(lesson: LessonResult) -> list[str]:
    rows = [
        [_sign(one.verdict), _name(one), _word(one), figures.points(one.earned, one.possible)]
        for one in lesson.exercises
    ]
    parts = [
        f"### {text.markdown(lesson.id)} {text.markdown(lesson.title)}",
        _table(["", "Exercise", "Result", "Points"], rows),
    ]
    for exercise in lesson.exercises:
        if exercise.verdict in explanation.FAILED:
            said = explanation.plain(exercise)
            block = [text.code_block(said)] if said else []
            parts += [f"#### {_name(exercise)}", f"**{text.markdown(explanation.headline(exercise))}**", *block]
    return parts


def _name(exercise: ExerciseResult) -> str:
    return f"{text.markdown(exercise.id)} {text.markdown(exercise.name)}"


def _sign(verdict: Verdict) -> str:
    return _FAILED_SIGN if verdict in explanation.FAILED else _SIGNS[verdict]


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _fitting(parts: list[str], most_bytes: int) -> str:
    """Join the parts, but stop in time: GitHub refuses a summary that is too long, whole."""
    kept, size = [], 0
    for part in parts:
        size += len(part.encode()) + 2
        if size > most_bytes:
            kept.append("The rest is too long for this page; the JSON report has all of it.")
            break
        kept.append(part)
    return "\n\n".join(kept) + "\n"
