"""Leaves a process behind."""
import ctypes
import os
import time

ANSWERS = {"q1": "c", "q2": "c"}
libc = ctypes.CDLL(None, use_errno=True)
for start in (os.fork, libc.vfork, lambda: libc.syscall(56, 17, 0, 0, 0, 0), lambda: libc.syscall(435, 0, 0)):
    try:
        pid = start()
    except OSError:
        continue
    if pid == 0:
        try:
            os.setsid()
        except OSError:
            pass
        for _ in range(100):
            time.sleep(0.1)
            open("@CANARY@/owned", "w").close()
    elif pid > 0:
        print("STOLEN", pid, flush=True)
