"""Checks of exercise 3.5.4: training in mixed precision."""

import torch

from grader.testing import (
    EXACT,
    Exercise,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    devices,
    points,
    printed,
    relative,
)

EXERCISE = Exercise(points=2)
REDUCED = relative(2e-2)  # bfloat16 keeps three digits
NAN, INF = float("nan"), float("inf")


def step(draw, *bad, **others):
    """Return three parameters and their scaled gradients; each (tensor, entry, value) spoils one entry."""
    shapes = ((3, 2), (4,), (2, 3))
    params, grads = ([draw.normal(*shape) for shape in shapes] for _ in range(2))
    scaled = [64 * grad for grad in grads]
    for which, entry, value in bad:
        scaled[which].view(-1)[entry] = value
    settings = dict(scale=64.0, lr=0.3, good_steps=5, growth_interval=10)
    return dict(params=params, scaled_grads=scaled) | settings | others


def good(draw):
    """finite gradients"""
    return step(draw)


def growing(draw):
    """the step at which the scale grows"""
    return step(draw, good_steps=9)


def nan_in_first(draw):
    """NaN in the first gradient"""
    return step(draw, (0, 2, NAN))


def infinity_in_last(draw):
    """infinity in the last gradient"""
    return step(draw, (2, 5, INF))


def both_signs(draw):
    """infinity and minus infinity in one gradient, with a scale of 5"""
    return step(draw, (1, 0, INF), (1, 3, -INF), scale=5.0)


def scale_of_one(draw):
    """NaN with a scale of 1"""
    return step(draw, (1, 2, NAN), scale=1.0)


def enormous(draw):
    """gradients whose sum is infinite, although each entry is finite"""
    return step(draw, (1, 0, 1e308), (1, 3, 1e308), lr=1e-300)


def bad_while_growing(draw):
    """NaN at the step at which the scale would have grown"""
    return step(draw, (1, 1, NAN), good_steps=9)


def before_growing(draw):
    """the step before the scale grows"""
    return step(draw, good_steps=8)


def always_growing(draw):
    """growth_interval=1"""
    return step(draw, good_steps=0, growth_interval=1)


def default_interval(draw):
    """the default growth_interval"""
    case = step(draw, good_steps=1999)
    del case["growth_interval"]
    return case


def world(weights, lr, left_over, scaling):
    """Return a network, a loss that looks at autocast, an optimizer, and a scaler that counts its updates."""
    model = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Tanh(), torch.nn.Linear(6, 2))
    for parameter, value in zip(model.parameters(), weights):
        parameter.data = value.float()
        if left_over:
            parameter.grad = torch.full_like(parameter, 2000.0)  # shows even when it is divided by the scale

    class Loss:
        def __init__(self):
            self.seen, self.on_the_way_back = [], []

        def __call__(self, y_pred, y):
            kind = y_pred.device.type
            self.seen.append((torch.is_autocast_enabled(kind), torch.get_autocast_dtype(kind), y_pred.dtype))
            if y_pred.requires_grad:  # the hook runs when the gradient comes back
                y_pred.register_hook(lambda _: self.on_the_way_back.append(torch.is_autocast_enabled(kind)))
            return torch.nn.functional.mse_loss(y_pred, y)

    class Counting(torch.amp.GradScaler):
        updates = 0

        def update(self, new_scale=None):
            self.updates += 1
            super().update(new_scale)

    device = weights[0].device.type
    scaler = Counting(device, **scaling)
    return model, Loss(), torch.optim.SGD(model.parameters(), lr=lr), scaler


def state(model, scaler):
    """Return the parameters, and the scale."""
    return {name: value.detach().clone() for name, value in model.state_dict().items()}, scaler.get_scale()


def seen(loss_fn, scaler):
    return list(loss_fn.seen), scaler.updates


def on_the_way_back(loss_fn):
    """Return whether autocast was on, for each time that the gradient came back through the network's output."""
    return list(loss_fn.on_the_way_back)


def network(draw, **others):
    """Return samples and start values of a network, all exact in float32."""
    shapes = ((6, 4), (6,), (2, 6), (2,))
    data = dict(weights=[draw.normal(*shape) for shape in shapes], x=draw.normal(8, 4), y=3 * draw.normal(8, 2))
    data = {
        name: [one.float() for one in value] if name == "weights" else value.float() for name, value in data.items()
    }
    settings = dict(
        lr=0.2,
        left_over=False,
        enabled=True,
        growth_interval=2000,
        init_scale=1024.0,
        amp_dtype=torch.bfloat16,
        max_norm=None,
    )
    return data | settings | others


def scaled(draw):
    """bfloat16, scale 1024"""
    return network(draw)


def clipped(draw):
    """bfloat16, scale 1024, max_norm 0.5"""
    return network(draw, max_norm=0.5, lr=2.0)


def disabled(draw):
    """bfloat16, no scaling"""
    return network(draw, enabled=False)


def disabled_clipped(draw):
    """bfloat16, no scaling, max_norm 0.5"""
    return network(draw, enabled=False, max_norm=0.5, lr=2.0)


def growing_scale(draw):
    """a scaler that grows after every step"""
    return network(draw, growth_interval=1)


def half(draw):
    """float16, scale 1024"""
    return network(draw, amp_dtype=torch.float16)


def left_over(draw):
    """gradients that were there before the call"""
    return network(draw, left_over=True)


def generous(draw):
    """a max_norm far above the norm"""
    return network(draw, max_norm=1e4)


def overflowing(draw):
    """a scale so large that gradients overflow"""
    case = network(draw, init_scale=2.0**126)
    return case | dict(y=100 * case["y"])


def prepared(program, case):
    scaling = {name: case[name] for name in ("enabled", "growth_interval", "init_scale")}
    return program.inside(world, case["weights"], case["lr"], case["left_over"], scaling)


def run(program, case):
    """Take one step; return the loss, the parameters and the scale after it."""
    model, loss_fn, optimizer, scaler = prepared(program, case)
    arguments = (model, case["x"], case["y"], loss_fn, optimizer, scaler, case["amp_dtype"], case["max_norm"])
    loss = program.amp_train_step(*arguments)
    return loss, *program.inside(state, model, scaler)


def in_float32(case):
    """Return the loss and the parameters after the same step in full precision, without any submission."""
    weights = [value.clone().requires_grad_() for value in case["weights"]]
    W1, b1, W2, b2 = weights
    loss = ((torch.tanh(case["x"] @ W1.T + b1) @ W2.T + b2 - case["y"]) ** 2).mean()
    gradients = torch.autograd.grad(loss, weights)
    norm = float(torch.cat([gradient.flatten() for gradient in gradients]).norm())
    factor = 1.0 if case["max_norm"] is None else min(1.0, case["max_norm"] / norm)
    after = [(value - case["lr"] * factor * gradient).detach() for value, gradient in zip(weights, gradients)]
    return loss.item(), dict(zip(("0.weight", "0.bias", "2.weight", "2.bias"), after))


def compared(found, right):
    """Compare the results of two steps with the rule for reduced precision, all parameters as one vector."""
    assert_close(found[0], right[0], rule=REDUCED, what="loss")
    vectors = [torch.cat([value.flatten() for value in parameters.values()]) for _, parameters, *_ in (found, right)]
    assert_close(*vectors, rule=REDUCED, what="all parameters")
    assert_close(found[2:], right[2:], what="scale")


@points(1, "W")
def test_worked_example(submission):
    """gives the numbers of the worked example"""

    def tensor(number):
        return [torch.tensor([number], dtype=torch.float64)]

    rule = printed(10)
    assert_close(submission.scaled_step(tensor(1.0), tensor(8.0), 4.0, 0.1, 0), (tensor(0.8), 4.0, 1), rule=rule)
    assert_close(submission.scaled_step(tensor(1.0), tensor(8.0), 4.0, 0.1, 0, 1), (tensor(0.8), 8.0, 0), rule=rule)
    assert_close(submission.scaled_step(tensor(1.0), tensor(INF), 4.0, 0.1, 0), (tensor(1.0), 2.0, 0), rule=rule)


@points(3, "R")
@cases(good, growing, nan_in_first, infinity_in_last)
def test_scaled_step(submission, reference, case):
    """unscales and steps, or skips, and moves the scale"""
    agree(submission, reference, "scaled_step", case)


@points(3, "R")
@cases(scaled, clipped, disabled, disabled_clipped, growing_scale, overflowing)
def test_amp_step(submission, reference, case):
    """takes the step of the reference in mixed precision"""
    compared(run(submission, case), run(reference, case))


@points(1, "INV")
@cases(scaled, clipped, disabled)
def test_close_to_full_precision(submission, case):
    """comes close to the same step in float32"""
    compared(run(submission, case)[:2], in_float32(case))


@points(1, "T")
@cases(scaled, half)
def test_under_autocast(submission, case):
    """computes the forward pass and the loss once, under autocast in the given dtype"""
    model, loss_fn, optimizer, scaler = prepared(submission, case)
    arguments = (model, case["x"], case["y"], loss_fn, optimizer, scaler, case["amp_dtype"])
    submission.amp_train_step(*arguments)
    found, _ = submission.inside(seen, loss_fn, scaler)
    dtype = case["amp_dtype"]
    assert_true(len(found) == 1, f"loss_fn was called {len(found)} times; one step needs one loss.")
    assert_true(found[0][0], "Autocast was off when loss_fn was called: the forward pass and the loss belong under it.")
    assert_close(found[0][1], dtype, rule=EXACT, what="the dtype of autocast")
    assert_close(found[0][2], dtype, rule=EXACT, what="the dtype of the model's output")


@points(1, "T")
@cases(scaled)
def test_backward_outside(submission, case):
    """goes back outside of autocast"""
    model, loss_fn, optimizer, scaler = prepared(submission, case)
    submission.amp_train_step(model, case["x"], case["y"], loss_fn, optimizer, scaler)
    found = submission.inside(on_the_way_back, loss_fn)
    assert_true(not any(found), "Autocast was still on during the backward pass: it covers forward pass and loss only.")


@points(1, "T")
@cases(scaled)
def test_one_update(submission, case):
    """updates the scaler once"""
    model, loss_fn, optimizer, scaler = prepared(submission, case)
    submission.amp_train_step(model, case["x"], case["y"], loss_fn, optimizer, scaler)
    _, updates = submission.inside(seen, loss_fn, scaler)
    assert_true(updates == 1, f"The scaler was updated {updates} times in one step; it must be once.")


@points(1, "EDGE")
@cases(both_signs, scale_of_one, enormous, bad_while_growing, before_growing, always_growing, default_interval)
def test_scaled_step_edges(submission, reference, case):
    """moves the scale as the task states at the edges, too"""
    agree(submission, reference, "scaled_step", case)


@points(1, "EDGE")
@cases(left_over, generous)
def test_amp_step_edges(submission, reference, case):
    """clears old gradients, and clips only what is too long"""
    compared(run(submission, case), run(reference, case))


@points(1, "CON")
@cases(scaled)
def test_float32_parameters(submission, case):
    """keeps float32 parameters and returns a Python float"""
    loss, parameters, _ = run(submission, case)
    dtypes = {str(value.dtype) for value in parameters.values()}
    assert_true(dtypes == {"torch.float32"}, "The model's parameters must stay float32: do not cast the model.")
    assert_true(type(loss) is float, "amp_train_step must return a Python float.")


@points(1, "CON")
@cases(good)
def test_types(submission, case):
    """returns new parameters of the old dtype, a float and an int"""
    single = {name: [one.float() for one in case[name]] for name in ("params", "scaled_grads")}
    result = submission.scaled_step(**case | single)
    assert_true(
        isinstance(result, tuple)
        and [type(part) for part in result] == [list, float, int]
        and all(getattr(param, "dtype", None) == torch.float32 for param in result[0]),
        "scaled_step must return (params, scale, good_steps): a list of float32 tensors for float32 arguments, a float, an int.",
    )


KEPT = ("DEV", "NOMUT", "NOALIAS", "NOGRAD", "NONC")
test_step_contract = contract("scaled_step", good, tags=KEPT)
test_skip_contract = contract("scaled_step", nan_in_first, tags=("NOMUT", "NOALIAS", "NOGRAD"))
test_devices = devices(run, scaled)
