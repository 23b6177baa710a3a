"""Checks of exercise 3.7.1: early stopping, with the weights of the best epoch."""

import math

import torch

from grader.testing import EXACT, F_AD, F_NN, F_OPT, Exercise, assert_close, assert_true, cases, points, raises

EXERCISE = Exercise(points=4, forbid=(F_AD, F_OPT, F_NN))


def curve(draw, *shape, patience, min_delta=0.0, jitter=0.04):
    """A validation curve of a given shape, moved a little at random, with parameters for every epoch."""
    losses = [value + jitter * move for value, move in zip(shape, draw.uniform(len(shape), low=-1, high=1).tolist())]
    params = [{"W": draw.normal(3, 2), "b": draw.normal(2)} for _ in shape]
    return dict(patience=patience, min_delta=min_delta, losses=losses, params=params)


def recovering(draw):
    """a curve that rises for a while and recovers, twice"""
    return curve(draw, 5, 4, 4.6, 4.3, 3.5, 3.9, 3.7, 3.2, 3.6, 3.4, 3.8, 3.3, 3.1, patience=3)


def zigzag(draw):
    """a curve that goes up and down without a new best"""
    return curve(draw, 5, 4, 4.8, 4.2, 4.7, 4.3, 4.6, 4.2, patience=4)


def creeping(draw):
    """a curve that jumps up and then falls slowly, but not below its best"""
    return curve(draw, 4, 3, 6, 5.7, 5.4, 5.1, 4.8, 4.5, patience=5)


def falling(draw):
    """a curve that falls all the time"""
    return curve(draw, 5, 4.5, 4, 3.5, 3, 2.5, patience=2)


def tied(draw):
    """a curve that stays at its best"""
    low = 2 + draw.uniform(1).item()
    case = curve(draw, *[4, 3.5], *[3.2] * 7, patience=6, jitter=0.0)
    return case | {"losses": [low * loss for loss in case["losses"]]}


def small_drops(draw):
    """a curve that falls by less than min_delta at a time"""
    return curve(draw, 5, 4, 3.9, 3.8, 3.6, 3.3, 3.2, 3.1, 3.05, 3.02, patience=3, min_delta=0.25, jitter=0.01)


def small_rises(draw):
    """a curve that rises by less than min_delta at a time"""
    return curve(draw, 5, 4, 4.1, 3.7, 3.8, 3.9, 4, 4.1, patience=4, min_delta=0.25, jitter=0.01)


def random_walk(draw):
    """a random walk"""
    return walk(draw, patience=7, min_delta=0.0)


def random_walk_min_delta(draw):
    """a random walk, with min_delta 0.2"""
    return walk(draw, patience=4, min_delta=0.2)


def walk(draw, **settings):
    case = curve(draw, *[3] * 24, **settings)
    return case | {"losses": (5 + torch.cumsum(0.3 * draw.normal(24), 0)).tolist()}


def gap(draw):
    """a curve with NaN in it"""
    case = curve(draw, 5, 4, 3, 3.5, 3.2, 2.5, 2.8, 2.9, 3, patience=3, min_delta=0.1)
    return case | {"losses": [math.nan if index in (3, 6) else loss for index, loss in enumerate(case["losses"])]}


def nan_first(draw):
    """NaN and infinity before any number"""
    case = curve(draw, 5, 4, 3, 3.5, 3.2, 3.6, patience=3, min_delta=0.2)
    return case | {"losses": [math.nan, math.inf, *case["losses"][2:]]}


def nan_only(draw):
    """nothing but NaN"""
    return curve(draw, 5, 4, patience=2, min_delta=0.1) | {"losses": [math.nan, math.nan]}


def impatient(draw):
    """patience 1"""
    return curve(draw, 5, 4, 3, 3.5, patience=1)


def run(patience, min_delta, losses, params, to_the_stop):  # runs beside the program
    """Call step for every epoch; return its answers, and what can be read afterwards."""
    from ex1_early_stopping import EarlyStopping

    stopper = EarlyStopping(patience, min_delta)
    answers = []
    for loss, tensors in zip(losses, params):
        answers.append(stopper.step(loss, tensors))
        if to_the_stop and answers[-1]:
            break
    return dict(
        answers=answers,
        best_epoch=stopper.best_epoch,
        best_loss=stopper.best_loss,
        best_params=stopper.best_params,
    )


def small_improvements():  # runs beside the program
    """Let the loss fall by a millionth of its size per epoch, with the default min_delta; return the best epoch."""
    from ex1_early_stopping import EarlyStopping

    stopper = EarlyStopping(2)
    for epoch in range(5):
        stopper.step(1.0 - 1e-6 * epoch, {"w": torch.zeros(1)})
    return stopper.best_epoch


def follow(program, case, *, epochs=None, to_the_stop=False):
    """Run the first epochs of a case in one go, so that a mistake has to explain all of them."""
    losses, params = case["losses"][:epochs], case["params"][:epochs]
    return program.inside(run, case["patience"], case["min_delta"], losses, params, to_the_stop)


def same_as_reference(submission, reference, case):
    """Compare two runs; the reference says how long they are, as calls after the stop are not part of the task."""
    right = follow(reference, case, to_the_stop=True)
    assert_close(follow(submission, case, epochs=len(right["answers"])), right)


def example(submission, losses, *, stop, best_epoch, best_loss, patience, min_delta=0.0):
    """Check one of the published sequences, up to the epoch of the stop."""
    epochs = len(losses) if stop is None else stop + 1
    losses = [float(loss) for loss in losses]
    params = [{"w": torch.full((2,), float(epoch), dtype=torch.float64)} for epoch in range(epochs)]
    case = dict(patience=patience, min_delta=min_delta, losses=losses, params=params)
    expected = dict(
        answers=[epoch == stop for epoch in range(epochs)],
        best_epoch=best_epoch,
        best_loss=float(best_loss),
        best_params=params[best_epoch],
    )
    assert_close(follow(submission, case, epochs=epochs), expected)


@points(1, "W")
def test_example_simple(submission):
    """stops after three epochs without a new best"""
    example(submission, [5, 4, 3, 3.5, 3.2, 3.1, 2.9], patience=3, stop=5, best_epoch=2, best_loss=3)


@points(1, "W")
def test_example_recovering(submission):
    """starts to count anew after an improvement"""
    losses = [3, 3.1, 2.9, 3, 3.05, 2.8, 2.85, 2.9, 2.95]
    example(submission, losses, patience=3, stop=8, best_epoch=5, best_loss=2.8)


@points(1, "W")
def test_example_first_is_best(submission):
    """stops when the first epoch was the best"""
    example(submission, [3, 3.2, 3.1, 3.3, 3.2, 3.4], patience=3, stop=3, best_epoch=0, best_loss=3)


@points(1, "W")
def test_example_ties(submission):
    """does not take an equal loss for an improvement"""
    example(submission, [3, 2, 2, 2, 2], patience=2, stop=3, best_epoch=1, best_loss=2)


@points(1, "W")
def test_example_nan(submission):
    """does not take NaN for an improvement"""
    example(submission, [3, 2, math.nan, math.nan, 1.5], patience=2, stop=3, best_epoch=1, best_loss=2)


@points(1, "W")
def test_example_min_delta(submission):
    """asks for a drop of more than min_delta"""
    small = dict(patience=2, min_delta=0.05, stop=2, best_epoch=0, best_loss=3)
    example(submission, [3, 2.99, 2.98], **small)
    example(submission, [3, 3.01, 3.02], **small)


@points(1, "W")
def test_example_steady(submission):
    """goes on when small drops add up to more than min_delta"""
    losses = [3, 2.97, 2.94, 2.91, 2.88, 2.85]
    example(submission, losses, patience=3, min_delta=0.05, stop=None, best_epoch=4, best_loss=2.88)


@points(9, "R")
@cases(recovering, zigzag, creeping, falling, tied, small_drops, small_rises, random_walk, random_walk_min_delta)
def test_matches_reference(submission, reference, case):
    """stops at the right epoch and keeps the best one"""
    same_as_reference(submission, reference, case)


def train_in_place(start, losses):  # runs beside the program
    """Train as real loops do: in place, or with new tensors in the same dictionary."""
    from ex1_early_stopping import EarlyStopping

    stopper = EarlyStopping(9)
    params = {name: value.clone() for name, value in start.items()}
    for loss in losses:
        stopper.step(loss, params)
        params["W"] += 1
        params["b"] = params["b"] + 1
    return stopper.best_params


@points(3, "INV")
@cases(falling, recovering)
def test_copies(submission, case):
    """keeps the best weights while training goes on to change the parameters in place"""
    start, losses = case["params"][0], case["losses"][:6]
    kept = submission.inside(train_in_place, start, losses)
    best = losses.index(min(losses))
    assert_close(kept, {name: value + best for name, value in start.items()}, what="best_params")


@points(1, "INV")
@cases(recovering, small_drops)
def test_shifted_losses(submission, case):
    """takes the same decisions when all losses are larger by 10"""
    case = case | {"patience": 9}
    plain = follow(submission, case)
    moved = follow(submission, case | {"losses": [loss + 10 for loss in case["losses"]]})
    for name in ("answers", "best_epoch", "best_params"):
        assert_close(moved[name], plain[name], what=name)


@points(1, "EDGE")
def test_before_the_first_step(submission):
    """begins with inf, -1 and None"""
    stopper = submission.EarlyStopping(2)
    for name, right in (("best_loss", math.inf), ("best_epoch", -1), ("best_params", None)):
        found = getattr(stopper, name)
        assert_true(found is right or found == right, f"Before the first step `{name}` must be {right}, not {found!r}.")


@points(2, "EDGE")
@cases(gap, nan_first, nan_only, impatient)
def test_edges(submission, reference, case):
    """is right at the edges, too"""
    same_as_reference(submission, reference, case)


@points(1, "EDGE")
def test_no_patience(submission):
    """refuses a patience below 1"""
    for patience in (0, -1):
        raises(ValueError, submission, "EarlyStopping", dict(patience=patience), when=f" for patience={patience}")


@points(1, "CON")
@cases(falling)
def test_types(submission, case):
    """returns the types that the task states, and keeps the dtypes"""
    # One object for each dtype, made by calls that differ: the answers to equal calls are remembered in this group.
    for dtype, settings in ((torch.float64, dict(patience=3, min_delta=0.0)), (torch.float32, dict(patience=3))):
        params = {name: value.to(dtype) for name, value in case["params"][0].items()}
        stopper = submission.EarlyStopping(**settings)
        assert_true(type(stopper.step(2.5, params)) is bool, "`step` must return True or False.")
        assert_true(type(stopper.best_loss) is float, "`best_loss` must be a float.")
        assert_true(type(stopper.best_epoch) is int, "`best_epoch` must be an int.")
        kept = stopper.best_params
        assert_close(kept, params, what="best_params", rule=EXACT)
        assert_true(
            all(value.dtype == dtype for value in kept.values()),
            f"`best_params` must keep the dtype of the parameters, here {dtype}.",
        )


def leaves_alone(params):  # runs beside the program
    """Call step twice; return whether the parameters are what they were."""
    from ex1_early_stopping import EarlyStopping

    stopper = EarlyStopping(3)
    before = {name: (value, value._version, value.clone()) for name, value in params.items()}  # noqa: SLF001
    stopper.step(2.5, params)
    stopper.step(3.5, params)
    return list(params) == list(before) and all(
        params[name] is value and value._version == version and torch.equal(value, copy)  # noqa: SLF001
        for name, (value, version, copy) in before.items()
    )


@points(1, "CON")
@cases(falling)
def test_arguments_unchanged(submission, case):
    """leaves the parameters unchanged"""
    assert_true(submission.inside(leaves_alone, case["params"][0]), "`step` must leave `params` as it is.")


def step_with_odd_tensors(params):  # runs beside the program
    """Call step with a transposed parameter, and with one that requires grad."""
    from ex1_early_stopping import EarlyStopping

    stopper = EarlyStopping(3)
    stopper.step(1.0, {"W": params["W"].T, "b": params["b"].clone().requires_grad_()})
    return {name: value.detach() for name, value in stopper.best_params.items()}


@points(1, "CON")
@cases(falling)
def test_odd_tensors(submission, case):
    """copies transposed parameters and parameters that require grad, too"""
    params = case["params"][0]
    kept = submission.inside(step_with_odd_tensors, params)
    assert_close(kept, {"W": params["W"].T, "b": params["b"]}, what="best_params")


def device_of_copies():  # runs beside the program
    """Call step with parameters on another device, which has no values; return where the copies lie."""
    from ex1_early_stopping import EarlyStopping

    stopper = EarlyStopping(3)
    try:
        stopper.step(1.0, {"W": torch.zeros(3, 2, device="meta")})
    except NotImplementedError:  # reading the values is no fault, but not possible on this device
        return "meta"
    return str(stopper.best_params["W"].device)


@points(1, "CON")
def test_device(submission):
    """keeps the copies on the device of the parameters"""
    device = submission.inside(device_of_copies)
    assert_true(device == "meta", "`best_params` left the device of the parameters.")


@points(1, "EDGE")
def test_default_min_delta(submission):
    """takes every drop for an improvement when no min_delta is given"""
    assert_close(submission.inside(small_improvements), 4, rule=EXACT, what="best_epoch")
