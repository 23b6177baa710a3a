"""What a check says about a wrong answer: the first place where values part, and a fault that needs no model."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """The first place where two values part."""

    kind: str
    """`type`, `keys`, `length`, `shape`, `nonfinite` or `value`."""
    message: str
    where: str = ""
    expected: float | str | None = None
    got: float | str | None = None
    observed: float = 0.0
    allowed: float = 0.0

    @property
    def ratio(self) -> float | None:
        """Return got / expected where that means something."""
        if isinstance(self.expected, float | int) and isinstance(self.got, float | int) and self.expected != 0:
            return self.got / self.expected
        return None


@dataclass(frozen=True)
class Generic:
    """A fault that needs no model of the mistake: an id and a sentence."""

    name: str
    says: str
    structural: bool = False
    """Missing returns, shapes and types come before named mistakes, the others after them."""
    brief: str = ""
    """The same in one or two words, to stand in parentheses: `half`, `7 times = N`."""
    could: tuple[str, ...] = ()
    """The causes that the numbers leave open, where checks show one cause in different words; else name and brief count."""

    @property
    def causes(self) -> tuple[str, ...]:
        """Return what this fault is counted as: two checks that share one of these may have one cause."""
        return self.could or (f"{self.name} {self.brief}",)


class Mismatch(AssertionError):  # noqa: N818  an AssertionError by nature
    """A comparison failed; `difference` says where, `generic` names a fault that the numbers alone show."""

    def __init__(
        self,
        message: str,
        difference: Difference | None = None,
        *,
        generic: Generic | None = None,
        step: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.difference = difference
        self.generic = generic
        self.step = step
        self.line: int | None = None


class NotCheckable(Exception):  # noqa: N818  an outcome, not a fault
    """A check cannot decide on this machine; it is skipped and costs no points."""
