"""Mistakes of lesson 2.3: wrong variants of the references, and what to say to who made them."""

from grader.testing import Mistake

# --- 2.3.1 -----------------------------------------------------------------------------------------------------------

HIDDEN = 'X @ params["W1"] + params["b1"]'
OUTPUT = 'h @ params["W2"] + params["b2"]'

FORWARD = [
    Mistake(
        "no-activation",
        exercise="ex1_forward",
        function="forward",
        edit=("torch.tanh(z)", "z"),
        says="Apply tanh to the hidden pre-activation.",
    ),
    # The cache is right, but the output layer is fed with the pre-activation.
    Mistake(
        "no-activation",
        exercise="ex1_forward",
        function="forward",
        edit=('y_pred = h @ params["W2"]', 'y_pred = z @ params["W2"]'),
        says="Apply tanh to the hidden pre-activation.",
    ),
    Mistake(
        "cache-holds-z",
        exercise="ex1_forward",
        function="forward",
        edit=('{"h": h.detach()}', '{"h": z.detach()}'),
        says='The cache entry "h" is the activation, not the pre-activation.',
    ),
    *(
        Mistake(name, exercise="ex1_forward", function="forward", edits=edits, says=says)
        for name, edits, says in (
            (
                "hidden-bias-missing",
                ((f"z = {HIDDEN}", 'z = X @ params["W1"]'),),
                "The hidden layer lacks its bias b1.",
            ),
            (
                "output-bias-missing",
                ((f"y_pred = {OUTPUT}", 'y_pred = h @ params["W2"]'),),
                "The output layer lacks its bias b2.",
            ),
            (
                "bias-after-activation",
                ((f"z = {HIDDEN}", 'z = X @ params["W1"]'), ("torch.tanh(z)", 'torch.tanh(z) + params["b1"]')),
                "Add b1 before the activation.",
            ),
            (
                "activation-on-output",
                ((f"y_pred = {OUTPUT}", f"y_pred = torch.tanh({OUTPUT})"),),
                "The output layer stays linear.",
            ),
            (
                "sigmoid-for-tanh",
                (("torch.tanh(z)", "torch.sigmoid(z)"),),
                "The hidden activation of this network is tanh.",
            ),
            (
                "relu-for-tanh",
                (("torch.tanh(z)", "torch.relu(z)"),),
                "The hidden activation of this network is tanh.",
            ),
        )
    ),
    # Nothing stops [N, 1] and [N] from broadcasting ...
    Mistake("broadcast-n-by-n", exercise="ex1_forward", function="loss", edit=("y_pred.shape != y.shape", "False")),
    # ... or the function drops a dimension of one side itself.
    Mistake(
        "broadcast-n-by-n",
        exercise="ex1_forward",
        function="loss",
        edit=("(y_pred - y) ** 2\n", "(y_pred - y.squeeze()) ** 2\n"),
    ),
    Mistake(
        "divide-by-rows-only",
        exercise="ex1_forward",
        function="loss",
        edit=("squares.mean()", "(squares.sum() / len(y))"),
    ),
    Mistake("sum-not-mean", exercise="ex1_forward", function="loss", edit=("squares.mean()", "squares.sum()")),
    Mistake("half-mse", exercise="ex1_forward", function="loss", edit=("squares.mean()", "squares.mean().div(2)")),
    Mistake("root-mse", exercise="ex1_forward", function="loss", edit=("squares.mean()", "squares.mean().sqrt()")),
    Mistake(
        "absolute-error",
        exercise="ex1_forward",
        function="loss",
        edit=("(y_pred - y) ** 2\n", "(y_pred - y).abs()\n"),
        says="Square the errors instead of taking absolute values.",
    ),
]

# --- 2.3.2 -----------------------------------------------------------------------------------------------------------

ERROR = "2 * (y_pred - y) / y.numel()"
W2_ERROR = '(d @ params["W2"].T)'
SQUARE_FIRST = "tanh′ is 1 − h²: square h first, then subtract."
NOT_SQUARED = "tanh′ is 1 − h²: the square is missing."
SKIPPED = "The error reaches the hidden layer through W2."

BACKWARD = [
    Mistake(
        "sum-instead-of-mean",
        exercise="ex2_backward",
        function="backward",
        edit=(ERROR, "2 * (y_pred - y)"),
    ),
    # A mean over the outputs, but a sum over the samples.
    Mistake(
        "sum-instead-of-mean",
        exercise="ex2_backward",
        function="backward",
        edit=(ERROR, "2 * (y_pred - y) / y.shape[1]"),
    ),
    Mistake(
        "divide-by-rows-only",
        exercise="ex2_backward",
        function="backward",
        edit=(ERROR, "2 * (y_pred - y) / len(y)"),
    ),
    Mistake(
        "missing-factor-2",
        exercise="ex2_backward",
        function="backward",
        edit=(ERROR, "(y_pred - y) / y.numel()"),
    ),
    Mistake(
        "bias-gradient-averaged",
        exercise="ex2_backward",
        function="backward",
        edits=(("dz.sum(0)", "dz.mean(0)"), ("d.sum(0)", "d.mean(0)")),
    ),
    Mistake(
        "bias-gradient-averaged",
        exercise="ex2_backward",
        function="backward",
        edit=("dz.sum(0)", "dz.mean(0)"),
    ),
    Mistake(
        "bias-gradient-averaged",
        exercise="ex2_backward",
        function="backward",
        edit=("d.sum(0)", "d.mean(0)"),
    ),
    Mistake(
        "forgot-activation-derivative",
        exercise="ex2_backward",
        function="backward",
        edit=(f"dz = {W2_ERROR} * (1 - h**2)", f"dz = {W2_ERROR}"),
    ),
    Mistake(
        "derivative-at-z",
        exercise="ex2_backward",
        function="backward",
        edit=("h**2", '(X @ params["W1"] + params["b1"]) ** 2'),
    ),
    # The error is used as it is, which needs one output (or as many as hidden units) ...
    Mistake(
        "output-weights-skipped",
        exercise="ex2_backward",
        function="backward",
        edit=(W2_ERROR, "d"),
        says=SKIPPED,
    ),
    # ... or added up over the outputs.
    Mistake(
        "output-weights-skipped",
        exercise="ex2_backward",
        function="backward",
        edit=(W2_ERROR, "d.sum(1, keepdim=True)"),
        says=SKIPPED,
    ),
    Mistake(
        "w2-not-transposed",
        exercise="ex2_backward",
        function="backward",
        edit=(W2_ERROR, '(d @ params["W2"])'),
        says="The error goes back through the transpose of W2.",
    ),
    Mistake(
        "residual-reversed",
        exercise="ex2_backward",
        function="backward",
        edit=(ERROR, ERROR.replace("(y_pred - y)", "(y - y_pred)")),
    ),
    Mistake(
        "sigmoid-derivative-for-tanh",
        exercise="ex2_backward",
        function="backward",
        edit=("(1 - h**2)", "(h * (1 - h))"),
    ),
    Mistake(
        "square-of-difference",
        exercise="ex2_backward",
        function="backward",
        edit=("(1 - h**2)", "(1 - h) ** 2"),
        says=SQUARE_FIRST,
    ),
    Mistake(
        "square-forgotten",
        exercise="ex2_backward",
        function="backward",
        edit=("(1 - h**2)", "(1 - h)"),
        says=NOT_SQUARED,
    ),
    Mistake(
        "bias-before-activation",
        exercise="ex2_backward",
        function="backward",
        edit=('"b1": dz.sum(0)', f'"b1": {W2_ERROR}.sum(0)'),
        says="b1 stands inside of tanh: its gradient sums dz, which contains the derivative of tanh.",
    ),
    Mistake(
        "tanh-twice",
        exercise="ex2_backward",
        function="backward",
        edit=("(1 - h**2)", "(1 - h.tanh() ** 2)"),
        says="h is the activation already: do not apply tanh to it again.",
    ),
    # The error is divided by N·O, and the products with it by N once more.
    Mistake(
        "averaged-twice",
        exercise="ex2_backward",
        function="backward",
        edits=(("X.T @ dz", "X.T @ dz / len(X)"), ("h.T @ d", "h.T @ d / len(X)")),
        says="d contains the mean already: its products with hᵀ and Xᵀ are sums, not averages.",
    ),
    Mistake(
        "averaged-twice",
        exercise="ex2_backward",
        function="backward",
        edit=("X.T @ dz", "X.T @ dz / len(X)"),
        says="d contains the mean already: its products with hᵀ and Xᵀ are sums, not averages.",
    ),
]

# --- 2.3.3 -----------------------------------------------------------------------------------------------------------

NOTE_LOSS = "        losses.append((error**2).mean().item())\n"
UPDATE = "        params = update(params, grads, lr)\n"
STEP = "(params[name] - lr * grads[name]).detach()"
FROZEN = "Update b1 and b2 as well."
OUTPUT_ONLY = "The hidden layer must learn as well."
FORWARD_AGAIN = """\
        h = torch.tanh(X @ params["W1"] + params["b1"])
        d = 2 * (h @ params["W2"] + params["b2"] - y) / y.numel()
"""
GRADIENTS = """\
        dz = (d @ params["W2"].T) * (1 - h**2)
        grads = {"W1": X.T @ dz, "b1": dz.sum(0), "W2": h.T @ d, "b2": d.sum(0)}
        params = update(params, grads, lr)
"""
STEP_OUTPUT = '        params = params | update({name: params[name] for name in ("W2", "b2")}, grads, lr)\n'
STEP_HIDDEN = '        params = params | update({name: params[name] for name in ("W1", "b1")}, grads, lr)\n'
GRADIENTS_OUTPUT = '        grads = {"W2": h.T @ d, "b2": d.sum(0)}\n'
GRADIENTS_HIDDEN = """\
        dz = (d @ params["W2"].T) * (1 - h**2)
        grads = {"W1": X.T @ dz, "b1": dz.sum(0)}
"""

TRAINING = [
    Mistake(
        "loss-after-update",
        exercise="ex3_train_mlp",
        function="train_mlp",
        edits=(
            (NOTE_LOSS, ""),
            (
                UPDATE,
                UPDATE
                + '        h = torch.tanh(X @ params["W1"] + params["b1"])\n'
                + '        error = h @ params["W2"] + params["b2"] - y\n'
                + NOTE_LOSS,
            ),
        ),
    ),
    Mistake(
        "off-by-one-epochs",
        exercise="ex3_train_mlp",
        function="train_mlp",
        edit=("range(epochs)", "range(epochs + 1)"),
    ),
    Mistake(
        "off-by-one-epochs",
        exercise="ex3_train_mlp",
        function="train_mlp",
        edit=("range(epochs)", "range(1, epochs)"),
    ),
    Mistake(
        "no-gradient-reset",
        exercise="ex3_train_mlp",
        function="train_mlp",
        edits=(
            ("    for _ in range(epochs):", "    total = {name: 0 for name in params}\n    for _ in range(epochs):"),
            (
                UPDATE,
                "        total = {name: total[name] + grads[name] for name in params}\n"
                + UPDATE.replace("grads", "total"),
            ),
        ),
        says="Gradients must not accumulate across epochs.",
    ),
    # One layer moves, a second forward pass serves the other: output layer first, or hidden layer first.
    Mistake(
        "two-passes",
        exercise="ex3_train_mlp",
        function="train_mlp",
        edit=(GRADIENTS, GRADIENTS_OUTPUT + STEP_OUTPUT + FORWARD_AGAIN + GRADIENTS_HIDDEN + STEP_HIDDEN),
        says="Compute all four gradients from one forward pass.",
    ),
    Mistake(
        "two-passes",
        exercise="ex3_train_mlp",
        function="train_mlp",
        edit=(GRADIENTS, GRADIENTS_HIDDEN + STEP_HIDDEN + FORWARD_AGAIN + GRADIENTS_OUTPUT + STEP_OUTPUT),
        says="Compute all four gradients from one forward pass.",
    ),
    Mistake(
        "backprop-through-new-w2",
        exercise="ex3_train_mlp",
        function="train_mlp",
        edit=(GRADIENTS, GRADIENTS_OUTPUT + STEP_OUTPUT + GRADIENTS_HIDDEN + STEP_HIDDEN),
        says="The hidden gradient uses W2 as it was in the forward pass.",
    ),
]

# Wrong gradients, as in exercise 2.3.2, a wrong loss, and numbers that are not computed anew.
LOOP_D = "d = 2 * error / error.numel()"
LOOP_TANH = "(1 - h**2)"
LOOP_NOTE = "losses.append((error**2).mean().item())"
TRAINING += [
    Mistake(name, exercise="ex3_train_mlp", function="train_mlp", edits=edits, says=says)
    for name, edits, says in (
        ("missing-factor-2", ((LOOP_D, "d = error / error.numel()"),), None),
        ("sum-instead-of-mean", ((LOOP_D, "d = 2 * error"),), None),
        ("divide-by-rows-only", ((LOOP_D, "d = 2 * error / len(error)"),), None),
        ("divide-by-rows-only", ((LOOP_NOTE, "losses.append((error**2).sum().item() / len(error))"),), None),
        (
            "divide-by-rows-only",
            (
                (LOOP_D, "d = 2 * error / len(error)"),
                (LOOP_NOTE, "losses.append((error**2).sum().item() / len(error))"),
            ),
            None,
        ),
        ("forgot-activation-derivative", ((f" * {LOOP_TANH}", ""),), None),
        ("sigmoid-derivative-for-tanh", ((LOOP_TANH, "(h * (1 - h))"),), None),
        ("square-of-difference", ((LOOP_TANH, "(1 - h) ** 2"),), SQUARE_FIRST),
        ("square-forgotten", ((LOOP_TANH, "(1 - h)"),), NOT_SQUARED),
        ("bias-gradient-averaged", (("dz.sum(0)", "dz.mean(0)"), ("d.sum(0)", "d.mean(0)")), None),
        ("half-mse", ((LOOP_NOTE, LOOP_NOTE.replace(".mean()", ".mean().div(2)")),), None),
        ("sum-not-mean", ((LOOP_NOTE, LOOP_NOTE.replace(".mean()", ".sum()")),), None),
        ("root-mse", ((LOOP_NOTE, LOOP_NOTE.replace(".mean()", ".mean().sqrt()")),), None),
    )
]
TRAINING += [
    Mistake(
        "wrong-sign",
        exercise="ex3_train_mlp",
        function="update",
        edit=(STEP, STEP.replace("-", "+")),
    ),
    Mistake(  # nothing moves, so nothing is made
        "shared-for-lr-0",
        exercise="ex3_train_mlp",
        function="update",
        edit=(STEP, f"params[name].detach() if lr == 0 else {STEP}"),
        says="With lr=0 your update hands out the caller's own tensors: return new ones there as well.",
    ),
    Mistake(
        "learning-rate-twice",
        exercise="ex3_train_mlp",
        function="train_mlp",
        edit=(UPDATE, UPDATE.replace("grads", "{name: lr * grad for name, grad in grads.items()}")),
        says="The learning rate enters your step twice: in the gradients, and again in the update.",
    ),
    Mistake(
        "keys-written-out",
        exercise="ex3_train_mlp",
        function="update",
        edit=("for name in params", 'for name in ("W1", "b1", "W2", "b2")'),
        says="update works for any keys: take them from params instead of writing them out.",
    ),
    # The whole forward pass, or the hidden layer alone, happens once before the loop.
    Mistake(
        "stale-predictions",
        exercise="ex3_train_mlp",
        function="train_mlp",
        edits=(
            ("for _ in range(epochs):", "first = params\n    for _ in range(epochs):"),
            ('torch.tanh(X @ params["W1"] + params["b1"])', 'torch.tanh(X @ first["W1"] + first["b1"])'),
            ('error = h @ params["W2"] + params["b2"] - y', 'error = h @ first["W2"] + first["b2"] - y'),
        ),
    ),
    Mistake(
        "stale-predictions",
        exercise="ex3_train_mlp",
        function="train_mlp",
        edits=(
            ("for _ in range(epochs):", "first = params\n    for _ in range(epochs):"),
            ('torch.tanh(X @ params["W1"] + params["b1"])', 'torch.tanh(X @ first["W1"] + first["b1"])'),
        ),
    ),
]

# What does not learn: the fault may sit in update or in the loop.
for name, frozen, says in (
    ("biases-frozen", '("b1", "b2")', FROZEN),
    ("biases-frozen", '("b1",)', FROZEN),
    ("biases-frozen", '("b2",)', FROZEN),
    ("output-layer-only", '("W1", "b1")', OUTPUT_ONLY),
    ("output-layer-only", '("W1",)', OUTPUT_ONLY),
):
    TRAINING += [
        Mistake(
            name,
            exercise="ex3_train_mlp",
            function="update",
            edit=(STEP, f"params[name].detach().clone() if name in {frozen} else {STEP}"),
            says=says,
        ),
        Mistake(
            name,
            exercise="ex3_train_mlp",
            function="train_mlp",
            edit=(UPDATE, UPDATE.replace("grads", f"grads | {{name: 0 * grads[name] for name in {frozen}}}")),
            says=says,
        ),
    ]

MISTAKES = FORWARD + BACKWARD + TRAINING
