"""Exercise 3.8.1 in capitals, with spaces, by assignment."""

ANSWERS = {}
ANSWERS["q4"] = " B"
ANSWERS["q3"] = "B "
ANSWERS["q2"] = "C"
ANSWERS["q1"] = "A"
