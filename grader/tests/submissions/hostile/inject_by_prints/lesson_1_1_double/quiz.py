"""Prints what a report could obey."""
import sys
import warnings

ANSWERS = {"q1": "c", "q2": "c"}
EVIL = [
    "\x1b[2J\x1b[H\x1b]0;owned\x07\x1b]8;;http://evil.example\x07click\x1b]8;;\x07\x1b[32mpassed\x1b[0m",
    "\x9b31m\x90q\x9c\r6 of 6 points\x08\x08\x7f\x00",
    "[bold red]markup[/] [link=http://evil.example]x[/link] [/nothing]",
    "<script>alert(1)</script><img src=x onerror=alert(1)></pre></table>&lt;",
    "::error file=x,line=1::owned\n::set-output name=score::6\n##[error]owned\n::stop-commands::x\n::add-mask::6",
    "]]><failure/><!-- & ]]&gt;",
    "```\n# Score: 6 of 6\n| a | b |\n[x](javascript:alert(1)) @everyone #1 ![x](http://evil.example/x.png)",
    "\u202e\u2066\u200b\ufeff\u2028\u2029 \ud7ff\ufffe",
    "score: 4 of 4 points\nLesson 1.1 passed\n1 passed in 0.01s",
]
for text in EVIL:
    print(text)
    print(text, file=sys.stderr)
    warnings.warn(text)
sys.stdout.buffer.write(b"\xff\xfe\x80\xed\xa0\x80")
