"""What an audit measured: counts for each exercise, the mutants that no check noticed, and whether all bars hold."""

from dataclasses import dataclass, field, fields
from typing import Final

from grader.course.mutants import Mutant
from grader.lessons import Exercise

NAMED_AT_LEAST: Final = 0.97
MUTANTS_AT_LEAST: Final = 0.95


@dataclass(frozen=True)
class Survivor:
    """A mutant that earned full marks."""

    exercise: str
    mutant: Mutant


@dataclass
class Counts:
    """How many gradings came out how; each is of one program on one seed."""

    right: int = 0
    accepted: int = 0
    wrong: int = 0
    refused: int = 0
    named: int = 0
    """Mistakes that were given their own name, and no other."""
    mutants: int = 0
    killed: int = 0
    equivalent: int = 0


@dataclass
class Row:
    """What was measured for one exercise."""

    exercise: Exercise
    alternatives: int = 0
    counts: Counts = field(default_factory=Counts)
    survivors: list[Survivor] = field(default_factory=list)


@dataclass
class Audit:
    """What the audit found out."""

    seeds: tuple[int, ...]
    rows: list[Row] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What must be mended whatever the rates are, one sentence each."""
    remarks: list[str] = field(default_factory=list)
    """Mistakes that were not named as they should be: allowed for a few."""
    gradings: int = 0

    @property
    def total(self) -> Counts:
        """The sums over all exercises."""
        rows = [row.counts for row in self.rows]
        return Counts(**{one.name: sum(getattr(row, one.name) for row in rows) for one in fields(Counts)})

    @property
    def survivors(self) -> list[Survivor]:
        """All mutants that no check noticed."""
        return [survivor for row in self.rows for survivor in row.survivors]

    def bars(self) -> list[tuple[str, bool]]:
        """Return what must hold, and whether it does."""
        total = self.total
        return [
            ("every right program is accepted", total.accepted == total.right),
            ("every named mistake is refused", total.refused == total.wrong),
            (
                f"at least {NAMED_AT_LEAST:.0%} of them get their own name alone",
                total.named >= NAMED_AT_LEAST * total.wrong,
            ),
            (
                f"at least {MUTANTS_AT_LEAST:.0%} of the mutants are refused",
                total.killed >= MUTANTS_AT_LEAST * total.mutants,
            ),
            ("nothing else is wrong", not self.faults),
        ]

    @property
    def sound(self) -> bool:
        """Whether everything holds that must."""
        return all(holds for _, holds in self.bars())
