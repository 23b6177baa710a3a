"""Checks of exercise 3.1.4: fit a parabola with NAdam."""

import torch

from grader.testing import Exercise, absolute, agree, assert_close, assert_true, cases, contract, edges, points, printed

EXERCISE = Exercise(points=2)


def column(*values):
    return torch.tensor(values, dtype=torch.float64).reshape(-1, 1)


def inputs(draw):
    """eleven inputs"""
    return dict(x=5 * draw.normal(11, 1))


def parabola(draw):
    """20 points on a parabola, lr 0.01, 10 steps"""
    x = 5 * draw.normal(20, 1)
    return dict(x=x, y=x**2 + 2 * x + 3, w0=draw.normal(3, 1), lr=0.01, steps=10)


def one_step(draw):
    """a single step"""
    return parabola(draw) | dict(steps=1)


def many_steps(draw):
    """100 steps"""
    return parabola(draw) | dict(steps=100)


def noisy(draw):
    """17 points that no parabola meets, lr 0.1, 10 steps"""
    return dict(x=draw.normal(17, 1), y=draw.normal(17, 1), w0=draw.normal(3, 1), lr=0.1, steps=10)


def nearly_there(draw):
    """a start next to the solution, ten steps"""
    x = draw.normal(20, 1)
    w0 = column(1, 2, 3) + 1e-5 * draw.normal(3, 1)
    return dict(x=x, y=x**2 + 2 * x + 3, w0=w0, lr=0.01, steps=10)


def three_steps(draw):
    """five points on a parabola, three steps"""
    x = draw.normal(5, 1)
    return dict(x=x, y=x**2 + 2 * x + 3, w0=draw.normal(3, 1), lr=0.1, steps=3)


def no_steps(draw):
    """no step at all"""
    return three_steps(draw) | dict(steps=0)


def no_samples(draw):
    """no samples"""
    return three_steps(draw) | dict(x=draw.normal(0, 1), y=draw.normal(0, 1))


def worked():
    x = column(-1, 0, 1, 2)
    return dict(x=x, y=x**2 + 2 * x + 3, w0=column(0, 0, 0), lr=0.1)


@points(1, "W")
def test_worked_features(submission):
    """gives the features of the worked example"""
    assert_close(submission.quadratic_features(column(2)), torch.tensor([[4.0, 2.0, 1.0]], dtype=torch.float64))


@points(1, "R")
@cases(inputs)
def test_features(submission, reference, case):
    """makes the three features"""
    agree(submission, reference, "quadratic_features", case)


@points(1, "W")
def test_worked_fit(submission):
    """gives the weights of the worked example"""
    for steps, weights in (
        (1, (0.1056451791, 0.1056451791, 0.1056451790)),
        (3, (0.2513288319, 0.2513293303, 0.2520417757)),
    ):
        found = submission.fit_polynomial(**worked(), steps=steps)
        assert_close(found, column(*weights), rule=printed(10), what=f"w after {steps} step{'s' * (steps > 1)}")


@points(4, "R")
@cases(one_step, parabola, noisy, nearly_there, many_steps)
def test_matches_reference(submission, reference, case):
    """follows NAdam"""
    agree(submission, reference, "fit_polynomial", case)


@points(1, "INV")
def test_finds_the_parabola(submission, draw):
    """finds the parabola on which the points lie"""
    x = torch.linspace(-2, 2, 21, dtype=torch.float64).reshape(-1, 1)
    start = draw.uniform(3, 1, low=-1, high=1)
    found = submission.fit_polynomial(x, x**2 + 2 * x + 3, start, 0.2, 150)
    assert_close(found, column(1, 2, 3), rule=absolute(0.1), what="w after 150 steps with lr 0.2")


@points(1, "INV")
def test_stays_at_the_solution(submission, draw):
    """stays at the solution when it starts there"""
    x = draw.integers(9, 1, low=-4, high=5).double()
    solution = column(1, 2, 3)
    found = submission.fit_polynomial(x, x**2 + 2 * x + 3, solution, 0.1, 5)
    assert_close(found, solution, what="w after five steps from the solution")


@points(1, "T")
@cases(parabola)
def test_backward_passes(submission, case):
    """runs one backward pass of autograd per step"""
    ran = submission.answer("fit_polynomial", case).counts.get("backward", 0)
    assert_true(ran == 10, f"Autograd's backward pass ran {ran} times in 10 steps; it should run once in each.")


@points(1, "EDGE")
def test_no_steps(submission, reference, draw):
    """returns a copy of w0 for 0 steps"""
    agree(submission, reference, "fit_polynomial", parabola(draw) | dict(steps=0))


test_features_edges = edges("quadratic_features", inputs, "EMPTY", "N1")
test_fit_edges = edges("fit_polynomial", three_steps, "EMPTY", "N1")
test_features_contract = contract("quadratic_features", inputs)
# Whether w0 itself may require grad is not said: w0.clone().requires_grad_() is right for the w0 of the task.
test_fit_contract = contract("fit_polynomial", three_steps, without=("NOGRAD",))
test_steps_contract = contract("fit_polynomial", no_steps, tags=("NOALIAS",))
test_samples_contract = contract("fit_polynomial", no_samples, tags=("NOALIAS",))


@points(1, "CON")
@cases(three_steps)
def test_no_graph(submission, case):
    """returns weights that do not require grad"""
    answer = submission.answer("fit_polynomial", case)
    assert_true(not answer.requires_grad, "The weights still require grad: detach them.")
