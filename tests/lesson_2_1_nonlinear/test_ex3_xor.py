"""Checks of exercise 2.1.3: a network that computes XOR.

Many networks are right, so nothing is compared with the reference: the grader runs every network itself.
"""

import math

import torch

from grader.testing import BY_HAND, Exercise, assert_true, points

EXERCISE = Exercise(points=3, forbid=BY_HAND)

CORNERS = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
XOR = [0.0, 1.0, 1.0, 0.0]
OTHER_TABLES = {
    "AND": [0.0, 0.0, 0.0, 1.0],
    "OR": [0.0, 1.0, 1.0, 1.0],
    "XNOR": [1.0, 0.0, 0.0, 1.0],
    "NAND": [1.0, 1.0, 1.0, 0.0],
    "NOR": [1.0, 0.0, 0.0, 0.0],
}
LAYOUT = "W1 is [2,H] here, the transpose of nn.Linear's layout."
STILL_LINEAR = "Without a kink no weights solve XOR: let two hidden units switch at different sums."
SIDES_ONLY = "Outputs must be 0 and 1, not merely on the right side of ½."
JUMPS = "With units that jump from 0 to 1 these weights would compute XOR. A ReLU jumps nowhere: it grows with its sum."
OTHER_TABLE = "Your network computes {name}, another truth table: only (0,1) and (1,0) must give 1."


def network(submission):
    """Return the parameters in float64, or say what is wrong with their form."""
    params = submission.xor_network()
    assert_true(params is not None, "The function returned None: is a return missing?")
    keys = isinstance(params, dict) and set(params) == {"W1", "b1", "W2", "b2"}
    assert_true(keys, 'Return a dictionary with the keys "W1", "b1", "W2" and "b2".')
    tensors = all(isinstance(value, torch.Tensor) and not value.is_complex() for value in params.values())
    assert_true(tensors, "W1, b1, W2 and b2 are tensors of floats.")
    W1, b1, W2, b2 = (params[name].to(torch.float64) for name in ("W1", "b1", "W2", "b2"))
    H = b1.numel()
    shapes = [list(part.shape) for part in (W1, b1, W2, b2)]
    turned = H != 2 and shapes[0] == [H, 2]
    assert_true(not turned, f"{LAYOUT} Yours has the shape {shapes[0]}.")
    wanted = [[2, H], [H], [H, 1], [1]]
    text = ", ".join(f"{name} {shape}" for name, shape in zip(("W1", "b1", "W2", "b2"), shapes))
    assert_true(shapes == wanted, f"The shapes are W1 [2, H], b1 [H], W2 [H, 1] and b2 [1]. Yours: {text}.")
    return W1, b1, W2, b2


def outputs_of(submission, inputs=CORNERS):
    return run(network(submission), inputs)


def run(parameters, inputs=CORNERS, activation=lambda z: z.clamp(min=0)):
    """Return the outputs of a network, one for each input."""
    W1, b1, W2, b2 = parameters
    return (activation(inputs @ W1 + b1) @ W2 + b2)[:, 0]


def is_xor_with_jumps(parameters):
    """Return whether the network computes XOR with units that jump at 0, as in many books: softly or at once."""
    for jump in (torch.sigmoid, lambda z: (z > 0).to(z.dtype)):
        outputs = run(parameters, activation=jump)
        for limit in (0.0, 0.5):
            if [float(output > limit) for output in outputs] == XOR:
                return True
    return False


def verdict(parameters):
    """Return what to say about the outputs at the four corners: an empty text if they are right."""
    f = run(parameters).tolist()
    if all(abs(got - wanted) <= 1e-6 for got, wanted in zip(f, XOR)):
        return ""
    values = f"Your outputs at (0,0), (0,1), (1,0), (1,1) are {', '.join(f'{value:.6g}' for value in f)}."
    for name, table in OTHER_TABLES.items():
        if all(abs(got - other) < 0.25 for got, other in zip(f, table)):
            return f"{OTHER_TABLE.format(name=name)}\n{values}"
    if not all(math.isfinite(value) for value in f):
        return f"{values} They should be 0, 1, 1, 0."
    if abs(f[3] - f[1] - f[2] + f[0]) <= 1e-9 * max(1.0, *(abs(value) for value in f)):
        return f"{STILL_LINEAR}\n{values}"
    if all((got > 0.5) == (wanted > 0.5) for got, wanted in zip(f, XOR)):
        return f"{SIDES_ONLY}\n{values}"
    if is_xor_with_jumps(parameters):
        return f"{JUMPS}\n{values}"
    return f"{values} They should be 0, 1, 1, 0."


@points(3, "W", gate=True)
def test_truth_table(submission):
    """computes XOR at the four corners"""
    wrong = verdict(network(submission))
    assert_true(not wrong, wrong)


@points(1, "INV")
def test_inputs_swapped(submission):
    """gives the same outputs when the two inputs change places"""
    swapped = outputs_of(submission, CORNERS[:, [1, 0]])
    assert_true(
        bool(((swapped - outputs_of(submission)).abs() <= 2e-6).all()),
        "(0,1) and (1,0) must give the same output: XOR does not ask which of the two inputs is the 1.",
    )


@points(1, "INV")
def test_bends(submission):
    """is not linear in its inputs"""
    f = outputs_of(submission).tolist()
    assert_true(abs(f[3] - f[1] - f[2] + f[0]) > 1e-6, STILL_LINEAR)


@points(1, "EDGE")
def test_size(submission):
    """has at most 4 hidden units"""
    H = len(network(submission)[1])
    assert_true(1 <= H <= 4, f"There are {H} hidden units; at most 4 are allowed.")


@points(1, "EDGE")
def test_finite(submission):
    """has finite weights and biases"""
    finite = all(bool(torch.isfinite(part).all()) for part in network(submission))
    assert_true(finite, "All weights and biases must be finite numbers.")


@points(1, "CON")
def test_types(submission):
    """returns tensors of floats without a graph"""
    answer = submission.answer("xor_network")
    floats = isinstance(answer.value, dict) and all(
        isinstance(value, torch.Tensor) and value.is_floating_point() for value in answer.value.values()
    )
    assert_true(floats, "W1, b1, W2 and b2 are tensors of floats; write 1.0 and not 1.")
    assert_true(not answer.requires_grad, "The tensors still carry a graph; nothing is trained here.")


def called_twice(module):  # runs beside the program
    """Return the networks of two calls with different states of PyTorch's generator."""
    import sys

    networks = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        network = sys.modules[module].xor_network()
        if isinstance(network, dict):  # the numbers as they are now, not a tensor that the next call may change
            network = {
                name: part.tolist() if isinstance(part, torch.Tensor) else part for name, part in network.items()
            }
        networks.append(network)
    return networks


@points(1, "CON")
def test_same_every_time(submission):
    """returns the same numbers in every call"""
    first, second = submission.inside(called_twice, "ex3_xor")
    assert_true(
        repr(first) == repr(second),  # NaN is not equal to itself
        "Two calls return different numbers: nothing may be random, trained, or kept from one call to the next.",
    )
