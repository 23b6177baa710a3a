"""Answers with spaces and capitals, and a comment."""
ANSWERS = dict(q1=" A ", q2="B")  # not "c"
ANSWERS["q3"] = "?"
