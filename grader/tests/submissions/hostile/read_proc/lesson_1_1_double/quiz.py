"""Looks into /proc."""
import os

ANSWERS = {"q1": "c", "q2": "c"}
numbers = ["self", "thread-self", *map(str, range(1, 400)), str(os.getppid())]
for number in numbers:
    for name in ("environ", "maps", "cmdline", "mem", "status", "fd/0", "cwd/x", "root/etc/passwd"):
        try:
            with open(f"/proc/{number}/{name}", "rb") as file:
                file.read(10)
            print("STOLEN", number, name)
        except OSError:
            pass
try:
    print("STOLEN", len(os.listdir("/proc")))
except OSError:
    pass
