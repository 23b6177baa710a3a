"""How far a class is: a line that is drawn over again on a terminal, and a line now and then elsewhere."""

import shutil
from time import monotonic
from typing import Final, TextIO

from grader.batch.loop import Tally

_EVERY_S: Final = {True: 0.2, False: 10.0}
"""How often something is said, on a terminal and elsewhere."""
_LONGEST_BAR: Final = 24
_SHORTEST_BAR: Final = 8


class Pace:
    """Says how many hand-ins are done, how fast it goes, and how long it will take."""

    def __init__(self, stream: TextIO, total: int) -> None:
        self._stream, self._total, self._terminal = stream, total, stream.isatty()
        self._began = self._said = monotonic()

    def look(self, tally: Tally) -> None:
        """Say how far it is, unless that was said a moment ago."""
        now = monotonic()
        if now - self._said >= _EVERY_S[self._terminal]:
            self._said = now
            text = pace(tally, self._total, now - self._began)
            if self._terminal:
                text = f"\r\x1b[K{barred(text, tally.hand_ins, self._total, shutil.get_terminal_size().columns)}"
            self._stream.write(text if self._terminal else f"{text}\n")
            self._stream.flush()

    def clear(self) -> None:
        """Remove the line."""
        if self._terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def pace(tally: Tally, total: int, seconds: float) -> str:
    """Return how far it is after so many seconds, in one line."""
    done = tally.graded + tally.again + len(tally.failures)
    words = [f"{tally.hand_ins} of {total} hand-ins"]
    if done and seconds > 0 and tally.hand_ins:
        words.append(f"{done / seconds:.1f} gradings a second")
        quick = tally.kept / (tally.kept + done)  # what the journal had took no time
        fresh = max(tally.hand_ins * (1 - quick), 1)
        words.append(f"{in_words((total - tally.hand_ins) * seconds / fresh)} left")
    if tally.failures:
        words.append(f"{len(tally.failures)} failed")
    return " · ".join(words)


def barred(text: str, done: int, total: int, columns: int) -> str:
    """Return a bar and the text, on one line of a terminal that is so wide; where there is no room, the text alone."""
    room = min(_LONGEST_BAR, columns - len(text) - 2)
    if room < _SHORTEST_BAR or not total:
        return text[: max(columns - 1, 0)]
    full = room * done // total
    return f"{'█' * full}{'░' * (room - full)} {text}"


def in_words(seconds: float) -> str:
    """Return a time as somebody would say it: `40 s`, `3 min`, `2 h 5 min`."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
