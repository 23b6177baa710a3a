"""Checks of exercise 3.1.1: one step of momentum."""

import torch

from grader.testing import BY_HAND, Exercise, agree, assert_close, assert_true, cases, contract, points

EXERCISE = Exercise(points=2, forbid=BY_HAND)

STEPS = 6


def plain(draw):
    """a matrix in motion, momentum 0.9"""
    return dict(p=draw.normal(4, 3), grad=draw.normal(4, 3), v=draw.normal(4, 3), lr=0.1, momentum=0.9)


def nesterov(draw):
    """a matrix in motion, momentum 0.7, nesterov=True"""
    return plain(draw) | dict(lr=0.3, momentum=0.7, nesterov=True)


def first_step(draw):
    """a vector at rest, momentum 0.8"""
    return dict(p=draw.normal(5), grad=draw.normal(5), v=torch.zeros(5).double(), lr=0.2, momentum=0.8)


def no_dimensions(draw):
    """a single number"""
    return plain(draw) | {name: draw.normal(1).reshape(()) for name in ("p", "grad", "v")}


def no_entries(draw):
    """tensors without entries"""
    return plain(draw) | {name: draw.normal(0, 3) for name in ("p", "grad", "v")}


def no_learning(draw):
    """a learning rate of 0"""
    return plain(draw) | dict(lr=0.0)


def no_momentum(draw):
    """a momentum of 0 and nesterov=True"""
    return plain(draw) | dict(momentum=0.0, nesterov=True)


def no_gradient(draw):
    """in motion, with a gradient of 0"""
    return plain(draw) | dict(grad=torch.zeros(4, 3).double())


def steps_plain(draw):
    """momentum 0.9"""
    return dict(p=draw.normal(4, 3), grads=draw.normal(STEPS, 4, 3), momentum=0.9, nesterov=False)


def steps_nesterov(draw):
    """momentum 0.7, nesterov=True"""
    return steps_plain(draw) | dict(momentum=0.7, nesterov=True)


def path(program, p, grads, momentum, nesterov, *, rates=None):
    """Return the positions and the velocities of a run from rest, step by step."""
    v = torch.zeros_like(p)
    positions, velocities = [], []
    for step, grad in enumerate(grads):
        lr = rates[step] if rates else 0.1
        result = program.momentum_step(p, grad, v, lr, momentum, nesterov)
        assert_true(
            isinstance(result, tuple) and len(result) == 2 and all(isinstance(part, torch.Tensor) for part in result),
            "momentum_step must return two tensors, (p, v).",
        )
        p, v = result
        positions.append(p)
        velocities.append(v)
    return positions, velocities


def compare_steps(found, expected):
    """Assert that positions and velocities agree after every step."""
    for step in range(len(expected[0])):
        for name, got, right in zip("pv", found, expected):
            assert_close(got[step], right[step], what=f"{name} after step {step + 1}")


def numbers(*values):
    return [torch.tensor(value, dtype=torch.float64) for value in values]


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    found = path(submission, torch.ones(()).double(), numbers(1, 0.5, -0.25), 0.9, False)
    compare_steps(found, (numbers(0.9, 0.76, 0.659), numbers(1, 1.4, 1.01)))


@points(1, "W")
def test_worked_nesterov(submission):
    """gives the numbers of the worked example with nesterov=True"""
    found = path(submission, torch.ones(()).double(), numbers(1, 0.5, -0.25), 0.9, True)
    compare_steps(found, (numbers(0.81, 0.634, 0.5681), numbers(1, 1.4, 1.01)))


@points(3, "R")
@cases(plain, nesterov, first_step)
def test_matches_reference(submission, reference, case):
    """makes the right step and returns the right velocity"""
    agree(submission, reference, "momentum_step", case)


@points(2, "R")
@cases(steps_plain, steps_nesterov)
def test_six_steps(submission, reference, case):
    """carries position and velocity through six steps with a changing learning rate"""
    rates = [0.1, 0.1, 0.05, 0.05, 0.2, 0.2]
    compare_steps(path(submission, **case, rates=rates), path(reference, **case, rates=rates))


def sgd(p, grads, momentum, nesterov):
    """Return the positions and velocities of torch.optim.SGD."""
    p = p.clone()
    optimizer = torch.optim.SGD([p], lr=0.1, momentum=momentum, nesterov=nesterov)
    positions, velocities = [], []
    for grad in grads:
        p.grad = grad.clone()
        optimizer.step()
        positions.append(p.clone())
        velocities.append(optimizer.state[p]["momentum_buffer"].clone())
    return positions, velocities


@points(1, "INV")
@cases(steps_plain, steps_nesterov)
def test_equals_torch(submission, reference, case):
    """makes the same six steps as torch.optim.SGD"""
    compare_steps(path(submission, **case), reference.inside(sgd, *case.values()))


@points(1, "INV")
def test_without_momentum(submission, draw):
    """is plain gradient descent when the momentum is 0"""
    p, grads = draw.normal(5), draw.normal(STEPS, 5)
    positions, _ = path(submission, p, grads, 0.0, False)
    assert_close(positions[-1], p - 0.1 * grads.sum(0), what="p after six steps without momentum")


@points(1, "INV")
def test_constant_gradient(submission, draw):
    """approaches the velocity g/(1 - momentum) when the gradient g stays the same"""
    grad = draw.normal(4)
    _, velocities = path(submission, draw.normal(4), [grad] * 12, 0.1, False)
    # After twelve steps the missing part is the twelfth power of 0.1.
    assert_close(velocities[-1], grad / 0.9, what="v after twelve steps with the same gradient")


@points(2, "EDGE")
@cases(no_dimensions, no_entries, no_learning, no_momentum, no_gradient)
def test_edges(submission, reference, case):
    """is right for tensors of any shape and for extreme settings"""
    agree(submission, reference, "momentum_step", case)


test_contract = contract("momentum_step", plain)
test_nesterov_contract = contract("momentum_step", nesterov, tags=("NOMUT", "NOALIAS"))
# Where nothing is added or moved, it is tempting to hand an argument back.
test_rest_contract = contract("momentum_step", first_step, tags=("NOALIAS",))
test_learning_contract = contract("momentum_step", no_learning, tags=("NOALIAS",))
test_momentum_contract = contract("momentum_step", no_momentum, tags=("NOALIAS",))
