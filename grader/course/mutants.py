"""Mutants: small changes of a reference that a check should notice, made one at a time from its syntax tree.

Only what the student writes is changed, the lines between `# BEGIN SOLUTION` and `# END SOLUTION`; comments, docstrings,
annotations and the texts of errors stay. `grader.course.mutators` says which changes there are.
"""

import ast
import hashlib
import itertools
import re
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from grader.course.changes import Change, Place, Text
from grader.course.mutators import MUTATORS

_BEGIN: Final = re.compile(r"[ \t]*# BEGIN SOLUTION\b")
_END: Final = re.compile(r"[ \t]*# END SOLUTION\b")
_COMMENT: Final = re.compile(r"(^|\s{2,})#.*$", re.MULTILINE)
_ID_LENGTH: Final = 6


@dataclass(frozen=True)
class Mutant:
    """A reference with one change."""

    id: str
    """Short and stable: made from the function and the changed lines, not from line numbers."""
    operator: str
    """Which kind of change it is, e.g. `arithmetic`."""
    function: str
    """Name of the function or method around the change; empty on module level."""
    line: int
    old: str
    """The changed lines of code as they were, without indentation and comments."""
    new: str
    nth: int
    """Which one it is of the mutants of this function with equal lines, from 1."""
    cut: str
    """What was taken out, without what stands around it: `.detach()`."""
    put: str
    """What was put in its place."""
    source: str


def mutants_of(source: str) -> list[Mutant]:
    """Return all mutants of a reference, in the order of their places; none equals another or the reference."""
    text = Text(source)
    tree = ast.parse(source)
    seen = {ast.dump(tree)}
    counted: Counter[tuple[str, str, str]] = Counter()
    made = []
    for place in _places(tree, _solution_lines(source)):
        for operator, mutator in MUTATORS.items():
            for change in mutator(place, text):
                mutated = text.with_change(change)
                picture = _picture(mutated)
                if picture is None or picture in seen:
                    continue
                seen.add(picture)
                old, new = _changed_lines(text, change)
                key = (place.function, old, new)
                nth = counted[key] = counted[key] + 1
                name = hashlib.sha256("\n".join((*key, str(nth))).encode()).hexdigest()[:_ID_LENGTH]
                line = text.line_of(change.start)
                made.append(
                    Mutant(name, operator, place.function, line, old, new, nth, *_difference(text, change), mutated)
                )
    return made


def sample(mutants: Sequence[Mutant], most: int | None) -> list[Mutant]:
    """Return at most `most` mutants, spread evenly over the kinds of changes and over the places of each kind."""
    if most is None or len(mutants) <= most:
        return list(mutants)
    groups: dict[str, list[int]] = defaultdict(list)
    for position, mutant in enumerate(mutants):
        groups[mutant.operator].append(position)
    shares = dict.fromkeys(groups, 0)
    while sum(shares.values()) < most:
        for kind, group in groups.items():
            if shares[kind] < len(group) and sum(shares.values()) < most:
                shares[kind] += 1
    chosen = {
        group[turn * len(group) // shares[kind]] for kind, group in groups.items() for turn in range(shares[kind])
    }
    return [mutants[position] for position in sorted(chosen)]


def _solution_lines(source: str) -> set[int]:
    """Return the numbers of the lines that the student writes."""
    found: set[int] = set()
    inside = False
    for number, line in enumerate(source.split("\n"), 1):
        if _BEGIN.match(line):
            inside = True
        elif _END.match(line):
            inside = False
        elif inside:
            found.add(number)
    return found


def _places(tree: ast.Module, lines: set[int]) -> Iterator[Place]:
    """Yield every node that may be changed, in the order of the source."""
    found = [place for place in _walk(tree, None, "", frozenset()) if _within(place.node, lines)]
    yield from sorted(found, key=lambda place: (place.node.lineno, place.node.col_offset))


def _within(node: ast.expr | ast.stmt, lines: set[int]) -> bool:
    last = node.end_lineno or node.lineno
    return node.lineno in lines and last in lines


def _walk(node: ast.AST, parent: ast.AST | None, function: str, bound: frozenset[str]) -> Iterator[Place]:
    """Yield the nodes below; leave out annotations, docstrings and what an error says."""
    if isinstance(node, ast.expr | ast.stmt) and parent is not None:
        yield Place(node, parent, function, bound)
    if isinstance(node, ast.JoinedStr) or _is_text(node):
        return
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        function = f"{function}.{node.name}".lstrip(".")
    if isinstance(node, ast.FunctionDef):
        bound = _bound_twice(node)
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "exc", "cause", "msg", "bases", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _walk(child, node, function, bound)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _bound_twice(function: ast.FunctionDef) -> frozenset[str]:
    """Return the names that a function binds more than once: without one of the bindings the program still runs."""
    bound = Counter(argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg))
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound[node.id] += 1
    return frozenset(name for name, times in bound.items() if times > 1)


def _picture(source: str) -> str | None:
    """Return what tells programs apart whatever their layout, or None for what is no program."""
    try:
        return ast.dump(ast.parse(source))
    except (SyntaxError, ValueError):
        return None


def _changed_lines(text: Text, change: Change) -> tuple[str, str]:
    source = text.source
    start = source.rfind("\n", 0, change.start) + 1
    end = source.find("\n", change.end)
    end = len(source) if end < 0 else end
    new = source[start : change.start] + change.text + source[change.end : end]
    return _code(source[start:end]), _code(new)


def _difference(text: Text, change: Change) -> tuple[str, str]:
    """Return what a change takes out and puts in, without what both begin or end with."""
    old, new = text.source[change.start : change.end], change.text
    begin = _alike(old, new)
    old, new = old[begin:], new[begin:]
    end = _alike(old[::-1], new[::-1])
    return old[: len(old) - end], new[: len(new) - end]


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _code(lines: str) -> str:
    return textwrap.dedent(_COMMENT.sub("", lines)).strip()
