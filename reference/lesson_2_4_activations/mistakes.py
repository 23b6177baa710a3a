"""Mistakes of lesson 2.4: wrong variants of the references, and what to say to who made them."""

from grader.testing import Mistake

# --- 2.4.1 -----------------------------------------------------------------------------------------------------------

STEP = "return (z > 0).to(z.dtype)"
LEAKY = "return positive + slope * (1 - positive)"
POSITIVE = "positive = (z > 0).to(z.dtype)"
SIGMOID = "return (a * (1 - a)).detach()"
TANH = "return (1 - a**2).detach()"

AT_ZERO = "This course takes the left value at the kink (relu′(0)=0)."
FUNCTION = "Return the derivative, not the function."
TOLERANT = "The derivative is 1 for every z > 0, and be it ever so small: no tolerance."
SIGN = "The slope left of 0 is 0 (or `slope`), not −1."
SQUARE = "The derivative of tanh is 1−tanh², with the square."
SLOPE = "A leaky unit keeps the slope on the negative side."
SQUARE_FIRST = "The derivative of tanh is 1−a²: square first, then subtract."
OF_SIGMOID = "That is not the sigmoid's derivative, which is a(1−a)."
BOTH_FACTORS = "The derivative of the sigmoid has two factors, a and 1−a; one of them is missing."
OVERFLOW = (
    "e^z becomes infinite far out, and inf/inf is no number; use a(1−a) or 1−a², with torch.sigmoid or torch.tanh."
)


def derivative(name, activation, *edits, says=None):
    return Mistake(name, exercise="ex1_derivatives", function=f"{activation}_derivative", edits=edits, says=says)


DERIVATIVES = [
    derivative("one-at-zero", "relu", (STEP, "return (z >= 0).to(z.dtype)"), says=AT_ZERO),
    derivative("one-at-zero", "leaky_relu", (POSITIVE, "positive = (z >= 0).to(z.dtype)"), says=AT_ZERO),
    derivative("tolerant-at-zero", "relu", (STEP, "return (z > 1e-6).to(z.dtype)"), says=TOLERANT),
    derivative("tolerant-at-zero", "leaky_relu", (POSITIVE, "positive = (z > 1e-6).to(z.dtype)"), says=TOLERANT),
    derivative(
        "neither-at-zero",
        "leaky_relu",
        (LEAKY, "return positive + slope * (z < 0).to(z.dtype)"),
        says="At z = 0 the derivative is `slope`: there neither z > 0 nor z < 0 holds, so yours is 0.",
    ),
    derivative("returns-activation", "relu", (STEP, "return z.clamp(min=0)"), says=FUNCTION),
    derivative(
        "returns-activation", "leaky_relu", (LEAKY, "return z * positive + slope * z * (1 - positive)"), says=FUNCTION
    ),
    derivative("returns-activation", "sigmoid", (SIGMOID, "return a"), says=FUNCTION),
    derivative("returns-activation", "tanh", (TANH, "return a"), says=FUNCTION),
    derivative("sign-not-step", "relu", (STEP, "return torch.sign(z)"), says=SIGN),
    derivative("sign-not-step", "leaky_relu", (LEAKY, "return torch.sign(z)"), says=SIGN),
    derivative("sign-not-step", "leaky_relu", (LEAKY, "return positive - slope * (1 - positive)"), says=SIGN),
    derivative("derivative-at-z", "sigmoid", (SIGMOID, "return (z * (1 - z)).detach()")),
    derivative("derivative-at-z", "tanh", (TANH, "return (1 - z**2).detach()")),
    derivative("missing-square", "tanh", (TANH, "return (1 - a).detach()"), says=SQUARE),
    derivative("sigmoid-derivative-for-tanh", "tanh", (TANH, SIGMOID)),
    # The same slip with the sigmoid computed for tanh.
    derivative("sigmoid-derivative-for-tanh", "tanh", ("a = torch.tanh(z)", "a = torch.sigmoid(z)"), (TANH, SIGMOID)),
    derivative("slope-lost", "leaky_relu", (LEAKY, "return positive"), says=SLOPE),
    derivative(
        "slope-hard-coded",
        "leaky_relu",
        (LEAKY, "return positive + 0.01 * (1 - positive)"),
        says="Use the argument `slope`: 0.01 is only its default.",
    ),
    derivative("one-at-zero", "relu", (STEP, "return (torch.sign(z) + 1) / 2"), says=AT_ZERO),  # the mean of both sides
    derivative("square-of-difference", "tanh", (TANH, "return ((1 - a) ** 2).detach()"), says=SQUARE_FIRST),
    derivative("tanh-derivative-for-sigmoid", "sigmoid", (SIGMOID, TANH), says=OF_SIGMOID),
    derivative("half-derivative", "sigmoid", (SIGMOID, "return (1 - a).detach()"), says=BOTH_FACTORS),
    derivative(
        "slope-times-z",
        "leaky_relu",
        (LEAKY, "return positive + slope * z * (1 - positive)"),
        says="The derivative of slope·z is slope itself, without the z.",
    ),
    derivative(
        "sides-exchanged",
        "leaky_relu",
        (LEAKY, "return slope * positive + (1 - positive)"),
        says="1 belongs to z > 0 and `slope` to the other side: yours are exchanged.",
    ),
    # Two assignments, of which the second sees what the first one wrote.
    derivative(
        "second-look",
        "leaky_relu",
        (LEAKY, "out = torch.where(z <= 0, slope, z)\n    return torch.where(out > 0, torch.ones_like(z), out)"),
        says="The first assignment writes `slope`, and the second one takes that for a positive z: ask z itself.",
    ),
    # To the left, or to the right.
    derivative("overflow", "sigmoid", (SIGMOID, "return torch.exp(-z) / (1 + torch.exp(-z)) ** 2"), says=OVERFLOW),
    derivative("overflow", "sigmoid", (SIGMOID, "return torch.exp(z) / (1 + torch.exp(z)) ** 2"), says=OVERFLOW),
    derivative(
        "overflow",
        "tanh",
        ("a = torch.tanh(z)", "a = (torch.exp(z) - torch.exp(-z)) / (torch.exp(z) + torch.exp(-z))"),
        says=OVERFLOW,
    ),
    derivative(
        "overflow",
        "tanh",
        ("a = torch.tanh(z)", "a = (torch.exp(2 * z) - 1) / (torch.exp(2 * z) + 1)"),
        says=OVERFLOW,
    ),
    derivative(
        "overflow",
        "tanh",
        ("a = torch.tanh(z)", "a = (1 - torch.exp(-2 * z)) / (1 + torch.exp(-2 * z))"),
        says=OVERFLOW,
    ),
]

# --- 2.4.2 -----------------------------------------------------------------------------------------------------------

DEAD = "is_dead = (z <= 0).all(0)  # [H]: over the samples"
DEAD_SHARE = "return is_dead.sum().item() / len(is_dead)"
SATURATED_SHARE = "return (a.abs() > threshold).sum().item() / a.numel()"
DEAD_MEAN = "return is_dead.float().mean().item()"
SATURATED_MEAN = "return (a.abs() > threshold).float().mean().item()"
ONE_SIDE = "return (a > threshold).sum().item() / a.numel()"
ONE_SIDE_MEAN = "return (a > threshold).float().mean().item()"
WITHOUT_THRESHOLD = SATURATED_SHARE.replace("threshold", "0.99")
WITHOUT_THRESHOLD_MEAN = SATURATED_MEAN.replace("threshold", "0.99")
EVERY = "A unit is dead only if it is off for every sample."
SIDES = "tanh saturates on both sides."
THRESHOLD = "Use the argument `threshold`: 0.99 is only its default."
BIAS = "The pre-activation includes the bias b."


def units(name, function, *edits, says=None):
    """Return the mistake in two codings: the share as a quotient of counts, and as a mean of float32 numbers."""
    share, mean = (DEAD_SHARE, DEAD_MEAN) if function == "dead_relu_fraction" else (SATURATED_SHARE, SATURATED_MEAN)
    codings = [edits]
    if not any(old == share for old, _ in edits):
        codings.append((*edits, (share, mean)))
    return [
        Mistake(name, exercise="ex2_dead_and_saturated", function=function, edits=one, says=says) for one in codings
    ]


UNITS = [
    *units("mean-of-zeros", "dead_relu_fraction", (DEAD_SHARE, "return (z <= 0).sum().item() / z.numel()"), says=EVERY),
    *units("mean-of-zeros", "dead_relu_fraction", (DEAD_SHARE, "return (z <= 0).float().mean().item()"), says=EVERY),
    *units(
        "any-sample",
        "dead_relu_fraction",
        (DEAD, DEAD.replace(".all(0)", ".any(0)")),
        says="One inactive sample does not make a unit dead.",
    ),
    *units(
        "wrong-axis",
        "dead_relu_fraction",
        (DEAD, DEAD.replace(".all(0)", ".all(1)")),
        says="Reduce over samples, then average over units.",
    ),
    *units(  # the sum over the samples, divided by the number of units
        "wrong-axis",
        "dead_relu_fraction",
        (DEAD, DEAD.replace(".all(0)", ".all(1)")),
        (DEAD_SHARE, "return is_dead.sum().item() / z.shape[1]"),
        says="Reduce over samples, then average over units.",
    ),
    # Off on average, or in the first sample.
    *(
        one
        for off in ("z.mean(0) <= 0", "z.sum(0) <= 0", "z[0] <= 0")
        for one in units("not-every-sample", "dead_relu_fraction", (DEAD, f"is_dead = {off}"), says=EVERY)
    ),
    *units(
        "living-counted",
        "dead_relu_fraction",
        (DEAD, "is_dead = (z > 0).any(0)"),
        says="That is the share of the units that live.",
    ),
    *units(
        "wrong-count",
        "dead_relu_fraction",
        (DEAD_SHARE, "return is_dead.sum().item() / len(X)"),
        says="Divide by the number of units, H, not by the number of samples.",
    ),
    *(
        Mistake(
            "wrong-number-of-activations",
            exercise="ex2_dead_and_saturated",
            function="saturated_fraction",
            edits=((SATURATED_SHARE, SATURATED_SHARE.replace("a.numel()", count)),),
            says="There are N·H activations: divide by all of them.",
        )
        for count in ("len(a)", "a.shape[1]")
    ),
    *units(
        "tolerant",
        "dead_relu_fraction",
        (DEAD, "is_dead = z.relu().sum(0) < 1e-3"),
        says="A unit that is on for one sample, and be it ever so little, can still learn: no tolerance.",
    ),
    *units(
        "at-threshold",
        "saturated_fraction",
        (SATURATED_SHARE, SATURATED_SHARE.replace("> threshold", ">= threshold")),
        says="Saturated is what lies above the threshold, not what just reaches it.",
    ),
    *units(
        "strict-inequality",
        "dead_relu_fraction",
        (DEAD, DEAD.replace("<= 0", "< 0")),
        says="z=0 passes no gradient either, so it counts as off.",
    ),
    *units("count-not-fraction", "dead_relu_fraction", (DEAD_SHARE, "return float(is_dead.sum().item())")),
    *units("count-not-fraction", "saturated_fraction", (SATURATED_SHARE, "return float((a.abs() > threshold).sum())")),
    *units("bias-ignored", "dead_relu_fraction", ("X @ W + b", "X @ W"), says=BIAS),
    *units("bias-ignored", "saturated_fraction", ("X @ W + b", "X @ W"), says=BIAS),
    *units("positive-side-only", "saturated_fraction", (SATURATED_SHARE, ONE_SIDE), says=SIDES),
    *units("positive-side-only", "saturated_fraction", (SATURATED_SHARE, ONE_SIDE_MEAN), says=SIDES),
    *units(
        "tests-z",
        "saturated_fraction",
        ("torch.tanh(X @ W + b)", "X @ W + b"),
        says="Compare the activation with the threshold.",
    ),
    *units("threshold-hard-coded", "saturated_fraction", (SATURATED_SHARE, WITHOUT_THRESHOLD), says=THRESHOLD),
    *units("threshold-hard-coded", "saturated_fraction", (SATURATED_SHARE, WITHOUT_THRESHOLD_MEAN), says=THRESHOLD),
    # Units that are saturated for every sample, as if the other function were asked for.
    *units(
        "whole-units",
        "saturated_fraction",
        (SATURATED_SHARE, "return (a.abs() > threshold).all(0).sum().item() / a.shape[1]"),
        says="Here every activation counts for itself: divide by N·H.",
    ),
    *units(
        "whole-units",
        "saturated_fraction",
        (SATURATED_SHARE, "return (a.abs() > threshold).any(0).sum().item() / a.shape[1]"),
        says="Here every activation counts for itself: divide by N·H.",
    ),
    *units(
        "sigmoid-for-tanh",
        "saturated_fraction",
        ("torch.tanh(X @ W + b)", "torch.sigmoid(X @ W + b)"),
        says="The activation is tanh here, which saturates at −1 and 1.",
    ),
]

# --- 2.4.3 -----------------------------------------------------------------------------------------------------------

KINKS = "sorted((-b / w, abs(w) * v) for w, b, v in zip(weights, biases, outputs) if w != 0)"
KEPT = "[point for point, change in merged if abs(change) > 1e-9]"
MERGE = "merged[-1][1] += change"
SAME = "if merged and point - merged[-1][0] <= 1e-9:"
SILENT = "A unit with zero output weight bends nothing."
SORT_FIRST = "Sort the points before you merge them: only then do equal ones stand side by side."
NO_POINT = "A unit with zero input weight has no breakpoint."


def breakpoints(name, *edits, says):
    return Mistake(name, exercise="ex3_breakpoints", function="relu_breakpoints", edits=edits, says=says)


BREAKPOINTS = [
    breakpoints("sign-lost", (KINKS, KINKS.replace("-b / w", "b / w")), says="Solve wx+b=0: the breakpoint is −b/w."),
    breakpoints(
        "inverted-quotient",
        (KINKS, KINKS.replace("-b / w", "-w / b").replace("w != 0", "w != 0 and b != 0")),
        says="The breakpoint is −b/w, not −w/b.",
    ),
    # Floats raise an error; tensors give an infinite point or none.
    breakpoints("division-by-zero", (KINKS, KINKS.replace(" if w != 0", "")), says=NO_POINT),
    breakpoints(
        "division-by-zero",
        (
            KINKS,
            KINKS.replace(
                "(-b / w, abs(w) * v)", '(-b / w if w else -b * float("inf"), abs(w) * v if w else v)'
            ).replace(" if w != 0", ""),
        ),
        says=NO_POINT,
    ),
    # W2 is not looked at at all, so that nothing cancels either; or only the silent units are taken for loud ones.
    breakpoints("counts-silent-units", (KINKS, KINKS.replace("abs(w) * v", "abs(w)")), says=SILENT),
    breakpoints("counts-silent-units", (KINKS, KINKS.replace("abs(w) * v", "abs(w) * (v or 1)")), says=SILENT),
    breakpoints("duplicates", (SAME, "if False:"), says="Merge breakpoints that coincide."),
    breakpoints(
        "cancellation-ignored",
        (MERGE, "merged[-1][1] += abs(change)"),
        ("merged.append([point, change])", "merged.append([point, abs(change)])"),
        says="Two kinks at one point can cancel: sum their slope changes.",
    ),
    breakpoints(
        "sign-of-w-kept",
        (KINKS, KINKS.replace("abs(w) * v", "w * v")),
        says="From left to right a unit with w < 0 switches off: its slope changes by |w|·W2, not w·W2.",
    ),
    breakpoints(
        "output-weights-added",
        (KINKS, KINKS.replace("abs(w) * v", "v")),
        says="A unit changes the slope by |w|·W2: the output weight alone does not say how much.",
    ),
    breakpoints(
        "downward-bends-lost",
        (KEPT, KEPT.replace("abs(change)", "change")),
        says="A slope may also fall: look at the size of the change.",
    ),
    breakpoints(
        "positive-weights-only",
        (KINKS, KINKS.replace("w != 0", "w > 0")),
        says="A unit with w < 0 bends as well: only w = 0 never switches.",
    ),
    breakpoints(
        "small-weights-dropped",
        (KINKS, KINKS.replace("w != 0", "abs(w) > 1e-6")),
        says="Only a unit with w = 0 has no point: a small input weight bends like any other.",
    ),
    # Merged before they are sorted, and sorted afterwards or not at all.
    *(
        breakpoints(
            "merged-unsorted",
            (KINKS, KINKS.replace("sorted(", "list(")),
            (SAME, SAME.replace("point - merged[-1][0]", "abs(point - merged[-1][0])")),
            *then,
            says=SORT_FIRST,
        )
        for then in ((), ((KEPT, f"sorted({KEPT})"),))
    ),
    breakpoints(
        "kink-at-zero-lost",
        (KINKS, KINKS.replace("w != 0", "w != 0 and b != 0")),
        says="Without a bias a unit bends at x = 0, which is a point like any other.",
    ),
    breakpoints(
        "merges-neighbours",
        (SAME, SAME.replace("1e-9", "1e-3")),
        says="Points that are further apart than 1e-9 are two points.",
    ),
    breakpoints(
        "equality-of-floats",
        (SAME, SAME.replace("point - merged[-1][0] <= 1e-9", "point == merged[-1][0]")),
        says="Rounding keeps equal points from being equal to the last digit: compare within 1e-9.",
    ),
    breakpoints(
        "exact-zero",
        (KEPT, KEPT.replace("abs(change) > 1e-9", "change != 0")),
        says="Rounding keeps a sum from being exactly 0: compare its size with 1e-9.",
    ),
    breakpoints(
        "unsorted",
        (KINKS, KINKS.replace("sorted(", "list(")),
        (
            "        if merged and point - merged[-1][0] <= 1e-9:\n            merged[-1][1] += change\n",
            (
                "        known = [entry for entry in merged if abs(entry[0] - point) <= 1e-9]\n"
                "        if known:\n            known[0][1] += change\n"
            ),
        ),
        says="Return the breakpoints in increasing order.",
    ),
]

MISTAKES = DERIVATIVES + UNITS + BREAKPOINTS
