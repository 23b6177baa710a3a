"""One grading run: the submission's programs, their workers, and what every check found out."""

import contextlib
import itertools
import json
import time
from typing import TYPE_CHECKING, Final

from grader.answers import Memory, Remembered
from grader.attempt import CPU_LIMIT_S, GPU_LIMIT_S, Attempt, Settings
from grader.callee import WorkerCallee
from grader.calls import Callee, Evidence, Record, Source, StudentError
from grader.conclusion import conclude, repeated
from grader.earlier import Earlier
from grader.findings import Finding
from grader.handin import read_submission
from grader.lessons import Exercise, submitted_folder
from grader.programs import TrustedPrograms
from grader.proxy import Proxy
from grader.refusals import NOT_WRITTEN
from grader.results import ExerciseResult, Verdict
from grader.worker.launch import Zygote, ZygoteError
from grader.worker.process import Budget

if TYPE_CHECKING:
    from torch import Tensor

    from grader.testing.marks import Exercise as Rules

_BUDGET_SPENT: Final = "An earlier check of this exercise used up its time, so this one did not run."


class Session:
    """The state of one run; the plugin feeds it checks and asks it for results."""

    def __init__(self, settings: Settings, zygote: Zygote) -> None:
        self.settings = settings
        self.zygote = zygote
        self.attempts: dict[str, Attempt] = {}
        self.problems: list[str] = []
        self._published: dict[str, Tensor] | None = None
        self._scopes = itertools.count(1)
        self._trusted = TrustedPrograms(settings, zygote)
        self._earlier = Earlier(settings, self._trusted.memory)

    def attempt(self, exercise: Exercise, rules: "Rules") -> Attempt:
        """Return the record of an exercise, made at its first check."""
        known = self.attempts.get(exercise.id)
        if known is not None:
            return known
        known_of = self._trusted.of(exercise)
        gpu = any(device != "cpu" for device in self.settings.devices)
        limit = self.settings.timeout or rules.timeout or (GPU_LIMIT_S if gpu else CPU_LIMIT_S)
        made = Attempt(exercise, rules, known_of, budget=Budget.of(limit))
        self.attempts[exercise.id] = made
        return made

    # Callees

    def submission(self, attempt: Attempt, finding: Finding, device: str = "cpu") -> Proxy:
        """Return the student's program in the worker of its room; raises `StudentError` when it cannot be loaded."""
        loaded = self._loaded(attempt, finding, device)
        asked = attempt.conversation or loaded
        callee: Callee = asked
        if finding.kind == "CON":  # its tags look at different sides of the same call: it is made once
            callee = Remembered(asked, attempt.repeated.setdefault((self._room(finding), device), Memory()), "")
        return self._proxy(attempt, callee, finding.records, device, 1 + attempt.findings.index(finding))

    def _loaded(self, attempt: Attempt, finding: Finding, device: str) -> WorkerCallee:
        """Return the program, loaded in the worker of its room; raises `StudentError`."""
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
        if attempt.conversation is not None:
            attempt.conversation.callee = callee
        return callee

    def recall(self) -> None:
        """Find the programs that were graded before, and have the first of the others start while this process goes on."""
        for attempt in self.attempts.values() if self._earlier.asked else ():
            layers = self._earlier.look_up(attempt)
            self.zygote.isolation = self.zygote.isolation or layers or []
        new = next((one for one in self.attempts.values() if one.known is None and one.findings), None)
        if new is not None:
            self._begin(new, new.findings[0], "cpu")

    def knows(self, attempt: Attempt) -> bool:
        """Return whether the result of an exercise is known without its checks; its program is asked what others were asked."""
        if attempt.known is None and attempt.conversation is None and self._earlier.asked:
            with contextlib.suppress(StudentError, ZygoteError):  # said again when the check runs
                self._earlier.talk(attempt, self._loaded(attempt, attempt.findings[0], "cpu"))
            if attempt.known is not None:
                attempt.close()
        return attempt.known is not None

    def _submitted(self, attempt: Attempt, device: str) -> WorkerCallee:
        return WorkerCallee(
            self.zygote,
            self._student_source(attempt),
            attempt.budget,
            forbid=attempt.rules.forbid,
            device=None if device == "cpu" else device,
        )

    def _room(self, finding: Finding) -> str:
        """Return which checks share a worker: those of an exercise, or with strict isolation the cases of one check."""
        return finding.check if self.settings.strict else ""

    def _begin_next(self, attempt: Attempt, finding: Finding, device: str) -> None:
        """Have the worker of the next room start on the other processor while this check runs."""
        later = attempt.findings[attempt.findings.index(finding) + 1 :]
        following = next((one for one in later if (self._room(one), device) not in attempt.workers), None)
        if following is not None:
            self._begin(attempt, following, device)
            return
        attempts = list(self.attempts.values())
        upcoming = next((one for one in attempts[attempts.index(attempt) + 1 :] if one.known is None), None)
        if upcoming is not None and not upcoming.workers and upcoming.findings:
            self._begin(upcoming, upcoming.findings[0], device)
            self._trusted.reference(upcoming)

    def _begin(self, attempt: Attempt, finding: Finding, device: str) -> None:
        if attempt.budget.limit() > 0 and attempt.blocked is None:
            with contextlib.suppress(StudentError):  # said again when the check runs
                callee = self._submitted(attempt, device)
                callee.begin()
                attempt.workers[self._room(finding), device] = callee

    def reference(self, attempt: Attempt) -> Proxy:
        """Return the reference; its worker serves all checks of the exercise."""
        return self._proxy(attempt, self._trusted.reference(attempt), [], "cpu", next(self._scopes))

    def _proxy(self, attempt: Attempt, callee: Callee, records: list[Record], device: str, scope: int) -> Proxy:
        place = None if device == "cpu" else device
        return Proxy(
            *(callee, attempt.trusted.functions, records, self.settings.seed, attempt.trusted.outputs, place, scope)
        )

    def _student_source(self, attempt: Attempt) -> Source:
        exercise = attempt.exercise
        folder = submitted_folder(self.settings.submission_root, exercise)
        try:
            text = read_submission(folder, exercise)
            if text == self._stub(exercise):  # said without a worker
                raise StudentError(Verdict.NOT_ATTEMPTED, NOT_WRITTEN)
        except StudentError as error:
            attempt.blocked = error
            raise
        return Source(text, exercise.file, exercise.name, folder=str(folder))

    def _stub(self, exercise: Exercise) -> str | None:
        """Return the untouched stub; None where there is none, or it can be graded: there is nothing to write in it."""
        try:
            text = self.settings.course.stub(exercise).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return None
        return text if "raise NotImplementedError" in text else None

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
        found = []
        for attempt in self.attempts.values():
            attempt.close()
            found.append(self._concluded(attempt))
            self._trusted.record(attempt)
        self._trusted.close()
        return found

    def _concluded(self, attempt: Attempt) -> ExerciseResult:
        talk, known = attempt.conversation, attempt.known
        if known is not None and talk is None:
            return known
        problems: list[str] = []
        if known is not None and talk is not None:
            self._trusted.reference(attempt)  # what it has cost is known as well
            result = repeated(known, attempt, self._trusted, talk.seconds)
        else:
            result = conclude(attempt, self._trusted, problems, explain=not self.settings.verdict_only)
            self.problems += problems
        if not problems:
            self._earlier.keep(attempt, result, self.zygote.isolation)
        return result

    def finish(self, finding: Finding, evidence: Evidence) -> None:
        """Note when a check ended; a check that passed without comparing anything is the lesson's fault."""
        finding.duration_s = time.monotonic() - finding.started
        if finding.verdict is Verdict.PASSED and not evidence.comparisons:
            finding.verdict = Verdict.BROKEN
            finding.message = "The check passed without comparing anything."
