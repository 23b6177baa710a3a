"""Mistakes of lesson 2.2: wrong variants of the references, and what to say to who made them."""

from grader.testing import Mistake

# --- 2.2.1 -----------------------------------------------------------------------------------------------------------

CHAIN = [
    Mistake(
        "missing-factor-2",
        exercise="ex1_chain_rule",
        function="chain",
        edit=("dout = 2 * (out - y)", "dout = out - y"),
    ),
    Mistake(
        "forgot-activation-derivative",
        exercise="ex1_chain_rule",
        function="chain",
        edit=("dz = dh * (1 - h**2)", "dz = dh"),
    ),
    Mistake(
        "derivative-at-z",
        exercise="ex1_chain_rule",
        function="chain",
        edit=("(1 - h**2)", "(1 - (w1 * x) ** 2)"),
    ),
    Mistake(
        "sigmoid-derivative-for-tanh",
        exercise="ex1_chain_rule",
        function="chain",
        edit=("(1 - h**2)", "h * (1 - h)"),
    ),
    Mistake(
        "forgot-x",
        exercise="ex1_chain_rule",
        function="chain",
        edit=('"dw1": dz * x', '"dw1": dz'),
    ),
    # Both weights without the number they multiply: x for w1, h for w2.
    Mistake(
        "forgot-x",
        exercise="ex1_chain_rule",
        function="chain",
        edits=(('"dw1": dz * x', '"dw1": dz'), ("dw2 = dout * h", "dw2 = dout")),
    ),
    Mistake(
        "second-path-forgotten",
        exercise="ex1_chain_rule",
        function="chain",
        edit=("dh = dout * w2 + dout", "dh = dout * w2"),
        says="h reaches the loss on two paths; add both contributions.",
    ),
    Mistake(
        "direct-path-only",
        exercise="ex1_chain_rule",
        function="chain",
        edit=("dh = dout * w2 + dout", "dh = dout"),
        says="The path through w2 is missing; add both contributions to dh.",
    ),
]

NOT_SQUARED = "tanh′ is 1 − h²: the square is missing."

# The square on the wrong thing, or tanh's derivative at something that is not h.
CHAIN += [
    Mistake(
        "square-of-difference",
        exercise="ex1_chain_rule",
        function="chain",
        edit=("(1 - h**2)", "(1 - h) ** 2"),
        says="tanh′ is 1 − h²: square h first, then subtract.",
    ),
    Mistake(
        "square-forgotten",
        exercise="ex1_chain_rule",
        function="chain",
        edit=("(1 - h**2)", "(1 - h)"),
        says=NOT_SQUARED,
    ),
    Mistake(
        "derivative-at-output",
        exercise="ex1_chain_rule",
        function="chain",
        edit=("(1 - h**2)", "(1 - out**2)"),
        says="The derivative of tanh contains tanh's own output, h, not the output of the graph.",
    ),
    Mistake(
        "tanh-twice",
        exercise="ex1_chain_rule",
        function="chain",
        edit=("(1 - h**2)", "(1 - torch.tanh(h) ** 2)"),
        says="h is tanh(w1·x) already: do not apply tanh to it again.",
    ),
    Mistake("residual-reversed", exercise="ex1_chain_rule", function="chain", edit=("2 * (out - y)", "2 * (y - out)")),
    Mistake(
        "half-loss",
        exercise="ex1_chain_rule",
        function="chain",
        edit=("loss = (out - y) ** 2\n", "loss = (out - y) ** 2 / 2\n"),
        says="The loss is the square itself, without ½.",
    ),
]
# The arriving gradient can get lost at every step back: at both users of out, at one of them, at tanh, or at both ends.
UPSTREAM = "Every local derivative is multiplied by the gradient arriving from the loss."
CHAIN += [
    Mistake("upstream-dropped", exercise="ex1_chain_rule", function="chain", edits=edits, says=UPSTREAM)
    for edits in (
        (("dw2 = dout * h", "dw2 = h"), ("dh = dout * w2 + dout", "dh = w2 + 1")),
        (("dh = dout * w2 + dout", "dh = w2 + 1"),),
        (("dw2 = dout * h", "dw2 = h"),),
        (("dz = dh * (1 - h**2)", "dz = 1 - h**2"),),
        (("dw2 = dout * h", "dw2 = h"), ("dz = dh * (1 - h**2)", "dz = 1 - h**2")),
    )
]

# --- 2.2.2 -----------------------------------------------------------------------------------------------------------

DELTA = "delta = 2 * (a - target) * a * (1 - a)"
NOTHING_MOVES = "w and b never move. At the start a(1−a) must be ¼: is your a the sigmoid's output, and not wx + b?"
CROSS_ENTROPY = "a − y belongs to the cross-entropy loss: the squared error has the factors 2 and a(1−a) as well."
ONE_TENSOR = "w and b are one tensor with two names, so each update in place moves both: make two tensors."
STOPS = "The loop makes as many epochs as it is told, also where w and b hardly move."
BOTH_FACTORS = "The derivative of the sigmoid has two factors, a and 1−a; one of them is missing."
STEP_W = "w = w - lr * delta * x"
STEP_B = "b = b - lr * delta"
SAMPLES = "for x, target in zip(X, y):"

NEURON = [
    Mistake(
        "missing-factor-2",
        exercise="ex2_neuron_sgd",
        function="train",
        edit=(DELTA, "delta = (a - target) * a * (1 - a)"),
    ),
    Mistake(
        "wrong-sign",
        exercise="ex2_neuron_sgd",
        function="train",
        edits=((STEP_W, "w = w + lr * delta * x"), (STEP_B, "b = b + lr * delta")),
    ),
    Mistake("wrong-sign", exercise="ex2_neuron_sgd", function="train", edit=(STEP_W, "w = w + lr * delta * x")),
    Mistake("wrong-sign", exercise="ex2_neuron_sgd", function="train", edit=(STEP_B, "b = b + lr * delta")),
    Mistake(
        "derivative-at-z",
        exercise="ex2_neuron_sgd",
        function="train",
        edit=(DELTA, "delta = 2 * (a - target) * (w * x + b) * (1 - (w * x + b))"),
        says=NOTHING_MOVES,
    ),
    # Half of the derivative: at the start, where a = ½, both give twice the step.
    Mistake(
        "half-derivative",
        exercise="ex2_neuron_sgd",
        function="train",
        edit=(DELTA, "delta = 2 * (a - target) * a"),
        says=BOTH_FACTORS,
    ),
    Mistake(
        "half-derivative",
        exercise="ex2_neuron_sgd",
        function="train",
        edit=(DELTA, "delta = 2 * (a - target) * (1 - a)"),
        says=BOTH_FACTORS,
    ),
    Mistake(
        "sequential-update",
        exercise="ex2_neuron_sgd",
        function="train",
        edit=(STEP_B, f"a = torch.sigmoid(w * x + b)\n            {DELTA}\n            {STEP_B}"),
    ),
    Mistake(
        "last-sample-skipped",
        exercise="ex2_neuron_sgd",
        function="train",
        edit=(SAMPLES, "for x, target in zip(X[:-1], y[:-1]):"),
        says="The last sample is never used: where does your loop over the samples end?",
    ),
    Mistake(
        "samples-reversed",
        exercise="ex2_neuron_sgd",
        function="train",
        edit=(SAMPLES, "for x, target in zip(X.flip(0), y.flip(0)):"),
        says="Take the samples in their order: the order matters, since each one sees what the last one left.",
    ),
    Mistake(
        "targets-rounded",
        exercise="ex2_neuron_sgd",
        function="train",
        edit=(DELTA, DELTA.replace("target", "(target > 0.5).to(a.dtype)")),
        says="A target may be any number between 0 and 1: use it as it is.",
    ),
    # Every step of an epoch starts from the epoch's first weights; the steps are added up.
    Mistake(
        "frozen-within-epoch",
        exercise="ex2_neuron_sgd",
        function="train",
        edits=((SAMPLES, "w0, b0 = w, b\n        " + SAMPLES), ("w * x + b)", "w0 * x + b0)")),
        says="Each sample must see the weights left by the previous one.",
    ),
    Mistake(
        "full-batch-step",
        exercise="ex2_neuron_sgd",
        function="train",
        edits=(
            (SAMPLES, "for x, target in [(X, y)]:"),
            (STEP_W, "w = w - lr * (delta * x).mean()"),
            (STEP_B, "b = b - lr * delta.mean()"),
        ),
        says="One update per sample.",
    ),
]

NEURON += [
    Mistake(
        "cross-entropy-delta",
        exercise="ex2_neuron_sgd",
        function="train",
        edit=(DELTA, "delta = a - target"),
        says=CROSS_ENTROPY,
    ),
    Mistake(
        "one-tensor-for-both",
        exercise="ex2_neuron_sgd",
        function="train",
        edits=(
            ("b = torch.zeros((), dtype=X.dtype, device=X.device)", "b = w"),
            (STEP_W, "w -= lr * delta * x"),
            (STEP_B, "b -= lr * delta"),
        ),
        says=ONE_TENSOR,
    ),
    # The bias first, and the weight with it.
    Mistake(
        "sequential-update",
        exercise="ex2_neuron_sgd",
        function="train",
        edit=(
            f"{STEP_W}\n            {STEP_B}",
            f"{STEP_B}\n            a = torch.sigmoid(w * x + b)\n            {DELTA}\n            {STEP_W}",
        ),
    ),
    *(
        Mistake(
            "stops-early",
            exercise="ex2_neuron_sgd",
            function="train",
            edits=(
                ("    for _ in range(epochs):\n", "    for _ in range(epochs):\n        before = w, b\n"),
                (
                    STEP_B,
                    STEP_B
                    + f"\n        if abs(w - before[0]) < {limit} and abs(b - before[1]) < {limit}:\n            break",
                ),
            ),
            says=STOPS,
        )
        for limit in ("1e-3", "1e-6")
    ),
]

# --- 2.2.3 -----------------------------------------------------------------------------------------------------------

STARTS = "range(0, len(X), batch_size)"
MEAN_W = "(delta * x).mean()"
MEAN_B = "delta.mean()"

BATCHES = [
    Mistake(
        "sum-instead-of-mean",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edits=((MEAN_W, "(delta * x).sum()"), (MEAN_B, "delta.sum()")),
    ),
    Mistake(
        "sum-instead-of-mean",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edit=(MEAN_W, "(delta * x).sum()"),
    ),
    Mistake(
        "nominal-batch-size",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edits=((MEAN_W, "(delta * x).sum() / batch_size"), (MEAN_B, "delta.sum() / batch_size")),
    ),
    Mistake(
        "drop-last-batch",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edit=(STARTS, "range(0, len(X) - batch_size + 1, batch_size)"),
    ),
    Mistake(
        "divide-by-n",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edits=((MEAN_W, "(delta * x).sum() / len(X)"), (MEAN_B, "delta.sum() / len(X)")),
    ),
    Mistake(
        "bias-sum",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edit=(MEAN_B, "delta.sum()"),
    ),
    Mistake(
        "product-of-means",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edit=(MEAN_W, "delta.mean() * x.mean()"),
        says="mean(δ)·mean(x) is not mean(δ·x).",
    ),
    Mistake(
        "mean-input",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edits=(
            ("x = X[start : start + batch_size]", "x = X[start : start + batch_size].mean()"),
            ("target = y[start : start + batch_size]", "target = y[start : start + batch_size].mean()"),
        ),
        says="Average gradients, not inputs and targets.",
    ),
]

BATCHES += [
    Mistake(name, exercise="ex3_neuron_minibatch", function="train_batch", edit=edit, says=says)
    for name, edit, says in (
        ("missing-factor-2", (DELTA, "delta = (a - target) * a * (1 - a)"), None),
        ("cross-entropy-delta", (DELTA, "delta = a - target"), CROSS_ENTROPY),
        ("forgot-activation-derivative", (DELTA, "delta = 2 * (a - target)"), None),
        ("half-derivative", (DELTA, "delta = 2 * (a - target) * a"), BOTH_FACTORS),
        ("half-derivative", (DELTA, "delta = 2 * (a - target) * (1 - a)"), BOTH_FACTORS),
        ("bias-times-x", (MEAN_B, MEAN_W), None),
        ("overlapping-batches", (STARTS, "range(len(X))"), None),
        (
            "sequential-update",
            (
                f"b = b - lr * {MEAN_B}",
                f"a = torch.sigmoid(w * x + b)\n            {DELTA}\n            b = b - lr * {MEAN_B}",
            ),
            None,
        ),
    )
]
# One forward pass for all batches of an epoch, and a last batch that is filled up with the samples before it.
BATCHES += [
    Mistake(
        "frozen-within-epoch",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edits=(
            (f"for start in {STARTS}:", f"w0, b0 = w, b\n        for start in {STARTS}:"),
            ("w * x + b)", "w0 * x + b0)"),
        ),
        says="Each batch must see the weights left by the one before.",
    ),
    Mistake(
        "batch-size-ignored",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edit=(STARTS, "range(0, len(X), batch_size := len(X) or 1)"),
        says="All samples make one batch: cut them into batches of batch_size.",
    ),
    Mistake(
        "last-batch-moved-back",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edits=(
            (
                f"for start in {STARTS}:",
                f"for start in (max(0, min(first, len(X) - batch_size)) for first in {STARTS}):",
            ),
        ),
        says="The last batch holds only the samples that are left, not also some that were used before.",
    ),
    # Batches of equal sizes, as torch.chunk cuts them.
    Mistake(
        "equal-batches",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edits=(
            ("x = X[start : start + batch_size]", "x, target = parts[start // batch_size]"),
            ("            target = y[start : start + batch_size]\n", ""),
            (
                "    for _ in range(epochs):\n",
                (
                    "    count = -(-len(X) // batch_size)\n"
                    "    parts = list(zip(X.tensor_split(count), y.tensor_split(count))) if count else []\n"
                    "    for _ in range(epochs):\n"
                ),
            ),
        ),
        says="Every batch has batch_size samples, and only the last one may be smaller; yours are evened out.",
    ),
]
RUN_ON = "At the end of an epoch the samples that are left make a batch of their own: do not save them for the next."
# A sum that goes on into the next epoch until it holds a whole batch.
BATCHES += [
    Mistake(
        "batches-run-on",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        replace="""
def train_batch(X, y, lr, epochs, batch_size):
    if batch_size < 1:
        raise ValueError
    w = torch.zeros((), dtype=X.dtype, device=X.device)
    b = torch.zeros((), dtype=X.dtype, device=X.device)
    sum_w, sum_b, count = 0, 0, 0
    for _ in range(epochs):
        for x, target in zip(X.detach(), y.detach()):
            a = torch.sigmoid(w * x + b)
            delta = 2 * (a - target) * a * (1 - a)
            sum_w, sum_b, count = sum_w + delta * x, sum_b + delta, count + 1
            if count == batch_size:
                w, b = w - lr * sum_w / count, b - lr * sum_b / count
                sum_w, sum_b, count = 0, 0, 0
    return w, b
""",
        says=RUN_ON,
    ),
]

# The same by repeating the data: only the very last batch is short.
BATCHES += [
    Mistake(
        "batches-run-on",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edits=(
            ("X, y = X.detach(), y.detach()", "X, y = X.detach().repeat(epochs), y.detach().repeat(epochs)"),
            ("for _ in range(epochs):", "for _ in range(min(epochs, 1)):"),
        ),
        says=RUN_ON,
    ),
    Mistake(
        "sums-not-reset",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edits=(
            (f"        for start in {STARTS}:", f"        sum_w, sum_b = 0, 0\n        for start in {STARTS}:"),
            (
                "w = w - lr * (delta * x).mean()",
                "sum_w, sum_b = sum_w + (delta * x).sum(), sum_b + delta.sum()\n            w = w - lr * sum_w / len(x)",
            ),
            ("b = b - lr * delta.mean()", "b = b - lr * sum_b / len(x)"),
        ),
        says="The sums of one batch go on in the next: every batch starts them at 0.",
    ),
    Mistake(
        "one-tensor-for-both",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edits=(
            ("b = torch.zeros((), dtype=X.dtype, device=X.device)", "b = w"),
            ("w = w - lr * (delta * x).mean()", "w -= lr * (delta * x).mean()"),
            ("b = b - lr * delta.mean()", "b -= lr * delta.mean()"),
        ),
        says=ONE_TENSOR,
    ),
    Mistake(
        "sequential-update",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edit=(
            "w = w - lr * (delta * x).mean()\n            b = b - lr * delta.mean()",
            (
                f"b = b - lr * delta.mean()\n            a = torch.sigmoid(w * x + b)\n            {DELTA}\n"
                "            w = w - lr * (delta * x).mean()"
            ),
        ),
    ),
    Mistake(
        "stops-early",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        edits=(
            ("    for _ in range(epochs):\n", "    for _ in range(epochs):\n        before = w, b\n"),
            (
                "b = b - lr * delta.mean()",
                (
                    "b = b - lr * delta.mean()\n"
                    "        if abs(w - before[0]) < 1e-6 and abs(b - before[1]) < 1e-6:\n"
                    "            break"
                ),
            ),
        ),
        says=STOPS,
    ),
]

# Updates inside the loop over the samples of a batch: each a share of the step, a whole step, or the sum so far.
INSIDE = """
def train_batch(X, y, lr, epochs, batch_size):
    if batch_size < 1:
        raise ValueError
    X, y = X.detach(), y.detach()
    w = torch.zeros((), dtype=X.dtype, device=X.device)
    b = torch.zeros((), dtype=X.dtype, device=X.device)
    for _ in range(epochs):
        for start in range(0, len(X), batch_size):
            samples = X[start : start + batch_size]
            targets = y[start : start + batch_size]
            sum_w, sum_b = 0, 0
            for x, target in zip(samples, targets):
                a = torch.sigmoid(w * x + b)
                delta = 2 * (a - target) * a * (1 - a)
                sum_w, sum_b = sum_w + delta * x, sum_b + delta
                w = w - lr * {step_w}
                b = b - lr * {step_b}
    return w, b
"""

BATCHES += [
    Mistake(
        "updates-inside-batch",
        exercise="ex3_neuron_minibatch",
        function="train_batch",
        replace=INSIDE.format(step_w=step_w, step_b=step_b),
        says="Update once per batch, after averaging.",
    )
    for step_w, step_b in (
        ("delta * x / len(samples)", "delta / len(samples)"),
        ("delta * x", "delta"),
        ("sum_w / len(samples)", "sum_b / len(samples)"),
    )
]

MISTAKES = CHAIN + NEURON + BATCHES
