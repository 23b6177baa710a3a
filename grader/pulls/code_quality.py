"""GitLab's code quality report: one remark per exercise that needs work, on the line to look at.

Fields: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.
"""

import hashlib
import json
from typing import Any, Final

from grader.reports import explanation, text
from grader.results import ExerciseResult, Results, Verdict

_SEVERITIES: Final = {
    Verdict.WRONG: "major",
    Verdict.RAISED: "critical",
    Verdict.TIMED_OUT: "critical",
    Verdict.KILLED: "critical",
    Verdict.FORBIDDEN: "blocker",
}


def render(results: Results, folder: str = "") -> str:
    """Return the JSON text; `folder` is where the course lies in the repository."""
    found = [
        _remark(exercise, folder)
        for lesson in results.lessons
        for exercise in lesson.exercises
        if exercise.verdict in explanation.FAILED
    ]
    return json.dumps(found, indent=2) + "\n"


def _remark(exercise: ExerciseResult, folder: str) -> dict[str, Any]:
    check = explanation.explained(exercise)
    name = text.one_line(check.id if check else exercise.id)
    # Without the line, so that GitLab knows a remark again when lines above it come and go.
    fingerprint = hashlib.sha256(f"{exercise.id} {name}".encode()).hexdigest()
    return {
        "description": f"{text.one_line(exercise.id)}: {explanation.headline(exercise)}",
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[exercise.verdict],
        "location": {
            "path": folder + explanation.path(exercise),
            "lines": {"begin": check.line if check and check.line else 1},
        },
    }
