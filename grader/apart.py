"""Grading many times from one warm process: each grading runs in a fork of its own, and says what came of it."""

import contextlib
import json
import select
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from grader.early import Loading
from grader.grading import merged
from grader.lessons import Course, Exercise
from grader.nursery import Nursery
from grader.request import GradingError, Request, decoded_request, encoded_request, length_of, place_of
from grader.results import Results, from_json, to_json


class ApartError(Exception):
    """A grading in a fork ended without results; the text is what it said last."""


class Told:
    """A request that came over a channel, and goes back as results."""

    def __init__(self, channel: socket.socket, request: dict[str, Any], course: Course) -> None:
        self._channel, self.request = channel, decoded_request(request, course)

    @classmethod
    def read(cls, channel: socket.socket, course: Course) -> "Told":
        """Read the request, which is all that comes."""
        return cls(channel, json.loads(b"".join(iter(lambda: channel.recv(1 << 16), b""))), course)

    def finish(self, results: Results) -> None:
        """Send the results."""
        self._answer(to_json(results, compact=True))

    def fail(self, error: Exception) -> None:
        """Send the kind of the error and what it says."""
        self._answer(f"{type(error).__name__}: {error}")

    def _answer(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._channel.sendall(text.encode("utf-8", "backslashreplace"))


def new_nursery(*, forget: Sequence[list[str]] = (), loading: Loading | None = None) -> Nursery:
    """Return a nursery for `grade_apart`, forked from this process, which must hold no secrets yet but those in `forget`."""
    return Nursery(Told.read, forget=forget, loading=loading)


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
    mine = nursery or new_nursery()
    waiting = iter(enumerate(requests))
    running: dict[int, _Running] = {}
    try:
        while True:
            while len(running) < jobs and (following := next(waiting, None)) is not None:
                channel, theirs = socket.socketpair()
                with theirs:
                    mine.fork_for(theirs, place_of(following[1]))
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


def grade_lessons(request: Request, nursery: Nursery, *, jobs: int, on_lesson: Callable[[int, int], None]) -> Results:
    """Grade each lesson of a request in a fork, `jobs` at a time, and return what one grading of all would return.

    `on_lesson` is told how many lessons are done, and of how many.
    """
    started = time.monotonic()
    lessons: dict[str, list[Exercise]] = {}
    for exercise in request.exercises:
        lessons.setdefault(exercise.folder, []).append(exercise)
    parts = [replace(request, exercises=tuple(exercises), on_check=None) for exercises in lessons.values()]
    order = sorted(
        range(len(parts)), key=lambda part: -sum(length_of(request.course, one) for one in parts[part].exercises)
    )  # the last ones should be short
    found: dict[int, Results] = {}
    failed: list[str] = []
    for turn, outcome in grade_apart((parts[part] for part in order), jobs=jobs, nursery=nursery):
        position = order[turn]
        if isinstance(outcome, ApartError):
            kind, _, sentence = str(outcome).partition(": ")
            if kind == "GradingError":
                raise GradingError(sentence)
            failed.append(f"{parts[position].exercises[0].folder}: {outcome}")
        else:
            found[position] = outcome
        on_lesson(len(found) + len(failed), len(parts))
    if not found:
        raise GradingError(failed[0])
    parts_found = [found[position] for position in sorted(found)]
    return merged(request.course, parts_found, time.monotonic() - started, failed)


def _decoded(data: bytes) -> Results | ApartError:
    try:
        return from_json(data)
    except Exception:
        return ApartError(data.decode("utf-8", "replace")[:2000] or "The grading process ended without a word.")
