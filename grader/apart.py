"""Grading many times from one warm process: each grading runs in a fork of its own.

pytest and a lesson's modules leave state behind, so a process grades once; forking a process that has already imported
torch and pytest makes the next grading cost a tenth of a second instead of seconds. The forks come from a nursery that
knows no request: a grading starts its zygote first, and only then reads what it is to grade.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.grading import Request, grade, start_zygote
from grader.lessons import Course
from grader.results import Results, from_json, to_json
from grader.worker import jail

_PACKET = 1 << 12


class ApartError(Exception):
    """A grading in a fork ended without results; the text is what it said last."""


class Nursery:
    """A process that has imported everything a grading needs, and forks itself for each."""

    def __init__(self) -> None:
        """Fork it from this process, which must have one thread and hold no secrets yet."""
        _warm()
        self._owner = os.getpid()
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._pid = os.fork()
        if self._pid == 0:
            try:
                self._requests.close()
                jail.detach_from(self._owner)
                _serve(theirs)
            finally:
                os._exit(0)
        theirs.close()

    def fork(self) -> socket.socket:
        """Return the channel to a new process that waits for a request."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            self.fork_for(theirs)
        return ours

    def fork_for(self, channel: socket.socket) -> None:
        """Have a new process read its request from this end of a channel, and answer there."""
        socket.send_fds(self._requests, [b"fork"], [channel.fileno()])

    def close(self) -> None:
        """End the nursery; gradings that still run are ended, too."""
        if os.getpid() == self._owner and self._pid:
            self._requests.close()
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self._pid, signal.SIGTERM)
                os.waitpid(self._pid, 0)
            self._pid = 0


def _warm() -> None:
    import pytest  # noqa: F401
    import torch

    import grader.plugin
    import grader.session
    import grader.testing  # noqa: F401
    from grader.worker.memory import use_huge_pages
    from grader.worker.traps import TRAPS

    torch.set_num_threads(1)
    TRAPS.lay()
    use_huge_pages()
    gc.freeze()  # a collection in a fork would copy every page it looks at


def _serve(requests: socket.socket) -> None:
    """Fork a grader for each packet until the other end closes."""
    running: set[int] = set()
    nursery = os.getpid()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    while True:
        packet, descriptors, _, _ = socket.recv_fds(requests, _PACKET, 1)
        if not packet:
            return
        pid = os.fork()
        if pid == 0:
            os.close(requests.detach())
            jail.detach_from(nursery)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            _grade_one(socket.socket(fileno=descriptors[0]))
        running.add(pid)
        os.close(descriptors[0])
        for ended in [one for one in running if os.waitpid(one, os.WNOHANG)[0]]:
            running.discard(ended)


def _grade_one(channel: socket.socket) -> None:
    """Grade what the channel asks for, and answer with the results; never returns."""
    try:
        try:
            zygote = start_zygote()
            text = b"".join(iter(lambda: channel.recv(1 << 16), b""))
            _end_with(channel)
            answer = to_json(grade(decoded_request(json.loads(text)), zygote)) if text else ""
        except Exception as error:
            answer = f"{type(error).__name__}: {error}"
        with contextlib.suppress(OSError):
            channel.sendall(answer.encode("utf-8", "backslashreplace"))
    finally:
        os._exit(0)


def _end_with(channel: socket.socket) -> None:
    """Have this process end as soon as nobody waits for its answer; the kernel then ends its zygote and workers."""

    def wait() -> None:
        poll = select.poll()
        poll.register(channel, 0)  # POLLHUP: both directions are closed
        poll.poll()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


@dataclass
class _Running:
    key: int
    channel: socket.socket
    data: bytearray = field(default_factory=bytearray)


def grade_apart(
    requests: Iterable[Request], *, jobs: int, nursery: Nursery | None = None
) -> Iterator[tuple[int, Results | ApartError]]:
    """Grade each request in a fork, `jobs` at a time; yield (position of the request, results) as they finish.

    Without a `nursery` one is made from this process as it is now.
    """
    mine = nursery or Nursery()
    waiting = iter(enumerate(requests))
    running: dict[int, _Running] = {}
    try:
        while True:
            while len(running) < jobs and (following := next(waiting, None)) is not None:
                channel = mine.fork()
                channel.sendall(json.dumps(encoded_request(following[1])).encode())
                channel.shutdown(socket.SHUT_WR)
                running[channel.fileno()] = _Running(following[0], channel)
            if not running:
                return
            for descriptor in select.select(list(running), [], [])[0]:
                part = running[descriptor].channel.recv(1 << 16)
                running[descriptor].data += part
                if not part:
                    finished = running.pop(descriptor)
                    finished.channel.close()
                    yield finished.key, _decoded(bytes(finished.data))
    finally:
        for one in running.values():
            one.channel.close()
        if nursery is None:
            mine.close()


def encoded_request(request: Request) -> dict[str, Any]:
    """Return a request as JSON values, to be read by `decoded_request` in another process."""
    return {
        "course": str(request.course.root),
        "exercises": [exercise.file for exercise in request.exercises],
        "submission_root": str(request.submission_root),
        "seed": request.seed,
        "timeout": request.timeout,
        "device": request.device,
        "jailed": request.jailed,
        "strict": request.strict,
        "verdict_only": request.verdict_only,
        "series": request.series,
        **{name: str(path) if path is not None else None for name, path in _files(request).items()},
    }


def decoded_request(told: dict[str, Any]) -> Request:
    """Return the request that `encoded_request` wrote down."""
    course = Course(Path(told.pop("course")))
    files, root = told.pop("exercises"), Path(told.pop("submission_root"))
    memory, record = (Path(told[name]) if told[name] else None for name in ("memory", "record"))
    exercises = tuple(one for one in course.exercises if one.file in files)
    return Request(course, exercises, root, **{**told, "memory": memory, "record": record})


def _files(request: Request) -> dict[str, Path | None]:
    return {"memory": request.memory, "record": request.record}


def _decoded(data: bytes) -> Results | ApartError:
    try:
        return from_json(data)
    except Exception:
        return ApartError(data.decode("utf-8", "replace")[:2000] or "The grading process ended without a word.")
