"""Grading from a notebook: `%load_ext grader.notebook`, then `%grade 2.3.2` after a cell that defines the functions.

The functions' source, what they use of the notebook, and their imports are written out as the exercise's file and graded
like any hand-in, in a process of its own: a kernel has threads and must not fork.
"""

import ast
import html as markup
import inspect
import subprocess
import sys
import tempfile
import textwrap
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from grader.lessons import Course, CourseError, Exercise, find_course
from grader.proxy import outline
from grader.results import Results, from_json

_PLAIN: Final = (bool, int, float, complex, str, bytes, type(None))
_LIMIT_S: Final = 600


class NotebookError(Exception):
    """The magic cannot be carried out; the message says what to do."""


def load_ipython_extension(shell: Any) -> None:
    """Register `%grade`; IPython calls this for `%load_ext grader.notebook`."""
    shell.register_magic_function(lambda line: _magic(line, shell.user_ns), "line", "grade")


def _magic(line: str, names: Mapping[str, Any]) -> None:
    from IPython.display import display

    try:
        display(grade(line, names, find_course(Path.cwd())))  # type: ignore[no-untyped-call]
    except (NotebookError, CourseError) as error:
        sys.stderr.write(f"%grade: {error}\n")


def grade(line: str, names: Mapping[str, Any], course: Course) -> "Shown":
    """Grade `2.3.2 [function …]` with what the notebook defines; without functions the exercise's own names are taken."""
    words = line.split()
    if not words:
        raise NotebookError("Name an exercise, e.g. `%grade 2.3.2`.")
    chosen = course.select(words[:1])
    if len(chosen) != 1:
        raise NotebookError(f"`{words[0]}` is not one exercise: name one, e.g. `%grade {chosen[0].id}`.")
    source = written_out(course, chosen[0], names, words[1:])
    with tempfile.TemporaryDirectory(prefix="grade-notebook-") as folder:
        place = Path(folder) / chosen[0].file
        place.parent.mkdir()
        place.write_text(source, encoding="utf-8")
        return Shown(_graded(course, chosen[0], folder), {chosen[0].file: source})


def _graded(course: Course, exercise: Exercise, folder: str) -> Results:
    command = [sys.executable, "-m", "grader", exercise.id, "--from", folder, "--json", "-"]
    run = subprocess.run(
        command,
        cwd=course.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=_LIMIT_S,
        stdin=subprocess.DEVNULL,
    )
    if run.returncode not in (0, 1, 3) or not run.stdout:
        raise NotebookError(run.stderr.strip() or "The grading ended without a result.")
    return from_json(run.stdout)


class Shown:
    """Results as a notebook shows them: the HTML report where it can, the terminal's text elsewhere."""

    def __init__(self, results: Results, sources: Mapping[str, str]) -> None:
        self.results = results
        self._sources = sources

    def __repr__(self) -> str:
        from io import StringIO

        from rich.console import Console

        from grader.reports import terminal

        page = StringIO()
        screen = Console(file=page, width=80, force_jupyter=False, force_terminal=False, no_color=True)
        terminal.render(self.results, console=screen, verbosity=0, next_step="")
        return page.getvalue().rstrip()

    def _repr_html_(self) -> str:
        from grader.reports import html

        text = markup.escape(html.render(self.results, self._sources), quote=True)
        return (
            f'<iframe srcdoc="{text}" title="Report of the grading" sandbox="allow-scripts" '
            'style="width:100%;height:32rem;border:0"></iframe>'
        )


# From a notebook's names to a file


def written_out(course: Course, exercise: Exercise, names: Mapping[str, Any], given: list[str]) -> str:
    """Return the exercise's file with the notebook's definitions and all that they use of the notebook."""
    stub = course.stub(exercise).read_text(encoding="utf-8")
    wanted = list(outline(stub)[0])
    renamed = _pairs(exercise, wanted, given, names)
    parts: dict[str, str] = {}
    for mine in renamed.values():
        _collect(mine, names, parts)
    lines = [*_imports(stub), *parts.values()]
    lines += [f"{name} = {mine}" for name, mine in renamed.items() if name != mine]
    return "\n\n".join(lines) + "\n"


def _pairs(exercise: Exercise, wanted: list[str], given: list[str], names: Mapping[str, Any]) -> dict[str, str]:
    """Return which of the notebook's names stands for which of the exercise's."""
    if not wanted:
        raise NotebookError(f"{exercise.id} has no function to grade here: edit exercises/{exercise.file}.")
    if not given:
        pairs = {name: name for name in wanted if name in names}
    elif len(wanted) == len(given) == 1:
        pairs = {wanted[0]: given[0]}
    else:
        pairs = {name: name for name in given if name in wanted}
        if len(pairs) < len(given):
            unknown = next(name for name in given if name not in wanted)
            raise NotebookError(f"{exercise.id} has no `{unknown}`; its functions are {', '.join(wanted)}.")
    missing = [mine for mine in pairs.values() if mine not in names] or (wanted if not pairs else [])
    if missing:
        raise NotebookError(f"Define `{missing[0]}` in a cell and run that cell first.")
    return pairs


def _collect(name: str, names: Mapping[str, Any], parts: dict[str, str]) -> None:
    """Add the source of a name, after that of the names it uses."""
    value = names.get(name)
    if name in parts or name not in names:
        return
    if isinstance(value, types.ModuleType):
        parts[name] = f"import {value.__name__} as {name}" if value.__name__ != name else f"import {name}"
    elif callable(value) and getattr(value, "__module__", None) == "__main__" and hasattr(value, "__name__"):
        parts[name] = ""  # first, so that two functions may use each other
        source = _source(name, value)
        for used in _names_in(source):
            _collect(used, names, parts)
        parts[name] = parts.pop(name) or source
    elif callable(value) and getattr(value, "__module__", None) and hasattr(value, "__qualname__"):
        if "." not in value.__qualname__ and hasattr(sys.modules.get(value.__module__), value.__name__):
            parts[name] = f"from {value.__module__} import {value.__name__} as {name}"
    elif type(value) in _PLAIN or type(value) in (list, tuple, dict, set):
        text = repr(value)
        try:
            ast.literal_eval(text)
        except (ValueError, SyntaxError):
            return  # e.g. a list of tensors: the grading says that the name is missing
        parts[name] = f"{name} = {text}"


def _source(name: str, value: Any) -> str:
    try:
        return textwrap.dedent(inspect.getsource(value)).rstrip()
    except (OSError, TypeError) as error:
        raise NotebookError(f"The source of `{name}` is not known here: run its cell again.") from error


def _names_in(source: str) -> list[str]:
    found = [node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    return list(dict.fromkeys(found))


def _imports(stub: str) -> list[str]:
    """Return the imports and type names of the stub, so that annotations have what they need."""
    tree = ast.parse(stub)
    kept = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    aliases = [node for node in tree.body if isinstance(node, ast.Assign)]
    return [ast.unparse(node) for node in [*kept, *aliases]]
