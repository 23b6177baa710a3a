"""Numbers that the sources of the course print come out of its references, as far as no check of a lesson says so.

The checks of lessons 1.2 to 1.6, 2.5, 2.7 and 3.2 compare what a program answers with most of these numbers, to nine
digits. Here are the recipe of the data, digits beyond those, and runs that need more than one exercise.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from grader.lessons import find_course
from grader.proxy import Proxy, outline
from grader.testing import assert_close, printed, relative

COURSE = find_course(Path(__file__).parent)
PUBLISHED = json.loads(COURSE.published_file.read_text(encoding="utf-8"))
X, Y = (torch.tensor(PUBLISHED[name], dtype=torch.float64).reshape(80, 1) for name in ("x_train", "y_train"))
B, W = (torch.tensor(PUBLISHED[name], dtype=torch.float64) for name in ("b", "w"))
START = {"w": W.reshape(1, 1), "b": B}
LAST_BITS = relative(5e-16)
"""A sum of 80 terms that is added up in another order may end in other bits; the printed digits name all of them."""


def numbers(*values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.fixture
def reference(program):
    """Return a maker of references in workers; the files of several exercises become one program."""

    def make(*exercises):
        files = [COURSE.reference(exercise) for exercise in COURSE.select(exercises)]
        text = "\n".join(file.read_text(encoding="utf-8") for file in files)
        return Proxy(program(text), outline(text)[0])

    return make


# The data


def test_data_follow_the_recipe():
    """The points and the start are what numpy's old generator draws after seed 42, as the recipe is printed."""
    stream = np.random.RandomState(42)
    x = stream.rand(100)
    y = 1 + 2 * x + 0.1 * stream.randn(100)
    order = np.arange(100)
    stream.shuffle(order)
    train, val = order[:80], order[80:]
    b, w = np.random.RandomState(42).randn(2)
    drawn = {"x_train": x[train], "y_train": y[train], "x_val": x[val], "y_val": y[val], "b": [b], "w": [w]}

    assert train[:5].tolist() == [76, 83, 80, 98, 2]
    assert {name: pytest.approx(list(values), rel=5e-16, abs=0) for name, values in drawn.items()} == PUBLISHED


def test_data_are_the_printed_ones():
    """The first point, the start and the sums are those that were printed."""
    assert [f"{float(one):.8f}" for one in (X[0], Y[0], B, W)] == [
        "0.77127035",
        "2.47453822",
        "0.49671415",
        "-0.13826430",
    ]
    assert (float(X.sum()), float(Y.sum())) == pytest.approx((37.796715821877015, 156.30365092724125), rel=5e-16)


# Beyond nine digits


def test_first_loss(reference):
    """1.2.1 gives the first loss to the last bits."""
    program = reference("1.2.1")

    assert_close(program.mse_loss(program.predict(X, **START), Y), numbers(2.7421577700550976)[0], rule=LAST_BITS)


def test_first_gradients(reference):
    """1.2.2 gives the first gradients to the last bits."""
    grad_w, grad_b = reference("1.2.2").mse_gradients(X, Y, **START)

    assert_close([grad_b, grad_w[0]], [numbers(-3.044811379650508), numbers(-1.8337537171510832)], rule=LAST_BITS)


def test_curvatures(reference):
    """The limit of 1.4.4 belongs to the printed curvatures and condition, for x and for 10 x."""
    program = reference("1.4.4")
    for inputs, curvatures, condition, decimals in (
        (X, (0.15107, 2.48291), 16.435, 3),
        (10 * X, (0.57868, 64.81956), 112.01, 2),
    ):
        largest = 2 / program.max_stable_lr(inputs)
        smallest = 2 + 2 * float((inputs**2).mean()) - largest  # the trace of the Hessian is the sum of both
        assert_close([smallest, largest], list(curvatures), rule=printed(5))
        assert_close(largest / smallest, condition, rule=printed(decimals))


# Runs of several exercises


@pytest.mark.parametrize("scale", ["x", "10 x", "standardised x"])
def test_limit_parts_runs(reference, scale):
    """2000 epochs of 1.2.3 at 0.98 times the limit of 1.4.4 reach the printed loss; at 1.02 times it they exceed 1e60."""
    program = reference("1.2.3", "1.4.3", "1.4.4")
    inputs = {"x": X, "10 x": 10 * X, "standardised x": program.standardize(X, *program.fit_standardizer(X))}[scale]
    limit = program.max_stable_lr(inputs)
    below, above = (
        program.train_linear_regression(inputs, Y, **START, lr=share * limit, epochs=2000)[2][-1]
        for share in (0.98, 1.02)
    )

    assert_close(below, 0.0080446577, rule=printed(10))
    assert above > 1e60


def sgd(model, lr):  # runs beside the program
    """Return a loss and an optimizer for a model."""
    return nn.MSELoss(), torch.optim.SGD(model.parameters(), lr=lr)


def set_to(model, *start):  # runs beside the program
    """Start a model with this bias and this weight."""
    for (_, value), number in zip(sorted(model.named_parameters()), start, strict=True):
        value.data.copy_(number.reshape(value.shape))


def state(model):  # runs beside the program
    """Return the bias and the weight of a model; in both models their names stand in this order."""
    return tuple(value.detach().reshape(1) for _, value in sorted(model.named_parameters()))


@pytest.fixture
def fitted(reference):
    """Return `fitted(form, b, w)`: where 1000 epochs in float32 end that start there, by autograd or with a model."""
    program = reference("1.5.4", "2.5.3", "2.5.4")
    x, y = X.float(), Y.float()

    def fit(form, b, w):
        if form == "train_autograd":
            return program.train_autograd(x, y, b, w, 0.1, 1000)[:2]
        model = getattr(program, form)()
        program.inside(set_to, model, b, w)
        program.fit(model, [(x, y)], *program.inside(sgd, model, 0.1), 1000)
        return program.inside(state, model)

    return fit


@pytest.mark.parametrize(("b", "w"), [(0.49671415, -0.1382643), (0.3367, 0.1288), (0.1940, 0.1391), (0.8300, 0.7645)])
@pytest.mark.parametrize("form", ["train_autograd", "ManualLinearRegression", "make_sequential"])
def test_all_forms_end_at_the_same_place(fitted, form, b, w):
    """Autograd, and an optimizer with both kinds of models, end where it is printed, from every printed start."""
    end = fitted(form, torch.tensor([b]), torch.tensor([w]))

    assert_close(end, (torch.tensor([1.0235]), torch.tensor([1.9690])), rule=printed(4))


def drawn():  # runs beside the program
    """Return two draws of a CPU after seed 42."""
    torch.manual_seed(42)
    return torch.randn(1), torch.randn(1)


def test_gradients_at_the_start_of_a_cpu(reference):
    """Seed 42 draws 0.3367 and 0.1288 on a CPU, and 1.2.2 gives the printed gradients there."""
    program = reference("1.2.2")
    b, w = program.inside(drawn)
    grad_w, grad_b = program.mse_gradients(X.float(), Y.float(), w.reshape(1, 1), b)

    expected = [0.3367, 0.1288, -3.1125, -1.8156]
    assert_close([b, w, grad_b, grad_w.reshape(1)], [torch.tensor([one]) for one in expected], rule=printed(4))
