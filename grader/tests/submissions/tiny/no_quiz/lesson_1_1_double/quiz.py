ANSWER = {"q1": "a", "q2": "b"}
