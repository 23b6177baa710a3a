"""Plants links for the clean-up to follow."""
import os

ANSWERS = {"q1": "c", "q2": "c"}
for make in (os.symlink, os.link):
    for number, target in enumerate(("@CANARY@", "@CANARY@/note.txt", "@HANDIN@")):
        try:
            make(target, f"link{number}")
            print("STOLEN", make.__name__)
        except OSError:
            pass
try:
    os.mkfifo("pipe")
    print("STOLEN fifo")
except OSError:
    pass
