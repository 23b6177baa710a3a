ANSWERS = {"q1": "A", "q2": ""}
