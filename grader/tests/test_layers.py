"""Without a layer of the jail, a hostile program reaches what it is after, from end to end: no layer is decoration.

`test_jail.py` proves the same for every layer at the level of the kernel; here a whole grading runs, and the programs are
those of `submissions/hostile`, which get nothing in the whole jail.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.tests.gradings import Grading, Outcome, Program, World, a_world, grade_all, programs
from grader.worker import jail

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the jail is made of Linux's layers")

FILES = ("landlock", "mount-namespace")
WITHOUT: dict[str, tuple[str, ...]] = {
    "read_reference_by_path": FILES,
    "read_another_submission": FILES,
    "write_elsewhere": FILES,
    "walk_the_disk": ("mount-namespace",),
    "open_sockets": ("seccomp",),
    "system_calls": ("seccomp",),
    "plant_links_in_scratch": ("landlock", "seccomp"),
    "thousand_threads": ("rlimits",),
}
"""Programs, and the layers without which they succeed; two where each of them stops the program alone."""
STRAY = [f"{folder}/owned-by-a-submission" for folder in ("/tmp", "/dev/shm", "/var/tmp")]


@pytest.fixture(scope="module")
def outcomes() -> Iterator[tuple[World, dict[str, Outcome]]]:
    chosen = [one for one in programs("hostile") if one.name in WITHOUT]
    with a_world(chosen) as world:
        gradings = [Grading(world.handin(one), one.targets, one.timeout, skip=WITHOUT[one.name]) for one in chosen]
        batch = grade_all(world, gradings, jobs=2)
        assert not batch.left
        yield world, dict(zip([one.name for one in chosen], batch.outcomes, strict=True))
    for path in STRAY:
        with contextlib.suppress(OSError):
            Path(path).unlink()


@pytest.fixture(scope="module")
def available() -> dict[str, str]:
    return jail.probe()


def program(name: str) -> Program:
    return next(one for one in programs("hostile") if one.name == name)


@pytest.mark.parametrize("name", WITHOUT)
def test_program_succeeds_without_its_layers(
    name: str, outcomes: tuple[World, dict[str, Outcome]], available: dict[str, str]
) -> None:
    """The same program that gets nothing in the whole jail gets what it wants without these layers."""
    missing = [layer for layer in jail.LAYERS if available[layer] != jail.ACTIVE]
    if missing:
        pytest.skip(f"this system lacks layers anyway: {', '.join(missing)}")
    outcome = outcomes[1][name]
    assert outcome.results is not None, outcome.error
    assert "STOLEN" in outcome.printed
    assert not set(WITHOUT[name]) & set(outcome.results.environment.isolation)


def test_canaries_sing(outcomes: tuple[World, dict[str, Outcome]], available: dict[str, str]) -> None:
    """Without the layers that protect files a program earns points with the reference and changes its canary."""
    if any(available[layer] != jail.ACTIVE for layer in FILES):
        pytest.skip("this system lacks one of the layers anyway")
    world, graded = outcomes
    assert graded["read_reference_by_path"].exercise("1.1.1").earned == 4
    writer = program("write_elsewhere")
    assert world.pictures(writer) != world.before[writer.name]
    assert any(os.path.lexists(world.place(path, writer)) for path in writer.absent)


def test_programs_are_those_of_the_suite() -> None:
    """Every program named here is one whose failure in the whole jail is tested."""
    names = {one.name for one in programs("hostile") if not one.finding}
    assert set(WITHOUT) <= names
