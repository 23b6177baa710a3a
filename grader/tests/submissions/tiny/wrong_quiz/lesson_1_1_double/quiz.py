ANSWERS = {"q1": "b", "q2": "b"}
