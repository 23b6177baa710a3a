"""A process that has imported everything a grading needs, and grades whatever it is sent in forks.

Three kinds of processes, so that nothing is done twice and student code inherits no secret:

- the nursery imports torch, pytest and the grader. It knows no check, no seed and no hand-in, and forks the other two;
- zygotes fork workers. A grading borrows one, and its next user has it reset;
- hosts have collected the checks of a lesson and fork a process for each grading.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NoReturn, Protocol

from grader.early import Loading, quick_import
from grader.grading import demand_linux, grade, grade_later, merged
from grader.lessons import Course, Exercise
from grader.request import PACKET, GradingError, Place, Request, length_of
from grader.results import Results, from_json, to_json
from grader.worker import jail
from grader.worker.launch import Zygote, fork_zygote, reset
from grader.worker.memory import Forks, heap, use_huge_pages

_MOST_HOSTS: Final = 4
"""Lessons whose checks are kept; the one that was not asked for the longest makes room."""


class Job(Protocol):
    """What a grading process was asked to do."""

    request: Request

    def finish(self, results: Results) -> None:
        """Hand over the results."""
        ...

    def fail(self, error: Exception) -> None:
        """Say why there are none."""
        ...


class Nursery:
    """The nursery, seen from the process that started it."""

    def __init__(
        self,
        read: Callable[[socket.socket, Course], Job],
        *,
        forget: Sequence[list[str]] = (),
        loading: Loading | None = None,
    ) -> None:
        """Fork it from this process, which must have one thread.

        `read` takes a job from a channel, and the course as far as it is known; it runs in the process that will grade.
        For `forget` and `loading` see `start_zygote`.
        """
        demand_linux()
        import grader.worker  # first: numpy, which comes with torch, must not start threads

        with quick_import(loading):
            import grader.worker.launch  # noqa: F401  torch, with one thread
        _warm()
        self._owner = os.getpid()
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._pid = os.fork()
        if self._pid == 0:
            try:
                jail.close_descriptors([0, 1, 2, theirs.fileno()])
                jail.detach_from(self._owner)
                for words in forget:
                    words.clear()
                _Keeper(theirs, read).run()
            finally:
                os._exit(0)
        theirs.close()

    def fork_for(self, channel: socket.socket, place: Place) -> None:
        """Have a new process read its job from this end of a channel."""
        socket.send_fds(self._requests, [place.encoded()], [channel.fileno()])

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
    from grader.worker.rehearsal import rehearse
    from grader.worker.traps import TRAPS

    torch.set_num_threads(1)
    rehearse()
    TRAPS.lay()
    use_huge_pages(heap())
    gc.freeze()  # a collection in a fork would copy every page it looks at


# In the nursery


@dataclass
class _Lent:
    """A zygote, and the reset after which it is its next user's."""

    requests: socket.socket
    pid: int
    token: int = 0

    def reset(self) -> bool:
        """End all its workers; return whether the zygote is still there."""
        self.token += 1
        with contextlib.suppress(OSError):
            if os.waitpid(self.pid, os.WNOHANG) == (0, 0):
                reset(self.requests, self.token)
                return True
        self.requests.close()
        return False


class _Keeper:
    """The nursery itself: lends zygotes to gradings and sends each to the host of its lesson."""

    def __init__(self, requests: socket.socket, read: Callable[[socket.socket, Course], Job]) -> None:
        self._requests, self._read = requests, read
        self._hosts: dict[Place, _Running] = {}
        self._ending: list[int] = []
        """Processes of hosts that were told to end."""
        self._free: list[_Lent] = []
        self._leases: dict[int, tuple[socket.socket, list[_Lent]]] = {}
        """By descriptor: our end of what a grading holds until it ends, and what it has borrowed."""

    def run(self) -> None:
        """Send on what comes until the other end closes."""
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        poll = select.poll()
        poll.register(self._requests, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll()}
            for descriptor in ready - {self._requests.fileno()}:  # first: what they give back, the next request borrows
                poll.unregister(descriptor)
                self._take_back(descriptor)
            if self._requests.fileno() in ready:
                packet, descriptors, _, _ = socket.recv_fds(self._requests, PACKET, 1)
                if not packet:
                    return
                with socket.socket(fileno=descriptors[0]) as channel:
                    poll.register(self._send_on(channel, Place.decoded(packet)), 0)  # tells its end

    def _send_on(self, channel: socket.socket, place: Place) -> int:
        """Have a host grade what comes over the channel; return the descriptor that tells when it has ended."""
        lent = [self._borrowed() for _ in range(1 + place.wide)]
        ours, theirs = socket.socketpair()
        self._leases[ours.fileno()] = ours, lent
        descriptors = [channel.fileno(), theirs.fileno(), *(one.requests.fileno() for one in lent)]
        packet = [json.dumps([one.token for one in lent]).encode()], descriptors
        with theirs:
            try:
                socket.send_fds(self._host(place).requests, *packet)
            except OSError:  # it has ended: another one is made
                self._end(place)
                socket.send_fds(self._host(place).requests, *packet)
        return ours.fileno()

    def _borrowed(self) -> _Lent:
        if self._free:
            return self._free.pop()
        made = _Lent(*fork_zygote())
        made.reset()
        return made

    def _take_back(self, descriptor: int) -> None:
        lease, lent = self._leases.pop(descriptor)
        lease.close()
        self._free += [one for one in lent if one.reset()]

    def _host(self, place: Place) -> "_Running":
        found = self._hosts.pop(place, None)
        if found is None:
            edited = [one for one in self._hosts if one.files == place.files]
            for old in edited or list(self._hosts)[: max(0, len(self._hosts) - _MOST_HOSTS + 1)]:
                self._end(old)
            found = self._fork_host(place)
        self._hosts[place] = found
        return found

    def _fork_host(self, place: Place) -> "_Running":
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        nursery = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                jail.close_descriptors([0, 1, 2, theirs.fileno()])
                jail.detach_from(nursery)
                _Host(theirs, self._read).run(place)
            finally:
                os._exit(0)
        theirs.close()
        return _Running(ours, pid)

    def _end(self, place: Place) -> None:
        """Have a host end when its gradings have ended."""
        host = self._hosts.pop(place)
        host.requests.close()
        self._ending = [pid for pid in (*self._ending, host.pid) if os.waitpid(pid, os.WNOHANG) == (0, 0)]


@dataclass
class _Running:
    requests: socket.socket
    pid: int


# In a host


class _Host:
    """A process that collects check files once and forks a grading for each packet."""

    def __init__(self, requests: socket.socket, read: Callable[[socket.socket, Course], Job]) -> None:
        self._requests, self._read = requests, read
        self._job: Job | None = None
        """What a fork of this process grades."""
        self._course = Course(Path())
        self._lease = -1
        """Held open by a fork while it needs what it has borrowed."""

    def run(self, place: Place) -> NoReturn:
        """Collect and serve; the forks hand over their results."""
        course = self._course = Course(Path(place.course))
        _ = course.exercises  # looks through the folders
        if place.files:
            before = set(sys.modules)
            self._hand_over(lambda: grade_later(course, place.files, place.device, self._wait))
            for name in set(sys.modules) - before:  # pytest would take a broken module for a sound one
                del sys.modules[name]
        self._hand_over(lambda: grade(*self._wait()))  # not all could be collected: each grading finds out what and why
        os._exit(0)

    def _hand_over(self, graded: Callable[[], Results]) -> None:
        """Have the job's owner told what comes of it, and end; return where nothing was asked to be graded yet."""
        try:
            results = graded()
        except Exception as error:
            if self._job is None:
                return
            self._give_back()
            self._job.fail(error)
        else:
            assert self._job is not None
            self._give_back()
            self._job.finish(results)
        os._exit(0)

    def _give_back(self) -> None:
        """End the lease before anyone hears of the results: who asks for the next grading needs no new zygote then."""
        os.close(self._lease)

    def _wait(self) -> tuple[Request, Zygote]:
        """Fork for each packet and return in the forks."""
        gc.collect()
        gc.freeze()
        host, running, forks = os.getpid(), list[int](), Forks()
        while True:
            packet, descriptors, _, _ = socket.recv_fds(self._requests, 64, 4)
            if not packet:
                for pid in running:
                    os.waitpid(pid, 0)
                os._exit(0)
            pid = os.fork()
            if pid == 0:
                self._requests.close()
                jail.detach_from(host)
                return self._begin(json.loads(packet), *descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
            forks.add()
            running = [one for one in (*running, pid) if os.waitpid(one, os.WNOHANG) == (0, 0)]

    def _begin(self, tokens: list[int], channel: int, lease: int, *requests: int) -> tuple[Request, Zygote]:
        self._lease = lease
        end = socket.socket(fileno=channel)
        job = self._read(end, self._course)
        turn = 0
        if len(requests) > 1 and len(job.request.exercises) > 1:
            job, turn = _shared(job)
        zygote = Zygote.borrowed(socket.socket(fileno=requests[turn]), tokens[turn])
        end_with(end, zygote.close)
        self._job = job
        return job.request, zygote


# A grading that two processes share


def _shared(job: Job) -> tuple[Job, int]:
    """Fork, and return in each process its part of the job, and which of the two it is; the first one hands over all."""
    mine, others = _halves(job.request)
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    if os.fork() == 0:
        ours.close()
        jail.detach_from(parent)
        return _Part(theirs, others), 1
    theirs.close()
    return _Whole(job, mine, ours), 0


def _halves(request: Request) -> tuple[Request, Request]:
    """Return two requests for about the same work, by the size of the check files."""
    halves: tuple[list[Exercise], list[Exercise]] = [], []
    sizes = [0, 0]
    for exercise in sorted(request.exercises, key=lambda one: -length_of(request.course, one)):
        smaller = sizes.index(min(sizes))
        halves[smaller].append(exercise)
        sizes[smaller] += length_of(request.course, exercise)
    mine, others = (tuple(one for one in request.exercises if one in half) for half in halves)
    return replace(request, exercises=mine), replace(request, exercises=others, on_check=None)


@dataclass
class _Part:
    """The second half: its results go to the first."""

    channel: socket.socket
    request: Request

    def finish(self, results: Results) -> None:
        """Send them."""
        self.channel.sendall(to_json(results, compact=True).encode())

    def fail(self, error: Exception) -> None:
        """Send what is wrong."""
        self.channel.sendall(f"{type(error).__name__}: {error}".encode("utf-8", "backslashreplace"))


@dataclass
class _Whole:
    """The first half, which waits for the second and finishes the job."""

    job: Job
    request: Request
    channel: socket.socket

    def finish(self, results: Results) -> None:
        """Put both together."""
        told = b"".join(iter(lambda: self.channel.recv(1 << 16), b""))
        if not told.startswith(b"{"):
            self.job.fail(
                GradingError(told.decode("utf-8", "replace") or "A part of the grading ended without a word.")
            )
            return
        other = from_json(told)
        duration = max(results.duration_s, other.duration_s)
        self.job.finish(merged(self.request.course, [results, other], duration))

    def fail(self, error: Exception) -> None:
        """Pass it on."""
        self.job.fail(error)


def end_with(channel: socket.socket, leave: Callable[[], None]) -> None:
    """Have this process `leave` and end as soon as nobody waits for its answer; its workers are ended by whoever lent them."""

    def wait() -> None:
        poll = select.poll()
        poll.register(channel, 0)  # POLLHUP: both directions are closed
        poll.poll()
        try:
            leave()
        finally:
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
