"""Grading a class: hand-ins found and unpacked, graded several at a time, recorded as they finish."""
