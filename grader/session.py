"""One grading run: the submission's programs, their workers, and what every check found out."""

import contextlib
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.answer_key import Absent, AnswerKey, KeyWriter
from grader.answers import Memory, Remembered
from grader.callee import Variant, WorkerCallee
from grader.calls import Callee, Evidence, Record, Source, StudentError
from grader.diagnosis import Diagnosis, diagnose
from grader.feedback import causes, hint
from grader.findings import Finding
from grader.handin import read_submission
from grader.lessons import Course, Exercise, submitted_folder
from grader.proxy import Proxy
from grader.refusals import NOT_WRITTEN
from grader.replay import Programs, Trial, steps_of
from grader.results import CheckResult, ExerciseResult, MistakeResult, Verdict
from grader.scoring import GROUP_OF, Scored, exercise_verdict, share_out
from grader.trusted import Trusted, trusted
from grader.worker.launch import Zygote
from grader.worker.process import Budget

if TYPE_CHECKING:
    from torch import Tensor

    from grader.testing.marks import Exercise as Rules

CPU_LIMIT_S: Final = 10.0
GPU_LIMIT_S: Final = 30.0
"""Seconds for one exercise. A lesson has the sum of them: one exercise must not spend the time of another."""
_REFERENCE_LIMIT_S: Final = 120.0
_REFERENCE_BYTES: Final = 1 << 30
_DIAGNOSIS_LIMIT_S: Final = 20.0


@dataclass(frozen=True)
class Settings:
    """How a run grades."""

    course: Course
    submission_root: Path
    seed: int = 0
    timeout: float | None = None
    """Seconds a submission may use for one exercise; None: the check file's limit or the usual one."""
    devices: tuple[str, ...] = ("cpu",)
    strict: bool = False
    """Every check gets a worker that has served no other check."""
    verdict_only: bool = False
    """An exercise stops at its first failed check, its checks share one worker, and no mistake is named."""
    series: bool = False
    """Keep the curves that checks compare."""
    memory: Path | None = None
    """A file of known answers that many gradings share."""
    record: Path | None = None
    """An answer key to be written: everything that the reference and its known mistakes can be asked goes there."""
    on_check: Callable[[Exercise, int, int], None] | None = None
    """Called before each check with the exercise, the number of checks done and of all checks."""


@dataclass
class Attempt:
    """One exercise of the submission while it is graded."""

    exercise: Exercise
    rules: "Rules"
    trusted: Trusted
    findings: list[Finding] = field(default_factory=list)
    budget: Budget = field(default_factory=lambda: Budget(CPU_LIMIT_S / 2, CPU_LIMIT_S))
    blocked: StudentError | None = None
    """Why no check of this exercise can run: the file is missing, cannot be loaded, or is an untouched stub."""
    reference: Remembered | None = None
    repeated: dict[tuple[str, str], Memory] = field(default_factory=dict)
    """What the submission answered to the checks of the contract, by room and device."""
    workers: dict[tuple[str, str], WorkerCallee] = field(default_factory=dict)
    """The submission's programs by room and device; checks in one room share a worker."""


class Session:
    """The state of one run; the plugin feeds it checks and asks it for results."""

    def __init__(self, settings: Settings, zygote: Zygote) -> None:
        self.settings = settings
        self.zygote = zygote
        self.attempts: dict[str, Attempt] = {}
        self.problems: list[str] = []
        self._published: dict[str, Tensor] | None = None
        self._scopes = itertools.count(1)
        self._memory = Memory(settings.memory)
        self._keys: dict[str, AnswerKey] = {}
        self._writer = KeyWriter(settings.record) if settings.record is not None else None

    def attempt(self, exercise: Exercise, rules: "Rules") -> Attempt:
        """Return the record of an exercise, made at its first check."""
        known = self.attempts.get(exercise.id)
        if known is not None:
            return known
        known_of = trusted(self.settings.course, exercise, self._keys)
        gpu = any(device != "cpu" for device in self.settings.devices)
        limit = self.settings.timeout or rules.timeout or (GPU_LIMIT_S if gpu else CPU_LIMIT_S)
        made = Attempt(exercise, rules, known_of, budget=Budget(limit / 2, limit))
        self.attempts[exercise.id] = made
        return made

    # Callees

    def submission(self, attempt: Attempt, finding: Finding, device: str = "cpu") -> Proxy:
        """Return the student's program in a fresh worker; raises `StudentError` when it cannot be loaded."""
        if attempt.blocked is not None:
            raise attempt.blocked
        if attempt.budget.limit() <= 0:
            raise StudentError(Verdict.TIMED_OUT, _BUDGET_SPENT)
        room = (self._room(finding), device)
        callee = attempt.workers.get(room)
        if callee is None or not callee.alive:
            callee = attempt.workers[room] = self._submitted(attempt, device)
        self._begin_next(attempt, finding, device)
        try:
            callee.start()
        except StudentError as error:
            attempt.blocked = error
            raise
        if callee.untouched:
            callee.close()
            attempt.blocked = StudentError(Verdict.NOT_ATTEMPTED, NOT_WRITTEN)
            raise attempt.blocked
        if finding.kind == "CON":  # its tags look at different sides of the same call: it is made once
            known = attempt.repeated.setdefault(room, Memory())
            return self._proxy(attempt, Remembered(callee, known, ""), finding.records, device)
        return self._proxy(attempt, callee, finding.records, device)

    def _submitted(self, attempt: Attempt, device: str) -> WorkerCallee:
        return WorkerCallee(
            self.zygote,
            self._student_source(attempt),
            attempt.budget,
            forbid=attempt.rules.forbid,
            device=None if device == "cpu" else device,
        )

    def _room(self, finding: Finding) -> str:
        """Return which checks share a worker: those of one group, or with strict isolation the cases of one check."""
        if self.settings.verdict_only:
            return "all"
        return finding.check if self.settings.strict else GROUP_OF[finding.kind]

    def _begin_next(self, attempt: Attempt, finding: Finding, device: str) -> None:
        """Have the worker of the next room start on the other processor while this check runs."""
        later = attempt.findings[attempt.findings.index(finding) + 1 :]
        following = next((one for one in later if (self._room(one), device) not in attempt.workers), None)
        if following is not None:
            self._begin(attempt, following, device)
            return
        attempts = list(self.attempts.values())
        for upcoming in attempts[attempts.index(attempt) + 1 :][:1]:
            if not upcoming.workers and upcoming.findings:
                self._begin(upcoming, upcoming.findings[0], device)
                self._reference(upcoming)

    def _begin(self, attempt: Attempt, finding: Finding, device: str) -> None:
        if attempt.budget.limit() > 0 and attempt.blocked is None:
            with contextlib.suppress(StudentError):  # said again when the check runs
                callee = self._submitted(attempt, device)
                callee.begin()
                attempt.workers[self._room(finding), device] = callee

    def reference(self, attempt: Attempt) -> Proxy:
        """Return the reference; its worker serves all checks of the exercise."""
        return self._proxy(attempt, self._reference(attempt), [], "cpu")

    def _reference(self, attempt: Attempt) -> Remembered:
        if attempt.reference is None:
            if attempt.trusted.key is not None:
                attempt.reference = self._recorded(attempt, attempt.trusted.source)
                return attempt.reference
            worker = self._worker(attempt, attempt.trusted.source)
            if self.settings.memory is None:  # else it may never be needed
                worker.begin()
            attempt.reference = self._remembered(worker, attempt.trusted.source)
        return attempt.reference

    def _worker(self, attempt: Attempt, text: str) -> WorkerCallee:
        source = self._trusted_source(attempt, text)
        return WorkerCallee(self.zygote, source, Budget(_REFERENCE_LIMIT_S, _REFERENCE_LIMIT_S, _REFERENCE_BYTES))

    @staticmethod
    def _trusted_source(attempt: Attempt, text: str) -> Source:
        return Source(text, f"reference of {attempt.exercise.id}", attempt.exercise.name)

    def _remembered(self, live: WorkerCallee | Variant, text: str) -> Remembered:
        return Remembered(live, self._writer or self._memory, text)

    @staticmethod
    def _recorded(attempt: Attempt, program: str) -> Remembered:
        assert attempt.trusted.key is not None
        return Remembered(Absent(), attempt.trusted.key, program)

    def _proxy(self, attempt: Attempt, callee: Callee, records: list[Record], device: str) -> Proxy:
        scope = next(self._scopes)
        place = None if device == "cpu" else device
        return Proxy(
            *(callee, attempt.trusted.functions, records, self.settings.seed, attempt.trusted.outputs, place, scope)
        )

    def _student_source(self, attempt: Attempt) -> Source:
        exercise = attempt.exercise
        folder = submitted_folder(self.settings.submission_root, exercise)
        try:
            text = read_submission(folder, exercise)
        except StudentError as error:
            attempt.blocked = error
            raise
        return Source(text, exercise.file, exercise.name, folder=str(folder))

    @property
    def published(self) -> "dict[str, Tensor]":
        """The course's published data as float64 tensors: columns `[n, 1]`, single numbers `[1]`."""
        if self._published is None:
            import torch

            found = json.loads(self.settings.course.published_file.read_text(encoding="utf-8"))
            self._published = {
                name: torch.tensor(value if isinstance(value, list) else [value], dtype=torch.float64).reshape(
                    (-1, 1) if isinstance(value, list) and len(value) > 1 else (-1,)
                )
                for name, value in found.items()
            }
        return {name: value.clone() for name, value in self._published.items()}

    # Results

    def results(self) -> list[ExerciseResult]:
        """Close all workers, diagnose what failed, and return the exercises in order."""
        found = [self._result(attempt) for attempt in self.attempts.values()]
        for attempt in self.attempts.values() if self._writer is not None else ():
            self._answer_everything(attempt)
        for known in (self._memory, self._writer, *self._keys.values()):
            if known is not None:
                known.close()
        return found

    def _answer_everything(self, attempt: Attempt) -> None:
        """Have the reference and every known mistake answer whatever the checks asked, for an answer key."""
        trials = [Trial(one.kind, True, one.records) for one in attempt.findings]
        mistakes, _ = attempt.trusted.mistakes()
        with contextlib.closing(self._worker(attempt, attempt.trusted.source)) as shared:
            programs = self._programs(attempt, shared)
            steps = steps_of(trials, programs, attempt.trusted.source)
            for mistake in mistakes:
                shared.budget = Budget(_DIAGNOSIS_LIMIT_S / 4, _DIAGNOSIS_LIMIT_S)
                for step in steps:
                    programs.ask(mistake.variant(attempt.trusted.source), step)

    def _result(self, attempt: Attempt) -> ExerciseResult:
        self.close(attempt)
        findings = attempt.findings
        scored = [Scored(one.kind, one.weight, one.verdict, one.gate) for one in findings]
        shares, note = share_out(Fraction(attempt.rules.points), scored)
        verdict = exercise_verdict([one.verdict for one in findings])
        mistakes, near = self._explained(attempt)
        checks = [
            CheckResult(
                id=one.id,
                title=one.title,
                kind=one.kind,
                verdict=one.verdict,
                earned=share.earned,
                possible=share.possible,
                device=one.device,
                duration_s=round(one.duration_s, 4),
                message=one.message,
                line=one.line,
                **one.result,
            )
            for one, share in zip(findings, shares, strict=True)
        ]
        broken: dict[str, list[str]] = {}
        for one in findings:
            if one.verdict is Verdict.BROKEN:
                broken.setdefault(one.message, []).append(one.id)
        for message, ids in broken.items():
            more = f" (and {len(ids) - 1} more checks in the same way)" if len(ids) > 1 else ""
            self.problems.append(f"{ids[0]}: {message}{more}")
        return ExerciseResult(
            id=attempt.exercise.id,
            name=attempt.exercise.name,
            file=attempt.exercise.file,
            earned=sum((share.earned for share in shares), Fraction(0)),
            possible=sum((share.possible for share in shares), Fraction(0)),
            verdict=verdict,
            checks=checks,
            mistakes=mistakes,
            hint=near,
            note=note or self._absence(attempt),
        )

    @staticmethod
    def close(attempt: Attempt) -> None:
        """End the workers of an exercise."""
        for callee in [*attempt.workers.values(), attempt.reference]:
            if callee is not None:
                callee.close()

    @staticmethod
    def _absence(attempt: Attempt) -> str:
        """Return why an exercise counts as not attempted, where the reason is not the untouched stub."""
        reason = attempt.blocked
        missing = reason is not None and reason.verdict is Verdict.NOT_ATTEMPTED and reason.message != NOT_WRITTEN
        return reason.message if missing and reason is not None else ""

    def _explained(self, attempt: Attempt) -> tuple[list[MistakeResult], str]:
        """Return named mistakes and generic faults, at most two, and a hint; a failing diagnosis never loses a verdict."""
        findings = attempt.findings
        failed = [one for one in findings if one.verdict in (Verdict.WRONG, Verdict.RAISED)]
        if not failed or attempt.blocked is not None or self.settings.verdict_only:
            return [], ""
        found, says = Diagnosis(), dict[str, str]()
        try:
            mistakes, says = attempt.trusted.mistakes()
            trials = [Trial(one.kind, one in failed, one.records) for one in findings]
            with contextlib.closing(self._worker(attempt, attempt.trusted.source)) as shared:
                shared.budget = Budget(_DIAGNOSIS_LIMIT_S / 4, _DIAGNOSIS_LIMIT_S)  # a wrong variant may never end
                make = self._programs(attempt, shared)
                found = diagnose(trials, mistakes, attempt.trusted.source, make)
        except Exception as error:
            self.problems.append(f"{attempt.exercise.id}: the diagnosis failed: {type(error).__name__}: {error}")
        return causes(findings, found, says), hint(found, says)

    def _programs(self, attempt: Attempt, shared: WorkerCallee) -> Programs:
        """Return the reference and its variants, in one worker or from the answer key."""
        if attempt.trusted.key is not None:
            return Programs(lambda text: self._recorded(attempt, text))
        return Programs(lambda text: self._remembered(Variant(shared, self._trusted_source(attempt, text)), text))

    def finish(self, finding: Finding, evidence: Evidence) -> None:
        """Note when a check ended; a check that passed without comparing anything is the lesson's fault."""
        finding.duration_s = time.monotonic() - finding.started
        if finding.verdict is Verdict.PASSED and not evidence.comparisons:
            finding.verdict = Verdict.BROKEN
            finding.message = "The check passed without comparing anything."


_BUDGET_SPENT: Final = "An earlier check of this exercise used up its time, so this one did not run."
