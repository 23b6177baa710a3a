"""The class's loop: read a hand-in, grade what the journal does not have, keep it, go on.

It holds as many hand-ins as are being graded and no more, so a class of any size needs the same memory. A grade is on
disk before it is counted. Whoever grades (this machine, a cluster) is an `Executor`.
"""

import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import monotonic
from typing import Final

import msgspec

from grader.batch.digests import Graders
from grader.batch.execution import ExecutionError, Executor, Outcome, Task
from grader.batch.layouts import Parcel
from grader.batch.reading import Reader
from grader.batch.suspicion import both, suspicion
from grader.journal import Grade, HandIn, Journal
from grader.lessons import Course, Lesson
from grader.results import Results, from_json

MOST_TRIES: Final = 3
_HOPELESS_AFTER: Final = 10
"""So many failures before the first grade mean that it is not the hand-ins."""
_LOOK_S: Final = 1.0
_MOST_UNWRITTEN: Final = 100


@dataclass(frozen=True)
class Plan:
    """What is to be graded, and how."""

    course: Course
    lessons: tuple[Lesson, ...]
    """The lessons that count; none: of each hand-in those of which it holds something."""
    seed: int
    second_seed: int
    graders: Graders
    regrade: bool = False
    """Grade even what the journal has."""


@dataclass
class Tally:
    """What has happened until now."""

    hand_ins: int = 0
    """Hand-ins read and done with."""
    graded: int = 0
    kept: int = 0
    """Grades that the journal had."""
    again: int = 0
    """Gradings on the second seed."""
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    """Students with a hand-in that could not be graded at all, and why."""
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    """Students and lessons that the grader failed to grade, and why."""
    suspicious: list[tuple[str, str, str]] = field(default_factory=list)
    """Students and lessons whose points were different on a second seed."""


@dataclass(frozen=True)
class _Job:
    hand_in: HandIn
    lesson: Lesson
    task: Task
    begun: float
    first: Grade | None = None
    """The suspicious grade, when this is about the second seed."""


def in_shard(student: str, shard: tuple[int, int]) -> bool:
    """Return whether a student belongs to shard i of N; the same on every machine."""
    number, count = shard
    return zlib.crc32(student.encode("utf-8", "surrogateescape")) % count == number


class ClassRun:
    """Grades a class into a journal."""

    def __init__(self, plan: Plan, journal: Journal, executor: Executor, look: Callable[[Tally], None]) -> None:
        """Keep what the run needs; `look` is called about once a second and after every grade."""
        self._plan, self._journal, self._executor, self._look = plan, journal, executor, look
        self._reader = Reader(plan.course, (one for lesson in plan.lessons for one in lesson.exercises))
        self._again: deque[_Job] = deque()
        """Jobs that go before the next hand-in: second tries and second seeds."""
        self._running: dict[int, _Job] = {}
        self._left: dict[str, int] = {}
        """By hand-in, how many of its jobs are not finished."""
        self._numbers = 0
        self._read: list[HandIn] = []
        """Hand-ins that were read and are not in the journal yet: they go there with the next grades."""
        self._hopeless = ""
        """Why nothing more can be graded."""
        self.tally = Tally()

    def run(self, parcels: Iterable[Parcel]) -> Tally:
        """Grade all parcels; raises `ExecutionError` when nothing can be graded here."""
        fresh = self._jobs(parcels)
        while True:
            while len(self._running) < self._executor.room:
                job = self._again.popleft() if self._again else next(fresh, None)
                if job is None:
                    break
                self._running[job.task.number] = job
                self._executor.submit(job.task)
            if not self._running:
                self._keep([])
                return self.tally
            self._keep(self._executor.finished(_LOOK_S))

    def _keep(self, outcomes: Sequence[Outcome]) -> None:
        """Write what was read and what was graded to the disk, and only then let it be seen."""
        if self._read or outcomes:
            with self._journal.together():
                self._journal.hand_in(*self._read)
                for outcome in outcomes:
                    self._settle(self._running.pop(outcome.number), outcome)
            self._read.clear()
        self._look(self.tally)
        if self._hopeless:
            raise ExecutionError(self._hopeless)

    def _jobs(self, parcels: Iterable[Parcel]) -> Iterator[_Job]:
        """Read one hand-in after the other, and yield what is to be graded of it."""
        for parcel in parcels:
            read = self._reader.read(parcel)
            self._read.append(read.hand_in)
            if len(self._read) >= _MOST_UNWRITTEN:
                self._keep([])
            if not read.files:
                self.tally.unreadable.append((read.hand_in.student, read.hand_in.problem))
            jobs = [job for lesson in self._lessons(read.files) if (job := self._job(read.hand_in, lesson, read.files))]
            self._left[_place(read.hand_in)] = len(jobs) + 1
            yield from jobs
            self._done(read.hand_in)

    def _lessons(self, files: dict[str, bytes]) -> Iterable[Lesson]:
        if not files:
            return ()
        chosen = self._plan.lessons
        return chosen or [one for one in self._plan.course.lessons if any(x.file in files for x in one.exercises)]

    def _job(self, hand_in: HandIn, lesson: Lesson, files: dict[str, bytes]) -> _Job | None:
        """Return what is to be done for one lesson of a hand-in, if anything."""
        mine = {one.file: files[one.file] for one in lesson.exercises if one.file in files}
        job = self._made(hand_in, lesson, mine, None)
        if self._plan.regrade or (kept := self._journal.suspicion(*self._key(job, self._plan.seed))) is None:
            return job
        self.tally.kept += 1
        if kept and not self._journal.has(*self._key(job, self._plan.second_seed)):  # the run ended between the two
            return self._made(hand_in, lesson, mine, self._journal.grade(*self._key(job, self._plan.seed)))
        return None

    def _made(self, hand_in: HandIn, lesson: Lesson, files: dict[str, bytes], first: Grade | None) -> _Job:
        self._numbers += 1
        seed = self._plan.seed if first is None else self._plan.second_seed
        return _Job(hand_in, lesson, Task(self._numbers, lesson.id, seed, files), monotonic(), first)

    def _key(self, job: _Job, seed: int) -> tuple[str, str, str, int, str]:
        return job.hand_in.student, job.hand_in.digest, job.lesson.id, seed, self._plan.graders.of(job.lesson)

    def _settle(self, job: _Job, outcome: Outcome) -> None:
        """Keep what came of a job, or put it back for another try."""
        results, failure = _judged(outcome)
        if outcome.hopeless:
            self._hopeless = failure
            return
        if results is None and job.task.tries < MOST_TRIES:
            self._numbers += 1
            self._again.append(replace(job, task=replace(job.task, number=self._numbers, tries=job.task.tries + 1)))
            return
        grade = self._grade(job, results, failure)
        if job.first is None:
            self._keep_first(job, grade)
        else:
            self._keep_second(job.first, grade)
        self._done(job.hand_in)

    def _keep_first(self, job: _Job, grade: Grade) -> None:
        if grade.results is None:
            self._journal.record(grade)
            self.tally.failures.append((grade.student, grade.lesson, grade.failure))
            if not self.tally.graded and len(self.tally.failures) >= _HOPELESS_AFTER:
                self._hopeless = f"Nothing could be graded. {grade.failure}"
            return
        reason = suspicion(grade.results, job.task.files, self._plan.course)
        grade = msgspec.structs.replace(grade, suspicious=reason)
        self._journal.record(grade, replace=self._plan.regrade)
        self.tally.graded += 1
        if reason:
            self._left[_place(job.hand_in)] += 1
            self._again.append(self._made(job.hand_in, job.lesson, job.task.files, grade))

    def _keep_second(self, first: Grade, second: Grade) -> None:
        said = both(first, second)
        marked = msgspec.structs.replace(first, suspicious=said)
        self._journal.record(marked, msgspec.structs.replace(second, suspicious=said), replace=True)
        self.tally.again += 1
        if second.results is None or second.earned != first.earned:
            self.tally.suspicious.append((first.student, first.lesson, said))

    def _grade(self, job: _Job, results: Results | None, failure: str) -> Grade:
        if results is not None:
            results = msgspec.structs.replace(results, submission=job.hand_in.source)
        return Grade(
            student=job.hand_in.student,
            digest=job.hand_in.digest,
            lesson=job.lesson.id,
            seed=job.task.seed,
            grader=self._plan.graders.of(job.lesson),
            graded=datetime.now(UTC).isoformat(timespec="seconds"),
            duration_s=round(monotonic() - job.begun, 3) if results is None else results.duration_s,
            results=results,
            failure=failure,
            tries=job.task.tries,
        )

    def _done(self, hand_in: HandIn) -> None:
        key = _place(hand_in)
        self._left[key] -= 1
        if not self._left[key]:
            del self._left[key]
            self.tally.hand_ins += 1


def _place(hand_in: HandIn) -> str:
    return f"{hand_in.student}\n{hand_in.source}"


def _judged(outcome: Outcome) -> tuple[Results | None, str]:
    """Return the results, or why there are none; a lesson or a grader that failed half-way has given none."""
    if not outcome.data:
        return None, outcome.failure
    try:
        results = from_json(outcome.data)
    except Exception as error:  # cut short, or of another version
        return None, f"The results cannot be read: {error}"
    if results.status == "broken":
        return None, (results.problems or ["The lesson or the grader is broken."])[0]
    return results, ""
