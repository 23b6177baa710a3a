"""Known wrong variants of lesson 3.7. Several entries of one name are several natural ways to make the same mistake."""

from grader.testing import Mistake

# --- 3.7.1 -----------------------------------------------------------------------------------------------------------

IMPROVES = "val_loss < self.best_loss - self.min_delta"
COPIES = "{name: value.detach().clone() for name, value in params.items()}"
ALIASED = "Copy the tensors; otherwise later updates overwrite the best weights."
LAST = "best_params must hold the weights of the best epoch, not the last."
MIN_DELTA = "Only a drop of more than min_delta is an improvement."
PREVIOUS = "Compare with the best loss so far, not with the previous one."

EARLY_STOPPING = [
    Mistake(
        "best-weights-aliased",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edit=(f"self.best_params = {COPIES}", "self.best_params = params"),
        says=ALIASED,
    ),
    Mistake(  # a new dictionary of the old tensors
        "best-weights-aliased",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edit=(f"self.best_params = {COPIES}", "self.best_params = dict(params)"),
        says=ALIASED,
    ),
    Mistake(  # detach does not copy
        "best-weights-aliased",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edit=("value.detach().clone()", "value.detach()"),
        says=ALIASED,
    ),
    Mistake(
        "last-weights-returned",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edits=(
            (f"            self.best_params = {COPIES}\n", ""),
            ("        self.epoch += 1\n", f"        self.epoch += 1\n        self.best_params = {COPIES}\n"),
        ),
        says=LAST,
    ),
    Mistake(  # the current parameters themselves
        "last-weights-returned",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edits=(
            (f"            self.best_params = {COPIES}\n", ""),
            ("        self.epoch += 1\n", "        self.epoch += 1\n        self.best_params = params\n"),
        ),
        says=LAST,
    ),
    Mistake(
        "nan-not-counted",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edit=(
            f"        if {IMPROVES}:",
            f"        if math.isnan(val_loss):\n            return False\n        if {IMPROVES}:",
        ),
        says="An epoch that ends in NaN is an epoch, and one without improvement: both counts go on.",
    ),
    Mistake(
        "ties-count",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edit=(IMPROVES, "val_loss <= self.best_loss - self.min_delta"),
        says="An equal loss is no improvement.",
    ),
    Mistake(  # ignored
        "min-delta-misused",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edit=(IMPROVES, "val_loss < self.best_loss"),
        says=MIN_DELTA,
    ),
    Mistake(  # added
        "min-delta-misused",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edit=(IMPROVES, "val_loss < self.best_loss + self.min_delta"),
        says=MIN_DELTA,
    ),
    Mistake(  # a share of the loss
        "min-delta-misused",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edit=(IMPROVES, "val_loss < self.best_loss * (1 - self.min_delta)"),
        says=MIN_DELTA,
    ),
    Mistake(  # small drops reset the counter, but are not kept
        "min-delta-misused",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edit=(
            "        else:\n            self.waited += 1\n",
            """\
        elif val_loss < self.best_loss:
            self.best_loss = val_loss
            self.waited += 1
        else:
            self.waited += 1
""",
        ),
        says=MIN_DELTA,
    ),
    Mistake(  # what is best is kept apart, and right
        "compares-with-previous",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edits=(
            ("            self.waited = 0\n        else:\n            self.waited += 1\n", ""),
            (
                "        self.epoch += 1\n",
                """\
        if self.epoch == 0 or val_loss < self.previous - self.min_delta:
            self.waited = 0
        else:
            self.waited += 1
        self.previous = val_loss
        self.epoch += 1
""",
            ),
        ),
        says=PREVIOUS,
    ),
    Mistake(  # what is best is wrong as well
        "compares-with-previous",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edits=(
            (IMPROVES, "val_loss < getattr(self, 'previous', math.inf) - self.min_delta"),
            ("        self.epoch += 1\n", "        self.epoch += 1\n        self.previous = val_loss\n"),
        ),
        says=PREVIOUS,
    ),
    Mistake(
        "counter-never-reset",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edit=("            self.waited = 0\n", ""),
        says="An improvement resets the counter.",
    ),
    Mistake(
        "one-epoch-late",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edit=("self.waited >= self.patience", "self.waited > self.patience"),
        says="Stop when the counter reaches patience.",
    ),
    Mistake(
        "nan-is-improvement",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edit=(IMPROVES, "not val_loss >= self.best_loss - self.min_delta"),
        says="Every comparison with NaN is false: ask for what an improvement is, not for what it is not.",
    ),
    Mistake(
        "counts-only-rises",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edit=("        else:\n", "        elif val_loss > self.best_loss:\n"),
        says="Every epoch that is no improvement counts: also a tie, a drop that is too small, and NaN.",
    ),
    Mistake(
        "epochs-from-one",
        exercise="ex1_early_stopping",
        function="EarlyStopping",
        edit=("self.best_epoch = self.epoch\n", "self.best_epoch = self.epoch + 1\n"),
        says="The first call of step is epoch 0.",
    ),
]

# --- 3.7.2 -----------------------------------------------------------------------------------------------------------

DRAW = "torch.rand(len(images), generator=generator)"
ONE_COIN = "Draw one number per image."
AXIS = "Mirror the last axis, not height, channels or batch."
X_MIXED = "lam * x + (1 - lam) * x[perm]"
Y_MIXED = "lam * y + (1 - lam) * y[perm]"
NOT_MIXED = "Mix the targets with the same weights and permutation."
SWAPPED = "λ weights x, 1−λ weights x[perm]."
NOT_CONVEX = "The two weights must add up to 1."
HARD = "Keep soft labels; do not pick one class."

AUGMENTATION = [
    Mistake(
        "partner-already-mixed",
        exercise="ex2_augmentation",
        function="mixup",
        replace="""
def mixup(x, y, lam, perm):
    x, y = x.detach().clone(), y.detach().clone()
    for i in range(len(x)):
        x[i] = lam * x[i] + (1 - lam) * x[perm[i]]
        y[i] = lam * y[i] + (1 - lam) * y[perm[i]]
    return x, y
""",
        says="Some partners have been blended before their turn comes: take all of them from the given tensors.",
    ),
    Mistake(
        "partner-already-mixed",
        exercise="ex2_augmentation",
        function="mixup",
        edit=(
            f"x_mixed = {X_MIXED}",
            """x_mixed = x.detach().clone()
    for i in range(len(x)):
        x_mixed[i] = lam * x_mixed[i] + (1 - lam) * x_mixed[perm[i]]""",
        ),
        says="Some partners have been blended before their turn comes: take all of them from the given tensors.",
    ),
    Mistake(
        "one-coin-for-batch",
        exercise="ex2_augmentation",
        function="random_flip",
        edit=(DRAW, "torch.rand(1, generator=generator)"),
        says=ONE_COIN,
    ),
    Mistake(  # as many draws as images, but only the first one counts
        "one-coin-for-batch",
        exercise="ex2_augmentation",
        function="random_flip",
        edit=(DRAW, f"{DRAW}[:1]"),
        says=ONE_COIN,
    ),
    Mistake(
        "flip-inverted",
        exercise="ex2_augmentation",
        function="random_flip",
        edit=("u < p", "u > p"),
        says="Flip where the draw is below p.",
    ),
    *(
        Mistake(
            "wrong-axis",
            exercise="ex2_augmentation",
            function="random_flip",
            edit=("images.flip(-1)", f"images.flip({axes})"),
            says=AXIS,
        )
        for axes in ("-2", "1", "0", "(2, 3)", "(1, 2, 3)")
    ),
    Mistake(
        "drawn-in-the-images-dtype",
        exercise="ex2_augmentation",
        function="random_flip",
        edit=(DRAW, "torch.rand(len(images), generator=generator, dtype=images.dtype)"),
        says="The draw is made in float32 for every dtype of the images: other dtypes give other numbers.",
    ),
    Mistake(
        "generator-not-used",
        exercise="ex2_augmentation",
        function="random_flip",
        edit=(DRAW, "torch.rand(len(images))"),
        says="Draw from the given generator, not from torch's own.",
    ),
    Mistake(
        "labels-not-mixed",
        exercise="ex2_augmentation",
        function="mixup",
        edit=(Y_MIXED, "y.clone()"),
        says=NOT_MIXED,
    ),
    Mistake(  # only the partner's
        "labels-not-mixed",
        exercise="ex2_augmentation",
        function="mixup",
        edit=(Y_MIXED, "y[perm]"),
        says=NOT_MIXED,
    ),
    Mistake(
        "weights-swapped",
        exercise="ex2_augmentation",
        function="mixup",
        edits=((X_MIXED, "(1 - lam) * x + lam * x[perm]"), (Y_MIXED, "(1 - lam) * y + lam * y[perm]")),
        says=SWAPPED,
    ),
    Mistake(
        "weights-swapped",
        exercise="ex2_augmentation",
        function="mixup",
        edit=(X_MIXED, "(1 - lam) * x + lam * x[perm]"),
        says=SWAPPED,
    ),
    Mistake(
        "label-weights-swapped",
        exercise="ex2_augmentation",
        function="mixup",
        edit=(Y_MIXED, "(1 - lam) * y + lam * y[perm]"),
        says="Targets use the same λ as the inputs.",
    ),
    *(
        Mistake(
            "not-convex",
            exercise="ex2_augmentation",
            function="mixup",
            edits=((X_MIXED, formula.replace("z", "x")), (Y_MIXED, formula.replace("z", "y"))),
            says=NOT_CONVEX,
        )
        for formula in ("z + (1 - lam) * z[perm]", "z + lam * z[perm]", "lam * z + z[perm]", "lam * z + lam * z[perm]")
    ),
    Mistake(  # the label of the larger share
        "hard-labels",
        exercise="ex2_augmentation",
        function="mixup",
        edit=(Y_MIXED, "y.clone() if lam >= 0.5 else y[perm]"),
        says=HARD,
    ),
    Mistake(  # the largest entry of the blend
        "hard-labels",
        exercise="ex2_augmentation",
        function="mixup",
        edit=(Y_MIXED, f"torch.eye(y.shape[1], dtype=y.dtype, device=y.device)[({Y_MIXED}).argmax(1)]"),
        says=HARD,
    ),
]

# --- 3.7.3 -----------------------------------------------------------------------------------------------------------

GRAD_X = "(q - q.mean(1, keepdim=True) - x_hat * (q * x_hat).mean(1, keepdim=True)) / s"
GRAD_GAMMA = "(grad_out * x_hat).sum(0)"
CONSTANT = "Mean and variance depend on x; their terms are missing."
MEANS = "The correction terms are means over the features."
AVERAGED = "Sum the parameter gradients over the rows."
OVER_BATCH = "Statistics belong to each row, not to the batch."

LAYERNORM_BACKWARD = [
    *(
        Mistake(
            "gamma-counted-twice",
            exercise="ex3_layernorm_backward",
            function="layernorm_backward",
            edits=edits,
            says="The gradients of gamma and beta come from grad_out itself; gamma is part of q only.",
        )
        for edits in (
            (("(grad_out * x_hat)", "(q * x_hat)"),),
            (("grad_out.sum(0)", "q.sum(0)"),),
            (("(grad_out * x_hat)", "(q * x_hat)"), ("grad_out.sum(0)", "q.sum(0)")),
        )
    ),
    Mistake(
        "gamma-after-the-means",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edits=(("q = grad_out * gamma", "q = grad_out"), (GRAD_X, f"gamma * {GRAD_X}")),
        says="gamma differs from feature to feature: it belongs into q, before the means are taken.",
    ),
    Mistake(
        "statistics-constant",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=(GRAD_X, "q / s"),
        says=CONSTANT,
    ),
    Mistake(
        "variance-term-missing",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=(GRAD_X, "(q - q.mean(1, keepdim=True)) / s"),
        says="The variance depends on x too: subtract x̂·mean(q·x̂).",
    ),
    Mistake(
        "mean-term-missing",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=(GRAD_X, "(q - x_hat * (q * x_hat).mean(1, keepdim=True)) / s"),
        says="The mean depends on x too: subtract mean(q).",
    ),
    Mistake(
        "gamma-forgotten",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=("q = grad_out * gamma", "q = grad_out"),
        says="grad_out is multiplied by gamma before it reaches x̂.",
    ),
    Mistake(
        "sums-not-means",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=(GRAD_X, GRAD_X.replace("mean", "sum")),
        says=MEANS,
    ),
    Mistake(
        "sums-not-means",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=("q.mean(1, keepdim=True)", "q.sum(1, keepdim=True)"),
        says=MEANS,
    ),
    Mistake(
        "sums-not-means",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=("(q * x_hat).mean(1", "(q * x_hat).sum(1"),
        says=MEANS,
    ),
    Mistake(
        "gamma-gradient-from-x",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=(GRAD_GAMMA, "(grad_out * x).sum(0)"),
        says="The gamma gradient uses the normalised x̂, not x.",
    ),
    Mistake(
        "parameter-gradient-averaged",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edits=((GRAD_GAMMA, "(grad_out * x_hat).mean(0)"), ("grad_out.sum(0)", "grad_out.mean(0)")),
        says=AVERAGED,
    ),
    Mistake(
        "parameter-gradient-averaged",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=(GRAD_GAMMA, "(grad_out * x_hat).mean(0)"),
        says=AVERAGED,
    ),
    Mistake(
        "parameter-gradient-averaged",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=("grad_out.sum(0)", "grad_out.mean(0)"),
        says=AVERAGED,
    ),
    Mistake(  # mean and variance of the columns, and so are the correction terms
        "over-batch",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edits=(
            ("mean = x.mean(1,", "mean = x.mean(0,"),
            ("var = ((x - mean) ** 2).mean(1,", "var = ((x - mean) ** 2).mean(0,"),
            ("q.mean(1,", "q.mean(0,"),
            ("(q * x_hat).mean(1,", "(q * x_hat).mean(0,"),
        ),
        says=OVER_BATCH,
    ),
    Mistake(  # mean and variance of the columns, correction terms of the rows
        "over-batch",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edits=(
            ("mean = x.mean(1,", "mean = x.mean(0,"),
            ("var = ((x - mean) ** 2).mean(1,", "var = ((x - mean) ** 2).mean(0,"),
        ),
        says=OVER_BATCH,
    ),
    Mistake(  # only the correction terms of the columns
        "over-batch",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edits=(("q.mean(1,", "q.mean(0,"), ("(q * x_hat).mean(1,", "(q * x_hat).mean(0,")),
        says=OVER_BATCH,
    ),
    Mistake(  # the correction terms of all entries together
        "over-batch",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edits=(("q.mean(1, keepdim=True)", "q.mean()"), ("(q * x_hat).mean(1, keepdim=True)", "(q * x_hat).mean()")),
        says=OVER_BATCH,
    ),
    Mistake(
        "eps-forgotten",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=("torch.sqrt(var + eps)", "torch.sqrt(var)"),
        says="ε is missing under the root: a row of equal entries is divided by 0.",
    ),
    Mistake(
        "eps-not-used",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=("torch.sqrt(var + eps)", "torch.sqrt(var + 1e-5)"),
        says="eps is an argument, and 1e-5 its default only: use the one that is given.",
    ),
    Mistake(
        "no-square-root",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=("torch.sqrt(var + eps)", "(var + eps)"),
    ),
    Mistake(
        "eps-outside-root",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=("torch.sqrt(var + eps)", "(torch.sqrt(var) + eps)"),
        says="ε is added to the variance, inside the root.",
    ),
    Mistake(
        "unbiased-variance",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=("((x - mean) ** 2).mean(1, keepdim=True)", "((x - mean) ** 2).sum(1, keepdim=True) / (x.shape[1] - 1)"),
        says="Use divisor D, not D−1.",
    ),
    Mistake(  # both of Tensor.std's surprises: D-1, and no place for ε
        "unbiased-variance",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=("s = torch.sqrt(var + eps)", "s = x.std(1, keepdim=True) + eps"),
        says="Use divisor D, not D−1.",
    ),
    Mistake(
        "not-divided-by-s",
        exercise="ex3_layernorm_backward",
        function="layernorm_backward",
        edit=(GRAD_X, GRAD_X.removesuffix(" / s")),
        says="The step from x to x̂ divides by s, and so does the gradient on its way back.",
    ),
]

MISTAKES = EARLY_STOPPING + AUGMENTATION + LAYERNORM_BACKWARD
