"""Grading: one run of pytest over the chosen checks, from settings to results. Fits one process, used once."""

import contextlib
import io
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Self

import msgspec

from grader.early import Loading, quick_import
from grader.lessons import Course, Exercise, submitted_folder
from grader.request import GradingError, Request
from grader.results import Environment, ExerciseResult, LessonResult, Results, Score

if TYPE_CHECKING:
    from grader.session import Session
    from grader.worker.launch import Zygote

_UNUSED_PLUGINS = ("cacheprovider", "faulthandler", "logging", "threadexception", "unraisableexception", "warnings")
_PYTEST_VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
_BACKSTOP_S = 900


def start_zygote(*, forget: Sequence[list[str]] = (), loading: Loading | None = None) -> "Zygote":
    """Start the process that forks workers; call it before anything secret is loaded.

    The lists in `forget` are emptied in the zygote: command lines hold seeds and paths. `loading` may have begun before.
    """
    demand_linux()
    import grader.worker  # noqa: F401  first: numpy, which comes with torch, must not start threads

    with quick_import(loading):
        from grader.worker.launch import Zygote
    return Zygote.start(forget)


def demand_linux() -> None:
    """Raise `GradingError` where processes cannot be forked and isolated as grading needs it."""
    if sys.platform != "linux":
        raise GradingError(
            f"Grading needs Linux, because it forks and isolates student code; this is {platform.system()}. "
            "Use WSL2 on Windows, or a Linux container."
        )


def grade(request: Request, zygote: "Zygote") -> Results:
    """Grade the exercises and return the results; ends the zygote. Call it once per process."""
    with _Grading(request, zygote) as grading:
        # The first two workers start while pytest is imported and collects.
        zygote.prepare([str(submitted_folder(request.submission_root, request.exercises[0]))])
        if request.memory is None:  # else the reference may never be asked
            zygote.prepare([])
        from grader import plugin

        files = [str(request.course.check_file(exercise)) for exercise in request.exercises]
        arguments = _arguments(request.course, files, request.json_report)
        quick = () if request.json_report else (plugin.Quick(),)
        return grading.results(*_pytest(arguments, plugin.Given(grading.begin()), *quick))


def grade_later(
    course: Course, files: Sequence[str], device: str, wait: Callable[[], tuple[Request, "Zygote"]]
) -> Results:
    """Collect check files, then have `wait` tell what to grade, and grade it.

    What `wait` returns in a fork of this process is graded there, on checks that were collected once. Raises
    `GradingError` where the checks cannot be collected, and then `wait` was not called.
    """
    from grader import plugin

    told: list[_Grading] = []
    failed: list[Exception] = []

    def begin() -> "tuple[Session, tuple[Exercise, ...]]":
        request, zygote = wait()
        try:
            told.append(_Grading(request, zygote))
            return told[0].begin(), request.exercises
        except Exception as error:  # pytest would make a page of it
            failed.append(error)
            raise pytest.exit.Exception(str(error)) from error

    import pytest

    outcome = _pytest(_arguments(course, files), plugin.Later(begin, present_devices(device)), plugin.Quick())
    if failed:
        raise failed[0]
    if not told:
        raise GradingError(f"The checks could not be collected:\n{outcome[1][-3000:]}")
    with told[0] as grading:
        return grading.results(*outcome)


class _Grading:
    """One grading: what it was asked, the session that pytest fills, and what came of it."""

    def __init__(self, request: Request, zygote: "Zygote") -> None:
        self._request, self._zygote = request, zygote
        self._started, self._clock = datetime.now(UTC), time.monotonic()
        self._devices: tuple[str, ...] = ()
        self._session: Session | None = None
        if not request.exercises:
            zygote.close(wait=False)
            raise GradingError("There is nothing to grade: no exercise was chosen.")
        if request.strict or request.jailed:
            from grader.worker import jail

            zygote.demand = jail.MINIMUM

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zygote.close(wait=False)

    def begin(self) -> "Session":
        """Return the session for pytest."""
        from grader.attempt import Settings
        from grader.session import Session
        from grader.trusted import unrecorded

        request = self._request
        other_seed = unrecorded(request.course, request.exercises, request.seed)
        if other_seed is not None:
            raise GradingError(f"{other_seed} Leave `--seed` out, or name one of them.")
        self._devices = present_devices(request.device)
        settings = Settings(
            request.course,
            request.submission_root,
            seed=request.seed,
            timeout=request.timeout,
            devices=self._devices,
            strict=request.strict,
            verdict_only=request.verdict_only,
            series=request.series,
            memory=request.memory,
            record=request.record,
            on_check=request.on_check,
        )
        self._session = Session(settings, self._zygote)
        return self._session

    def results(self, code: int, log: str) -> Results:
        """Return what came of it, after pytest has ended with this code."""
        session, request = self._session, self._request
        assert session is not None
        import pytest

        if code == pytest.ExitCode.INTERRUPTED:
            if "KeyboardInterrupt" in log:
                raise KeyboardInterrupt
            session.problems.append(f"The checks could not be collected:\n{log[-3000:]}")
        elif code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.problems.append(f"pytest ended with code {int(code)}:\n{log[-3000:]}")
        found = session.results()
        if self._zygote.missing:
            raise GradingError(
                f"Student code cannot be isolated here: {', '.join(self._zygote.missing)} missing. `grade doctor` says "
                "why; without --strict the run grades code that you trust."
            )
        missing = {one.id for one in request.exercises} - {one.id for one in found}
        if missing and not session.problems:
            session.problems.append(f"No checks were found for {', '.join(sorted(missing))}.")
        return Results(
            course=request.course.name,
            submission=str(request.submission_root),
            started=self._started.isoformat(timespec="seconds"),
            duration_s=round(time.monotonic() - self._clock, 3),
            seed=request.seed,
            environment=environment(self._devices, self._zygote.isolation),
            score=_sum(found),
            status="broken" if session.problems else "graded",
            lessons=_lessons(request.course, found),
            problems=session.problems,
        )


def _pytest(arguments: list[str], *plugins: object) -> tuple[int, str]:
    """Run pytest with the grader's plugin; return its exit code and what it printed."""
    import pytest

    from grader import plugin

    log = io.StringIO()
    with _clean_environment(), contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
        code = pytest.main(arguments, plugins=[plugin, *plugins])
    return int(code), log.getvalue()


def present_devices(wanted: str) -> tuple[str, ...]:
    """Return the devices to grade on; raises `GradingError` when the wanted one is not there.

    Asks the accelerators' runtimes only where a device file suggests one, and only after the zygote was forked.
    """
    import torch

    cuda = Path("/dev/nvidiactl").exists() and torch.cuda.is_available()
    mps = sys.platform == "darwin" and torch.backends.mps.is_available()
    present = ("cpu",) + ("cuda",) * cuda + ("mps",) * mps
    if wanted in ("auto", "all"):
        return present
    if wanted not in present:
        raise GradingError(f"There is no {wanted} device here. Use `--device cpu`, or leave the option out.")
    return ("cpu",) if wanted == "cpu" else ("cpu", wanted)


def _arguments(course: Course, files: Sequence[str], json_report: Path | None = None) -> list[str]:
    """Return pytest's arguments: only the plugins that are used, nothing from any configuration file."""
    arguments = [
        *("-c", os.devnull, "--rootdir", str(course.tests_root), "--confcutdir", str(course.tests_root)),
        *("--import-mode=importlib", "-q", "--no-header", "--tb=short", "--strict-markers"),
        *("--assert=plain", "--capture=no"),  # check files use our assertions, and nothing here prints
        *(part for name in _UNUSED_PLUGINS for part in ("-p", f"no:{name}")),
        *("-p", "pytest_timeout", "--timeout", str(_BACKSTOP_S), "--timeout-method", "signal"),
    ]
    if json_report is not None:
        arguments += ["-p", "pytest_metadata.plugin", "-p", "pytest_jsonreport.plugin", "--json-report"]
        arguments += ["--json-report-file", str(json_report)]
    return [*arguments, *files]


@contextlib.contextmanager
def _clean_environment() -> Iterator[None]:
    """Keep pytest from loading plugins or options that stand in the environment, and from writing byte code."""
    kept = {name: os.environ.pop(name) for name in _PYTEST_VARIABLES if name in os.environ}
    autoload = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    bytecode = sys.dont_write_bytecode
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = bytecode
        os.environ.update(kept)
        os.environ.pop("PYTEST_DISABLE_PLUGIN_AUTOLOAD", None)
        if autoload is not None:
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = autoload


def environment(devices: Sequence[str], isolation: Sequence[str]) -> Environment:
    """Describe where this process grades."""
    import torch

    return Environment(
        python=platform.python_version(),
        torch=str(torch.__version__),
        platform=f"{platform.system()} {platform.machine()}",
        devices=list(devices),
        isolation=list(isolation),
    )


def merged(course: Course, parts: Sequence[Results], duration_s: float, problems: Sequence[str] = ()) -> Results:
    """Return the results of one run from those of its parts; `problems` kept others from having any."""
    found = [exercise for part in parts for lesson in part.lessons for exercise in lesson.exercises]
    faults = [*problems, *(problem for part in parts for problem in part.problems)]
    return msgspec.structs.replace(
        parts[0],
        started=min(part.started for part in parts),
        duration_s=round(duration_s, 3),
        score=_sum(found),
        status="broken" if faults else "graded",
        lessons=_lessons(course, found),
        problems=faults,
    )


def _sum(exercises: Sequence[ExerciseResult] | Sequence[LessonResult]) -> Score:
    return Score(
        earned=sum((one.earned for one in exercises), Fraction(0)),
        possible=sum((one.possible for one in exercises), Fraction(0)),
    )


def _lessons(course: Course, found: Sequence[ExerciseResult]) -> list[LessonResult]:
    lessons = []
    for lesson in course.lessons:
        ids = [exercise.id for exercise in lesson.exercises]
        mine = sorted((one for one in found if one.id in ids), key=lambda one: ids.index(one.id))
        if mine:
            score = _sum(mine)
            title = course.title(lesson)
            lessons.append(
                LessonResult(id=lesson.id, title=title, earned=score.earned, possible=score.possible, exercises=mine)
            )
    return lessons
