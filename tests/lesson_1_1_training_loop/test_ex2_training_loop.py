"""Checks of exercise 1.1.2: the training loop without its parts."""

import torch

from grader.testing import (
    BY_HAND,
    Exercise,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    edges,
    points,
    spy,
)

EXERCISE = Exercise(points=5, forbid=BY_HAND)

PARTS = ("forward", "loss_fn", "grad_fn")


def wave(draw, n_params, n_outputs):
    """The arguments for a model that is not linear, so that its gradient depends on params and on the predictions."""
    matrix = draw.normal(n_outputs, n_params)
    target = draw.normal(n_outputs) + 1

    def forward(params):
        return torch.sin(matrix.to(params) @ params)

    def loss_fn(predictions):
        return ((predictions - target.to(predictions)) ** 2).mean()

    def grad_fn(params, predictions):
        slopes = torch.cos(matrix.to(params) @ params)
        errors = predictions - target.to(predictions)
        return 2 / n_outputs * (matrix.to(params).T @ (slopes * errors))

    return dict(params=draw.normal(n_params), forward=forward, loss_fn=loss_fn, grad_fn=grad_fn, lr=0.2, epochs=5)


def one_parameter(draw):
    """a single parameter"""
    return wave(draw, 1, 4)


def three_parameters(draw):
    """three parameters"""
    return wave(draw, 3, 5)


def seven_parameters(draw):
    """seven parameters and fewer outputs"""
    return wave(draw, 7, 4)


def too_fast(draw):
    """a learning rate so large that the loss rises"""
    target = draw.normal(2)
    scale = torch.tensor([1.0, 1.5], dtype=torch.float64)

    def forward(params):
        return scale.to(params) * (params - target.to(params))

    def loss_fn(predictions):
        return (predictions**2).sum()

    def grad_fn(_params, predictions):
        return 2 * scale.to(predictions) * predictions

    # Each step multiplies the distances from the target by 1 - 2 * lr * scale², by -1.4 and by -4.4.
    return dict(params=target + 1, forward=forward, loss_fn=loss_fn, grad_fn=grad_fn, lr=1.2, epochs=4)


def watched(case):
    """The same arguments, with the order of the calls written down."""
    return case | {part: spy(part, case[part]) for part in PARTS}


def trained(submission, case):
    """Return (params, losses), or say that this is not what came back."""
    result = submission.training_loop(**case)
    assert_true(isinstance(result, tuple) and len(result) == 2, "Return two values: the parameters and the history.")
    assert_true(isinstance(result[1], list), "The history is a list.")
    return result


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    center = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    scale = torch.tensor([1.0, 2.0, 0.5], dtype=torch.float64)
    result = submission.training_loop(
        params=torch.zeros(3, dtype=torch.float64),
        forward=lambda params: (params - center) * scale,
        loss_fn=lambda errors: (errors**2).sum(),
        grad_fn=lambda _params, errors: 2 * errors * scale,
        lr=0.1,
        epochs=3,
    )
    end = torch.tensor([0.488, 1.984, 0.427875], dtype=torch.float64)
    assert_close(result, (end, [19.25, 3.310625, 2.2678390625]))


@points(3, "R")
@cases(one_parameter, three_parameters, seven_parameters, too_fast)
def test_matches_reference(submission, reference, case):
    """gives the right parameters and losses after every epoch"""
    agree(submission, reference, "training_loop", case, steps="epochs")


@points(1, "INV")
def test_goes_on_where_it_stopped(submission, draw):
    """trains for two epochs and then for three exactly as for five"""
    case = three_parameters(draw)
    params, early = trained(submission, case | {"epochs": 2})
    params, late = trained(submission, case | {"params": params, "epochs": 3})
    assert_close(submission.training_loop(**case), (params, early + late))


@points(2, "T")
def test_order_of_calls(submission, draw):
    """calls forward, loss_fn and grad_fn in this order, each exactly once in every epoch"""
    for epochs in (4, 1, 0):
        case = watched(three_parameters(draw)) | {"epochs": epochs}
        called = [name for name, _ in submission.answer("training_loop", case).trace]
        assert_true(
            called == list(PARTS) * epochs,
            f"Each epoch calls {', '.join(PARTS)}, in this order; your calls in {epochs} epoch(s) were: "
            f"{', '.join(called) or 'none'}.",
        )


@points(2, "T")
def test_arguments_of_calls(submission, draw):
    """hands each function the current parameters and predictions"""
    case = three_parameters(draw)
    answer = submission.answer("training_loop", watched(case))
    seen = {part: [arguments for name, arguments in answer.trace if name == part] for part in PARTS}
    for part in PARTS:
        assert_true(
            len(seen[part]) == case["epochs"],
            f"{part} was called {len(seen[part])} times in {case['epochs']} epochs, not once in each.",
        )
    params = case["params"]
    for epoch in range(case["epochs"]):
        predictions = case["forward"](params)
        assert_close(tuple(seen["forward"][epoch]), (params,), what=f"the argument of forward in epoch {epoch}")
        assert_close(tuple(seen["loss_fn"][epoch]), (predictions,), what=f"the argument of loss_fn in epoch {epoch}")
        assert_close(
            tuple(seen["grad_fn"][epoch]), (params, predictions), what=f"the arguments of grad_fn in epoch {epoch}"
        )
        params = params - case["lr"] * case["grad_fn"](params, predictions)


test_edges = edges("training_loop", three_parameters, "EP0", "LR0")
test_contract = contract("training_loop", three_parameters)
