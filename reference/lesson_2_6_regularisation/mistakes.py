"""Mistakes of lesson 2.6: wrong variants of the references, and what to say to who made them."""

from grader.testing import Mistake

# --- 2.6.1 -----------------------------------------------------------------------------------------------------------

PENALTY = "penalty = lam * (w**2).sum()"
LOSS = "loss = (error**2).mean() + penalty"
PULL = "2 * lam * w"
OF_W = "2 / n * X.T @ error + 2 * lam * w"
OF_B = "grad_b = 2 / n * error.sum(0)"

BIAS = "The bias is not penalised."
HALF = "The penalty is lam·Σw², without ½."
BY_N = "The penalty is not divided by the number of samples."
ABSOLUTE = "Square the weights instead of taking absolute values."
ROOT = "The penalty is the sum of the squares, without a root."
ONE_PLACE = "The penalty must enter both the loss and the gradient."


def ridge(name, *edits, says=None):
    return Mistake(name, exercise="ex1_ridge", function="ridge_loss_and_gradients", edits=edits, says=says)


RIDGE = [
    # In the loss and its gradient, or in one of them.
    ridge("penalises-bias", (PENALTY, f"{PENALTY} + lam * (b**2).sum()"), (OF_B, f"{OF_B} + 2 * lam * b"), says=BIAS),
    ridge("penalises-bias", (OF_B, f"{OF_B} + 2 * lam * b"), says=BIAS),
    ridge("penalises-bias", (PENALTY, f"{PENALTY} + lam * (b**2).sum()"), says=BIAS),
    ridge("half-penalty", (PENALTY, "penalty = lam / 2 * (w**2).sum()"), (PULL, "lam * w"), says=HALF),
    ridge("half-penalty", (PENALTY, "penalty = lam / 2 * (w**2).sum()"), says=HALF),
    ridge("penalty-missing-2", (PULL, "lam * w"), says="The derivative of lam·w² is 2·lam·w."),
    ridge("divides-penalty-by-n", (PENALTY, "penalty = lam / n * (w**2).sum()"), (PULL, f"{PULL} / n"), says=BY_N),
    ridge("divides-penalty-by-n", (PENALTY, "penalty = lam / n * (w**2).sum()"), says=BY_N),
    ridge("divides-penalty-by-n", (PULL, f"{PULL} / n"), says=BY_N),
    ridge("l1-penalty", (PENALTY, "penalty = lam * w.abs().sum()"), (PULL, "lam * w.sign()"), says=ABSOLUTE),
    ridge("l1-penalty", (PENALTY, "penalty = lam * w.abs().sum()"), says=ABSOLUTE),
    ridge("penalty-in-one-place", (LOSS, "loss = (error**2).mean()"), says=ONE_PLACE),
    ridge("penalty-in-one-place", (OF_W, "2 / n * X.T @ error"), says=ONE_PLACE),
    ridge("missing-factor-2", (OF_W, "1 / n * X.T @ error + 2 * lam * w"), (OF_B, "grad_b = error.mean(0)")),
    ridge("missing-factor-2", (OF_W, "1 / n * X.T @ error + 2 * lam * w")),
    ridge("missing-factor-2", (OF_B, "grad_b = error.mean(0)")),
    ridge("sum-instead-of-mean", (OF_W, "2 * X.T @ error + 2 * lam * w"), (OF_B, "grad_b = 2 * error.sum(0)")),
    ridge("residual-reversed", ("error = X @ w + b - y", "error = y - (X @ w + b)")),
    ridge(
        "broadcast-n-by-n",
        ("error = X @ w + b - y", "error = (X @ w + b).flatten() - y"),
        (OF_B, "grad_b = 2 / n * error.sum().reshape(1)"),
    ),
    ridge(
        "first-weight-left-out",
        (PENALTY, "penalty = lam * (w[1:] ** 2).sum()"),
        (PULL, "2 * lam * w * (torch.arange(len(w), device=w.device) > 0).reshape(-1, 1)"),
        ("n = len(X)", "import torch\n\n    n = len(X)"),
        says="Every entry of w is a weight and is penalised: the bias is not among them, it is b.",
    ),
    ridge(
        "sum-in-the-gradient",
        (PULL, "2 * lam * w.sum()"),
        says="Each weight is pulled by its own size: the derivative of Σ w² by one weight holds only that weight.",
    ),
    ridge(
        "lam-written-out",
        (PENALTY, "penalty = 0.1 * (w**2).sum()"),
        says="Use the argument `lam`: 0.1 is only the worked example's.",
    ),
    ridge(
        "lam-written-out",
        (PENALTY, "penalty = 0.1 * (w**2).sum()"),
        (PULL, "2 * 0.1 * w"),
        says="Use the argument `lam`: 0.1 is only the worked example's.",
    ),
    ridge(
        "grows-weights",
        (OF_W, "2 / n * X.T @ error - 2 * lam * w"),
        says="The penalty gradient is added to the data gradient, so that the step shrinks w.",
    ),
    ridge(
        "penalty-averaged",
        (PENALTY, "penalty = lam * (w**2).mean()"),
        (PULL, f"{PULL} / len(w)"),
        says="The squares of the weights are summed, not averaged.",
    ),
    ridge(
        "penalty-averaged",
        (PENALTY, "penalty = lam * (w**2).mean()"),
        says="The squares of the weights are summed, not averaged.",
    ),
    ridge(
        "sum-instead-of-mean",
        ("(error**2).mean()", "(error**2).sum()"),
        ("2 / n * X.T", "2 * X.T"),
        (OF_B, "grad_b = 2 * error.sum(0)"),
    ),
    # The square root is that of weight decay's cousin, the norm itself.
    ridge(
        "norm-not-squared",
        (PENALTY, "penalty = lam * (w**2).sum().sqrt()"),
        says=ROOT,
    ),
    ridge(
        "norm-not-squared",
        (PENALTY, "penalty = lam * (w**2).sum().sqrt()"),
        (PULL, "lam * w / (w**2).sum().sqrt()"),
        says=ROOT,
    ),
    ridge(
        "sum-squared",
        (PENALTY, "penalty = lam * w.sum() ** 2"),
        says="Square each weight, then add: the penalty is not the square of their sum.",
    ),
    ridge("half-mse", (LOSS, "loss = (error**2).mean() / 2 + penalty")),
    ridge(
        "half-mse",
        (LOSS, "loss = (error**2).mean() / 2 + penalty"),
        (OF_W, "1 / n * X.T @ error + 2 * lam * w"),
        (OF_B, "grad_b = error.mean(0)"),
    ),
    ridge(
        "bias-forgotten",
        ("error = X @ w + b - y", "error = X @ w - y"),
        says="The prediction is Xw + b: the bias is missing.",
    ),
    ridge(
        "zero-refused",
        ("if lam < 0:", "if lam <= 0:"),
        says="lam = 0 is allowed, and means no penalty: refuse negative numbers only.",
    ),
]

# --- 2.6.2 -----------------------------------------------------------------------------------------------------------

KEPT = "kept = (u >= p).to(x.device, x.dtype)"
DRAW = "u = torch.rand(x.shape, generator=generator, dtype=torch.float32)"
MASK = "mask = kept / (1 - p) if p < 1 else kept"
IN_EVALUATION = "mask = torch.ones_like(x)"
BACK = "return (grad_out * mask).detach()"

RETURNED_MASK = "out is right, but the mask that comes with it lacks the factor 1/(1−p): the way back needs it as well."
MODES = "Training and evaluation are exchanged."
GIVEN_GENERATOR = "Draw from the generator that is given."
EVERY_ENTRY = "Every entry has a number of its own: draw as many as x has entries, not one row for all."
DROPS = "In evaluation mode nothing is dropped."
UNCHANGED = "In the inverted form evaluation returns x unchanged."
SAME_MASK = "The backward pass uses the same scaled mask."
STORED = "Reuse the stored mask in the backward pass."
BERNOULLI = "kept = torch.bernoulli(torch.full(x.shape, 1.0 - p, dtype=x.dtype), generator=generator).to(x)"
STRICT = "An entry with u = p is kept: compare with >=."
OTHER_DRAW = "Draw with torch.rand and compare with p: other functions draw other numbers."
LOWER_PART = "Keep where u >= p: `u < 1 - p`, or torch.bernoulli, keeps other entries."
LIKE_X = (
    "`torch.rand_like` draws from PyTorch's global generator, in the dtype of x: draw from the given one, in float32."
)
REFUSED = "p = {p} is allowed: refuse only what is no probability, p < 0 and p > 1."
PROBABILITY = "if not 0 <= p <= 1:"


def inverted(name, *edits, says=None):
    return Mistake(name, exercise="ex2_inverted_dropout", function="dropout_forward", edits=edits, says=says)


def backward(name, formula, says):
    edit = (BACK, f"return ({formula}).detach()")
    return Mistake(name, exercise="ex2_inverted_dropout", function="dropout_backward", edit=edit, says=says)


INVERTED = [
    inverted("no-rescale", (MASK, "mask = kept"), says="Kept values must grow by 1/(1−p)."),
    inverted("multiplies-by-keep", (MASK, "mask = kept * (1 - p)"), says="Divide by 1−p, do not multiply."),
    inverted("inverse-keep", (KEPT, KEPT.replace(">=", "<"))),
    inverted("keeps-the-lower-part", (KEPT, KEPT.replace("u >= p", "u < 1 - p")), says=LOWER_PART),
    inverted(
        "scales-by-1-over-p",
        (MASK, "mask = kept / p if p > 0 else kept"),
        says="Divide by the keep probability 1−p, not by p.",
    ),
    inverted(
        "mask-not-scaled",
        ("return out, mask", "return out, (mask != 0).to(x.dtype)"),
        says=RETURNED_MASK,
    ),
    inverted("mask-not-scaled", ("return out, mask", "return out, mask != 0"), says=RETURNED_MASK),
    inverted(
        "mask-not-scaled", ("return out, mask", "return out, mask if mask.all() else mask != 0"), says=RETURNED_MASK
    ),
    inverted("modes-exchanged", ("if not training:", "if training:"), says=MODES),
    inverted("generator-ignored", (DRAW, DRAW.replace("generator=generator, ", "")), says=GIVEN_GENERATOR),
    inverted(
        "generator-ignored",
        (DRAW, DRAW.replace("generator=generator", "generator=torch.Generator().manual_seed(0)")),
        says=GIVEN_GENERATOR,
    ),
    inverted(
        "share-that-was-kept",
        (MASK, "mask = kept / kept.mean() if kept.any() else kept"),
        says="Divide by the probability 1−p, not by the share that this draw happened to keep.",
    ),
    inverted(
        "one-row-for-all",
        (DRAW, DRAW.replace("x.shape", "x.shape[-1:]").replace("u = ", "u = torch.ones(x.shape) * ")),
        says=EVERY_ENTRY,
    ),
    inverted("drops-in-evaluation", ("if not training:", "if p == 0:"), says=DROPS),
    inverted("drops-in-evaluation", ("if not training:", "if False:"), says=DROPS),
    inverted(  # neither the mode nor p = 1 has been thought of
        "drops-in-evaluation", ("if not training:", "if False:"), (MASK, "mask = kept / (1 - p)"), says=DROPS
    ),
    # As in the classic form, or the wrong way round.
    inverted("rescales-in-evaluation", (IN_EVALUATION, f"{IN_EVALUATION} * (1 - p)"), says=UNCHANGED),
    inverted(
        "rescales-in-evaluation",
        (IN_EVALUATION, f"{IN_EVALUATION} / (1 - p) if p < 1 else torch.ones_like(x)"),
        says=UNCHANGED,
    ),
    inverted(
        "draws-in-evaluation",
        ("if not training:", "u = torch.rand(x.shape, generator=generator, dtype=torch.float32)\n    if not training:"),
        ("        u = torch.rand(x.shape, generator=generator, dtype=torch.float32)\n", ""),
        says="Draw only in training: evaluation must leave the generator where it is.",
    ),
    inverted(
        "draws-in-dtype-of-x",
        (DRAW, DRAW.replace("torch.float32", "x.dtype")),
        says="Draw in float32, whatever the dtype of x is: other dtypes draw other numbers.",
    ),
    inverted(
        "nan-at-one",
        (MASK, "mask = kept / (1 - p)"),
        says="With p = 1 nothing is kept, and 1−p is 0: do not divide by it.",
    ),
    # In the dtype of x. In float32 the CPU's bernoulli happens to keep the lower part of what rand would draw.
    inverted("other-draw", (DRAW, "pass"), (KEPT, BERNOULLI), says=OTHER_DRAW),
    inverted("strict-comparison", (KEPT, KEPT.replace(">=", ">")), says=STRICT),
    inverted("draws-like-x", (DRAW, "u = torch.rand_like(x)"), says=LIKE_X),
    inverted("one-refused", (PROBABILITY, "if not 0 <= p < 1:"), says=REFUSED.format(p=1)),
    inverted("zero-refused", (PROBABILITY, "if not 0 < p <= 1:"), says=REFUSED.format(p=0)),
    backward("backward-mask-wrong", "grad_out * (mask != 0)", SAME_MASK),
    backward("backward-mask-wrong", "grad_out * mask * mask", SAME_MASK),
    Mistake(
        "gradient-handed-on",
        exercise="ex2_inverted_dropout",
        function="dropout_backward",
        edit=(BACK, f"if bool((mask == 1).all()):\n        return grad_out\n    {BACK}"),
        says="Return a new tensor also where the mask changes nothing: grad_out itself belongs to the caller.",
    ),
    backward("backward-mask-wrong", "grad_out", SAME_MASK),
    backward("backward-mask-wrong", "torch.where(mask != 0, grad_out / mask, mask)", SAME_MASK),
    # Drawn anew for the share that the mask keeps; or the old mask in a new order.
    backward(
        "fresh-mask-in-backward",
        "grad_out * (torch.rand(mask.shape).to(mask.device) < (mask != 0).double().mean()) * mask.max()",
        STORED,
    ),
    backward(
        "fresh-mask-in-backward",
        "grad_out * (torch.rand(mask.shape).to(mask.device) >= 1 - 1 / mask.max()) * mask.max()",
        STORED,
    ),
    backward(
        "fresh-mask-in-backward", "grad_out * mask.flatten()[torch.randperm(mask.numel())].reshape(mask.shape)", STORED
    ),
]

# --- 2.6.3 -----------------------------------------------------------------------------------------------------------

AT_TEST = "return (x * (1 - p)).detach()"
IN_TRAINING = "return (x * kept).detach()"
INVERTED_FORM = "That is the inverted form; here training is not rescaled."


def classic(name, *edits, says=None):
    return Mistake(name, exercise="ex3_classic_dropout", function="classic_dropout", edits=edits, says=says)


CLASSIC = [
    classic(
        "test-scale-missing",
        (AT_TEST, "return x.detach().clone()"),
        says="In this form test activations are multiplied by 1−p.",
    ),
    classic(
        "test-scale-p", (AT_TEST, "return (x * p).detach()"), says="Multiply by the keep probability 1−p, not by p."
    ),
    classic(
        "test-divides",
        (AT_TEST, "return (x / (1 - p) if p < 1 else 0 * x).detach()"),
        says="At test time multiply by 1−p, do not divide.",
    ),
    # Scaled in training, and at test time either nothing or scaled as well.
    classic(
        "inverted-instead",
        (IN_TRAINING, "return (x * kept / (1 - p) if p < 1 else x * kept).detach()"),
        (AT_TEST, "return x.detach().clone()"),
        says=INVERTED_FORM,
    ),
    classic(
        "inverted-instead",
        (IN_TRAINING, "return (x * kept / (1 - p) if p < 1 else x * kept).detach()"),
        says=INVERTED_FORM,
    ),
    classic("modes-exchanged", ("if not training:", "if training:"), says=MODES),
    classic("generator-ignored", (DRAW, DRAW.replace("generator=generator, ", "")), says=GIVEN_GENERATOR),
    classic(
        "generator-ignored",
        (DRAW, DRAW.replace("generator=generator", "generator=torch.Generator().manual_seed(0)")),
        says=GIVEN_GENERATOR,
    ),
    classic(
        "one-row-for-all",
        (DRAW, DRAW.replace("x.shape", "x.shape[-1:]").replace("u = ", "u = torch.ones(x.shape) * ")),
        says=EVERY_ENTRY,
    ),
    classic(
        "draws-in-dtype-of-x",
        (DRAW, DRAW.replace("torch.float32", "x.dtype")),
        says="Draw in float32, whatever the dtype of x is: other dtypes draw other numbers.",
    ),
    classic(
        "drops-at-test-time",
        (AT_TEST, f"{DRAW}\n        return (x * (u >= p).to(x.device, x.dtype) * (1 - p)).detach()"),
        says="At test time nothing is dropped: all entries are scaled.",
    ),
    classic(
        "drops-at-test-time",
        (AT_TEST, f"{DRAW}\n        return (x * (u >= p).to(x.device, x.dtype)).detach()"),
        says="At test time nothing is dropped: all entries are scaled.",
    ),
    classic(
        "scales-in-training",
        (IN_TRAINING, "return (x * kept * (1 - p)).detach()"),
        says="In this form training only drops; the factor 1−p belongs to test time.",
    ),
    classic("inverse-keep", (KEPT, KEPT.replace(">=", "<"))),
    classic("strict-comparison", (KEPT, KEPT.replace(">=", ">")), says=STRICT),
    classic("draws-like-x", (DRAW, "u = torch.rand_like(x)"), says=LIKE_X),
    classic("one-refused", (PROBABILITY, "if not 0 <= p < 1:"), says=REFUSED.format(p=1)),
    classic("zero-refused", (PROBABILITY, "if not 0 < p <= 1:"), says=REFUSED.format(p=0)),
    classic(
        "draws-at-test-time",
        ("if not training:", f"{DRAW}\n    if not training:"),
        (f"    {DRAW}\n    kept", "    kept"),
        says="Draw only in training: at test time the generator must stay where it is.",
    ),
    classic("keeps-the-lower-part", (KEPT, KEPT.replace("u >= p", "u < 1 - p")), says=LOWER_PART),
]

# --- 2.6.4 -----------------------------------------------------------------------------------------------------------

BEST = "best = val.index(min(val))"
GAP = '"gap": val[-1] - train[-1]'
BOTH = '"overfit": has_risen and has_fallen'
ANY_RISE = "Any rise counts, however small and however late: no tolerance and no waiting."


def report(name, *edits, says=None):
    return Mistake(name, exercise="ex4_overfit_report", function="overfit_report", edits=edits, says=says)


REPORT = [
    report(
        "last-minimum",
        (BEST, "best = len(val) - 1 - val[::-1].index(min(val))"),
        says="On ties report the first epoch with the minimum.",
    ),
    report("best-by-train", (BEST, "best = train.index(min(train))"), says="Choose the best epoch by validation loss."),
    report("gap-at-best", (GAP, '"gap": val[-1] - train[best]'), says="The gap is taken at the end."),
    report("gap-at-best", (GAP, '"gap": min(val) - min(train)'), says="The gap is taken at the end."),
    report(
        "gap-without-sign", (GAP, '"gap": abs(val[-1] - train[-1])'), says="The gap may be negative: keep its sign."
    ),
    report(
        "first-epoch-compared",
        (BOTH, '"overfit": val[-1] > val[0] and has_fallen'),
        says="Compare the end with the best epoch, not with the first one.",
    ),
    report(
        "first-epoch-compared",
        (BOTH, '"overfit": val[-1] > val[0] and train[-1] < train[0]'),
        says="Compare the end with the best epoch, not with the first one.",
    ),
    report(
        "first-epoch-compared",
        (BOTH, '"overfit": has_risen and train[-1] < train[0]'),
        says="Compare the end with the best epoch, not with the first one.",
    ),
    report(
        "largest-loss",
        (BEST, "best = val.index(max(val))"),
        says="The best epoch is the one with the smallest validation loss, not with the largest.",
    ),
    report(
        "always-the-first-epoch",
        (BEST, "best = 0"),
        says="best_epoch is 0 in every run: compare each loss with the smallest one so far, val[best], not with a number.",
    ),
    report(
        "first-valley",
        (BEST, "best = next((e for e in range(len(val) - 1) if val[e + 1] >= val[e]), len(val) - 1)"),
        says="The best epoch has the smallest validation loss of the whole run: it may fall again after a rise.",
    ),
    *(
        report("small-rise-ignored", (BOTH, f'"overfit": {risen} and has_fallen'), says=ANY_RISE)
        for risen in ("val[-1] > 1.05 * val[best]", "val[-1] > val[best] + 1e-3", "(has_risen and best < len(val) - 2)")
    ),
    report(
        "one-is-enough",
        (BOTH, '"overfit": has_risen or has_fallen'),
        says="Both must hold: the validation loss has risen, and the training loss has fallen.",
    ),
    report(
        "rise-in-between",
        (BOTH, '"overfit": best < len(val) - 1 and has_fallen'),
        says="The last validation loss decides: where it equals the best one, it has not risen.",
    ),
    report("gap-at-best", (GAP, '"gap": val[best] - train[best]'), says="The gap is taken at the end."),
    report("gap-reversed", (GAP, '"gap": train[-1] - val[-1]'), says="The gap is validation minus training loss."),
    report("gap-as-ratio", (GAP, '"gap": val[-1] / train[-1]'), says="The gap is a difference, not a quotient."),
    report("gap-means-overfit", (BOTH, '"overfit": val[-1] > train[-1]')),
    report("train-ignored", (BOTH, '"overfit": has_risen')),
    report(
        "neighbours-compared",
        (BOTH, '"overfit": len(val) > 1 and val[-1] > val[-2] and train[-1] < train[-2]'),
        says="Compare the end with the best epoch, not with the epoch before it.",
    ),
    report("counts-from-one", ('"best_epoch": best', '"best_epoch": best + 1'), says="Epochs are counted from 0."),
    report(
        "loss-not-epoch",
        ('"best_epoch": best', '"best_epoch": val[best]'),
        says="best_epoch is the number of the epoch, not its loss.",
    ),
]

MISTAKES = RIDGE + INVERTED + CLASSIC + REPORT
