"""One worker as the grader sees it: messages within deadlines, output, and an end that is certain."""

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from grader.worker.channel import Channel, drain, numbered, pack, unpack
from grader.worker.wire import WireError

_OUTPUT_KEPT: Final = 8 << 10
_POST_LIMIT_S: Final = 30.0
_MOST_GRACE: Final = 9.0
_SMALLEST_GRACE_S: Final = 0.02
_AT_ONCE_S: Final = 0.05
"""Most answers come within this time, and then nobody has to know how long the worker waited for a processor."""
_UNKNOWN: Final = -1.0


class WorkerError(Exception):
    """A worker cannot answer any more; the text is a sentence for the student."""


class WorkerTimeoutError(WorkerError):
    """The limit of a call or of the exercise has passed."""


class WorkerDiedError(WorkerError):
    """The process ended by itself or was ended by a limit."""


@dataclass
class Budget:
    """The seconds a submission may still use; time the grader spends in callbacks does not count."""

    call_s: float
    left_s: float
    left_bytes: int = 96 << 20
    again_s: float | None = None
    """What a call may take after one that ran into its limit, and no call is made after a second one; None: no change."""

    @classmethod
    def of(cls, limit: float) -> "Budget":
        """Return the budget of a submission for one exercise: half of it for a call, a tenth after a call without an end."""
        return cls(limit / 2, limit, again_s=limit / 10)

    def overrun(self) -> None:
        """Note that a call ran into its limit: the next one hardly ends either."""
        if self.again_s is not None and self.call_s > self.again_s:
            self.call_s = self.again_s
        elif self.again_s is not None:
            self.left_s = 0.0

    def limit(self) -> float:
        """Return the seconds the next call may take."""
        return max(0.0, min(self.call_s, self.left_s))


@dataclass
class Reply:
    """What came back from a worker."""

    header: dict[str, Any]
    blobs: list[memoryview]
    text: bytes | bytearray
    """The header as it came."""


class Origin(Protocol):
    """Where workers come from (the zygote)."""

    def collect(self, worker: "Worker") -> None:
        """Wait until the worker's process is there, and set `pid` and `pidfd`."""
        ...

    def exit_code(self, pid: int) -> int | None:
        """Return how an ended worker ended: its exit code, or minus the signal; None when nobody knows."""
        ...


@dataclass
class Worker:
    """One forked process and the channel to it. Messages may be posted before the process is there."""

    channel: Channel
    output: int
    origin: Origin
    pid: int = 0
    """The process's number as the zygote sees it; 0 until it is collected."""
    pidfd: int = -1
    tail: bytearray = field(default_factory=bytearray)
    violations: list[dict[str, Any]] = field(default_factory=list)
    """Broken rules, told at the moment they were broken: a submission cannot take them back."""
    alive: bool = True
    _deadline: float = 0.0
    _waited: float = 0.0
    _grace: float = 0.0
    _host_pid: int = 0
    """The process's number as this process sees it."""
    _asked: int = 0
    _answered: int = 0
    """Messages sent and replies received: a reply must carry the number of its message."""

    def post(self, header: dict[str, Any]) -> None:
        """Send a message whose reply is received later."""
        self._deadline = time.monotonic() + _POST_LIMIT_S
        self._asked += 1
        self.channel.send_frame(numbered(pack(header, []), self._asked), wait=self._wait)

    def exchange(
        self,
        frame: bytes,
        budget: Budget,
        call_back: Callable[[Reply], tuple[dict[str, Any], list[bytes]]] | None = None,
    ) -> Reply:
        """Send a message and return the reply; see `receive`."""
        return self.receive(budget, call_back, send=frame)

    def receive(
        self,
        budget: Budget,
        call_back: Callable[[Reply], tuple[dict[str, Any], list[bytes]]] | None = None,
        *,
        send: bytes | None = None,
    ) -> Reply:
        """Return the next reply, serving callbacks in between.

        Raises `WorkerError` when no reply comes; the worker is dead then. Whatever interrupts the exchange
        half-way kills the worker, because its stream would be out of step.
        """
        self.origin.collect(self)
        limit = budget.limit()
        self._deadline = time.monotonic() + limit
        self._waited = _UNKNOWN
        self._grace = _MOST_GRACE * limit
        try:
            if send is not None:
                self._asked += 1
                self.channel.send_frame(numbered(send, self._asked), wait=self._wait)
            while True:
                text, body = self.channel.receive_frame(wait=self._wait)
                reply = Reply(*unpack(text, body), text)
                self._spend(reply, budget)
                kind = reply.header.get("kind")
                if kind == "violation":
                    self.violations.append(reply.header)
                elif kind == "callback" and call_back is not None:
                    paused = time.monotonic()
                    answer = call_back(reply)
                    self._give_back(time.monotonic() - paused)
                    self.channel.send(*answer, wait=self._wait)
                else:
                    self._answered += 1
                    if reply.header.get("n") != self._answered:
                        raise WireError("a reply came out of turn")
                    self._drain()
                    return reply
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
        poll.register(self.output, select.POLLIN)
        while True:
            left = self._deadline - time.monotonic()
            if left <= 0:
                left = self._extend()
                if left <= 0:
                    raise WorkerTimeoutError
            patience = min(left, _AT_ONCE_S) if self._waited == _UNKNOWN else left
            ready = dict(poll.poll(patience * 1000))
            if self.output in ready and not drain(self.output, self.tail, _OUTPUT_KEPT):
                poll.unregister(self.output)
            if self.channel.fileno() in ready:
                return
            if self._waited == _UNKNOWN:
                self._waited = self._waiting_s()

    @staticmethod
    def _spend(reply: Reply, budget: Budget) -> None:
        """Count what was received; what checks keep of it stays in the grader's memory."""
        budget.left_bytes -= sum(len(blob) for blob in reply.blobs)
        if budget.left_bytes < 0:
            raise WireError("the answers together are too large")

    def _give_back(self, seconds: float) -> None:
        """Add the grader's own time in a callback to the deadline, as long as that does not get out of hand."""
        won = min(seconds, self._grace)
        self._grace -= won
        self._deadline += won

    def _extend(self) -> float:
        """Give back the time in which the worker was ready to run but the machine was busy; return the seconds won."""
        waited = self._waiting_s()
        won = min(waited - self._waited, self._grace) if self._waited != _UNKNOWN else 0.0
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

    def usage(self) -> tuple[float, int]:
        """Return the processor's seconds and the most bytes of memory that it has used, 0 where the system does not say."""
        self._waiting_s()  # finds the process's number
        try:
            seconds = int(Path(f"/proc/{self._host_pid}/schedstat").read_bytes().split()[0]) / 1e9
            told = Path(f"/proc/{self._host_pid}/status").read_text(encoding="ascii")
            return seconds, int(told.partition("VmHWM:")[2].split()[0]) << 10
        except (OSError, ValueError, IndexError):
            return 0.0, 0

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
        self.origin.collect(self)
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        self._drain()
        for descriptor in (self.pidfd, self.output):
            os.close(descriptor)
        self.channel.close()

    def _how_it_ended(self) -> str:
        code = self.origin.exit_code(self.pid)
        if code is None or code == -signal.SIGKILL:
            return "The process was killed: it used more memory or time than allowed, or closed its channel."
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
            return f"The process crashed ({name})."
        return (
            f"The process ended itself with exit code {code} before it answered (os._exit, or a crash of an extension)."
        )
