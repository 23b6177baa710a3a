"""Mutators of operators: what stands between two operands, or before one, becomes something else."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from grader.course.changes import Change, Place, Text

_SYMBOLS: Final[dict[type[ast.AST], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.And: "and",
    ast.Or: "or",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_INSTEAD: Final = dict(
    line.split(" -> ")
    for line in (
        *("+ -> -", "- -> +", "* -> /", "/ -> *", "// -> /", "% -> //", "** -> *", "@ -> *", "& -> |", "| -> &"),
        *("and -> or", "or -> and", "is -> is not", "is not -> is", "in -> not in", "not in -> in"),
        *("< -> <=,>=", "<= -> <,>", "> -> >=,<=", ">= -> >,<", "== -> !=", "!= -> =="),
    )
)
"""What an operator becomes; two possibilities are separated by a comma."""
_EVEN: Final = frozenset(("square", "abs", "norm"))


def arithmetic(place: Place, text: Text) -> Iterator[Change]:
    """`+` for `-`, `*` for `/`, and so on."""
    node = place.node
    if isinstance(node, ast.BinOp):
        yield from _other_symbol(text, node.left, node.right, node.op)
    elif isinstance(node, ast.AugAssign):
        symbol = _SYMBOLS[type(node.op)]
        start = text.source.index(f"{symbol}=", text.end(node.target))
        for other in (*_others(symbol), ""):
            yield Change(start, start + len(symbol), other)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield text.replaced(node, text.of(node)[1:])


def operands(place: Place, text: Text) -> Iterator[Change]:
    """`b - a` for `a - b`."""
    node = place.node
    if _is_even(place):
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.MatMult | ast.FloorDiv | ast.Mod):
        start, end = _symbol(text, node.left, node.right, _SYMBOLS[type(node.op)])
        left, right = text.source[text.start(node) : start].rstrip(), text.source[end : text.end(node)].lstrip()
        yield text.replaced(node, f"{right} {text.source[start:end]} {left}")


def _is_even(place: Place) -> bool:
    """Return whether the sign of a difference does not matter where it stands: it is squared, or made positive."""
    node, parent = place.node, place.parent
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)):
        return False
    if isinstance(parent, ast.Attribute):
        return parent.attr in _EVEN
    power = parent.right if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow) else None
    return isinstance(power, ast.Constant) and power.value == 2


def comparison(place: Place, text: Text) -> Iterator[Change]:
    """`<=` and `>=` for `<`, and so on."""
    node = place.node
    if isinstance(node, ast.Compare):
        for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
            yield from _other_symbol(text, left, right, op)


def logic(place: Place, text: Text) -> Iterator[Change]:
    """`or` for `and`, one side only, no `not`, one branch only."""
    node = place.node
    if isinstance(node, ast.BoolOp):
        yield from _other_symbol(text, node.values[0], node.values[1], node.op)
        for value in node.values:
            yield text.replaced(node, f"({text.of(value)})")
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield text.replaced(node, f"({text.of(node.operand)})")
    elif isinstance(node, ast.IfExp):
        for branch in (node.body, node.orelse):
            yield text.replaced(node, f"({text.of(branch)})")
    elif isinstance(node, ast.If | ast.While) and node.orelse:
        for outcome in ("True", "False"):
            yield text.replaced(node.test, outcome)


def _other_symbol(text: Text, left: ast.expr, right: ast.expr, op: ast.AST) -> Iterator[Change]:
    symbol = _SYMBOLS.get(type(op), "")
    if symbol:
        start, end = _symbol(text, left, right, symbol)
        for other in _others(symbol):
            yield Change(start, end, other)


def _others(symbol: str) -> list[str]:
    return _INSTEAD[symbol].split(",") if symbol in _INSTEAD else []


def _symbol(text: Text, left: ast.expr, right: ast.expr, symbol: str) -> tuple[int, int]:
    """Return where an operator stands between its operands; brackets and comments may stand there, too."""
    first, last = text.end(left), text.start(right)
    between = re.sub(r"#.*", lambda comment: " " * len(comment[0]), text.source[first:last])
    start = first + between.index(symbol)
    return start, start + len(symbol)
