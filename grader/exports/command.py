"""`grade export`: turn the journal of a class into gradebooks, files for platforms, and pages."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from grader.exports import canvas, pages, platforms, records, tables
from grader.exports.choosing import build
from grader.exports.gradebook import Choice, Gradebook, lesson_order
from grader.exports.late import FREE, parse_rule, parse_time
from grader.exports.one_student import Page
from grader.exports.sources import Sources
from grader.journal import Journal, open_journal
from grader.lessons import find_course
from grader.options import OK, Parser, RawHelp, UsageError, check_writable, seed, write
from grader.reports import text

_FILES: Final = ("json", "jsonl", "csv", "canvas", "moodle", "nbgrader", "lti", "report")
_FOLDERS: Final = ("gradescope", "prairielearn", "classroom50", "feedback")
_SHOWN: Final = 20
"""Problems that are named one by one on standard error."""


def run(arguments: Sequence[str]) -> int:
    """Carry out `grade export`."""
    options = _parser().parse_args(arguments)
    choice = _choice(options)
    with open_journal(options.journal, read_only=True) as journal:
        book = _read(journal, choice)
        notes = [*_write(book, options), *book.notes()]
    if options.json:
        told = {"format": options.to, "out": options.out, "notes": notes, "problems": book.problems()}
        write(options.json, json.dumps(told, indent=2) + "\n")
    _tell(notes, book.problems())
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="grade export",
        description="Turn the grades of a class into gradebooks, files for platforms, and pages.",
        epilog=_EPILOG,
        formatter_class=RawHelp,
    )
    parser.add_argument("journal", help="the file that `grade class` wrote, or postgresql://…")
    parser.add_argument("--to", required=True, choices=(*_FILES, *_FOLDERS), metavar="FORMAT", help="see below")
    parser.add_argument(
        "--out", default="-", metavar="FILE", help="file, or folder for one file per student; - (default)"
    )
    parser.add_argument("--lesson", nargs="+", default=[], metavar="2.3", help="only these lessons")
    parser.add_argument("--due", metavar="TIME", help="when the work was due, e.g. 2026-03-01T23:59:00+01:00")
    parser.add_argument("--late", metavar="RULE", help='what lateness costs, e.g. "10%%/day, max 50%%, grace 15m"')
    attempts = parser.add_mutually_exclusive_group()
    attempts.add_argument("--best", action="store_true", help="count the best attempt (default)")
    attempts.add_argument("--last", action="store_true", help="count the last attempt")
    parser.add_argument("--with-names", action="store_true", help="write names and e-mails of the roster")
    parser.add_argument("--template", metavar="FILE", help="gradebook that Canvas exported, to be filled in")
    parser.add_argument("--seed", type=seed, metavar="N", help="count grades of this seed only")
    parser.add_argument("--json", metavar="FILE", help="write what is said on standard error as JSON as well")
    parser.add_argument(
        "--sources", metavar="DIR", help="folder of the hand-ins: quoted in feedback, compared in report"
    )
    return parser


def _choice(options: argparse.Namespace) -> Choice:
    if options.late and not options.due:
        raise UsageError("`--late` needs `--due`: say when the work was due.")
    if options.template and options.to != "canvas":
        raise UsageError("`--template` goes with `--to canvas` only.")
    if options.to in _FOLDERS and options.out == "-":
        raise UsageError(f"`--to {options.to}` writes a file for each student: name a folder with `--out`.")
    if options.to in _FILES and options.out != "-":
        check_writable(options.out)
    if options.json == "-":
        raise UsageError("`--json` of an export names a file: standard output is for the export itself.")
    if options.json:
        check_writable(options.json)
    return Choice(
        lessons=frozenset(options.lesson),
        seed=options.seed,
        last=options.last,
        due=parse_time(options.due, "due time") if options.due else None,
        rule=parse_rule(options.late) if options.late else FREE,
    )


def _read(journal: Journal, choice: Choice) -> Gradebook:
    noted = journal.noted("seed")
    choice = replace(choice, class_seed=int(noted)) if noted and noted.isdigit() else choice
    book = build(journal.students(), journal.hand_ins(), journal.grades, choice)
    missing = choice.lessons - {column.lesson for column in book.columns}
    if missing:
        known = sorted({grade.lesson for grade in journal.grades()}, key=lesson_order)
        raise UsageError(f"The journal has no grades of `{min(missing)}`. It has: {', '.join(known) or 'none at all'}.")
    return book


def _write(book: Gradebook, options: argparse.Namespace) -> list[str]:
    """Write what was asked for; return what should be said about it."""
    if options.to in _FOLDERS:
        return _write_pages(_pages(book, options), Path(options.out))
    found, notes = _file(book, options)
    if options.out == "-":
        sys.stdout.write(found)
    else:
        write(options.out, found)
    return notes


def _file(book: Gradebook, options: argparse.Namespace) -> tuple[str, list[str]]:
    """Return the text of a file, and what should be said about it."""
    names: bool = options.with_names
    match options.to:
        case "json":
            return records.document(book, with_names=names), []
        case "jsonl":
            return records.lines(book, with_names=names), []
        case "csv":
            return tables.marks(book, with_names=names), []
        case "moodle":
            return tables.moodle(book, with_names=names), tables.moodle_notes(book, with_names=names)
        case "nbgrader":
            return tables.nbgrader(book, with_names=names), []
        case "canvas" if options.template:
            return canvas.fill(book, Path(options.template))
        case "canvas":
            return canvas.minimal(book, with_names=names), [_NO_TEMPLATE]
        case "lti":
            return platforms.lti(book), platforms.lti_notes(book)
        case _:
            from grader.exports import class_report

            return class_report.make(book, with_names=names, sources=_sources(book, options)), []


def _pages(book: Gradebook, options: argparse.Namespace) -> Iterator[Page]:
    match options.to:
        case "gradescope":
            return platforms.gradescope_pages(book)
        case "prairielearn":
            return platforms.prairielearn_pages(book)
        case "classroom50":
            return platforms.classroom50_pages(book)
        case _:
            return pages.feedback(book, _sources(book, options))


def _sources(book: Gradebook, options: argparse.Namespace) -> Sources | None:
    if not options.sources:
        return None
    folder = Path(options.sources)
    if not folder.is_dir():
        raise UsageError(f"`{folder}` is not a folder. `--sources` wants the folder that `grade class` read.")
    course = find_course(Path.cwd())
    lessons = {column.lesson for column in book.columns}
    chosen = [one for lesson in course.lessons if lesson.id in lessons for one in lesson.exercises]
    return Sources(course, folder, chosen)


def _write_pages(made: Iterable[Page], folder: Path) -> list[str]:
    written = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for page in made:
            (folder / page.name).parent.mkdir(exist_ok=True)
            write(str(folder / page.name), page.text)
            written += 1
            _progress(f"{written} files written")
    except OSError as error:
        raise UsageError(f"`{folder}` cannot be written: {error.strerror}.") from error
    finally:
        _progress("")
    return [f"{written} files lie in `{folder}`."]


def _progress(text: str) -> None:
    """Draw a line over the last one, on a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def _tell(notes: Sequence[str], problems: Sequence[str]) -> None:
    """Say on standard error what a teacher should know, the first problems one by one."""
    lines = [text.one_line(line) for line in (*notes, *problems[:_SHOWN])]
    if len(problems) > _SHOWN:
        lines.append(f"{len(problems) - _SHOWN} more like these; `--to json` has all of them.")
    for line in lines:
        sys.stderr.write(f"{line}\n")


_NO_TEMPLATE: Final = (
    "Canvas will make a new assignment of every lesson. Give the gradebook that it exports as `--template` instead."
)
_EPILOG: Final = """\
formats in one file:
  report        the class on one page: what to teach again, exercises, mistakes, students
  csv           a line for each student and lesson
  json, jsonl   the same with exercises and mistakes (docs/class.schema.json)
  canvas        gradebook; best with --template
  moodle        gradebook, by id number or e-mail
  nbgrader      the table of `nbgrader export`
  lti           scores of LTI Assignment and Grade Services, as JSON lines

formats with a file for each student, in the folder --out:
  feedback      the page that `grade --html` makes
  gradescope, prairielearn   results.json
  classroom50   result.json

A grading that failed is never a zero: its cell stays empty, and it is named here.
"""
