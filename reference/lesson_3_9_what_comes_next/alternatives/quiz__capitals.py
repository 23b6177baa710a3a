"""Exercise 3.9.1 in capitals and with spaces."""

ANSWERS = {"q1": "A", "q2": " B", "c1": "True ", "c2": "FALSE"}
