"""Grading many times from one warm process: each grading runs in a fork of its own.

pytest and a lesson's modules leave state behind, so a process grades once; forking a process that has already imported
torch and pytest makes the next grading cost a tenth of a second instead of seconds.
"""

import contextlib
import gc
import os
import select
import signal
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from grader.grading import Request, grade
from grader.results import Results, from_json, to_json
from grader.worker.guard import TRAPS
from grader.worker.memory import use_huge_pages


class ApartError(Exception):
    """A grading in a fork ended without results; the text is what it said last."""


@dataclass
class _Running:
    key: int
    pid: int
    data: bytearray = field(default_factory=bytearray)


def warm() -> None:
    """Import what every grading needs; the process must not have used torch with several threads before."""
    import pytest  # noqa: F401
    import torch

    import grader.plugin
    import grader.session
    import grader.testing  # noqa: F401

    torch.set_num_threads(1)
    TRAPS.lay()
    use_huge_pages()
    gc.freeze()  # a collection in a fork would copy every page it looks at


def grade_apart(requests: Iterable[Request], *, jobs: int) -> Iterator[tuple[int, Results | ApartError]]:
    """Grade each request in a fork, `jobs` at a time; yield (position of the request, results) as they finish."""
    warm()
    waiting = iter(enumerate(requests))
    running: dict[int, _Running] = {}
    try:
        while True:
            while len(running) < jobs and (following := next(waiting, None)) is not None:
                reading, pid = _fork(following[1])
                running[reading] = _Running(following[0], pid)
            if not running:
                return
            for reading in select.select(list(running), [], [])[0]:
                part = os.read(reading, 1 << 16)
                running[reading].data += part
                if not part:
                    finished = running.pop(reading)
                    os.close(reading)
                    os.waitpid(finished.pid, 0)
                    yield finished.key, _decoded(bytes(finished.data))
    finally:
        for reading, one in running.items():
            os.close(reading)
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(one.pid, signal.SIGKILL)
                os.waitpid(one.pid, 0)


def _fork(request: Request) -> tuple[int, int]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(reading)
            try:
                text = to_json(grade(request))
            except Exception as error:
                text = f"{type(error).__name__}: {error}"
            with os.fdopen(writing, "w", encoding="utf-8") as stream:
                stream.write(text)
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    return reading, pid


def _decoded(data: bytes) -> Results | ApartError:
    try:
        return from_json(data)
    except Exception:
        return ApartError(data.decode("utf-8", "replace")[:2000] or "The grading process ended without a word.")
