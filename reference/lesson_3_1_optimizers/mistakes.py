"""Mistakes of lesson 3.1: wrong variants of the references, and what to say to who made them."""

from grader.testing import Mistake

# --- 3.1.1 -----------------------------------------------------------------------------------------------------------

VELOCITY = "v = momentum * v + grad"
DIRECTION = "direction = grad + momentum * v if nesterov else v"
STEP = "p = p - lr * direction"
SIGN = "The velocity adds the gradient and is subtracted from p."
INSIDE = "The learning rate multiplies the step, not the velocity."
RESET = "Carry v to the next step."
LOOK_AHEAD = "The look-ahead direction is g + μv."
NEW_TENSORS = "Return new tensors, also where nothing is added or moved: the arguments belong to the caller."
ALWAYS = "Without nesterov=True the step is v itself, and False is the default."
FIXED = "Use the momentum that you were given, not a number of your own."
STORED = "Return the velocity itself, not the direction of the step: the next step starts from the velocity."


def momentum(name, says, *edits):
    return Mistake(name, exercise="ex1_momentum", function="momentum_step", edits=edits, says=says)


MOMENTUM = [
    momentum(
        "averaged-velocity",
        "The velocity adds the whole gradient; do not scale it by 1−μ.",
        (VELOCITY, "v = momentum * v + (1 - momentum) * grad"),
    ),
    momentum("lr-inside-velocity", INSIDE, (VELOCITY, "v = momentum * v + lr * grad"), (STEP, "p = p - direction")),
    # With Nesterov both terms carry the rate, or only the velocity does.
    momentum(
        "lr-inside-velocity",
        INSIDE,
        (VELOCITY, "v = momentum * v + lr * grad"),
        (DIRECTION, "direction = lr * grad + momentum * v if nesterov else v"),
        (STEP, "p = p - direction"),
    ),
    momentum("lr-inside-velocity", INSIDE, (VELOCITY, "v = momentum * v + lr * grad")),
    # As in other books: the velocity is the step itself, downhill and with the rate in it.
    momentum(
        "lr-inside-velocity",
        INSIDE,
        (VELOCITY, "v = momentum * v - lr * grad"),
        (DIRECTION, "direction = momentum * v - lr * grad if nesterov else v"),
        (STEP, "p = p + direction"),
    ),
    # The velocity points downhill, and the step goes along it, or against it.
    momentum(
        "velocity-sign",
        SIGN,
        (VELOCITY, "v = momentum * v - grad"),
        (DIRECTION, "direction = momentum * v - grad if nesterov else v"),
        (STEP, "p = p + lr * direction"),
    ),
    momentum("velocity-sign", SIGN, (VELOCITY, "v = momentum * v - grad")),
    momentum("velocity-sign", SIGN, (STEP, "p = p + lr * direction")),
    momentum(
        "old-velocity",
        "Update v first, then step with the new v.",
        (VELOCITY, "old, v = v, momentum * v + grad"),
        (DIRECTION, "direction = grad + momentum * old if nesterov else old"),
    ),
    momentum("velocity-reset", RESET, (VELOCITY, "v = grad")),
    momentum("velocity-reset", RESET, (VELOCITY, "v = (1 - momentum) * grad")),
    momentum(
        "nesterov-ignored", "With nesterov=True the step is g + μv with the new v, not v.", (DIRECTION, "direction = v")
    ),
    momentum("nesterov-without-gradient", LOOK_AHEAD, (DIRECTION, "direction = momentum * v if nesterov else v")),
    # The gradient is there, but the velocity is not multiplied by the momentum.
    momentum("nesterov-without-momentum", LOOK_AHEAD, (DIRECTION, "direction = grad + v if nesterov else v")),
    momentum("nesterov-without-gradient", LOOK_AHEAD, (DIRECTION, "direction = v + momentum * v if nesterov else v")),
    momentum("argument-returned", NEW_TENSORS, (STEP, f"if lr == 0:\n        return p, v\n    {STEP}")),
    momentum("argument-returned", NEW_TENSORS, (VELOCITY, f"{VELOCITY} if momentum else grad")),
    momentum("argument-returned", NEW_TENSORS, (VELOCITY, f"{VELOCITY} if v.any() else grad")),
    momentum("look-ahead-stored", STORED, ("return p, v", "return p, direction")),
    momentum(
        "stops-without-gradient",
        "Without a gradient the ball rolls on, and the velocity fades.",
        (VELOCITY, f"if not grad.any():\n        return p.clone(), v.clone()\n    {VELOCITY}"),
    ),
    momentum("always-nesterov", ALWAYS, (DIRECTION, "direction = grad + momentum * v")),
    momentum("always-nesterov", ALWAYS, ("nesterov: bool = False", "nesterov: bool = True")),
    momentum(
        "momentum-fixed",
        FIXED,
        (VELOCITY, "v = 0.9 * v + grad"),
        (DIRECTION, "direction = grad + 0.9 * v if nesterov else v"),
    ),
    momentum(
        "results-swapped",
        "Return (p, v): first the parameter, then the velocity.",
        ("return p, v", "return v, p"),
    ),
    momentum(
        "velocity-not-returned",
        "Return the new velocity: the next step starts from it.",
        (VELOCITY, "old, v = v, momentum * v + grad"),
        ("return p, v", "return p, old"),
    ),
]

# --- 3.1.2 -----------------------------------------------------------------------------------------------------------

AVERAGE = "s = alpha * s + (1 - alpha) * grad**2"
ROOT = "(s.sqrt() + eps)"
NOT_SQUARED = "The average is taken of squared gradients."
EACH_ITS_OWN = "Each parameter has its own average of squares."
NO_EPS = "Add ε to the root: without it a gradient that was always zero gives 0/0."
ROOT_STORED = "Carry the average of squares from step to step, not its root."
ADAGRAD = "A growing sum is Adagrad; let old squares decay."


def rmsprop(name, says, *edits):
    return Mistake(name, exercise="ex2_rmsprop", function="rmsprop_step", edits=edits, says=says)


RMSPROP = [
    rmsprop("gradient-not-squared", NOT_SQUARED, (AVERAGE, "s = alpha * s + (1 - alpha) * grad")),
    rmsprop("gradient-not-squared", NOT_SQUARED, (AVERAGE, "s = alpha * s + (1 - alpha) * grad.abs()")),
    rmsprop(
        "alpha-swapped",
        "alpha weights the old average, 1−alpha the new square.",
        (AVERAGE, "s = (1 - alpha) * s + alpha * grad**2"),
    ),
    rmsprop("sum-not-average", ADAGRAD, (AVERAGE, "s = s + grad**2")),
    rmsprop("sum-not-average", ADAGRAD, (AVERAGE, "s = s + (1 - alpha) * grad**2")),
    rmsprop(
        "square-not-weighted",
        "The new square enters with the weight 1−alpha; otherwise s is no average.",
        (AVERAGE, "s = alpha * s + grad**2"),
    ),
    rmsprop("no-square-root", None, (ROOT, "(s + eps)")),
    rmsprop(
        "old-average",
        "Divide by the average that already contains this gradient.",
        (AVERAGE, "old, s = s, alpha * s + (1 - alpha) * grad**2"),
        (ROOT, "(old.sqrt() + eps)"),
    ),
    rmsprop("eps-inside-root", "ε is added after the square root.", (ROOT, "(s + eps).sqrt()")),
    # The state takes ε along.
    rmsprop("eps-inside-root", "ε is added after the square root.", (AVERAGE, f"{AVERAGE} + eps"), (ROOT, "s.sqrt()")),
    rmsprop("no-eps", NO_EPS, (ROOT, "s.sqrt()")),
    rmsprop("eps-as-floor", "ε is added to the root; it is no lower bound for it.", (ROOT, "s.sqrt().clamp(min=eps)")),
    rmsprop("one-scale-for-all", EACH_ITS_OWN, (ROOT, "(s.mean().sqrt() + eps)")),
    rmsprop("one-scale-for-all", EACH_ITS_OWN, (AVERAGE, "s = alpha * s + (1 - alpha) * (grad**2).mean()")),
    rmsprop("one-scale-for-all", EACH_ITS_OWN, (AVERAGE, "s = alpha * s + (1 - alpha) * (grad**2).sum()")),
    rmsprop("bias-corrected", "RMSProp has no bias correction.", (ROOT, "((s / (1 - alpha)).sqrt() + eps)")),
    rmsprop(
        "starts-at-first-square",
        "The average starts at zeros, so the first square has the weight 1−alpha, too.",
        (AVERAGE, f"{AVERAGE} if s.any() else grad**2"),
    ),
    rmsprop(
        "stops-without-gradient",
        "Without a gradient the average fades all the same.",
        (AVERAGE, f"if not grad.any():\n        return p.clone(), s.clone()\n    {AVERAGE}"),
    ),
    rmsprop("root-stored", ROOT_STORED, ("return p, s", "return p, s.sqrt()")),
    rmsprop(
        "root-stored", ROOT_STORED, (AVERAGE, "s = (alpha * s + (1 - alpha) * grad**2).sqrt()"), (ROOT, "(s + eps)")
    ),
    rmsprop(
        "argument-returned", NEW_TENSORS, ("    p = p - lr", "    if lr == 0:\n        return p, s\n    p = p - lr")
    ),
    rmsprop(
        "average-not-returned",
        "Return the new average: the next step starts from it.",
        (AVERAGE, "old, s = s, alpha * s + (1 - alpha) * grad**2"),
        ("return p, s", "return p, old"),
    ),
    rmsprop(
        "results-swapped",
        "Return (p, s): first the parameter, then the average.",
        ("return p, s", "return s, p"),
    ),
]

# --- 3.1.3 -----------------------------------------------------------------------------------------------------------

FIRST = "m = beta1 * m + (1 - beta1) * grad"
SECOND = "v = beta2 * v + (1 - beta2) * grad**2"
M_HAT = "m_hat = m / (1 - beta1**t)"
V_HAT = "v_hat = v / (1 - beta2**t)"
DENOMINATOR = "(v_hat.sqrt() + eps)"
SHRINK = "p = p * (1 - lr * weight_decay)"
COUPLED = "grad = grad + weight_decay * p"
ADAM_STEP = "p = p - lr * m_hat / (v_hat.sqrt() + eps)"
BOTH = "Correct both averages, m and v."
UNPACK = "beta1, beta2 = betas\n"
PLAIN = "    plain = grad\n"
ONE_AVERAGE = "Coupled decay changes the gradient before everything else, so it enters both averages."
FROM_ONE = "The first step has t=1."
CONSTANT = "The exponent of β grows with the step number t."
MISPLACED = "ε is added to √v̂, after root and correction."
L2 = "Decoupled decay shrinks p directly instead of entering the gradient."


def adam(name, says, *edits):
    return Mistake(name, exercise="ex3_adam", function="adam_step", edits=edits, says=says)


ADAM = [
    adam(
        "betas-swapped",
        "β1 belongs to the gradient average, β2 to the squares.",
        ("beta1, beta2 = betas", "beta2, beta1 = betas"),
    ),
    adam(
        "no-bias-correction",
        "Divide m and v by 1−βᵗ; they start at zero.",
        (M_HAT, "m_hat = m"),
        (V_HAT, "v_hat = v"),
    ),
    adam("only-first-corrected", BOTH, (V_HAT, "v_hat = v")),
    adam("only-second-corrected", BOTH, (M_HAT, "m_hat = m")),
    # The caller is thought to count from 0 ...
    adam(
        "t-from-zero",
        FROM_ONE,
        ("if t < 1:", "if t < 0:"),
        (M_HAT, "m_hat = m / (1 - beta1 ** (t + 1))"),
        (V_HAT, "v_hat = v / (1 - beta2 ** (t + 1))"),
    ),
    adam(
        "t-from-zero",
        FROM_ONE,
        (M_HAT, "m_hat = m / (1 - beta1 ** (t + 1))"),
        (V_HAT, "v_hat = v / (1 - beta2 ** (t + 1))"),
    ),
    # ... or the function itself counts from 0.
    adam(
        "t-from-zero",
        FROM_ONE,
        (M_HAT, "m_hat = m / (1 - beta1 ** (t - 1))"),
        (V_HAT, "v_hat = v / (1 - beta2 ** (t - 1))"),
    ),
    adam(
        "constant-correction",
        CONSTANT,
        (M_HAT, "m_hat = m / (1 - beta1)"),
        (V_HAT, "v_hat = v / (1 - beta2)"),
    ),
    adam(
        "constant-correction",
        CONSTANT,
        (M_HAT, "m_hat = m / (1 - beta1 * t)"),
        (V_HAT, "v_hat = v / (1 - beta2 * t)"),
    ),
    adam("stores-corrected", "Keep the uncorrected averages as state.", ("return p, m, v", "return p, m_hat, v_hat")),
    adam("eps-misplaced", MISPLACED, (DENOMINATOR, "(v_hat + eps).sqrt()")),
    # As in the efficient form of the paper: eps meets the root before the correction.
    adam("eps-misplaced", MISPLACED, (DENOMINATOR, "((v.sqrt() + eps) / (1 - beta2**t) ** 0.5)")),
    adam("no-eps", NO_EPS, (DENOMINATOR, "v_hat.sqrt()")),
    adam("l2-instead-of-decoupled", L2, ("if decoupled:", "if False:")),
    adam("l2-instead-of-decoupled", L2, (SHRINK, "grad = grad + lr * weight_decay * p")),
    adam(
        "always-decoupled",
        "Without `decoupled` the decay enters the gradient, and with it both averages.",
        ("if decoupled:", "if True:"),
    ),
    adam(
        "decay-without-lr",
        "Decoupled decay shrinks p by the factor 1 − lr·wd: the learning rate belongs to it.",
        (SHRINK, "p = p * (1 - weight_decay)"),
    ),
    adam(
        "decay-after-step",
        "Decoupled decay shrinks p before the step, not after it.",
        (SHRINK, "pass"),
        (ADAM_STEP, ADAM_STEP + "\n    p = p * (1 - lr * weight_decay) if decoupled else p"),
    ),
    adam(
        "both-decays",
        "Decoupled decay takes the place of the coupled one: the gradient stays as it is.",
        ("    else:\n        grad = grad + weight_decay * p\n", "    grad = grad + weight_decay * p\n"),
    ),
    # The gradient takes p as it was.
    adam(
        "both-decays",
        "Decoupled decay takes the place of the coupled one: the gradient stays as it is.",
        ("    if decoupled:\n", "    grad = grad + weight_decay * p\n    if decoupled:\n"),
        ("    else:\n        grad = grad + weight_decay * p\n", ""),
    ),
    adam(
        "coupled-decay-missing",
        "Without `decoupled` there is a decay, too: it enters the gradient.",
        (COUPLED, "pass"),
    ),
    adam(
        "root-before-correction",
        "Correct the average of squares first, and take the root of what is corrected.",
        (DENOMINATOR, "(v.sqrt() / (1 - beta2**t) + eps)"),
    ),
    adam(
        "stops-without-gradient",
        "Without a gradient the averages fade all the same, and their quotient is a step.",
        (UNPACK, f"{UNPACK}    if not grad.any():\n        return p.clone(), m.clone(), v.clone()\n"),
    ),
    adam(
        "argument-returned",
        NEW_TENSORS,
        (UNPACK, f"{UNPACK}    start = p\n"),
        ("return p, m, v", "return start if lr == 0 else p, m, v"),
    ),
    adam("averages-swapped", "Return (p, m, v), in this order.", ("return p, m, v", "return p, v, m")),
    adam(
        "decay-in-one-average", ONE_AVERAGE, (SECOND, SECOND.replace("grad**2", "plain**2")), (UNPACK, UNPACK + PLAIN)
    ),
    adam("decay-in-one-average", ONE_AVERAGE, (FIRST, FIRST.replace("* grad", "* plain")), (UNPACK, UNPACK + PLAIN)),
    adam("no-square-root", None, (DENOMINATOR, "(v_hat + eps)")),
]

# --- 3.1.4 -----------------------------------------------------------------------------------------------------------

COLUMNS = "[x**2, x, torch.ones_like(x)]"
OPTIMIZER = "optimizer = torch.optim.NAdam([w], lr=lr)"
ORDER = "The feature order is x², x, 1."
ONES = "The third feature is a column of ones."
DOUBLED = (COLUMNS, "[2 * x, x, torch.ones_like(x)]")
ONE_OFF = "The loop makes one step too many or too few."
USE_NADAM = "Use torch.optim.NAdam."


def polynomial(name, says, *edits, function="fit_polynomial"):
    return Mistake(name, exercise="ex4_polynomial_fit", function=function, edits=edits, says=says)


POLYNOMIAL = [
    polynomial(
        "optimizer-made-anew",
        "The optimizer keeps its averages from step to step: make it once.",
        ("        optimizer.zero_grad()\n", f"        {OPTIMIZER}\n        optimizer.zero_grad()\n"),
    ),
    polynomial(
        "start-ignored",
        "The weights start at w0, wherever that is.",
        ("w0.detach().clone()", "torch.zeros_like(w0)"),
    ),
    polynomial(
        "start-returned",
        "Return a copy of w0, also where there is nothing to do: w0 belongs to the caller.",
        ("    w = w0", "    if steps == 0 or len(x) == 0:\n        return w0\n    w = w0"),
    ),
    polynomial("columns-reversed", ORDER, (COLUMNS, "[torch.ones_like(x), x, x**2]"), function="quadratic_features"),
    polynomial("columns-reversed", ORDER, (COLUMNS, "[x, x**2, torch.ones_like(x)]"), function="quadratic_features"),
    polynomial("no-constant-column", ONES, (COLUMNS, "[x**2, x]"), function="quadratic_features"),
    polynomial("no-constant-column", ONES, (COLUMNS, "[x**2, x, torch.zeros_like(x)]"), function="quadratic_features"),
    polynomial("no-zero-grad", None, ("        optimizer.zero_grad()\n", "")),
    polynomial("broadcast-n-by-n", None, ("((features @ w - y.detach()) ** 2)", "((features @ w - y.squeeze()) ** 2)")),
    polynomial(
        "broadcast-n-by-n", None, ("((features @ w - y.detach()) ** 2)", "(((features @ w).squeeze() - y) ** 2)")
    ),
    polynomial("doubled-not-squared", "The first feature is x times x.", DOUBLED, function="quadratic_features"),
    polynomial("off-by-one-steps", ONE_OFF, ("range(steps)", "range(steps + 1)")),
    polynomial("off-by-one-steps", ONE_OFF, ("range(steps)", "range(steps - 1)")),
    polynomial(
        "stops-early",
        "Make all the steps, however small the loss has become.",
        ("        loss.backward()\n", "        if loss < 1e-3:\n            break\n        loss.backward()\n"),
    ),
    polynomial(
        "absolute-loss",
        "The loss is the mean of the squared errors, not of their sizes.",
        ("((features @ w - y.detach()) ** 2)", "(features @ w - y.detach()).abs()"),
    ),
    polynomial("root-mse", None, (".mean()\n", ".mean().sqrt()\n")),
    polynomial(
        "learning-rate-ignored",
        "Give the learning rate to the optimizer: its default is another one.",
        (OPTIMIZER, "optimizer = torch.optim.NAdam([w])"),
    ),
    *(
        polynomial("other-optimizer", USE_NADAM, (OPTIMIZER, f"optimizer = torch.optim.{name}([w], lr=lr)"))
        for name in ("Adam", "AdamW", "SGD", "RMSprop")
    ),
    polynomial(
        "start-changed",
        "Optimise a copy; w0 belongs to the caller.",
        ("w0.detach().clone().requires_grad_()", "w0.requires_grad_()"),
    ),
    polynomial(
        "start-changed",
        "Optimise a copy; w0 belongs to the caller.",
        ("w0.detach().clone().requires_grad_()", "w0.detach().requires_grad_()"),
    ),
]

MISTAKES = MOMENTUM + RMSPROP + ADAM + POLYNOMIAL
