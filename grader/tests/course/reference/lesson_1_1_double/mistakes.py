"""Known mistakes of lesson 1.1."""

from grader.testing import Mistake

MISTAKES = [
    Mistake(
        "square-for-double",
        exercise="quiz",
        edit=('"q1": "a"', '"q1": "b"'),
        says="Nine is the square of three: twice three is three plus three.",
    ),
    Mistake(
        "plus-two",
        exercise="quiz",
        edit=('"q1": "a"', '"q1": "c"'),
        says="Five is two more than three: twice three is three plus three.",
    ),
    Mistake(
        "never-equal",
        exercise="quiz",
        edit=('"q2": "b"', '"q2": "a"'),
        says="Try the number two: what is its square?",
    ),
    Mistake(
        "squares",
        exercise="ex2_double",
        function="double",
        edit=("2 * x", "x * x"),
        says="You square the entries: twice x is x + x.",
    ),
]
