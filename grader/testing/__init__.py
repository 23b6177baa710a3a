"""What lessons import: everything a check file or a `mistakes.py` needs, and nothing else of `grader`."""

from grader.calls import StudentError
from grader.compare import EXACT, FINITE_DIFFERENCE, FLOAT64, absolute, printed, relative, scaled
from grader.mistakes import Mistake
from grader.proxy import Spy as spy  # noqa: N813  reads as a verb in checks
from grader.testing.asserts import agree, answered, assert_close, assert_true, finite_difference, raises, refuses
from grader.testing.cost import assert_memory, assert_vectorised
from grader.testing.draw import Draw
from grader.testing.marks import BY_HAND, F_AD, F_LSQ, F_NN, F_NP, F_OPT, STD, Exercise, cases, points
from grader.testing.ready import contract, devices, edges

__all__ = [
    "BY_HAND",
    "EXACT",
    "FINITE_DIFFERENCE",
    "FLOAT64",
    "F_AD",
    "F_LSQ",
    "F_NN",
    "F_NP",
    "F_OPT",
    "STD",
    "Draw",
    "Exercise",
    "Mistake",
    "StudentError",
    "absolute",
    "agree",
    "answered",
    "assert_close",
    "assert_memory",
    "assert_true",
    "assert_vectorised",
    "cases",
    "contract",
    "devices",
    "edges",
    "finite_difference",
    "points",
    "printed",
    "raises",
    "refuses",
    "relative",
    "scaled",
    "spy",
]
