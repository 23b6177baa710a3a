"""The sheet that the terminal report is written on: a console with a width, an alphabet and a left margin.

What comes in is inert already (`text.visible`); nothing that goes out is read as markup or as a workflow command.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from grader.reports import explanation
from grader.results import Verdict

if TYPE_CHECKING:  # rich costs 40 ms, and `grade --help` does not need it
    from rich.console import Console
    from rich.text import Text

_WIDEST = 100  # longer lines tire the eye
_NARROWEST = 24
_LABEL = 10


@dataclass(frozen=True)
class Signs:
    """The signs of one alphabet."""

    passed: str
    failed: str
    untouched: str
    skipped: str
    bar: str
    full: str
    empty: str

    def of(self, verdict: Verdict) -> str:
        """Return the sign of a verdict."""
        rest = {Verdict.PASSED: self.passed, Verdict.NOT_ATTEMPTED: self.untouched, Verdict.SKIPPED: self.skipped}
        return self.failed if verdict in explanation.FAILED else rest.get(verdict, "!")


_UNICODE = Signs(passed="✓", failed="✗", untouched="○", skipped="-", bar="│", full="█", empty="░")
_ASCII = Signs(passed="+", failed="x", untouched="o", skipped="-", bar="|", full="#", empty=".")

Part = str | tuple[str, str]
"""Words, or words and their style."""


class Page:
    """A console with a width and an alphabet."""

    def __init__(self, console: "Console", *, plain: bool = False) -> None:
        self.console = console
        self.width = max(_NARROWEST, min(console.width, _WIDEST))
        self.is_open = False
        """Whether the last line has words on it."""
        drawn = not plain and self._can_write("".join(vars(_UNICODE).values()))
        self.signs = _UNICODE if drawn else _ASCII

    def _can_write(self, sample: str) -> bool:
        try:
            sample.encode(self.console.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def text(self, *parts: Part) -> "Text":
        """Return styled text; none of it is read as markup, and all of it can be written to the stream."""
        from rich.text import Text

        made = Text()
        for part in parts:
            words, style = (part, "") if isinstance(part, str) else part
            made.append(words if self._can_write(words) else words.encode("ascii", "backslashreplace").decode(), style)
        return made

    def line(self, *parts: "Part | Text") -> None:
        """Write one line as it is, unless a runner would take it for a workflow command."""
        made = self.text()
        for part in parts:
            made += part if not isinstance(part, str | tuple) else self.text(part)
        if made.plain.lstrip().startswith("::"):
            made = self.text(f"  {self.signs.bar} ") + made
        made.rstrip()
        self.console.print(made, soft_wrap=True, highlight=False)
        self.is_open = bool(made)

    def gap(self) -> None:
        """Write an empty line, but never two, and none at the top."""
        if self.is_open:
            self.line()

    def wrapped(self, said: "Text", first: "Text", others: "Text | None" = None) -> None:
        """Write words over as many lines as they need, after `first` and then after `others` (default: spaces)."""
        room = max(8, self.width - first.cell_len)
        for piece in said.wrap(self.console, room):
            self.line(first, piece)
            first = others or self.text(" " * first.cell_len)

    def quote(self, said: str, bar: str, *, label: str = "", indent: int = 0, style: str = "") -> None:
        """Write words behind a bar of a style, after a label or with an indent."""
        side = (f"  {self.signs.bar} ", bar)
        column = _LABEL if label else indent
        self.wrapped(
            self.text((said, style)),
            self.text(side, (label.ljust(column), "cyan")),
            self.text(side, " " * column),
        )

    def gauge(self, earned: Fraction, possible: Fraction) -> tuple[str, str]:
        """Return a bar and its style; only full marks fill it, only nothing leaves it empty."""
        cells = 20 if self.width >= 72 else 10
        filled = int(cells * min(earned, possible) / possible) if possible else 0
        filled = max(filled, 1) if earned > 0 else 0
        return self.signs.full * filled + self.signs.empty * (cells - filled), gauge_style(earned, possible)


def gauge_style(earned: Fraction, possible: Fraction) -> str:
    """Return the colour of a score."""
    return "green" if earned >= possible else "yellow" if earned else ""
