"""Checks of exercise 1.4.1: the loss of a line as a surface."""

import torch

from grader.testing import (
    BY_HAND,
    Exercise,
    absolute,
    agree,
    assert_close,
    assert_memory,
    assert_true,
    cases,
    contract,
    edges,
    points,
    printed,
)

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def numbers(*values):
    return torch.tensor(values, dtype=torch.float64)


def gauss(draw):
    """normal data, 4 values of b and 6 of w"""
    return dict(x=draw.normal(11, 1) + 0.5, y=draw.normal(11, 1) + 1, b_grid=draw.normal(4), w_grid=draw.normal(6) + 2)


def wide(draw):
    """inputs around 3, 5 values of b and 3 of w"""
    x, y = draw.normal(7, 1) + 3, draw.normal(7, 1)
    return dict(x=x, y=y, b_grid=draw.uniform(5, low=-2, high=4), w_grid=draw.uniform(3, low=-1, high=5))


def square(draw):
    """5 values of each"""
    x, y = draw.normal(9, 1) - 0.5, draw.normal(9, 1) + 2
    return dict(x=x, y=y, b_grid=draw.uniform(5, low=1, high=3), w_grid=draw.uniform(5, low=-3, high=0))


def surface_of(submission, case):
    """Return the surface, or say that this is not what came back."""
    surface = submission.loss_surface(**case)
    sizes = [len(case["w_grid"]), len(case["b_grid"])]
    right = isinstance(surface, torch.Tensor) and list(surface.shape) == sizes
    assert_true(right, f"The surface is a tensor of shape {sizes}: rows belong to w, columns to b.")
    return surface


def bowl(submission, x, y, b, w):
    """Return the loss, its gradient and its Hessian at (b, w), read from a surface of 3 by 3 points around it.

    The loss of a line is a polynomial of degree 2, for which these differences are exact.
    """
    beside = numbers(-1, 0, 1)
    L = surface_of(submission, dict(x=x, y=y, b_grid=b + beside, w_grid=w + beside)).double()
    gradient = numbers((L[1, 2] - L[1, 0]) / 2, (L[2, 1] - L[0, 1]) / 2)
    mixed = (L[2, 2] - L[2, 0] - L[0, 2] + L[0, 0]) / 4
    across, along = L[1, 2] - 2 * L[1, 1] + L[1, 0], L[2, 1] - 2 * L[1, 1] + L[0, 1]
    return L[1, 1], gradient, torch.stack([across, mixed, mixed, along]).reshape(2, 2)


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    case = dict(x=numbers(1, 2, 3).reshape(3, 1), y=numbers(2, 4, 5).reshape(3, 1))
    case |= dict(b_grid=numbers(0, 1), w_grid=numbers(1, 1.5, 2))
    assert_close(submission.loss_surface(**case), numbers(3, 2 / 3, 1 / 2, 1 / 6, 1 / 3, 2).reshape(3, 2))


@points(1, "W")
def test_published_surface(submission, published):
    """gives the surface of the published points"""
    grids = dict(b_grid=torch.linspace(-2, 4, 101, dtype=torch.float64))
    grids |= dict(w_grid=torch.linspace(-1, 5, 101, dtype=torch.float64))
    surface = surface_of(submission, dict(x=published["x_train"], y=published["y_train"]) | grids)
    for row, column, loss in (
        (14, 42, 2.7113284116288243),
        (50, 50, 0.008213795206674118),
        (0, 0, 20.426366151773927),
        (0, 100, 3.311311139406186),
        (100, 100, 20.304424643392643),
    ):
        assert_close(surface[row, column], loss, what=f"surface[{row}, {column}]")
    lowest = divmod(int(surface.argmin()), 101)
    assert_true(lowest == (50, 50), f"The smallest entry stands at {lowest}, not at (50, 50).")


@points(1, "W")
def test_published_gradients_and_curvatures(submission, published):
    """is steep and curved as published, for x, for 10 x and for standardised x"""
    x, y, b, w = published["x_train"], published["y_train"], published["b"], published["w"]
    standardised = (x - x.mean()) / x.std(correction=0)
    for inputs, gradient, curvatures, condition in (
        (x, (-3.044811379650508, -1.8337537171510832), (0.15107, 2.48291), 16.435),
        (10 * x, (-4.2206, -26.2267), (0.57868, 64.81956), 112.01),
        (standardised, None, (2, 2), 1.0),
    ):
        loss, slopes, hessian = bowl(submission, inputs, y, b, w)
        eigenvalues = torch.linalg.eigvalsh(hessian)
        assert_close(eigenvalues, numbers(*curvatures), rule=printed(5), what="the curvatures")
        assert_close(eigenvalues[1] / eigenvalues[0], condition, rule=printed(2), what="their ratio")
        if gradient is not None:
            assert_close(slopes, numbers(*gradient), rule=printed(4), what="the gradient")
        if inputs is x:
            assert_close(loss, 2.7421577700550976, what="the first loss")
            bottom = torch.cat([b, w]) - torch.linalg.solve(hessian, slopes)
            assert_close(bottom, numbers(1.02354075, 1.96896447), rule=printed(8), what="the lowest point")
            lowest = submission.loss_surface(x, y, bottom[:1], bottom[1:])
            assert_close(lowest, numbers(0.008044657695492986).reshape(1, 1), rule=absolute(1e-14), what="the optimum")


@points(1, "W")
def test_published_learning_rates(submission, published):
    """gives the losses after one published step along b, and along w, with three learning rates"""
    data, start = dict(x=published["x_train"], y=published["y_train"]), numbers(0.52, -0.16)
    _, slopes, hessian = bowl(submission, *data.values(), *start)
    assert_close(hessian.diagonal(), numbers(2, 0.6340), rule=printed(4), what="the curvatures along b and w")
    rates = numbers(0.2, 0.8, 1.1)
    b, w = start[0] - rates * slopes[0], start[1] - rates * slopes[1]
    assert_close(b, numbers(1.123756, 2.935023, 3.840656), rule=printed(6), what="b after one step")
    assert_close(w, numbers(0.205106, 1.300424, 1.848084), rule=printed(6), what="w after one step")
    along_b = submission.loss_surface(**data, b_grid=b, w_grid=start[1:])
    assert_close(along_b[0, :2], numbers(1.2532449817, 1.2532449817), rule=printed(10), what="the losses along b")
    assert_close(along_b[0, 2], 3.7138, rule=printed(4), what="the loss along b with lr 1.1")
    along_w = submission.loss_surface(**data, b_grid=start[:1], w_grid=w)
    assert_close(along_w[:, 0], numbers(2.0871, 0.7214, 0.3237), rule=printed(4), what="the losses along w")


@points(3, "R")
@cases(gauss, wide, square)
def test_matches_reference(submission, reference, case):
    """gives the right loss for every pair of grid values"""
    agree(submission, reference, "loss_surface", case)


@points(1, "INV")
@cases(gauss)
def test_single_points(submission, case):
    """gives at each point the loss of that one line"""
    surface = surface_of(submission, case)
    for j, w in enumerate(case["w_grid"]):
        for i, b in enumerate(case["b_grid"]):
            expected = ((b + w * case["x"] - case["y"]) ** 2).mean()
            assert_close(surface[j, i], expected, what=f"surface[{j}, {i}]")


@points(1, "INV")
@cases(gauss)
def test_parabolas(submission, case):
    """is a parabola of constant curvature along each row and each column"""
    grid = torch.linspace(-2, 4, 7, dtype=torch.float64)
    surface = surface_of(submission, case | dict(b_grid=grid, w_grid=grid[:5] / 2))
    # With steps of 1 in b and of 1/2 in w: curvature times step squared.
    across = surface[:, 2:] - 2 * surface[:, 1:-1] + surface[:, :-2]
    along = surface[2:] - 2 * surface[1:-1] + surface[:-2]
    size = float(surface.abs().max())
    rule = absolute(1e-9 * size)
    assert_close(across, torch.full_like(across, 2), rule=rule, what="the second differences in each row")
    curvature = 0.5 * float((case["x"] ** 2).mean())
    assert_close(along, torch.full_like(along, curvature), rule=rule, what="the second differences in each column")


@points(1, "CON")
@cases(gauss)
def test_memory(submission, case):
    """keeps to a few temporary tensors of N * nb * nw entries"""
    grid = len(case["x"]) * len(case["b_grid"]) * len(case["w_grid"])
    assert_memory(
        submission, "loss_surface", case, most=8 * grid, what="the task (a few tensors of N * nb * nw entries)"
    )


test_edges = edges("loss_surface", gauss, "EMPTY", "N1")
test_contract = contract("loss_surface", gauss)
