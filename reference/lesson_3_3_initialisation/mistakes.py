"""Known wrong variants of lesson 3.3. Several entries of one name are several natural ways to make the same mistake."""

from grader.testing import Mistake

# --- 3.3.1 -----------------------------------------------------------------------------------------------------------

BOUND = "math.sqrt(6 / (fan_in + fan_out))"
FAN_IN_ONLY = "Xavier uses the sum of fan_in and fan_out."
NORMAL_STD = "A uniform bound is √3 times the standard deviation."
NO_ROOT = "The square root is missing."
CAST_LAST = "The numbers are computed in float64; what is computed after the cast is rounded to dtype."
WHOLE_FRACTION = "The root covers the whole fraction, not the numerator alone."
CALLERS_SEED = "Draw from the generator as it comes: its seed belongs to the caller."
HE_VARIANCE = "2/fan_in is the variance; draw with its square root."

XAVIER_HE = [
    Mistake(
        "fan-in-only",
        exercise="ex1_xavier_he",
        function="xavier_bound",
        edit=(BOUND, "math.sqrt(6 / fan_in)"),
        says=FAN_IN_ONLY,
    ),
    Mistake(
        "fan-in-only",
        exercise="ex1_xavier_he",
        function="xavier_bound",
        edit=(BOUND, "math.sqrt(3 / fan_in)"),
        says=FAN_IN_ONLY,
    ),
    Mistake(
        "normal-std-as-bound",
        exercise="ex1_xavier_he",
        function="xavier_bound",
        edit=(BOUND, "math.sqrt(2 / (fan_in + fan_out))"),
        says=NORMAL_STD,
    ),
    Mistake(
        "no-square-root",
        exercise="ex1_xavier_he",
        function="xavier_bound",
        edit=(BOUND, "6 / (fan_in + fan_out)"),
    ),
    Mistake(
        "root-of-numerator",
        exercise="ex1_xavier_he",
        function="xavier_bound",
        edit=(BOUND, "math.sqrt(6) / (fan_in + fan_out)"),
        says=WHOLE_FRACTION,
    ),
    Mistake(
        "root-of-numerator",
        exercise="ex1_xavier_he",
        function="he_std",
        edit=("math.sqrt(2 / fan_in)", "math.sqrt(2) / fan_in"),
        says=WHOLE_FRACTION,
    ),
    Mistake(
        "gain-inside-root",
        exercise="ex1_xavier_he",
        function="xavier_bound",
        edit=(f"gain * {BOUND}", "math.sqrt(gain * 6 / (fan_in + fan_out))"),
        says="The gain multiplies the root; it does not belong inside it.",
    ),
    Mistake(
        "gain-ignored",
        exercise="ex1_xavier_he",
        function="xavier_bound",
        edit=(f"gain * {BOUND}", BOUND),
        says="The bound must grow with the gain.",
    ),
    Mistake(
        "gain-ignored",
        exercise="ex1_xavier_he",
        function="xavier_uniform",
        edit=("xavier_bound(fan_in, fan_out, gain)", "xavier_bound(fan_in, fan_out)"),
        says="The bound must grow with the gain.",
    ),
    Mistake(
        "generator-reseeded",
        exercise="ex1_xavier_he",
        function="xavier_uniform",
        edit=("    u = torch.rand", "    generator.manual_seed(0)\n    u = torch.rand"),
        says=CALLERS_SEED,
    ),
    Mistake(
        "generator-reseeded",
        exercise="ex1_xavier_he",
        function="he_normal",
        edit=("    z = torch.randn", "    generator.manual_seed(0)\n    z = torch.randn"),
        says=CALLERS_SEED,
    ),
    *(
        Mistake(
            "dtype-ignored",
            exercise="ex1_xavier_he",
            function=function,
            edit=(".to(dtype)", ""),
            says="Cast the result to dtype, which is float32 unless the caller says otherwise.",
        )
        for function in ("xavier_uniform", "he_normal")
    ),
    Mistake(
        "he-fan-out",
        exercise="ex1_xavier_he",
        function="he_normal",
        edit=("he_std(fan_in)", "he_std(fan_out)"),
        says="He initialisation divides by fan_in.",
    ),
    Mistake(
        "he-factor-one",
        exercise="ex1_xavier_he",
        function="he_std",
        edit=("math.sqrt(2 / fan_in)", "math.sqrt(1 / fan_in)"),
        says="ReLU halves the signal's power: 2/fan_in.",
    ),
    Mistake(
        "variance-as-std",
        exercise="ex1_xavier_he",
        function="he_std",
        edit=("math.sqrt(2 / fan_in)", "2 / fan_in"),
        says=HE_VARIANCE,
    ),
    Mistake(
        "variance-as-std",
        exercise="ex1_xavier_he",
        function="he_normal",
        edit=("he_std(fan_in)", "2 / fan_in"),
        says=HE_VARIANCE,
    ),
    Mistake(
        "one-sided-uniform",
        exercise="ex1_xavier_he",
        function="xavier_uniform",
        edit=("(2 * u - 1)", "u"),
        says="Draw from [−a, a], not from [0, a].",
    ),
    Mistake(
        "half-range",
        exercise="ex1_xavier_he",
        function="xavier_uniform",
        edit=("(2 * u - 1)", "(u - 0.5)"),
        says="The draw must reach from −a to a: its whole width is twice the bound.",
    ),
    Mistake(
        "shape-transposed",
        exercise="ex1_xavier_he",
        function="xavier_uniform",
        edit=("torch.rand(fan_in, fan_out", "torch.rand(fan_out, fan_in"),
        says="The weights have the shape [fan_in, fan_out]: one row for every input.",
    ),
    Mistake(
        "shape-transposed",
        exercise="ex1_xavier_he",
        function="he_normal",
        edit=("torch.randn(fan_in, fan_out", "torch.randn(fan_out, fan_in"),
        says="The weights have the shape [fan_in, fan_out]: one row for every input.",
    ),
    Mistake(
        "generator-ignored",
        exercise="ex1_xavier_he",
        function="he_normal",
        edit=("generator=generator, ", ""),
        says="Draw with the given generator, otherwise no run can be repeated.",
    ),
    Mistake(
        "generator-ignored",
        exercise="ex1_xavier_he",
        function="xavier_uniform",
        edit=("generator=generator, ", ""),
        says="Draw with the given generator, otherwise no run can be repeated.",
    ),
    Mistake(
        "drawn-in-dtype",
        exercise="ex1_xavier_he",
        function="xavier_uniform",
        edit=("dtype=torch.float64)", "dtype=dtype)"),
        says="Draw in float64 and cast the result, so that every dtype gets the same numbers.",
    ),
    Mistake(
        "cast-too-early",
        exercise="ex1_xavier_he",
        function="he_normal",
        edit=("(z * he_std(fan_in)).to(dtype)", "z.to(dtype) * he_std(fan_in)"),
        says=CAST_LAST,
    ),
    Mistake(
        "cast-too-early",
        exercise="ex1_xavier_he",
        function="xavier_uniform",
        edit=(
            "((2 * u - 1) * xavier_bound(fan_in, fan_out, gain)).to(dtype)",
            "(2 * u.to(dtype) - 1) * xavier_bound(fan_in, fan_out, gain)",
        ),
        says=CAST_LAST,
    ),
    Mistake(
        "drawn-in-dtype",
        exercise="ex1_xavier_he",
        function="he_normal",
        edit=("dtype=torch.float64)", "dtype=dtype)"),
        says="Draw in float64 and cast the result, so that every dtype gets the same numbers.",
    ),
]

# --- 3.3.2 -----------------------------------------------------------------------------------------------------------

STD = "(h - h.mean()).square().mean().sqrt().item()"

SIGNAL_STD = [
    Mistake(
        "last-layer-left-linear",
        exercise="ex2_signal_std",
        function="signal_std",
        edits=(
            ("for W in weights:\n", "for number, W in enumerate(weights, start=1):\n"),
            ("h = f(h @ W)", "h = h @ W if number == len(weights) else f(h @ W)"),
        ),
        says="In this exercise every layer has the activation, the last one too.",
    ),
    Mistake(
        "pre-activation",
        exercise="ex2_signal_std",
        function="signal_std",
        edits=(("h = f(h @ W)\n", "z = h @ W\n        h = f(z)\n"), (STD, STD.replace("h", "z"))),
        says="Record the output of the activation, not its input.",
    ),
    Mistake("sample-std", exercise="ex2_signal_std", function="signal_std", edit=(STD, "h.std().item()")),
    Mistake(
        "variance-not-std",
        exercise="ex2_signal_std",
        function="signal_std",
        edit=(STD, "(h - h.mean()).square().mean().item()"),
        says="Report the standard deviation, the root of the variance.",
    ),
    Mistake(
        "per-unit-mean",
        exercise="ex2_signal_std",
        function="signal_std",
        edit=(STD, "(h - h.mean(0)).square().mean(0).sqrt().mean().item()"),
        says="Take one standard deviation over all entries of the layer.",
    ),
    Mistake(
        "per-unit-mean",
        exercise="ex2_signal_std",
        function="signal_std",
        edit=(STD, "(h - h.mean(0)).square().mean().sqrt().item()"),
        says="Take one standard deviation over all entries of the layer.",
    ),
    Mistake(
        "per-sample-mean",
        exercise="ex2_signal_std",
        function="signal_std",
        edit=(STD, "h.std(1, unbiased=False).mean().item()"),
        says="Take one standard deviation over all entries of the layer.",
    ),
    Mistake(
        "activation-not-passed-on",
        exercise="ex2_signal_std",
        function="signal_std",
        edits=(("h = f(h @ W)", "h = h @ W"), (STD, "f(h).std(unbiased=False).item()")),
        says="The next layer gets the output of the activation, not its input.",
    ),
    Mistake(
        "root-mean-square",
        exercise="ex2_signal_std",
        function="signal_std",
        edit=(STD, "h.square().mean().sqrt().item()"),
        says="The standard deviation subtracts the mean first.",
    ),
    Mistake(
        "no-propagation",
        exercise="ex2_signal_std",
        function="signal_std",
        edit=("h = f(h @ W)", "h = f(X @ W) if X.shape[1] == len(W) else f(h @ W)"),
        says="Feed each layer with the previous output.",
    ),
    Mistake(
        "no-propagation",
        exercise="ex2_signal_std",
        function="signal_std",
        edit=("h = f(h @ W)", "h = f(X @ W)"),
        says="Feed each layer with the previous output.",
    ),
    Mistake(
        "first-weights-reused",
        exercise="ex2_signal_std",
        function="signal_std",
        edit=("h = f(h @ W)", "h = f(h @ weights[0])"),
        says="Each layer has its own weight matrix.",
    ),
    Mistake(
        "activation-left-out",
        exercise="ex2_signal_std",
        function="signal_std",
        edit=("h = f(h @ W)", "h = h @ W"),
        says="Every layer applies the activation to its product.",
    ),
    Mistake(
        "input-recorded",
        exercise="ex2_signal_std",
        function="signal_std",
        edit=("h, stds = X, []", "h, stds = X, [(X - X.mean()).square().mean().sqrt().item()]"),
        says="The list has one entry per layer; the input itself is not recorded.",
    ),
]

# --- 3.3.3 -----------------------------------------------------------------------------------------------------------

UNITS = "torch.cat([W1.T, b1.unsqueeze(1), W2], dim=1)"

SYMMETRY = [
    Mistake(
        "output-weights-ignored",
        exercise="ex3_symmetry",
        function="distinct_units",
        edit=(UNITS, "torch.cat([W1.T, b1.unsqueeze(1)], dim=1)"),
        says="Units with different output weights are different.",
    ),
    Mistake(
        "bias-ignored",
        exercise="ex3_symmetry",
        function="distinct_units",
        edit=(UNITS, "torch.cat([W1.T, W2], dim=1)"),
        says="Units with different biases are different.",
    ),
    Mistake(
        "input-weights-ignored",
        exercise="ex3_symmetry",
        function="distinct_units",
        edit=(UNITS, "torch.cat([b1.unsqueeze(1), W2], dim=1)"),
        says="Units with different input weights are different.",
    ),
    Mistake(
        "exact-equality",
        exercise="ex3_symmetry",
        function="distinct_units",
        edit=("(unit - other).abs().max() > tol", "not torch.equal(unit, other)"),
        says="Compare with tol; rounding breaks exact equality.",
    ),
    Mistake(
        "tolerance-fixed",
        exercise="ex3_symmetry",
        function="distinct_units",
        edit=("> tol", "> 1e-8"),
        says="Compare with the tol that you were given, not with a number of your own.",
    ),
    Mistake(
        "rank-not-count",
        exercise="ex3_symmetry",
        function="distinct_units",
        replace="""def distinct_units(W1: Tensor, b1: Tensor, W2: Tensor, tol: float = 1e-8) -> int:
    units = torch.cat([W1.T, b1.unsqueeze(1), W2], dim=1)
    return int(torch.linalg.matrix_rank(units)) if len(units) else 0
""",
        says="Linear dependence is not equality.",
    ),
    Mistake(
        "counts-pairs",
        exercise="ex3_symmetry",
        function="distinct_units",
        replace="""def distinct_units(W1: Tensor, b1: Tensor, W2: Tensor, tol: float = 1e-8) -> int:
    units = torch.cat([W1.T, b1.unsqueeze(1), W2], dim=1)
    pairs = 0
    for j in range(len(units)):
        for k in range(j):
            pairs += int((units[j] - units[k]).abs().max() <= tol)
    return pairs
""",
        says="Return the number of classes, not of equal pairs.",
    ),
    Mistake(
        "difference-with-its-sign",
        exercise="ex3_symmetry",
        function="distinct_units",
        edit=("(unit - other).abs().max()", "(unit - other).max()"),
        says="A difference may be negative, too: its size is compared with tol.",
    ),
    *(
        Mistake(
            "differences-added-up",
            exercise="ex3_symmetry",
            function="distinct_units",
            edit=("(unit - other).abs().max()", f"(unit - other).{total}"),
            says="The largest difference is compared with tol, not the sum or the norm of all of them.",
        )
        for total in ("abs().sum()", "norm()")
    ),
    Mistake(
        "mean-difference",
        exercise="ex3_symmetry",
        function="distinct_units",
        edit=("(unit - other).abs().max()", "(unit - other).abs().mean()"),
        says="The largest difference is compared with tol, not the mean of all of them.",
    ),
    Mistake(
        "one-equal-number",
        exercise="ex3_symmetry",
        function="distinct_units",
        edit=("(unit - other).abs().max()", "(unit - other).abs().min()"),
        says="Two units are equal if all their numbers are, not if one is.",
    ),
    *(
        Mistake(
            "rounded-to-a-grid",
            exercise="ex3_symmetry",
            function="distinct_units",
            replace=f"""def distinct_units(W1: Tensor, b1: Tensor, W2: Tensor, tol: float = 1e-8) -> int:
    units = torch.cat([W1.T, b1.unsqueeze(1), W2], dim=1)
    return len({{tuple({rounded}.tolist()) for unit in units}})
""",
            says="Rounding can part two numbers that lie close together: compare differences.",
        )
        for rounded in ("(unit / tol).round()", "unit.round(decimals=8)")
    ),
    Mistake(
        "relative-tolerance",
        exercise="ex3_symmetry",
        function="distinct_units",
        edit=("(unit - other).abs().max() > tol", "not torch.allclose(unit, other, atol=tol)"),
        says="torch.allclose adds a tolerance of its own that grows with the numbers (rtol); here tol alone counts.",
    ),
    Mistake(
        "lonely-units-only",
        exercise="ex3_symmetry",
        function="distinct_units",
        replace="""def distinct_units(W1: Tensor, b1: Tensor, W2: Tensor, tol: float = 1e-8) -> int:
    units = torch.cat([W1.T, b1.unsqueeze(1), W2], dim=1)
    if not len(units):
        return 0
    equal = (units.unsqueeze(0) - units.unsqueeze(1)).abs().amax(dim=2) <= tol
    return int((equal.sum(dim=1) == 1).sum())
""",
        says="A unit that has twins counts too: once for all of them together.",
    ),
    Mistake(
        "neighbours-only",
        exercise="ex3_symmetry",
        function="distinct_units",
        replace="""def distinct_units(W1: Tensor, b1: Tensor, W2: Tensor, tol: float = 1e-8) -> int:
    units = torch.cat([W1.T, b1.unsqueeze(1), W2], dim=1)
    if not len(units):
        return 0
    return 1 + int(((units[1:] - units[:-1]).abs().amax(dim=1) > tol).sum())
""",
        says="Equal units need not stand side by side: compare each with all the classes found so far.",
    ),
]

MISTAKES = XAVIER_HE + SIGNAL_STD + SYMMETRY
