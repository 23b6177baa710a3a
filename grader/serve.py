"""The warm grader: a process that keeps torch, pytest and a lesson's checks ready, so that the next grading starts at once.

One per user and environment. It listens on a Unix socket in a folder that only its user can enter, has a fork of its nursery
carry out what a connection asks for, and ends by itself after fifteen idle minutes or when its own files have changed.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from grader import warm
from grader.lessons import Course
from grader.options import processors
from grader.progress_line import ProgressLine
from grader.request import Place, Request, encoded_request, place_of

if TYPE_CHECKING:
    from grader.nursery import Job
    from grader.results import Results

IDLE_S: Final = 15 * 60.0
_CHECK_S: Final = 20.0
"""How often a waiting server looks whether its own files have changed."""
_START_S: Final = 60.0
_READ_S: Final = 1.0
"""Within this time a connection must say what it wants."""


class ServeError(Exception):
    """The warm grader cannot run here; the message says why."""


@dataclass(frozen=True)
class Running:
    """A warm grader that answered."""

    pid: int
    memory_mb: int


def fingerprint() -> str:
    """Return what names this environment: the interpreter, torch, and the grader's files."""
    found = importlib.util.find_spec("torch")
    parts = [sys.version, sys.prefix, str(found.origin if found else "")]
    if found is not None and found.origin:
        parts.append(str(Path(found.origin).stat().st_mtime_ns))
    parts += sorted(_files(os.fspath(Path(__file__).parent)))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def _files(folder: str) -> Iterator[str]:
    """Yield what changes with each program file; asked for every connection, and with `Path.rglob` it took 12 ms."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                facts = entry.stat()
                yield f"{entry.path} {facts.st_size} {facts.st_mtime_ns}"
            elif entry.is_dir() and entry.name not in ("tests", "__pycache__"):
                yield from _files(entry.path)


# Asking


def ask(request: Request) -> "Results | None":
    """Have the warm grader grade; None when there is none or it fails, so that the caller grades itself."""
    from grader.results import from_json

    channel = warm.connected()
    if channel is None:
        return None
    with channel:
        try:
            warm.send(channel, {"kind": "request", "place": place_of(request).encoded().decode()})
            warm.send(channel, {"request": encoded_request(request)})
            data = b"".join(iter(lambda: channel.recv(1 << 16), b""))
            return from_json(data)
        except Exception:  # it ended, or is of another age: nothing is lost, the caller grades
            return None


def running() -> Running | None:
    """Return the warm grader of this environment, or None."""
    channel = warm.connected()
    if channel is None:
        return None
    with channel:
        pid, _, _ = warm.credentials(channel)
        return Running(pid, _memory_mb(pid))


def stop() -> bool:
    """End the warm grader; return whether there was one."""
    found = running()
    if found is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(found.pid, signal.SIGTERM)
    limit = time.monotonic() + 1.0
    while running() is not None and time.monotonic() < limit:
        time.sleep(0.01)
    return True


def start_in_background(*, wait: bool) -> bool:
    """Start a warm grader that outlives this process; with `wait`, return only when it answers (or cannot)."""
    if _there():
        return True
    try:
        child = subprocess.Popen(
            [sys.executable, "-m", "grader", "serve"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
    except OSError:
        return False
    limit = time.monotonic() + (_START_S if wait else 0.0)
    while time.monotonic() < limit:
        if _there():
            return True
        if child.poll() is not None:
            return _there()  # another one was faster
        time.sleep(0.02)
    return not wait


def _there() -> bool:
    channel = warm.connected()
    if channel is None:
        return False
    channel.close()
    return True


def _memory_mb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        line = next(line for line in text.splitlines() if line.startswith("Pss:"))
        return int(line.split()[1]) // 1024
    except (OSError, StopIteration, ValueError):
        return 0


# Serving


class Command(Protocol):
    """A command line of `grade`, in two halves around the grading."""

    request: Request
    line: ProgressLine

    def report(self, results: "Results") -> int:
        """Write the reports and return the exit code."""
        ...

    def failed(self, error: Exception) -> int:
        """Say why there are no results and return the exit code."""
        ...


@dataclass(frozen=True)
class Commands:
    """How command lines are understood: the warm grader lies below the command line and is told."""

    make: Callable[[Sequence[str]], Command]
    place: "Callable[[Sequence[str]], Place | None]"
    """Returns where a command line is graded; None for those that are not for the warm grader."""


def serve(commands: Commands, *, idle_s: float = IDLE_S) -> None:
    """Answer until nobody has asked for `idle_s` seconds, the environment changes, or a signal comes."""
    try:
        place = Path(warm.address())
    except warm.WarmError as error:
        raise ServeError(str(error)) from error
    listener = _listen(place)
    if listener is None:
        raise ServeError("A warm grader runs already. `grade stop` ends it.")
    mark = fingerprint()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    import grader.progress
    import grader.reports.html
    import grader.reports.terminal  # noqa: F401  what a fork imports, it imports every time
    from grader.nursery import Nursery  # imports torch: the socket is taken first, so that only one server does it

    memory = Path(tempfile.mkdtemp(prefix="grade-known-"))
    nursery = Nursery(lambda channel, course: _job(channel, course, commands, memory / "answers.sqlite"))
    try:
        last = time.monotonic()
        listener.listen(64)
        while time.monotonic() - last < idle_s:
            ready, _, _ = select.select([listener], [], [], min(_CHECK_S, idle_s))
            if (fingerprint() != mark) or not place.exists():
                break
            if ready:
                channel, _ = listener.accept()
                with channel:
                    if warm.credentials(channel)[1] == os.getuid() and (where := _wanted(channel, commands)):
                        nursery.fork_for(channel, replace(where, wide=processors() > 1))
                        last = time.monotonic()
    finally:
        place.unlink(missing_ok=True)
        nursery.close()
        shutil.rmtree(memory, ignore_errors=True)


def _listen(place: Path) -> socket.socket | None:
    """Take the address; None when a living server has it. A dead one's socket is replaced.

    A server answers only when it has imported torch. Until then its lock, held as long as it lives, keeps others from
    starting beside it: they wait, and take the address if it dies before.
    """
    lock = os.open(f"{place}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    limit = time.monotonic() + _START_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if _there() or time.monotonic() > limit:
                os.close(lock)
                return None
            time.sleep(0.02)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    place.unlink(missing_ok=True)
    listener.bind(str(place))
    place.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return listener


def _wanted(channel: socket.socket, commands: Commands) -> Place | None:
    """Return where to grade what a connection asks for; None for what is not for the warm grader, and for silence."""
    channel.settimeout(_READ_S)
    try:
        told, _ = warm.receive(channel)
        if told["kind"] == "request":
            return Place.decoded(told["place"].encode())
        os.chdir(told["cwd"])
        return commands.place(told["arguments"])
    except Exception:  # the one who asked grades cold, and says what is wrong
        return None
    finally:
        os.chdir("/")
        channel.settimeout(None)


# In the fork that grades


def _job(channel: socket.socket, course: Course, commands: Commands, memory: Path) -> "Job":
    """Return what is to be done; what references and mistakes have answered once, all gradings know."""
    from grader.apart import Told

    told, descriptors = warm.receive(channel, 3)
    if "request" in told:
        job: Told | _CommandLine = Told(channel, told["request"], course)
    else:
        job = _CommandLine(channel, told, descriptors, commands)
    job.request = replace(job.request, memory=memory)
    return job


class _CommandLine:
    """A command line that is carried out here for the process that sent it."""

    def __init__(self, channel: socket.socket, told: dict[str, Any], terminal: list[int], commands: Commands) -> None:
        self._channel, self._folder = channel, told["cwd"]
        for number, descriptor in enumerate(terminal):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.environ.clear()
        os.environ.update(told["environment"])
        os.chdir(self._folder)
        self._streams = [
            open(number, "w", encoding=encoding, errors=errors, closefd=False)  # noqa: SIM115
            for number, (encoding, errors) in enumerate(told["streams"], start=1)
        ]
        with contextlib.redirect_stderr(self._streams[1]):
            self._command = commands.make(told["arguments"])
        self.request = self._command.request

    def finish(self, results: "Results") -> None:
        """Report where the command line was typed, and tell the exit code."""
        self._tell(lambda: self._command.report(results))

    def fail(self, error: Exception) -> None:
        """Say there what is wrong."""
        self._tell(lambda: self._command.failed(error))

    def _tell(self, action: Callable[[], int]) -> None:
        sys.stdout, sys.stderr = self._streams
        self._command.line.clear()
        os.chdir(self._folder)  # pytest has gone back to where it started
        code = action()
        sys.stdout.flush()
        sys.stderr.flush()
        self._channel.sendall(json.dumps(code).encode())
