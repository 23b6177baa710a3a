"""Why a submission did not answer: the messages of its worker as a verdict and sentences for the student."""

import re
from typing import Any, Final

from grader.calls import StudentError
from grader.results import Verdict

_CALLED: Final = re.compile(r"(\w+)\(\) (got|takes|missing) (.+)", re.DOTALL)
"""What Python says of a call that does not fit a function's parameters."""
_RAISES: Final = re.compile(r"\braise\b")
_QUOTED: Final = re.compile(r"'(\w+)'")
NOT_WRITTEN: Final = "Not written yet."
_NO_MEMORY: Final = ("can't allocate memory", "not enough memory", "Cannot allocate memory", "out of memory")


def line_of(value: Any) -> int | None:
    """Return a line number that a worker claims, or None when it is none."""
    return value if type(value) is int and value > 0 else None


def too_long(limit: float) -> str:
    """Return the sentence about a call that ran out of time."""
    return (
        f"The code did not finish within {limit:.3g} second{'s' * (limit != 1)}. Is there a loop that never ends, "
        "or one that does far more work than needed?\n"
        "Something in the body of every `while` must make its condition false."
    )


def _is_own(frames: list[str], text: str) -> bool:
    """Return whether an error was raised by the submission itself: torch raises NotImplementedError, too."""
    return bool(_RAISES.search(frames[-1])) if frames else not text


def student_error(header: dict[str, Any], output: str) -> StudentError:
    """Return the error that a `raised` reply describes."""
    types = tuple(str(name) for name in header.get("type", []))
    name, text = str(header.get("name", "")), str(header.get("message", "")).strip()
    line = line_of(header.get("line"))
    frames = [str(frame) for frame in header.get("frames", [])][-4:]
    verdict = Verdict.RAISED
    if "NotImplementedError" in types and _is_own(frames, text):
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
    elif "EOFError" in types:
        message = "The code asks for input, and nobody answers while it is graded: remove `input()`."
    elif "RecursionError" in types:
        message = "A function calls itself too often for Python, or without an end (RecursionError)."
    elif "ModuleNotFoundError" in types:
        message = f"{text}: the exercise needs no more than the stub imports."
    elif "TypeError" in types and not frames and (found := _CALLED.match(text)):
        more = " and ".join(f"`{one}`" for one in _QUOTED.findall(text))
        said = f"wants {more}, which nobody gives it" if found[2] == "missing" and more else f"{found[2]} {found[3]}"
        message = f"`{found[1]}` {said}: keep the names and signatures of the stub."
    else:
        message = f"{name}: {text}" if text else name
    if frames and verdict is not Verdict.NOT_ATTEMPTED:
        message = "\n".join([message, *(f"  {frame}" for frame in frames)])
    return StudentError(verdict, message, line=line, types=types, output=output)
