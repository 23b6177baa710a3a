"""What a mutant changes: one function for each kind of change, from a place in a program to new texts for it.

Changes are made in the source, so that a mutant looks like the reference everywhere else. Known libraries do not
fit: the operators of mutmut and cosmic-ray know no tensors (`dim`, `.T`, `mean` for `sum`), and bring a terminal
interface or a database along.
"""

import ast
import itertools
from collections.abc import Callable, Iterator
from typing import Final

from grader.course.changes import Change, Place, Text
from grader.course.operators import arithmetic, comparison, logic, operands

Mutator = Callable[[Place, Text], Iterator[Change]]

_PAIRS: Final = (
    ("mean", "sum"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("amax", "amin"),
    ("argmax", "argmin"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("rand", "randn"),
    ("ceil", "floor"),
    ("any", "all"),
    ("sin", "cos"),
    ("train", "eval"),
    ("var", "std"),
    ("row", "column"),
)
_NAMES: Final = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])} | {
    "tanh": "sigmoid",
    "sigmoid": "tanh",
    "sqrt": "square",
    "square": "abs",
    "abs": "square",
    "randperm": "arange",
}
_REMOVED: Final = frozenset(
    ("T", "abs", "clamp", "clone", "contiguous", "copy", "detach", "double", "exp", "flatten", "float", "item", "log")
) | frozenset(
    ("mT", "mean", "reshape", "sqrt", "square", "squeeze", "sum", "t", "to", "tolist", "transpose", "unsqueeze")
)
_COMMUTATIVE: Final = frozenset(("max", "min", "maximum", "minimum", "isinstance", "allclose", "equal", "isclose"))


def _constants(place: Place, text: Text) -> Iterator[Change]:
    """0 becomes 1, n becomes n + 1 and n - 1, x becomes 2x and x/2, True becomes False, and an answer another letter."""
    node = place.node
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield text.replaced(node, str(not value))
    elif isinstance(value, int):
        yield text.replaced(node, str(value + 1))
        if value > 0:
            yield text.replaced(node, str(value - 1))
    elif isinstance(value, float):
        for other in (2 * value, value / 2) if value else (1.0,):
            yield text.replaced(node, repr(other))
    elif isinstance(value, str):
        quote = text.of(node)[-1]
        for word in _other_texts(value, is_answer=isinstance(place.parent, ast.Dict) and node in place.parent.values):
            yield text.replaced(node, quote + word + quote)


def _other_texts(value: str, *, is_answer: bool) -> list[str]:
    """Return another letter for the answer to a question, fewer for several; words only where their partner is known."""
    if is_answer:
        return [letter for letter in "abcd" if letter != value] if len(value) == 1 else [value[:-1]]
    return [_NAMES[value]] if value in _NAMES else []


def _dropped(place: Place, text: Text) -> Iterator[Change]:
    """A statement that is not there: an update, a call, a guard, a `with`."""
    node, names = place.node, place.bound_twice
    if isinstance(node, ast.With):
        last = node.items[-1]
        yield Change(text.start(node), text.end(last.optional_vars or last.context_expr), "if True")
    elif isinstance(node, ast.Assign):
        targets = [one for target in node.targets for one in ast.walk(target)]
        if any(not isinstance(one, ast.Name | ast.Tuple | ast.List | ast.expr_context) for one in targets) or any(
            isinstance(one, ast.Name) and one.id in names for one in targets
        ):
            yield text.replaced(node, "pass")
    elif isinstance(node, ast.AugAssign | ast.Delete | ast.Assert) or _is_call(node) or _is_guard(node):
        yield text.replaced(node, "pass")
    elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
        for condition in (one for generator in node.generators for one in generator.ifs):
            yield text.replaced(condition, "True")


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Yield | ast.YieldFrom)


def _is_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and not node.orelse


def _off_by_one(place: Place, text: Text) -> Iterator[Change]:
    """One more or one less at the end of a range or a slice, the entry before."""
    node = place.node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        for argument in node.args:
            yield from _shifted(argument, text, "+", "-")
    elif isinstance(node, ast.Slice):
        for bound in (node.lower, node.upper):
            if bound is not None:
                yield from _shifted(bound, text, "+", "-")
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name | ast.BinOp):
        yield from _shifted(node.slice, text, "-")


def _shifted(node: ast.expr, text: Text, *symbols: str) -> Iterator[Change]:
    if not isinstance(node, ast.Constant):
        simple = isinstance(node, ast.Name | ast.Call | ast.Attribute | ast.Subscript | ast.BinOp)
        old = text.of(node) if simple else f"({text.of(node)})"
        for symbol in symbols:
            yield text.replaced(node, f"{old} {symbol} 1")


def _swapped(place: Place, text: Text) -> Iterator[Change]:
    """Neighbours exchanged: arguments of a call, entries of a tuple; or one entry twice."""
    node = place.node
    if isinstance(node, ast.Call) and _name(node.func) not in _COMMUTATIVE:
        yield from _exchanged(node.args, text)
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        yield from _exchanged(node.elts, text)
        if isinstance(place.parent, ast.Return):
            for one, other in itertools.pairwise(node.elts):
                yield text.replaced(other, text.of(one))
                yield text.replaced(one, text.of(other))


def _exchanged(nodes: list[ast.expr], text: Text) -> Iterator[Change]:
    for one, other in itertools.pairwise(nodes):
        if not isinstance(one, ast.Starred) and not isinstance(other, ast.Starred):
            between = text.source[text.end(one) : text.start(other)]
            yield Change(text.start(one), text.end(other), text.of(other) + between + text.of(one))


def _renamed(place: Place, text: Text) -> Iterator[Change]:
    """`mean` for `sum`, `min` for `max`, `zeros` for `ones`, and so on."""
    node = place.node
    if isinstance(node, ast.Call) and (name := _name(node.func)) in _NAMES:
        end = text.end(node.func)
        yield Change(end - len(name), end, _NAMES[name])


def _removed(place: Place, text: Text) -> Iterator[Change]:
    """No `.T`, no `.clone()`, no `.detach()`, no keyword argument."""
    node = place.node
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in _REMOVED and not _is_module(node.func.value):
            yield text.replaced(node, text.source[text.start(node) : _before_dot(node.func, text)])
        for keyword in node.keywords:
            if keyword.arg not in (None, "keepdim", "keepdims"):  # these are turned over as constants
                yield _without_argument(keyword, [*node.args, *node.keywords], text)
    elif isinstance(node, ast.Attribute) and node.attr in ("T", "mT") and not isinstance(place.parent, ast.Call):
        yield text.replaced(node, text.source[text.start(node) : _before_dot(node, text)])


def _without_argument(argument: ast.AST, everything: list[ast.AST], text: Text) -> Change:
    position = everything.index(argument)
    if position:
        return Change(text.end(everything[position - 1]), text.end(argument), "")
    following = everything[position + 1 :]
    return Change(text.start(argument), text.start(following[0]) if following else text.end(argument), "")


def _before_dot(node: ast.Attribute, text: Text) -> int:
    return text.source.rindex(".", 0, text.end(node) - len(node.attr) + 1)


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("torch", "math", "F", "nn", "init", "random", "itertools")


def _flow(place: Place, text: Text) -> Iterator[Change]:
    """`continue` for `break`, another error, `return` without a value."""
    node = place.node
    if isinstance(node, ast.Break | ast.Continue):
        yield text.replaced(node, "continue" if isinstance(node, ast.Break) else "break")
    elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call | ast.Name):
        name = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        yield text.replaced(name, "TypeError" if text.of(name) != "TypeError" else "ValueError")
    elif isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield text.replaced(node.value, "None")


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


MUTATORS: Final[dict[str, Mutator]] = {
    "arithmetic": arithmetic,
    "operands": operands,
    "comparison": comparison,
    "logic": logic,
    "constant": _constants,
    "dropped": _dropped,
    "off by one": _off_by_one,
    "swapped": _swapped,
    "renamed": _renamed,
    "removed": _removed,
    "flow": _flow,
}
