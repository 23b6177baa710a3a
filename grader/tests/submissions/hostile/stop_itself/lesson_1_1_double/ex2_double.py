"""Stands still."""
import os
import signal
import time


def double(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(1000)
    return x
