"""Known wrong variants of lesson 1.3. Several entries of one name are several natural ways to make the same mistake."""

from grader.testing import Mistake

ROUND_UP = "(n_samples + batch_size - 1) // batch_size"
EX1_FLOORS = "A partial batch is an update too."
EX1_KEEPS = "With drop_last the partial batch does not count."
EX1_PLUS_ONE = "When N is divisible by the batch size there is no extra batch."

EX1_BATCHES = [
    Mistake(
        "floors-always",
        exercise="ex1_batches",
        function="updates_per_epoch",
        edit=(ROUND_UP, "n_samples // batch_size"),
        says=EX1_FLOORS,
    ),
    Mistake(
        "floors-always",
        exercise="ex1_batches",
        function="batch_bounds",
        edit=("if drop_last and stop", "if stop"),
        says=EX1_FLOORS,
    ),
    Mistake(
        "keeps-short-batch",
        exercise="ex1_batches",
        function="updates_per_epoch",
        edit=("if drop_last:\n        return n_samples // batch_size", "pass"),
        says=EX1_KEEPS,
    ),
    Mistake(
        "keeps-short-batch",
        exercise="ex1_batches",
        function="batch_bounds",
        edit=("if drop_last and stop - start < batch_size:\n            break", "pass"),
        says=EX1_KEEPS,
    ),
    Mistake(
        "floor-plus-one",
        exercise="ex1_batches",
        function="updates_per_epoch",
        edit=(ROUND_UP, "n_samples // batch_size + 1"),
        says=EX1_PLUS_ONE,
    ),
    Mistake(
        "floor-plus-one",
        exercise="ex1_batches",
        function="batch_bounds",
        edit=("range(0, n_samples, batch_size)", "range(0, n_samples + 1, batch_size)"),
        says=EX1_PLUS_ONE,
    ),
    Mistake(
        "at-least-one",
        exercise="ex1_batches",
        function="updates_per_epoch",
        edits=(
            (ROUND_UP, f"max(1, {ROUND_UP})"),
            ("return n_samples // batch_size", "return max(1, n_samples // batch_size)"),
        ),
        says="Without samples, or with only a dropped batch, there are no updates.",
    ),
    Mistake(
        "unclamped-stop",
        exercise="ex1_batches",
        function="batch_bounds",
        edits=(
            ("stop = min(start + batch_size, n_samples)", "stop = start + batch_size"),
            ("stop - start < batch_size", "stop > n_samples"),
        ),
        says="The last stop must not exceed n_samples.",
    ),
    Mistake(
        "inclusive-stop",
        exercise="ex1_batches",
        function="batch_bounds",
        edit=("append((start, stop))", "append((start, stop - 1))"),
        says="The stop index is exclusive: it is the next batch's start.",
    ),
    Mistake(
        "start-and-length",
        exercise="ex1_batches",
        function="batch_bounds",
        edit=("append((start, stop))", "append((start, stop - start))"),
        says="Return the stop index, not the length of the batch.",
    ),
]

EX2_FROZEN = "Every sample must use the parameters left by the previous one."
EX2_FULL = "There is one update per sample, not one per epoch."
EX2_ORDER = "Visit samples in the given order."

EX2_SGD_EPOCH = [
    Mistake(
        "ignores-order",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edit=("order.tolist()", "range(len(X))"),
        says=EX2_ORDER,
    ),
    Mistake(  # as many visits as the order has, but rows 0, 1, 2, …
        "ignores-order",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edit=("order.tolist()", "range(len(order))"),
        says=EX2_ORDER,
    ),
    Mistake(
        "frozen-within-epoch",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edits=(
            ("w, b = w.clone(), b.clone()", "w, b = w.clone(), b.clone()\n    w_start, b_start = w, b"),
            ("X[i] @ w + b - y[i]", "X[i] @ w_start + b_start - y[i]"),
        ),
        says=EX2_FROZEN,
    ),
    Mistake(
        "full-batch-step",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        replace="""
def sgd_epoch(X, y, w, b, lr, order):
    error = X @ w + b - y
    grad_w = 2 / len(X) * X.T @ error
    grad_b = 2 / len(X) * error.sum(0)
    return (w - lr * grad_w).detach(), (b - lr * grad_b).detach()
""",
        says=EX2_FULL,
    ),
    Mistake(  # one step on the samples that the order names
        "full-batch-step",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        replace="""
def sgd_epoch(X, y, w, b, lr, order):
    X, y = X[order], y[order]
    error = X @ w + b - y
    grad_w = 2 / len(X) * X.T @ error
    grad_b = 2 / len(X) * error.sum(0)
    return (w - lr * grad_w).detach(), (b - lr * grad_b).detach()
""",
        says=EX2_FULL,
    ),
    Mistake(
        "divide-by-n",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edits=(
            ("2 * error * X[i].reshape(-1, 1)", "2 / len(X) * error * X[i].reshape(-1, 1)"),
            ("grad_b = 2 * error", "grad_b = 2 / len(X) * error"),
        ),
    ),
    Mistake(
        "divide-by-n",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edits=(
            ("2 * error * X[i].reshape(-1, 1)", "2 / len(order) * error * X[i].reshape(-1, 1)"),
            ("grad_b = 2 * error", "grad_b = 2 / len(order) * error"),
        ),
    ),
    Mistake(
        "missing-factor-2",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edits=(
            ("2 * error * X[i].reshape(-1, 1)", "error * X[i].reshape(-1, 1)"),
            ("grad_b = 2 * error", "grad_b = error"),
        ),
    ),
    Mistake(
        "wrong-sign",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edits=(("w = w - lr", "w = w + lr"), ("b = b - lr", "b = b + lr")),
    ),
    Mistake(  # the new w in the error of b
        "sequential-update",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edits=(
            ("        grad_b = 2 * error  # [1]\n", ""),
            ("b = b - lr * grad_b", "b = b - lr * 2 * (X[i] @ w + b - y[i])"),
        ),
    ),
    Mistake(  # the new b in the error of w
        "sequential-update",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edits=(
            ("        grad_w = 2 * error * X[i].reshape(-1, 1)  # [D, 1]\n", ""),
            ("        w = w - lr * grad_w\n", ""),
            (
                "b = b - lr * grad_b",
                "b = b - lr * grad_b\n        w = w - lr * 2 * (X[i] @ w + b - y[i]) * X[i].reshape(-1, 1)",
            ),
        ),
    ),
]

EX3_ORDER = "order = torch.arange(n) if generator is None else torch.randperm(n, generator=generator)"
EX3_LOSS = "losses.append(((X @ w + b - y) ** 2).mean().item())"

EX3_MINIBATCH = [
    Mistake(
        "drop-last-batch",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=("range(0, n, batch_size)", "range(0, n - batch_size + 1, batch_size)"),
    ),
    Mistake(
        "nominal-batch-size",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edits=(
            ("2 / len(batch) * X_batch", "2 / batch_size * X_batch"),
            ("2 / len(batch) * error", "2 / batch_size * error"),
        ),
    ),
    Mistake(
        "divide-by-n",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edits=(("2 / len(batch) * X_batch", "2 / n * X_batch"), ("2 / len(batch) * error", "2 / n * error")),
    ),
    Mistake(
        "sum-instead-of-mean",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edits=(("2 / len(batch) * X_batch", "2 * X_batch"), ("2 / len(batch) * error", "2 * error")),
    ),
    Mistake(
        "shuffle-once",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edits=(
            (f"        {EX3_ORDER}\n", ""),
            ("    losses = []\n", f"    losses = []\n    {EX3_ORDER}\n"),
        ),
    ),
    Mistake(
        "shuffle-x-only",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=("y[batch]", "y[start : start + batch_size]"),
    ),
    Mistake(  # every start up to the end
        "overlapping-batches",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=("range(0, n, batch_size)", "range(n)"),
    ),
    Mistake(  # a window that moves by one sample
        "overlapping-batches",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=("range(0, n, batch_size)", "range(max(n - batch_size, 0) + 1)"),
    ),
    Mistake(
        "loss-before-epoch",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edits=(
            (f"        {EX3_LOSS}\n", ""),
            ("        order = order.to(X.device)\n", f"        order = order.to(X.device)\n        {EX3_LOSS}\n"),
        ),
        says="This history is taken after each epoch, not before.",
    ),
]

MISTAKES = [*EX1_BATCHES, *EX2_SGD_EPOCH, *EX3_MINIBATCH]
