"""Starts other programs."""
import multiprocessing
import os
import pty
import subprocess
import sys

TOUCH = ["/usr/bin/touch", "@CANARY@/owned"]
ANSWERS = {"q1": "c", "q2": "c"}


def child():
    open("@CANARY@/owned", "w").close()


ways = [
    lambda: subprocess.run(TOUCH, check=True),
    lambda: os.system(" ".join(TOUCH)) and 1 / 0,
    lambda: os.posix_spawn(TOUCH[0], TOUCH, {}),
    lambda: os.spawnv(os.P_WAIT, TOUCH[0], TOUCH) and 1 / 0,
    lambda: os.popen(" ".join(TOUCH)).close() and 1 / 0,
    lambda: pty.spawn(TOUCH),
    lambda: multiprocessing.get_context("fork").Process(target=child).start(),
    lambda: multiprocessing.get_context("spawn").Process(target=child).start(),
    lambda: os.execv(TOUCH[0], TOUCH),
    lambda: os.execv(sys.executable, [sys.executable, "-c", "print('STOLEN')"]),
]
for number, way in enumerate(ways):
    try:
        way()
        print("STOLEN", number, flush=True)
    except BaseException as error:
        print(number, type(error).__name__)
