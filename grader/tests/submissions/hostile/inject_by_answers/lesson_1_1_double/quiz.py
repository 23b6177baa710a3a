"""Answers what a report could obey."""
EVIL = "\x1b[2J[bold red]x[/] <script>alert(1)</script>\n::error::owned\n##[error]owned"
ANSWERS = {"q1": EVIL, "q2": [EVIL], EVIL: EVIL}
