"""Checks of exercise 3.1.3: one step of Adam."""

import torch

from grader.testing import (
    BY_HAND,
    Exercise,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    points,
    printed,
    raises,
    relative,
)

EXERCISE = Exercise(points=4, forbid=BY_HAND)

STEPS = 6


def state(draw, *shape, t=3):
    """Return the arguments of a step in the middle of a run."""
    return dict(
        p=draw.normal(*shape),
        grad=draw.normal(*shape),
        m=draw.normal(*shape),
        v=draw.uniform(*shape, low=0.2, high=2.0),
        t=t,
        lr=0.01,
    )


def moving(draw):
    """a matrix, step 3"""
    return state(draw, 4, 3)


def late(draw):
    """a vector, step 12, betas (0.5, 0.6)"""
    return state(draw, 5, t=12) | dict(betas=(0.5, 0.6))


def early(draw):
    """a vector, step 2, betas (0.5, 0.6)"""
    return state(draw, 5, t=2) | dict(betas=(0.5, 0.6))


def large_eps(draw):
    """a vector, step 4, eps 0.01"""
    return state(draw, 5, t=4) | dict(betas=(0.9, 0.99), eps=0.01)


def tiny(draw):
    """gradients of 1e-7"""
    case = state(draw, 6)
    return case | dict(grad=1e-7 * case["grad"], m=1e-7 * case["m"], v=1e-16 * case["v"])


def first_step(draw):
    """the first step from zeros, with the default lr"""
    case = state(draw, 4, 3, t=1) | {name: torch.zeros(4, 3).double() for name in ("m", "v")}
    return {name: value for name, value in case.items() if name != "lr"}


def decay(draw):
    """weight decay 0.5, lr 0.1"""
    return moving(draw) | dict(lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.5)


def decoupled_decay(draw):
    """weight decay 0.5, decoupled, lr 0.1"""
    return decay(draw) | dict(decoupled=True)


def no_gradient(draw):
    """gradient and averages zero"""
    return moving(draw) | {name: torch.zeros(4, 3).double() for name in ("grad", "m", "v")}


def pause(draw):
    """a gradient of 0 and averages that are not 0"""
    return moving(draw) | dict(grad=torch.zeros(4, 3).double())


def no_dimensions(draw):
    """a single number"""
    return {name: value.reshape(()) if name in "pgradmv" else value for name, value in state(draw, 1).items()}


def no_entries(draw):
    """tensors without entries"""
    return state(draw, 0, 3)


def no_learning(draw):
    """a learning rate of 0, decoupled weight decay"""
    return decoupled_decay(draw) | dict(lr=0.0)


def step_zero(draw):
    """t=0"""
    return state(draw, 4, t=0)


def negative_step(draw):
    """t=-2"""
    return state(draw, 4, t=-2)


def ordinary(draw):
    """ordinary gradients"""
    return dict(p=draw.normal(4, 3), grads=draw.normal(STEPS, 4, 3))


def small(draw):
    """gradients of 1e-7"""
    return dict(p=draw.normal(4, 3), grads=1e-7 * draw.normal(STEPS, 4, 3))


def short_memory(draw):
    """betas (0.5, 0.6), eps 0.01"""
    return ordinary(draw) | dict(betas=(0.5, 0.6), eps=0.01)


def with_decay(draw):
    """weight decay 0.5, lr 0.1"""
    return ordinary(draw) | dict(lr=0.1, weight_decay=0.5)


def with_decoupled_decay(draw):
    """weight decay 0.5, decoupled, lr 0.1"""
    return with_decay(draw) | dict(decoupled=True)


def path(program, p, grads, *, lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=False):
    """Return the positions and both averages of a run from zeros, step by step."""
    m, v = torch.zeros_like(p), torch.zeros_like(p)
    run = []
    for t, grad in enumerate(grads, start=1):
        result = program.adam_step(p, grad, m, v, t, lr, betas, eps, weight_decay, decoupled)
        assert_true(
            isinstance(result, tuple) and len(result) == 3 and all(isinstance(part, torch.Tensor) for part in result),
            "adam_step must return three tensors, (p, m, v).",
        )
        p, m, v = result
        run.append(result)
    return run


def compare_steps(found, expected):
    """Assert that positions and averages agree after every step."""
    for step, (mine, right) in enumerate(zip(found, expected), start=1):
        for name, got, wanted in zip("pmv", mine, right):
            assert_close(got, wanted, what=f"{name} after step {step}")


def numbers(*values):
    return [torch.tensor(value, dtype=torch.float64) for value in values]


def worked(submission, expected, **settings):
    """Assert that the worked example ends in the expected positions."""
    run = path(submission, torch.ones(()).double(), numbers(1, 0.5, -0.25), **settings)
    for step, right in enumerate(numbers(*expected)):
        assert_close(run[step][0], right, rule=printed(10), what=f"p after step {step + 1}")
    return run


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    run = worked(submission, (0.9900000001, 0.9806782038, 0.9750415901))
    assert_close(run[-1][1], *numbers(0.101), what="m after step 3")
    assert_close(run[-1][2], *numbers(0.001310251), what="v after step 3")


@points(1, "W")
def test_worked_decay(submission):
    """gives the numbers of the worked example with weight decay"""
    worked(submission, (0.9900000001, 0.9805559059, 0.9740788027), weight_decay=0.1)


@points(1, "W")
def test_worked_decoupled_decay(submission):
    """gives the numbers of the worked example with decoupled weight decay"""
    worked(submission, (0.9890000001, 0.9786892038, 0.9720739009), weight_decay=0.1, decoupled=True)


@points(4, "R")
@cases(moving, early, late, large_eps, tiny, first_step)
def test_matches_reference(submission, reference, case):
    """makes the right step and returns the right averages"""
    agree(submission, reference, "adam_step", case)


@points(2, "R")
@cases(decay, decoupled_decay)
def test_decay(submission, reference, case):
    """applies both kinds of weight decay"""
    agree(submission, reference, "adam_step", case)


@points(3, "R")
@cases(ordinary, short_memory, with_decay, with_decoupled_decay)
def test_six_steps(submission, reference, case):
    """carries position and averages through six steps"""
    compare_steps(path(submission, **case), path(reference, **case))


def adam(p, grads, settings):
    """Return the positions and averages of torch.optim.Adam or AdamW."""
    p = p.clone()
    settings = {"lr": 0.01, "weight_decay": 0.0, "decoupled": False, **settings}
    kind = torch.optim.AdamW if settings.pop("decoupled") else torch.optim.Adam
    optimizer = kind([p], **settings)
    run = []
    for grad in grads:
        p.grad = grad.clone()
        optimizer.step()
        averages = optimizer.state[p]
        run.append((p.clone(), averages["exp_avg"].clone(), averages["exp_avg_sq"].clone()))
    return run


@points(2, "INV")
@cases(ordinary, small, short_memory, with_decay, with_decoupled_decay)
def test_equals_torch(submission, reference, case):
    """makes the same six steps as torch.optim.Adam and AdamW"""
    settings = {name: value for name, value in case.items() if name not in ("p", "grads")}
    compare_steps(path(submission, **case), reference.inside(adam, case["p"], case["grads"], settings))


@points(1, "INV")
def test_size_of_first_step(submission, draw):
    """moves every entry by lr against the sign of its gradient in the first step"""
    signs = draw.normal(5).sign()
    grad = signs * torch.tensor([100.0, 10.0, 1.0, 0.1, 0.01], dtype=torch.float64)
    ((p, _, _),) = path(submission, torch.zeros(5).double(), [grad], lr=0.03)
    assert_close(p, -0.03 * signs, rule=relative(2e-6), what="p after the first step")


@points(1, "INV")
@cases(ordinary)
def test_decay_of_nothing(submission, case):
    """makes the same step from 0 with and without weight decay"""
    start = case | dict(p=torch.zeros(4, 3).double(), grads=case["grads"][:1])
    plain = path(submission, **start)
    assert_close(path(submission, **start, weight_decay=0.5), plain, what="(p, m, v) with weight decay")
    assert_close(
        path(submission, **start, weight_decay=0.5, decoupled=True), plain, what="(p, m, v) with decoupled decay"
    )


@points(2, "EDGE")
@cases(step_zero, negative_step)
def test_bad_step(submission, case):
    """refuses a step number below 1"""
    raises(ValueError, submission, "adam_step", case)


@points(1, "EDGE")
def test_no_gradient(submission, reference, draw):
    """stays where it is when there is no gradient and never was one"""
    agree(submission, reference, "adam_step", no_gradient(draw))


@points(2, "EDGE")
@cases(no_dimensions, no_entries, no_learning, pause)
def test_edges(submission, reference, case):
    """is right for tensors of any shape, and without a learning rate or a gradient"""
    agree(submission, reference, "adam_step", case)


test_contract = contract("adam_step", decay)
test_decoupled_contract = contract("adam_step", decoupled_decay, tags=("NOMUT", "NOALIAS"))
test_learning_contract = contract("adam_step", no_learning, tags=("NOALIAS",))
