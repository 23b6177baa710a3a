"""What goes into the cells of a table: points rounded once, text that no spreadsheet takes for a formula, CSV."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from grader.reports import text

_FORMULA: Final = "=+-@\t\r\n＝＋－＠"  # noqa: RUF001  the wide forms are formulas as well
_NUMBER: Final = re.compile(r"-?\d+(?:[.,]\d+)?")


def rounded(points: Fraction, places: int = 2) -> Decimal:
    """Round exact points, halves up: the one place where an export does."""
    exact = Decimal(points.numerator) / Decimal(points.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def points(exact: Fraction | None) -> str:
    """Return points with two decimals at most; nothing where there are none, because that is no zero."""
    if exact is None:
        return ""
    shown = f"{rounded(exact):f}"
    return shown.rstrip("0").rstrip(".")


def safe(cell: str) -> str:
    """Return text that a spreadsheet shows and does not calculate: a formula gets an apostrophe before it."""
    shown = text.visible(cell)
    begins = shown.lstrip(" ")[:1]
    return f"'{shown}" if begins and begins in _FORMULA and not _NUMBER.fullmatch(shown) else shown


def csv_text(rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """Return the rows as CSV with every cell made safe, with line ends for a text file."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return stream.getvalue()
