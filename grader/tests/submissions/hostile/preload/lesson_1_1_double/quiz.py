"""Has a library loaded into the next process."""
import os
import sys

ANSWERS = {"q1": "c", "q2": "c"}
with open("evil.so", "wb") as file:
    file.write(b"\x7fELF")
with open("evil.py", "w") as file:
    file.write("print('STOLEN')")
environment = {"LD_PRELOAD": os.path.abspath("evil.so"), "PYTHONSTARTUP": os.path.abspath("evil.py"), "PYTHONPATH": os.getcwd()}
os.environ.update(environment)
for start in (os.execve, os.posix_spawn):
    for program in (sys.executable, "/bin/sh", "/usr/bin/env", "/usr/bin/python3"):
        try:
            start(program, [program, "-c", "1"], environment)
            print("STOLEN", flush=True)
        except OSError:
            pass
