"""The warm grader: a process that keeps torch and pytest imported, so that the next grading starts at once.

One per user and environment. It listens on a Unix socket in a folder that only its user can enter, hands every
connection to a fresh fork that reads one request and answers with results, and ends by itself after fifteen idle minutes.
The socket's name holds a fingerprint of the interpreter, torch and the grader's own files: after an update nobody finds
the old one. Whatever fails here, `ask` returns None and the caller grades cold.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import select
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from grader.grading import Request
    from grader.results import Results

IDLE_S: Final = 15 * 60.0
_CHECK_S: Final = 20.0
"""How often a waiting server looks whether its own files have changed."""
_START_S: Final = 60.0
_CONNECT_S: Final = 1.0
_CREDENTIALS: Final = struct.Struct("3i")


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
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        if "tests" not in path.parts:
            facts = path.stat()
            parts.append(f"{path.name} {facts.st_size} {facts.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def address() -> Path:
    """Return the path of the socket, in a folder that is made for this user alone; raises `ServeError`."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    base = Path(runtime) if runtime and Path(runtime).is_dir() else Path(tempfile.gettempdir())
    folder = base / f"grade-warm-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        facts = folder.lstat()
    except OSError as error:
        raise ServeError(f"`{folder}` cannot be used: {error.strerror}.") from error
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or facts.st_mode & 0o077:
        raise ServeError(f"`{folder}` belongs to somebody else or is open to others: remove it.")
    return folder / f"{fingerprint()}.sock"


# Asking


def ask(request: "Request") -> "Results | None":
    """Have the warm grader grade; None when there is none or it fails, so that the caller grades itself."""
    from grader.apart import encoded_request
    from grader.results import from_json

    channel = _connected()
    if channel is None:
        return None
    with channel:
        try:
            channel.sendall(json.dumps(encoded_request(request)).encode())
            channel.shutdown(socket.SHUT_WR)
            data = b"".join(iter(lambda: channel.recv(1 << 16), b""))
            return from_json(data)
        except Exception:  # it ended, or is of another age: nothing is lost, the caller grades
            return None


def running() -> Running | None:
    """Return the warm grader of this environment, or None."""
    channel = _connected()
    if channel is None:
        return None
    with channel:
        pid, _, _ = _credentials(channel)
        return Running(pid, _memory_mb(pid))


def stop() -> bool:
    """End the warm grader; return whether there was one."""
    found = running()
    if found is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(found.pid, signal.SIGTERM)
    limit = time.monotonic() + _CONNECT_S
    while running() is not None and time.monotonic() < limit:
        time.sleep(0.01)
    return True


def start_in_background(*, wait: bool) -> bool:
    """Start a warm grader that outlives this process; with `wait`, return only when it answers (or cannot)."""
    if _connected_and_closed():
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
        if _connected_and_closed():
            return True
        if child.poll() is not None:
            return _connected_and_closed()  # another one was faster
        time.sleep(0.02)
    return not wait


def _connected_and_closed() -> bool:
    channel = _connected()
    if channel is None:
        return False
    channel.close()
    return True


def _connected() -> socket.socket | None:
    """Return a channel to the warm grader, if it is this user's own."""
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        channel.settimeout(_CONNECT_S)
        channel.connect(str(address()))
        if _credentials(channel)[1] == os.getuid():
            channel.settimeout(None)
            return channel
    except (OSError, ServeError):
        pass
    channel.close()
    return None


def _credentials(channel: socket.socket) -> tuple[int, int, int]:
    """Return process, user and group at the other end, as the kernel knows them (unix(7), SO_PEERCRED)."""
    raw = channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, user, group = _CREDENTIALS.unpack(raw)
    return pid, user, group


def _memory_mb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        line = next(line for line in text.splitlines() if line.startswith("Pss:"))
        return int(line.split()[1]) // 1024
    except (OSError, StopIteration, ValueError):
        return 0


# Serving


def serve(*, idle_s: float = IDLE_S) -> None:
    """Answer until nobody has asked for `idle_s` seconds, the environment changes, or a signal comes."""
    place = address()
    listener = _listen(place)
    if listener is None:
        raise ServeError("A warm grader runs already. `grade stop` ends it.")
    mark = fingerprint()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    from grader.apart import Nursery  # imports torch: the socket is taken first, so that only one server does it

    nursery = Nursery()
    try:
        last = time.monotonic()
        listener.listen(64)
        while time.monotonic() - last < idle_s:
            ready, _, _ = select.select([listener], [], [], min(_CHECK_S, idle_s))
            if ready:
                channel, _ = listener.accept()
                if _credentials(channel)[1] == os.getuid():
                    nursery.fork_for(channel)
                    last = time.monotonic()
                channel.close()
            elif fingerprint() != mark or not place.exists():
                break
    finally:
        place.unlink(missing_ok=True)
        nursery.close()


def _listen(place: Path) -> socket.socket | None:
    """Take the address; None when a living server has it. A dead one's socket is replaced."""
    if _connected_and_closed():
        return None
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    place.unlink(missing_ok=True)
    listener.bind(str(place))
    place.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return listener
