"""The things that a worker keeps for the grader, because they are no data: modules, closures, iterators."""

from dataclasses import dataclass, field
from typing import Any, Final

from grader.worker.wire import NotDataError, Reference, type_name

_PER_CALL: Final = 10_000


@dataclass
class Handles:
    """Things by number. Numbers follow from the place of a call, so that another program gives them the same ones."""

    kept: dict[int, Any] = field(default_factory=dict)
    scope: int = 0
    """The check whose things are kept."""
    _last: int = 0

    def begin(self, scope: int, place: int) -> bool:
        """Number what follows by the place of a call; return whether another check begins, whose things are not there yet."""
        self._last = place * _PER_CALL
        if scope == self.scope:
            return False
        self.scope = scope
        self.kept.clear()
        return True

    def keep(self, value: Any) -> Reference:
        """Keep a thing."""
        if (self._last + 1) % _PER_CALL == 0:
            raise NotDataError("the answer consists of too many objects")
        self._last += 1
        self.kept[self._last] = value
        return Reference(self._last, "handle", type_name(type(value)))

    def keep_once(self, value: Any) -> Reference:
        """Keep a thing that a callback is given; a training loop gives the same model thousands of times."""
        known = next((number for number, kept in self.kept.items() if kept is value), None)
        return Reference(known, "handle", type_name(type(value))) if known is not None else self.keep(value)
