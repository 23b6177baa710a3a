"""What became of an exercise: points, names of mistakes, a hint, what it cost."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from msgspec import structs

from grader.attempt import Attempt
from grader.diagnosis import Diagnosis, diagnose
from grader.feedback import causes, hint
from grader.programs import TrustedPrograms
from grader.refusals import NOT_WRITTEN
from grader.replay import Trial
from grader.results import CheckResult, Cost, ExerciseResult, MistakeResult, Verdict
from grader.scoring import Scored, exercise_verdict, share_out

_SMALLEST_CALL_S: Final = 2e-4
_SMALLEST_GROWTH: Final = 4 << 20
"""What a call costs in any case; below that, ratios are noise."""


def conclude(
    attempt: Attempt, programs: TrustedPrograms, problems: list[str], *, explain: bool = True
) -> ExerciseResult:
    """Return what became of an exercise, whose workers have ended; faults of the lesson are added to `problems`."""
    findings = attempt.findings
    scored = [Scored(one.kind, one.weight, one.verdict, one.gate) for one in findings]
    shares, note = share_out(Fraction(attempt.rules.points), scored)
    verdict = exercise_verdict([one.verdict for one in findings])
    mistakes, near = _explained(attempt, programs, problems) if explain else ([], "")
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
        problems.append(f"{ids[0]}: {message}{more}")
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
        cost=_cost(attempt, programs),
        note=note or _absence(attempt),
    )


def repeated(
    known: ExerciseResult, attempt: Attempt, programs: TrustedPrograms, seconds: Mapping[int, float]
) -> ExerciseResult:
    """Return a known result as that of this attempt, with what its own calls cost; `seconds` are those of each check."""
    checks = [
        structs.replace(check, duration_s=round(seconds.get(number, 0.0), 4))
        for number, check in enumerate(known.checks, start=1)
    ]
    return structs.replace(known, checks=checks, cost=_cost(attempt, programs))


def _absence(attempt: Attempt) -> str:
    """Return why an exercise counts as not attempted, where the reason is not the untouched stub."""
    reason = attempt.blocked
    missing = reason is not None and reason.verdict is Verdict.NOT_ATTEMPTED and reason.message != NOT_WRITTEN
    return reason.message if missing and reason is not None else ""


def _explained(attempt: Attempt, programs: TrustedPrograms, problems: list[str]) -> tuple[list[MistakeResult], str]:
    """Return named mistakes and generic faults, at most two, and a hint; a failing diagnosis never loses a verdict."""
    findings = attempt.findings
    failed = [one for one in findings if one.verdict in (Verdict.WRONG, Verdict.RAISED)]
    if not failed or attempt.blocked is not None:
        return [], ""
    found, says = Diagnosis(), dict[str, str]()
    try:
        mistakes, says = attempt.trusted.mistakes()
        trials = [Trial(one.kind, one in failed, one.records) for one in findings]
        with programs.replayed(attempt) as replayed:
            found = diagnose(trials, mistakes, attempt.trusted.source, replayed)
    except Exception as error:
        problems.append(f"{attempt.exercise.id}: the diagnosis failed: {type(error).__name__}: {error}")
    return causes(findings, found, says), hint(findings, found, says)


def _cost(attempt: Attempt, programs: TrustedPrograms) -> Cost | None:
    """Compare what the submission's calls cost with the reference's; None where the reference was not asked."""
    right = programs.spent(attempt)
    mine = [callee.spent for (_, device), callee in attempt.workers.items() if device == "cpu"]
    calls = sum(one.calls for one in mine)
    if right is None or not calls:
        return None
    each = max(right.seconds / right.calls, _SMALLEST_CALL_S)
    return Cost(
        time=round(sum(one.seconds for one in mine) / calls / each, 2),
        memory=round(max(one.bytes for one in mine) / max(right.bytes, _SMALLEST_GROWTH), 2),
    )
