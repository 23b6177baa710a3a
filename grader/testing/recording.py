"""What a comparison may ask of a reference later: asked beforehand, while an answer key is written."""

import contextlib
from typing import Any, Final

from grader.calls import StudentError, evidence
from grader.proxy import Proxy
from grader.testing.rounding import jittered

_MOST_COUNTS: Final = 64


def foresee(reference: Proxy, name: str, case: dict[str, Any], steps: str | None) -> None:
    """Ask what judging and explaining another answer may need: float32, moved inputs, smaller counts of steps."""
    if not evidence().foresee:
        return
    cases = [case, *jittered(case, low=False), *jittered(case, low=True)]
    last = case.get(steps) if steps is not None else None
    if steps is not None and type(last) is int and 0 < last <= _MOST_COUNTS:
        cases += [{**case, steps: count} for count in range(last + 2)]
        if "lr" in case:
            cases.append({**case, steps: 1, "lr": 0.0})
    for one in cases:
        with contextlib.suppress(StudentError):
            reference.quietly(name, one)
