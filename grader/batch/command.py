"""`grade class`: grade the hand-ins of a class into a journal; `grade class merge`: put shards together."""

import argparse
import json
import os
import re
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grader.lessons import Course, Lesson, find_course
from grader.options import (
    BROKEN,
    LARGEST_SEED,
    OK,
    Parser,
    RawHelp,
    UsageError,
    check_writable,
    count,
    positive,
    processors,
    seed,
    write,
)

if TYPE_CHECKING:
    from grader.batch.execution import Conditions, Executor
    from grader.batch.layouts import Parcel
    from grader.batch.loop import Tally
    from grader.journal import HandIn, Journal

INTERRUPTED: Final = 130
_LAYOUTS: Final = ("folders", "canvas", "moodle", "gradescope", "github")
_DEVICES: Final = ("auto", "cpu", "cuda", "mps", "all")
_NAMED: Final = 20
"""How many students are named on the terminal; `--json` names all."""


def run(arguments: Sequence[str]) -> int:
    """Carry out the command and return its exit code."""
    if arguments and arguments[0] == "merge":
        return _merge(arguments[1:])
    options = _parser().parse_args(arguments)
    course = find_course(Path.cwd())
    lessons = _lessons(course, options.target)
    if options.json:
        check_writable(options.json)
    _check_cluster(options)
    return _grade(options, course, lessons)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="grade class", description="Grade the hand-ins of a class.", epilog=_EPILOG, formatter_class=RawHelp
    )
    parser.add_argument("hand_ins", metavar="HAND-INS", help="folder with the hand-ins, as they were downloaded")
    parser.add_argument("target", nargs="*", help="lessons that count; none: those of which a student sent something")
    parser.add_argument(
        "--journal", metavar="FILE", help="where the grades go, or postgresql://… (default: grades.sqlite)"
    )
    parser.add_argument("--roster", metavar="CSV", help="the students' keys, names and identifiers")
    parser.add_argument("--layout", choices=_LAYOUTS, help="how the hand-ins lie there (default: found out)")
    parser.add_argument("--jobs", type=count, default=processors(), metavar="N", help="gradings at a time")
    parser.add_argument("--seed", type=seed, metavar="N", help="seed of the inputs, or `random` (default: 0)")
    parser.add_argument("--timeout", type=positive, metavar="S", help="seconds that one exercise may take")
    parser.add_argument("--device", choices=_DEVICES, default="cpu", help="where to run the checks (default: cpu)")
    parser.add_argument("--regrade", action="store_true", help="grade even what the journal has")
    parser.add_argument(
        "--resume",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="go on with a journal that exists (default); --no-resume refuses to",
    )
    parser.add_argument("--shard", type=_shard, metavar="I/N", help="grade only part I of N, counted from 0")
    parser.add_argument("--json", metavar="FILE", help="write a summary as JSON; - for standard output")
    cluster = parser.add_argument_group("on a Dask cluster")
    cluster.add_argument("--scheduler", metavar="ADDRESS", help="tls://host:port of a scheduler")
    cluster.add_argument("--tls-ca", metavar="FILE", help="certificate of the cluster's authority")
    cluster.add_argument("--tls-cert", metavar="FILE", help="certificate of this client")
    cluster.add_argument("--tls-key", metavar="FILE", help="key of this client")
    cluster.add_argument("--local-cluster", type=count, metavar="N", help="start a cluster of N workers here, to try")
    return parser


def _grade(options: argparse.Namespace, course: Course, lessons: tuple[Lesson, ...]) -> int:
    from grader.batch.digests import Graders
    from grader.batch.execution import Conditions, ExecutionError
    from grader.batch.layouts import find
    from grader.batch.loop import ClassRun, Plan, in_shard
    from grader.batch.pace import Pace
    from grader.journal import open_journal

    layout, all_parcels = find(Path(options.hand_ins), options.layout)
    parcels = [one for one in all_parcels if options.shard is None or in_shard(one.student, options.shard)]
    where = options.journal or _default_journal(options.shard)
    if not options.resume and Path(where).exists():
        raise UsageError(_KNOWN_JOURNAL.format(_shown(where)))
    with open_journal(where, new=True) as journal:
        if not options.resume and any(journal.counts()):  # a database is there before its first hand-in
            raise UsageError(_KNOWN_JOURNAL.format(_shown(where)))
        if options.roster:
            from grader.batch.roster import read_roster

            journal.roster(read_roster(Path(options.roster), layout))
        graders = Graders(course, device=options.device, timeout=options.timeout)
        digests = {lesson.id: graders.of(lesson) for lesson in lessons or course.lessons}
        conditions = Conditions(str(course.root), options.device, options.timeout, digests)
        first, second = _seeds(journal, options.seed)
        plan = Plan(course, lessons, first, second, graders, regrade=options.regrade)
        print(f"{_counted(len(parcels), 'hand-in')}, layout {layout}, journal {_shown(where)}", file=sys.stderr)
        pace = Pace(sys.stderr, len(parcels))
        executor = _executor(options, conditions)
        try:
            work = ClassRun(plan, journal, executor, pace.look)
            code = _carried_out(work, parcels, where)
        except ExecutionError as error:
            pace.clear()
            print(f"grade: {error}", file=sys.stderr)
            code = BROKEN
        finally:
            pace.clear()
            executor.close()
        problems = _problems(journal, parcels)
    _report(work.tally, problems, options.json)
    return code


def _carried_out(work: Any, parcels: "list[Parcel]", where: str) -> int:
    try:
        tally = work.run(parcels)
    except KeyboardInterrupt:
        kept = f"What was graded is kept in `{_shown(where)}`."
        print(f"\nStopped. {kept} The same command goes on from there.", file=sys.stderr)
        return INTERRUPTED
    return BROKEN if tally.failures else OK


def _executor(options: argparse.Namespace, conditions: "Conditions") -> "Executor":
    if options.scheduler or options.local_cluster:
        from grader.batch.cluster import ClusterExecutor, connect

        client = connect(
            options.scheduler,
            ca=options.tls_ca,
            cert=options.tls_cert,
            key=options.tls_key,
            local=options.local_cluster,
        )
        return ClusterExecutor(client, conditions)
    from grader.batch.local import LocalExecutor

    return LocalExecutor(conditions, jobs=options.jobs)


def _check_cluster(options: argparse.Namespace) -> None:
    if options.scheduler and options.local_cluster:
        raise UsageError("`--scheduler` and `--local-cluster` exclude each other.")
    if options.scheduler and not options.scheduler.startswith("tls://"):
        raise UsageError("A scheduler without TLS runs anybody's code: give its `tls://` address.")
    if options.scheduler and not (options.tls_ca and options.tls_cert and options.tls_key):
        raise UsageError("`--scheduler` needs `--tls-ca`, `--tls-cert` and `--tls-key`.")


def _lessons(course: Course, targets: Sequence[str]) -> tuple[Lesson, ...]:
    if not targets:
        return ()
    chosen = set(course.select(targets))
    lessons = tuple(one for one in course.lessons if chosen.intersection(one.exercises))
    for lesson in lessons:
        if not chosen.issuperset(lesson.exercises):
            raise UsageError(f"A class is graded by whole lessons. Name the lesson, `{lesson.id}`, not an exercise.")
    return lessons


def _seeds(journal: "Journal", wanted: int | None) -> tuple[int, int]:
    """Return the seed that counts and the secret second one; both stay the same when a run goes on."""
    journal.note("second_seed", str(secrets.randbelow(LARGEST_SEED)), once=True)  # shards may share a journal
    known, second = journal.noted("seed"), journal.noted("second_seed")
    first = wanted if wanted is not None else int(known or os.environ.get("GRADE_SEED", "0"))
    if known != str(first):
        journal.note("seed", str(first))
    return first, int(second or 0)


def _problems(journal: "Journal", parcels: "Sequence[Parcel]") -> "list[HandIn]":
    """Return the hand-ins of this run of which something could not be read, the last of each student."""
    from grader.results import sound

    sources = {sound(one.source) for one in parcels}
    last: dict[str, HandIn] = {}
    for one in journal.hand_ins():
        if one.source in sources and (one.student not in last or one.attempt >= last[one.student].attempt):
            last[one.student] = one
    return [one for one in last.values() if one.problem]


def _report(tally: "Tally", problems: "Sequence[HandIn]", json_file: str | None) -> None:
    """Print what happened, and write it as JSON where that is wanted."""
    from grader.reports.text import one_line

    if json_file:
        _tell(_summary(tally, problems), json_file)
    if json_file == "-":
        return
    again = f", {tally.again} of them on a second seed as well" if tally.again else ""
    hand_ins, lessons = _counted(tally.hand_ins, "hand-in"), _counted(tally.graded, "lesson")
    print(f"{hand_ins}: {lessons} graded{again}, {tally.kept} known before.")
    remarks = [f"{one.student}: {one.problem}" for one in problems if one.digest]
    _name("could not be read and are not graded", [f"{who}: {why}" for who, why in tally.unreadable], one_line)
    _name("are graded, with a remark", remarks, one_line)
    _name("earned other points on a second seed", [f"{a}, {b}: {why}" for a, b, why in tally.suspicious], one_line)
    _name("failed to be graded (no zero was given)", [f"{a}, {b}: {why}" for a, b, why in tally.failures], one_line)


def _summary(tally: "Tally", problems: "Sequence[HandIn]") -> dict[str, Any]:
    """Return what `--json` writes."""
    return {
        "version": 1,
        "hand_ins": tally.hand_ins,
        "graded": tally.graded,
        "known_before": tally.kept,
        "on_second_seed": tally.again,
        "problems": [
            {"student": one.student, "source": one.source, "problem": one.problem, "graded": bool(one.digest)}
            for one in problems
        ],
        "suspicious": [{"student": who, "lesson": what, "said": why} for who, what, why in tally.suspicious],
        "failures": [{"student": who, "lesson": what, "failure": why} for who, what, why in tally.failures],
    }


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _name(what: str, cases: Sequence[str], one_line: Any) -> None:
    if cases:
        print(f"\n{len(cases)} {what}:")
        for case in cases[:_NAMED]:
            print(f"  {one_line(case)}")
        if len(cases) > _NAMED:
            print(f"  and {len(cases) - _NAMED} more; `--json FILE` names all")


def _merge(arguments: Sequence[str]) -> int:
    parser = Parser(prog="grade class merge", description="Put the journals of shards together.")
    parser.add_argument("out", metavar="OUT", help="the journal to add to; it is made if there is none")
    parser.add_argument("journals", metavar="IN", nargs="+", help="journals of shards")
    parser.add_argument("--json", metavar="FILE", help="write what came of it as JSON; - for standard output")
    options = parser.parse_args(arguments)
    if options.json:
        check_writable(options.json)

    from grader.batch.merge import merge

    hand_ins, grades = merge(options.out, options.journals)
    if options.json:
        _tell({"journal": _shown(options.out), "hand_ins": hand_ins, "grades": grades}, options.json)
    if options.json != "-":
        print(f"{_shown(options.out)} holds {hand_ins} hand-ins and {grades} grades.")
    return OK


def _tell(told: dict[str, Any], where: str) -> None:
    text = json.dumps(told, indent=2) + "\n"
    if where == "-":
        sys.stdout.write(text)
    else:
        write(where, text)


def _shard(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
    if not found or int(found[1]) >= int(found[2]):
        raise argparse.ArgumentTypeError(f"`{text}` is no shard: of 4, the shards are 0/4, 1/4, 2/4 and 3/4")
    return int(found[1]), int(found[2])


def _default_journal(shard: tuple[int, int] | None) -> str:
    return "grades.sqlite" if shard is None else f"grades-{shard[0]}of{shard[1]}.sqlite"


def _shown(where: str) -> str:
    """Return a journal's name without a password."""
    return re.sub(r"//[^/@]*@", "//", where)


_KNOWN_JOURNAL: Final = (
    "The journal `{}` holds a class already. Name another one, or leave `--no-resume` out to go on with it."
)
_EPILOG: Final = """\
grade class merge OUT IN…   put the journals of shards together

exit codes: 0 everything is graded, 2 usage, 3 the grader failed for some, 130 interrupted: what was
graded is kept, and the same command goes on from there
"""
