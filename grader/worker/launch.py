"""The grader's handle on the zygote: has workers forked ahead of need, knows how they ended."""

import contextlib
import json
import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from grader.worker import zygote as zygote_process
from grader.worker.channel import Channel
from grader.worker.process import Worker

_START_LIMIT_S: Final = 60.0
_END_LIMIT_S: Final = 2.0


class ZygoteError(Exception):
    """The zygote is gone: the harness's own failure, never the student's."""


class JailError(ZygoteError):
    """A worker lacks a layer of the jail that is demanded."""


class Zygote:
    """The process that forks workers, seen from the grader."""

    def __init__(self, requests: socket.socket, pid: int = 0) -> None:
        """Keep the end of its channel, and its process number where it shall end with this handle."""
        self._requests = requests
        self._pid = pid
        self._owner = os.getpid()
        self._expected: list[Worker] = []
        """Workers that were asked for and not collected; replies come in the order of the requests."""
        self._spare: list[tuple[list[str], Worker]] = []
        self._scratch = Path(tempfile.mkdtemp(prefix="grade-"))
        """The place where each worker mounts a folder of its own; without mount namespaces, the folder they share."""
        self.forks = 0
        self.skip: frozenset[str] = frozenset()
        """Layers of the jail to leave out: a switch for tests."""
        self.demand: frozenset[str] = frozenset()
        """Layers without which a worker ends before it reads a program."""
        self.isolation: list[str] = []
        """The layers of the jail around the last worker that reported them."""
        self._told = False

    @classmethod
    def start(cls, forget: Sequence[list[str]] = ()) -> "Zygote":
        """Fork the zygote from this process; see `fork_zygote`."""
        return cls(*fork_zygote(forget))

    @classmethod
    def borrowed(cls, requests: socket.socket, token: int) -> "Zygote":
        """Return a zygote that outlives this handle, from where its reply to the reset of this number stands."""
        requests.settimeout(_START_LIMIT_S)
        made = cls(requests)
        while True:
            message, descriptors = made._reply()
            for descriptor in descriptors:  # of a worker that the last user had asked for
                os.close(descriptor)
            if message.get("reset") == token:
                return made

    def prepare(self, readable: list[str]) -> None:
        """Have a worker forked that the next `spawn` with the same arguments will return."""
        self._spare.append((readable, self._fork(readable, {}, devices=False)))

    def spawn(self, readable: list[str], limits: dict[str, int], *, devices: bool = False) -> Worker:
        """Return a new worker on its way into the jail; its first reply tells the active layers.

        It may read `readable` besides Python, and write to a folder of its own. It is forked while the grader goes on.
        """
        for spare in self._spare:
            if spare[0] == readable and not limits and not devices:
                self._spare.remove(spare)
                return spare[1]
        return self._fork(readable, limits, devices=devices)

    def _fork(self, readable: list[str], limits: dict[str, int], *, devices: bool) -> Worker:
        self.forks += 1
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
        worker = Worker(Channel(ours), reading, self)
        self._expected.append(worker)
        worker.post(
            {
                "kind": "confine",
                "readable": readable,
                "scratch": str(self._scratch),
                "limits": limits,
                "devices": devices,
                "skip": sorted(self.skip),
                "demand": sorted(self.demand),
            }
        )
        return worker

    def confined(self, header: dict[str, Any]) -> None:
        """Note what a worker said of its jail, in its first reply; raises `JailError` when that is not what is demanded."""
        if header.get("kind") != "confined":
            raise ZygoteError(f"The jail could not be set up: {header.get('message')}")
        self.isolation, self._told = [str(layer) for layer in header["layers"]], True
        missing = self.missing
        if missing:
            raise JailError(f"Student code cannot be isolated here: {', '.join(missing)} missing.")

    @property
    def missing(self) -> list[str]:
        """The demanded layers that the last worker did not have; none before a worker has told."""
        return sorted(self.demand - set(self.isolation)) if self._told else []

    def collect(self, worker: Worker) -> None:
        """Wait until the worker's process is there, and set its `pid` and `pidfd`."""
        while worker.pid == 0:
            message, descriptors = self._reply()
            first = self._expected.pop(0)
            first.pid, first.pidfd = message["pid"], descriptors[0]

    def exit_code(self, pid: int) -> int | None:
        """Return how an ended worker ended: its exit code, or minus the signal; None when nobody knows."""
        try:
            for worker in list(self._expected):
                self.collect(worker)
            self._requests.send(json.dumps({"do": "reap", "pid": pid}).encode())
            code: int | None = self._reply()[0].get("code")
        except (OSError, ZygoteError):
            return None
        return code

    def _reply(self) -> tuple[dict[str, Any], list[int]]:
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._requests, zygote_process.PACKET, 1)
        except OSError as error:
            with contextlib.suppress(OSError):  # a late answer must not be taken for that of a later question
                self._requests.shutdown(socket.SHUT_RDWR)
            raise ZygoteError("The process that starts workers does not answer.") from error
        if not packet:
            raise ZygoteError("The process that starts workers has ended.")
        message = json.loads(packet)
        if "failed" in message:
            raise ZygoteError(f"The process that starts workers could not be set up: {message['failed']}")
        return message, descriptors

    def close(self, *, wait: bool = True) -> None:
        """End the zygote and every worker; a process that is about to end itself need not wait for theirs."""
        if os.getpid() != self._owner:
            return
        for worker in self._expected:
            worker.channel.close()
        self._requests.close()  # the zygote reaps its workers and ends, if nobody else has this channel
        if not self._pid:
            shutil.rmtree(self._scratch, ignore_errors=True)
            return
        if not wait:
            with contextlib.suppress(OSError):
                os.kill(self._pid, signal.SIGKILL)  # its workers die with it, the kernel sees to that
            shutil.rmtree(self._scratch, ignore_errors=True)
            return
        limit = time.monotonic() + _END_LIMIT_S
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(self._pid, os.WNOHANG) == (0, 0):
                if time.monotonic() > limit:
                    os.kill(self._pid, signal.SIGKILL)
                time.sleep(0.001)
        shutil.rmtree(self._scratch, ignore_errors=True)


def fork_zygote(forget: Sequence[list[str]] = ()) -> tuple[socket.socket, int]:
    """Fork a zygote from this process, which must have one thread and hold no secrets yet; return channel and process.

    The lists in `forget` are emptied in the zygote.
    """
    zygote_process.warm_up()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        ours.close()
        for words in forget:
            words.clear()
        zygote_process.main(theirs)
    theirs.close()
    ours.settimeout(_START_LIMIT_S)
    return ours, pid


def reset(requests: socket.socket, token: int) -> None:
    """Have a zygote end all its workers and forget them; its reply has this number, see `Zygote.borrowed`."""
    requests.send(json.dumps({"do": "reset", "token": token}).encode())
