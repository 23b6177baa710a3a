"""Checks of exercise 3.5.3: the right device.

On a machine without a GPU the meta device is the second device for `to_device`, whose tensors have a shape, a dtype and a
place, but no numbers; for the other two functions a dry run claims that a GPU is there.
"""

import torch

from grader.testing import EXACT, Exercise, assert_close, assert_true, cases, points

EXERCISE = Exercise(points=2)


def moved(kind, device):
    """Move a batch from the CPU with the program's own function; say in words what came out, and what is left."""
    from typing import Any, NamedTuple

    import ex3_device

    class Pair(NamedTuple):
        x: Any
        y: Any

    x, labels, flags = torch.ones(2, 3).double(), torch.tensor([1, 2]), torch.tensor([True])
    batch = {
        "tensor": x,
        "list": [x, labels],
        "tuple": (x, labels),
        "dictionary": {"x": x, "labels": labels},
        "named tuple": Pair(x, labels),
        "nested": {"pairs": [Pair(x, (labels, flags)), Pair([x.float()], {})], 7: (), "last": x[:0]},
        "other things": [3, "text", None, (2.5, {"x": x, "name": "a", "mask": None}), True],
    }[kind]

    def words(value):
        if isinstance(value, torch.Tensor):
            return f"{value.dtype} {list(value.shape)} on {value.device.type}"
        if isinstance(value, dict):
            return {key: words(item) for key, item in value.items()}
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return {"named tuple": type(value).__name__} | {name: words(getattr(value, name)) for name in value._fields}
        if isinstance(value, list | tuple):
            return type(value)(words(item) for item in value)
        return repr(value)

    result = ex3_device.to_device(batch, torch.device(device) if kind in ("tuple", "nested") else device)
    return {"result": words(result), "given": words(batch)}


def network(weights, left_over, looks_at_targets):
    """Return a network, a loss and an optimizer, perhaps with gradients of an earlier step."""

    class Network(torch.nn.Sequential):
        moved = False

        def to(self, *args, **others):
            devices = [one for one in (*args, *others.values()) if isinstance(one, str | torch.device)]
            self.moved |= any(torch.device(one).type != next(self.parameters()).device.type for one in devices)
            return super().to(*args, **others)

        def cuda(self, device=None):
            self.moved |= next(self.parameters()).device.type != "cuda"
            return super().cuda(device)

    model = Network(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)).double()
    for parameter, value in zip(model.parameters(), weights):
        parameter.data = value.clone()
        if left_over:
            parameter.grad = torch.ones_like(parameter)

    def loss_fn(y_pred, y):
        return ((y_pred - y) ** 2).mean() if looks_at_targets else (y_pred**2).mean()

    return model, loss_fn, torch.optim.SGD(model.parameters(), lr=0.3)


def state(model):
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def kind_of_device(model):
    return next(model.parameters()).device.type


def was_moved(model):
    return model.moved


def step_from_cpu(model, optimizer, loss_fn, X, y):
    """Take a step with the program's own function, on a batch that lies on the CPU."""
    import ex3_device

    return ex3_device.train_step(model, (X.cpu(), y.cpu()), loss_fn, optimizer)


def picked():
    """Ask the program for other devices than the GPU, which torch says is there; say in words what it picks."""
    import ex3_device

    asked, torch.cuda.is_available = torch.cuda.is_available, lambda: True
    try:
        others = ("cpu",) if torch.backends.mps.is_available() else ("cpu", "mps")
        return {prefer: str(ex3_device.pick_device(prefer)) for prefer in others}
    finally:
        torch.cuda.is_available = asked


def nested(draw):
    """tensors in lists, tuples and dictionaries"""
    labels = draw.integers(4, low=0, high=9)
    return dict(batch={"x": draw.normal(4, 3), "rest": [labels, (draw.normal(2), "text", None)], "n": 4}, device="cpu")


def step(draw):
    """one step of a network with a hidden layer"""
    weights = [draw.normal(4, 3), draw.normal(4), draw.normal(2, 4), draw.normal(2)]
    data = dict(X=draw.normal(7, 3), y=draw.normal(7, 2))
    return dict(weights=weights, left_over=False, looks_at_targets=True, **data)


def step_after_another(draw):
    """gradients that were there before the call"""
    return step(draw) | dict(left_over=True)


def same_step(found, right):
    """Compare the parameters after two steps, and their losses."""
    assert_close(found[1], right[1])
    assert_close(found[0], right[0], what="loss")


def prepared(program, case):
    return program.inside(network, case["weights"], case["left_over"], case["looks_at_targets"])


def run(program, case):
    """Take one step and return the loss and the parameters after it."""
    model, loss_fn, optimizer = prepared(program, case)
    loss = program.train_step(model, (case["X"], case["y"]), loss_fn, optimizer)
    return loss, program.inside(state, model)


@points(1, "R")
def test_pick_device(submission, reference):
    """picks the preferred device only where there is one"""
    for prefer in ("cuda", "cpu", "mps"):
        device, right = submission.pick_device(prefer), reference.pick_device(prefer)
        assert_true(isinstance(device, torch.device), "pick_device must return a torch.device.")
        assert_close(device.type, right.type, rule=EXACT, what=f"pick_device({prefer!r}).type")


@points(1, "R")
def test_pick_device_with_gpu(submission):
    """picks the GPU where there is one"""
    device = submission.pretending("cuda:0").pick_device("cuda")
    assert_true(isinstance(device, torch.device), "pick_device must return a torch.device.")
    assert_close(device.type, "cuda", rule=EXACT, what='pick_device("cuda").type where a GPU is present')


@points(1, "R")
def test_preference(submission):
    """picks the CPU when another device was asked for than the GPU that is there"""
    for prefer, device in submission.inside(picked).items():
        asked = f"With a GPU present, pick_device({prefer!r}) returned {device}"
        assert_true(not device.startswith("cuda"), f"{asked}: the GPU was not asked for.")
        assert_true(device.startswith("cpu"), f"{asked}, which this machine does not have.")


def same_kinds(found, right, where="the batch"):
    """Say where a named tuple came out as something else, before the contents are compared."""
    if isinstance(right, dict) and "named tuple" in right:
        kind = right["named tuple"]
        same = isinstance(found, dict) and found.get("named tuple") == kind
        came = found.get("named tuple", "dictionary") if isinstance(found, dict) else f"plain {type(found).__name__}"
        assert_true(same, f"{where} holds a named tuple `{kind}`, and it came out as a {came}.")
    if isinstance(right, dict) and isinstance(found, dict):
        for key in right.keys() & found.keys():
            same_kinds(found[key], right[key], where)
    elif isinstance(right, list | tuple) and isinstance(found, list | tuple):
        for one, other in zip(found, right):
            same_kinds(one, other, where)


def every_kind(check):
    """Run a check once for each kind of batch."""
    families = []
    for kind in ("tensor", "list", "tuple", "dictionary", "named tuple", "nested", "other things"):

        def family(_draw, kind=kind):
            return dict(kind=kind, device="meta")

        family.__name__, family.__doc__ = kind.replace(" ", "_"), kind
        families.append(family)
    return cases(*families)(check)


@points(3, "R", gate=True)
@every_kind
def test_to_device(submission, reference, case):
    """moves every tensor of a batch, and builds the same structure"""
    found, right = (
        program.inside(moved, case["kind"], case["device"])["result"] for program in (submission, reference)
    )
    same_kinds(found, right)
    assert_close(found, right, rule=EXACT, what="batch")


@points(3, "R", gate=True)
@cases(step)
def test_train_step(submission, reference, case):
    """takes the step of the reference and returns its loss"""
    same_step(run(submission, case), run(reference, case))


@points(1, "INV")
@cases(nested)
def test_values_stay(submission, case):
    """returns the numbers it was given when there is nothing to move"""
    assert_close(submission.to_device(**case), case["batch"], rule=EXACT)


@points(1, "T")
@cases(step)
def test_loss_before_step(submission, case):
    """returns the loss of the network as it was before the step"""
    W1, b1, W2, b2 = case["weights"]
    y_pred = torch.tanh(case["X"] @ W1.T + b1) @ W2.T + b2
    loss, _ = run(submission, case)
    assert_close(loss, float(((y_pred - case["y"]) ** 2).mean()), what="loss")


@points(1, "EDGE")
@cases(step_after_another)
def test_left_over_gradients(submission, reference, case):
    """clears the gradients that somebody left"""
    same_step(run(submission, case), run(reference, case))


@points(2, "EDGE")
@cases(step)
def test_batch_elsewhere(submission, reference, case):
    """moves the batch to the model when they lie on different devices"""
    # The inputs are enough for a loss that does not look at the targets: who forgets the targets only gets this far.
    for looks_at_targets in (False, True):
        case["looks_at_targets"] = looks_at_targets
        step_from_elsewhere(submission, reference, case)


def step_from_elsewhere(submission, reference, case):
    model, loss_fn, optimizer = prepared(submission, case)
    if submission.inside(kind_of_device, model) == "cpu":
        # A dry run: the model is on the CPU, and the batch claims to lie on a GPU.
        loss = submission.pretending("cuda:0").train_step(model, (case["X"], case["y"]), loss_fn, optimizer)
    else:
        loss = submission.inside(step_from_cpu, model, optimizer, loss_fn, case["X"], case["y"])
    moved = submission.inside(was_moved, model)
    assert_true(not moved, "The model was moved to another device: it stays where it is, and the batch is moved.")
    same_step((loss, submission.inside(state, model)), run(reference, case))


@points(1, "CON")
@every_kind
def test_given_batch(submission, reference, case):
    """leaves the given containers as they are"""
    found, right = (program.inside(moved, case["kind"], case["device"])["given"] for program in (submission, reference))
    assert_close(found, right, rule=EXACT, what="the given batch")


@points(1, "CON")
@cases(step)
def test_python_float(submission, case):
    """returns the loss as a Python float"""
    loss, _ = run(submission, case)
    assert_true(type(loss) is float, "train_step must return a Python float.")
