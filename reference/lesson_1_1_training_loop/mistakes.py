"""The named mistakes of lesson 1.1: what a wrong answer or a wrong loop says about the idea behind it."""

from grader.testing import Mistake

MISTAKES = [
    # 1.1.1, the quiz: one entry for each wrong option.
    Mistake(
        "step-before-backward",
        exercise="quiz",
        edit=('"q1": "a"', '"q1": "b"'),
        says="The update needs this iteration's gradient, which exists only after the backward pass.",
    ),
    Mistake(
        "loss-before-forward",
        exercise="quiz",
        edit=('"q1": "a"', '"q1": "c"'),
        says="The loss compares predictions with targets, so predictions come first.",
    ),
    Mistake(
        "step-before-backward",
        exercise="quiz",
        edit=('"q1": "a"', '"q1": "d"'),
        says="The update needs this iteration's gradient, which exists only after the backward pass.",
    ),
    Mistake(
        "loss-is-accuracy",
        exercise="quiz",
        edit=('"q2": "a"', '"q2": "b"'),
        says="Loss is a distance, not a share of right answers.",
    ),
    Mistake(
        "loss-is-lr",
        exercise="quiz",
        edit=('"q2": "a"', '"q2": "c"'),
        says="The learning rate is chosen by you and not measured.",
    ),
    Mistake(
        "loss-is-fraction",
        exercise="quiz",
        edit=('"q2": "a"', '"q2": "d"'),
        says="Loss does not count parameters.",
    ),
    Mistake(
        "uphill",
        exercise="quiz",
        edit=('"q3": "b"', '"q3": "a"'),
        says="A positive slope means the loss grows with w, so w must fall.",
    ),
    Mistake(
        "no-step",
        exercise="quiz",
        edit=('"q3": "b"', '"q3": "c"'),
        says="A non-zero slope always moves w.",
    ),
    Mistake(
        "gradient-is-value",
        exercise="quiz",
        edit=('"q3": "b"', '"q3": "d"'),
        says="The gradient is a direction and size of change, not the new value.",
    ),
    Mistake(
        "epoch-is-update",
        exercise="quiz",
        edit=('"q4": "b"', '"q4": "a"'),
        says="That is only so for the full batch.",
    ),
    Mistake(
        "batch-size-is-count",
        exercise="quiz",
        edit=('"q4": "b"', '"q4": "c"'),
        says="16 is the size of a batch, not their number.",
    ),
    Mistake(
        "per-sample",
        exercise="quiz",
        edit=('"q4": "b"', '"q4": "d"'),
        says="That is batch size 1.",
    ),
    Mistake(
        "single-sample",
        exercise="quiz",
        edit=('"q5": "b"', '"q5": "a"'),
        says="One number summarises the whole batch.",
    ),
    Mistake(
        "epoch-total",
        exercise="quiz",
        edit=('"q5": "b"', '"q5": "c"'),
        says="It is computed anew for each batch.",
    ),
    Mistake(
        "loss-is-gradient",
        exercise="quiz",
        edit=('"q5": "b"', '"q5": "d"'),
        says="The gradient is its derivative.",
    ),
    # 1.1.2, the loop. The history one step late, coded in two ways: with a prediction of its own for the loss, ...
    Mistake(
        "loss-after-update",
        exercise="ex2_training_loop",
        function="training_loop",
        edits=(
            ("        losses.append(float(loss_fn(predictions)))\n", ""),
            (
                "        params = params - lr * gradient\n",
                "        params = params - lr * gradient\n        losses.append(float(loss_fn(forward(params))))\n",
            ),
        ),
    ),
    # ... and with a prediction that the next epoch uses again.
    Mistake(
        "loss-after-update",
        exercise="ex2_training_loop",
        function="training_loop",
        edits=(
            ("    losses = []\n", "    losses = []\n    predictions = forward(params)\n"),
            ("        predictions = forward(params)\n        losses.append(float(loss_fn(predictions)))\n", ""),
            (
                "        params = params - lr * gradient\n",
                (
                    "        params = params - lr * gradient\n"
                    "        predictions = forward(params)\n"
                    "        losses.append(float(loss_fn(predictions)))\n"
                ),
            ),
        ),
    ),
    Mistake(
        "stale-predictions",
        exercise="ex2_training_loop",
        function="training_loop",
        edits=(
            ("    losses = []\n", "    losses = []\n    predictions = forward(params)\n"),
            ("        predictions = forward(params)\n", ""),
        ),
    ),
    # The gradient, too, is computed only once.
    Mistake(
        "stale-predictions",
        exercise="ex2_training_loop",
        function="training_loop",
        edits=(
            (
                "    losses = []\n",
                "    losses = []\n    predictions = forward(params)\n    gradient = grad_fn(params, predictions)\n",
            ),
            ("        predictions = forward(params)\n", ""),
            ("        gradient = grad_fn(params, predictions)\n", ""),
        ),
    ),
    Mistake(
        "wrong-sign",
        exercise="ex2_training_loop",
        function="training_loop",
        edit=("= params - lr * gradient\n", "= params + lr * gradient\n"),
    ),
    Mistake(
        "off-by-one-epochs",
        exercise="ex2_training_loop",
        function="training_loop",
        edit=("range(epochs)", "range(epochs + 1)"),
    ),
    Mistake(
        "off-by-one-epochs",
        exercise="ex2_training_loop",
        function="training_loop",
        edit=("range(epochs)", "range(1, epochs)"),
    ),
    Mistake(
        "missing-lr",
        exercise="ex2_training_loop",
        function="training_loop",
        edit=("= params - lr * gradient\n", "= params - gradient\n"),
        says="The step must be scaled by the learning rate.",
    ),
    Mistake(
        "in-place-params",
        exercise="ex2_training_loop",
        function="training_loop",
        edits=(
            ("params.detach().clone()", "params.detach()"),
            ("        params = params - lr * gradient\n", "        params -= lr * gradient\n"),
        ),
        says="`params -= …` changes the caller's tensor; create a new one.",
    ),
    # The same, where the copy for the result is made at the end.
    Mistake(
        "in-place-params",
        exercise="ex2_training_loop",
        function="training_loop",
        edits=(
            ("params.detach().clone()", "params.detach()"),
            ("        params = params - lr * gradient\n", "        params -= lr * gradient\n"),
            ("return params, losses", "return params.clone(), losses"),
        ),
        says="`params -= …` changes the caller's tensor; create a new one.",
    ),
    # The loop ends where the loss rises: before that epoch's update, or after it.
    Mistake(
        "stops-early",
        exercise="ex2_training_loop",
        function="training_loop",
        edit=(
            "        gradient = grad_fn(params, predictions)\n",
            (
                "        if len(losses) > 1 and losses[-1] > losses[-2]:\n"
                "            break\n"
                "        gradient = grad_fn(params, predictions)\n"
            ),
        ),
        says="The loop makes as many epochs as it is told, also where the loss rises.",
    ),
    Mistake(
        "stops-early",
        exercise="ex2_training_loop",
        function="training_loop",
        edit=(
            "        params = params - lr * gradient\n",
            (
                "        params = params - lr * gradient\n"
                "        if len(losses) > 1 and losses[-1] > losses[-2]:\n"
                "            break\n"
            ),
        ),
        says="The loop makes as many epochs as it is told, also where the loss rises.",
    ),
    # The loop ends before an epoch whose loss is no lower, or higher: that loss does not enter the history.
    *(
        Mistake(
            "stops-early",
            exercise="ex2_training_loop",
            function="training_loop",
            edit=(
                "        losses.append(float(loss_fn(predictions)))\n",
                (
                    "        loss = float(loss_fn(predictions))\n"
                    f"        if losses and loss {comparison} losses[-1]:\n"
                    "            break\n"
                    "        losses.append(loss)\n"
                ),
            ),
            says="The loop makes as many epochs as it is told, also where the loss rises.",
        )
        for comparison in (">", ">=")
    ),
    # `return` inside the loop: without any epoch nothing comes back, or the copies all the same.
    *(
        Mistake(
            "one-epoch-only",
            exercise="ex2_training_loop",
            function="training_loop",
            edit=("    return params, losses", ending),
            says="These are the numbers after the first epoch: is the loop left too early?",
        )
        for ending in ("        return params, losses", "        break\n    return params, losses")
    ),
    # The gradient is taken at the start in every epoch.
    Mistake(
        "gradient-at-the-start",
        exercise="ex2_training_loop",
        function="training_loop",
        edits=(
            ("    losses = []\n", "    losses = []\n    start = params\n"),
            ("= grad_fn(params, predictions)", "= grad_fn(start, predictions)"),
        ),
        says="From which parameters is the gradient? It belongs to the current ones, not to those of the start.",
    ),
    # One prediction for the loss and another for the gradient: as expressions, ...
    Mistake(
        "extra-forward",
        exercise="ex2_training_loop",
        function="training_loop",
        edits=(
            ("        predictions = forward(params)\n", ""),
            ("(loss_fn(predictions))", "(loss_fn(forward(params)))"),
            ("= grad_fn(params, predictions)", "= grad_fn(params, forward(params))"),
        ),
        says="forward is called more often than once per epoch; reuse the prediction.",
    ),
    # ... beside the stored one for the loss alone, ...
    Mistake(
        "extra-forward",
        exercise="ex2_training_loop",
        function="training_loop",
        edit=("(loss_fn(predictions))", "(loss_fn(forward(params)))"),
        says="forward is called more often than once per epoch; reuse the prediction.",
    ),
    # ... and a last one after the loop.
    Mistake(
        "extra-forward",
        exercise="ex2_training_loop",
        function="training_loop",
        edit=("    return params, losses", "    forward(params)\n    return params, losses"),
        says="forward is called more often than once per epoch; reuse the prediction.",
    ),
]
