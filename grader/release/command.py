"""`grade release DIR`: make the repository that students get."""

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from grader.lessons import Course, find_course
from grader.options import BROKEN, OK, Parser, UsageError, check_writable, count, whole, write
from grader.progress_line import ProgressLine

_SEEDS = (0, 1, 2)


def run(arguments: Sequence[str]) -> int:
    """Carry out the command and return its exit code."""
    options = _parser().parse_args(arguments)
    course = find_course(Path.cwd())
    target = Path(options.folder)
    _refuse(course, target)

    from grader.release.leaks import leaks

    if options.check:
        return _told(leaks(course, target), target, options.json)
    for name in (options.gradescope, options.json):
        if name:
            check_writable(name)
    targets = [str(one) for one in options.lesson]
    course.select(targets)

    from grader.course.stubs import StubError
    from grader.release.platforms import ACTION, WORKFLOW, gradescope
    from grader.release.recording import RecordingError
    from grader.release.tree import install, lacks, tree

    try:
        files = tree(course) | _answers(course, options.seeds or _SEEDS, jobs=options.jobs)
    except (RecordingError, StubError) as error:
        print(f"grade: {error}", file=sys.stderr)
        return BROKEN
    if options.gradescope:
        Path(options.gradescope).write_bytes(gradescope(files, targets))
        print(f"wrote {options.gradescope}, an autograder for Gradescope", file=sys.stderr)
    if options.action:
        files[WORKFLOW] = ACTION.encode()
    missing = lacks(files)
    if missing:
        print(f"note: {missing}", file=sys.stderr)
    kept = install(files, target)
    print(f"wrote {len(files)} files to {target}", file=sys.stderr)
    for name in kept:
        print(f"kept {name}: it was changed after it was released", file=sys.stderr)
    return _told(leaks(course, target), target, options.json, files=len(files), kept=kept)


def _parser() -> Parser:
    parser = Parser(
        prog="grade release",
        description="Make the students' repository: recorded answers in place of the references.",
    )
    parser.add_argument("folder", metavar="DIR", help="a new folder, or an earlier release, which is updated")
    parser.add_argument(
        "--seeds", type=whole, nargs="+", metavar="N", help="the seeds that students can grade with (default: 0 1 2)"
    )
    parser.add_argument("--gradescope", metavar="ZIP", help="also write an autograder for Gradescope")
    parser.add_argument(
        "--lesson", action="append", default=[], metavar="TARGET", help="what the autograder grades (default: all)"
    )
    parser.add_argument("--action", action="store_true", help="with a workflow that grades on every push")
    parser.add_argument("--check", action="store_true", help="write nothing; only look for anything secret in DIR")
    parser.add_argument("--json", metavar="FILE", help="write what was done as JSON; - for standard output")
    parser.add_argument("--jobs", type=count, default=os.cpu_count() or 1, help="gradings at a time")
    return parser


def _refuse(course: Course, target: Path) -> None:
    if not course.reference_root.is_dir():
        raise UsageError("This copy of the course was released itself: it has no references to record.")
    inside = target.resolve()
    if inside == course.root or course.root in inside.parents:
        raise UsageError(f"`{target}` lies inside of the course. Name a folder outside, e.g. `../students`.")
    if target.exists() and not target.is_dir():
        raise UsageError(f"`{target}` is a file. Name a folder.")
    if target.is_dir() and any(target.iterdir()) and not (target / "answers" / "release.json").is_file():
        strange = [one.name for one in target.iterdir() if one.name not in (".git", "README.md", "LICENSE")]
        if strange:
            raise UsageError(f"`{target}` holds other files and no earlier release. Name a new or an empty folder.")


def _answers(course: Course, seeds: Sequence[int], *, jobs: int) -> dict[str, bytes]:
    """Record the answers and return the files that hold them."""
    from grader.release.recording import record

    line = ProgressLine(sys.stderr, shown=sys.stderr.isatty())
    with tempfile.TemporaryDirectory(prefix="grade-release-") as folder:
        record(course, Path(folder), sorted(set(seeds)), jobs=jobs, done=line.count)
        line.clear()
        return {f"answers/{path.name}": path.read_bytes() for path in sorted(Path(folder).glob("*.sqlite"))}


def _told(secrets: Sequence[str], target: Path, where: str | None, **done: int | list[str]) -> int:
    """Say whether anything secret is in the folder, and return the exit code."""
    for sentence in secrets:
        print(f"secret  {sentence}", file=sys.stderr)
    if secrets:
        print(f"grade: {target} must not be given to students as it is.", file=sys.stderr)
    else:
        print("Nothing of the references is in it.", file=sys.stderr)
    if where:
        text = json.dumps({"folder": str(target), **done, "secrets": list(secrets)}, indent=2) + "\n"
        if where == "-":
            sys.stdout.write(text)
        else:
            write(where, text)
    return BROKEN if secrets else OK
