"""Reading a submission's file: what is no program is told in one sentence."""

import os
from pathlib import Path
from typing import Final

from grader.calls import StudentError
from grader.lessons import Exercise
from grader.results import Verdict

LARGEST_FILE: Final = 1 << 20


def read_submission(folder: Path, exercise: Exercise) -> str:
    """Return a submission's text; raises `StudentError` with one sentence for a file that is no program.

    Links are refused, the folder's too: one that leads to the reference would be graded as the student's own work.
    """
    name, path = exercise.file, folder / f"{exercise.name}.py"
    try:
        if folder.is_symlink() or path.is_symlink():
            raise StudentError(Verdict.RAISED, f"The file `{name}` is a link, not a file: hand in the file itself.")
        if not path.is_file():
            raise StudentError(Verdict.NOT_ATTEMPTED, f"The file `{name}` is missing. Restore the stub and fill it in.")
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise StudentError(Verdict.RAISED, f"The file `{name}` is larger than 1 MB: is it the right file?")
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise StudentError(Verdict.RAISED, f"The file `{name}` cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise StudentError(
            Verdict.RAISED, f"The file `{name}` is not a text file (UTF-8): save it again as a Python file."
        ) from error
    if "\0" in text:
        raise StudentError(Verdict.RAISED, f"The file `{name}` is not a text file: it holds null bytes.")
    if not text.strip():
        raise StudentError(Verdict.RAISED, f"The file `{name}` is empty. Restore the stub and fill it in.")
    return text
