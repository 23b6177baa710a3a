"""The grader's side of the processes: starts the zygote, has it fork workers, talks to them within deadlines."""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from grader.worker import zygote as zygote_process
from grader.worker.wire import Channel, Decoder, Encoder, Reference, WireError, drain

_OUTPUT_KEPT: Final = 8 << 10
_START_LIMIT_S: Final = 30.0
_MOST_GRACE: Final = 9.0
_SMALLEST_GRACE_S: Final = 0.02
_END_LIMIT_S: Final = 2.0


class WorkerError(Exception):
    """A worker cannot answer any more; `verdict` is a value of `Verdict`, the text a sentence for the student."""

    verdict = "killed"


class WorkerTimeoutError(WorkerError):
    """The limit of a call or of the exercise has passed."""

    verdict = "timed_out"


class WorkerDiedError(WorkerError):
    """The process ended by itself or was ended by a limit."""


class ZygoteError(Exception):
    """The zygote is gone: the harness's own failure, never the student's."""


@dataclass
class Budget:
    """The seconds a submission may still use; time the grader spends in callbacks does not count."""

    call_s: float
    left_s: float

    def limit(self) -> float:
        """Return the seconds the next call may take."""
        return max(0.0, min(self.call_s, self.left_s))


@dataclass
class Reply:
    """What came back from a worker."""

    header: dict[str, Any]
    blobs: list[memoryview]


@dataclass
class Worker:
    """One forked process and the channel to it."""

    channel: Channel
    pid: int
    pidfd: int
    output: int
    zygote: "Zygote"
    tail: bytearray = field(default_factory=bytearray)
    alive: bool = True
    _deadline: float = 0.0
    _waited: float = 0.0
    _grace: float = 0.0
    _host_pid: int = 0
    """The process's number as this process sees it; `pid` is the zygote's."""

    def exchange(
        self,
        header: dict[str, Any],
        blobs: list[bytes],
        budget: Budget,
        call_back: Callable[[Reply], tuple[dict[str, Any], list[bytes]]] | None = None,
    ) -> Reply:
        """Send a message and return the reply, serving callbacks in between.

        Raises `WorkerError` when no reply comes; the worker is dead then. Whatever interrupts the exchange
        half-way kills the worker, because its stream would be out of step.
        """
        limit = budget.limit()
        self._deadline = time.monotonic() + limit
        self._waited = self._waiting_s()
        self._grace = _MOST_GRACE * limit
        try:
            self.channel.send(header, blobs, wait=self._wait)
            while True:
                reply = Reply(*self.channel.receive(wait=self._wait))
                if reply.header.get("kind") != "callback" or call_back is None:
                    self._drain()
                    return reply
                paused = time.monotonic()
                answer = call_back(reply)
                self._deadline += time.monotonic() - paused
                self.channel.send(*answer, wait=self._wait)
        except EOFError:
            self.close()
            raise WorkerDiedError(self._how_it_ended()) from None
        except WireError as error:
            self.close()
            raise WorkerDiedError(f"The answer could not be read: {error}.") from error
        except BaseException:
            self.close()
            raise
        finally:
            budget.left_s -= max(0.0, time.monotonic() - (self._deadline - limit))

    def _wait(self, event: int) -> None:
        """Block until the channel is ready; drain the output meanwhile; raise at the deadline."""
        poll = select.poll()
        poll.register(self.channel.fileno(), event)
        if self.output >= 0:
            poll.register(self.output, select.POLLIN)
        while True:
            left = self._deadline - time.monotonic()
            if left <= 0:
                left = self._extend()
                if left <= 0:
                    raise WorkerTimeoutError
            ready = dict(poll.poll(left * 1000))
            if self.output in ready and not drain(self.output, self.tail, _OUTPUT_KEPT):
                poll.unregister(self.output)
            if self.channel.fileno() in ready:
                return

    def _extend(self) -> float:
        """Give back the time in which the worker was ready to run but the machine was busy; return the seconds won."""
        waited = self._waiting_s()
        won = min(waited - self._waited, self._grace)
        self._waited = waited
        self._grace -= won
        self._deadline += won if won > _SMALLEST_GRACE_S else 0.0
        return self._deadline - time.monotonic()

    def _waiting_s(self) -> float:
        """Return the seconds that the worker has spent waiting for a processor, 0 where the system does not say."""
        try:
            if self._host_pid == 0:
                told = Path(f"/proc/self/fdinfo/{self.pidfd}").read_text(encoding="ascii")
                self._host_pid = int(told.partition("Pid:")[2].split()[0])
            return int(Path(f"/proc/{self._host_pid}/schedstat").read_bytes().split()[1]) / 1e9
        except (OSError, ValueError, IndexError):
            return 0.0

    def _drain(self) -> None:
        drain(self.output, self.tail, _OUTPUT_KEPT)

    def take_output(self) -> str:
        """Return what the submission printed since the last time, its tail only."""
        text = bytes(self.tail[-_OUTPUT_KEPT:]).decode("utf-8", "replace")
        self.tail.clear()
        return text

    def close(self) -> None:
        """Kill the worker and everything it started; a second time does nothing."""
        if not self.alive:
            return
        self.alive = False
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        self._drain()
        for descriptor in (self.pidfd, self.output):
            os.close(descriptor)
        self.channel.close()

    def _how_it_ended(self) -> str:
        code = self.zygote.exit_code(self.pid)
        if code is None or code == -signal.SIGKILL:
            return "The process was killed: it used more memory or time than allowed, or closed its channel."
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
            return f"The process crashed ({name})."
        return (
            f"The process ended itself with exit code {code} before it answered (os._exit, or a crash of an extension)."
        )


@dataclass
class _Pending:
    """A worker that was asked for."""

    channel: socket.socket
    output: int


class Zygote:
    """The grader's handle on the zygote."""

    def __init__(self, requests: socket.socket, pid: int, scratch: Path) -> None:
        self._requests = requests
        self._pid = pid
        self._owner = os.getpid()
        self._ahead: list[_Pending] = []
        self._spare: list[Worker] = []
        self._scratch = scratch
        self.forks = 0
        self.skip: frozenset[str] = frozenset()
        """Layers of the jail to leave out: a switch for tests."""
        self.isolation: list[str] = []
        """The layers of the jail around the last worker."""

    @classmethod
    def start(cls) -> "Zygote":
        """Fork the zygote from this process, which must have one thread and hold no secrets yet."""
        scratch = Path(tempfile.mkdtemp(prefix="grade-"))
        zygote_process.warm_up()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            ours.close()
            zygote_process.main(theirs)
        theirs.close()
        ours.settimeout(_START_LIMIT_S)
        return cls(ours, pid, scratch)

    def prefetch(self) -> None:
        """Ask for a worker ahead of need; it is forked while the grader does something else."""
        if self._ahead or self._spare:
            return
        self._ahead.append(self._ask())

    def worker(self) -> Worker:
        """Return a fresh worker that has loaded nothing."""
        if self._spare:
            return self._spare.pop()
        return self._take(self._ahead.pop(0) if self._ahead else self._ask())

    def confine(self, worker: Worker, readable: list[str], limits: dict[str, int], *, devices: bool = False) -> None:
        """Put a worker into the jail: it may read `readable` besides Python, and write to a folder of its own."""
        scratch = self._scratch / str(worker.pid)
        scratch.mkdir(exist_ok=True)
        header = {
            "kind": "confine",
            "readable": readable,
            "scratch": str(scratch),
            "limits": limits,
            "devices": devices,
            "skip": sorted(self.skip),
        }
        reply = worker.exchange(header, [], Budget(_START_LIMIT_S, _START_LIMIT_S))
        if reply.header.get("kind") != "confined":
            raise ZygoteError(f"The jail could not be set up: {reply.header.get('message')}")
        self.isolation = [str(layer) for layer in reply.header["layers"]]

    def _ask(self) -> _Pending:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        reading, writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        os.set_blocking(writing, True)
        try:
            socket.send_fds(self._requests, [b'{"do": "fork"}'], [theirs.fileno(), writing])
        except OSError as error:
            raise ZygoteError("The process that starts workers has ended.") from error
        finally:
            theirs.close()
            os.close(writing)
        self.forks += 1
        return _Pending(ours, reading)

    def _take(self, pending: _Pending) -> Worker:
        message, descriptors = self._reply()
        return Worker(Channel(pending.channel), message["pid"], descriptors[0], pending.output, self)

    def exit_code(self, pid: int) -> int | None:
        """Return how an ended worker ended: its exit code, or minus the signal; None when nobody knows."""
        while self._ahead:  # replies come in the order of the requests
            self._spare.append(self._take(self._ahead.pop(0)))
        try:
            self._requests.send(json.dumps({"do": "reap", "pid": pid}).encode())
            code: int | None = self._reply()[0].get("code")
        except (OSError, ZygoteError):
            return None
        return code

    def _reply(self) -> tuple[dict[str, Any], list[int]]:
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._requests, zygote_process.PACKET, 1)
        except OSError as error:
            raise ZygoteError("The process that starts workers does not answer.") from error
        if not packet:
            raise ZygoteError("The process that starts workers has ended.")
        return json.loads(packet), descriptors

    def close(self) -> None:
        """End the zygote and every worker."""
        if os.getpid() != self._owner:
            return
        for worker in self._spare:
            worker.close()
        self._requests.close()  # the zygote reaps its workers and ends
        for pending in self._ahead:
            pending.channel.close()
        limit = time.monotonic() + _END_LIMIT_S
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(self._pid, os.WNOHANG) == (0, 0):
                if time.monotonic() > limit:
                    os.kill(self._pid, signal.SIGKILL)
                time.sleep(0.001)
        shutil.rmtree(self._scratch, ignore_errors=True)


__all__ = [
    "Budget",
    "Decoder",
    "Encoder",
    "Reference",
    "Reply",
    "WireError",
    "Worker",
    "WorkerDiedError",
    "WorkerError",
    "WorkerTimeoutError",
    "Zygote",
    "ZygoteError",
]
