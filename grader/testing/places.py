"""Does a program stay on the device of its arguments? On a real one where there is one, else in a dry run."""

import re
from collections.abc import Callable
from typing import Any, Final

from grader.calls import Record, StudentError, evidence
from grader.faults import Generic, Mismatch, NotCheckable
from grader.proxy import Proxy
from grader.results import Verdict
from grader.values import called
from grader.worker.wire import TensorFacts

PRETENDED: Final = "cuda:0"
_REFUSED: Final = "PretendedDeviceError"
_STOPS: Final = {
    "generator": "On a GPU this stops: a generator of the CPU draws on the CPU only. Draw there, then move the numbers.",
    "to numpy": "On a GPU this stops: numpy reads the memory of the CPU only. Compute with tensors instead.",
    "device": "On a GPU this stops: a tensor on the CPU meets one on the GPU. Create tensors on the input's device.",
}
"""What to say, by a word of the device's own message."""


def stays_on_device(submission: Proxy, reference: Proxy, action: Callable[[Proxy], Any]) -> None:
    """Assert that what `action` does with the submission leaves every result where the reference's lies.

    The reference is asked in a dry run: it says which results belong on the device, for random permutations may stay
    on the CPU. Where the dry run cannot follow a program, the check says so and costs nothing.
    """
    try:
        wanted = _places(reference.pretending(PRETENDED), action)
    except StudentError as error:
        raise NotCheckable(f"The dry run does not cover this exercise: {error.message}") from error
    evidence().comparisons += 1
    real = submission._device  # noqa: SLF001  set by the run
    try:
        found = _places(submission if real is not None else submission.pretending(PRETENDED), action)
    except StudentError as error:
        _judge(error, submission, action)
        raise
    for (record, mine), (_, right) in zip(found, wanted, strict=False):
        for path, fact in mine.items():
            if path in right and right[path].device != "cpu" and fact.device == "cpu":
                _refuse(record, fact, in_result(path, reference, record.call.name))


def _places(program: Proxy, action: Callable[[Proxy], Any]) -> list[tuple[Record, dict[str, TensorFacts]]]:
    """Return the calls that `action` makes, each with the facts of its result's tensors by path."""
    records = program._records  # noqa: SLF001
    known = len(records)
    action(program)
    return [
        (record, {fact.path: fact for fact in record.answer.facts})
        for record in records[known:]
        if record.answer is not None
    ]


def _judge(error: StudentError, submission: Proxy, action: Callable[[Proxy], Any]) -> None:
    """Raise what an error on the device means; return when it is an error like any other."""
    refused = _REFUSED in error.types or (submission._device is not None and "device" in error.message)  # noqa: SLF001
    if error.verdict is Verdict.RAISED and refused:
        text = next(text for word, text in _STOPS.items() if word in f"{error.message} device")
        mismatch = Mismatch(f"{text}\n{error.message}", generic=Generic("g-device", text))
        mismatch.line = error.line
        raise mismatch from error
    if submission._device is not None or error.verdict not in (Verdict.RAISED, Verdict.WRONG, Verdict.TIMED_OUT):  # noqa: SLF001
        return
    try:
        action(submission)
    except StudentError:
        return
    raise NotCheckable(f"The dry run cannot follow this program: {error.message}") from error


def in_result(path: str, reference: Proxy, function: str) -> str:
    """Return a place in a function's result as messages call it: by the names of the reference's parts, or by its key."""
    names = reference._outputs.get(function, ())  # noqa: SLF001  known from the source
    part, entry = re.match(r"\[(\d+)\]", path), re.match(r'\["([^"\]]+)"\]', path)
    if part and int(part[1]) < len(names):
        return names[int(part[1])] + path[part.end() :]
    return entry[1] + path[entry.end() :] if entry else path


def _refuse(record: Record, fact: TensorFacts, path: str) -> None:
    if record.answer is not None and record.answer.counts.get("threads"):
        raise NotCheckable("The dry run does not follow what other threads compute.")
    line = f" in line {fact.line}" if fact.line is not None else ""
    put = f", where `{fact.origin}`{line} put it" if fact.origin else ""
    text = f"{called(path)} left the input's device: it lies on the CPU{put}. Create tensors on the input's device."
    mismatch = Mismatch(text, generic=Generic("g-device", text))
    mismatch.line = fact.line
    raise mismatch
