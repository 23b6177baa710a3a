"""The pytest plugin: runs a lesson's checks, turns what happens into findings, gives fixtures to check files.

It is an entry point, so a plain `pytest tests/lesson_2_3_…` gives the verdicts of `grade 2.3`. In any other
pytest run it does nothing and imports nothing heavy.
"""

import time
from collections.abc import Callable, Generator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from grader.lessons import Course, CourseError, Exercise, find_course
from grader.results import Verdict, sound

if TYPE_CHECKING:
    from grader.attempt import Attempt
    from grader.findings import Finding
    from grader.proxy import Proxy
    from grader.session import Session
    from grader.testing.draw import Draw

SESSION: Final = pytest.StashKey["Session"]()
COURSE: Final = pytest.StashKey[Course | None]()
PLAN: Final = pytest.StashKey["tuple[Attempt, Finding]"]()
_LONGEST_MESSAGE: Final = 4000


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks of check files."""
    config.addinivalue_line("markers", "points(weight, kind, gate): what a grading check weighs, and its kind")
    config.addinivalue_line("markers", "title(text): the title of one case of a grading check")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> None:
    """Start the zygote before the first check file is imported: it must never see one."""
    config = parent.config
    if SESSION in config.stash or file_path.suffix != ".py" or not file_path.name.startswith("test_"):
        return
    course = _course_of(config, file_path)
    if course is None or course.owner(file_path) is None:
        return
    config.stash[SESSION] = _start(config, course)


def _course_of(config: pytest.Config, path: Path) -> Course | None:
    """Return the course whose check file this is, looking only at folders named `lesson_…`."""
    if COURSE not in config.stash:
        if not path.parent.name.startswith("lesson_"):
            return None
        try:
            config.stash[COURSE] = find_course(path.parent)
        except CourseError:
            config.stash[COURSE] = None
    return config.stash[COURSE]


def _start(config: pytest.Config, course: Course) -> "Session":
    given = _given(config)
    if given is not None:
        return given.session
    from grader.attempt import Settings
    from grader.session import Session
    from grader.worker.launch import Zygote

    return Session(Settings(course, course.exercises_root), Zygote.start())


class Given:
    """Hands a prepared session to the plugin (the `grade` command does so)."""

    def __init__(self, session: "Session") -> None:
        self.session = session


def _given(config: pytest.Config) -> Given | None:
    return next((one for one in config.pluginmanager.get_plugins() if isinstance(one, Given)), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Plan every check: its exercise, title, kind and weight; refuse checks that lack one."""
    session = config.stash.get(SESSION, None)
    if session is None:
        return
    sizes: dict[str, int] = {}
    for item in items:
        sizes[_function_id(item)] = sizes.get(_function_id(item), 0) + 1
    for item in items:
        exercise = session.settings.course.owner(item.path)
        if exercise is not None:
            _plan(session, item, exercise, sizes[_function_id(item)])


def _plan(session: "Session", item: pytest.Item, exercise: Exercise, cases: int) -> None:
    from grader.findings import Finding
    from grader.scoring import GROUP_OF
    from grader.testing.marks import Exercise as Rules

    module = getattr(item, "module", None)
    rules = getattr(module, "EXERCISE", None)
    mark = item.get_closest_marker("points")
    title = _title(item)
    if not isinstance(rules, Rules):
        session.problems.append(f"{exercise.id}: its check file does not say EXERCISE = Exercise(points=…).")
        rules = Rules(points=0)
    if mark is None or mark.kwargs.get("kind") not in GROUP_OF or not title:
        session.problems.append(
            f"{exercise.id}: the check `{item.name}` needs a docstring as its title and @points(weight, kind)."
        )
    known: dict[str, Any] = (
        dict(mark.kwargs) if mark is not None and mark.kwargs.get("kind") in GROUP_OF else {"weight": 1, "kind": "INV"}
    )
    finding = Finding(
        id=f"{exercise.id}/{item.name.removeprefix('test_')}",
        title=title,
        kind=known["kind"],
        weight=Fraction(known["weight"], cases),
        gate=bool(known.get("gate", False)),
        check=getattr(item, "originalname", item.name),
    )
    attempt = session.attempt(exercise, rules)
    attempt.findings.append(finding)
    item.stash[PLAN] = (attempt, finding)


def _function_id(item: pytest.Item) -> str:
    return f"{item.path}::{getattr(item, 'originalname', item.name)}"


def _title(item: pytest.Item) -> str:
    """Return the first line of the check's docstring, with the input family in parentheses."""
    mark = item.get_closest_marker("title")
    if mark is not None:
        return str(mark.args[0])
    lines = (getattr(getattr(item, "function", None), "__doc__", None) or "").strip().splitlines()
    title = lines[0].strip().rstrip(".") if lines else ""
    family = getattr(item, "callspec", None)
    case = family.params.get("case") if family is not None else None
    about = (getattr(case, "__doc__", None) or "").strip().splitlines()
    return f"{title} ({about[0].strip().rstrip('.')})" if title and about else title


# Fixtures of check files


def _planned(request: pytest.FixtureRequest) -> "tuple[Session, Attempt, Finding]":
    if PLAN not in request.node.stash:
        pytest.fail("The fixtures of `grader` serve the check files of a course only.", pytrace=False)
    return request.config.stash[SESSION], *request.node.stash[PLAN]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every check on each device of the run, when there is more than the CPU."""
    session = metafunc.config.stash.get(SESSION, None)
    if session is None or "submission" not in metafunc.fixturenames:
        return
    devices = session.settings.devices
    if devices != ("cpu",):
        metafunc.parametrize("device", devices, ids=devices, indirect=True)


@pytest.fixture
def device(request: pytest.FixtureRequest) -> str:
    """Return the device on which the check calls the submission."""
    return str(getattr(request, "param", "cpu"))


@pytest.fixture
def submission(request: pytest.FixtureRequest, device: str) -> "Proxy":
    """Return the student's program, in a worker that has served no other check."""
    session, attempt, finding = _planned(request)
    finding.device = device
    return session.submission(attempt, finding, device)


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> "Proxy":
    """Return the instructor's program."""
    session, attempt, _ = _planned(request)
    return session.reference(attempt)


@pytest.fixture
def draw_for(request: pytest.FixtureRequest) -> "Callable[[str], Draw]":
    """Return a maker of random sources: `draw_for(name)` depends on the seed, the exercise and the name only."""
    from grader.testing.draw import Draw

    session, attempt, _ = _planned(request)
    return lambda name: Draw(session.settings.seed, f"{attempt.exercise.id}|{name}")


@pytest.fixture
def draw(request: pytest.FixtureRequest, draw_for: "Callable[[str], Draw]") -> "Draw":
    """Return the check's source of random inputs."""
    return draw_for(getattr(request.node, "originalname", request.node.name))


@pytest.fixture
def case(request: pytest.FixtureRequest, draw_for: "Callable[[str], Draw]") -> dict[str, Any]:
    """Return the arguments that the check's input family draws."""
    family = request.param
    drawn: dict[str, Any] = family(draw_for(family.__name__))
    return drawn


@pytest.fixture
def published(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the course's published data."""
    session, _, _ = _planned(request)
    return session.published


# Running


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what follows a failed check of an exercise, when only full marks matter."""
    if PLAN not in item.stash or not item.config.stash[SESSION].settings.verdict_only:
        return
    attempt, finding = item.stash[PLAN]
    earlier = attempt.findings[: attempt.findings.index(finding)]
    if any(one.verdict not in (Verdict.PASSED, Verdict.SKIPPED) for one in earlier):
        pytest.skip("An earlier check failed.")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Give every check its own evidence."""
    if PLAN not in item.stash:
        return (yield)
    from grader.calls import EVIDENCE, Evidence

    session = item.config.stash[SESSION]
    attempt, finding = item.stash[PLAN]
    finding.started = time.monotonic()
    if session.settings.on_check is not None:
        session.settings.on_check(attempt.exercise, *_progress(session, finding))
    settings = session.settings
    known = Evidence(
        finding.records,
        explain=not settings.verdict_only,
        foresee=settings.record is not None,
        compared=[] if settings.series and finding.kind in ("W", "R") else None,
        outputs=attempt.trusted.outputs,
    )
    token = EVIDENCE.set(known)
    try:
        return (yield)
    finally:
        EVIDENCE.reset(token)
        if finding is attempt.findings[-1]:
            attempt.close()  # or the whole course would have 350 workers at once, and 2.5 GB


def _progress(session: "Session", finding: "Finding") -> tuple[int, int]:
    everything = [one for attempt in session.attempts.values() for one in attempt.findings]
    return everything.index(finding), len(everything)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn what a check raised into a verdict; the student sees the message, never the check's source."""
    raised = call.excinfo.value if call.excinfo is not None else None
    if PLAN in item.stash and call.when != "teardown" and isinstance(raised, Exception):
        call.excinfo = _without_traceback(str(raised))
    report = yield
    if PLAN not in item.stash or call.when == "teardown":
        return report
    from grader.calls import evidence
    from grader.findings import judge, keep_output, measure
    from grader.reports.text import visible

    attempt, finding = item.stash[PLAN]
    if raised is not None:
        judge(finding, raised, evidence())
        if finding.verdict is Verdict.BROKEN and call.when == "call" and finding.records:
            _blame_the_answer(item, attempt, finding)
    elif call.when == "call":
        finding.verdict, finding.message = Verdict.PASSED, ""
    else:
        return report
    known = evidence()
    if known.error is not None and "error" not in finding.result:
        finding.result["error"] = measure(*known.error, known.rule)
    finding.result["dtype"] = known.dtype
    if known.compared:
        from grader.curves import descent_of, series_of

        finding.result["series"] = series_of(known.compared)
        submission: Any = item.funcargs.get("submission") if isinstance(item, pytest.Function) else None
        if submission is not None:
            reference = item.config.stash[SESSION].reference(attempt)
            finding.result["descent"] = descent_of(finding.records, submission, reference)
    keep_output(finding)
    finding.message = sound(finding.message)[:_LONGEST_MESSAGE]
    item.config.stash[SESSION].finish(finding, known)
    if finding.verdict is Verdict.PASSED:
        return report
    report.outcome = "skipped" if finding.verdict is Verdict.SKIPPED else "failed"
    text = visible(f"{attempt.exercise.file}: {finding.message}")
    report.longrepr = (str(item.path), item.location[1] or 0, text) if report.outcome == "skipped" else text
    item.user_properties.append(("verdict", finding.verdict.value))
    return report


def _without_traceback(text: str) -> "pytest.ExceptionInfo[BaseException]":
    """Return a failure that pytest prints as it is: formatting a traceback takes it 25 ms, for every check."""
    try:
        pytest.fail(text, pytrace=False)
    except pytest.fail.Exception as failure:
        return pytest.ExceptionInfo.from_exception(failure)


def _blame_the_answer(item: pytest.Item, attempt: "Attempt", finding: "Finding") -> None:
    """Decide who is at fault when a check itself stumbled: it is the answer if the check passes with the reference.

    A check may unpack, index or add what came back; for a right answer that works.
    """
    from grader.calls import EVIDENCE, Evidence

    assert isinstance(item, pytest.Function)
    session = item.config.stash[SESSION]
    arguments = {name: item.funcargs[name] for name in item._fixtureinfo.argnames}  # noqa: SLF001
    token = EVIDENCE.set(Evidence())
    try:
        item.obj(**{**arguments, "submission": session.reference(attempt)})
    except Exception:
        return
    finally:
        EVIDENCE.reset(token)
    finding.verdict = Verdict.WRONG
    finding.message = (
        f"The result has not the form that the task states.\nThe check stumbled over it: {finding.message}"
    )


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say the points when a student runs plain pytest."""
    session = config.stash.get(SESSION, None)
    if session is None or _given(config) is not None:
        return
    from grader.reports.text import visible
    from grader.results import decimal

    terminalreporter.section("points")
    for result in session.results():
        terminalreporter.line(f"{result.id} {result.name}: {decimal(result.earned)} of {decimal(result.possible)}")
        for mistake in result.mistakes:
            terminalreporter.line(f"    {mistake.name}: {visible(mistake.says)}")
    for problem in session.problems:
        terminalreporter.line(f"broken: {problem}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the workers that this run started."""
    session = config.stash.get(SESSION, None)
    if session is not None and _given(config) is None:
        session.zygote.close()
