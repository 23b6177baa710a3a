"""The named mistakes of lesson 1.6: wrong answers of the quiz, and every loop in which some of the five bugs remain."""

from grader.testing import Mistake

# --- 1.6.1: one entry for each wrong option --------------------------------------------------------------------------

QUIZ = [
    Mistake(name, exercise="quiz", edit=(f'"{question}": "{right}"', f'"{question}": "{given}"'), says=says)
    for question, right, given, name, says in (
        ("q1", "b", "a", "full-batch-count", "That is one update per epoch."),
        ("q1", "b", "c", "multiplied-batch-size", "Divide N by B, then multiply by epochs."),
        ("q1", "b", "d", "per-sample-count", "That is B=1."),
        ("q2", "c", "a", "scale-free", "Curvature is mean x²."),
        ("q2", "c", "b", "linear-scale", "Curvature grows with the square of the scale."),
        ("q2", "c", "d", "inverse", "A steeper surface needs smaller steps."),
        ("q3", "b", "a", "first-order", "That is the forward difference."),
        ("q3", "b", "c", "no-effect", "The error falls until rounding dominates."),
        ("q3", "b", "d", "worse", "That happens only below the optimum h."),
        ("q4", "a", "b", "wrong-way", "The step is already too large."),
        ("q4", "a", "c", "more-epochs", "Too large steps do not improve with repetition."),
        ("q4", "a", "d", "harmless", "The step is 16 times too large."),
        ("c1", "true", "false", "reuses-gradient", "The slope changes with the parameters."),
        ("c2", "true", "false", "several-updates", "The full batch is used once per epoch."),
        ("c3", "false", "true", "blames-data", "Check sign and learning rate first."),
        ("c4", "false", "true", "leak", "Fit on training data only."),
    )
]

# --- 1.6.2: the loops that lie between the stub and the repaired one -------------------------------------------------

LOOP = """
def train_repaired(X, y, w, b, lr, epochs):
    w, b = w.detach().clone(), b.detach().clone()
    X, y = X.detach(), y.detach()
    losses = []
    n_samples = len(X)
    if n_samples == 0:
        return w, b, losses
    y_pred = X @ w + b
    for _ in range(epochs):
        {predict}
        errors = y_pred - y
        {early}
        grad_w = {factor_w} * (X.T @ errors)
        grad_b = {bias}
        w = w {sign_w} lr * grad_w
        b = b {sign_b} lr * grad_b
        {late}
    return w, b, losses
"""
SAYS = {
    "stale-predictions": "Predictions are computed once and reused: recompute them from the current parameters in every step.",
    "sum-instead-of-mean": "Your gradient is batch-size times too large: average over the batch instead of summing.",
    "wrong-sign": "You move uphill: look at the sign of the error and at the sign of the update.",
    "bias-times-x": "The bias gradient must not contain x: d(wx+b)/db = 1.",
    "loss-after-update": "The history must hold the loss before each update; yours is one step late.",
}
COUNTS = ("no bug", "one bug", "two bugs", "three bugs", "four bugs", "five bugs")
MEAN, SUM = "2 / n_samples", "2"
FRESH_LOSS = "losses.append(float(((X @ w + b - y) ** 2).mean()))"


def loop(bugs, *, stale_loss=False, **changes):
    """Return the loop with these bugs; `stale_loss`: the history is made from the stale predictions as well."""
    factor, sign = SUM if "sum-instead-of-mean" in bugs else MEAN, "+" if "wrong-sign" in bugs else "-"
    total = "(X * errors).sum().reshape(1)" if "bias-times-x" in bugs else "errors.sum(dim=0)"
    late = "loss-after-update" in bugs
    parts = {
        "predict": "pass" if "stale-predictions" in bugs else "y_pred = X @ w + b",
        "early": "pass" if late else "losses.append(float((errors**2).mean()))" if stale_loss else FRESH_LOSS,
        "late": FRESH_LOSS if late else "pass",
        "factor_w": factor,
        "bias": f"{factor} * {total}",
        "sign_w": sign,
        "sign_b": sign,
    }
    name, sentences = " + ".join(bugs), " ".join(SAYS[bug] for bug in bugs)
    says = sentences if len(bugs) == 1 else f"There are {COUNTS[len(bugs)]} left. {sentences}"
    replace = LOOP.format(**{**parts, **changes})
    return Mistake(name, exercise="ex2_repair_loop", function="train_repaired", replace=replace, says=says)


def subsets(bugs):
    """Return every choice of some of the bugs, none of them included."""
    return [tuple(bug for bit, bug in enumerate(bugs) if mask >> bit & 1) for mask in range(2 ** len(bugs))]


# Every set of remaining bugs, up to all five.
REPAIR = [loop(bugs) for bugs in subsets(SAYS) if bugs]
# Where the history, too, is made from the stale predictions, it is constant, and nobody can tell when it is written down.
REPAIR += [
    loop(("stale-predictions", *others), stale_loss=True)
    for others in subsets(("sum-instead-of-mean", "wrong-sign", "bias-times-x"))
]
# One bug alone, repaired in one of its two lines, or with x and an average over the features.
REPAIR += [
    loop(("sum-instead-of-mean",), factor_w=SUM, bias=f"{MEAN} * errors.sum(dim=0)"),
    loop(("sum-instead-of-mean",), factor_w=MEAN, bias=f"{SUM} * errors.sum(dim=0)"),
    loop(("wrong-sign",), sign_w="+", sign_b="-"),
    loop(("wrong-sign",), sign_w="-", sign_b="+"),
    loop(("bias-times-x",), bias="2 * (X * errors).mean().reshape(1)"),
    loop(("bias-times-x",), bias="2 / n_samples * (X * errors).sum(dim=0)"),
]

# All five are gone, but the average is over all entries of X.
REPAIR += [
    Mistake(
        "entries-counted",
        exercise="ex2_repair_loop",
        function="train_repaired",
        replace=loop(()).replace.replace("n_samples = len(X)", "n_samples = X.numel()"),
        says="The mean is over the N samples: the number of entries of X is N times D.",
    )
]

MISTAKES = QUIZ + REPAIR
