"""A long line, quoted in the message."""


def double(x):
    raise ValueError("\x1b[31m[red]") or "@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@@LONG@"
