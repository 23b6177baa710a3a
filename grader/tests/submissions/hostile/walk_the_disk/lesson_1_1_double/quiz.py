"""Looks for anything of the course on the disk."""
import os

ANSWERS = {"q1": "c", "q2": "c"}
for start in ("@COURSE@", "@CANARY@", "@HANDIN@/..", "/root", "/home", "/etc", "/tmp", "/proc", "..", "/"):
    count = 0
    for folder, _, files in os.walk(start):
        count += 1
        for name in files:
            if name in ("test_quiz.py", "feedback.toml", "mistakes.py", "secret.txt", "shadow", "environ"):
                print("STOLEN", folder, name)
        if count > 300:
            break
for path in ("@COURSE@/reference", "@COURSE@/tests", "@CANARY@/secret.txt", "@HANDIN@/../neighbour", "/etc/shadow"):
    if os.path.exists(path):
        print("STOLEN", path)
