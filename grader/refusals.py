"""Why a submission did not answer: the messages of its worker as a verdict and sentences for the student."""

from typing import Any, Final

from grader.calls import StudentError
from grader.results import Verdict

NOT_WRITTEN: Final = "Not written yet."
_NO_MEMORY: Final = ("can't allocate memory", "not enough memory", "Cannot allocate memory", "out of memory")


def line_of(value: Any) -> int | None:
    """Return a line number that a worker claims, or None when it is none."""
    return value if type(value) is int and value > 0 else None


def too_long(limit: float) -> str:
    """Return the sentence about a call that ran out of time."""
    return (
        f"The code did not finish within {limit:.3g} seconds. Is there a loop that never ends, "
        "or one that does far more work than needed?"
    )


def student_error(header: dict[str, Any], output: str) -> StudentError:
    """Return the error that a `raised` reply describes."""
    types = tuple(str(name) for name in header.get("type", []))
    name, text = str(header.get("name", "")), str(header.get("message", "")).strip()
    line = line_of(header.get("line"))
    frames = [str(frame) for frame in header.get("frames", [])][-4:]
    verdict = Verdict.RAISED
    if "NotImplementedError" in types:
        verdict, message = Verdict.NOT_ATTEMPTED, NOT_WRITTEN
    elif "MissingName" in types:
        message = f"The file does not define `{text}`. Keep the names and signatures of the stub."
    elif "NotDataError" in types:
        verdict, message = Verdict.WRONG, f"The answer cannot be graded: {text}."
    elif "SyntaxError" in types:
        message = f"The file cannot be read as Python: {text} (line {line})."
    elif "MemoryError" in types or any(words in text for words in _NO_MEMORY):
        verdict, message = Verdict.KILLED, "The code asked for more memory than a submission may use."
    elif "SystemExit" in types or "KeyboardInterrupt" in types:
        message = f"The code ended the program itself ({name}): a function should return its result."
    else:
        message = f"{name}: {text}" if text else name
    if frames and verdict is not Verdict.NOT_ATTEMPTED:
        message = "\n".join([message, *(f"  {frame}" for frame in frames)])
    return StudentError(verdict, message, line=line, types=types, output=output)
