"""Known wrong variants of lesson 3.6. Several entries of one name are several natural ways to make the same mistake."""

from grader.testing import Mistake

# --- 3.6.1 -----------------------------------------------------------------------------------------------------------

HITS = "hits / len(targets)"
TOTAL = "total += (grad**2).sum().item()"
ROOT = "return total**0.5"
FILTER = "        if grad is not None:\n    "
CRASH = "Skip parameters whose gradient is None."
OVER_BATCH = "Take the argmax over classes (dim 1)."

METRICS = [
    Mistake("count-not-fraction", exercise="ex1_metrics_log", function="accuracy", edit=(HITS, "float(hits)")),
    # Where K differs from N the shapes do not fit; where it does not, the answer is wrong.
    Mistake(
        "argmax-over-batch",
        exercise="ex1_metrics_log",
        function="accuracy",
        edit=("argmax(dim=1)", "argmax(dim=0)"),
        says=OVER_BATCH,
    ),
    Mistake(
        "argmax-over-batch",
        exercise="ex1_metrics_log",
        function="accuracy",
        edit=("argmax(dim=1)", "argmax()"),
        says=OVER_BATCH,
    ),
    Mistake(
        "divided-as-integers",
        exercise="ex1_metrics_log",
        function="accuracy",
        edit=("hits / len(targets)", "hits // len(targets)"),
        says="The share of hits is a fraction: a division of integers rounds it down.",
    ),
    Mistake(
        "last-on-ties",
        exercise="ex1_metrics_log",
        function="accuracy",
        edit=("logits.argmax(dim=1)", "logits.shape[1] - 1 - logits.flip(1).argmax(dim=1)"),
        says="Among equally large entries the first one counts.",
    ),
    Mistake(  # a hit wherever the target's entry is one of the largest
        "last-on-ties",
        exercise="ex1_metrics_log",
        function="accuracy",
        edit=(
            "(predicted == targets).sum().item()",
            "(logits[range(len(targets)), targets] == logits.max(dim=1).values).sum().item()",
        ),
        says="Among equally large entries the first one counts.",
    ),
    Mistake(
        "percentage",
        exercise="ex1_metrics_log",
        function="accuracy",
        edit=(HITS, "100 * hits / len(targets)"),
        says="A share lies between 0 and 1; yours is in per cent.",
    ),
    Mistake(
        "sum-of-absolute-values",
        exercise="ex1_metrics_log",
        function="global_grad_norm",
        edits=((TOTAL, "total += grad.abs().sum().item()"), (ROOT, "return total")),
        says="The norm is made of squares, and not of absolute values.",
    ),
    Mistake(
        "sum-of-norms",
        exercise="ex1_metrics_log",
        function="global_grad_norm",
        edits=((TOTAL, "total += (grad**2).sum().item() ** 0.5"), (ROOT, "return total")),
    ),
    Mistake(
        "largest-entry",
        exercise="ex1_metrics_log",
        function="global_grad_norm",
        edits=((TOTAL, "total = max(total, grad.abs().max().item())"), (ROOT, "return total")),
    ),
    Mistake("squared-norm", exercise="ex1_metrics_log", function="global_grad_norm", edit=(ROOT, "return total")),
    # None has neither powers nor methods.
    Mistake(
        "none-crashes",
        exercise="ex1_metrics_log",
        function="global_grad_norm",
        edit=(FILTER, "    "),
        says=CRASH,
    ),
    Mistake(
        "none-crashes",
        exercise="ex1_metrics_log",
        function="global_grad_norm",
        edits=((FILTER, "    "), (TOTAL, "total += grad.square().sum().item()")),
        says=CRASH,
    ),
    Mistake(
        "no-bias-correction",
        exercise="ex1_metrics_log",
        function="smoothed",
        edit=("average / (1 - beta**t)", "average"),
        says="Divide the average by 1−βᵗ.",
    ),
    Mistake(
        "correction-carried-on",
        exercise="ex1_metrics_log",
        function="smoothed",
        edits=(
            (
                "average = beta * average + (1 - beta) * value",
                "average = (beta * average + (1 - beta) * value) / (1 - beta**t)",
            ),
            ("average / (1 - beta**t)", "average"),
        ),
        says="The average goes on uncorrected: the division makes the result, and not the average of the next step.",
    ),
    Mistake(
        "starts-at-first-value",
        exercise="ex1_metrics_log",
        function="smoothed",
        edits=(("average = 0.0", "average = values[0] if values else 0.0"), ("average / (1 - beta**t)", "average")),
        says="Start the average at 0 and correct it by 1−βᵗ.",
    ),
    Mistake(
        "beta-swapped",
        exercise="ex1_metrics_log",
        function="smoothed",
        edit=("beta * average + (1 - beta) * value", "(1 - beta) * average + beta * value"),
        says="beta weights the average of before, 1−β the new value.",
    ),
    Mistake(
        "beta-swapped",
        exercise="ex1_metrics_log",
        function="smoothed",
        edits=(
            ("beta * average + (1 - beta) * value", "(1 - beta) * average + beta * value"),
            ("1 - beta**t", "1 - (1 - beta) ** t"),
        ),
        says="beta weights the average of before, 1−β the new value.",
    ),
]

# --- 3.6.2 -----------------------------------------------------------------------------------------------------------

NORM = "sum((grad**2).sum().item() for grad in grads) ** 0.5"
FACTOR = "min(1.0, max_norm / (norm + 1e-6))"
CLIPPED = "[(factor * grad).detach() for grad in grads]"
RETURN = "return clipped, norm"

CLIPPING = [
    Mistake(
        "by-value",
        exercise="ex2_clipping",
        function="clip_by_norm",
        edit=(CLIPPED, "[grad.clamp(-max_norm, max_norm).detach() for grad in grads]"),
        says="Scale all entries by one factor; do not clamp them.",
    ),
    Mistake(
        "clamps-above-only",
        exercise="ex2_clipping",
        function="clip_by_value",
        edit=("clamp(-limit, limit)", "clamp(max=limit)"),
        says="Limit both signs in clip_by_value.",
    ),
]

# The small number in the denominator is a matter of taste, and shows in the digits that tell mistakes apart.
for small in (" + 1e-6", ""):
    ratio = f"max_norm / (norm{small})"
    factor = f"min(1.0, {ratio}) if norm > 0 else 1.0"
    CLIPPING += [
        Mistake(
            "always-rescales",
            exercise="ex2_clipping",
            function="clip_by_norm",
            edit=(FACTOR, f"{ratio} if norm > 0 else 1.0"),
            says="Gradients below the limit stay as they are.",
        ),
        Mistake(
            "larger-factor",
            exercise="ex2_clipping",
            function="clip_by_norm",
            edit=(FACTOR, f"max(1.0, {ratio}) if norm > 0 else 1.0"),
            says="The factor is never above 1: take the smaller of the two numbers.",
        ),
        Mistake(
            "per-tensor",
            exercise="ex2_clipping",
            function="clip_by_norm",
            edit=(
                CLIPPED,
                f"[grad.detach() * min(1.0, max_norm / max(grad.norm().item(){small}, 1e-30)) for grad in grads]",
            ),
            says="Use one norm for all tensors together.",
        ),
        Mistake(
            "rescales-to-one",
            exercise="ex2_clipping",
            function="clip_by_norm",
            edit=(FACTOR, f"1.0 if norm <= max_norm else 1 / (norm{small})"),
            says="The clipped norm is max_norm, not 1.",
        ),
        Mistake(
            "sum-of-norms",
            exercise="ex2_clipping",
            function="clip_by_norm",
            edits=((NORM, "sum(grad.norm().item() for grad in grads)"), (FACTOR, factor)),
        ),
        Mistake(
            "returns-clipped-norm",
            exercise="ex2_clipping",
            function="clip_by_norm",
            edits=((FACTOR, factor), (RETURN, "return clipped, factor * norm")),
            says="Report the norm before clipping.",
        ),
        Mistake(
            "squared-norm",
            exercise="ex2_clipping",
            function="clip_by_norm",
            edits=((NORM, "sum((grad**2).sum().item() for grad in grads)"), (FACTOR, factor)),
        ),
    ]

# --- 3.6.3 -----------------------------------------------------------------------------------------------------------

FINITE = "not all(torch.isfinite(grad).all() for grad in grads)"
KEEP = "return [param.detach().clone() for param in params], False"
APPLIED = "Return the old parameters when a gradient is bad."
ONLY_ITSELF = "NaN equals nothing, not even itself; use isfinite."

NAN_GUARD = [
    Mistake(
        "nan-only",
        exercise="ex3_nan_guard",
        function="first_bad_step",
        edit=("not math.isfinite(loss)", "math.isnan(loss)"),
    ),
    Mistake(
        "nan-only",
        exercise="ex3_nan_guard",
        function="guarded_step",
        edit=(FINITE, "any(torch.isnan(grad).any() for grad in grads)"),
    ),
    # Only +inf is thought of: found by `loss == inf` or by a size.
    Mistake(
        "positive-only",
        exercise="ex3_nan_guard",
        function="first_bad_step",
        edit=("not math.isfinite(loss)", 'math.isnan(loss) or loss == float("inf")'),
        says="Minus infinity is infinite, too.",
    ),
    Mistake(
        "compares-with-nan",
        exercise="ex3_nan_guard",
        function="first_bad_step",
        edit=("not math.isfinite(loss)", 'loss == float("nan")'),
        says=ONLY_ITSELF,
    ),
    Mistake(
        "compares-with-nan",
        exercise="ex3_nan_guard",
        function="first_bad_step",
        edit=("not math.isfinite(loss)", 'loss in (float("nan"), float("inf"), -float("inf"))'),
        says=ONLY_ITSELF,
    ),
    Mistake(
        "compares-with-nan",
        exercise="ex3_nan_guard",
        function="guarded_step",
        edit=(FINITE, 'any((grad == float("nan")).any() or torch.isinf(grad).any() for grad in grads)'),
        says=ONLY_ITSELF,
    ),
    Mistake(
        "one-based",
        exercise="ex3_nan_guard",
        function="first_bad_step",
        edit=("enumerate(losses)", "enumerate(losses, start=1)"),
        says="Steps are counted from 0.",
    ),
    Mistake(
        "last-instead-of-first",
        exercise="ex3_nan_guard",
        function="first_bad_step",
        edits=(
            (
                "    for step, loss in enumerate(losses):\n",
                "    found = None\n    for step, loss in enumerate(losses):\n",
            ),
            ("            return step\n    return None", "            found = step\n    return found"),
        ),
        says="The first bad loss is asked for: what happens to it when a second one comes?",
    ),
    Mistake(
        "nan-sought-first",
        exercise="ex3_nan_guard",
        function="first_bad_step",
        replace="""
def first_bad_step(losses):
    for step, loss in enumerate(losses):
        if math.isnan(loss):
            return step
    for step, loss in enumerate(losses):
        if math.isinf(loss):
            return step
    return None
""",
        says="An infinity may come before the first NaN: look for both at once.",
    ),
    Mistake(
        "first-loss-skipped",
        exercise="ex3_nan_guard",
        function="first_bad_step",
        edit=("in enumerate(losses):\n", "in list(enumerate(losses))[1:]:\n"),
        says="The very first loss may be the bad one: begin with index 0.",
    ),
    Mistake(
        "minus-infinity-missed",
        exercise="ex3_nan_guard",
        function="guarded_step",
        edit=(FINITE, 'any((torch.isnan(grad) | (grad == float("inf"))).any() for grad in grads)'),
        says="Minus infinity is infinite, too.",
    ),
    Mistake(
        "zero-is-falsy",
        exercise="ex3_nan_guard",
        function="first_bad_step",
        edit=("return step\n", "return step or None\n"),
        says="Index 0 is a valid answer: test for None, not for truth.",
    ),
    Mistake(  # the loop stops at the first bad gradient, too late for those before
        "skips-one-tensor",
        exercise="ex3_nan_guard",
        function="guarded_step",
        replace="""
def guarded_step(params, grads, lr):
    new = [param.clone() for param in params]
    for i, grad in enumerate(grads):
        if not torch.isfinite(grad).all():
            return new, False
        new[i] = new[i] - lr * grad
    return new, True
""",
        says="Skip all parameters together, not only the bad one.",
    ),
    Mistake(
        "applied-anyway",
        exercise="ex3_nan_guard",
        function="guarded_step",
        edit=(KEEP, "return [param - lr * grad for param, grad in zip(params, grads)], False"),
        says=APPLIED,
    ),
    Mistake(
        "applied-anyway",
        exercise="ex3_nan_guard",
        function="guarded_step",
        edit=(FINITE, "False"),
        says=APPLIED,
    ),
    Mistake(
        "checks-the-sum",
        exercise="ex3_nan_guard",
        function="guarded_step",
        edit=(FINITE, "not all(torch.isfinite(grad.sum()) for grad in grads)"),
        says="Test the entries; their sum can overflow although each is finite.",
    ),
    Mistake(
        "checks-the-result",
        exercise="ex3_nan_guard",
        function="guarded_step",
        edit=(FINITE, "not all(torch.isfinite(param - lr * grad).all() for param, grad in zip(params, grads))"),
        says="The gradients decide: a parameter that is infinite for another reason is no fault of theirs.",
    ),
    Mistake(
        "some-entry-finite",
        exercise="ex3_nan_guard",
        function="guarded_step",
        edit=(FINITE, "not all(torch.isfinite(grad).any() for grad in grads)"),
        says="One bad entry is enough: all entries of a gradient must be finite, not just some.",
    ),
    Mistake(  # a flag that every gradient sets anew
        "last-tensor-decides",
        exercise="ex3_nan_guard",
        function="guarded_step",
        edit=(FINITE, "not torch.isfinite(grads[-1]).all()"),
        says="One bad tensor is enough: a good one that follows must not hide it.",
    ),
    Mistake(
        "times-zero",
        exercise="ex3_nan_guard",
        function="guarded_step",
        edit=(KEEP, "return [param - lr * grad * 0 for param, grad in zip(params, grads)], False"),
        says="NaN times 0 is NaN: return the old parameters without the gradients.",
    ),
    Mistake(
        "wrong-sign", exercise="ex3_nan_guard", function="guarded_step", edit=("param - lr * grad", "param + lr * grad")
    ),
    *(
        Mistake(
            "finite-taken-as-bad",
            exercise="ex3_nan_guard",
            function="first_bad_step",
            edit=("not math.isfinite(loss)", wrong),
            says="Only NaN and the infinities are bad: a large or a negative loss is finite.",
        )
        for wrong in ("not abs(loss) < 1e10", "not 0 <= loss < 1e10", "not math.isfinite(loss) or loss < 0")
    ),
    Mistake(  # squares overflow earlier
        "checks-the-sum",
        exercise="ex3_nan_guard",
        function="guarded_step",
        edit=(FINITE, "not all(torch.isfinite((grad**2).sum()) for grad in grads)"),
        says="Test the entries; their sum can overflow although each is finite.",
    ),
]

ONE_BY_ONE = "p - lr * g if torch.isfinite(g).all() else p.clone()"
ZEROED = "p - lr * torch.nan_to_num(g, nan=0.0, posinf=0.0, neginf=0.0)"
for applied in (True, False):  # what the second result says
    for new, name, says in (
        (ONE_BY_ONE, "skips-one-tensor", "Skip all parameters together, not only the bad one."),
        (ZEROED, "replaces-by-zero", "Skip the whole step; a repaired gradient hides the fault."),
        (
            "p - lr * torch.nan_to_num(g)",
            "replaces-by-zero",
            "Skip the whole step; a repaired gradient hides the fault.",
        ),
    ):
        NAN_GUARD.append(
            Mistake(
                name,
                exercise="ex3_nan_guard",
                function="guarded_step",
                edit=(KEEP, f"return [({new}) for p, g in zip(params, grads)], {applied}"),
                says=says,
            )
        )

# --- 3.6.4 -----------------------------------------------------------------------------------------------------------

BEFORE = "before, last = sum(train[-10:-5]) / 5, sum(train[-5:]) / 5"
OVERFITTING = "n - 1 - best >= 5 and val[-1] > 1.1 * val[best] and train[-1] < train[best]"
RULES = f"""\
    if {OVERFITTING}:
        return "overfitting"
    {BEFORE}
    if before - last < 0.01 * before:
        return "plateau"
"""
PLATEAU_FIRST = f"""\
    {BEFORE}
    if before - last < 0.01 * before:
        return "plateau"
    if {OVERFITTING}:
        return "overfitting"
"""
DIVERGING = "    if not all(math.isfinite(loss) for loss in [*train, *val]) or train[-1] > 2 * train[0]:\n"
ABSOLUTE = "Use relative change, not absolute."
TWO_VALUES = "Compare averages; two neighbouring values are noise."

DIAGNOSE = [
    Mistake(
        "nan-ignored",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=("not all(math.isfinite(loss) for loss in [*train, *val]) or ", ""),
        says="Comparisons with NaN are false: test finiteness first.",
    ),
    # The last losses alone are tested.
    Mistake(
        "looks-at-the-end-only",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=("for loss in [*train, *val]", "for loss in (train[-1], val[-1])"),
        says="Any loss may be the bad one: test both curves from end to end.",
    ),
    Mistake(
        "looks-at-the-end-only",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=("for loss in [*train, *val]", "for loss in train"),
        says="Any loss may be the bad one: test both curves from end to end.",
    ),
    Mistake(
        "nan-only",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=("not all(math.isfinite(loss)", "any(math.isnan(loss)"),
    ),
    Mistake(
        "train-ignored",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=(" and train[-1] < train[best]:", ":"),
    ),
    Mistake(
        "plateau-from-two-values",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=(BEFORE, "before, last = train[-2], train[-1]"),
        says=TWO_VALUES,
    ),
    Mistake(  # two values five epochs apart
        "plateau-from-two-values",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=(BEFORE, "before, last = train[-6], train[-1]"),
        says=TWO_VALUES,
    ),
    Mistake(
        "plateau-first",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=(RULES, PLATEAU_FIRST),
        says="Overfitting is tested before plateau.",
    ),
    Mistake(
        "absolute-threshold",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=("< 0.01 * before", "< 0.01"),
        says=ABSOLUTE,
    ),
    Mistake(
        "absolute-threshold",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=("val[-1] > 1.1 * val[best]", "val[-1] > val[best] + 0.1"),
        says=ABSOLUTE,
    ),
    Mistake(
        "absolute-threshold",
        exercise="ex4_diagnose",
        function="diagnose",
        edits=(("< 0.01 * before", "< 0.01"), ("val[-1] > 1.1 * val[best]", "val[-1] > val[best] + 0.1")),
        says=ABSOLUTE,
    ),
    Mistake(
        "undecided-first",
        exercise="ex4_diagnose",
        function="diagnose",
        edits=(
            (DIVERGING, '    if n < 10:\n        return "undecided"\n' + DIVERGING),
            ('return "diverging"\n    if n < 10:\n        return "undecided"\n', 'return "diverging"\n'),
        ),
        says="A run can diverge within a few epochs: test that before counting them.",
    ),
    Mistake(
        "validation-loss-doubles",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=("train[-1] > 2 * train[0]:", "train[-1] > 2 * train[0] or val[-1] > 2 * val[0]:"),
        says="Only the training loss is compared with twice its first value.",
    ),
    Mistake(
        "peak-decides",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=("train[-1] > 2 * train[0]:", "max(train) > 2 * train[0]:"),
        says="The last training loss is compared, and not the largest: a peak on the way may be over.",
    ),
    Mistake(
        "absolute-difference",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=("if before - last <", "if abs(before - last) <"),
        says="A training loss that rises makes no progress, either: the difference keeps its sign.",
    ),
    Mistake(
        "no-waiting",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=("n - 1 - best >= 5 and ", ""),
        says="A short rise is noise: the best epoch must lie at least 5 epochs before the last one.",
    ),
    Mistake(
        "best-of-the-training-loss",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=("key=lambda epoch: val[epoch]", "key=lambda epoch: train[epoch]"),
        says="`best` is the epoch of the smallest validation loss.",
    ),
    Mistake(
        "compared-with-the-first-epoch",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=("train[-1] < train[best]:", "train[-1] < train[0]:"),
        says="Has the training loss fallen since the best epoch? Its first value does not say so.",
    ),
    Mistake(
        "patience-off-by-one",
        exercise="ex4_diagnose",
        function="diagnose",
        edit=("if n - 1 - best >= 5", "if n - best >= 5"),
        says="The last epoch has the index n − 1: count the epochs after the best one.",
    ),
]

for rule in ("val[-1] > train[-1]", "val[-1] > 1.1 * train[-1]"):
    DIAGNOSE.append(
        Mistake("gap-means-overfit", exercise="ex4_diagnose", function="diagnose", edit=(OVERFITTING, rule))
    )

MISTAKES = METRICS + CLIPPING + NAN_GUARD + DIAGNOSE
