"""`grade watch`: re-grade on every save, and guide from one exercise to the next.

Three small parts: `Screen` draws a whole picture at once, `changes` turns saves into exercises to grade again,
`Watch` decides what happens on a save and on a key. Gradings run on the warm grader, so that a result is there within
half a second; when it is not there it is started again, and a result comes a little later.
"""

import ast
import contextlib
import io
import os
import queue
import shutil
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.guide import GuideError, hint, next_step, reset
from grader.lessons import Course, Exercise
from grader.progress import Progress

if TYPE_CHECKING:
    from grader.results import Results

_DEBOUNCE_MS: Final = 60
"""Saves within this time are one: editors write a file, rename it, and touch it again."""
_STEP_MS: Final = 20
KEYS: Final = "h hint   n next   l list   r reset   o report   q quit"
_SOFT_START: Final = "\x1b[?2026h\x1b[H"
_SOFT_END: Final = "\x1b[J\x1b[?2026l"
"""Draw from the top and clear what is left below, as one picture: terminals that know it show no half-drawn state."""


# Which exercises a save concerns


def changes(course: Course, exercises: Sequence[Exercise], saved: Iterable[Path]) -> list[Exercise]:
    """Return the exercises whose file was saved, and those of the same lesson that import it, in their order."""
    files = {path.absolute() for path in saved}
    touched = {one for one in exercises if course.stub(one).absolute() in files}
    names = {(one.folder, one.name) for one in touched}
    for one in exercises:
        if one not in touched and any((one.folder, name) in names for name in _imported(course.stub(one))):
            touched.add(one)
    return [one for one in exercises if one in touched]


def _imported(path: Path) -> set[str]:
    """Return the names of the modules that a file imports; a file that cannot be read imports nothing."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.rpartition(".")[2] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.rpartition(".")[2])
    return names


# The screen


class Screen:
    """Draws whole pictures on a terminal; on anything else it writes them one after the other."""

    def __init__(self, *, no_color: bool) -> None:
        self.live = sys.stdout.isatty()
        self._no_color = no_color

    def draw(self, *pictures: Callable[[io.StringIO, int], None]) -> None:
        """Draw the pictures below each other; each writes to the file it is given, in so many columns."""
        width = shutil.get_terminal_size().columns
        page = io.StringIO()
        for picture in pictures:
            picture(page, width)
        text = page.getvalue()
        if self.live:
            lines = text.split("\n")
            text = _SOFT_START + "\r\n".join(f"{line}\x1b[K" for line in lines) + _SOFT_END
        sys.stdout.write(text)
        sys.stdout.flush()

    def report(self, results: "Results") -> Callable[[io.StringIO, int], None]:
        """Return a picture of a report."""

        def picture(page: io.StringIO, width: int) -> None:
            from rich.console import Console

            from grader.reports import terminal

            console = Console(
                file=page,
                width=width,
                force_terminal=self.live,
                no_color=True if self._no_color else None,
                highlight=False,
            )
            terminal.render(results, console=console, verbosity=0, next_step="")

        return picture

    @staticmethod
    def text(*lines: str) -> Callable[[io.StringIO, int], None]:
        """Return a picture of lines of text."""

        def picture(page: io.StringIO, width: int) -> None:
            del width
            page.write("".join(f"{line}\n" for line in lines))

        return picture


# Events


@contextlib.contextmanager
def _single_keys() -> Iterator[None]:
    """Read keys without Enter, and put the terminal back as it was whatever happens."""
    if not sys.stdin.isatty():
        yield
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _read_keys(events: "queue.Queue[str | set[Path]]") -> None:
    while key := os.read(sys.stdin.fileno(), 1).decode("ascii", "replace"):
        events.put(key)
    if not sys.stdin.isatty():
        return  # no keys here: saves are all there is
    events.put("q")


def _watch_files(root: Path, events: "queue.Queue[str | set[Path]]", stop: threading.Event) -> None:
    import watchfiles

    polls = "WATCHFILES_FORCE_POLLING" in os.environ
    for found in watchfiles.watch(
        root,
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        stop_event=stop,
        raise_interrupt=False,
        force_polling=polls or None,
        ignore_permission_denied=True,
    ):
        events.put({Path(path) for _, path in found})


# The loop


@dataclass
class Watch:
    """The state of one `grade watch`."""

    course: Course
    exercises: Sequence[Exercise]
    grade: Callable[[Sequence[Exercise]], "Results | str"]
    """Grades exercises; a sentence when it cannot."""
    stub: Callable[[Exercise], str]
    """Returns the stub of an exercise."""
    screen: Screen
    progress: Progress
    open_report: Callable[["Results"], str]
    """Shows the HTML report and returns a sentence about it."""
    current: Exercise | None = None
    results: "Results | None" = None
    said: list[str] = field(default_factory=list)
    solved: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Watch until `q`, Ctrl-C or the end of the input."""
        events: queue.Queue[str | set[Path]] = queue.Queue()
        stop = threading.Event()
        folders = (self.course.exercises_root, events, stop)
        threading.Thread(target=_watch_files, args=folders, daemon=True).start()
        with _single_keys():
            threading.Thread(target=_read_keys, args=(events,), daemon=True).start()
            try:
                self.begin()
                while self.handle(events.get()):
                    pass
            finally:
                stop.set()

    def begin(self) -> None:
        """Grade what is to be done now."""
        standings = self.progress.standings()
        self.solved = {one.id for one in self.exercises if one.id in standings and standings[one.id].solved}
        if self.screen.live:
            sys.stdout.write("\x1b[2J")
        self.screen.draw(self.screen.text("Getting ready ..."))
        self.go_on()

    def handle(self, event: "str | set[Path]") -> bool:
        """Carry out a key or a save; return whether to go on."""
        if isinstance(event, set):
            touched = changes(self.course, self.exercises, event)
            if touched:
                self.saved(touched)
            return True
        if event == "q":
            return False
        actions: Mapping[str, Callable[[], None]] = {
            "h": self._hint,
            "n": self._next,
            "l": self._list,
            "r": self._reset,
            "o": self._open,
        }
        action = actions.get(event.lower())
        if action is not None:
            self.said = []
            action()
            self.show()
        return True

    def saved(self, touched: Sequence[Exercise]) -> None:
        """Grade what was saved; when it is solved, go on to the next exercise."""
        self.said = []
        if self.current not in touched:
            self.current = touched[0]
        results = self.grade(touched)
        if isinstance(results, str):
            self.said = [results]
            self.show()
            return
        self._keep(results)
        current = self.current
        if current is not None and current.id in self.solved:
            self.said = [f"Solved: {current.id} {current.name}."]
            self.go_on()
        else:
            self.show()

    def go_on(self) -> None:
        """Turn to the exercise to do next, and show how it stands."""
        found = next_step(
            self.course, self.progress.standings(), [e for e in self.exercises if e.id not in self.solved]
        )
        self.current = found.exercise
        if self.current is None:
            self.said.append("Congratulations! Every exercise here is solved.")
        else:
            results = self.grade([self.current])
            if isinstance(results, str):
                self.said.append(results)
            else:
                self._keep(results)
                if self.current.id in self.solved:
                    self.go_on()
                    return
        self.show()

    def _keep(self, results: "Results") -> None:
        self.results = results
        self.progress.record(results)
        for lesson in results.lessons:
            for one in lesson.exercises:
                if one.possible > 0 and one.earned >= one.possible:
                    self.solved.add(one.id)
                else:
                    self.solved.discard(one.id)

    def show(self) -> None:
        """Draw the state."""
        pictures = [self.screen.report(self.results)] if self.results is not None else []
        done = sum(one.id in self.solved for one in self.exercises)
        where = f"exercises/{self.current.file}" if self.current is not None else "nothing left to do"
        lines = ["", *self.said, ""] if self.said else [""]
        lines += [f"{_bar(done, len(self.exercises))} {done} of {len(self.exercises)} solved", f"now: {where}", KEYS]
        self.screen.draw(*pictures, self.screen.text(*lines))

    # Keys

    def _hint(self) -> None:
        if self.current is None:
            return
        try:
            found = hint(self.course, self.current, self.progress)
            self.said = [f"Hint {found.step} of {found.of}: {found.text}"]
        except GuideError as error:
            self.said = [str(error)]

    def _next(self) -> None:
        """Leave this exercise for now and turn to the following unsolved one."""
        order = [one for one in self.exercises if one.id not in self.solved]
        if not order:
            return
        place = order.index(self.current) + 1 if self.current in order else 0
        self.current = order[place % len(order)]
        results = self.grade([self.current])
        if isinstance(results, str):
            self.said = [results]
        else:
            self._keep(results)

    def _list(self) -> None:
        self.said = [
            f"{'x' if one.id in self.solved else '>' if one == self.current else ' '}  {one.id}  {one.name}"
            for one in self.exercises
        ]

    def _reset(self) -> None:
        if self.current is None:
            return
        try:
            kept = reset(self.course, self.current, self.stub(self.current))
        except (GuideError, OSError) as error:
            self.said = [str(error)]
            return
        if kept is None:
            self.said = [f"{self.current.file} is the stub already."]
        else:
            self.said = [
                f"{self.current.file} is the stub again; your version is {kept.relative_to(self.course.root)}."
            ]

    def _open(self) -> None:
        if self.results is not None:
            self.said = [self.open_report(self.results)]


def _bar(done: int, total: int, width: int = 20) -> str:
    full = round(width * done / total) if total else 0
    return f"[{'#' * full}{'.' * (width - full)}]"
