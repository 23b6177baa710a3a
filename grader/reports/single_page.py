"""Pages in one file: a template, a style and a script, and a policy that lets nothing else run."""

import base64
import functools
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Template


@functools.cache
def template(path: Path) -> "Template":
    """Return a template that escapes everything; compiling it takes longer than filling it."""
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(path.parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return made.get_template(path.name)


@functools.cache
def read(path: Path) -> str:
    """Return the text of a style or a script."""
    return path.read_text(encoding="utf-8")


def script_hash(script: str) -> str:
    """Return what a Content-Security-Policy calls this script."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def fill(page: Path, *, styles: list[Path], script: Path, values: dict[str, Any]) -> str:
    """Return the page: `values` are what its template names, besides `style`, `script` and `script_hash`."""
    code = read(script)
    style = "".join(read(one) for one in styles)
    return template(page).render(**values, style=style, script=code, script_hash=script_hash(code))
