"""The named mistakes of lesson 1.2: wrong losses, wrong gradients and wrong loops of linear regression."""

from grader.testing import Mistake

WEIGHTS = "grad_w = 2 / n_samples * (X.T @ errors)"
BIAS = "grad_b = 2 / n_samples * errors.sum(dim=0)"
MIXED_FEATURES = "The 1-feature formula `2*(x*e).mean()` mixes the features when D>1; use Xᵀe/N."
NO_TRANSPOSE = "Multiply the residual by Xᵀ; without it the shape or the weighting is wrong."
NOT_EVERY_EPOCH = "Rounding happens in every epoch."
UPHILL = "You move uphill: look at the sign of the error and at the sign of the update."
START = "The start is used as it is: what is rounded are the gradients and the new weights."
STOPS_EARLY = "The loop makes as many epochs as it is told, also where the loss rises."
ONE_EPOCH = "These are the numbers after the first epoch: is the loop left too early?"
FEATURES = "`X.shape[1]` is the number of features: divide by the number of samples, `X.shape[0]`."
ALL_ENTRIES = "Divide by the number of samples alone; the entries of X are more, one for each feature."
OVERWRITTEN = "Only the last sample counts: the loop must add up what every sample says."

MISTAKES = [
    # 1.2.1
    Mistake(
        "sum-not-mean",
        exercise="ex1_predict_and_loss",
        function="mse_loss",
        edit=("(errors**2).mean()", "(errors**2).sum()"),
    ),
    Mistake(
        "half-mse",
        exercise="ex1_predict_and_loss",
        function="mse_loss",
        edit=("(errors**2).mean()", "(errors**2).mean() / 2"),
    ),
    Mistake(
        "mean-absolute",
        exercise="ex1_predict_and_loss",
        function="mse_loss",
        edit=("(errors**2).mean()", "errors.abs().mean()"),
        says="Square the differences instead of taking absolute values.",
    ),
    Mistake(
        "root-mse",
        exercise="ex1_predict_and_loss",
        function="mse_loss",
        edit=("(errors**2).mean()", "(errors**2).mean().sqrt()"),
    ),
    Mistake(
        "mean-then-square",
        exercise="ex1_predict_and_loss",
        function="mse_loss",
        edit=("(errors**2).mean()", "errors.mean() ** 2"),
        says="Square each error before averaging.",
    ),
    Mistake(
        "divide-by-rows-only",
        exercise="ex1_predict_and_loss",
        function="mse_loss",
        edit=("(errors**2).mean()", "(errors**2).sum() / len(y)"),
    ),
    # Without the test of the shapes, [N, 1] and [N] give an answer, and a wrong one.
    Mistake(
        "broadcast-n-by-n",
        exercise="ex1_predict_and_loss",
        function="mse_loss",
        edit=("if y_pred.shape != y.shape:", "if False:"),
    ),
    # With a test of the length alone the same shapes slip through.
    Mistake(
        "broadcast-n-by-n",
        exercise="ex1_predict_and_loss",
        function="mse_loss",
        edit=("if y_pred.shape != y.shape:", "if len(y_pred) != len(y):"),
    ),
    Mistake(
        "divided-by-n-minus-1",
        exercise="ex1_predict_and_loss",
        function="mse_loss",
        edit=("(errors**2).mean()", "(errors**2).sum() / (y.numel() - 1)"),
        says="A mean divides by the number of elements, not by one less.",
    ),
    Mistake(
        "divided-by-n-minus-1",
        exercise="ex1_predict_and_loss",
        function="mse_loss",
        edit=("(errors**2).mean()", "(errors**2).sum() / max(y.numel() - 1, 1)"),
        says="A mean divides by the number of elements, not by one less.",
    ),
    Mistake(
        "forgot-bias",
        exercise="ex1_predict_and_loss",
        function="predict",
        edit=("X @ w + b", "X @ w"),
        says="The prediction Xw lacks the bias b.",
    ),
    # 1.2.2
    Mistake(
        "sum-instead-of-mean",
        exercise="ex2_gradients",
        function="mse_gradients",
        edits=((WEIGHTS, "grad_w = 2 * (X.T @ errors)"), (BIAS, "grad_b = 2 * errors.sum(dim=0)")),
    ),
    Mistake(
        "missing-factor-2",
        exercise="ex2_gradients",
        function="mse_gradients",
        edits=((WEIGHTS, "grad_w = X.T @ errors / n_samples"), (BIAS, "grad_b = errors.sum(dim=0) / n_samples")),
    ),
    Mistake(
        "residual-reversed",
        exercise="ex2_gradients",
        function="mse_gradients",
        edit=("errors = X @ w + b - y", "errors = y - (X @ w + b)"),
    ),
    # Either side of the difference may have lost its second dimension: row i, column j of the errors is then
    # prediction i minus target j, or prediction j minus target i. Each goes on in two ways: with the formulas as they
    # stand, whose shapes are wrong, ...
    Mistake(
        "broadcast-n-by-n",
        exercise="ex2_gradients",
        function="mse_gradients",
        edit=("errors = X @ w + b - y", "errors = X @ w + b - y.squeeze(1)"),
    ),
    Mistake(
        "broadcast-n-by-n",
        exercise="ex2_gradients",
        function="mse_gradients",
        edit=("errors = X @ w + b - y", "errors = (X @ w + b).squeeze(1) - y"),
    ),
    # ... and with means over everything, whose shapes are right. (With one feature this is `2 * (x * e).mean()`.)
    Mistake(
        "broadcast-n-by-n",
        exercise="ex2_gradients",
        function="mse_gradients",
        edits=(
            ("errors = X @ w + b - y", "errors = X @ w + b - y.squeeze(1)"),
            (WEIGHTS, "grad_w = 2 * (X.T @ errors / n_samples).mean(dim=1, keepdim=True)"),
            (BIAS, "grad_b = 2 * errors.mean().reshape(1)"),
        ),
    ),
    Mistake(
        "broadcast-n-by-n",
        exercise="ex2_gradients",
        function="mse_gradients",
        edits=(
            ("errors = X @ w + b - y", "errors = (X @ w + b).squeeze(1) - y"),
            (WEIGHTS, "grad_w = 2 * (X.T @ errors / n_samples).mean(dim=1, keepdim=True)"),
            (BIAS, "grad_b = 2 * errors.mean().reshape(1)"),
        ),
    ),
    # The same number for every weight; as a gradient of the shape of w, or with one entry, or with the bias's shape.
    Mistake(
        "forgot-x",
        exercise="ex2_gradients",
        function="mse_gradients",
        edit=(WEIGHTS, "grad_w = (2 * errors.mean()).expand(w.shape).clone()"),
    ),
    Mistake(
        "forgot-x",
        exercise="ex2_gradients",
        function="mse_gradients",
        edit=(WEIGHTS, "grad_w = 2 * errors.mean().reshape(1, 1)"),
    ),
    Mistake(
        "forgot-x",
        exercise="ex2_gradients",
        function="mse_gradients",
        edit=(WEIGHTS, "grad_w = 2 / n_samples * errors.sum(dim=0)"),
    ),
    # With several features: added up over them, averaged over them, or one bias entry for each.
    Mistake(
        "bias-times-x",
        exercise="ex2_gradients",
        function="mse_gradients",
        edit=(BIAS, "grad_b = 2 / n_samples * (X * errors).sum().reshape(1)"),
    ),
    Mistake(
        "bias-times-x",
        exercise="ex2_gradients",
        function="mse_gradients",
        edit=(BIAS, "grad_b = 2 * (X * errors).mean().reshape(1)"),
    ),
    Mistake(
        "bias-times-x",
        exercise="ex2_gradients",
        function="mse_gradients",
        edit=(BIAS, "grad_b = 2 / n_samples * (X * errors).sum(dim=0)"),
    ),
    Mistake(
        "averaged-over-features",
        exercise="ex2_gradients",
        function="mse_gradients",
        edit=(WEIGHTS, "grad_w = (2 * (X * errors).mean()).expand(w.shape).clone()"),
        says=MIXED_FEATURES,
    ),
    Mistake(
        "averaged-over-features",
        exercise="ex2_gradients",
        function="mse_gradients",
        edit=(WEIGHTS, "grad_w = 2 * (X * errors).mean().reshape(1, 1)"),
        says=MIXED_FEATURES,
    ),
    Mistake(
        "bias-missing-in-prediction",
        exercise="ex2_gradients",
        function="mse_gradients",
        edit=("errors = X @ w + b - y", "errors = X @ w - y"),
        says="The error e must be computed with the bias in the prediction.",
    ),
    Mistake(
        "divided-by-features",
        exercise="ex2_gradients",
        function="mse_gradients",
        edits=((WEIGHTS, WEIGHTS.replace("n_samples", "X.shape[1]")), (BIAS, BIAS.replace("n_samples", "X.shape[1]"))),
        says=FEATURES,
    ),
    Mistake(
        "divided-by-all-entries",
        exercise="ex2_gradients",
        function="mse_gradients",
        edit=(WEIGHTS, WEIGHTS.replace("n_samples", "X.numel()")),
        says=ALL_ENTRIES,
    ),
    Mistake(
        "divided-by-all-entries",
        exercise="ex2_gradients",
        function="mse_gradients",
        edits=((WEIGHTS, WEIGHTS.replace("n_samples", "X.numel()")), (BIAS, BIAS.replace("n_samples", "X.numel()"))),
        says=ALL_ENTRIES,
    ),
    # In a loop over the samples `=` stands where `+=` should: the terms of the last sample, as they are or divided by N.
    *(
        Mistake(
            "last-sample-only",
            exercise="ex2_gradients",
            function="mse_gradients",
            edits=(
                (WEIGHTS, f"grad_w = {factor} * (X[-1:].T @ errors[-1:])"),
                (BIAS, f"grad_b = {factor} * errors[-1]"),
            ),
            says=OVERWRITTEN,
        )
        for factor in ("2", "2 / n_samples")
    ),
    Mistake(
        "last-sample-left-out",
        exercise="ex2_gradients",
        function="mse_gradients",
        edits=(
            (WEIGHTS, "grad_w = 2 / n_samples * (X[:-1].T @ errors[:-1])"),
            (BIAS, "grad_b = 2 / n_samples * errors[:-1].sum(dim=0)"),
        ),
        says="The last sample is left out: `range(n)` ends before n by itself.",
    ),
    # 1.2.3
    Mistake(
        "sum-instead-of-mean",
        exercise="ex3_train",
        function="train_linear_regression",
        edits=((WEIGHTS, "grad_w = 2 * (X.T @ errors)"), (BIAS, "grad_b = 2 * errors.sum(dim=0)")),
    ),
    Mistake(
        "missing-factor-2",
        exercise="ex3_train",
        function="train_linear_regression",
        edits=((WEIGHTS, "grad_w = X.T @ errors / n_samples"), (BIAS, "grad_b = errors.sum(dim=0) / n_samples")),
    ),
    Mistake(
        "wrong-sign",
        exercise="ex3_train",
        function="train_linear_regression",
        edits=(("w - lr * grad_w", "w + lr * grad_w"), ("b - lr * grad_b", "b + lr * grad_b")),
        says=UPHILL,
    ),
    # The predictions stand before the loop: the history is constant, ...
    Mistake(
        "stale-predictions",
        exercise="ex3_train",
        function="train_linear_regression",
        edits=(
            ("    for _ in range(epochs):\n", "    predictions = X @ w + b\n    for _ in range(epochs):\n"),
            ("        errors = X @ w + b - y\n", "        errors = predictions - y\n"),
        ),
    ),
    # ... or the history alone is computed with new ones.
    Mistake(
        "stale-predictions",
        exercise="ex3_train",
        function="train_linear_regression",
        edits=(
            ("    for _ in range(epochs):\n", "    errors = X @ w + b - y\n    for _ in range(epochs):\n"),
            ("        errors = X @ w + b - y\n", ""),
            ("float((errors**2).mean())", "float(((X @ w + b - y) ** 2).mean())"),
        ),
    ),
    Mistake(
        "bias-frozen",
        exercise="ex3_train",
        function="train_linear_regression",
        edit=("        b = b - lr * grad_b\n", ""),
    ),
    Mistake(
        "loss-after-update",
        exercise="ex3_train",
        function="train_linear_regression",
        edits=(
            ("        losses.append(float((errors**2).mean()))\n", ""),
            (
                "        b = b - lr * grad_b\n",
                "        b = b - lr * grad_b\n        losses.append(float(((X @ w + b - y) ** 2).mean()))\n",
            ),
        ),
    ),
    Mistake(
        "off-by-one-epochs",
        exercise="ex3_train",
        function="train_linear_regression",
        edit=("range(epochs)", "range(epochs + 1)"),
    ),
    Mistake(
        "off-by-one-epochs",
        exercise="ex3_train",
        function="train_linear_regression",
        edit=("range(epochs)", "range(1, epochs)"),
    ),
    # Both orders: the weights first, ...
    Mistake(
        "sequential-update",
        exercise="ex3_train",
        function="train_linear_regression",
        edits=(
            ("        grad_b = 2 / n_samples * errors.sum(dim=0)\n", ""),
            (
                "        w = w - lr * grad_w\n",
                "        w = w - lr * grad_w\n        grad_b = 2 / n_samples * (X @ w + b - y).sum(dim=0)\n",
            ),
        ),
    ),
    # ... or the bias first.
    Mistake(
        "sequential-update",
        exercise="ex3_train",
        function="train_linear_regression",
        edits=(
            ("        grad_w = 2 / n_samples * (X.T @ errors)\n", ""),
            ("        w = w - lr * grad_w\n", ""),
            (
                "        b = b - lr * grad_b\n",
                "        b = b - lr * grad_b\n        w = w - lr * 2 / n_samples * (X.T @ (X @ w + b - y))\n",
            ),
        ),
    ),
    Mistake(
        "no-zero-grad",
        exercise="ex3_train",
        function="train_linear_regression",
        edits=(
            ("    for _ in range(epochs):\n", "    grad_w, grad_b = 0, 0\n    for _ in range(epochs):\n"),
            (WEIGHTS, "grad_w = grad_w + 2 / n_samples * (X.T @ errors)"),
            (BIAS, "grad_b = grad_b + 2 / n_samples * errors.sum(dim=0)"),
        ),
    ),
    # The wrong gradients of 1.2.2, inside the loop.
    Mistake(
        "bias-sum",
        exercise="ex3_train",
        function="train_linear_regression",
        edit=(BIAS, "grad_b = 2 * errors.sum(dim=0)"),
    ),
    Mistake(
        "forgot-x",
        exercise="ex3_train",
        function="train_linear_regression",
        edit=(WEIGHTS, "grad_w = 2 * errors.mean()"),
    ),
    Mistake(
        "bias-times-x",
        exercise="ex3_train",
        function="train_linear_regression",
        edit=(BIAS, "grad_b = 2 / n_samples * (X * errors).sum().reshape(1)"),
    ),
    Mistake(
        "bias-times-x",
        exercise="ex3_train",
        function="train_linear_regression",
        edit=(BIAS, "grad_b = 2 * (X * errors).mean().reshape(1)"),
    ),
    Mistake(
        "averaged-over-features",
        exercise="ex3_train",
        function="train_linear_regression",
        edit=(WEIGHTS, "grad_w = 2 * (X * errors).mean()"),
        says=MIXED_FEATURES,
    ),
    Mistake(
        "update-per-sample",
        exercise="ex3_train",
        function="train_linear_regression",
        replace="""
def train_linear_regression(X, y, w, b, lr, epochs):
    X, y, w, b = X.detach(), y.detach(), w.detach().clone(), b.detach().clone()
    losses = []
    for _ in range(epochs if len(X) else 0):
        losses.append(float(((X @ w + b - y) ** 2).mean()))
        for i in range(len(X)):
            error = X[i] @ w + b - y[i]
            w, b = w - lr * 2 * error * X[i].reshape(-1, 1), b - lr * 2 * error
    return w, b, losses
""",
        says="An epoch makes one step here, with the gradient of all samples together; yours makes one for each sample.",
    ),
    Mistake(
        "stops-early",
        exercise="ex3_train",
        function="train_linear_regression",
        edit=(
            "        grad_w = 2 / n_samples * (X.T @ errors)\n",
            "        if len(losses) > 1 and losses[-1] > losses[-2]:\n            break\n        grad_w = 2 / n_samples * (X.T @ errors)\n",
        ),
        says=STOPS_EARLY,
    ),
    Mistake(
        "stops-early",
        exercise="ex3_train",
        function="train_linear_regression",
        edit=(
            "        b = b - lr * grad_b\n",
            "        b = b - lr * grad_b\n        if len(losses) > 1 and losses[-1] > losses[-2]:\n            break\n",
        ),
        says=STOPS_EARLY,
    ),
    # The loop ends before an epoch whose loss is no lower, or higher: that loss does not enter the history.
    *(
        Mistake(
            "stops-early",
            exercise="ex3_train",
            function="train_linear_regression",
            edit=(
                "        losses.append(float((errors**2).mean()))\n",
                (
                    "        loss = float((errors**2).mean())\n"
                    f"        if losses and loss {comparison} losses[-1]:\n"
                    "            break\n"
                    "        losses.append(loss)\n"
                ),
            ),
            says=STOPS_EARLY,
        )
        for comparison in (">", ">=")
    ),
    # `return` inside the loop: without any epoch nothing comes back, or the copies all the same.
    *(
        Mistake(
            "one-epoch-only",
            exercise="ex3_train",
            function="train_linear_regression",
            edit=("        b = b - lr * grad_b\n    return w, b, losses", f"        b = b - lr * grad_b\n{ending}"),
            says=ONE_EPOCH,
        )
        for ending in ("        return w, b, losses", "        break\n    return w, b, losses")
    ),
    # 1.2.4
    # Without the transpose the update fails, or, with the residuals added up, moves all weights alike.
    Mistake(
        "gradient-without-xt",
        exercise="ex4_chapter_loop",
        function="train",
        edit=("2 / n_samples * (X.T @ errors)", "2 / n_samples * errors"),
        says=NO_TRANSPOSE,
    ),
    Mistake(
        "gradient-without-xt",
        exercise="ex4_chapter_loop",
        function="train",
        edit=("2 / n_samples * (X.T @ errors)", "2 / n_samples * errors.sum()"),
        says=NO_TRANSPOSE,
    ),
    Mistake(
        "sum-instead-of-mean",
        exercise="ex4_chapter_loop",
        function="train",
        edit=("2 / n_samples * (X.T @ errors)", "2 * (X.T @ errors)"),
    ),
    Mistake(
        "wrong-sign",
        exercise="ex4_chapter_loop",
        function="train",
        edit=("weights - lr * gradient", "weights + lr * gradient"),
        says=UPHILL,
    ),
    Mistake(
        "gradient-not-rounded",
        exercise="ex4_chapter_loop",
        function="train",
        edit=("            gradient = torch.round(gradient, decimals=decimals)\n", "            pass\n"),
        says="The gradient is rounded before it is used for the update.",
    ),
    Mistake(
        "weights-not-rounded",
        exercise="ex4_chapter_loop",
        function="train",
        edit=("            weights = torch.round(weights, decimals=decimals)\n", "            pass\n"),
        says="The weights are rounded after every update.",
    ),
    # Truth is not what tells None from a number.
    Mistake(
        "zero-taken-for-none",
        exercise="ex4_chapter_loop",
        function="train",
        edits=(
            (
                "        if decimals is not None:\n            gradient =",
                "        if decimals:\n            gradient =",
            ),
            ("        if decimals is not None:\n            weights =", "        if decimals:\n            weights ="),
        ),
        says="With `decimals` = 0 everything is rounded to whole numbers; only None means no rounding.",
    ),
    Mistake(
        "decimals-ignored",
        exercise="ex4_chapter_loop",
        function="train",
        edits=(
            ("torch.round(gradient, decimals=decimals)", "torch.round(gradient, decimals=3)"),
            ("torch.round(weights, decimals=decimals)", "torch.round(weights, decimals=3)"),
        ),
        says="To how many decimals? The caller says so; 3 is only the default.",
    ),
    # Cut off towards 0, or downwards, instead of rounded.
    *(
        Mistake(
            "cut-off-not-rounded",
            exercise="ex4_chapter_loop",
            function="train",
            edits=tuple(
                (f"torch.round({name}, decimals=decimals)", f"torch.{cut}({name} * 10**decimals) / 10**decimals")
                for name in ("gradient", "weights")
            ),
            says="Digits are cut off here. To round is to take the nearest number with so many decimals.",
        )
        for cut in ("trunc", "floor")
    ),
    # Halves go up, or away from 0, instead of to the even digit.
    *(
        Mistake(
            "halves-rounded-up",
            exercise="ex4_chapter_loop",
            function="train",
            edits=tuple(
                (f"torch.round({name}, decimals=decimals)", rounded.format(name)) for name in ("gradient", "weights")
            ),
            says="Where a number lies exactly between two, `torch.round` takes the one with the even last digit.",
        )
        for rounded in (
            "torch.floor({0} * 10**decimals + 0.5) / 10**decimals",
            "torch.sign({0}) * torch.floor({0}.abs() * 10**decimals + 0.5) / 10**decimals",
        )
    ),
    *(
        Mistake(
            "one-epoch-only",
            exercise="ex4_chapter_loop",
            function="train",
            edit=(
                "        losses.append((before, after))\n    return weights, losses",
                f"        losses.append((before, after))\n{ending}",
            ),
            says=ONE_EPOCH,
        )
        for ending in ("        return weights, losses", "        break\n    return weights, losses")
    ),
    Mistake(
        "pairs-swapped",
        exercise="ex4_chapter_loop",
        function="train",
        edit=("losses.append((before, after))", "losses.append((after, before))"),
        says="Each pair begins with the loss before the update.",
    ),
    Mistake(
        "losses-rounded",
        exercise="ex4_chapter_loop",
        function="train",
        edit=(
            "losses.append((before, after))",
            "losses.append((before, after) if decimals is None else (round(before, decimals), round(after, decimals)))",
        ),
        says="Losses are recorded as they are, without rounding.",
    ),
    Mistake(
        "start-rounded",
        exercise="ex4_chapter_loop",
        function="train",
        edit=(
            "    for _ in range(epochs):\n",
            (
                "    if decimals is not None:\n"
                "        weights = torch.round(weights, decimals=decimals)\n"
                "    for _ in range(epochs):\n"
            ),
        ),
        says=START,
    ),
    # The same, where the case without epochs is kept apart.
    Mistake(
        "start-rounded",
        exercise="ex4_chapter_loop",
        function="train",
        edit=(
            "    for _ in range(epochs):\n",
            (
                "    if decimals is not None and epochs > 0:\n"
                "        weights = torch.round(weights, decimals=decimals)\n"
                "    for _ in range(epochs):\n"
            ),
        ),
        says=START,
    ),
    Mistake(
        "loss-before-rounding",
        exercise="ex4_chapter_loop",
        function="train",
        edits=(
            (
                "        if decimals is not None:\n            weights = torch.round(weights, decimals=decimals)\n",
                "",
            ),
            (
                "        after = float((errors**2).mean())\n",
                (
                    "        after = float((errors**2).mean())\n"
                    "        if decimals is not None:\n"
                    "            weights = torch.round(weights, decimals=decimals)\n"
                ),
            ),
        ),
        says="The loss after the update belongs to the rounded weights, with which the next epoch goes on.",
    ),
    Mistake(
        "missing-factor-2",
        exercise="ex4_chapter_loop",
        function="train",
        edit=("2 / n_samples * (X.T @ errors)", "1 / n_samples * (X.T @ errors)"),
    ),
    # Only the result is rounded: behind the loop, ...
    Mistake(
        "rounded-once-at-end",
        exercise="ex4_chapter_loop",
        function="train",
        edits=(
            ("            gradient = torch.round(gradient, decimals=decimals)\n", "            pass\n"),
            ("            weights = torch.round(weights, decimals=decimals)\n", "            pass\n"),
            (
                "        losses.append((before, after))\n",
                (
                    "        losses.append((before, after))\n"
                    "    if decimals is not None and epochs > 0:\n"
                    "        weights = torch.round(weights, decimals=decimals)\n"
                ),
            ),
        ),
        says=NOT_EVERY_EPOCH,
    ),
    # ... also where there was no epoch, ...
    Mistake(
        "rounded-once-at-end",
        exercise="ex4_chapter_loop",
        function="train",
        edits=(
            ("            gradient = torch.round(gradient, decimals=decimals)\n", "            pass\n"),
            ("            weights = torch.round(weights, decimals=decimals)\n", "            pass\n"),
            (
                "        losses.append((before, after))\n",
                (
                    "        losses.append((before, after))\n"
                    "    if decimals is not None:\n"
                    "        weights = torch.round(weights, decimals=decimals)\n"
                ),
            ),
        ),
        says=NOT_EVERY_EPOCH,
    ),
    # ... or in the last epoch, before its loss.
    Mistake(
        "rounded-once-at-end",
        exercise="ex4_chapter_loop",
        function="train",
        edits=(
            ("    for _ in range(epochs):\n", "    for epoch in range(epochs):\n"),
            ("            gradient = torch.round(gradient, decimals=decimals)\n", "            pass\n"),
            (
                "            weights = torch.round(weights, decimals=decimals)\n",
                (
                    "            if epoch == epochs - 1:\n"
                    "                weights = torch.round(weights, decimals=decimals)\n"
                ),
            ),
        ),
        says=NOT_EVERY_EPOCH,
    ),
    Mistake(
        "reuses-old-prediction",
        exercise="ex4_chapter_loop",
        function="train",
        edits=(
            ("        # The weights have changed, so the errors have, too.\n        errors = X @ weights - Y\n", ""),
        ),
        says="The loss after the update needs new predictions.",
    ),
    # As in the chapter itself: the rounding makes a new tensor, so that only the first update hits the caller's.
    Mistake(
        "caller-weights-changed",
        exercise="ex4_chapter_loop",
        function="train",
        edits=(
            ("weights.detach().clone()", "weights.detach()"),
            ("        weights = weights - lr * gradient\n", "        weights -= lr * gradient\n"),
        ),
        says="`weights -= …` overwrites the caller's array; write `weights = weights - …`.",
    ),
]
