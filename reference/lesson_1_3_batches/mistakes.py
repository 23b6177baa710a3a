"""Known wrong variants of lesson 1.3. Several entries of one name are several natural ways to make the same mistake."""

from grader.testing import Mistake

ROUND_UP = "(n_samples + batch_size - 1) // batch_size"
EX1_FLOORS = "A partial batch is an update too."
EX1_KEEPS = "With drop_last the partial batch does not count."
EX1_PLUS_ONE = "When N is divisible by the batch size there is no extra batch."
EX1_FULL_DROPPED = "drop_last leaves out a short last batch; a last batch that is full stays."
EX1_REVERSED = "Your drop_last is the wrong way round: True must leave the short last batch out, False must keep it."

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
    *(
        Mistake(
            "rounded-to-nearest",
            exercise="ex1_batches",
            function="updates_per_epoch",
            edit=(ROUND_UP, nearest),
            says="The nearest whole number may be the smaller one: a short last batch counts, however short it is.",
        )
        for nearest in ("round(n_samples / batch_size)", "int(n_samples / batch_size + 0.5)")
    ),
    Mistake(
        "full-batch-dropped",
        exercise="ex1_batches",
        function="updates_per_epoch",
        edit=("return n_samples // batch_size", f"return {ROUND_UP} - 1"),
        says=EX1_FULL_DROPPED,
    ),
    Mistake(
        "full-batch-dropped",
        exercise="ex1_batches",
        function="updates_per_epoch",
        edit=("return n_samples // batch_size", f"return max({ROUND_UP} - 1, 0)"),
        says=EX1_FULL_DROPPED,
    ),
    Mistake(
        "full-batch-dropped",
        exercise="ex1_batches",
        function="batch_bounds",
        edit=("if drop_last and stop - start < batch_size", "if drop_last and stop == n_samples"),
        says=EX1_FULL_DROPPED,
    ),
    Mistake(
        "drop-last-reversed",
        exercise="ex1_batches",
        function="updates_per_epoch",
        edit=("if drop_last:", "if not drop_last:"),
        says=EX1_REVERSED,
    ),
    Mistake(
        "drop-last-reversed",
        exercise="ex1_batches",
        function="batch_bounds",
        edit=("if drop_last and", "if not drop_last and"),
        says=EX1_REVERSED,
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

EX2_REPEATS = "A sample that the order names twice is visited twice, each time in its place."
EX2_SGD_EPOCH += [
    Mistake(
        "bias-frozen",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edit=("        b = b - lr * grad_b\n", ""),
    ),
    Mistake(
        "forgot-x",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edit=("2 * error * X[i].reshape(-1, 1)", "2 * error"),
    ),
    Mistake(
        "bias-times-x",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edit=("grad_b = 2 * error", "grad_b = 2 * error * X[i].sum()"),
    ),
    Mistake(
        "bias-missing-in-prediction",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edit=("X[i] @ w + b - y[i]", "X[i] @ w - y[i]"),
        says="The error e must be computed with the bias in the prediction.",
    ),
    Mistake(
        "gradients-added-up",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edits=(
            ("w, b = w.clone(), b.clone()", "w, b, grad_w, grad_b = w.clone(), b.clone(), 0, 0"),
            ("grad_w = 2 * error", "grad_w = grad_w + 2 * error"),
            ("grad_b = 2 * error", "grad_b = grad_b + 2 * error"),
        ),
        says="Each update uses the gradient of one sample alone; yours keeps those of the samples before.",
    ),
    Mistake(  # `return` inside the loop
        "one-sample-only",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edit=("        b = b - lr * grad_b\n", "        b = b - lr * grad_b\n        break\n"),
        says="These are the parameters after the first sample: is the loop left too early?",
    ),
    Mistake(
        "last-sample-skipped",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edit=("order.tolist()", "order.tolist()[:-1]"),
        says="The last entry of the order has no update.",
    ),
    Mistake(  # the place in the order picks the target
        "shuffle-x-only",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edits=(("for i in order.tolist()", "for k, i in enumerate(order.tolist())"), ("- y[i]", "- y[k]")),
    ),
    Mistake(  # with slices, of which those behind the end are empty
        "shuffle-x-only",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        replace="""
def sgd_epoch(X, y, w, b, lr, order):
    w, b = w.detach().clone(), b.detach().clone()
    for k, i in enumerate(order.tolist()):
        x = X[i : i + 1]
        error = x @ w + b - y[k : k + 1]
        w, b = w - lr * 2 * x.T @ error, b - lr * 2 * error[0]
    return w, b
""",
    ),
    Mistake(
        "repeats-left-out",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edit=("order.tolist()", "dict.fromkeys(order.tolist())"),
        says=EX2_REPEATS,
    ),
    Mistake(
        "ignores-order",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edit=("order.tolist()", "sorted(order.tolist())"),
        says=EX2_ORDER,
    ),
    Mistake(
        "ignores-order",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edit=("order.tolist()", "sorted(set(order.tolist()))"),
        says=EX2_ORDER,
    ),
    Mistake(
        "ignores-order",
        exercise="ex2_sgd_epoch",
        function="sgd_epoch",
        edit=("order.tolist()", "reversed(order.tolist())"),
        says=EX2_ORDER,
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
    Mistake(
        "loss-of-last-batch",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=(EX3_LOSS, "losses.append((error**2).mean().item())"),
        says="The history holds the loss over all samples, with the parameters after the epoch; yours looks at the last batch.",
    ),
    Mistake(  # with the parameters after the last update
        "loss-of-last-batch",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=(EX3_LOSS, "losses.append(((X_batch @ w + b - y_batch) ** 2).mean().item())"),
        says="The history holds the loss over all samples, with the parameters after the epoch; yours looks at the last batch.",
    ),
    *(  # the mean of the batch losses, and the mean over the samples
        Mistake(
            "running-loss",
            exercise="ex3_minibatch",
            function="train_minibatch",
            edits=(
                ("        for start in", "        seen = []\n        for start in"),
                ("            grad_w =", f"            seen.append((error**2).{mean}().item())\n            grad_w ="),
                (EX3_LOSS, f"losses.append(sum(seen) / {number})"),
            ),
            says="The batches are measured on the way, with parameters that have changed since: measure all samples once, after the epoch.",
        )
        for mean, number in (("mean", "len(seen)"), ("sum", "n"))
    ),
    Mistake(
        "loss-per-batch",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edits=(
            (f"        {EX3_LOSS}\n", ""),
            ("            b = b - lr * grad_b\n", f"            b = b - lr * grad_b\n            {EX3_LOSS}\n"),
        ),
        says="The history has one entry for each epoch, not one for each batch.",
    ),
    Mistake(
        "missing-factor-2",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edits=(
            ("2 / len(batch) * X_batch", "1 / len(batch) * X_batch"),
            ("2 / len(batch) * error", "1 / len(batch) * error"),
        ),
    ),
    Mistake(
        "wrong-sign",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edits=(("w = w - lr", "w = w + lr"), ("b = b - lr", "b = b + lr")),
        says="You move uphill: look at the sign of the error and at the sign of the update.",
    ),
    Mistake(
        "bias-frozen",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=("            b = b - lr * grad_b\n", ""),
    ),
    Mistake(
        "bias-sum",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=("2 / len(batch) * error", "2 * error"),
    ),
    Mistake(
        "sequential-update",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=("b = b - lr * grad_b", "b = b - lr * 2 * (X_batch @ w + b - y_batch).mean(0)"),
    ),
    Mistake(
        "frozen-within-epoch",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edits=(
            ("        for start in", "        w_start, b_start = w, b\n        for start in"),
            ("X_batch @ w + b - y_batch", "X_batch @ w_start + b_start - y_batch"),
        ),
        says="Every batch must use the parameters left by the previous one.",
    ),
    Mistake(
        "stops-early",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=(EX3_LOSS, f"{EX3_LOSS}\n        if len(losses) > 1 and losses[-1] > losses[-2]:\n            break"),
        says="The loop makes as many epochs as it is told, also where the loss rises.",
    ),
    *(  # `return` inside the loop: without any epoch nothing comes back, or the copies all the same
        Mistake(
            "one-epoch-only",
            exercise="ex3_minibatch",
            function="train_minibatch",
            edit=(f"{EX3_LOSS}\n    return w.detach(), b.detach(), losses", f"{EX3_LOSS}\n{ending}"),
            says="These are the numbers after the first epoch: is the loop left too early?",
        )
        for ending in (
            "        return w.detach(), b.detach(), losses",
            "        break\n    return w.detach(), b.detach(), losses",
        )
    ),
    Mistake(
        "first-batch-only",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=("            b = b - lr * grad_b\n", "            b = b - lr * grad_b\n            break\n"),
        says="Only the first batch of an epoch is used.",
    ),
    Mistake(
        "never-shuffled",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=(EX3_ORDER, "order = torch.arange(n)"),
        says="With a generator the samples are shuffled in every epoch; yours stay in their order.",
    ),
    Mistake(  # X and y themselves are put in the new order, and the next permutation is applied to that
        "shuffled-again",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edits=(
            ("    losses = []\n", "    losses = []\n    last = torch.arange(n)\n"),
            (EX3_ORDER, f"{EX3_ORDER}\n        order = last = last[order]"),
        ),
        says="The permutation of an epoch is for the rows as the caller gave them; yours shuffles what the last epoch had shuffled.",
    ),
    Mistake(
        "shuffled-in-every-batch",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=(
            "            batch = order[",
            (
                "            if generator is not None and start > 0:\n"
                "                order = torch.randperm(n, generator=generator)\n"
                "            batch = order["
            ),
        ),
        says="Draw one permutation for a whole epoch: drawn anew for each batch, some samples come twice and others never.",
    ),
    Mistake(  # the draw stands in the loop over the batches
        "shuffled-in-every-batch",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edits=(
            (f"        {EX3_ORDER}\n        order = order.to(X.device)\n", ""),
            ("            batch = order[", f"            {EX3_ORDER}\n            batch = order["),
        ),
        says="Draw one permutation for a whole epoch: drawn anew for each batch, some samples come twice and others never.",
    ),
    Mistake(
        "with-replacement",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=("torch.randperm(n, generator=generator)", "torch.randint(n, (n,), generator=generator)"),
        says="An epoch visits every sample once: it takes a permutation, not random numbers that may repeat.",
    ),
]

EX3_MINIBATCH += [
    Mistake(  # as torch.chunk and numpy.array_split do
        "equal-batches",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edits=(
            ("for start in range(0, n, batch_size):", "for batch in order.chunk((n + batch_size - 1) // batch_size):"),
            ("            batch = order[start : start + batch_size]", "           "),
        ),
        says="Every batch but the last has batch_size samples; yours share the samples out evenly.",
    ),
    Mistake(
        "shuffled-unasked",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=(EX3_ORDER, "order = torch.randperm(n, generator=generator)"),
        says="Without a generator the samples keep their order; yours are shuffled.",
    ),
    Mistake(
        "generator-unused",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=("torch.randperm(n, generator=generator)", "torch.randperm(n)"),
        says="The permutation is not drawn from the given generator: hand it to `torch.randperm`.",
    ),
    Mistake(
        "drawn-by-dataloader",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edit=(
            "torch.randperm(n, generator=generator)",
            "torch.cat(list(torch.utils.data.DataLoader(range(n), shuffle=True, generator=generator)))",
        ),
        says="A DataLoader draws in a way of its own: draw `torch.randperm(N, generator=generator)` once an epoch.",
    ),
    Mistake(
        "data-reordered-in-place",
        exercise="ex3_minibatch",
        function="train_minibatch",
        edits=(
            ("    losses = []\n", "    losses = []\n    X_start, y_start = X.clone(), y.clone()\n"),
            (
                "        order = order.to(X.device)\n",
                "        order = order.to(X.device)\n        X[:], y[:] = X_start[order], y_start[order]\n",
            ),
            ("X_batch, y_batch = X[batch], y[batch]", "X_batch, y_batch = X_start[batch], y_start[batch]"),
        ),
        says="`X[:] = …` puts the caller's rows into another order; `X[order]` makes a new tensor.",
    ),
]

MISTAKES = [*EX1_BATCHES, *EX2_SGD_EPOCH, *EX3_MINIBATCH]
