"""Grading on this machine: every task in a fork of one warm process, which is started anew if it dies."""

import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from grader.batch.execution import Conditions, ExecutionError, Outcome, Task
from grader.batch.workplace import Workplace
from grader.lessons import Course
from grader.request import Place, Request, encoded_request, place_of

_LONGEST_S: Final = 1800.0
"""After this a grading is given up; the limits inside end every submission long before."""
_MOST_STARTS: Final = 4
"""How often the warm process may be started without one result in between."""
_NO_WORD: Final = "The grading process ended without a word."


@dataclass
class _Running:
    task: Task
    channel: socket.socket
    folder: Path
    deadline: float
    data: bytearray = field(default_factory=bytearray)


@dataclass
class _Warm:
    """The process that has torch ready, and the socket over which it is sent channels."""

    process: subprocess.Popen[bytes]
    channels: socket.socket

    def end(self) -> None:
        """End it; its forks go with it, the kernel sees to that."""
        self.channels.close()
        self.process.kill()
        self.process.wait()


class LocalExecutor:
    """Grades `jobs` tasks at a time; their files lie in a folder that only this user can read."""

    def __init__(self, conditions: Conditions, *, jobs: int) -> None:
        self._conditions, self._jobs = conditions, jobs
        self._course = Course(Path(conditions.course))
        self._lessons = {lesson.id: lesson for lesson in self._course.lessons}
        self._place = Workplace()
        self._running: dict[int, _Running] = {}
        self._starts = 0
        self._warm: _Warm | None = None
        """Started when the first task comes: a run that finds everything graded needs none."""

    @property
    def room(self) -> int:
        """How many tasks it grades at a time."""
        return self._jobs

    def submit(self, task: Task) -> None:
        """Begin to grade."""
        folder = self._place.folder / f"{task.number}-{task.tries}"
        for file, data in task.files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(data)
        folder.mkdir(exist_ok=True)
        request = Request(
            self._course,
            self._lessons[task.lesson].exercises,
            folder,
            seed=task.seed,
            timeout=self._conditions.timeout,
            device=self._conditions.device,
            jailed=True,
            memory=self._place.folder / "answers.sqlite",
        )
        channel = self._fork(place_of(request))
        with contextlib.suppress(OSError):  # it has died already: the end of its answer tells
            channel.sendall(json.dumps(encoded_request(request)).encode())
            channel.shutdown(socket.SHUT_WR)
        self._running[channel.fileno()] = _Running(task, channel, folder, time.monotonic() + _LONGEST_S)

    def finished(self, seconds: float) -> list[Outcome]:
        """Return what has ended, waiting for it at most so long."""
        outcomes = []
        for descriptor in select.select(list(self._running), [], [], seconds)[0]:
            try:
                part = self._running[descriptor].channel.recv(1 << 16)
            except ConnectionError:
                part = b""
            self._running[descriptor].data += part
            if not part:
                outcomes.append(self._ended(descriptor))
        now = time.monotonic()
        for descriptor in [number for number, one in self._running.items() if now > one.deadline]:
            self._running[descriptor].data.clear()
            outcomes.append(self._ended(descriptor, f"Grading took longer than {_LONGEST_S / 60:.0f} minutes."))
        return outcomes

    def close(self) -> None:
        """End whatever still runs, and remove the files."""
        for one in self._running.values():
            one.channel.close()
        if self._warm is not None:
            self._warm.end()
        self._place.close()

    def _ended(self, descriptor: int, failure: str = _NO_WORD) -> Outcome:
        one = self._running.pop(descriptor)
        one.channel.close()
        shutil.rmtree(one.folder, ignore_errors=True)
        if one.data.startswith(b"{"):
            self._starts = 0
            return Outcome(one.task.number, data=bytes(one.data))
        said = one.data.decode("utf-8", "replace")[:2000]
        kind, _, sentence = said.partition(": ")
        hopeless = kind == "GradingError"  # about this machine, not about the hand-in
        return Outcome(one.task.number, failure=(sentence if hopeless else said) or failure, hopeless=hopeless)

    def _fork(self, place: Place) -> socket.socket:
        """Return the channel to a new grading process."""
        while True:
            self._warm = self._warm or self._start()
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            with theirs:
                try:
                    socket.send_fds(self._warm.channels, [place.encoded()], [theirs.fileno()])
                    return ours
                except OSError:
                    ours.close()
                    self._warm.end()
                    self._warm = None

    def _start(self) -> _Warm:
        self._starts += 1
        if self._starts > _MOST_STARTS:
            raise ExecutionError("The process that grades ends again and again. `grade doctor` may say why.")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "grader.batch.warm"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=None if "GRADE_DEBUG" in os.environ else subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )
        return _Warm(process, ours)
