"""JUnit XML, as GitLab, Jenkins and editors read it: one suite per lesson, one case per check.

GitLab shows `classname` as the suite, so that is the lesson's number; names are unique within it. What blames the
submission is a `failure`, what blames the lesson or the harness an `error`.
"""

from collections import Counter
from xml.etree import ElementTree as ET

from grader.reports import explanation, text
from grader.results import CheckResult, ExerciseResult, LessonResult, Results, Verdict, decimal

_LEFT_OUT = frozenset({Verdict.SKIPPED, Verdict.NOT_ATTEMPTED})


def render(results: Results) -> str:
    """Return the report as XML; it is ASCII, so that no encoding can spoil it."""
    root = ET.Element("testsuites", name=text.one_line(results.course))
    for lesson in results.lessons:
        root.append(_suite(lesson, results))
    if results.problems:
        suite = ET.SubElement(root, "testsuite", name="grader", timestamp=text.one_line(results.started))
        for count, problem in enumerate(results.problems, start=1):
            case = ET.SubElement(suite, "testcase", classname="grader", name=f"problem {count}", time="0.000")
            _blame(case, "error", Verdict.BROKEN, text.one_line(problem), explanation.BROKEN_ADVICE)
        _count(suite)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{results.duration_s:.3f}")
    ET.indent(root)
    xml: bytes = ET.tostring(root, encoding="us-ascii", xml_declaration=True)
    return xml.decode("ascii") + "\n"


def _suite(lesson: LessonResult, results: Results) -> ET.Element:
    name = f"{text.one_line(lesson.id)} {text.one_line(lesson.title)}"
    suite = ET.Element("testsuite", name=name, timestamp=text.one_line(results.started))
    seen: Counter[str] = Counter()
    for exercise in lesson.exercises:
        if not exercise.checks:
            suite.append(_case(lesson, exercise, None, text.one_line(exercise.name)))
        for check in exercise.checks:
            title = f"{text.one_line(exercise.name)}: {text.one_line(check.title)}"
            seen[title] += 1
            again = seen[title]
            suite.append(_case(lesson, exercise, check, title if again == 1 else f"{title} ({again})"))
    seconds = sum(check.duration_s for exercise in lesson.exercises for check in exercise.checks)
    suite.set("time", f"{seconds:.3f}")
    _count(suite)
    return suite


def _count(suite: ET.Element) -> None:
    suite.set("tests", str(len(suite)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(len(suite.findall(f"testcase/{tag}"))))


def _case(lesson: LessonResult, exercise: ExerciseResult, check: CheckResult | None, name: str) -> ET.Element:
    result = check or exercise
    case = ET.Element("testcase", classname=text.one_line(lesson.id), name=name, file=explanation.path(exercise))
    case.set("time", f"{check.duration_s if check else 0:.3f}")
    if check and check.line is not None:
        case.set("line", str(check.line))
    properties = ET.SubElement(case, "properties")
    for key, value in (("earned", result.earned), ("possible", result.possible)):
        ET.SubElement(properties, "property", name=key, value=str(decimal(value)))
    if result.verdict in _LEFT_OUT:
        why = check.skipped_because if check else None
        ET.SubElement(case, "skipped", message=text.one_line(why or explanation.WORDS[result.verdict]))
    elif result.verdict is Verdict.BROKEN:
        _blame(
            case,
            "error",
            result.verdict,
            explanation.BROKEN_HEADLINE,
            text.head(check.message if check else "", lines=40),
        )
    elif result.verdict in explanation.FAILED:
        said = explanation.problem(check) if check else explanation.headline(exercise)
        _blame(case, "failure", result.verdict, said, _body(exercise, check))
    if check and check.output.strip():
        ET.SubElement(case, "system-out").text = text.tail(check.output, lines=100)
    return case


def _blame(case: ET.Element, tag: str, verdict: Verdict, message: str, body: str) -> None:
    ET.SubElement(case, tag, type=verdict.value, message=message).text = body


def _body(exercise: ExerciseResult, check: CheckResult | None) -> str:
    # A mistake is named for the exercise; it stands at the one check that the other reports explain, too.
    named = exercise.mistakes if check is explanation.explained(exercise) else []
    lines = [text.one_line(mistake.says) for mistake in named]
    if check:
        lines += [text.head(check.message, lines=40)] if check.message.strip() else []
        lines += [explanation.row(fact) for fact in explanation.facts(exercise, check, verbose=True)]
    return "\n".join(lines)
