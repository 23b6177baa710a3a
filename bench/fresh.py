"""The baseline of a class run: one fresh process that imports torch and pytest and runs the same checks, not isolated.

    python -m bench.fresh FOLDER LESSON

The submission and the reference are loaded into the process that runs the checks, as a hand-written conftest.py does.
"""

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.measure import ROOT


class Nothing:
    """Stands for the process that would fork workers."""

    isolation: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    forks = 0

    def prepare(self, *_: Any, **__: Any) -> None:
        """Have nothing forked."""

    def close(self, *_: Any, **__: Any) -> None:
        """End nothing."""


def main() -> None:
    import grader.session
    from grader.calls import Source
    from grader.grading import grade
    from grader.lessons import find_course
    from grader.proxy import Proxy
    from grader.request import Request
    from grader.tests.fakes import FakeCallee

    class InProcess(FakeCallee):
        """A program in this process, in the place of a worker."""

        device = budget = None

        def __init__(self, source: Any) -> None:
            program = ModuleType(source.module)
            exec(compile(source.text, source.file, "exec"), program.__dict__)
            super().__init__(vars(program))

    class Open(grader.session.Session):
        """A session without workers."""

        def submission(self, attempt: Any, finding: Any, _device: str = "cpu") -> Any:
            return self._of(attempt, self._student_source(attempt), finding.records)

        def reference(self, attempt: Any) -> Any:
            known = attempt.trusted
            return self._of(attempt, Source(known.source, attempt.exercise.file, attempt.exercise.name), [])

        def _of(self, attempt: Any, source: Any, records: Any) -> Any:
            known = attempt.trusted
            return Proxy(InProcess(source), known.functions, records, self.settings.seed, known.outputs)

    grader.session.Session = Open  # type: ignore[misc]
    course = find_course(ROOT)
    folder, *targets = sys.argv[1:]
    results = grade(Request(course, course.select(targets), Path(folder), device="cpu"), Nothing())  # type: ignore[arg-type]
    checks = [check for lesson in results.lessons for one in lesson.exercises for check in one.checks]
    print(f"{results.score.earned} of {results.score.possible} points, {len(checks)} checks")
    assert results.score.earned > 0, results.problems
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
