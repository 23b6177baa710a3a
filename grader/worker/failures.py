"""What a submission raised, as a message for the grader: built-in classes, text, and lines of its own file."""

import traceback
from typing import Any, Final

from grader.worker.guard import ForbiddenCallError
from grader.worker.pretend import PretendedDeviceError
from grader.worker.wire import type_name

_MESSAGE_LIMIT: Final = 2000
_FRAMES_SHOWN: Final = 4


class CallbackError(Exception):
    """A callable that the grader passed in failed on what it was given."""


class MissingNameError(Exception):
    """The submission does not define a name."""


BUILTIN_ERRORS: Final[dict[str, type[Exception]]] = {
    kind.__name__: kind for kind in (RuntimeError, ValueError, TypeError, IndexError, KeyError, ZeroDivisionError)
}


def raised(error: BaseException, file: str) -> dict[str, Any]:
    """Return the message that stands for an exception of the program in `file`."""
    frames, line = [], None
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == file:
            line = frame.lineno
            frames.append(f"line {frame.lineno} in {frame.name}: {frame.line or ''}"[:300])
    if isinstance(error, SyntaxError) and error.filename == file:
        line = error.lineno
        frames.append(f"line {line}: {(error.text or '').strip()}"[:300])
    kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
    name = type_name(type(error))
    if isinstance(error, ForbiddenCallError):
        kinds = ["ForbiddenCallError"]
    elif isinstance(error, MissingNameError):
        kinds = ["MissingName"]
    elif isinstance(error, PretendedDeviceError):
        name = "TypeError" if isinstance(error, TypeError) else "RuntimeError"
        kinds = ["PretendedDeviceError", *kinds]
    message = error.msg if isinstance(error, SyntaxError) else text(error)
    return {
        "kind": "raised",
        "type": kinds or ["Exception"],
        "name": name,
        "message": message[:_MESSAGE_LIMIT],
        "line": line,
        "frames": frames[-_FRAMES_SHOWN:],
    }


def text(value: Any) -> str:
    """Return `str(value)`, or say that the object does not let itself be printed."""
    try:
        return str(value)
    except BaseException:
        return f"(a {type_name(type(value))} whose text cannot be shown)"
