"""Capital letters and spaces do not matter."""

ANSWERS = {"q1": " A", "q2": "B "}
