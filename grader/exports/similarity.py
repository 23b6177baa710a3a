"""Which hand-ins resemble each other more than the task explains: a reason to look at two programs, never a proof.

copydetect (extra `similarity`) makes fingerprints of the code with names, comments and layout taken away. What the stub
contains is left out, and so is what many hand-ins share: that is the usual way to write it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

_GRAM: Final = 25
"""Characters of normalised code in one fingerprint, about a line."""
_WINDOW: Final = 4
"""Of so many neighbours one fingerprint is kept."""
_FEWEST: Final = 20
"""Fingerprints of a program beside those of the stub; shorter programs are alike by chance."""
_FEWEST_SHARED: Final = 20
"""Fingerprints that few others have: about three lines. Fewer are shared by chance."""
_ALIKE: Final = 0.6
_MOST_TEXT: Final = 30_000
_SHOWN: Final = 40


@dataclass(frozen=True)
class Pair:
    """Two students, and how much of the smaller program the other has as well."""

    first: str
    second: str
    share: float


@dataclass(frozen=True)
class Similarity:
    """What was compared and found."""

    skipped: str = ""
    """A sentence when nothing was compared."""
    compared: int = 0
    identical: tuple[tuple[str, ...], ...] = ()
    """Students whose programs differ in names, comments and layout at most."""
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class _Program:
    """A student's program: normalised text and fingerprints of what is not in the stub."""

    code: tuple[tuple[str, str], ...]
    prints: frozenset[int]


def compare(programs: Iterable[tuple[str, Mapping[str, str]]], stubs: Mapping[str, str]) -> Similarity:
    """Compare the files of all students with each other; `stubs` holds what everybody was given."""
    try:
        from copydetect.utils import filter_code, winnow
    except ImportError:
        return Similarity(skipped=_NO_LIBRARY)

    def fingerprint(text: str, window: int) -> tuple[str, frozenset[int]]:
        code, _ = filter_code(text[:_MOST_TEXT], "x.py", language="python")
        chosen, _ = winnow(_hashes(code), window)
        return code, frozenset(map(int, chosen))

    given = {name: fingerprint(text, 1) for name, text in stubs.items()}
    known = {student: _program(files, given, fingerprint) for student, files in programs}
    known = {student: program for student, program in known.items() if len(program.prints) >= _FEWEST}
    identical = _identical(known)
    return Similarity(compared=len(known), identical=identical, pairs=tuple(_pairs(known, identical)[:_SHOWN]))


def _hashes(code: str) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Return a number for each part of the code, the same in every process: `hash` has a new seed in each."""
    import numpy as np

    grams = (code[start : start + _GRAM] for start in range(len(code) - _GRAM + 1))
    return np.fromiter((crc32(gram.encode("utf-8", "replace")) for gram in grams), np.int64)


def _program(
    files: Mapping[str, str],
    given: Mapping[str, tuple[str, frozenset[int]]],
    fingerprint: "Callable[[str, int], tuple[str, frozenset[int]]]",
) -> _Program:
    code: list[tuple[str, str]] = []
    prints: set[int] = set()
    for name, text in sorted(files.items()):
        stub, stub_prints = given.get(name, ("", frozenset()))
        normalised, found = fingerprint(text, _WINDOW)
        if normalised != stub:
            code.append((name, normalised))
            prints |= found - stub_prints
    return _Program(tuple(code), frozenset(prints))


def _identical(known: Mapping[str, _Program]) -> tuple[tuple[str, ...], ...]:
    groups: dict[tuple[tuple[str, str], ...], list[str]] = defaultdict(list)
    for student, program in known.items():
        groups[program.code].append(student)
    found = [tuple(sorted(students)) for students in groups.values() if len(students) > 1]
    return tuple(sorted(found, key=lambda students: (-len(students), students)))


def _pairs(known: Mapping[str, _Program], identical: Iterable[tuple[str, ...]]) -> list[Pair]:
    """Return the pairs, but for those of identical programs, that share much of what few others have, the most alike first."""
    holders: dict[int, list[str]] = defaultdict(list)
    for student, program in known.items():
        for one in program.prints:
            holders[one].append(student)
    usual = min(30, max(5, len(known) // 10))  # more holders than this: it is the usual way to write it
    rare: Counter[str] = Counter()
    shared: Counter[tuple[str, str]] = Counter()
    for students in holders.values():
        if len(students) <= usual:
            rare.update(students)
            shared.update(combinations(sorted(students), 2))
    told = {student: group for group, students in enumerate(identical) for student in students}
    found = [
        Pair(first, second, count / min(rare[first], rare[second]))
        for (first, second), count in shared.items()
        if count >= _FEWEST_SHARED and told.get(first, first) != told.get(second, second)
    ]
    alike = [pair for pair in found if pair.share >= _ALIKE]
    return sorted(alike, key=lambda pair: (-pair.share, pair.first, pair.second))


_NO_LIBRARY: Final = "Hand-ins were not compared: that needs copydetect, which `uv sync --extra similarity` installs."
