"""What has been imported?"""
import contextvars
import importlib
import linecache
import sys

ANSWERS = {"q1": "c", "q2": "c"}
for name, module in list(sys.modules.items()):
    path = str(getattr(module, "__file__", ""))
    if path.startswith("@COURSE@"):
        print("STOLEN", name)
for path in linecache.cache:
    if path.startswith("@COURSE@") or "reference of" in path:
        print("STOLEN", path)
for variable, value in contextvars.copy_context().items():
    if "grader" in type(value).__module__:
        print("STOLEN", variable)
for name in ("tests.lesson_1_1_double.test_quiz", "test_quiz", "reference.lesson_1_1_double.quiz"):
    try:
        importlib.import_module(name)
        print("STOLEN", name)
    except ImportError:
        pass
from grader import lessons

try:
    course = lessons.find_course(lessons.Path("@COURSE@/tests"))
    print("STOLEN", course.lessons)
except BaseException:
    pass
