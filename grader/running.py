"""One check while it runs: what it receives, what it leaves behind, and the verdict that follows."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import pytest

from grader.results import Verdict, sound

if TYPE_CHECKING:
    from grader.attempt import Attempt
    from grader.findings import Finding
    from grader.proxy import Proxy
    from grader.session import Session
    from grader.testing.draw import Draw

SESSION: Final = pytest.StashKey["Session"]()
PLAN: Final = pytest.StashKey["tuple[Attempt, Finding]"]()
_LONGEST_MESSAGE: Final = 4000


class arguments:  # noqa: N801  a namespace
    """What a check may ask for, by the name of its parameter."""

    @staticmethod
    def device(item: pytest.Item) -> str:
        """Return the device on which the check calls the submission."""
        return str(_parameters(item).get("device", "cpu"))

    @staticmethod
    def submission(item: pytest.Item) -> "Proxy":
        """Return the student's program, in the worker of its room."""
        session, attempt, finding = _planned(item)
        finding.device = arguments.device(item)
        return session.submission(attempt, finding, finding.device)

    @staticmethod
    def reference(item: pytest.Item) -> "Proxy":
        """Return the instructor's program."""
        session, attempt, _ = _planned(item)
        return session.reference(attempt)

    @staticmethod
    def draw_for(item: pytest.Item) -> "Callable[[str], Draw]":
        """Return a maker of random sources: `draw_for(name)` depends on the seed, the exercise and the name only."""
        from grader.testing.draw import Draw

        session, attempt, _ = _planned(item)
        return lambda name: Draw(session.settings.seed, f"{attempt.exercise.id}|{name}")

    @staticmethod
    def draw(item: pytest.Item) -> "Draw":
        """Return the check's source of random inputs."""
        return arguments.draw_for(item)(getattr(item, "originalname", item.name))

    @staticmethod
    def case(item: pytest.Item) -> dict[str, Any]:
        """Return the arguments that the check's input family draws."""
        family = _parameters(item)["case"]
        drawn: dict[str, Any] = family(arguments.draw_for(item)(family.__name__))
        return drawn

    @staticmethod
    def published(item: pytest.Item) -> dict[str, Any]:
        """Return the course's published data."""
        return _planned(item)[0].published


def _planned(item: pytest.Item) -> "tuple[Session, Attempt, Finding]":
    if PLAN not in item.stash:
        pytest.fail("The fixtures of `grader` serve the check files of a course only.", pytrace=False)
    return item.config.stash[SESSION], *item.stash[PLAN]


def _parameters(item: pytest.Item) -> Mapping[str, Any]:
    called = getattr(item, "callspec", None)
    return called.params if called is not None else {}


def given_to(item: pytest.Item, home: str) -> dict[str, Callable[[pytest.Item], Any]] | None:
    """Return how to make each argument of a check; None when it needs a fixture from elsewhere than the module `home`."""
    if not isinstance(item, pytest.Function):
        return None
    known = item._fixtureinfo.name2fixturedefs  # noqa: SLF001  pytest offers no other way to see who overrides a fixture
    parameters = _parameters(item)
    found: dict[str, Callable[[pytest.Item], Any]] = {}
    for name in item.fixturenames:
        if name == "request":
            continue
        if all(one.func.__module__ == home for one in known.get(name, ())) and hasattr(arguments, name):
            found[name] = getattr(arguments, name)
        elif name in parameters:
            found[name] = lambda item, name=name: _parameters(item)[name]  # type: ignore[misc]
        else:
            return None
    return {name: found[name] for name in item._fixtureinfo.argnames if name in found}  # noqa: SLF001


def run(item: pytest.Item, given: Mapping[str, Callable[[pytest.Item], Any]]) -> None:
    """Run a check with these arguments and settle its verdict."""
    assert isinstance(item, pytest.Function)
    made: dict[str, Any] = {}
    raised: BaseException | None = None
    try:
        skip_what_is_decided(item)
        for name, make in given.items():
            made[name] = make(item)
        item.obj(**made)
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise
    except BaseException as error:
        raised = error
    settle(item, raised, made)


def skip_what_is_decided(item: pytest.Item) -> None:
    """Skip what follows a failed check of an exercise, when only full marks matter."""
    if not item.config.stash[SESSION].settings.verdict_only:
        return
    attempt, finding = item.stash[PLAN]
    earlier = attempt.findings[: attempt.findings.index(finding)]
    if any(one.verdict not in (Verdict.PASSED, Verdict.SKIPPED) for one in earlier):
        pytest.skip("An earlier check failed.")


@contextlib.contextmanager
def gathering(item: pytest.Item) -> Iterator[None]:
    """Give a check evidence of its own, and end the workers of its exercise after its last check."""
    from grader.calls import EVIDENCE, Evidence

    session = item.config.stash[SESSION]
    attempt, finding = item.stash[PLAN]
    finding.started = time.monotonic()
    settings = session.settings
    if settings.on_check is not None:
        settings.on_check(attempt.exercise, *_progress(session, finding))
    known = Evidence(
        finding.records,
        explain=not settings.verdict_only,
        foresee=settings.record is not None,
        compared=[] if settings.series and finding.kind in ("W", "R") else None,
        outputs=attempt.trusted.outputs,
    )
    token = EVIDENCE.set(known)
    try:
        yield
    finally:
        EVIDENCE.reset(token)
        if finding is attempt.findings[-1]:
            attempt.close()  # or the whole course would have 350 workers at once, and 2.5 GB


def _progress(session: "Session", finding: "Finding") -> tuple[int, int]:
    everything = [one for attempt in session.attempts.values() for one in attempt.findings]
    return everything.index(finding), len(everything)


def settle(item: pytest.Item, raised: BaseException | None, received: Mapping[str, Any]) -> None:
    """Set the verdict of a check that received these arguments and ended so, and keep what it found out."""
    from grader.calls import evidence
    from grader.findings import judge, keep_output, measure

    session = item.config.stash[SESSION]
    attempt, finding = item.stash[PLAN]
    known = evidence()
    if raised is None:
        finding.verdict, finding.message = Verdict.PASSED, ""
    else:
        judge(finding, raised, known)
        if finding.verdict is Verdict.BROKEN and finding.records:
            _blame_the_answer(item, received)
    if known.error is not None and "error" not in finding.result:
        finding.result["error"] = measure(*known.error, known.rule)
    finding.result["dtype"] = known.dtype
    if known.compared:
        from grader.curves import descent_of, series_of

        finding.result["series"] = series_of(known.compared)
        if "submission" in received:
            finding.result["descent"] = descent_of(finding.records, received["submission"], session.reference(attempt))
    keep_output(finding)
    finding.message = sound(finding.message)[:_LONGEST_MESSAGE]
    session.finish(finding, known)


def _blame_the_answer(item: pytest.Item, received: Mapping[str, Any]) -> None:
    """Decide who is at fault when a check itself stumbled: it is the answer if the check passes with the reference.

    A check may unpack, index or add what came back; for a right answer that works.
    """
    from grader.calls import EVIDENCE, Evidence

    assert isinstance(item, pytest.Function)
    session, attempt, finding = _planned(item)
    names = item._fixtureinfo.argnames  # noqa: SLF001
    if not set(names) <= set(received):  # it did not even start
        return
    token = EVIDENCE.set(Evidence())
    try:
        item.obj(**{**{name: received[name] for name in names}, "submission": session.reference(attempt)})
    except Exception:
        return
    finally:
        EVIDENCE.reset(token)
    finding.verdict = Verdict.WRONG
    finding.message = (
        f"The result has not the form that the task states.\nThe check stumbled over it: {finding.message}"
    )
