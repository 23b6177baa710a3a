"""Known wrong variants of lesson 3.4. Several entries of one name are several natural ways to make the same mistake."""

from grader.testing import Mistake

# --- 3.4.1 -----------------------------------------------------------------------------------------------------------

ERROR = "2 * (y_pred - y) / y.numel()"
BACK = "(d @ weights[layer].T) * slope(zs[layer - 1])"
NORM = "gradient.square().sum().sqrt()"
ACTIVATED_OUTPUT = "The last layer is linear."

LAYER_GRADIENTS = [
    Mistake(
        "forgot-activation-derivative",
        exercise="ex1_layer_gradients",
        function="layer_gradient_norms",
        edit=(BACK, "d @ weights[layer].T"),
    ),
    Mistake(
        "derivative-at-activation",
        exercise="ex1_layer_gradients",
        function="layer_gradient_norms",
        edit=("slope(zs[layer - 1])", "slope(f(zs[layer - 1]))"),
        says="Evaluate the derivative at z, not at f(z).",
    ),
    # The activation is applied to the predictions: unnoticed on the way back, or with its derivative.
    Mistake(
        "activation-on-output",
        exercise="ex1_layer_gradients",
        function="layer_gradient_norms",
        edit=("y_pred = zs[-1]", "y_pred = h"),
        says=ACTIVATED_OUTPUT,
    ),
    Mistake(
        "activation-on-output",
        exercise="ex1_layer_gradients",
        function="layer_gradient_norms",
        edits=(("y_pred = zs[-1]", "y_pred = h"), (ERROR, f"{ERROR} * slope(zs[-1])")),
        says=ACTIVATED_OUTPUT,
    ),
    # The output is linear, and the way back begins with a slope all the same.
    Mistake(
        "activation-on-output",
        exercise="ex1_layer_gradients",
        function="layer_gradient_norms",
        edit=(ERROR, f"{ERROR} * slope(zs[-1])"),
        says=ACTIVATED_OUTPUT,
    ),
    Mistake(
        "slope-one-layer-late",
        exercise="ex1_layer_gradients",
        function="layer_gradient_norms",
        edit=(BACK, "(d * slope(zs[layer])) @ weights[layer].T"),
        says="The slope belongs to the layer at which the error arrives, behind the weights.",
    ),
    Mistake(
        "largest-entry",
        exercise="ex1_layer_gradients",
        function="layer_gradient_norms",
        edit=(NORM, "gradient.abs().max()"),
    ),
    Mistake(
        "squared-norm",
        exercise="ex1_layer_gradients",
        function="layer_gradient_norms",
        edit=(NORM, "gradient.square().sum()"),
    ),
    Mistake(
        "mean-of-squares",
        exercise="ex1_layer_gradients",
        function="layer_gradient_norms",
        edit=(NORM, "gradient.square().mean().sqrt()"),
        says="Sum the squares, do not average them.",
    ),
    Mistake(
        "delta-norm",
        exercise="ex1_layer_gradients",
        function="layer_gradient_norms",
        edit=(NORM, "d.square().sum().sqrt()"),
        says="Take the norm of the weight gradient, not of the error signal.",
    ),
    Mistake(
        "reversed",
        exercise="ex1_layer_gradients",
        function="layer_gradient_norms",
        edit=("    norms.reverse()  # they were found from the last layer to the first\n", ""),
        says="Return the first layer first.",
    ),
    Mistake(
        "missing-factor-2",
        exercise="ex1_layer_gradients",
        function="layer_gradient_norms",
        edit=(ERROR, "(y_pred - y) / y.numel()"),
    ),
    Mistake(
        "divide-by-rows-only",
        exercise="ex1_layer_gradients",
        function="layer_gradient_norms",
        edit=(ERROR, "2 * (y_pred - y) / len(y)"),
    ),
    # `ord=2` of a matrix is not what it is of a vector.
    Mistake(
        "spectral-norm",
        exercise="ex1_layer_gradients",
        function="layer_gradient_norms",
        edit=(NORM, "torch.linalg.norm(gradient, 2)"),
        says="The norm of order 2 of a matrix is its largest singular value; the Frobenius norm counts all entries.",
    ),
    Mistake(
        "relu-slope-at-zero",
        exercise="ex1_layer_gradients",
        function="layer_gradient_norms",
        edit=("lambda z: z > 0", "lambda z: z >= 0"),
        says="At exactly 0 the slope of the relu is taken as 0.",
    ),
]

# --- 3.4.2 and 3.4.4 -------------------------------------------------------------------------------------------------

SCALE = "out = gamma * (x - mean) / torch.sqrt(var + eps) + beta"
ROOT = "torch.sqrt(var + eps)"
AFFINE = "Multiply by gamma and add beta."
BETA_SCALED = "gamma multiplies the normalised values only; beta is added at the end."
NO_EPS = "Add ε to the variance: without it equal numbers give 0/0."

# --- 3.4.2 -----------------------------------------------------------------------------------------------------------

VAR = "var = ((x - mean) ** 2).mean(0)"
NEW_MEAN = "(1 - momentum) * running_mean + momentum * mean"
NEW_VAR = "(1 - momentum) * running_var + momentum * var * n / (n - 1)"
KEPT = "running_mean.clone(), running_var.clone()"
WITH_RUNNING = "In training the batch's own statistics normalise."
WITH_BATCH = "Evaluation uses the running values and leaves them alone."
PER_ROW = "Compute the statistics over the batch, one pair per feature."
UNBIASED = "The running variance collects the unbiased batch variance."
MOVES_IN_EVALUATION = """\
new_mean = (1 - momentum) * running_mean + momentum * x.mean(0)
        new_var = (1 - momentum) * running_var + momentum * x.var(0)"""
BATCH_STATISTICS = "x.mean(0), ((x - x.mean(0)) ** 2).mean(0)"

BATCHNORM = [
    Mistake(
        "unbiased-normalisation",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edits=((VAR, "var = ((x - mean) ** 2).sum(0) / (n - 1)"), ("var * n / (n - 1)", "var")),
        says="Normalise with the biased variance (divisor N).",
    ),
    Mistake(
        "biased-running-variance",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edit=("var * n / (n - 1)", "var"),
        says=UNBIASED,
    ),
    Mistake(
        "biased-running-variance",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edit=("var * n / (n - 1)", "var * (n - 1) / n"),
        says=UNBIASED,
    ),
    Mistake(
        "momentum-swapped",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edits=(
            (NEW_MEAN, "momentum * running_mean + (1 - momentum) * mean"),
            (NEW_VAR, "momentum * running_var + (1 - momentum) * var * n / (n - 1)"),
        ),
        says="momentum weights the new value, 1−momentum the old one.",
    ),
    Mistake(
        "running-not-updated",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edits=((NEW_MEAN, "running_mean.clone()"), (NEW_VAR, "running_var.clone()")),
        says="Training must move the running values.",
    ),
    Mistake(
        "running-deviation",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edit=(NEW_VAR, "(1 - momentum) * running_var + momentum * torch.sqrt(var * n / (n - 1))"),
        says="The running value of the spread is a variance, not a standard deviation.",
    ),
    # With the running values as they were, or as they have just become.
    Mistake(
        "normalises-with-running",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edit=(NEW_VAR, NEW_VAR + "\n        mean, var = running_mean, running_var"),
        says=WITH_RUNNING,
    ),
    Mistake(
        "normalises-with-running",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edit=(NEW_VAR, NEW_VAR + "\n        mean, var = new_mean, new_var"),
        says=WITH_RUNNING,
    ),
    # The batch normalises, and the running values stay, or move as in training.
    Mistake(
        "evaluation-uses-batch",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edit=("mean, var = running_mean, running_var", f"mean, var = {BATCH_STATISTICS}"),
        says=WITH_BATCH,
    ),
    Mistake(
        "evaluation-uses-batch",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edits=(("if training:", "if True:"), ("if n < 2:", "if training and n < 2:")),
        says=WITH_BATCH,
    ),
    # The right values normalise, but evaluation moves the running values as well.
    Mistake(
        "evaluation-uses-batch",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edit=(
            f"new_mean, new_var = {KEPT}",
            MOVES_IN_EVALUATION,
        ),
        says=WITH_BATCH,
    ),
    # A square batch hides the exchange of the axes; with columns [N, 1] no shape complains before the running values.
    Mistake(
        "per-row",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edits=(
            ("mean = x.mean(0)", "mean = x.mean(1, keepdim=True)"),
            (VAR, "var = ((x - mean) ** 2).mean(1, keepdim=True)"),
        ),
        says=PER_ROW,
    ),
    Mistake(
        "per-row",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edits=(("mean = x.mean(0)", "mean = x.mean(1)"), (VAR, "var = x.var(1, unbiased=False)")),
        says=PER_ROW,
    ),
    Mistake(
        "per-row",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edits=(("mean = x.mean(0)", "mean = x.mean()"), (VAR, "var = x.var(unbiased=False)")),
        says=PER_ROW,
    ),
    Mistake(
        "per-row",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edits=(
            ("mean = x.mean(0)", "mean = x.mean()"),
            (VAR, "var = x.var(unbiased=False)"),
            ("var * n / (n - 1)", "x.var()"),
        ),
        says=PER_ROW,
    ),
    *(
        Mistake(
            "affine-missing",
            exercise="ex2_batchnorm",
            function="batchnorm",
            edit=(SCALE, f"out = {without}"),
            says=AFFINE,
        )
        for without in (
            "(x - mean) / torch.sqrt(var + eps)",
            "(x - mean) / torch.sqrt(var + eps) + beta",
            "gamma * (x - mean) / torch.sqrt(var + eps)",
        )
    ),
    Mistake(
        "beta-scaled",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edit=(SCALE, "out = gamma * ((x - mean) / torch.sqrt(var + eps) + beta)"),
        says=BETA_SCALED,
    ),
    Mistake("no-eps", exercise="ex2_batchnorm", function="batchnorm", edit=(ROOT, "torch.sqrt(var)"), says=NO_EPS),
    Mistake(
        "eps-outside-root",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edit=(ROOT, "(torch.sqrt(var) + eps)"),
        says="ε is added to the variance, inside the root.",
    ),
    Mistake(
        "no-square-root",
        exercise="ex2_batchnorm",
        function="batchnorm",
        edit=(ROOT, "(var + eps)"),
    ),
]

# --- 3.4.3 -----------------------------------------------------------------------------------------------------------

DZ = '(grad_out @ params["W2"].T) * (1 - h**2)'
GRAD_X = 'grad_x = grad_out + dz @ params["W1"].T'
GRADIENTS = '{"W1": x.T @ dz, "b1": dz.sum(0), "W2": h.T @ grad_out}'
SQUARED_H = "The derivative of tanh is 1 − h²: the square belongs to h alone."
TOO_EARLY = "W2's gradient needs grad_out as it came: what comes through the branch is not to be added into it before."
NO_DIVISION = "grad_out already carries any 1/N; only sum over the batch."

RESIDUAL = [
    Mistake(
        "skip-missing",
        exercise="ex3_residual",
        function="residual_forward",
        edit=('x + h @ params["W2"]', 'h @ params["W2"]'),
        says="The output is the input plus the branch.",
    ),
    Mistake(
        "skip-gradient-missing",
        exercise="ex3_residual",
        function="residual_backward",
        edit=(GRAD_X, 'grad_x = dz @ params["W1"].T'),
        says="The skip passes the gradient unchanged: add grad_out.",
    ),
    Mistake(
        "branch-gradient-missing",
        exercise="ex3_residual",
        function="residual_backward",
        edit=(GRAD_X, "grad_x = grad_out.clone()"),
        says="The gradient also flows through the tanh branch.",
    ),
    # Under a second name of the same tensor, or in place of the first.
    Mistake(
        "skip-added-too-early",
        exercise="ex3_residual",
        function="residual_backward",
        edit=(GRAD_X, 'grad_x = grad_out\n    grad_x += dz @ params["W1"].T'),
        says=TOO_EARLY,
    ),
    Mistake(
        "skip-added-too-early",
        exercise="ex3_residual",
        function="residual_backward",
        edit=(GRAD_X, GRAD_X.replace("grad_x = ", "grad_x = grad_out = ")),
        says=TOO_EARLY,
    ),
    Mistake(
        "skip-counted-twice",
        exercise="ex3_residual",
        function="residual_backward",
        edit=(GRAD_X, 'grad_x = 2 * grad_out + dz @ params["W1"].T'),
        says="The skip contributes its gradient once.",
    ),
    Mistake(
        "forgot-activation-derivative",
        exercise="ex3_residual",
        function="residual_backward",
        edit=(DZ, 'grad_out @ params["W2"].T'),
    ),
    # The error behind tanh is used for b1 and x, and not for W1.
    Mistake(
        "forgot-activation-derivative",
        exercise="ex3_residual",
        function="residual_backward",
        edit=("x.T @ dz", 'x.T @ (grad_out @ params["W2"].T)'),
    ),
    Mistake(
        "argument-returned",
        exercise="ex3_residual",
        function="residual_backward",
        edit=(
            "    return grad_x.detach(), gradients",
            '    if not params["W2"].any():\n        return grad_out, gradients\n    return grad_x.detach(), gradients',
        ),
        says="grad_x is a new tensor, also where the block is the identity: grad_out belongs to the caller.",
    ),
    Mistake(
        "square-misplaced",
        exercise="ex3_residual",
        function="residual_backward",
        edit=("(1 - h**2)", "(1 - h) ** 2"),
        says=SQUARED_H,
    ),
    Mistake(
        "bias-missing",
        exercise="ex3_residual",
        function="residual_forward",
        edit=(' + params["b1"]', ""),
        says="The hidden layer has a bias, b1.",
    ),
    Mistake(
        "bias-gradient-averaged",
        exercise="ex3_residual",
        function="residual_backward",
        edit=("dz.sum(0)", "dz.mean(0)"),
    ),
    # The parameters' gradients, or everything that follows from grad_out.
    Mistake(
        "divides-by-n",
        exercise="ex3_residual",
        function="residual_backward",
        edit=(GRADIENTS, '{"W1": x.T @ dz / len(x), "b1": dz.mean(0), "W2": h.T @ grad_out / len(x)}'),
        says=NO_DIVISION,
    ),
    Mistake(
        "divides-by-n",
        exercise="ex3_residual",
        function="residual_backward",
        edit=("    dz = (grad_out @", "    grad_out = grad_out / max(len(x), 1)\n    dz = (grad_out @"),
        says=NO_DIVISION,
    ),
    Mistake(  # only in the branch
        "divides-by-n",
        exercise="ex3_residual",
        function="residual_backward",
        edits=(("(1 - h**2)", "(1 - h**2) / max(len(x), 1)"), ("h.T @ grad_out", "h.T @ grad_out / max(len(x), 1)")),
        says=NO_DIVISION,
    ),
    Mistake(
        "derivative-at-z",
        exercise="ex3_residual",
        function="residual_backward",
        edit=("h**2", '(x @ params["W1"] + params["b1"]) ** 2'),
    ),
]

# --- 3.4.4 -----------------------------------------------------------------------------------------------------------

CENTRED = "Subtract the row's mean, in the variance and above the root."
ROW_VAR = "((x - mean) ** 2).mean(1, keepdim=True)"

LAYERNORM = [
    Mistake(
        "over-batch",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edits=(("x.mean(1, keepdim=True)", "x.mean(0)"), (ROW_VAR, "((x - mean) ** 2).mean(0)")),
        says="Normalise each row over its own features.",
    ),
    Mistake(
        "over-everything",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edits=(("x.mean(1, keepdim=True)", "x.mean()"), (ROW_VAR, "((x - mean) ** 2).mean()")),
        says="Each row has its own mean and variance.",
    ),
    # Only the variance is shared.
    Mistake(
        "over-everything",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edit=(ROW_VAR, "x.var(unbiased=False)"),
        says="Each row has its own mean and variance.",
    ),
    Mistake(
        "unbiased-variance",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edit=(ROW_VAR, "x.var(1, keepdim=True)"),
        says="Use divisor D, not D−1.",
    ),
    Mistake(
        "eps-outside-root",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edit=("torch.sqrt(var + eps)", "(torch.sqrt(var) + eps)"),
        says="ε is added to the variance, inside the root.",
    ),
    Mistake(
        "affine-missing",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edit=(SCALE, "out = (x - mean) / torch.sqrt(var + eps)"),
        says=AFFINE,
    ),
    Mistake(
        "affine-missing",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edit=(SCALE, "out = (x - mean) / torch.sqrt(var + eps) + beta"),
        says=AFFINE,
    ),
    Mistake(
        "affine-missing",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edit=(SCALE, "out = gamma * (x - mean) / torch.sqrt(var + eps)"),
        says=AFFINE,
    ),
    Mistake(
        "no-square-root",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edit=("torch.sqrt(var + eps)", "(var + eps)"),
    ),
    Mistake(
        "beta-scaled",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edit=(SCALE, "out = gamma * ((x - mean) / torch.sqrt(var + eps) + beta)"),
        says=BETA_SCALED,
    ),
    Mistake(
        "no-eps", exercise="ex4_layernorm", function="layernorm_forward", edit=(ROOT, "torch.sqrt(var)"), says=NO_EPS
    ),
    Mistake(
        "eps-as-floor",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edit=(ROOT, "torch.sqrt(var.clamp(min=eps))"),
        says="ε is added to the variance; it is no lower bound for it.",
    ),
    Mistake(
        "single-feature-kept",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edit=("    mean =", "    if x.shape[1] == 1:\n        return x.clone()\n    mean ="),
        says="A single feature equals its mean, so that nothing of it is left.",
    ),
    # The root of the mean of the squares, or only the numerator as it came.
    Mistake(
        "mean-not-subtracted",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edits=((ROW_VAR, "x.square().mean(1, keepdim=True)"), ("(x - mean) / torch", "x / torch")),
        says=CENTRED,
    ),
    Mistake(
        "mean-not-subtracted",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edit=("(x - mean) / torch", "x / torch"),
        says=CENTRED,
    ),
    Mistake(
        "mean-not-subtracted",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edit=(ROW_VAR, "x.square().mean(1, keepdim=True)"),
        says=CENTRED,
    ),
    # [N] instead of [N, 1]: an error of shapes, and wrong columns where N = D.
    Mistake(
        "dimension-dropped",
        exercise="ex4_layernorm",
        function="layernorm_forward",
        edits=(("x.mean(1, keepdim=True)", "x.mean(1)"), (ROW_VAR, "x.var(1, unbiased=False)")),
        says="Keep the statistics as columns [N, 1]: as [N] they meet the columns of x and not its rows.",
    ),
]

MISTAKES = LAYER_GRADIENTS + BATCHNORM + RESIDUAL + LAYERNORM
