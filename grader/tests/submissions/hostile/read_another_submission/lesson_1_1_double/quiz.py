"""Copies from a neighbour."""
ANSWERS = {"q1": "c", "q2": "c"}
for path in ("@HANDIN@/../neighbour", "../neighbour", "../../neighbour"):
    try:
        with open(f"{path}/lesson_1_1_double/quiz.py") as file:
            exec(file.read())
        print("STOLEN", ANSWERS)
    except OSError:
        pass
