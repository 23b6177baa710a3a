"""Tries every way of changing a file."""
import os

ANSWERS = {"q1": "c", "q2": "c"}
NOTE = "@CANARY@/note.txt"


def create(path):
    with open(path, "w") as file:
        file.write("owned")


ways = [
    lambda: create(NOTE),
    lambda: open(NOTE, "a").close(),
    lambda: open(NOTE, "r+").close(),
    lambda: os.truncate(NOTE, 0),
    lambda: os.close(os.open(NOTE, os.O_RDONLY | os.O_TRUNC)),
    lambda: os.rename(NOTE, NOTE + ".bak"),
    lambda: os.unlink(NOTE),
    lambda: os.chmod(NOTE, 0),
    lambda: os.utime(NOTE, (0, 0)),
    lambda: os.chown(NOTE, 1, 1),
    lambda: os.setxattr(NOTE, "user.x", b"x"),
    lambda: os.rmdir("@CANARY@"),
    lambda: os.mkdir("@CANARY@/owned"),
    lambda: os.unlink("@HANDIN@/lesson_1_1_double/quiz.py"),
    lambda: os.rename("@HANDIN@/lesson_1_1_double/quiz.py", "@HANDIN@/lesson_1_1_double/gone.py"),
]
targets = ["@COURSE@/tests/conftest.py", "@HANDIN@/conftest.py", "@HANDIN@/lesson_1_1_double/conftest.py"]
targets += [f"{folder}/owned-by-a-submission" for folder in ("/tmp", "/dev/shm", "/var/tmp")]
ways += [lambda path=path: create(path) for path in targets]
for number, way in enumerate(ways):
    try:
        way()
        print("STOLEN", number)
    except (OSError, AttributeError):
        pass
