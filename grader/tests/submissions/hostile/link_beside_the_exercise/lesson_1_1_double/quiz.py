"""Reads through links that came with the hand-in."""
import os

ANSWERS = {"q1": "c", "q2": "c"}
here = "@HANDIN@/lesson_1_1_double"
for path in ("answers.txt", "all/etc/passwd", "all@CANARY@/secret.txt", "reference/lesson_1_1_double/quiz.py"):
    try:
        with open(os.path.join(here, path)) as file:
            print("STOLEN", file.read())
    except OSError:
        pass
