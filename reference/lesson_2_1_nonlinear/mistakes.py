"""The named mistakes of lesson 2.1: wrong activations, wrong layers, networks that do not compute XOR."""

from grader.testing import Mistake

# --- 2.1.1 -----------------------------------------------------------------------------------------------------------

MAXIMUM = "torch.maximum(z, torch.zeros_like(z))"
SIGMOID = "return torch.where(z >= 0, 1 / (1 + e), e / (1 + e))"
TANH = "return torch.sign(z) * (1 - e) / (1 + e)"
OVERFLOW = "exp of a large argument overflows: inf/inf is NaN, and math.exp raises an error; use exp(−|z|)."
FACTOR_2 = "sigmoid(z) = (1+tanh(z/2))/2 and tanh(z) = 2·sigmoid(2z)−1: check the factor 2."

# Right formulas that overflow: for both signs, or for one.
ACTIVATIONS = [
    Mistake("overflow", exercise="ex1_activations", function=function, edit=edit, says=OVERFLOW)
    for function, edit in (
        ("sigmoid", (SIGMOID, "return torch.exp(z) / (1 + torch.exp(z))")),
        ("sigmoid", (SIGMOID, "return torch.exp(z) / (torch.exp(z) + torch.exp(torch.zeros_like(z)))")),
        ("tanh", (TANH, "return (torch.exp(z) - torch.exp(-z)) / (torch.exp(z) + torch.exp(-z))")),
        ("tanh", (TANH, "return (torch.exp(2 * z) - 1) / (torch.exp(2 * z) + 1)")),
        ("tanh", (TANH, "return (1 - torch.exp(-2 * z)) / (1 + torch.exp(-2 * z))")),
        ("tanh", (TANH, "return torch.sinh(z) / torch.cosh(z)")),
    )
]
ACTIVATIONS += [
    Mistake(
        "sigmoid-negated",
        exercise="ex1_activations",
        function="sigmoid",
        edit=(SIGMOID, "return 1 / (1 + torch.exp(z))"),
        says="The exponent of the sigmoid is −z.",
    ),
    # tanh with the sigmoid's exponential, sigmoid with tanh's, and each relation without its 2.
    Mistake(
        "wrong-argument-scale",
        exercise="ex1_activations",
        function="tanh",
        edit=("torch.exp(-2 * z.abs())", "torch.exp(-z.abs())"),
        says=FACTOR_2,
    ),
    Mistake(
        "wrong-argument-scale",
        exercise="ex1_activations",
        function="sigmoid",
        edit=("torch.exp(-z.abs())", "torch.exp(-2 * z.abs())"),
        says=FACTOR_2,
    ),
    Mistake(
        "wrong-argument-scale",
        exercise="ex1_activations",
        function="tanh",
        edit=(TANH, "return 2 / (1 + torch.exp(-z / 2)) - 1"),
        says=FACTOR_2,
    ),
    Mistake(
        "wrong-argument-scale",
        exercise="ex1_activations",
        function="tanh",
        edit=(TANH, "return 2 * torch.exp(z) / (1 + torch.exp(z)) - 1"),
        says=FACTOR_2,
    ),
    Mistake(
        "overflow",
        exercise="ex1_activations",
        function="sigmoid",
        replace="""
import math
def sigmoid(z):
    numbers = [1 / (1 + math.exp(-number)) for number in z.flatten().tolist()]
    return torch.tensor(numbers, dtype=z.dtype, device=z.device).reshape(z.shape)
""",
        says=OVERFLOW,
    ),
    Mistake(
        "leaky-not-relu",
        exercise="ex1_activations",
        function="relu",
        edit=(MAXIMUM, "torch.where(z > 0, z, 0.01 * z)"),
        says="That is the leaky ReLU: here negative inputs give exactly 0.",
    ),
    Mistake(
        "tanh-not-stretched",
        exercise="ex1_activations",
        function="tanh",
        edit=(TANH, "return 1 / (1 + torch.exp(-2 * z))"),
        says="tanh runs from −1 to 1: stretch the sigmoid's range from 0 to 1, and move it.",
    ),
    Mistake(
        "step-not-relu",
        exercise="ex1_activations",
        function="relu",
        edit=(MAXIMUM, "(z > 0).to(z.dtype)"),
        says="relu passes z itself, not 1.",
    ),
    Mistake(
        "abs-not-relu",
        exercise="ex1_activations",
        function="relu",
        edit=(MAXIMUM, "z.abs()"),
        says="Negative inputs give 0.",
    ),
    Mistake(
        "negative-part",
        exercise="ex1_activations",
        function="relu",
        edit=(MAXIMUM, "torch.minimum(z, torch.zeros_like(z))"),
        says="relu keeps the larger of z and 0, not the smaller.",
    ),
]
# One form for the whole tensor, chosen by its sum, its mean or one entry: it overflows for the entries of the other sign.
ACTIVATIONS += [
    Mistake(
        "one-form-for-all",
        exercise="ex1_activations",
        function=function,
        edit=(right, f"return {above} if z.sum() >= 0 else {below}"),
        says="Which form is safe depends on the sign of each entry, not on the tensor as a whole: choose entry by entry.",
    )
    for function, right, above, below in (
        ("sigmoid", SIGMOID, "1 / (1 + torch.exp(-z))", "torch.exp(z) / (1 + torch.exp(z))"),
        (
            "tanh",
            TANH,
            "(1 - torch.exp(-2 * z)) / (1 + torch.exp(-2 * z))",
            "(torch.exp(2 * z) - 1) / (torch.exp(2 * z) + 1)",
        ),
    )
]
# The largest entry of the whole tensor, or Python's max, which asks whether a tensor is larger.
ACTIVATIONS += [
    Mistake(
        "max-over-tensor",
        exercise="ex1_activations",
        function="relu",
        edit=(MAXIMUM, code),
        says="Compare elementwise with 0.",
    )
    for code in (
        "z.max().clamp(min=0)",
        "z.max()",
        "z.max().clamp(min=0).expand(z.shape).clone()",
        "max(z, torch.zeros_like(z))",
        "max(0, z)",
    )
]

# --- 2.1.2 -----------------------------------------------------------------------------------------------------------

HIDDEN = "z = X @ W1 + b1"
ACTIVATE = "h = activations[activation](z)"
OUTPUT = "return h @ W2 + b2"
AUGMENTED = "return Wb @ torch.cat([X, ones])"
ONES_ROW = "[X; 1] needs a row of ones below the features."
ONES_AXIS = "The ones are an extra feature row, not an extra sample."

FORWARD = [
    Mistake(
        "no-activation",
        exercise="ex2_mlp_forward",
        function="mlp_forward",
        edit=(ACTIVATE, "h = z"),
        says="Apply f to the hidden pre-activation.",
    ),
    Mistake(
        "activation-on-output",
        exercise="ex2_mlp_forward",
        function="mlp_forward",
        edit=(OUTPUT, "return activations[activation](h @ W2 + b2)"),
        says="The output layer stays linear.",
    ),
    Mistake(
        "bias-after-activation",
        exercise="ex2_mlp_forward",
        function="mlp_forward",
        edits=((HIDDEN, "z = X @ W1"), (ACTIVATE, "h = activations[activation](z) + b1")),
        says="Add b1 before the activation.",
    ),
    Mistake(
        "hidden-bias-missing",
        exercise="ex2_mlp_forward",
        function="mlp_forward",
        edit=(HIDDEN, "z = X @ W1"),
        says="The hidden layer lacks its bias b1.",
    ),
    Mistake(
        "output-bias-missing",
        exercise="ex2_mlp_forward",
        function="mlp_forward",
        edit=(OUTPUT, "return h @ W2"),
        says="The output layer lacks its bias b2.",
    ),
    # As with the weights of nn.Linear: with sizes that differ it fails, with equal ones the numbers are wrong.
    Mistake(
        "transposed-weights",
        exercise="ex2_mlp_forward",
        function="mlp_forward",
        edits=((HIDDEN, "z = X @ W1.T + b1"), (OUTPUT, "return h @ W2.T + b2")),
        says="Weights are [fan_in, fan_out] here: use them as they are, not transposed as in nn.Linear.",
    ),
    Mistake(
        "transposed-weights",
        exercise="ex2_mlp_forward",
        function="mlp_forward",
        edit=(HIDDEN, "z = X @ W1.T + b1"),
        says="Weights are [fan_in, fan_out] here: use them as they are, not transposed as in nn.Linear.",
    ),
    # Without any ones: W alone, or the whole matrix, which does not fit.
    Mistake(
        "ones-row-missing",
        exercise="ex2_mlp_forward",
        function="linear_augmented",
        edit=(AUGMENTED, "return Wb[:, :-1] @ X"),
        says=ONES_ROW,
    ),
    Mistake(
        "ones-row-missing",
        exercise="ex2_mlp_forward",
        function="linear_augmented",
        edit=(AUGMENTED, "return Wb @ X"),
        says=ONES_ROW,
    ),
    # A column of ones beside the samples; the bias is added to all of them, or left out, so that the product fits.
    Mistake(
        "wrong-axis-ones",
        exercise="ex2_mlp_forward",
        function="linear_augmented",
        edit=(AUGMENTED, "return Wb[:, :-1] @ torch.cat([X, torch.ones_like(X[:, :1])], dim=1) + Wb[:, -1:]"),
        says=ONES_AXIS,
    ),
    Mistake(
        "wrong-axis-ones",
        exercise="ex2_mlp_forward",
        function="linear_augmented",
        edit=(AUGMENTED, "return Wb[:, :-1] @ torch.cat([X, torch.ones(len(X), 1, dtype=X.dtype)], dim=1)"),
        says=ONES_AXIS,
    ),
    # Without the ones, the bias has to become a column: as it is, it is added along the samples.
    Mistake(
        "bias-along-samples",
        exercise="ex2_mlp_forward",
        function="linear_augmented",
        edit=(AUGMENTED, "return Wb[:, :-1] @ X + Wb[:, -1]"),
        says="There is one bias for each output, so for each row of the result: yours is added along the samples.",
    ),
    Mistake(
        "sigmoid-negated",
        exercise="ex2_mlp_forward",
        function="mlp_forward",
        edit=('"sigmoid": torch.sigmoid', '"sigmoid": lambda z: 1 / (1 + torch.exp(z))'),
        says="The exponent of the sigmoid is −z.",
    ),
    Mistake(
        "ones-row-on-top",
        exercise="ex2_mlp_forward",
        function="linear_augmented",
        edit=(AUGMENTED, "return Wb @ torch.cat([ones, X])"),
        says="The bias is the last column of [W | b], so the ones belong below the features, not above them.",
    ),
]

# --- 2.1.3 -----------------------------------------------------------------------------------------------------------

NETWORK = """
def xor_network() -> Params:
    return {{
        "W1": torch.tensor({W1}),
        "b1": torch.tensor({b1}),
        "W2": torch.tensor({W2}),
        "b2": torch.tensor({b2}),
    }}
"""
WRONG_TABLE = "Your network computes another truth table: only (0,1) and (1,0) must give 1."
STILL_LINEAR = "Without a kink no weights solve XOR: let two hidden units switch at different sums."
SIDES_ONLY = "Outputs must be 0 and 1, not merely on the right side of ½."
LAYOUT = "W1 is [2,H] here, the transpose of nn.Linear's layout."


def xor(name, says, W1, b1, W2, b2):
    network = NETWORK.format(W1=W1, b1=b1, W2=W2, b2=b2)
    return Mistake(name, exercise="ex3_xor", function="xor_network", replace=network, says=says)


# A network is recognised by the tensors in which it differs from the reference. So that no other network is taken for one
# of these, they differ in as many as possible.
SUMS = "[[1.0, 1.0], [1.0, 1.0]]"
XOR = [
    # AND with one unit, OR, XNOR, NAND with one unit.
    xor("wrong-truth-table", WRONG_TABLE, "[[1.0], [1.0]]", "[-1.0]", "[[1.0]]", "[0.0]"),
    xor("wrong-truth-table", WRONG_TABLE, "[[2.0, 2.0], [2.0, 2.0]]", "[0.0, -1.0]", "[[1.0], [-1.0]]", "[0.0]"),
    xor("wrong-truth-table", WRONG_TABLE, SUMS, "[0.0, -1.0]", "[[-1.0], [2.0]]", "[1.0]"),
    xor("wrong-truth-table", WRONG_TABLE, "[[1.0], [1.0]]", "[-1.0]", "[[-1.0]]", "[1.0]"),
    # Both units switch at the sum 0, all outputs are ½, or there is a single unit.
    xor("still-linear", STILL_LINEAR, "[[1.0, 2.0], [1.0, 2.0]]", "[0.0, 0.0]", "[[1.0], [-0.5]]", "[0.0]"),
    xor("still-linear", STILL_LINEAR, "[[0.0, 0.0], [0.0, 0.0]]", "[0.0, 0.0]", "[[0.0], [0.0]]", "[0.5]"),
    xor("still-linear", STILL_LINEAR, "[[1.0], [1.0]]", "[0.0]", "[[0.5]]", "[0.0]"),
    # Outputs −1 and 1, or 0.1 and 0.9.
    xor("right-sign-not-value", SIDES_ONLY, SUMS, "[0.0, -1.0]", "[[2.0], [-4.0]]", "[-1.0]"),
    xor("right-sign-not-value", SIDES_ONLY, SUMS, "[0.0, -1.0]", "[[0.8], [-1.6]]", "[0.1]"),
    # Three units, since with two the layouts have the same shape.
    xor(
        "linear-layer-layout",
        LAYOUT,
        "[[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]",
        "[0.0, -1.0, -1.0]",
        "[[1.0, -1.0, -1.0]]",
        "[0.0]",
    ),
    xor(
        "linear-layer-layout",
        LAYOUT,
        "[[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]",
        "[0.0, -1.0, -1.0]",
        "[[1.0], [-1.0], [-1.0]]",
        "[0.0]",
    ),
]

# --- 2.1.4 -----------------------------------------------------------------------------------------------------------

PRODUCT = "W = W1 @ W2"
BIAS = "b = b1 @ W2 + b2"
MATRIX_PRODUCT = "Layers compose by the matrix product, not elementwise."

COLLAPSE = [
    Mistake(
        "first-bias-lost",
        exercise="ex4_collapse",
        function="collapse",
        edit=(BIAS, "b = b2.clone()"),
        says="b1 also passes through W2: b = b1·W2 + b2.",
    ),
    Mistake(
        "biases-added",
        exercise="ex4_collapse",
        function="collapse",
        edit=(BIAS, "b = b1 + b2"),
        says="b1 must be multiplied by W2 before b2 is added.",
    ),
    # The weights alone in the other order, or the bias as well.
    Mistake(
        "wrong-order",
        exercise="ex4_collapse",
        function="collapse",
        edit=(PRODUCT, "W = W2 @ W1"),
        says="With rows as samples the product is W1·W2.",
    ),
    Mistake(
        "wrong-order",
        exercise="ex4_collapse",
        function="collapse",
        edits=((PRODUCT, "W = W2 @ W1"), (BIAS, "b = W2 @ b1 + b2")),
        says="With rows as samples the product is W1·W2.",
    ),
    Mistake(
        "elementwise-product",
        exercise="ex4_collapse",
        function="collapse",
        edit=(PRODUCT, "W = W1 * W2"),
        says=MATRIX_PRODUCT,
    ),
    Mistake(
        "elementwise-product",
        exercise="ex4_collapse",
        function="collapse",
        edits=((PRODUCT, "W = W1 * W2"), (BIAS, "b = b1 * W2 + b2")),
        says=MATRIX_PRODUCT,
    ),
    Mistake(
        "second-bias-lost",
        exercise="ex4_collapse",
        function="collapse",
        edit=(BIAS, "b = b1 @ W2"),
        says="The output layer adds b2 of its own, after everything else.",
    ),
]

MISTAKES = ACTIVATIONS + FORWARD + XOR + COLLAPSE
