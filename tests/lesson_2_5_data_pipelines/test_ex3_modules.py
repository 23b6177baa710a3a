"""Checks of exercise 2.5.3: linear regression as a module, once by hand and once from a ready layer."""

import torch
from torch import nn

from grader.testing import (
    EXACT,
    F_OPT,
    FINITE_DIFFERENCE,
    Exercise,
    assert_close,
    assert_true,
    cases,
    devices,
    finite_difference,
    points,
    printed,
)

EXERCISE = Exercise(points=2, forbid=(F_OPT,))


def gauss(draw):
    """7 inputs"""
    return dict(x=draw.normal(7, 1), b=draw.normal(1) + 2, w=draw.normal(1) - 2)


def shift(draw):
    """9 inputs around 3"""
    return dict(x=draw.normal(9, 1) + 3, b=draw.normal(1) - 1, w=draw.normal(1) + 2)


def one_input(draw):
    """one input"""
    return dict(x=draw.normal(1, 1) + 2, b=draw.normal(1), w=draw.normal(1))


def no_inputs(draw):
    """no inputs"""
    return dict(x=draw.normal(0, 1), b=draw.normal(1), w=draw.normal(1))


def seeded(module, name, seed):  # runs beside the program
    """Return what the program's function or class makes after `torch.manual_seed(seed)`."""
    import sys

    torch.manual_seed(seed)
    return getattr(sys.modules[module], name)()


def started(program, make, seed=7):
    """Return a fresh model of the program's."""
    model = program.inside(seeded, "ex3_modules", make, seed)
    assert_true(model is not None, f"`{make}` returned None: is a `return` missing?")
    return model


def state(model):  # runs beside the program
    """Return what optimizers and files find: parameters, in one dimension, by name."""
    return {name: value.detach().clone().flatten() for name, value in model.state_dict().items()}


def set_to(model, make, b, w):  # runs beside the program
    """Return the model with these parameters in float64, whatever holds them, and what is wrong with it."""
    model.to(torch.float64)
    if make == "make_sequential":
        if not isinstance(model, nn.Sequential) or not len(model) or not isinstance(model[0], nn.Linear):
            return model, "`make_sequential` must return an nn.Sequential that holds an nn.Linear."
        model[0].weight.data.copy_(w.reshape(1, 1))
        if model[0].bias is not None:
            model[0].bias.data.copy_(b)
        return model, ""
    if not hasattr(model, "b") or not hasattr(model, "w"):
        return model, "The module must keep its parameters as `self.b` and `self.w`."
    for name, value in (("b", b), ("w", w)):
        if isinstance(getattr(model, name), nn.Parameter):
            getattr(model, name).data.fill_(value.item())  # whatever its shape
        else:
            setattr(model, name, value.clone())
    return model, ""


def derivatives(model, x, c):  # runs beside the program
    """Return the gradients of sum(c * model(x)) by the parameters' names, 0 for those it does not reach."""
    total = (c * model(x)).sum()
    if total.requires_grad:
        total.backward()
    return {
        name: torch.zeros_like(value) if value.grad is None else value.grad.clone()
        for name, value in model.named_parameters()
    }


def without_gradient(model):  # runs beside the program
    """Return the names of the parameters that do not require a gradient."""
    return [name for name, value in model.named_parameters() if not value.requires_grad]


def ready(program, make, case):
    """Return a model of the program's with the case's parameters in float64."""
    model = started(program, make)
    model, problem = program.inside(set_to, model, make, case["b"], case["w"])
    assert_true(not problem, problem)
    return model


@points(1, "W")
def test_worked_forward(submission):
    """predicts as in the worked example"""
    one = torch.ones(1, dtype=torch.float64)
    x = torch.tensor([[0.5], [3.0]], dtype=torch.float64)
    model = ready(submission, "ManualLinearRegression", dict(b=one, w=2 * one))
    assert_close(model(x), torch.tensor([[2.0], [7.0]]), what="model(x)")


@points(1, "W")
def test_published_manual(submission):
    """starts with the published b and w after seed 42"""
    model = started(submission, "ManualLinearRegression", seed=42)
    expected = {"b": torch.tensor([0.3367]), "w": torch.tensor([0.1288])}
    assert_close(submission.inside(state, model), expected, rule=printed(4), what="state_dict()")


@points(1, "W")
def test_published_sequential(submission):
    """starts with the published weight and bias after seed 42"""
    model = started(submission, "make_sequential", seed=42)
    expected = {"0.weight": torch.tensor([0.7645385265]), "0.bias": torch.tensor([0.8300079107])}
    assert_close(submission.inside(state, model), expected, rule=printed(10), what="state_dict()")


@points(2, "R")
@cases(gauss, shift)
def test_forward(submission, reference, case):
    """predicts b + w·x"""
    mine, right = (ready(program, "ManualLinearRegression", case) for program in (submission, reference))
    assert_close(mine(case["x"]), right(case["x"]), what="model(x)")


@points(1, "R")
@cases(gauss, shift)
def test_sequential_forward(submission, reference, case):
    """predicts the same with the Sequential"""
    mine, right = (ready(program, "make_sequential", case) for program in (submission, reference))
    assert_close(mine(case["x"]), right(case["x"]), what="model(x)")


@points(2, "R")
def test_start_values(submission, reference):
    """draws the right start values, and gives the parameters the right names and shapes"""
    for make in ("ManualLinearRegression", "make_sequential"):
        mine, right = (started(program, make) for program in (submission, reference))
        what = f"state_dict() of {make}"
        assert_close(submission.inside(state, mine), reference.inside(state, right), what=what)
        for name in ("b", "w") if make == "ManualLinearRegression" else ():
            shape = list(getattr(mine, name).shape)
            assert_true(shape == [1], f"`{name}` must have the shape [1], not {shape}.")


@points(2, "FD")
@cases(gauss, shift)
def test_gradients(submission, draw, case):
    """lets gradients reach both parameters"""
    x, c = case["x"], draw.normal(*case["x"].shape)
    model = ready(submission, "ManualLinearRegression", case)
    still = submission.inside(without_gradient, model)
    assert_true(not still, f"`{' and '.join(still)}` cannot learn: a parameter must require a gradient.")
    found = submission.inside(derivatives, model, x, c)
    expected = {
        "b": finite_difference(lambda b: (c * (b + case["w"] * x)).sum(), case["b"]),
        "w": finite_difference(lambda w: (c * (case["b"] + w * x)).sum(), case["w"]),
    }
    assert_close(found, expected, rule=FINITE_DIFFERENCE, what="the gradients")


@points(1, "INV")
@cases(gauss)
def test_same_model_twice(submission, case):
    """is one model in two forms: equal parameters give equal predictions"""
    manual, sequential = (ready(submission, make, case) for make in ("ManualLinearRegression", "make_sequential"))
    assert_close(manual(case["x"]), sequential(case["x"]), what="the predictions of ManualLinearRegression")


@points(1, "EDGE")
@cases(one_input, no_inputs)
def test_few_inputs(submission, reference, case):
    """works with one input and with none"""
    for make in ("ManualLinearRegression", "make_sequential"):
        mine, right = (ready(program, make, case) for program in (submission, reference))
        assert_close(mine(case["x"]), right(case["x"]), what=f"model(x) of {make}")


def is_module(model):  # runs beside the program
    return isinstance(model, nn.Module)


def layers(model):  # runs beside the program
    return isinstance(model, nn.Sequential), [type(layer).__name__ for layer in model.children()]


@points(1, "CON")
def test_parameters(submission):
    """keeps b and w as parameters of a module"""
    model = submission.ManualLinearRegression()
    assert_true(submission.inside(is_module, model), "ManualLinearRegression must be a subclass of nn.Module.")
    names = sorted(submission.inside(state, model))
    assert_true(names == ["b", "w"], f"The parameters of the module are {names}, not b and w.")


@points(1, "CON")
def test_one_layer(submission):
    """makes a Sequential of one linear layer"""
    is_sequential, names = submission.inside(layers, submission.make_sequential())
    assert_true(is_sequential, "`make_sequential` must return an nn.Sequential.")
    assert_close(names, ["Linear"], rule=EXACT, what="the layers")


def dtypes(model, x):  # runs beside the program
    """Return the dtypes of the parameters and of a prediction, before and after the model changes its own."""
    found = {}
    for dtype in (torch.float32, torch.float64):
        model.to(dtype)
        parts = {**model.state_dict(), "model(x)": model(x.to(dtype))}
        found[str(dtype)] = {name: str(value.dtype) for name, value in parts.items()}
    return found


@points(1, "CON")
@cases(gauss)
def test_dtypes(submission, case):
    """follows `model.to(torch.float64)`"""
    for make, names in (("ManualLinearRegression", ("b", "w")), ("make_sequential", ("0.weight", "0.bias"))):
        found = submission.inside(dtypes, started(submission, make), case["x"])
        wanted = {dtype: dict.fromkeys((*names, "model(x)"), dtype) for dtype in ("torch.float32", "torch.float64")}
        assert_close(found, wanted, what=f"the dtypes of {make}")


@points(1, "CON")
@cases(gauss)
def test_input_unchanged(submission, case):
    """leaves its input unchanged"""
    before = case["x"].clone()
    model = ready(submission, "ManualLinearRegression", case)
    assert_close(submission.inside(after_forward, model, case["x"]), before, rule=EXACT, what="x after model(x)")


def after_forward(model, x):  # runs beside the program
    model(x)
    return x


def predictions(program, case):
    """Return the predictions of both models with the case's parameters."""
    return {make: ready(program, make, case)(case["x"]) for make in ("ManualLinearRegression", "make_sequential")}


test_devices = devices(predictions, gauss)
