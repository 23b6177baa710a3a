"""From a save to the new result on the screen: `grade watch` in a terminal of its own."""

import contextlib
import itertools
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from bench.measure import ROOT, Goal, Probe, Scenario, own_words
from bench.processes import warm_place
from grader.tests.test_watch_live import Terminal

FILE = "lesson_2_3_net_from_scratch/ex2_backward.py"
EDITS = ((("2 * (y_pred - y)", "(y_pred - y)"), "factor 2"), ((" * (1 - h**2)", ""), "activation"))
"""Two mistakes, and a word that the screen shows for the one and not for the other."""
SAVES = 20

GOALS = (Goal("save", f"from a save to the new result in `grade watch`, median of {SAVES}", "save", 0.5, "s"),)


@contextlib.contextmanager
def probes(_: Collection[str]) -> Iterator[Mapping[str, Probe]]:
    """Yield a probe that saves a wrong answer, another one each time, and waits for what is said about it."""
    with tempfile.TemporaryDirectory() as folder, warm_place(start=False) as environment:
        course = Path(folder, "course")
        for place in ("exercises", "reference", "tests"):
            shutil.copytree(ROOT / place, course / place, ignore=shutil.ignore_patterns("__pycache__"))
        right = (course / "reference" / FILE).read_text(encoding="utf-8")
        assert all(right.count(old) == 1 for (old, _), _ in EDITS), "the reference has changed: mend EDITS"
        wrong = itertools.cycle([(right.replace(*edit), word) for edit, word in EDITS])
        number = itertools.count()  # printed by each answer, or all would be known after the second save
        screen = {**environment, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "40"}
        terminal = Terminal(["watch", "2.3.2"], course, screen)
        terminal.wait_for("q quit")

        def save() -> float:
            text, word = next(wrong)
            text = f"{text}\n{own_words('answers', next(number), ['backward'])}"
            started = time.perf_counter()
            (course / "exercises" / FILE).write_text(text, encoding="utf-8")
            terminal.wait_for(word)
            taken = time.perf_counter() - started
            terminal.wait_for("q quit")
            time.sleep(0.2)  # nobody saves faster; the watcher must be idle again
            return taken

        try:
            yield {"save": save}
        finally:
            terminal.close()


SCENARIO = Scenario("saves", probes, GOALS, rounds=SAVES)
