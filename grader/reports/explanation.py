"""What is said about a result, in plain words: the reports decide only where and how large it stands.

Every text that comes from here is inert (`text.visible`), bounded, and still to be escaped for its target.
"""

from grader.reports import figures, text
from grader.results import CheckResult, ExerciseResult, LessonResult, Results, Verdict

FAILED = frozenset({Verdict.WRONG, Verdict.RAISED, Verdict.TIMED_OUT, Verdict.KILLED, Verdict.FORBIDDEN})
"""The verdicts that blame the submission."""

WORDS = {
    Verdict.PASSED: "passed",
    Verdict.WRONG: "wrong",
    Verdict.RAISED: "raised an error",
    Verdict.TIMED_OUT: "took too long",
    Verdict.KILLED: "was stopped",
    Verdict.FORBIDDEN: "not allowed",
    Verdict.NOT_ATTEMPTED: "not attempted",
    Verdict.SKIPPED: "skipped",
    Verdict.BROKEN: "could not be graded",
}

_NEAR_LIMIT = 0.1
"""An error that is less than this share of the allowed one is nothing to speak of."""
_VALUES = ("W", "R")  # kinds of checks that compare values

# For failed checks whose message is empty.
_SENTENCES = {
    Verdict.WRONG: "The answer is wrong.",
    Verdict.RAISED: "Your code raised an error.",
    Verdict.TIMED_OUT: "Your code did not finish in time: is there a loop that never ends?",
    Verdict.KILLED: "The system stopped your code; most likely it used too much memory.",
    Verdict.FORBIDDEN: "Your code uses something that this exercise does not allow.",
}

_RESTORE = "Restore the stub and fill it in."
"""What is said about a file that is missing or empty."""
_UNWRITTEN = "A part is not written yet: `raise NotImplementedError` is reached."

BROKEN_HEADLINE = "The grader or the lesson is broken. It is not your fault and costs you no points."
BROKEN_ADVICE = "Please tell your instructor, and send them this text."

Fact = tuple[str, str]
"""A label and what stands behind it."""


def is_full(result: ExerciseResult | LessonResult) -> bool:
    """Return whether everything passed and every point is earned."""
    if isinstance(result, LessonResult):
        return all(is_full(exercise) for exercise in result.exercises)
    return result.verdict in (Verdict.PASSED, Verdict.SKIPPED) and result.earned >= result.possible


def is_untouched(lesson: LessonResult) -> bool:
    """Return whether the student has not begun the lesson."""
    return bool(lesson.exercises) and all(one.verdict is Verdict.NOT_ATTEMPTED for one in lesson.exercises)


def lesson_verdict(lesson: LessonResult) -> Verdict:
    """Return one verdict for a lesson: passed, wrong, broken, or not attempted (what is left is)."""
    if is_full(lesson):
        return Verdict.PASSED
    found = {exercise.verdict for exercise in lesson.exercises}
    if found & FAILED:
        return Verdict.WRONG
    return Verdict.BROKEN if Verdict.BROKEN in found else Verdict.NOT_ATTEMPTED


def path(exercise: ExerciseResult) -> str:
    """Return the student's file as it is named in the repository."""
    return f"exercises/{text.one_line(exercise.file)}"


def explained(exercise: ExerciseResult) -> CheckResult | None:
    """Return the failed check that is worth explaining.

    That is the one about forbidden code, because nothing counts before it is gone; else the one that says what the first
    line says; then those that the named mistake explains; then comparisons of values, those first that raised an error or that know where two runs part. Where nothing
    else is wrong it is a part that is not written yet.
    """
    failed = [check for check in exercise.checks if check.verdict in FAILED]
    if not failed and exercise.verdict in FAILED:
        return next((check for check in exercise.checks if check.verdict is Verdict.NOT_ATTEMPTED), None)
    cause = exercise.mistakes[0].says if exercise.mistakes else ""
    shown = exercise.mistakes[0].checks if exercise.mistakes else ()

    def rank(check: CheckResult) -> tuple[bool, ...]:
        values = check.kind in _VALUES
        return (
            check.verdict is not Verdict.FORBIDDEN,
            not cause or cause not in check.message,
            bool(shown) and check.id not in shown,
            not (values and check.verdict is not Verdict.WRONG and not cause),
            not (values and check.divergence is not None and check.divergence.step is not None),
            check.divergence is None if cause else False,
            not values,
        )

    return min(failed, key=rank, default=None)


def problem(check: CheckResult) -> str:
    """Return the one sentence that says what is wrong with a check."""
    first = text.one_line(check.message.strip().partition("\n")[0])
    if check.verdict is Verdict.NOT_ATTEMPTED and check.line is not None:
        return _UNWRITTEN
    return first or _SENTENCES.get(check.verdict, "")


def headline(exercise: ExerciseResult) -> str:
    """Return the one sentence that says what is wrong: the named mistake, or what the check found."""
    if exercise.mistakes:
        return text.one_line(exercise.mistakes[0].says)
    check = explained(exercise)
    if check:
        return problem(check)
    return text.one_line(exercise.note) or _SENTENCES.get(exercise.verdict, "")


def remark(check: CheckResult) -> str:
    """Return, on one line, why a check did not pass, or how near to its limit it passed, if it was near; else nothing."""
    if check.verdict is Verdict.SKIPPED:
        return f"skipped: {text.one_line(check.skipped_because or 'it does not apply here')}"
    if check.verdict is Verdict.BROKEN:
        return f"could not be graded, which costs no points: {problem(check)}".removesuffix(": ")
    said = [problem(check)] if check.verdict in FAILED else []
    far = check.verdict is Verdict.PASSED and check.error and check.error.observed <= _NEAR_LIMIT * check.error.allowed
    return " ".join([*said, f"Error: {figures.measure(check.error)}."] if check.error and not far else said)


def facts(exercise: ExerciseResult, check: CheckResult, *, verbose: bool) -> list[Fact]:
    """Return where to look, what was expected, what came instead, and which check says so."""
    found: list[Fact] = []
    if place := _place(exercise, check):
        found.append(("Look at", place))
    if check.divergence and (verbose or not _says_values(exercise, check)):
        expected, got = figures.values(check.divergence)
        found += [(label, said) for label, said in (("Expected", expected), ("Got", got)) if said]
    near = check.divergence is not None and figures.look_alike(check.divergence)
    if check.error and (verbose or near):
        found.append(("Error", figures.measure(check.error)))
    if check.verdict is Verdict.NOT_ATTEMPTED:
        return found
    where = "" if (check.device, check.dtype) == ("cpu", "float64") else f" ({check.device}, {check.dtype})"
    found.append(("Failed", text.one_line(f"{check.title}{where}")))
    return found


def _says_values(exercise: ExerciseResult, check: CheckResult) -> bool:
    """Return whether what was expected and what came stand in the first lines already."""
    told, found = f"{headline(exercise)} {problem(check)} {_sentence(exercise, check)}", check.divergence
    if "expected" in told.lower() or found is None or found.got == "None":
        return True
    return f"{found.expected}" in told and f"{found.got}" in told


def _place(exercise: ExerciseResult, check: CheckResult) -> str:
    """Return where the student should look: at the first divergence, a line of the file, or what the message says next."""
    file = text.one_line(exercise.file.rpartition("/")[2])
    line = f"line {check.line} of {file}" if check.line is not None else ""
    said = _sentence(exercise, check)
    return f"{said} ({line})" if said and line else said or line


def _sentence(exercise: ExerciseResult, check: CheckResult) -> str:
    """Return the line of the message that says where to look; nothing where a line of the file says it."""
    first, second = (*_first_lines(check.message), "", "")[:2]
    if first and first != headline(exercise) and (check.divergence or check.line is None):
        return first
    if check.line is not None:
        return ""
    where = text.one_line(check.divergence.where) if check.divergence else ""
    return second or ("" if where == "result" or f"`{where}`" in first else where)


def _first_lines(message: str) -> list[str]:
    return [text.one_line(line) for line in message.strip("\n").split("\n", 2)[:2]]


def details(exercise: ExerciseResult, check: CheckResult, *, verbose: bool) -> str:
    """Return what the message says beyond what stands above it."""
    lines = check.message.strip("\n").split("\n", 2)
    if check.verdict is Verdict.NOT_ATTEMPTED:
        return ""
    above = (headline(exercise), _sentence(exercise, check))
    kept = "\n".join([line for line in lines[:2] if text.one_line(line) not in above] + lines[2:])
    return text.head(kept, lines=40 if verbose else 8) if kept.strip() else ""


def others(exercise: ExerciseResult, *, limit: int | None, hint: str = "") -> list[Fact]:
    """Return further mistakes, the remark on the exercise and, without a label, the state of its other checks.

    At most `limit` titles are named (None: all); `hint` says where the rest is.
    """
    more = [("Also", text.one_line(mistake.says)) for mistake in exercise.mistakes[1:]]
    if exercise.hint:
        more.append(("Perhaps", text.one_line(exercise.hint)))
    if exercise.note and text.one_line(exercise.note) != headline(exercise):
        more.append(("Note", text.one_line(exercise.note)))
    return [*more, ("", _standing(exercise, limit, hint))] if len(exercise.checks) > 1 else more


def cost(exercise: ExerciseResult) -> str:
    """Return what the calls cost beside the reference's; empty where that is not known."""
    if exercise.cost is None:
        return ""
    time, memory = exercise.cost.time, exercise.cost.memory
    return f"a call takes {time:.1f} times the reference's time and {memory:.1f} times its memory; this costs no points"


def _standing(exercise: ExerciseResult, limit: int | None, hint: str) -> str:
    counted = [check for check in exercise.checks if check.verdict is not Verdict.SKIPPED]
    passed = sum(check.verdict is Verdict.PASSED for check in counted)
    said = f"{passed} of {len(counted)} checks {'passes' if passed == 1 else 'pass'}"
    shown = explained(exercise)
    failed = [check for check in counted if check.verdict in FAILED and check is not shown]
    alike = [one for one in failed if shown and (one.verdict, problem(one)) == (shown.verdict, problem(shown))]
    others = [check for check in failed if check not in alike]
    titles = list(dict.fromkeys(_short_title(check, whole=limit is None) for check in others))
    if limit is not None and shown:
        titles = [title for title in titles if title != _short_title(shown, whole=False)]
    if alike:
        said += f"; {len(alike)} more {'fails' if len(alike) == 1 else 'fail'} in the same way"
    open_ones = sum(check.verdict is Verdict.NOT_ATTEMPTED for check in counted)
    if open_ones and passed + open_ones < len(counted):
        said += f"; {open_ones} {'is' if open_ones == 1 else 'are'} not attempted"
    elif open_ones and passed:
        said += f"; the other{f' {open_ones} wait' if open_ones > 1 else ' waits'} for the missing part"
    if titles:
        left = len(titles[limit:]) if limit is not None else 0
        said += f"; also failing: {'; '.join(titles[:limit])}" + (f"; and {left} more{hint}" if left else "")
    broken = sum(check.verdict is Verdict.BROKEN for check in counted)
    return f"{said}; {broken} could not be graded." if broken else f"{said}."


def _short_title(check: CheckResult, *, whole: bool) -> str:
    """Return a check's title, unless the `whole` is wanted without the input family in parentheses."""
    title = text.one_line(check.title)
    return title if whole or not title.endswith(")") else title[: title.rfind(" (")]


def plain(exercise: ExerciseResult) -> str:
    """Return the explanation of an exercise as plain text, without its headline."""
    check = explained(exercise)
    found = facts(exercise, check, verbose=False) if check else []
    lines = [row(fact) for fact in found]
    if check and (more := details(exercise, check, verbose=False)):
        lines.append(more)
    lines += [row(fact) for fact in others(exercise, limit=None)]
    if check and check.output.strip():
        lines += ["Printed:", text.tail(check.output, lines=20)]
    return "\n".join(lines)


def row(fact: Fact) -> str:
    """Return a label and its text as one line."""
    label, value = fact
    return f"{label + ':':<10}{value}" if label else value


def next_step(results: Results) -> str:
    """Return what to do now: correct the first exercise that failed, else begin the first that is untouched."""
    exercises = [exercise for lesson in results.lessons for exercise in lesson.exercises]
    for exercise in exercises:
        check = explained(exercise)
        if exercise.verdict in FAILED and not _lost(exercise):
            line = f", line {check.line}" if check and check.line is not None else ""
            return f"Edit {path(exercise)}{line}, then run `uv run grade {exercise.id}`."
    for exercise in exercises:
        if _lost(exercise):
            return f"Run `uv run grade reset {exercise.id}` to get the stub back, then fill it in."
        if exercise.verdict is Verdict.NOT_ATTEMPTED:
            what = "fill in the answers" if exercise.name == "quiz" else "replace `raise NotImplementedError`"
            return f"Open {path(exercise)}, {what}, then run `uv run grade {exercise.id}`."
    return ""


def _lost(exercise: ExerciseResult) -> bool:
    """Return whether there is no file to work in, or an empty one."""
    return exercise.note.endswith(_RESTORE) or (not exercise.mistakes and headline(exercise).endswith(_RESTORE))
