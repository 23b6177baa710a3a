"""Checks of exercise 2.5.4: the training loop that fits every model, in five steps a batch."""

import torch
from torch import nn

from grader.testing import (
    EXACT,
    Exercise,
    absolute,
    assert_close,
    assert_true,
    cases,
    devices,
    points,
    printed,
    refuses,
)

EXERCISE = Exercise(points=3)


def ragged(draw):
    """a linear model, batches of 4, 4 and 3 samples"""
    return linear(draw, 2) | dict(sizes=(4, 4, 3))


def ragged_small(draw):
    """a linear model, batches of 2, 2, 2 and 1 samples"""
    return linear(draw, 3) | dict(sizes=(2, 2, 2, 1))


def network(draw):
    """a network with 2 outputs and momentum, batches of 5, 5 and 2 samples"""
    weights = [0.5 * draw.normal(*shape) for shape in ((4, 3), (4,), (2, 4), (2,))]
    return dict(weights=weights, lr=0.1, momentum=0.5, sizes=(5, 5, 2), epochs=4)


def even(draw):
    """a linear model, three batches of 4 samples"""
    return linear(draw, 2) | dict(sizes=(4, 4, 4))


def full(draw):
    """a linear model, one batch of all 9 samples"""
    return linear(draw, 2) | dict(sizes=(9,))


def one_epoch(draw):
    """one epoch"""
    return ragged(draw) | dict(epochs=1)


def one_sample(draw):
    """a single sample"""
    return linear(draw, 2) | dict(sizes=(1,))


def single(draw):
    """batches of one sample"""
    return linear(draw, 2) | dict(sizes=(1, 1, 1, 1))


def zero_lr(draw):
    """lr=0"""
    return ragged(draw) | dict(lr=0.0)


def no_epochs(draw):
    """epochs=0"""
    return ragged(draw) | dict(epochs=0)


def no_batches_no_epochs(draw):
    """no batches and epochs=0"""
    return linear(draw, 2) | dict(sizes=(), epochs=0)


def no_batches(draw):
    """no batches"""
    return linear(draw, 2) | dict(sizes=())


def linear(draw, d):
    return dict(weights=[draw.normal(1, d), draw.normal(1)], lr=0.05, momentum=0.0, epochs=5)


def model_and_optimizer(weights, lr, momentum):  # runs beside the program
    """Return a model with these weights, one layer or two, and an SGD optimizer for it."""
    outputs, inputs = weights[0].shape
    layers = [nn.Linear(inputs, outputs)]
    if len(weights) == 4:
        layers += [nn.Tanh(), nn.Linear(outputs, len(weights[2]))]
    model = nn.Sequential(*layers).to(weights[0].dtype)
    for parameter, value in zip(model.parameters(), weights):
        parameter.data = value.clone()
    return model, torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)


def mean_squared_error():  # runs beside the program
    """Return the loss function itself: the program must differentiate through it, so it cannot be served from here."""
    import warnings

    warnings.filterwarnings("ignore", message="Using a target size")
    return nn.functional.mse_loss


def poisson_loss():  # runs beside the program
    """Return a loss that tells its arguments apart: the mean of exp(prediction) - target · prediction."""
    return nn.functional.poisson_nll_loss


def error_per_row():  # runs beside the program
    """Return a loss that depends on the shapes: the squared errors are summed along the last axis, then averaged."""
    return lambda prediction, target: (prediction - target).square().sum(-1).mean()


def state(model):  # runs beside the program
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def with_gradients(model):  # runs beside the program
    """Leave gradients behind, as an earlier computation may have done."""
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, 3.0)
    return model


def batches_of(draw, case):
    """Return batches of the case's sizes, with as many features and outputs as its weights ask for."""
    d, o = case["weights"][0].shape[1], len(case["weights"][-1])
    return [(draw.normal(size, d), draw.normal(size, o)) for size in case["sizes"]]


def trained(program, case, batches, *, stale=False, loss=mean_squared_error):
    """Train a fresh model and return the history and the parameters."""
    model, optimizer = program.inside(model_and_optimizer, case["weights"], case["lr"], case["momentum"])
    loss_fn = program.inside(loss)
    if stale:
        program.inside(with_gradients, model)
    history = program.fit(model, batches, loss_fn, optimizer, case["epochs"], "cpu")  # or where the grader runs
    assert_true(history is not None, "`fit` returned None: is a `return` missing?")
    return {"history": history, "parameters": program.inside(state, model)}


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""
    x, y = torch.tensor([[1.0], [2], [3]]).double(), torch.tensor([[2.0], [4], [5]]).double()
    zero = torch.zeros(1, dtype=torch.float64)
    case = dict(weights=[zero.reshape(1, 1), zero], lr=0.1, momentum=0.0, epochs=2)
    found = trained(submission, case, [(x[:2], y[:2]), (x[2:], y[2:])])
    parameters = {"0.weight": torch.full_like(zero, 1.224).reshape(1, 1), "0.bias": torch.full_like(zero, 0.608)}
    assert_close(found, {"history": [7.32, 0.4501333333], "parameters": parameters}, rule=printed(10))


@points(1, "W")
def test_published_run(submission, published):
    """reaches the published parameters after 1000 epochs over the 80 points"""
    x, y, b, w = (published[name].float() for name in ("x_train", "y_train", "b", "w"))
    case = dict(weights=[w.reshape(1, 1), b], lr=0.1, momentum=0.0, epochs=1000)
    found = trained(submission, case, [(x, y)])
    assert_close(len(found["history"]), 1000, rule=EXACT, what="the length of the history")
    # Rounding halts the run in float32 a little before the end, at a place that depends on the order of the operations.
    parameters = {"0.weight": torch.tensor([[1.9689600]]), "0.bias": torch.tensor([1.0235431])}
    assert_close(found["parameters"], parameters, rule=absolute(2e-5))
    assert_close(found["history"][-1], 0.0080446554, rule=absolute(1e-7), what="the last loss")


@points(4, "R")
@cases(ragged, ragged_small, network, even)
def test_matches_reference(submission, reference, draw_for, case):
    """follows the reference through every epoch"""
    batches = batches_of(draw_for("batches"), case)
    assert_close(trained(submission, case, batches), trained(reference, case, batches))


@points(1, "R")
@cases(ragged, network)
def test_order_of_arguments(submission, reference, draw_for, case):
    """hands the prediction and the target to the loss in this order"""
    batches = batches_of(draw_for("batches"), case)
    mine, right = (trained(program, case, batches, loss=poisson_loss) for program in (submission, reference))
    assert_close(mine, right)


@points(1, "R")
@cases(ragged, network)
def test_shapes(submission, reference, draw_for, case):
    """hands prediction and target to the loss in the shapes they have"""
    batches = batches_of(draw_for("batches"), case)
    mine, right = (trained(program, case, batches, loss=error_per_row) for program in (submission, reference))
    assert_close(mine, right)


@points(1, "R")
@cases(full, one_epoch)
def test_stale_gradients(submission, reference, draw_for, case):
    """is not misled by gradients that were there before the call"""
    batches = batches_of(draw_for("batches"), case)
    mine, right = (trained(program, case, batches, stale=True) for program in (submission, reference))
    assert_close(mine, right)


@points(1, "INV")
@cases(full)
def test_batch_descent(submission, draw, case):
    """is batch gradient descent when one batch holds all samples"""
    ((x, y),) = batches = batches_of(draw, case)
    w, b = case["weights"]
    history = []
    for _ in range(case["epochs"]):
        error = x @ w.T + b - y
        history.append(error.square().mean().item())
        w, b = w - case["lr"] * 2 * (x.T @ error).T / len(x), b - case["lr"] * 2 * error.mean(0)
    expected = {"history": history, "parameters": {"0.weight": w, "0.bias": b}}
    assert_close(trained(submission, case, batches), expected)


@points(1, "INV")
@cases(ragged)
def test_two_calls(submission, draw, case):
    """can stop after two epochs and go on with another call"""
    batches = batches_of(draw, case)
    whole = trained(submission, case, batches)
    first = trained(submission, case | dict(epochs=2), batches)
    weights = list(first["parameters"].values())
    rest = trained(submission, case | dict(weights=weights, epochs=case["epochs"] - 2), batches)
    both = {"history": [*first["history"], *rest["history"]], "parameters": rest["parameters"]}
    assert_close(both, whole)


def recorded(weights, lr):  # runs beside the program
    """Return a model in evaluation mode and its optimizer, and the list of events that both write."""
    events = []

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(*reversed(weights[0].shape)).double()
            self.layer.weight.data, self.layer.bias.data = weights[0].clone(), weights[1].clone()
            self.layer.bias.register_hook(self.backward_came)

        def forward(self, x):
            if torch.is_grad_enabled():  # a look at the predictions by the way is no part of the five steps
                events.append("forward" if self.training else "forward in evaluation mode")
            return self.layer(x)

        def backward_came(self, _gradient):
            events.append("backward")

    class Optimizer(torch.optim.SGD):
        def step(self, closure=None):
            if closure is not None:  # the steps may be inside of it
                with torch.enable_grad():
                    closure()
            arrived = model.layer.bias.grad is not None and bool(model.layer.bias.grad.any())
            events.append("step" if arrived else "step without gradients")
            return super().step()

    model = Model().eval()
    return model, Optimizer(model.parameters(), lr=lr), events.copy


def events_of(copy_of_events):  # runs beside the program
    return copy_of_events()


@points(3, "T")
@cases(ragged, full)
def test_order_of_events(submission, draw, case):
    """makes the steps in the right order, in train mode, for every batch"""
    batches = batches_of(draw, case)
    model, optimizer, events = submission.inside(recorded, case["weights"], case["lr"])
    submission.fit(model, batches, submission.inside(mean_squared_error), optimizer, 2, "cpu")
    expected = ["forward", "backward", "step"] * (2 * len(batches))
    assert_close(submission.inside(events_of, events), expected, rule=EXACT, what="the events")


def stream(batches):  # runs beside the program
    """Return an iterable without a length and without items: all it can do is begin anew."""

    class Stream:
        def __iter__(self):
            return iter(batches)

    return Stream()


def counted(batches):  # runs beside the program
    """Return a loader that counts how often it begins anew, and a reader of that number."""
    passes = []

    class Loader:
        def __iter__(self):
            passes.append(True)
            return iter(batches)

    return Loader(), passes.__len__


@points(1, "EDGE")
@cases(ragged)
def test_every_epoch_anew(submission, draw, case):
    """asks the loader for its batches in every epoch"""
    loader, passes = submission.inside(counted, batches_of(draw, case))
    trained(submission, case, loader)
    text = f"`fit` goes through the loader {passes()} times in {case['epochs']} epochs"
    assert_true(passes() >= case["epochs"], f"{text}: a loader that shuffles has new batches in every epoch.")


def without_device(batches):  # runs beside the program
    """Return the history of a run on the CPU that does not say so."""
    import ex4_five_steps

    model = nn.Linear(batches[0][0].shape[1], 1).double()
    for parameter in model.parameters():
        parameter.data.fill_(0.5)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    return ex4_five_steps.fit(model, batches, nn.functional.mse_loss, optimizer, 3)


@points(1, "EDGE")
@cases(ragged)
def test_default_device(submission, reference, draw, case):
    """trains on the CPU when no device is named"""
    batches = batches_of(draw, case)
    mine, right = (program.inside(without_device, batches) for program in (submission, reference))
    assert_close(mine, right, what="history")


@points(1, "EDGE")
@cases(ragged)
def test_any_iterable(submission, reference, draw, case):
    """takes its batches from anything that can be iterated over"""
    batches = batches_of(draw, case)
    mine, right = (trained(one, case, one.inside(stream, batches)) for one in (submission, reference))
    assert_close(mine, right)


@points(1, "EDGE")
@cases(one_sample, single, zero_lr, no_epochs, no_batches_no_epochs)
def test_edges(submission, reference, draw, case):
    """is right at the edges, too"""
    batches = batches_of(draw, case)
    assert_close(trained(submission, case, batches), trained(reference, case, batches))


@points(1, "EDGE")
@cases(no_batches)
def test_no_batches(submission, case):
    """raises ValueError when there is no batch"""
    refuses(ValueError, lambda: trained(submission, case, [])["history"], "fit", when=" for an empty loader")


def fresh_on_cpu(batches):  # runs beside the program
    """Return a loader that makes its batches on the CPU whenever it is asked for them, wherever the model lies."""
    lists = [[part.tolist() for part in batch] for batch in batches]

    class Loader:
        def __iter__(self):
            for x, y in lists:
                yield torch.tensor(x), torch.tensor(y)

    return Loader()


def trained_from_cpu(program, case):
    """Train a model that lies on the device with batches that do not."""
    loader = program.inside(fresh_on_cpu, case["batches"])
    return trained(program, case, loader)


def float32_with_batches(draw):
    """a linear model in float32, with its batches"""
    case = ragged(draw)
    weights = [value.float() for value in case["weights"]]
    return case | dict(weights=weights, batches=batches_of(draw, case), epochs=2)


test_devices = devices(trained_from_cpu, float32_with_batches, weight=2)


@points(2, "CON")
@cases(ragged)
def test_history(submission, draw, case):
    """keeps Python floats in a list, not tensors"""
    history = trained(submission, case, batches_of(draw, case))["history"]
    assert_true(isinstance(history, list), "The history must be a list.")
    kinds = sorted({type(entry).__name__ for entry in history})
    assert_true(kinds == ["float"], f"The history must hold Python floats, not {' and '.join(kinds)}.")


@points(1, "CON")
@cases(ragged)
def test_data_unchanged(submission, draw, case):
    """leaves the batches unchanged"""
    model, optimizer = submission.inside(model_and_optimizer, case["weights"], case["lr"], 0.0)
    loss_fn = submission.inside(mean_squared_error)
    answer = submission.answer("fit", (model, batches_of(draw, case), loss_fn, optimizer, case["epochs"], "cpu"))
    assert_true(not answer.mutated, f"`fit` changed its arguments {', '.join(answer.mutated)}.")


@points(1, "CON")
@cases(ragged)
def test_dtypes(submission, draw, case):
    """trains in the dtype of the model"""
    for dtype in (torch.float32, torch.float64):
        weights = [value.to(dtype) for value in case["weights"]]
        batches = [(x.to(dtype), y.to(dtype)) for x, y in batches_of(draw, case)]
        found = trained(submission, case | dict(weights=weights), batches)["parameters"]
        kinds = {name: str(value.dtype) for name, value in found.items()}
        assert_close(kinds, dict.fromkeys(("0.weight", "0.bias"), str(dtype)), what="the dtypes of the parameters")
