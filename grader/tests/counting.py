"""Grades once in a fresh process and prints what that cost in counts, for the tests that no clock decides.

python counting.py FOLDER TARGET…            grades the folder's course from its reference
python counting.py --sizes                   asks one program with short and with long arguments
"""

import itertools
import json
import os
import sys
from pathlib import Path
from typing import Any

from grader.grading import grade, start_zygote
from grader.lessons import find_course
from grader.request import Request

PROGRAM = """
import sys

def total(numbers):
    return sum(numbers)

def double(x):
    return {"twice": x * 2, "rows": [row for row in x]}

def modules():
    return sorted(sys.modules)
"""


class Wire:
    """Counts what this process, not its forks, sends and receives."""

    def __init__(self) -> None:
        from grader.worker.channel import Channel

        self.messages = self.bytes = 0
        self.steps: list[int] = []
        self.kept: list[Any] = []
        owner, send, receive = os.getpid(), Channel.send_frame, Channel.receive_frame

        def counted_send(channel: Any, frame: bytes, *, wait: Any) -> None:
            self.note(owner, len(frame))
            send(channel, frame, wait=wait)

        def counted_receive(channel: Any, *, wait: Any) -> tuple[bytearray, bytearray]:
            text, body = receive(channel, wait=wait)
            self.note(owner, len(text) + len(body))
            return text, body

        Channel.send_frame, Channel.receive_frame = counted_send, counted_receive  # type: ignore[method-assign]
        self._count_workers()

    def _count_workers(self) -> None:
        from grader.worker.launch import Zygote
        from grader.worker.process import Worker

        fork, close, ended = Zygote._fork, Worker.close, set[int]()

        def counted_fork(zygote: Zygote, *words: Any, **options: Any) -> Worker:
            self.steps.append(1)
            return fork(zygote, *words, **options)

        def counted_close(worker: Worker) -> None:
            if id(worker) not in ended:
                ended.add(id(worker))
                self.kept.append(worker)  # or the next one may get its number
                self.steps.append(-1)
            close(worker)

        Zygote._fork, Worker.close = counted_fork, counted_close  # type: ignore[method-assign]

    def most_workers(self) -> int:
        """Return how many workers were there at once, at most, of those that the grader had not ended yet."""
        return max(itertools.accumulate(self.steps), default=0)

    def note(self, owner: int, size: int) -> None:
        """Add a message, if it is this process's."""
        if os.getpid() == owner:
            self.messages += 1
            self.bytes += size


def main() -> None:
    """Print the counts as JSON."""
    zygote = start_zygote()  # first, as a run does: it imports torch
    wire = Wire()
    if sys.argv[1] == "--sizes":
        counts = sizes(zygote, wire)
    else:
        course = find_course(Path(sys.argv[1]))
        request = Request(course, course.select(sys.argv[2:]), course.root / "reference", device="cpu")
        results = grade(request, zygote)
        assert results.score.earned == results.score.possible > 0, results.problems
        counts = {"forks": zygote.forks, "messages": wire.messages, "bytes": wire.bytes}
        counts["workers"] = wire.most_workers()
    sys.stdout.write(json.dumps(counts))
    sys.stdout.flush()
    os._exit(0)


def sizes(zygote: Any, wire: Wire) -> dict[str, Any]:
    """Return the messages of calls with short and long arguments, and the modules of a worker."""
    import torch

    from grader.callee import WorkerCallee
    from grader.calls import Call, Source
    from grader.worker.process import Budget

    callee = WorkerCallee(zygote, Source(PROGRAM, "ex1_try.py", "ex1_try"), Budget(60.0, 240.0))
    callee.start()
    found: dict[str, Any] = {}
    for name, make in {
        "list": lambda size: Call("call", "total", ([1.5] * size,)),
        "tensor": lambda size: Call("call", "double", (torch.ones(size, 3),)),
    }.items():
        found[name] = []
        for size in (2, 200):
            before = wire.messages
            callee.answer(make(size))
            found[name].append(wire.messages - before)
    found["modules"] = callee.answer(Call("call", "modules")).value
    return found


if __name__ == "__main__":
    main()
