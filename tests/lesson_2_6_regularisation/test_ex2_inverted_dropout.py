"""Checks of exercise 2.6.2: inverted dropout, forward and backward."""

import torch

from grader.testing import (
    BY_HAND,
    EXACT,
    FINITE_DIFFERENCE,
    Exercise,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    finite_difference,
    points,
    raises,
    relative,
)

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def third(draw):
    """a matrix, p = 0.3"""
    return dict(x=draw.normal(7, 5) + 2, p=0.3, training=True, generator=draw.generator())


def half(draw):
    """a row, p = 0.5"""
    return dict(x=draw.normal(19) - 1, p=0.5, training=True, generator=draw.generator())


def most(draw):
    """three dimensions, p = 0.8"""
    return dict(x=draw.normal(3, 4, 5), p=0.8, training=True, generator=draw.generator())


def evaluation(draw):
    """evaluation with p = 0.3"""
    return third(draw) | dict(training=False)


def evaluation_half(draw):
    """evaluation with p = 0.5"""
    return half(draw) | dict(training=False)


def never(draw):
    """p = 0"""
    return third(draw) | dict(p=0.0)


def always(draw):
    """p = 1"""
    return third(draw) | dict(p=1.0)


def always_evaluation(draw):
    """evaluation with p = 1"""
    return always(draw) | dict(training=False)


def empty(draw):
    """no entries"""
    return third(draw) | dict(x=draw.normal(0, 5))


def one_row(draw):
    """one row"""
    return third(draw) | dict(x=draw.normal(1, 5))


def exactly(draw):
    """an entry for which p itself is drawn"""
    case = half(draw)
    copy = torch.Generator()
    copy.set_state(case["generator"].get_state())
    return case | dict(p=torch.rand(19, generator=copy).sort().values[8].item())


def below(draw):
    """p = -0.1"""
    return third(draw) | dict(p=-0.1)


def above(draw):
    """p = 1.1"""
    return third(draw) | dict(p=1.1)


def above_evaluation(draw):
    """p = 1.1 in evaluation"""
    return above(draw) | dict(training=False)


def gradient(draw):
    """a gradient and the mask of p = 0.3"""
    mask = (draw.uniform(7, 5) >= 0.3).double() / 0.7
    return dict(grad_out=draw.normal(7, 5), mask=mask)


def gradient_most(draw):
    """a gradient and the mask of p = 0.8"""
    mask = (draw.uniform(3, 4, 5) >= 0.8).double() / (1 - 0.8)
    return dict(grad_out=draw.normal(3, 4, 5), mask=mask)


def gradient_evaluation(draw):
    """a gradient and the mask of an evaluation"""
    return dict(grad_out=draw.normal(7, 5), mask=torch.ones(7, 5, dtype=torch.float64))


def gradient_empty(draw):
    """an empty gradient"""
    return dict(grad_out=draw.normal(0, 5), mask=draw.normal(0, 5))


def large(draw):
    """20,000 entries, p = 0.3"""
    return dict(x=torch.full((20_000,), 1.7).double(), p=0.3, training=True, generator=draw.generator())


def pair(submission, case):
    """Return out and mask, once they are known to be tensors of the shape of x."""
    found = submission.dropout_forward(**case)
    fits = isinstance(found, tuple) and [getattr(part, "shape", None) for part in found] == 2 * [case["x"].shape]
    assert_true(fits, "`dropout_forward` must return the pair (out, mask), both of the shape of x.")
    return found


@points(1, "W")
def test_worked_forward(submission):
    """keeps and doubles the three entries of the worked example"""
    x = torch.arange(1, 9, dtype=torch.float64)
    kept = (torch.rand(8, generator=torch.Generator().manual_seed(0)) >= 0.5).double()  # the entries 1, 5, 7
    found = submission.dropout_forward(x, 0.5, True, torch.Generator().manual_seed(0))
    assert_close(found, (2 * kept * x, 2 * kept))


@points(1, "W")
def test_worked_backward(submission):
    """gives the gradient of the worked example"""
    grad_out, mask = (torch.tensor(values, dtype=torch.float64) for values in ((1, 2, 3), (0, 2, 2)))
    assert_close(submission.dropout_backward(grad_out, mask), torch.tensor([0.0, 4, 6]))


@points(3, "R")
@cases(third, half, most, evaluation, evaluation_half)
def test_forward(submission, reference, case):
    """gives the right activations and the right mask"""
    agree(submission, reference, "dropout_forward", case)


@points(2, "R")
@cases(gradient, gradient_most)
def test_backward(submission, reference, case):
    """gives the right gradient"""
    agree(submission, reference, "dropout_backward", case)


@points(1, "S")
@cases(large)
def test_mean(submission, case):
    """keeps the mean of the activations in training"""
    out, _ = pair(submission, case)
    assert_close(out.double().mean(), case["x"].mean(), rule=relative(0.03), what="the mean of out")


@points(1, "INV")
@cases(third, half, most)
def test_mask(submission, case):
    """makes a mask of 0 and 1/(1-p), and out = x · mask"""
    out, mask = pair(submission, case)
    kept = (mask != 0).double()
    assert_close(mask, kept / (1 - case["p"]), what="mask")
    assert_close(out, case["x"] * mask, what="out")


def evaluated(x, p, seed):  # runs beside the program
    """Return out and mask of an evaluation; what it draws is not looked at."""
    import ex2_inverted_dropout

    return ex2_inverted_dropout.dropout_forward(x, p, False, torch.Generator().manual_seed(seed))


@points(1, "INV")
@cases(evaluation, evaluation_half)
def test_evaluation(submission, case):
    """lets everything pass in evaluation"""
    found = submission.inside(evaluated, case["x"], case["p"], case["generator"].initial_seed())
    assert_close(found, (case["x"], torch.ones_like(case["x"])))


@points(2, "FD")
@cases(third, most)
def test_finite_differences(submission, draw, case):
    """goes back through the mask of the forward pass"""
    _, mask = pair(submission, case)
    c = draw.normal(*case["x"].shape)
    slopes = finite_difference(lambda x: (c * x * mask).sum(), case["x"])
    found = submission.dropout_backward(c, mask)
    assert_close(found, slopes, rule=FINITE_DIFFERENCE, what="the gradient of sum(c · out) with respect to x")


@points(1, "T")
@cases(third, most, evaluation, always_evaluation)
def test_draws(submission, case):
    """draws once in training and never in evaluation"""
    expected = torch.Generator()
    expected.set_state(case["generator"].get_state())
    if case["training"]:
        torch.rand(case["x"].shape, generator=expected, dtype=torch.float32)
    answer = submission.answer("dropout_forward", case)
    same = torch.equal(answer.generators["generator"].get_state(), expected.get_state())
    text = "draw torch.rand of the shape of x once, in float32" if case["training"] else "nothing may be drawn"
    assert_true(same, f"The generator is not where it should be afterwards: {text}.")


@points(1, "EDGE")
@cases(never, always, always_evaluation, exactly, empty, one_row)
def test_edges(submission, reference, case):
    """is right at the edges, too"""
    agree(submission, reference, "dropout_forward", case)


@points(1, "EDGE")
@cases(gradient_evaluation, gradient_empty)
def test_backward_edges(submission, reference, case):
    """goes back at the edges, too"""
    agree(submission, reference, "dropout_backward", case)


@points(1, "EDGE")
@cases(below, above, above_evaluation)
def test_bad_p(submission, case):
    """raises ValueError for a p that is no probability"""
    raises(ValueError, submission, "dropout_forward", case, when=f" for p={case['p']}")


@points(1, "CON")
@cases(third)
def test_same_draw_in_float32(submission, case):
    """draws the same numbers whatever the dtype of x is"""
    _, wide = pair(submission, case)
    _, narrow = pair(submission, case | dict(x=case["x"].float()))
    assert_close((narrow != 0).tolist(), (wide != 0).tolist(), rule=EXACT, what="the kept entries in float32")


test_forward_contract = contract("dropout_forward", third)
test_evaluation_contract = contract("dropout_forward", evaluation, tags=("NOMUT", "NOALIAS"))
test_never_contract = contract("dropout_forward", never, tags=("NOMUT", "NOALIAS"))
test_backward_contract = contract("dropout_backward", gradient)
test_backward_evaluation_contract = contract("dropout_backward", gradient_evaluation, tags=("NOMUT", "NOALIAS"))
