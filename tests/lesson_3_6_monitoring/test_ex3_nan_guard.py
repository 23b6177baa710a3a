"""Checks of exercise 3.6.3: find the first bad loss, and refuse bad steps."""

import torch

from grader.testing import BY_HAND, EXACT, Exercise, agree, assert_close, assert_true, cases, contract, points

EXERCISE = Exercise(points=2, forbid=BY_HAND)
NAN, INF = float("nan"), float("inf")


def history(draw, bad, start=3):
    """Return a history whose entries from `start` on begin with the given bad ones."""
    losses = draw.uniform(start + len(bad) + 3, low=0.1, high=2.0).tolist()
    losses[start : start + len(bad)] = bad
    return dict(losses=losses)


def nan_first(draw):
    """NaN before infinity"""
    return history(draw, [NAN, 0.5, INF])


def infinity_first(draw):
    """infinity before NaN"""
    return history(draw, [INF, 0.5, NAN], start=4)


def negative_infinity(draw):
    """minus infinity"""
    return history(draw, [-INF, NAN], start=2)


def infinity_alone(draw):
    """infinity, and finite losses after it"""
    return history(draw, [INF])


def bad_at_once(draw):
    """NaN as the very first loss"""
    return history(draw, [NAN, INF], start=0)


def bad_at_the_end(draw):
    """infinity as the last loss"""
    return dict(losses=[*draw.uniform(4, low=0.1, high=2.0).tolist(), INF])


def nan_twice(draw):
    """NaN twice"""
    return history(draw, [NAN, 0.5, NAN])


def all_finite(draw):
    """finite losses, some of them large, negative or 0"""
    return dict(losses=[1e308, 1e308, -3.0, 0.0, *draw.normal(3).tolist()])


def no_losses(draw):
    """no losses"""
    return dict(losses=[])


def step(draw, *bad):
    """Return three parameters and gradients; each (tensor, entry, value) spoils one entry of a gradient."""
    shapes = ((3, 2), (2,), (2, 4))
    params, grads = ([draw.normal(*shape) for shape in shapes] for _ in range(2))
    for which, entry, value in bad:
        grads[which].view(-1)[entry] = value
    return dict(params=params, grads=grads, lr=0.3)


def good(draw):
    """finite gradients"""
    return step(draw)


def nan_in_first(draw):
    """NaN in the first gradient"""
    return step(draw, (0, 4, NAN))


def infinity_in_last(draw):
    """infinity in the last gradient"""
    return step(draw, (2, 5, INF))


def minus_infinity(draw):
    """minus infinity in the first gradient"""
    return step(draw, (0, 1, -INF))


def several_bad(draw):
    """NaN and minus infinity in two gradients"""
    return step(draw, (1, 0, NAN), (2, 7, -INF))


def infinities_of_both_signs(draw):
    """infinity and minus infinity in one gradient"""
    return step(draw, (1, 0, INF), (1, 1, -INF))


def huge(draw):
    """gradients whose sum is infinite, although each entry is finite"""
    params, grads = [draw.normal(2), draw.normal(3)], [torch.full((2,), 1e308, dtype=torch.float64), draw.normal(3)]
    return dict(params=params, grads=grads, lr=1e-308)


def infinite_parameter(draw):
    """finite gradients, and a parameter that holds infinity"""
    case = step(draw)
    case["params"][1][0] = INF
    return case


def no_learning(draw):
    """finite gradients, lr 0"""
    return step(draw) | dict(lr=0.0)


@points(1, "W")
def test_worked_history(submission):
    """finds the first bad losses of the worked example"""
    histories = {"1, 2, NaN, 3": [1.0, 2.0, NAN, 3.0], "1, inf, NaN": [1.0, INF, NAN], "NaN": [NAN], "no losses": []}
    found = {name: submission.first_bad_step(losses) for name, losses in histories.items()}
    assert_close(found, dict(zip(histories, (2, 1, 0, None))), rule=EXACT, what="first_bad_step")


@points(1, "W")
def test_worked_step(submission):
    """gives the numbers of the worked example"""

    def tensors(*numbers):
        return [torch.tensor([number], dtype=torch.float64) for number in numbers]

    assert_close(submission.guarded_step(tensors(1, 2), tensors(0.5, 1), 0.1), (tensors(0.95, 1.9), True))
    assert_close(submission.guarded_step(tensors(1, 2), tensors(0.5, NAN), 0.1), (tensors(1, 2), False))


@points(2, "R")
@cases(nan_first, nan_twice, infinity_first, infinity_alone, negative_infinity, bad_at_once)
def test_first_bad_step(submission, reference, case):
    """finds the first bad loss"""
    agree(submission, reference, "first_bad_step", case, rule=EXACT)


@points(2, "R")
@cases(good, nan_in_first, infinity_in_last, minus_infinity, several_bad)
def test_guarded_step(submission, reference, case):
    """moves all parameters or none"""
    agree(submission, reference, "guarded_step", case)


@points(1, "INV")
@cases(good)
def test_plain_descent(submission, case):
    """is plain descent when all gradients are finite"""
    expected = [param - case["lr"] * grad for param, grad in zip(case["params"], case["grads"])]
    assert_close(submission.guarded_step(**case), (expected, True))


@points(1, "INV")
@cases(all_finite)
def test_same_answer_shifted(submission, case):
    """counts on when good losses come before"""
    losses = case["losses"]
    found = {count: submission.first_bad_step(losses[:count] + [INF] + losses) for count in (0, 3, 6)}
    assert_close(found, {0: 0, 3: 3, 6: 6}, rule=EXACT, what="the first bad step")


@points(1, "EDGE")
@cases(bad_at_the_end, all_finite, no_losses)
def test_history_edges(submission, reference, case):
    """finds the first bad loss at the edges, too"""
    agree(submission, reference, "first_bad_step", case, rule=EXACT)


@points(1, "EDGE")
@cases(huge, infinities_of_both_signs, infinite_parameter, no_learning)
def test_step_edges(submission, reference, case):
    """treats huge and opposite gradients as the task states"""
    agree(submission, reference, "guarded_step", case)


@points(1, "CON")
@cases(good, nan_in_first)
def test_float32(submission, case):
    """returns float32 parameters for float32 parameters"""
    single = {name: [part.float() for part in case[name]] for name in ("params", "grads")}
    result = submission.guarded_step(**single, lr=0.3)
    assert_true(
        isinstance(result, tuple)
        and isinstance(result[0], list)
        and all(getattr(param, "dtype", None) == torch.float32 for param in result[0]),
        "The parameters in the result must be float32 when the arguments are.",
    )


test_good_contract = contract("guarded_step", good)
test_bad_contract = contract("guarded_step", nan_in_first, tags=("DEV", "NOMUT", "NOALIAS", "NOGRAD", "TYPE"))
