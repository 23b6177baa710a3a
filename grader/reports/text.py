"""Text from students made harmless: visible, bounded, and escaped for the place where it is shown.

`visible` comes first, always: what it returns has no control characters and is legal in XML and in UTF-8.
The other functions escape such text for one target. Rich needs none: reports give it `Text`, never markup.
"""

import re

# Characters that act without being seen: controls (but newline and tab), soft hyphen, zero-width characters,
# direction overrides, line and paragraph separators, tags; and code points that XML or UTF-8 do not allow.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
_MARKDOWN = str.maketrans(
    {sign: f"\\{sign}" for sign in "\\`*_{}[]()+-.!|~:$^="}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
    | {sign: f"\\{sign}&#8203;" for sign in "@#"}  # a space of no width: no mention, no link to an issue
)
_FENCE = re.compile(r"`{3,}")


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def visible(text: str) -> str:
    r"""Return the text with every unseen character written out, e.g. `\x1b` for an escape character.

    `##[` becomes `#\x23[`: GitHub's runner obeys it in the middle of any printed line.
    """
    return _UNSEEN.sub(_escape, text.replace("\r\n", "\n")).replace("##[", "#\\x23[")


def one_line(text: str, *, characters: int = 400) -> str:
    """Return the text on a single line of at most so many characters."""
    return _clip(" ".join(visible(text[: 4 * characters]).split()), characters)


def head(text: str, *, lines: int, characters: int = 400) -> str:
    """Return the first lines; a last line says how many are missing."""
    found = _lines(text)
    left = len(found) - lines
    more = [f"({left} more {'line' if left == 1 else 'lines'})"] if left > 0 else []
    return "\n".join([_clip(visible(line), characters) for line in found[:lines]] + more)


def tail(text: str, *, lines: int, characters: int = 400) -> str:
    """Return the last lines; a first line says how many are missing."""
    found = _lines(text)
    left = len(found) - lines
    more = [f"({left} {'line' if left == 1 else 'lines'} before)"] if left > 0 else []
    return "\n".join(more + [_clip(visible(line), characters) for line in found[-lines:]])


def _lines(text: str) -> list[str]:
    # Not `splitlines`: form feeds and Unicode separators are shown, not obeyed.
    return text.replace("\r\n", "\n").strip("\n").split("\n")


def _clip(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 3]}..."


def markdown(text: str) -> str:
    """Return a single line that Markdown shows as it is, and in which `@name` and `#1` alert or link nobody."""
    return one_line(text, characters=2000).translate(_MARKDOWN)


def code_block(text: str) -> str:
    """Return a fenced block of code; the fence is longer than any in the text."""
    fence = "`" * (1 + max((len(run) for run in _FENCE.findall(text)), default=2))
    return f"{fence}text\n{text}\n{fence}"


def command_data(text: str) -> str:
    """Return the text as the message of a workflow command (GitHub, Forgejo)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """Return the text as a property of a workflow command; no `::` is left that could end the properties."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")
