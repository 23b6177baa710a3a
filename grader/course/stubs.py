"""Stubs: what a student starts from, made from the reference by leaving the solution out.

A reference marks what the student writes with two comments, each alone on its line:

    # BEGIN SOLUTION Start at the output and work backwards.
    ...
    # END SOLUTION

The stub holds `# TODO: Start at the output and work backwards.` and `raise NotImplementedError` in their
place. Where a raise cannot stand (in a dictionary, on module level), lines `# STUB <code>` inside the block
say what the stub holds instead. Everything else is copied as it is.

A solution that leaks cannot be taken back, so whatever looks like a marker and is none is an error.
"""

import ast
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.lessons import Course, Exercise

_BEGIN = re.compile(r"(?P<indent>[ \t]*)# BEGIN SOLUTION(?: +(?P<todo>\S.*?))?[ \t]*")
_END = re.compile(r"[ \t]*# END SOLUTION[ \t]*")
_STUB = re.compile(r"[ \t]*# STUB(?: (?P<code>.*?))?[ \t]*")
_ALMOST = re.compile(r"\b(?i:BEGIN|END)[\s_-]*(?i:SOLUTIONS?)\b|#\s*STUB\b")
_RAISE = "raise NotImplementedError"


class StubError(Exception):
    """A reference from which no stub can be made; the message names file, line and next step."""

    def __init__(self, file: str, line: int, message: str) -> None:
        self.file = file
        self.line = line
        super().__init__(f"{file}, line {line}: {message}")


@dataclass
class _Block:
    """A solution while it is read: where it begins and what the stub says instead."""

    line: int
    indent: str
    todo: str
    code: list[str] = field(default_factory=list)
    has_stub_lines: bool = False

    def lines(self, file: str) -> Iterator[str]:
        """Yield the lines that stand in the stub in place of the block."""
        if self.todo:
            yield f"{self.indent}# TODO: {self.todo}"
        if self.has_stub_lines:
            yield from (f"{self.indent}{code}".rstrip() for code in self.code)
        elif self.todo:
            yield self.indent + _RAISE
        else:
            raise StubError(file, self.line, _NO_TODO)


def stub_text(reference_source: str, file: str) -> str:
    """Return the stub that belongs to a reference's source; `file` names the reference in errors.

    Raises `StubError` if a marker has no partner or is misspelt, if a block leaves the student without a
    word about what to do, if there is no block at all, or if reference or stub is not valid Python.
    """
    _parse(reference_source, file)
    stub, origins = _replace_solutions(reference_source.removesuffix("\n").split("\n"), file)
    text = "".join(f"{line}\n" for line in stub)
    tree = _parse(text, file, origins)
    stray = _stray_raise(tree, {number for number, line in enumerate(stub, 1) if line.strip() == _RAISE})
    if stray is not None:
        raise StubError(file, origins[stray - 1], _STRAY_RAISE)
    return text


def write_stubs(course: Course, exercises: Iterable[Exercise], *, check: bool = False) -> list[Path]:
    """Write the stubs of the exercises and return the files that changed; with `check`, only return them.

    A stub is a generated file: one that differs is overwritten, one that is right is not touched. All stubs
    are made before the first is written, so that an error leaves the course as it was. A lesson's folder
    gets its empty `__init__.py`.
    """
    wanted: dict[Path, str] = {}
    for exercise in exercises:
        stub = course.stub(exercise)
        wanted.setdefault(stub.with_name("__init__.py"), "")
        wanted[stub] = _from_reference(course, exercise)
    changed = [path for path, text in wanted.items() if _read(path) != text]
    if not check:
        for path in changed:
            _replace_file(path, wanted[path])
    return changed


def _from_reference(course: Course, exercise: Exercise) -> str:
    reference = course.reference(exercise)
    name = reference.relative_to(course.root).as_posix()
    try:
        return stub_text(reference.read_text(encoding="utf-8"), name)
    except FileNotFoundError:
        check_file = course.check_file(exercise).relative_to(course.root).as_posix()
        raise StubError(name, 1, _NO_REFERENCE.format(check_file=check_file)) from None
    except UnicodeDecodeError:
        raise StubError(name, 1, _NOT_UTF8) from None


def _replace_solutions(lines: list[str], file: str) -> tuple[list[str], list[int]]:
    """Return the stub's lines and, for each, the line of the reference it comes from."""
    stub: list[str] = []
    origins: list[int] = []
    block: _Block | None = None
    found = False
    for number, line in enumerate(lines, 1):
        if begin := _BEGIN.fullmatch(line):
            if block is not None:
                raise StubError(file, number, _NESTED.format(line=block.line))
            block = _Block(number, begin["indent"], begin["todo"] or "")
            found = True
        elif _END.fullmatch(line):
            if block is None:
                raise StubError(file, number, _NO_BEGIN)
            emitted = list(block.lines(file))
            stub += emitted
            origins += [block.line] * len(emitted)
            block = None
        elif block is not None and (code := _STUB.fullmatch(line)):
            block.has_stub_lines = True
            if code["code"]:
                block.code.append(code["code"])
        elif _ALMOST.search(line):
            raise StubError(file, number, _MISSPELT.format(line=line.strip()))
        elif block is None:
            stub.append(line)
            origins.append(number)
    if block is not None:
        raise StubError(file, block.line, _NO_END)
    if not found:
        raise StubError(file, 1, _NO_BLOCK)
    return stub, origins


def _parse(text: str, file: str, origins: list[int] | None = None) -> ast.Module:
    """Parse a reference, or with `origins` (see `_replace_solutions`) the stub made from it."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = (error.lineno or 1) if isinstance(error, SyntaxError) else 1
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        if origins is None:
            raise StubError(file, line, _BAD_REFERENCE.format(reason=reason)) from None
        line = origins[min(line, len(origins)) - 1] if origins else 1
        raise StubError(file, line, _BAD_STUB.format(reason=reason)) from None


def _stray_raise(tree: ast.Module, raises: set[int]) -> int | None:
    """Return the first line with a raise that runs as soon as the stub is imported."""
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inside.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return min(raises - inside, default=None)


def _read(path: Path) -> str | None:
    """Return a file's text, or None for a file that is missing or no text; line ends do not count."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _replace_file(path: Path, text: str) -> None:
    """Write a file so that whoever reads it at the same time sees the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


_NO_TODO = (
    "`# BEGIN SOLUTION` does not say what to do. Write one sentence for the student after it, "
    "or `# STUB <code>` lines inside the block."
)
_NESTED = "this `# BEGIN SOLUTION` stands inside the block of line {line}. Close that one first with `# END SOLUTION`."
_NO_BEGIN = (
    "`# END SOLUTION` ends nothing. Add `# BEGIN SOLUTION <what to do>` above the solution, or remove this line."
)
_NO_END = "`# BEGIN SOLUTION` is never closed. Add `# END SOLUTION` below the solution."
_NO_BLOCK = (
    "there is no `# BEGIN SOLUTION`, so the stub would hold the whole solution. "
    "Put `# BEGIN SOLUTION <what to do>` and `# END SOLUTION` around what the student writes."
)
_MISSPELT = (
    "`{line}` looks like a marker but is none. A marker stands alone on its line: `# BEGIN SOLUTION <what to do>`, "
    "`# END SOLUTION`, and between them `# STUB <code>`."
)
_BAD_REFERENCE = "the reference is not valid Python ({reason}). Mend it, then run `grade stubs`."
_BAD_STUB = (
    "the stub made from this reference is not valid Python ({reason}). "
    "Check where the markers stand and what the `# STUB` lines say."
)
_STRAY_RAISE = (
    "outside of a function the stub would fail as soon as it is imported. "
    "Say with `# STUB <code>` lines what stands there instead; a bare `# STUB` leaves nothing."
)
_NO_REFERENCE = "the file is missing although `{check_file}` checks it. Write the reference, or remove the checks."
_NOT_UTF8 = "the file is not UTF-8 text. Save it as UTF-8."
