"""The pytest plugin: runs a lesson's checks, turns what happens into findings, gives fixtures to check files.

It is an entry point, so a plain `pytest tests/lesson_2_3_…` gives the verdicts of `grade 2.3`. In any other
pytest run it does nothing and imports nothing heavy.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pytest

from grader.lessons import Course, CourseError, Exercise, find_course
from grader.results import Verdict
from grader.running import PLAN, SESSION, arguments, gathering, given_to, run, settle, skip_what_is_decided

if TYPE_CHECKING:
    from grader.proxy import Proxy
    from grader.session import Session
    from grader.testing.draw import Draw
    from grader.testing.marks import Exercise as Rules

COURSE: Final = pytest.StashKey[Course | None]()


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
    if course is None or course.owner(file_path) is None or _of(config, Later) is not None:
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
    given = _of(config, Given)
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


class Later:
    """Has the plugin collect first and learn what to grade afterwards: one collection serves many forks."""

    def __init__(
        self, begin: "Callable[[], tuple[Session, tuple[Exercise, ...]]]", devices: tuple[str, ...] = ("cpu",)
    ) -> None:
        """Keep `begin`, which is called when all is collected: it waits, and returns a session and its exercises."""
        self._begin, self.devices = begin, devices

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Wait, and leave the checks of the chosen exercises to pytest's own loop."""
        if session.testsfailed:  # what cannot be collected serves nobody
            return
        for item in session.items:
            _facts_of(item)
        grading, exercises = self._begin()
        session.config.stash[SESSION] = grading
        course = grading.settings.course
        session.items[:] = [item for item in session.items if course.owner(item.path) in exercises]
        _plan_all(grading, session.items)
        grading.recall()
        session.items[:] = [item for item in session.items if not grading.knows(item.stash[PLAN][0])]


_Registered = TypeVar("_Registered", Given, Later)


def _of(config: pytest.Config, kind: type[_Registered]) -> _Registered | None:
    return next((one for one in config.pluginmanager.get_plugins() if isinstance(one, kind)), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Plan the checks that were collected."""
    session = config.stash.get(SESSION, None)
    if session is not None:
        _plan_all(session, items)


def _plan_all(session: "Session", items: list[pytest.Item]) -> None:
    """Plan every check: its exercise, title, kind and weight; refuse checks that lack one."""
    sizes: dict[str, int] = {}
    for item in items:
        sizes[_function_id(item)] = sizes.get(_function_id(item), 0) + 1
    for item in items:
        exercise = session.settings.course.owner(item.path)
        if exercise is not None:
            _plan(session, item, exercise, sizes[_function_id(item)])


@dataclass(frozen=True)
class _Facts:
    """What a check file says of one check."""

    title: str
    rules: "Rules | None"
    marked: dict[str, Any] | None
    """The arguments of its mark `points`; None where it has none, or not a right one."""


_FACTS: Final = pytest.StashKey[_Facts]()


def _facts_of(item: pytest.Item) -> _Facts:
    """Return what a check file says of a check, found out once."""
    if _FACTS not in item.stash:
        from grader.scoring import GROUP_OF
        from grader.testing.marks import Exercise as Rules

        rules = getattr(getattr(item, "module", None), "EXERCISE", None)
        mark = item.get_closest_marker("points")
        marked = dict(mark.kwargs) if mark is not None and mark.kwargs.get("kind") in GROUP_OF else None
        item.stash[_FACTS] = _Facts(_title(item), rules if isinstance(rules, Rules) else None, marked)
    return item.stash[_FACTS]


def _plan(session: "Session", item: pytest.Item, exercise: Exercise, cases: int) -> None:
    from grader.findings import Finding
    from grader.testing.marks import Exercise as Rules

    facts = _facts_of(item)
    if facts.rules is None:
        session.problems.append(f"{exercise.id}: its check file does not say EXERCISE = Exercise(points=…).")
    if facts.marked is None or not facts.title:
        session.problems.append(
            f"{exercise.id}: the check `{item.name}` needs a docstring as its title and @points(weight, kind)."
        )
    marked: dict[str, Any] = facts.marked or {"weight": 1, "kind": "INV"}
    finding = Finding(
        id=f"{exercise.id}/{item.name.removeprefix('test_')}",
        title=facts.title,
        kind=marked["kind"],
        weight=Fraction(marked["weight"], cases),
        gate=bool(marked.get("gate", False)),
        check=getattr(item, "originalname", item.name),
    )
    attempt = session.attempt(exercise, facts.rules or Rules(points=0))
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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every check on each device of the run, when there is more than the CPU."""
    session, later = metafunc.config.stash.get(SESSION, None), _of(metafunc.config, Later)
    if (session is None and later is None) or "submission" not in metafunc.fixturenames:
        return
    devices = later.devices if later is not None else session.settings.devices if session is not None else ("cpu",)
    if devices != ("cpu",):
        metafunc.parametrize("device", devices, ids=devices, indirect=True)


@pytest.fixture
def device(request: pytest.FixtureRequest) -> str:
    """Return the device on which the check calls the submission."""
    return arguments.device(request.node)


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> "Proxy":
    """Return the student's program, in the worker of its room."""
    return arguments.submission(request.node)


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> "Proxy":
    """Return the instructor's program."""
    return arguments.reference(request.node)


@pytest.fixture
def draw_for(request: pytest.FixtureRequest) -> "Callable[[str], Draw]":
    """Return a maker of random sources: `draw_for(name)` depends on the seed, the exercise and the name only."""
    return arguments.draw_for(request.node)


@pytest.fixture
def draw(request: pytest.FixtureRequest) -> "Draw":
    """Return the check's source of random inputs."""
    return arguments.draw(request.node)


@pytest.fixture
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the arguments that the check's input family draws."""
    return arguments.case(request.node)


@pytest.fixture
def published(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the course's published data."""
    return arguments.published(request.node)


# Running


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what follows a failed check of an exercise, when only full marks matter."""
    if PLAN in item.stash:
        skip_what_is_decided(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Give every check its own evidence."""
    if PLAN not in item.stash:
        return (yield)
    with gathering(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn what a check raised into a verdict; the student sees the message, never the check's source."""
    raised = call.excinfo.value if call.excinfo is not None else None
    if PLAN in item.stash and call.when != "teardown" and isinstance(raised, Exception):
        call.excinfo = _without_traceback(str(raised))
    report = yield
    if PLAN not in item.stash or call.when == "teardown" or (raised is None and call.when != "call"):
        return report
    from grader.reports.text import visible

    settle(item, raised, item.funcargs if isinstance(item, pytest.Function) else {})
    attempt, finding = item.stash[PLAN]
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


class Quick:
    """Runs checks without pytest's reports, which nobody reads in a run of `grade`: half of the time of a small check."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Run a check that asks for nothing but what this plugin gives; leave others to pytest."""
        given = given_to(item, __name__) if PLAN in item.stash else None
        if given is None:
            return None
        run(item, given)
        return True


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say the points when a student runs plain pytest."""
    session = config.stash.get(SESSION, None)
    if session is None or not _mine(config):
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
    if session is not None and _mine(config):
        session.zygote.close()


def _mine(config: pytest.Config) -> bool:
    """Whether this is a run of plain pytest, whose session the plugin has made."""
    return _of(config, Given) is None and _of(config, Later) is None
