"""The named mistakes of lesson 2.7: wrong answers of the quiz, and unfair or wrong comparisons."""

from grader.testing import Mistake

# --- 2.7.1: one entry for each wrong option --------------------------------------------------------------------------

QUIZ = [
    Mistake(name, exercise="quiz", edit=(f'"{question}": "{right}"', f'"{question}": "{given}"'), says=says)
    for question, right, given, name, says in (
        ("q1", "b", "a", "biases-forgotten", "Add 5+2 biases."),
        ("q1", "b", "c", "output-bias-forgotten", "The output layer has 2 biases."),
        ("q1", "b", "d", "linear-count", "That is the linear model."),
        ("q2", "b", "a", "order-changes", "Predict, compare, differentiate, update stays."),
        ("q2", "b", "c", "needs-adam", "Plain descent works."),
        ("q2", "b", "d", "needs-ce", "Regression keeps the MSE."),
        ("q3", "a", "b", "more-parameters", "Extra parameters collapse into one matrix."),
        ("q3", "a", "c", "depth-alone", "Without a nonlinearity the result is a plane."),
        ("q3", "a", "d", "depth-alone", "Without a nonlinearity the result is a plane."),
        ("q4", "b", "a", "underfit", "The training error is tiny."),
        ("q4", "b", "c", "lr", "Training converged."),
        ("q4", "b", "d", "ignores-validation", "New data are predicted badly."),
        ("c1", "false", "true", "bigger-is-better", "Capacity also fits noise."),
        ("c2", "true", "false", "skips-baseline", "Without a baseline a gain cannot be judged."),
        ("c3", "true", "false", "same-landscape", "Hidden units can be permuted, so minima repeat."),
        ("c4", "false", "true", "penalises-bias", "L2 acts on the weights only."),
    )
]

# --- 2.7.2 -----------------------------------------------------------------------------------------------------------

LINEAR, NETWORK = "linear = D * O + O", "network = (D * H + H) + (H * O + O)"
COLUMN = "A = torch.cat([torch.ones_like(X[:, :1]), X], dim=1)"
SOLVE = "solution = torch.linalg.lstsq(A, y).solution"
LINE = "line = float(((A @ solution - y) ** 2).mean())"
COPY = 'W1, b1, W2, b2 = (params[name].detach() for name in ("W1", "b1", "W2", "b2"))'
STEP = "W1, b1, W2, b2 = W1 - lr * X.T @ dz, b1 - lr * dz.sum(dim=0), W2 - lr * h.T @ d, b2 - lr * d.sum(dim=0)"
MEASURE = "network = float(((torch.tanh(X @ W1 + b1) @ W2 + b2 - y) ** 2).mean())"
COUNT_BIASES = "Every layer has one bias per output: count them."
COUNT_WEIGHTS = "Count D·H + H + H·O + O."
AFTER_TRAINING = "That is the error before the last update: is it measured too early, or is a step missing?"
CLOSED_FORM = "Use the closed-form optimum, not a few steps."
NO_PENALTY = "The line is fitted by plain least squares: add no constant to the diagonal of the equations."
SAME_DATA = "Both models see the same data."
COPY_START = "Training changed the caller's start parameters; copy them."

COUNTS = [
    Mistake("biases-not-counted", exercise="ex2_compare", function="parameter_counts", edits=edits, says=COUNT_BIASES)
    for edits in (
        ((LINEAR, "linear = D * O"), (NETWORK, "network = D * H + H * O")),
        ((LINEAR, "linear = D * O"),),
        ((NETWORK, "network = D * H + H * O"),),
        ((NETWORK, "network = D * H + H * O + H"),),
        ((NETWORK, "network = D * H + H * O + O"),),
        ((LINEAR, "linear = D * O + 1"), (NETWORK, "network = D * H + 1 + H * O + 1")),
    )
]
COUNTS.append(
    Mistake(
        "one-output-assumed",
        exercise="ex2_compare",
        function="parameter_counts",
        edit=(LINEAR, "linear = D + 1"),
        says="With O outputs there are D weights and a bias for each of them.",
    )
)
# The sizes of one layer taken for those of another: hidden and output exchanged, or a bias for each input of a layer.
COUNTS += [
    Mistake("weights-swapped", exercise="ex2_compare", function="parameter_counts", edits=edits, says=COUNT_WEIGHTS)
    for edits in (
        ((NETWORK, "network = D * O + O + O * H + H"),),
        ((NETWORK, "network = D * H + D + H * O + H"),),
        ((LINEAR, "linear = D * O + D"), (NETWORK, "network = D * H + D + H * O + H")),
        ((NETWORK, "network = D * H + H + D * O + O"),),
    )
]


def wrong(name, *edits, says=None):
    return Mistake(name, exercise="ex2_compare", function="compare", edits=edits, says=says)


FEW_STEPS = """solution = torch.zeros(A.shape[1], y.shape[1], dtype=X.dtype, device=X.device)
    for _ in range({steps}):
        solution = solution - {lr} * 2 / {count} * A.T @ (A @ solution - y)"""
RIDGE = "solution = torch.linalg.solve(A.T @ A + {constant} * torch.eye(A.shape[1]).to(A), A.T @ y)"
IN_PLACE = """W1 -= lr * X.T @ dz
        b1 -= lr * dz.sum(dim=0)
        W2 -= lr * h.T @ d
        b2 -= lr * d.sum(dim=0)"""
# The order in which a loop that keeps the values in the dictionary would write them.
INTO_DICTIONARY = (
    STEP
    + """
        params["W1"], params["b1"], params["W2"], params["b2"] = W1, b1, W2, b2"""
)

ACCUMULATED = """
def compare(X, y, params, lr, epochs):
    if len(X) == 0:
        raise ValueError
    X, y = X.detach(), y.detach()
    A = torch.cat([torch.ones_like(X[:, :1]), X], dim=1)
    line = float(((A @ torch.linalg.lstsq(A, y).solution - y) ** 2).mean())
    params = {name: value.detach().clone().requires_grad_() for name, value in params.items()}
    for _ in range(epochs):
        h = torch.tanh(X @ params["W1"] + params["b1"])
        ((h @ params["W2"] + params["b2"] - y) ** 2).mean().backward()
        with torch.no_grad():
            for value in params.values():
                value -= lr * value.grad
    h = torch.tanh(X @ params["W1"] + params["b1"])
    return line, float(((h @ params["W2"] + params["b2"] - y) ** 2).mean())
"""

OUTPUT_FIRST = """W2, b2 = W2 - lr * h.T @ d, b2 - lr * d.sum(dim=0)
        dz = (d @ W2.T) * (1 - h**2)
        W1, b1 = W1 - lr * X.T @ dz, b1 - lr * dz.sum(dim=0)"""
ONE_AFTER_ANOTHER = ACCUMULATED.replace(
    """        h = torch.tanh(X @ params["W1"] + params["b1"])
        ((h @ params["W2"] + params["b2"] - y) ** 2).mean().backward()
        with torch.no_grad():
            for value in params.values():
                value -= lr * value.grad
""",
    """        for value in params.values():
            h = torch.tanh(X @ params["W1"] + params["b1"])
            (gradient,) = torch.autograd.grad(((h @ params["W2"] + params["b2"] - y) ** 2).mean(), value)
            with torch.no_grad():
                value -= lr * gradient
""",
)

COMPARE = [
    wrong("no-intercept", (COLUMN, "A = X"), says="The linear model needs its bias."),
    # The error of the start, or the one that the last epoch computed before its update.
    wrong(
        "mse-before-training",
        (MEASURE, ""),
        (COPY, COPY + "\n    " + MEASURE),
        says=AFTER_TRAINING,
    ),
    wrong(
        "mse-before-training",
        (MEASURE, ""),
        (COPY, COPY + "\n    " + MEASURE),
        ("        h = torch.tanh(X @ W1 + b1)\n", "        h = torch.tanh(X @ W1 + b1)\n        " + MEASURE + "\n"),
        says=AFTER_TRAINING,
    ),
    wrong(
        "best-of-the-run",
        (MEASURE, "network = min(seen)"),
        (COPY, COPY + "\n    seen = [float(((torch.tanh(X @ W1 + b1) @ W2 + b2 - y) ** 2).mean())]"),
        (STEP, STEP + "\n        seen.append(float(((torch.tanh(X @ W1 + b1) @ W2 + b2 - y) ** 2).mean()))"),
        says="The error after the last step counts, also where it was smaller before.",
    ),
    wrong(
        "epochs-ignored",
        ("range(epochs)", "range(500)"),
        says="Make as many steps as `epochs` says: 500 is only an example.",
    ),
    wrong(
        "learning-rate-ignored",
        (COPY, COPY + "\n    lr = 0.05"),
        says="Use the learning rate that is given.",
    ),
    wrong(
        "biases-frozen",
        (STEP, "W1, W2 = W1 - lr * X.T @ dz, W2 - lr * h.T @ d"),
        says="Update b1 and b2 as well.",
    ),
    wrong(
        "relu-for-tanh",
        (MEASURE, MEASURE.replace("tanh", "relu")),
        ("h = torch.tanh(X @ W1 + b1)", "h = torch.relu(X @ W1 + b1)"),
        ("(1 - h**2)", "(h > 0)"),
        says="The hidden activation of this network is tanh.",
    ),
    *(
        wrong(name, *edits)
        for name, by in (("half-mse", "/ 2"), ("root-mse", "** 0.5"))
        for edits in (
            ((LINE, f"{LINE} {by}"),),
            ((LINE, f"{LINE} {by}"), (MEASURE, f"{MEASURE} {by}")),
        )
    ),
    # Centred inputs without a bias: the mean of y stays.
    wrong("no-intercept", (COLUMN, "A = X - X.mean(dim=0)"), says="The linear model needs its bias."),
    wrong(
        "divided-by-degrees-of-freedom",
        (LINE, "line = float(((A @ solution - y) ** 2).sum() / (y.numel() - A.shape[1]))"),
        says="The mean is over all N·O elements, without a correction for the parameters.",
    ),
    # Descent for the line as well, with the network's learning rate and number of steps, or with others.
    *(
        wrong("linear-not-optimal", (SOLVE, FEW_STEPS.format(steps=steps, lr=lr, count="y.numel()")), says=CLOSED_FORM)
        for steps, lr in (
            ("epochs", "lr"),
            ("100", "lr"),
            ("1000", "lr"),
            ("100", "0.1"),
            ("1000", "0.1"),
            ("1000", "0.01"),
        )
    ),
    *(
        wrong("penalised-line", (SOLVE, RIDGE.format(constant=constant)), says=NO_PENALTY)
        for constant in ("1e-6", "1e-4", "1e-3")
    ),
    # One of the models sees other data: half of them, the rest after a split, or standardised inputs.
    wrong(
        "different-data",
        (SOLVE, "half = len(X) // 2\n    solution = torch.linalg.lstsq(A[:half], y[:half]).solution"),
        says=SAME_DATA,
    ),
    wrong(
        "different-data",
        (SOLVE, "split = int(0.8 * len(X))\n    solution = torch.linalg.lstsq(A[:split], y[:split]).solution"),
        says=SAME_DATA,
    ),
    wrong("different-data", (COPY, "X, y = X[: len(X) // 2], y[: len(X) // 2]\n    " + COPY), says=SAME_DATA),
    wrong(
        "different-data",
        (COPY, "split = int(0.8 * len(X))\n    X, y = X[:split], y[:split]\n    " + COPY),
        says=SAME_DATA,
    ),
    wrong(
        "different-data", (COPY, "X = (X - X.mean(dim=0)) / X.std(dim=0, correction=0)\n    " + COPY), says=SAME_DATA
    ),
    # The caller's tensors are changed, or the caller's dictionary gets new ones.
    wrong("caller-params-trained", (STEP, IN_PLACE), says=COPY_START),
    wrong("caller-params-trained", (STEP, INTO_DICTIONARY), says=COPY_START),
    wrong("sum-not-mean", (LINE, LINE.replace("mean", "sum")), (MEASURE, MEASURE.replace("mean", "sum"))),
    wrong(
        "divide-by-rows-only",
        (LINE, LINE.replace(".mean()", ".sum() / len(X)")),
        (MEASURE, MEASURE.replace(".mean()", ".sum() / len(X)")),
    ),
    wrong(
        "divide-by-rows-only",
        ("d = 2 / y.numel() *", "d = 2 / len(X) *"),
        (LINE, LINE.replace(".mean()", ".sum() / len(X)")),
        (MEASURE, MEASURE.replace(".mean()", ".sum() / len(X)")),
    ),
    # Autograd adds every gradient to the ones before it.
    Mistake("no-zero-grad", exercise="ex2_compare", function="compare", replace=ACCUMULATED),
    # By hand the output layer is changed first; autograd asked once per parameter sees the ones before it changed.
    wrong(
        "sequential-update",
        ("        dz = (d @ W2.T) * (1 - h**2)\n", ""),
        (STEP, OUTPUT_FIRST),
    ),
    Mistake("sequential-update", exercise="ex2_compare", function="compare", replace=ONE_AFTER_ANOTHER),
    wrong("wrong-sign", (STEP, STEP.replace("- lr", "+ lr"))),
    wrong("divide-by-rows-only", ("d = 2 / y.numel() *", "d = 2 / len(X) *")),
    wrong(
        "gradient-of-the-sum",
        ("d = 2 / y.numel() *", "d = 2 *"),
        says="The network descends on the mean squared error: divide the gradient by N·O as well.",
    ),
    wrong(
        "sigmoid-for-tanh",
        (MEASURE, MEASURE.replace("tanh", "sigmoid")),
        ("h = torch.tanh(X @ W1 + b1)", "h = torch.sigmoid(X @ W1 + b1)"),
        ("(1 - h**2)", "h * (1 - h)"),
        says="The hidden activation of this network is tanh.",
    ),
    wrong("missing-factor-2", ("d = 2 / y.numel() *", "d = 1 / y.numel() *")),
    wrong("forgot-activation-derivative", ("dz = (d @ W2.T) * (1 - h**2)", "dz = d @ W2.T")),
]

MISTAKES = QUIZ + COUNTS + COMPARE
