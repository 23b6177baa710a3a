"""Known mistakes of lesson 1.2."""

from grader.testing import Mistake

MISTAKES = [
    Mistake(
        "sum-instead-of-mean",
        exercise="ex1_mean",
        function="mean",
        edit=("X.sum(dim=0) / X.shape[0]", "X.sum(dim=0)"),
    ),
    Mistake(
        "mean-of-rows",
        exercise="ex1_mean",
        function="mean",
        edit=("X.sum(dim=0) / X.shape[0]", "X.sum(dim=1) / X.shape[1]"),
        says="You average each row: the result must have one entry per column.",
    ),
    Mistake(
        "no-rows-accepted",
        exercise="ex1_mean",
        function="mean",
        edit=("X.shape[0] == 0", "False"),
        says="Without rows you divide by zero: raise ValueError instead.",
    ),
    Mistake(
        "wrong-sign",
        exercise="ex2_descend",
        function="descend",
        edit=("w - lr * gradient", "w + lr * gradient"),
    ),
    Mistake(
        "in-place-update",
        exercise="ex2_descend",
        function="descend",
        edits=(("w = w.clone()", "start = w"), ("w = w - lr * gradient", "start -= lr * gradient")),
        says="Your steps change the caller's tensor: make a new one.",
    ),
    Mistake(
        "extra-call",
        exercise="ex2_descend",
        function="descend",
        edit=("lengths.append(gradient.square()", "lengths.append(grad_fn(w).square()"),
        says="You ask for the gradient more than once per epoch: keep it in a variable.",
    ),
]
