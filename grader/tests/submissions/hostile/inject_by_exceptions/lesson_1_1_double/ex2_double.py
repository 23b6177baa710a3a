"""Raises what a report could obey."""

EVIL = "\x1b[2J\x1b]0;owned\x07[bold red]x[/] <script>alert(1)</script>\n::error::owned\n##[error]owned\r\n]]> ``` @everyone \u202e"
NAMES = {"__module__": EVIL, "__qualname__": EVIL}
Evil = type(EVIL, (ValueError,), NAMES)


def double(x):
    if x.dim() == 1:
        raise Evil(EVIL)
    if x.numel() % 2:
        exec(compile("def f(): raise ValueError('x')\nf()", EVIL, "exec"))
    code = compile("raise ValueError('::error::owned')", __file__, "exec")
    exec(code.replace(co_name=EVIL.replace("\n", "\r")))
