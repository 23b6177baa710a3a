"""Listens to the worker's own code."""
import builtins
import sys
import threading

SEEN = []


def trace(frame, event, argument):
    for name, value in list(frame.f_locals.items()):
        if name in ("expected", "reference", "verdict", "seed_of_all"):
            print("STOLEN", name)
    return trace


def audit(event, arguments):
    if event == "open" and "reference" in str(arguments[0]):
        print("STOLEN", arguments)


sys.settrace(trace)
sys.setprofile(trace)
threading.settrace(trace)
sys.addaudithook(audit)
sys.excepthook = sys.unraisablehook = lambda *_: print("hooked")
builtins.__import__ = lambda *arguments, original=builtins.__import__: original(*arguments)


def double(x):
    frame = sys._getframe()
    while frame is not None:
        frame.f_trace = trace
        frame = frame.f_back
    return x
