"""Checks of exercise 1.4.3: standardised features."""

import torch

from grader.testing import (
    BY_HAND,
    Exercise,
    absolute,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    edges,
    points,
    printed,
    raises,
)

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def numbers(*values):
    return torch.tensor(values, dtype=torch.float64)


# Training data


def features(draw):
    """40 samples of three features with very different means and scales"""
    return dict(X_train=numbers(1500, -3, 0.02) + numbers(400, 1, 0.005) * draw.normal(40, 3))


def small_units(draw):
    """two features in such units that their std is below 0.001"""
    return dict(X_train=numbers(0.002, -0.001) + numbers(4e-4, 2e-4) * draw.normal(9, 2))


def one_feature(draw):
    """a single feature"""
    return dict(X_train=5 + 3 * draw.normal(11, 1))


def square(draw):
    """as many features as samples"""
    return dict(X_train=numbers(2, -1, 5, 0.5) + numbers(3, 1, 2, 0.1) * draw.normal(4, 4))


def constant_column(draw):
    """a constant feature between two others"""
    X_train = draw.normal(8, 3)
    X_train[:, 1] = 2.5  # exact in binary, so that every way of averaging finds exactly 2.5
    return dict(X_train=X_train)


def one_sample(draw):
    """a single sample"""
    return dict(X_train=draw.normal(1, 3) + 2)


def no_samples(draw):
    """no samples"""
    return dict(X_train=draw.normal(0, 3))


# Data to be scaled with numbers that are not their own


def other_data(draw):
    """three features, with the mean and the std of other data"""
    return dict(X=10 * draw.normal(9, 3) + 4, mean=draw.normal(3) + 3, std=draw.uniform(3, low=1.5, high=4))


def tiny_std(draw):
    """two features in such units that their std is below 0.001"""
    return dict(X=0.001 * draw.normal(7, 2), mean=0.001 * draw.normal(2), std=draw.uniform(2, low=2e-4, high=4e-4))


def other_square(draw):
    """as many features as samples, with the mean and the std of other data"""
    return dict(X=draw.normal(4, 4) - 2, mean=draw.normal(4) - 5, std=draw.uniform(4, low=0.1, high=0.6))


def fitted(submission, X_train):
    """Return (mean, std), or say that this is not what came back."""
    result = submission.fit_standardizer(X_train)
    assert_true(isinstance(result, tuple) and len(result) == 2, "Return two tensors, the mean and the std.")
    sizes = [X_train.shape[1]]
    right = all(isinstance(part, torch.Tensor) and list(part.shape) == sizes for part in result)
    assert_true(right, f"The mean and the std are tensors of shape {sizes}: one number for each feature.")
    return result


@points(1, "W")
def test_fit_worked_example(submission):
    """gives the mean and the std of the worked example"""
    mean, std = fitted(submission, numbers(1, 10, 3, 20, 5, 30, 7, 40).reshape(4, 2))
    assert_close({"mean": mean, "std": std}, {"mean": numbers(4, 25), "std": numbers(5**0.5, 125**0.5)})


@points(1, "W")
def test_standardize_worked_example(submission):
    """scales the sample of the worked example"""
    scaled = submission.standardize(numbers(6, 11).reshape(1, 2), numbers(4, 10), numbers(2, 1))
    assert_close(scaled, numbers(1, 1).reshape(1, 2))


@points(1, "W")
def test_published_inputs(submission, published):
    """makes the valley of the published points round"""
    x = published["x_train"]
    mean, std = fitted(submission, x)
    assert_close(mean, numbers(0.47245894777), rule=printed(11), what="the mean")
    assert_close(std, numbers(0.30622494029), rule=printed(11), what="the std")
    scaled = submission.standardize(x, mean, std)
    assert_close(scaled.shape, x.shape, what="the shape")
    A = torch.cat([torch.ones_like(x), scaled], dim=1)
    hessian = 2 / len(x) * A.T @ A
    assert_close(hessian, 2 * torch.eye(2, dtype=torch.float64), what="the second derivatives of the loss")


@points(3, "R")
@cases(features, one_feature, square, small_units)
def test_fit(submission, reference, case):
    """finds the mean and the std of every feature"""
    agree(submission, reference, "fit_standardizer", case)


@points(2, "R")
@cases(other_data, other_square, tiny_std)
def test_standardize(submission, reference, case):
    """scales with the given mean and std"""
    agree(submission, reference, "standardize", case)


@points(1, "INV")
@cases(features)
def test_mean_0_std_1(submission, case):
    """gives the training data the mean 0 and the std 1"""
    X_train = case["X_train"]
    Z = submission.standardize(X_train, *fitted(submission, X_train))
    assert_close(Z.mean(dim=0), torch.zeros(3, dtype=torch.float64), rule=absolute(1e-9), what="the mean of the result")
    assert_close(Z.std(dim=0, correction=0), torch.ones(3, dtype=torch.float64), what="the std of the result")


@points(1, "INV")
@cases(features)
def test_far_sample_stays_far(submission, case):
    """leaves a validation sample far from the training data far away"""
    mean, std = fitted(submission, case["X_train"])
    far = (mean + 5 * std).reshape(1, 3)
    assert_close(submission.standardize(far, mean, std), torch.full((1, 3), 5.0, dtype=torch.float64))


@points(1, "INV")
@cases(features)
def test_units_do_not_matter(submission, case):
    """gives the same numbers in other units"""
    X_train = case["X_train"]
    other_units = numbers(0.001, 60, 2.54) * X_train + numbers(-3, 32, 7)
    Z = submission.standardize(X_train, *fitted(submission, X_train))
    assert_close(submission.standardize(other_units, *fitted(submission, other_units)), Z)


@points(2, "EDGE")
@cases(constant_column, one_sample)
def test_constant_features(submission, reference, case):
    """returns 1 for a std that would be 0"""
    agree(submission, reference, "fit_standardizer", case)


@points(1, "EDGE")
def test_constant_worked_example(submission):
    """gives the std 1 to the constant feature of the worked example"""
    mean, std = fitted(submission, numbers(2.5, 2.5, 2.5).reshape(3, 1))
    assert_close({"mean": mean, "std": std}, {"mean": numbers(2.5), "std": numbers(1)})


@points(1, "EDGE")
@cases(no_samples)
def test_nothing_to_fit(submission, case):
    """refuses to fit"""
    raises(ValueError, submission, "fit_standardizer", case, when=" for no samples")


test_standardize_edges = edges("standardize", other_data, "EMPTY", "N1")
test_fit_contract = contract("fit_standardizer", features)
test_standardize_contract = contract("standardize", other_data)
