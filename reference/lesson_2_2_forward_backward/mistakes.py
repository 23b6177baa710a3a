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
    ),
    Mistake("bias-times-x", exercise="ex2_neuron_sgd", function="train", edit=(STEP_B, "b = b - lr * delta * x")),
    Mistake(
        "forgot-activation-derivative",
        exercise="ex2_neuron_sgd",
        function="train",
        edit=(DELTA, "delta = 2 * (a - target)"),
    ),
    Mistake(
        "cross-entropy-delta",
        exercise="ex2_neuron_sgd",
        function="train",
        edit=(DELTA, "delta = a - target"),
        says="a−y belongs to the cross-entropy loss; the squared error adds 2·a(1−a).",
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
