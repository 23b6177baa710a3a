"""Threads without end."""
import threading
import time

ANSWERS = {"q1": "c", "q2": "c"}
count = 0
try:
    for count in range(2000):
        threading.Thread(target=time.sleep, args=(1000,), daemon=False).start()
except (RuntimeError, MemoryError):
    pass
if count > 500:
    print("STOLEN", count)
