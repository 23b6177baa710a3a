"""Where a program may be changed, and a change: a stretch of its source and what stands there instead."""

import ast
import itertools
from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A node of the syntax tree that may be changed."""

    node: ast.expr | ast.stmt
    parent: ast.AST
    function: str
    bound_twice: frozenset[str]
    """Names that the function binds more than once."""


@dataclass(frozen=True)
class Change:
    """A stretch of the source, in characters, and what stands there instead."""

    start: int
    end: int
    text: str


class Text:
    """A program's source, and where its nodes stand in it."""

    def __init__(self, source: str) -> None:
        """Note where each line begins."""
        self.source = source
        self._lines = source.split("\n")
        self._starts = list(itertools.accumulate((len(line) + 1 for line in self._lines), initial=0))

    def start(self, node: ast.AST) -> int:
        """Return where a node begins."""
        return self._offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Return where a node ends."""
        return self._offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def of(self, node: ast.AST) -> str:
        """Return a node's text."""
        return self.source[self.start(node) : self.end(node)]

    def line_of(self, offset: int) -> int:
        """Return the number of the line that holds a character."""
        return bisect_right(self._starts, offset)

    def with_change(self, change: Change) -> str:
        """Return the whole source with one change."""
        return self.source[: change.start] + change.text + self.source[change.end :]

    def replaced(self, node: ast.AST, text: str) -> Change:
        """Return the change that puts a text in a node's place."""
        return Change(self.start(node), self.end(node), text)

    def _offset(self, line: int, column: int) -> int:
        """Return a position in characters; Python counts columns in bytes."""
        text = self._lines[line - 1]
        return self._starts[line - 1] + (column if text.isascii() else len(text.encode()[:column].decode()))
