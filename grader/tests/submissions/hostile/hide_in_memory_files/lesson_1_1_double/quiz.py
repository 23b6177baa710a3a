"""Leaves something behind in shared memory."""
import ctypes
import os
from multiprocessing import shared_memory

libc = ctypes.CDLL(None)
ANSWERS = {"q1": "c", "q2": "c"}
ways = [
    lambda: os.memfd_create("x"),
    lambda: open("/dev/shm/owned-by-a-submission", "w").close(),
    lambda: shared_memory.SharedMemory("owned-by-a-submission", create=True, size=100),
    lambda: libc.shmget(4711, 4096, 0o1600) >= 0 or 1 / 0,
    lambda: libc.semget(4711, 1, 0o1600) >= 0 or 1 / 0,
    lambda: libc.msgget(4711, 0o1600) >= 0 or 1 / 0,
]
for number, way in enumerate(ways):
    try:
        way()
        print("STOLEN", number)
    except (OSError, ZeroDivisionError, ImportError):
        pass
