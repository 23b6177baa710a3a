"""Returns what a report could obey."""

EVIL = "\x1b[2J\x1b]0;owned\x07[bold red]x[/] <script>alert(1)</script>\n::error::owned\n##[error]owned\r\n]]> ``` @everyone \u202e"


def double(x):
    if x.dim() == 1:
        return {EVIL: 1, EVIL + "2": x}
    if x.numel() % 2:
        return EVIL
    return type("x", (), {"__module__": EVIL, "__qualname__": EVIL})()
