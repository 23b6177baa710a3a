"""Why a submission did not answer is one sentence with the next step."""

import pytest

from grader.refusals import NOT_WRITTEN, student_error
from grader.results import Verdict

ERROR = ("Exception", "BaseException")


def told(name, message, *frames, line=3):
    """Return the verdict and the first line for an error as a worker describes it."""
    header = {"type": [name, *ERROR], "name": name, "message": message, "line": line, "frames": list(frames)}
    error = student_error(header, "")
    return error.verdict, error.message.splitlines()[0]


@pytest.mark.parametrize(
    ("name", "message", "frames", "says"),
    [
        ("EOFError", "EOF when reading a line", ["line 3 in f: input()"],
         "The code asks for input, and nobody answers while it is graded: remove `input()`."),
        ("ModuleNotFoundError", "No module named 'pandas'", ["line 1 in <module>: import pandas"],
         "No module named 'pandas': the exercise needs no more than the stub imports."),
        ("RecursionError", "maximum recursion depth exceeded", ["line 3 in f: return f()"],
         "A function calls itself too often for Python, or without an end (RecursionError)."),
        ("TypeError", "f() got an unexpected keyword argument 'w'", [],
         "`f` got an unexpected keyword argument 'w': keep the names and signatures of the stub."),
        ("TypeError", "f() takes 1 positional argument but 2 were given", [],
         "`f` takes 1 positional argument but 2 were given: keep the names and signatures of the stub."),
        ("TypeError", "f() missing 2 required positional arguments: 'a' and 'b'", [],
         "`f` wants `a` and `b`, which nobody gives it: keep the names and signatures of the stub."),
        ("TypeError", "g() missing 1 required positional argument: 'a'", ["line 3 in f: g()"],
         "TypeError: g() missing 1 required positional argument: 'a'"),
        ("NotImplementedError", '"bitwise_xor_cpu" not implemented for \'Double\'', ["line 3 in f: return (a - b) ^ 2"],
         'NotImplementedError: "bitwise_xor_cpu" not implemented for \'Double\''),
    ],
)  # fmt: skip
def test_errors(name, message, frames, says):
    """What Python says in its own words is put into those of the course, where that helps."""
    assert told(name, message, *frames) == (Verdict.RAISED, says)


@pytest.mark.parametrize("message", ["", "later"])
def test_what_is_not_written_yet(message):
    """Only the submission's own `raise NotImplementedError` means that a part is not written."""
    frames = [f"line 3 in f: raise NotImplementedError({message!r})"]

    assert told("NotImplementedError", message, *frames) == (Verdict.NOT_ATTEMPTED, NOT_WRITTEN)
