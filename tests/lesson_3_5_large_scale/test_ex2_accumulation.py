"""Checks of exercise 3.5.2: gradient accumulation."""

import torch

from grader.testing import Exercise, assert_close, assert_true, cases, devices, points, printed, refuses

EXERCISE = Exercise(points=3)


def world(weights, hidden, lr, left_over):
    """Return a network, a loss that remembers the sizes of its batches, and an optimizer that counts its steps."""
    sizes = [len(weights[0].T), hidden, len(weights[-1])] if hidden else [len(weights[0].T), len(weights[-1])]
    layers = []
    for fan_in, fan_out in zip(sizes[:-1], sizes[1:]):
        layers += [torch.nn.Linear(fan_in, fan_out), torch.nn.Tanh()]
    model = torch.nn.Sequential(*layers[:-1]).double()
    for parameter, value in zip(model.parameters(), weights):
        parameter.data = value.clone()
        if left_over:
            parameter.grad = torch.ones_like(parameter)

    class Loss:
        def __init__(self):
            self.sizes, self.targets, self.training = [], [], []

        def __call__(self, y_pred, y):
            self.sizes.append(len(y_pred))
            self.targets.append(y.detach().clone())
            return torch.nn.functional.mse_loss(y_pred, y)

    class Counting(torch.optim.SGD):
        def step(self, closure=None):
            self.steps = getattr(self, "steps", 0) + 1
            return super().step(closure)

    loss_fn = Loss()
    model.register_forward_pre_hook(lambda model, _: loss_fn.training.append(model.training))
    return model, loss_fn, Counting(model.parameters(), lr=lr)


def state(model):
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def seen(loss_fn, optimizer):
    return list(loss_fn.sizes), getattr(optimizer, "steps", 0), torch.cat(loss_fn.targets)


def modes(model, loss_fn):
    """Return whether the model was in training mode, in each forward pass and at the end."""
    return [*loss_fn.training, model.training]


def problem(draw, n, micro_batch, *, hidden=0, left_over=False):
    """Return n samples, start values of a network, and a number of samples per part."""
    d, o = 3, 2
    sizes = [d, hidden, o] if hidden else [d, o]
    weights = []
    for fan_in, fan_out in zip(sizes[:-1], sizes[1:]):
        weights += [draw.normal(fan_out, fan_in), draw.normal(fan_out)]
    data = dict(X=draw.normal(n, d), y=draw.normal(n, o) + torch.linspace(0, 2, n, dtype=torch.float64)[:, None])
    return dict(weights=weights, hidden=hidden, left_over=left_over, micro_batch=micro_batch, **data)


def linear(draw):
    """a linear model, 11 samples in parts of 4"""
    return problem(draw, 11, 4)


def mlp(draw):
    """a network with a hidden layer, 10 samples in parts of 3"""
    return problem(draw, 10, 3, hidden=5)


def even(draw):
    """a linear model, 12 samples in parts of 4"""
    return problem(draw, 12, 4)


def left_over(draw):
    """gradients that were there before the call"""
    return problem(draw, 11, 4, left_over=True)


def one_part(draw):
    """one part of all samples"""
    return problem(draw, 7, 7)


def big(draw):
    """more samples per part than there are"""
    return problem(draw, 7, 10)


def single(draw):
    """one sample per part"""
    return problem(draw, 5, 1)


def one_sample(draw):
    """one sample"""
    return problem(draw, 1, 3)


def no_samples(draw):
    """no samples"""
    return problem(draw, 0, 3)


def zero_micro_batch(draw):
    """micro_batch=0"""
    return problem(draw, 5, 0)


def negative_micro_batch(draw):
    """a negative micro_batch"""
    return problem(draw, 5, -2)


def prepared(program, case):
    return program.inside(world, case["weights"], case["hidden"], 0.3, case["left_over"])


def run(program, case):
    """Take one step and return the loss and the parameters after it."""
    model, loss_fn, optimizer = prepared(program, case)
    loss = program.accumulated_step(model, loss_fn, optimizer, case["X"], case["y"], case["micro_batch"])
    return loss, program.inside(state, model)


def whole_batch(case):
    """Return the loss and the parameters after one plain step on the whole batch, without any submission."""
    parameters = [value.clone().requires_grad_() for value in case["weights"]]
    out = case["X"]
    for index in range(0, len(parameters), 2):
        out = (torch.tanh(out) if index else out) @ parameters[index].T + parameters[index + 1]
    loss = ((out - case["y"]) ** 2).mean()
    gradients = torch.autograd.grad(loss, parameters)
    names = [f"{2 * layer}.{kind}" for layer in range(len(parameters) // 2) for kind in ("weight", "bias")]
    after = [(value - 0.3 * gradient).detach() for value, gradient in zip(parameters, gradients)]
    return loss.item(), dict(zip(names, after))


@points(1, "W")
def test_worked_example(submission):
    """returns the loss of the worked example"""

    def lookup():
        """a model that is one number per sample, and their mean as the loss"""

        class Table(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.shift = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))

            def forward(self, X):
                return X + self.shift

        model = Table()

        def mean_loss(y_pred, y):
            return (y_pred - y).mean()

        return model, mean_loss, torch.optim.SGD(model.parameters(), lr=0.5)

    model, loss_fn, optimizer = submission.inside(lookup)
    X = torch.tensor([[0.5], [1.5], [2.0], [2.0], [3.0]], dtype=torch.float64)
    loss = submission.accumulated_step(model, loss_fn, optimizer, X, torch.zeros_like(X), 2)
    assert_close(loss, 1.8, rule=printed(10), what="loss")


@points(3, "R")
@cases(linear, mlp)
def test_matches_reference(submission, reference, case):
    """takes the step of the reference and returns its loss"""
    loss, parameters = run(submission, case)
    right_loss, right_parameters = run(reference, case)
    assert_close(parameters, right_parameters)
    assert_close(loss, right_loss, what="loss")


@points(1, "INV")
@cases(linear, mlp)
def test_equals_whole_batch(submission, case):
    """takes the step of the whole batch, whatever the size of the parts"""
    right_loss, right_parameters = whole_batch(case)
    for micro_batch in (1, 2, 5, 50):
        loss, parameters = run(submission, case | {"micro_batch": micro_batch})
        assert_close(parameters, right_parameters, what=f"parameters with micro_batch={micro_batch}")
        assert_close(loss, right_loss, what=f"loss with micro_batch={micro_batch}")


@points(1, "T")
@cases(linear, even)
def test_parts_and_steps(submission, case):
    """goes forward and back part by part, and steps once"""
    model, loss_fn, optimizer = prepared(submission, case)
    arguments = (model, loss_fn, optimizer, case["X"], case["y"], case["micro_batch"])
    backward_calls = submission.answer("accumulated_step", arguments).counts.get("backward", 0)
    sizes, steps, targets = submission.inside(seen, loss_fn, optimizer)
    training = submission.inside(modes, model, loss_fn)
    assert_true(all(training), "The model was put into evaluation mode: leave its mode as it is.")
    n, size = len(case["X"]), case["micro_batch"]
    expected = [min(size, n - start) for start in range(0, n, size)]
    assert_close(sizes, expected, what="the sizes of the parts that loss_fn saw")
    assert_close(targets, case["y"], what="the targets that loss_fn saw, part after part")
    assert_close(backward_calls, len(expected), what="the number of backward passes")
    assert_close(steps, 1, what="the number of optimizer steps")


@points(1, "EDGE")
@cases(left_over, one_part, big, single, one_sample)
def test_special_batches(submission, reference, case):
    """takes the right step at the edges, too"""
    loss, parameters = run(submission, case)
    right_loss, right_parameters = run(reference, case)
    assert_close(parameters, right_parameters)
    assert_close(loss, right_loss, what="loss")


@points(1, "EDGE")
@cases(no_samples, zero_micro_batch, negative_micro_batch)
def test_bad_arguments(submission, case):
    """refuses no samples and parts of less than one sample"""
    refuses(ValueError, lambda: run(submission, case)[0], "accumulated_step")


@points(1, "CON")
@cases(linear)
def test_python_float(submission, case):
    """returns a Python float and leaves X and y as they are"""
    model, loss_fn, optimizer = prepared(submission, case)
    arguments = (model, loss_fn, optimizer, case["X"], case["y"], case["micro_batch"])
    answer = submission.answer("accumulated_step", arguments)
    assert_true(type(answer.value) is float, "accumulated_step must return a Python float.")
    assert_true(not answer.mutated, "accumulated_step changed its argument X or y.")


test_devices = devices(run, mlp)
