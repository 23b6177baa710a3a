"""Checks of exercise 3.1.2: one step of RMSProp."""

import torch

from grader.testing import (
    BY_HAND,
    FLOAT64,
    Exercise,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    points,
    printed,
    relative,
)

EXERCISE = Exercise(points=2, forbid=BY_HAND)

STEPS = 6


def state(draw, *shape):
    """Return a position, a gradient and an average of squares that is not the square of this gradient."""
    return dict(p=draw.normal(*shape), grad=draw.normal(*shape), s=draw.uniform(*shape, low=0.2, high=2.0))


def moving(draw):
    """a matrix after some steps, alpha 0.9"""
    return state(draw, 4, 3) | dict(lr=0.1)


def large_eps(draw):
    """alpha 0.7, eps 0.01"""
    return state(draw, 5) | dict(lr=0.1, alpha=0.7, eps=0.01)


def first_step(draw):
    """a vector at the start, alpha 0.8"""
    return state(draw, 5) | dict(s=torch.zeros(5).double(), lr=0.1, alpha=0.8)


def tiny(draw):
    """gradients of 1e-7"""
    case = state(draw, 6)
    return case | dict(grad=1e-7 * case["grad"], s=1e-14 * case["s"], lr=0.1)


def no_gradient(draw):
    """gradient and average zero"""
    return state(draw, 4) | dict(grad=torch.zeros(4).double(), s=torch.zeros(4).double(), lr=0.1)


def pause(draw):
    """a gradient of 0 and an average that is not 0"""
    return state(draw, 4, 3) | dict(grad=torch.zeros(4, 3).double(), lr=0.1)


def no_dimensions(draw):
    """a single number"""
    return {name: value.reshape(()) for name, value in state(draw, 1).items()} | dict(lr=0.1)


def no_entries(draw):
    """tensors without entries"""
    return state(draw, 0, 3) | dict(lr=0.1)


def no_learning(draw):
    """a learning rate of 0"""
    return state(draw, 4, 3) | dict(lr=0.0)


def ordinary(draw):
    """ordinary gradients"""
    return dict(p=draw.normal(4, 3), grads=draw.normal(STEPS, 4, 3), alpha=0.9, eps=1e-8)


def small(draw):
    """gradients of 1e-7"""
    return ordinary(draw) | dict(grads=1e-7 * draw.normal(STEPS, 4, 3))


def scattered(draw):
    """gradients of different sizes, alpha 0.6, eps 0.01"""
    sizes = torch.tensor([100.0, 1.0, 0.01], dtype=torch.float64)
    return ordinary(draw) | dict(grads=sizes * draw.normal(STEPS, 4, 3), alpha=0.6, eps=0.01)


def path(program, p, grads, alpha, eps):
    """Return the positions and the averages of a run with lr 0.01, step by step."""
    s = torch.zeros_like(p)
    positions, averages = [], []
    for grad in grads:
        result = program.rmsprop_step(p, grad, s, 0.01, alpha, eps)
        assert_true(
            isinstance(result, tuple) and len(result) == 2 and all(isinstance(part, torch.Tensor) for part in result),
            "rmsprop_step must return two tensors, (p, s).",
        )
        p, s = result
        positions.append(p)
        averages.append(s)
    return positions, averages


def compare_steps(found, expected, *, rule=FLOAT64):
    """Assert that positions and averages agree after every step."""
    for step in range(len(expected[0])):
        for name, got, right in zip("ps", found, expected):
            assert_close(got[step], right[step], rule=rule, what=f"{name} after step {step + 1}")


def numbers(*values):
    return [torch.tensor(value, dtype=torch.float64) for value in values]


@points(2, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    found = path(submission, torch.ones(()).double(), numbers(1, 0.5, -0.25), 0.9, 1e-8)
    expected = numbers(0.9683772244, 0.9536330292, 0.9611793929), numbers(0.1, 0.115, 0.10975)
    compare_steps(found, expected, rule=printed(10))


@points(3, "R")
@cases(moving, large_eps, first_step, tiny)
def test_matches_reference(submission, reference, case):
    """makes the right step and returns the right average"""
    agree(submission, reference, "rmsprop_step", case)


@points(2, "R")
@cases(ordinary, small, scattered)
def test_six_steps(submission, reference, case):
    """carries position and average through six steps"""
    compare_steps(path(submission, **case), path(reference, **case))


def rmsprop(p, grads, alpha, eps):
    """Return the positions and averages of torch.optim.RMSprop."""
    p = p.clone()
    optimizer = torch.optim.RMSprop([p], lr=0.01, alpha=alpha, eps=eps)
    positions, averages = [], []
    for grad in grads:
        p.grad = grad.clone()
        optimizer.step()
        positions.append(p.clone())
        averages.append(optimizer.state[p]["square_avg"].clone())
    return positions, averages


@points(1, "INV")
@cases(ordinary, small, scattered)
def test_equals_torch(submission, reference, case):
    """makes the same six steps as torch.optim.RMSprop"""
    compare_steps(path(submission, **case), reference.inside(rmsprop, *case.values()))


@points(1, "INV")
@cases(ordinary)
def test_scale_of_gradients(submission, case):
    """takes the same path when all gradients are a thousand times larger"""
    # eps is what little is left of the scale: it must be far below the gradients.
    plain, _ = path(submission, **case | dict(eps=1e-13))
    scaled, _ = path(submission, **case | dict(grads=1000 * case["grads"], eps=1e-13))
    assert_close(scaled[-1], plain[-1], rule=relative(1e-7), what="p after six steps with larger gradients")


@points(1, "INV")
def test_first_step(submission, draw):
    """moves every entry equally far in the first step, however large its gradient"""
    grad = draw.normal(5) * torch.tensor([100.0, 10.0, 1.0, 0.1, 0.01], dtype=torch.float64)
    (p,), _ = path(submission, torch.zeros(5).double(), [grad], 0.75, 1e-13)
    assert_close(p, -0.02 * grad.sign(), rule=relative(1e-6), what="p after the first step")


@points(1, "EDGE")
def test_no_gradient(submission, reference, draw):
    """stays where it is when there is no gradient and never was one"""
    agree(submission, reference, "rmsprop_step", no_gradient(draw))


@points(1, "EDGE")
@cases(no_dimensions, no_entries, no_learning, pause)
def test_edges(submission, reference, case):
    """is right for tensors of any shape, and without a learning rate or a gradient"""
    agree(submission, reference, "rmsprop_step", case)


test_contract = contract("rmsprop_step", moving)
# Where nothing moves, it is tempting to hand an argument back.
test_learning_contract = contract("rmsprop_step", no_learning, tags=("NOALIAS",))
test_gradient_contract = contract("rmsprop_step", no_gradient, tags=("NOALIAS",))
