"""Known wrong variants of lesson 1.5. Several entries of one name are several natural ways to make the same mistake."""

from grader.testing import Mistake

FORWARD = "Use f(θ+h) and f(θ−h), not f(θ)."
NOT_RESTORED = "Reset each entry before moving the next one."
ALL_AT_ONCE = "Change one entry at a time."
SMALL_EPS = "In float32 a step of 1e-6 drowns in rounding; use a larger step."
QUOTIENT = "(upper - lower) / (2 * eps)"
LOWER = "lower = f((flat - step).reshape(theta.shape))"
DEFAULT_EPS = "eps = torch.finfo(theta.dtype).eps ** (1 / 3)"

EX1_NUMERICAL_GRADIENT = [
    Mistake(
        "forward-difference",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edits=((LOWER, "lower = f(theta.detach())"), (QUOTIENT, "(upper - lower) / eps")),
        says=FORWARD,
    ),
    Mistake(  # f(θ) is computed once
        "forward-difference",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edits=(
            ("gradient = torch.zeros_like(flat)", "gradient = torch.zeros_like(flat)\n    lower = f(theta.detach())"),
            ("        " + LOWER + "\n", ""),
            (QUOTIENT, "(upper - lower) / eps"),
        ),
        says=FORWARD,
    ),
    Mistake(  # the other side
        "forward-difference",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edits=(
            ("upper = f((flat + step).reshape(theta.shape))", "upper = f(theta.detach())"),
            (QUOTIENT, "(upper - lower) / eps"),
        ),
        says=FORWARD,
    ),
    Mistake(
        "eps-ignored",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edit=("    if eps is None:\n        " + DEFAULT_EPS, "    " + DEFAULT_EPS),
        says="Whose step is it? Where `eps` is given it is used; the cube root is only for None.",
    ),
    Mistake(
        "brackets-missing",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edit=(QUOTIENT, "(upper - lower) / 2 * eps"),
        says="Python works from left to right: this divides by 2 and then multiplies by the step.",
    ),
    Mistake(
        "row-at-once",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        replace="""
def numerical_gradient(f, theta, eps=None):
    if eps is None:
        eps = torch.finfo(theta.dtype).eps ** (1 / 3)
    theta = theta.detach()
    gradient = torch.zeros_like(theta)
    for i in range(len(theta)):
        step = torch.zeros_like(theta)
        step[i] = eps
        gradient[i] = (f(theta + step) - f(theta - step)) / (2 * eps)
    return gradient
""",
        says="One index of a matrix names a whole row, so all entries of a row move together here.",
    ),
    Mistake(
        "missing-two",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edit=(QUOTIENT, "(upper - lower) / eps"),
        says="The two points are 2h apart, so divide by 2h.",
    ),
    Mistake(
        "half-step",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edit=(LOWER, "lower = f(theta.detach())"),
        says="The lower point is θ, not θ−h, yet you divide by 2h.",
    ),
    Mistake(  # after its turn every entry stays at θ−h
        "not-restored",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edits=(
            ("flat = theta.detach().reshape(-1)", "flat = theta.detach().clone().reshape(-1)"),
            ("        step = torch.zeros_like(flat)\n", ""),
            ("step[i] = eps", "flat[i] += eps"),
            ("f((flat + step).reshape(theta.shape))", "f(flat.reshape(theta.shape))\n        flat[i] -= 2 * eps"),
            ("f((flat - step).reshape(theta.shape))", "f(flat.reshape(theta.shape))"),
        ),
        says=NOT_RESTORED,
    ),
    Mistake(  # the step collects the entries of earlier turns
        "not-restored",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edits=(
            ("        step = torch.zeros_like(flat)\n", ""),
            (
                "gradient = torch.zeros_like(flat)",
                "gradient = torch.zeros_like(flat)\n    step = torch.zeros_like(flat)",
            ),
        ),
        says=NOT_RESTORED,
    ),
    Mistake(  # the caller's tensor is moved and left there
        "not-restored",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edits=(
            ("        step = torch.zeros_like(flat)\n", ""),
            ("step[i] = eps", "flat[i] += eps"),
            ("f((flat + step).reshape(theta.shape))", "f(flat.reshape(theta.shape))\n        flat[i] -= 2 * eps"),
            ("f((flat - step).reshape(theta.shape))", "f(flat.reshape(theta.shape))"),
        ),
        says=NOT_RESTORED,
    ),
    Mistake(
        "all-entries-at-once",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edit=("step[i] = eps", "step[:] = eps"),
        says=ALL_AT_ONCE,
    ),
    Mistake(  # two calls for the whole gradient
        "all-entries-at-once",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        replace="""
def numerical_gradient(f, theta, eps=None):
    if eps is None:
        eps = torch.finfo(theta.dtype).eps ** (1 / 3)
    theta = theta.detach()
    return torch.ones_like(theta) * ((f(theta + eps) - f(theta - eps)) / (2 * eps))
""",
        says=ALL_AT_ONCE,
    ),
    Mistake(
        "flattened",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edit=("gradient.reshape(theta.shape)", "gradient"),
        says="The gradient has the shape of theta.",
    ),
    Mistake(
        "wrong-sign",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edit=("(upper - lower)", "(lower - upper)"),
        says="Subtract the lower value from the upper one: f(θ+h) − f(θ−h).",
    ),
    Mistake(
        "too-small-eps",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edit=(DEFAULT_EPS, "eps = 1e-6"),
        says=SMALL_EPS,
    ),
    Mistake(  # the right rule with the wrong dtype
        "step-of-float64",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edit=(DEFAULT_EPS, "eps = torch.finfo(torch.float64).eps ** (1 / 3)"),
        says="The default step follows the dtype of theta: that of float64 is too small for float32.",
    ),
    Mistake(  # `down = up`: what one adds the other takes away
        "one-point-twice",
        exercise="ex1_numerical_gradient",
        function="numerical_gradient",
        edits=(
            ("upper = f((flat + step).reshape(theta.shape))", "upper = f(flat.reshape(theta.shape))"),
            (LOWER, "lower = f(flat.reshape(theta.shape))"),
        ),
        says="Both calls of f see the same point, so the difference is 0: a second name is no copy, clone theta for each point.",
    ),
]

CANCEL = "Differences of opposite sign must not cancel."
ONE_SIDED = "Use the sum of both norms."
NO_GUARD = "Two zero gradients agree: return 0 instead of 0/0."
NAN_PASSES = "A NaN never satisfies error ≤ tol; test the passing condition."
DIFFERENCE = "(analytic - numeric).norm()"
SIZE = "analytic.norm() + numeric.norm()"
GUARD = "0.0 if size == 0 else (difference / size).item()"
FINITE = """    if not (torch.isfinite(analytic).all() and torch.isfinite(numeric).all()):
        return False, math.nan
"""

EX2_GRADIENT_CHECK = [
    Mistake(
        "absolute-error",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edit=(GUARD, "difference.item()"),
        says="Divide the difference by the size of the gradients.",
    ),
    Mistake(
        "signed-sum",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edit=(DIFFERENCE, "(analytic - numeric).sum().abs()"),
        says=CANCEL,
    ),
    Mistake(
        "signed-sum",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edit=(DIFFERENCE, "(analytic - numeric).sum()"),
        says=CANCEL,
    ),
    Mistake(
        "signed-sum",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edits=(
            (DIFFERENCE, "(analytic - numeric).sum().abs()"),
            (SIZE, "analytic.abs().sum() + numeric.abs().sum()"),
        ),
        says=CANCEL,
    ),
    Mistake(
        "norms-only",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edit=(DIFFERENCE, "(analytic.norm() - numeric.norm()).abs()"),
        says="Compare the vectors, not their lengths.",
    ),
    Mistake(
        "no-zero-guard",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edit=(GUARD, "(difference / size).item()"),
        says=NO_GUARD,
    ),
    Mistake(  # Python floats raise where tensors give NaN
        "no-zero-guard",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edit=(GUARD, "difference.item() / size.item()"),
        says=NO_GUARD,
    ),
    Mistake(
        "nan-passes",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edits=((FINITE, ""), ("passed = error <= tol", "passed = not error > tol")),
        says=NAN_PASSES,
    ),
    Mistake(  # the error is reported well, the verdict is not
        "nan-passes",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edit=("return False, math.nan", "return True, math.nan"),
        says=NAN_PASSES,
    ),
    Mistake(
        "one-sided-denominator",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edit=(SIZE, "analytic.norm()"),
        says=ONE_SIDED,
    ),
    Mistake(
        "one-sided-denominator",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edit=(SIZE, "numeric.norm()"),
        says=ONE_SIDED,
    ),
    Mistake(
        "one-sided-denominator",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edit=(SIZE, "torch.maximum(analytic.norm(), numeric.norm())"),
        says=ONE_SIDED,
    ),
    Mistake(  # 0/0 counts as 0, so that this is one mistake and not two
        "largest-entry-ratio",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edit=(GUARD, "((analytic - numeric).abs() / (analytic.abs() + numeric.abs())).nan_to_num(0.0).max().item()"),
        says="Judge the whole vector; tiny entries blow up entry-wise ratios.",
    ),
]

EX2_GRADIENT_CHECK += [
    Mistake(
        "equality-refused",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edit=("passed = error <= tol", "passed = error < tol"),
        says="An error that is exactly the tolerance passes.",
    ),
    Mistake(
        "tol-ignored",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edit=("passed = error <= tol", "passed = error <= 1e-5"),
        says="The caller chooses the tolerance; 1e-5 is only the default.",
    ),
    Mistake(
        "squared-norm",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edits=(
            (DIFFERENCE, "(analytic - numeric).square().sum()"),
            (SIZE, "analytic.square().sum() + numeric.square().sum()"),
        ),
    ),
    Mistake(
        "sum-of-absolute-values",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edits=((DIFFERENCE, "(analytic - numeric).abs().sum()"), (SIZE, "analytic.abs().sum() + numeric.abs().sum()")),
        says="The norm here is the root of the sum of the squared entries, not the sum of their absolute values.",
    ),
    Mistake(
        "largest-entry",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edits=((DIFFERENCE, "(analytic - numeric).abs().max()"), (SIZE, "analytic.abs().max() + numeric.abs().max()")),
    ),
    Mistake(
        "mean-of-norms",
        exercise="ex2_gradient_check",
        function="gradient_check",
        edit=(SIZE, "(analytic.norm() + numeric.norm()) / 2"),
        says="The difference is divided by the sum of both norms, not by their mean.",
    ),
    *(
        Mistake(
            "epsilon-added",
            exercise="ex2_gradient_check",
            function="gradient_check",
            edit=(GUARD, f"(difference / (size + {epsilon})).item()"),
            says="A small number in the denominator changes the error of small gradients; two zero gradients are a case of their own.",
        )
        for epsilon in ("1e-8", "1e-10", "1e-12")
    ),
    *(
        Mistake(
            "judged-by-allclose",
            exercise="ex2_gradient_check",
            function="gradient_check",
            edit=("passed = error <= tol", f"passed = torch.allclose(analytic, numeric, {limits})"),
            says="torch.allclose judges every entry by limits of its own: here the error decides, with error <= tol.",
        )
        for limits in ("rtol=tol", "atol=tol", "rtol=tol, atol=tol", "rtol=tol, atol=0.0", "rtol=0.0, atol=tol")
    ),
    *(
        Mistake(
            "small-taken-for-zero",
            exercise="ex2_gradient_check",
            function="gradient_check",
            edit=(GUARD, f"0.0 if size < {limit} else (difference / size).item()"),
            says="Small is not zero: only gradients that are exactly 0 agree without a division.",
        )
        for limit in ("1e-7", "1e-10", "1e-12", "1e-16")
    ),
    *(
        Mistake(  # the largest stretching of the matrix, not the root of the squared entries
            "spectral-norm",
            exercise="ex2_gradient_check",
            function="gradient_check",
            edits=(
                (DIFFERENCE, f"{norm}(analytic - numeric, {order})"),
                (SIZE, f"{norm}(analytic, {order}) + {norm}(numeric, {order})"),
            ),
            says="For a matrix that is another norm: here it is the root of the sum of all squared entries, in any shape.",
        )
        for norm, order in (("torch.linalg.norm", "2 if analytic.dim() == 2 else None"),)
    ),
    *(
        Mistake(
            "zero-on-one-side",
            exercise="ex2_gradient_check",
            function="gradient_check",
            edit=(GUARD, f"0.0 if {side}.norm() == 0 else (difference / size).item()"),
            says="If only one of the two gradients is zero they do not agree: the error is 1.",
        )
        for side in ("analytic", "numeric")
    ),
]

INVERSE = "The slope is error over h, not h over error."
LOGARITHM = "The order is the slope of log error against log h."
SIGNED = "Return absolute errors."
LEAST_SQUARES = "((u * v).sum() / (u * u).sum()).item()"

EX3_ERROR_ORDER = [
    Mistake(
        "rows-swapped",
        exercise="ex3_error_order",
        function="difference_errors",
        edit=(
            "[(forward - exact).abs(), (central - exact).abs()]",
            "[(central - exact).abs(), (forward - exact).abs()]",
        ),
        says="Row 0 holds the forward, row 1 the central difference.",
    ),
    Mistake(
        "central-divides-by-h",
        exercise="ex3_error_order",
        function="difference_errors",
        edit=("/ (2 * hs)", "/ hs"),
        says="The central difference is divided by 2h.",
    ),
    Mistake(
        "signed-error",
        exercise="ex3_error_order",
        function="difference_errors",
        edits=(("(forward - exact).abs()", "forward - exact"), ("(central - exact).abs()", "central - exact")),
        says=SIGNED,
    ),
    Mistake(  # the other way round
        "signed-error",
        exercise="ex3_error_order",
        function="difference_errors",
        edits=(("(forward - exact).abs()", "exact - forward"), ("(central - exact).abs()", "exact - central")),
        says=SIGNED,
    ),
    Mistake(
        "backward-not-forward",
        exercise="ex3_error_order",
        function="difference_errors",
        edit=("(f(x + hs) - f(x)) / hs", "(f(x) - f(x - hs)) / hs"),
        says="The forward difference uses x+h, not x−h.",
    ),
    Mistake(
        "missing-logarithm",
        exercise="ex3_error_order",
        function="observed_order",
        edits=(
            ("hs.log() - hs.log().mean()", "hs - hs.mean()"),
            ("errors.log() - errors.log().mean()", "errors - errors.mean()"),
        ),
        says=LOGARITHM,
    ),
    Mistake(
        "missing-logarithm",
        exercise="ex3_error_order",
        function="observed_order",
        edit=("errors.log() - errors.log().mean()", "errors - errors.mean()"),
        says=LOGARITHM,
    ),
    Mistake(
        "missing-logarithm",
        exercise="ex3_error_order",
        function="observed_order",
        edit=("hs.log() - hs.log().mean()", "hs - hs.mean()"),
        says=LOGARITHM,
    ),
    *(
        Mistake(
            "two-bases",
            exercise="ex3_error_order",
            function="observed_order",
            edit=(f"{name}.log() - {name}.log().mean()", f"{name}.log10() - {name}.log10().mean()"),
            says="Both logarithms need the same base.",
        )
        for name in ("hs", "errors")
    ),
    Mistake(
        "mean-of-slopes",
        exercise="ex3_error_order",
        function="observed_order",
        edit=(LEAST_SQUARES, "(v.diff() / u.diff()).mean().item()"),
        says="The mean of the slopes from point to point is not the slope of the least-squares line through all of them.",
    ),
    Mistake(
        "relative-error",
        exercise="ex3_error_order",
        function="difference_errors",
        edit=(
            "[(forward - exact).abs(), (central - exact).abs()]",
            "[(forward / exact - 1).abs(), (central / exact - 1).abs()]",
        ),
        says="These are relative errors; the task asks for the plain distance from the derivative.",
    ),
    Mistake(
        "half-the-span",
        exercise="ex3_error_order",
        function="difference_errors",
        edit=("(f(x + hs) - f(x - hs)) / (2 * hs)", "(f(x + hs / 2) - f(x - hs / 2)) / hs"),
        says="The central difference steps a whole h to each side.",
    ),
    *(
        Mistake(  # torch.cov divides by H - 1, a mean by H
            "two-divisors",
            exercise="ex3_error_order",
            function="observed_order",
            edit=(LEAST_SQUARES, code),
            says="Covariance and variance need the same divisor: yours divide by H and by H − 1.",
        )
        for code in (
            "((u * v).mean() / u.var()).item()",
            "((u * v).sum() / (len(u) - 1) / u.var(correction=0)).item()",
        )
    ),
    Mistake(
        "inverse-slope",
        exercise="ex3_error_order",
        function="observed_order",
        edit=("(u * u).sum()", "(v * v).sum()"),
        says=INVERSE,
    ),
    Mistake(  # the quotient upside down
        "inverse-slope",
        exercise="ex3_error_order",
        function="observed_order",
        edit=(LEAST_SQUARES, "((u * u).sum() / (u * v).sum()).item()"),
        says=INVERSE,
    ),
    Mistake(
        "end-points-only",
        exercise="ex3_error_order",
        function="observed_order",
        edit=(LEAST_SQUARES, "((v[-1] - v[0]) / (u[-1] - u[0])).item()"),
    ),
    Mistake(
        "through-origin",
        exercise="ex3_error_order",
        function="observed_order",
        edits=(("hs.log() - hs.log().mean()", "hs.log()"), ("errors.log() - errors.log().mean()", "errors.log()")),
        says="Fit an intercept as well: subtract the means.",
    ),
]

ONE_NOT_CLEARED = "Both gradients must be cleared."
RECORDED = "In-place change of a leaf fails; wrap the update in `torch.no_grad()`."
LEAF_LOST = "`b = b - lr*b.grad` makes a new non-leaf whose grad is None."
CLEAR_B = "        b.grad = None\n"
CLEAR_W = "        w.grad = None\n"
ZEROED = "        b.grad.zero_()\n        w.grad.zero_()\n"
NO_LEAF = "The clone of a tensor that requires grad is no leaf, and its .grad stays None: detach it first, then clone."
UNRECORDED = "The backward pass finds no record: do b and w require gradients, and does the loss come from them, outside of `no_grad`?"
TOO_EARLY = "The gradients are cleared between the backward pass and the update: nothing is left to step with."
UPDATE_B = ("b -= lr * b.grad", "b = b - lr * b.grad")
UPDATE_W = ("w -= lr * w.grad", "w = w - lr * w.grad")

EX4_AUTOGRAD_LOOP = [
    Mistake(
        "no-zero-grad",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        edit=(CLEAR_B + CLEAR_W, ""),
    ),
    Mistake(
        "one-not-cleared",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        edit=(CLEAR_B, ""),
        says=ONE_NOT_CLEARED,
    ),
    Mistake(
        "one-not-cleared",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        edit=(CLEAR_W, ""),
        says=ONE_NOT_CLEARED,
    ),
    Mistake(
        "sum-instead-of-mean",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        edit=(".mean()", ".sum()"),
    ),
    Mistake(  # the mean is recorded, the sum is differentiated
        "sum-instead-of-mean",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        edit=("loss.backward()", "((b + w * x - y) ** 2).sum().backward()"),
    ),
    Mistake(
        "update-recorded",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        edit=("with torch.no_grad():", "if True:"),
        says=RECORDED,
    ),
    Mistake(  # the start values require no gradient
        "nothing-recorded",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        edits=(
            ("b = b.detach().clone().requires_grad_()", "b = b.detach().clone()"),
            ("w = w.detach().clone().requires_grad_()", "w = w.detach().clone()"),
        ),
        says=UNRECORDED,
    ),
    Mistake(  # the loss is computed from other tensors, or under no_grad
        "nothing-recorded",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        edit=("((b + w * x - y) ** 2).mean()", "((b + w * x - y) ** 2).mean().detach()"),
        says=UNRECORDED,
    ),
    *(
        Mistake(
            "clone-not-detached",
            exercise="ex4_autograd_loop",
            function="train_autograd",
            edits=(
                ("b = b.detach().clone()", "b = b.clone()"),
                ("w = w.detach().clone()", "w = w.clone()"),
                *cleared,
            ),
            says=NO_LEAF,
        )
        for cleared in ((), (("b.grad = None", "b.grad.zero_()"), ("w.grad = None", "w.grad.zero_()")))
    ),
    Mistake(
        "stops-early",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        edit=(
            "        loss.backward()\n",
            "        if len(losses) > 1 and losses[-1] > losses[-2]:\n            break\n        loss.backward()\n",
        ),
        says="The loop makes as many epochs as it is told, also where the loss rises.",
    ),
    Mistake(
        "cleared-too-early",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        edits=((CLEAR_B + CLEAR_W, ""), ("        loss.backward()\n", "        loss.backward()\n" + ZEROED)),
        says=TOO_EARLY,
    ),
    Mistake(  # set to None: the update fails
        "cleared-too-early",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        edits=((CLEAR_B + CLEAR_W, ""), ("        loss.backward()\n", "        loss.backward()\n" + CLEAR_B + CLEAR_W)),
        says=TOO_EARLY,
    ),
    Mistake(
        "broadcast-n-by-n",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        edit=("(b + w * x - y)", "(b + w * x - y.squeeze(1))"),
    ),
    Mistake(  # under no_grad: the new tensors need no gradient, and the second backward fails
        "leaf-lost",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        edits=(UPDATE_B, UPDATE_W),
        says=LEAF_LOST,
    ),
    Mistake(  # recorded: the second update multiplies lr by None
        "leaf-lost",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        edits=(UPDATE_B, UPDATE_W, ("with torch.no_grad():", "if True:")),
        says=LEAF_LOST,
    ),
    Mistake(  # recorded, and cleared in place: None has no zero_
        "leaf-lost",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        edits=(
            UPDATE_B,
            UPDATE_W,
            ("with torch.no_grad():", "if True:"),
            ("b.grad = None", "b.grad.zero_()"),
            ("w.grad = None", "w.grad.zero_()"),
        ),
        says=LEAF_LOST,
    ),
    Mistake(
        "by-hand-gradient",
        exercise="ex4_autograd_loop",
        function="train_autograd",
        replace="""
def train_autograd(x, y, b, w, lr, epochs):
    b, w = b.detach().clone(), w.detach().clone()
    losses = []
    for _ in range(epochs if x.shape[0] > 0 else 0):
        error = b + w * x - y
        losses.append((error**2).mean().item())
        grad_b = 2 * error.mean(0)
        grad_w = 2 * (error * x).mean(0)
        b = b - lr * grad_b
        w = w - lr * grad_w
    return b, w, losses
""",
        says="Let autograd compute the gradient by calling backward.",
    ),
]

MISTAKES = [*EX1_NUMERICAL_GRADIENT, *EX2_GRADIENT_CHECK, *EX3_ERROR_ORDER, *EX4_AUTOGRAD_LOOP]
