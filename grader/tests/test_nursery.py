"""Gradings in forks: checks are collected once, zygotes are lent, and nothing of one grading reaches the next."""

import contextlib
import json
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from grader.apart import grade_apart, grade_lessons, new_nursery
from grader.request import Request, encoded_request, place_of
from grader.worker import jail

DOUBLE = "lesson_1_1_double/ex2_double.py"
STUCK = "def double(x):\n    while True:\n        pass\n"


@pytest.fixture
def own():
    """Return a nursery of the test's own."""
    made = new_nursery()
    yield made
    made.close()


def graded(nursery, *requests):
    found = dict(grade_apart(requests, jobs=1, nursery=nursery))
    return [found[position] for position in range(len(requests))]


def children(pid):
    """Return the numbers of a process's children."""
    with contextlib.suppress(OSError):
        return {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()}
    return set()


def test_one_host_and_one_zygote_serve_many_gradings(own, course, hand_in):
    """Gradings one after the other share what was collected, and the process that forks workers."""
    root = hand_in({DOUBLE: "def double(x):\n    return 2 * x\n"})
    request = Request(course, course.select(["1.1.2"]), root, device="cpu")
    graded(own, request)
    before = children(own._pid)
    graded(own, request, request, request)

    assert children(own._pid) == before
    assert len(before) == 2


def test_only_what_is_asked_is_graded(own, course):
    """A host has collected a whole lesson; a request gets its exercises only."""
    [results] = graded(own, Request(course, course.select(["1.1.2"]), course.reference_root, device="cpu"))

    assert [one.id for lesson in results.lessons for one in lesson.exercises] == ["1.1.2"]


def test_an_edited_check_is_collected_anew(own, copied_course):
    """The host of a check file that has changed since makes room for another one."""
    request = Request(copied_course, copied_course.select(["1.1.2"]), copied_course.reference_root, device="cpu")
    [before] = graded(own, request)
    file = copied_course.check_file(request.exercises[0])
    file.write_text(file.read_text().replace("points=6", "points=7"))
    [after] = graded(own, request)

    assert (before.score.possible, after.score.possible) == (6, 7)


def test_a_check_file_that_cannot_be_read_spoils_its_own_exercise(own, copied_course):
    """The other exercises of its lesson are graded by themselves."""
    copied_course.check_file(copied_course.select(["1.1.2"])[0]).write_text("def test_a(:\n")
    sound, broken = graded(
        own,
        *(
            Request(copied_course, copied_course.select([one]), copied_course.reference_root)
            for one in ("1.1.1", "1.1.2")
        ),
    )

    assert (sound.status, broken.status) == ("graded", "broken")
    assert "SyntaxError" in broken.problems[0]


def test_a_grading_that_is_killed_leaves_nothing(own, course, hand_in):
    """Its workers end, and the next grading finds the zygote as new."""
    right = Request(course, course.select(["1.1.2"]), course.reference_root, device="cpu")
    [fine] = graded(own, right)
    before = grandchildren(own._pid)
    stuck = Request(course, course.select(["1.1.2"]), hand_in({DOUBLE: STUCK}), device="cpu")
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            own.fork_for(theirs, place_of(stuck))
        ours.sendall(json.dumps(encoded_request(stuck)).encode())
        ours.shutdown(socket.SHUT_WR)
        grading = patiently(lambda: grandchildren(own._pid) - before)
        patiently(lambda: any(map(busy, descendants(own._pid) - grading)))
        for pid in grading:
            os.kill(pid, signal.SIGKILL)
    patiently(lambda: not any(map(busy, descendants(own._pid))))
    [again] = graded(own, right)

    assert again.score == fine.score
    assert again.score.earned == again.score.possible


def test_a_jail_that_is_demanded(own, course, monkeypatch):
    """Where a layer is missing, a grading that demands it runs no student code and says so."""
    monkeypatch.setattr(jail, "MINIMUM", jail.MINIMUM | {"a layer of the future"})
    unsafe = new_nursery()
    request = Request(course, course.select(["1.1.2"]), course.reference_root, device="cpu", jailed=True)
    [refused] = graded(unsafe, request)
    unsafe.close()

    assert str(refused).startswith("GradingError: Student code cannot be isolated here: a layer of the future missing.")


def descendants(pid):
    """Return the numbers of all processes below one."""
    return {found for child in children(pid) for found in {child} | descendants(child)}


def grandchildren(pid):
    """Return the numbers of the children of a process's children."""
    return {found for child in children(pid) for found in children(child)}


def busy(pid):
    """Return whether a process is computing."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "R"
    return False


def patiently(find):
    """Return what `find` returns, as soon as that is true."""
    limit = time.monotonic() + 60
    while not (found := find()):
        assert time.monotonic() < limit
        time.sleep(0.01)
    return found


def test_lessons_apart_are_one_run(own, course):
    """Several lessons, each in a fork, give what one grading of all gives, in the order of the course."""
    request = Request(course, course.exercises, course.reference_root, device="cpu")
    steps = []
    apart = grade_lessons(request, own, jobs=2, on_lesson=lambda done, total: steps.append((done, total)))
    [together] = graded(own, request)

    def verdicts(results):
        return [
            (check.id, check.verdict, check.earned)
            for lesson in results.lessons
            for one in lesson.exercises
            for check in one.checks
        ]

    assert verdicts(apart) == verdicts(together)
    assert (apart.score, apart.status, apart.seed) == (together.score, "graded", together.seed)
    assert steps == [(1, 2), (2, 2)]


def test_a_lesson_that_fails_does_not_take_the_others_along(own, copied_course):
    """A run with a broken lesson is broken and says why; the sound lesson is graded."""
    copied_course.check_file(copied_course.select(["1.1.2"])[0]).write_text("def test_a(:\n")
    request = Request(copied_course, copied_course.exercises, copied_course.reference_root, device="cpu")
    results = grade_lessons(request, own, jobs=2, on_lesson=lambda *_: None)

    assert results.status == "broken"
    assert "SyntaxError" in "\n".join(results.problems)
    assert [lesson.earned for lesson in results.lessons if lesson.id == "1.2"] == [10]


def test_the_rehearsal_leaves_nothing_behind():
    """What workers do is rehearsed in the nursery: random numbers go on as if it had not been, and nothing is armed."""
    import random

    import torch

    from grader.worker.rehearsal import rehearse
    from grader.worker.traps import TRAPS

    random.seed(3)
    torch.manual_seed(3)
    expected = random.random(), torch.rand(2)
    random.seed(3)
    torch.manual_seed(3)
    rehearse()
    found = random.random(), torch.rand(2)

    assert found[0] == expected[0]
    assert torch.equal(found[1], expected[1])
    assert not TRAPS.armed
