"""What the author of a lesson types: stubs, verify, audit, new."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from grader.lessons import Course, find_course
from grader.options import BELOW, BROKEN, OK, Parser, UsageError, check_writable, console, count, whole, write
from grader.progress_line import ProgressLine


def _own_course() -> Course:
    """Return the course of this folder; raises `UsageError` where it was released without its references."""
    course = find_course(Path.cwd())
    if not course.reference_root.is_dir() and any((course.root / "answers").glob("*.sqlite")):
        raise UsageError("This copy of the course holds answers in place of references. Work where it was made.")
    return course


def stubs(arguments: Sequence[str]) -> int:
    """`grade stubs`: write the stubs anew."""
    parser = Parser(prog="grade stubs", description="Write the stubs anew from the references.")
    parser.add_argument("target", nargs="*", help="lessons or exercises; none: all")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a stub would change")
    options = parser.parse_args(arguments)
    course = _own_course()

    from grader.course.stubs import StubError, write_stubs

    try:
        changed = write_stubs(course, course.select(options.target), check=options.check)
    except StubError as error:
        print(f"grade: {error}", file=sys.stderr)
        return BROKEN
    for path in changed:
        print(f"{'would change' if options.check else 'wrote'} {path.relative_to(course.root)}")
    if not changed:
        print("All stubs are up to date.")
    return BELOW if changed and options.check else OK


def verify(arguments: Sequence[str]) -> int:
    """`grade verify`: prove the checks."""
    parser = Parser(
        prog="grade verify", description="Prove that the checks refuse every known mistake and no right answer."
    )
    parser.add_argument("target", nargs="*", help="lessons or exercises; none: all")
    parser.add_argument("--jobs", type=count, default=os.cpu_count() or 1, help="gradings at a time")
    parser.add_argument("--again", action="store_true", help="also what was verified before and has not changed")
    parser.add_argument("--json", metavar="FILE", help="write what was found as JSON; - for standard output")
    options = parser.parse_args(arguments)
    course = _own_course()
    chosen = course.select(options.target)
    if options.json:
        check_writable(options.json)

    import msgspec

    from grader.course.verify import verify

    say = partial(print, file=sys.stderr) if options.json == "-" else print
    report = verify(course, chosen, jobs=options.jobs, say=say, again=options.again)
    if options.json:
        _tell({"sound": not report.refusals, **msgspec.to_builtins(report)}, options.json)
    return BROKEN if report.refusals else OK


def audit(arguments: Sequence[str]) -> int:
    """`grade audit`: measure the checks."""
    parser = Parser(
        prog="grade audit",
        description="Measure how well the checks tell right programs, known mistakes and mutants apart.",
    )
    parser.add_argument("target", nargs="*", help="lessons or exercises; none: all")
    parser.add_argument(
        "--seeds", type=whole, default=5, metavar="N", help="on how many seeds (default: 5); 0: mutants only"
    )
    parser.add_argument("--mutants", type=count, metavar="N", help="at most so many mutants of each exercise")
    parser.add_argument("--json", metavar="FILE", help="write the audit as JSON; - for standard output")
    parser.add_argument("--jobs", type=count, default=os.cpu_count() or 1, help="gradings at a time")
    options = parser.parse_args(arguments)
    course = _own_course()
    chosen = course.select(options.target)
    if options.json:
        check_writable(options.json)

    from grader.course.audit import audit
    from grader.course.audit_report import render, to_builtins

    line = ProgressLine(sys.stderr, shown=sys.stderr.isatty())
    found = audit(
        course, chosen, seeds=options.seeds, most_mutants=options.mutants, jobs=options.jobs, progress=line.count
    )
    line.clear()
    text = json.dumps(to_builtins(found), indent=2) + "\n"
    if options.json == "-":
        sys.stdout.write(text)
    else:
        if options.json:
            write(options.json, text)
        render(found, console(no_color=False))
    return OK if found.sound else BELOW


def new(arguments: Sequence[str]) -> int:
    """`grade new`: write the files of a new exercise."""
    parser = Parser(
        prog="grade new",
        description="Write the files of a new exercise: an example that `grade verify` accepts, to write your own over.",
    )
    parser.add_argument("lesson", help="2.4; a lesson that is not there yet is begun")
    parser.add_argument("title", help='what the exercise is about, e.g. "clip gradients"; names file and function')
    parser.add_argument("--points", type=count, metavar="N", help="its points (default: what the lesson lacks)")
    parser.add_argument(
        "--take-from", metavar="2.4.1", help="an exercise that gives up these points (default: the richest)"
    )
    parser.add_argument("--course", metavar="DIR", help="the course; its folders are made if need be (default: here)")
    parser.add_argument("--json", metavar="FILE", help="write what was done as JSON; - for standard output")
    options = parser.parse_args(arguments)
    if options.json:
        check_writable(options.json)

    from grader.course import new

    course = new.course_at(options.course)
    done = new.new_exercise(course, options.lesson, options.title, points=options.points, giver=options.take_from)
    files = [path.relative_to(course.root).as_posix() for path in done.files]
    if options.json:
        told = {"exercise": done.exercise.id, "points": course.points(done.exercise), "files": files}
        _tell(told | {"next": done.next_step}, options.json)
    if options.json != "-":
        for name in files:
            print(f"wrote {name}")
        print(done.next_step)
    return OK


def _tell(told: dict[str, object], where: str) -> None:
    """Write what was done or found as JSON, to a file or to standard output."""
    text = json.dumps(told, indent=2) + "\n"
    if where == "-":
        sys.stdout.write(text)
    else:
        write(where, text)


ACTIONS: Final[dict[str, Callable[[Sequence[str]], int]]] = {
    "stubs": stubs,
    "verify": verify,
    "audit": audit,
    "new": new,
}
