"""Fixtures of the harness's tests: the tiny course, hand-ins made from texts, gradings in forks, programs in workers."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis.configuration import set_hypothesis_home_dir

import grader.worker  # noqa: F401  before torch: a process that forks must have one thread
from grader.lessons import find_course

HERE = Path(__file__).parent

# Out of the working tree: pytest refuses a folder `.hypothesis` beside our own `norecursedirs`.
set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "grader-hypothesis")


@pytest.fixture(scope="session")
def course():
    """Return the tiny course; it must stay as it is."""
    return find_course(HERE / "course")


@pytest.fixture
def copied_course(course, tmp_path):
    """Return a copy of the tiny course that a test may break."""
    root = tmp_path / "course"
    shutil.copytree(course.root, root, ignore=shutil.ignore_patterns("__pycache__"))
    return find_course(root)


@pytest.fixture
def hand_in(tmp_path):
    """Return a maker of hand-ins: a folder with the given files, `{path: text or bytes}`."""

    def make(files, name="hand_in"):
        root = tmp_path / name
        for path, content in files.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return make


@pytest.fixture(scope="session")
def nursery():
    """Return a nursery that serves all tests of the run."""
    from grader.apart import new_nursery

    started = new_nursery()
    yield started
    started.close()


@pytest.fixture(scope="session")
def grade(course, nursery):
    """Return `grade(hand_in, *targets, **options)`: grades in a fork of this process and returns the results."""
    from grader.apart import grade_apart
    from grader.request import Request

    def run(root, *targets, of=course, **options):
        request = Request(of, of.select(targets), root, **{"device": "cpu", **options})
        [(_, results)] = grade_apart([request], jobs=1, nursery=nursery)
        if isinstance(results, Exception):
            raise results
        return results

    return run


@pytest.fixture(scope="session")
def zygote():
    """Return a zygote that serves all tests of the run."""
    from grader.worker.launch import Zygote

    started = Zygote.start()
    yield started
    started.close()


@pytest.fixture
def program(zygote):
    """Return a maker of callees: `program(text)` runs the text as a submission in a worker of its own."""
    from grader.callee import WorkerCallee
    from grader.calls import Source
    from grader.worker.process import Budget

    made = []

    def make(text, *, seconds=20.0, of=zygote, **options):
        callee = WorkerCallee(of, Source(text, "ex1_try.py", "ex1_try"), Budget(seconds, 4 * seconds), **options)
        made.append(callee)
        return callee

    yield make
    for callee in made:
        callee.close()


@pytest.fixture(scope="module")  # no longer: its event loop would be in the way of notebooks
def browser():
    """Return a headless Chromium; without one on this machine the test is skipped."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium is installed here; pages are tested where there is one")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        started = driver.chromium.launch(executable_path=program, args=arguments)
        yield started
        started.close()
