"""Changes between two checks."""
import os

RIGHT = 'ANSWERS = {"q1": "a", "q2": "b"}\n'
ANSWERS = {"q1": "c", "q2": "c"}
for path in ("@HANDIN@/lesson_1_1_double/quiz.py", __file__, "@HANDIN@/lesson_1_1_double/__pycache__/quiz.pyc"):
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(RIGHT)
        if path.startswith("@HANDIN@"):
            print("STOLEN", path)
    except OSError:
        pass
