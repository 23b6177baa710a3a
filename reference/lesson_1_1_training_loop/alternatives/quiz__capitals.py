"""Right answers with capital letters, spaces and a line break around them."""

ANSWERS = {"q1": "A", "q2": " a ", "q3": "b\n", "q4": "\tB", "q5": " B "}
