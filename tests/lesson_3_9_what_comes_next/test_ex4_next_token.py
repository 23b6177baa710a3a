"""Checks of exercise 3.9.4: inputs and targets for next-token training."""

import torch

from grader.testing import (
    EXACT,
    F_AD,
    F_NP,
    F_OPT,
    Exercise,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    points,
    raises,
)

EXERCISE = Exercise(points=2, forbid=(F_AD, F_OPT, F_NP))


def text(draw):
    """11 different tokens, windows of 4"""
    return dict(tokens=100 + draw.permutation(11), context=4)


def short_windows(draw):
    """9 tokens, windows of 2"""
    return dict(tokens=100 + draw.permutation(9), context=2)


def repetitive(draw):
    """14 tokens out of 3, windows of 5"""
    return dict(tokens=draw.integers(14, low=0, high=3), context=5)


def single(draw):
    """windows of one token"""
    return dict(tokens=100 + draw.permutation(6), context=1)


def one_window(draw):
    """one token more than a window"""
    return dict(tokens=100 + draw.permutation(6), context=5)


def as_long_as_a_window(draw):
    """as many tokens as a window holds"""
    return dict(tokens=draw.permutation(5), context=5)


def too_short(draw):
    """fewer tokens than a window holds"""
    return dict(tokens=draw.permutation(3), context=7)


def no_tokens(draw):
    """no tokens"""
    return dict(tokens=torch.zeros(0, dtype=torch.int64), context=3)


@points(1, "W")
def test_worked_example(submission):
    """gives the row of the worked example"""
    expected = (torch.tensor([[10, 11, 12, 13]]), torch.tensor([[11, 12, 13, 14]]))
    assert_close(submission.next_token_pairs(torch.arange(10, 15), 4), expected, rule=EXACT)


@points(3, "R")
@cases(text, short_windows, repetitive, single)
def test_matches_reference(submission, reference, case):
    """cuts the right windows"""
    agree(submission, reference, "next_token_pairs", case, rule=EXACT)


@points(1, "INV")
@cases(text, repetitive)
def test_shifted(submission, case):
    """returns targets that are the inputs moved by one step"""
    result = submission.next_token_pairs(**case)
    assert_true(
        isinstance(result, tuple) and len(result) == 2 and all(getattr(part, "ndim", 0) == 2 for part in result),
        "`next_token_pairs` must return (inputs, targets), two tensors [windows, context].",
    )
    inputs, targets = result
    assert_close(targets[:, :-1], inputs[:, 1:], rule=EXACT, what="the targets without their last column")
    assert_close(inputs[1:], targets[:-1], rule=EXACT, what="the inputs without their first row")


@points(1, "EDGE")
@cases(one_window, as_long_as_a_window, too_short, no_tokens)
def test_edges(submission, reference, case):
    """returns [0, context] when there is no window"""
    agree(submission, reference, "next_token_pairs", case, rule=EXACT)


@points(1, "EDGE")
@cases(text)
def test_bad_context(submission, case):
    """refuses a context below 1"""
    for context in (0, -2):
        raises(ValueError, submission, "next_token_pairs", case | {"context": context}, when=f" for context={context}")


test_contract = contract("next_token_pairs", text, tags=("DEV", "NOMUT", "NONC", "TYPE"), rule=EXACT)
test_contract_without_windows = contract("next_token_pairs", too_short, tags=("DEV", "TYPE"), rule=EXACT)
