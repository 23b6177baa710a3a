"""The way down a loss surface: which runs have one, and what is kept of it."""

import pytest
import torch

from grader.calls import StudentError
from grader.curves import descent_of
from grader.results import Verdict
from grader.tests.fakes import pretend_program

X = torch.tensor([[0.4], [-1.3], [2.2], [0.7], [1.9]], dtype=torch.float64)
Y = torch.tensor([[1.1], [0.2], [-0.6], [2.3], [0.5]], dtype=torch.float64)
NUMBER = torch.tensor([0.3], dtype=torch.float64)
CASE = {"X": X, "y": Y, "w": NUMBER.reshape(1, 1), "b": NUMBER, "lr": 0.1, "epochs": 6}


def loop(*, scale=1.0, after=False, power=2, worst=1e9):
    """Return a training loop for a line, perhaps with a fault."""

    def train(X, y, w, b, lr, epochs):
        if epochs > worst:
            raise StudentError(Verdict.RAISED, "no more")
        losses = []
        for _ in range(epochs):
            error = X @ w + b - y
            loss = float((error.abs() ** power).mean())
            w, b = w - lr * 2 / max(1, len(X)) * X.T @ error, b - scale * lr * 2 * error.mean(0)
            losses.append(float(((X @ w + b - y) ** 2).mean()) if after else loss)
        return w, b, losses

    return train


def program(**faults):
    made = pretend_program(train=loop(**faults))
    made._outputs["train"] = ("w", "b", "losses")
    return made


def descent(submission, reference=None, **changes):
    """Return what is kept of a check that trains the submission."""
    case = CASE | changes
    if isinstance(submission, dict):
        submission = program(**submission)
    submission.train(**case)
    return descent_of(submission._records, submission, reference or program())


@pytest.mark.parametrize("after", [False, True])
def test_the_paths_and_the_surface(after):
    """The paths hold both parameters after every epoch; their heights are the losses that were recorded."""
    reference = program(after=after)
    found = descent({"scale": 0.5}, reference)
    _, _, losses = reference.train(**CASE)

    assert found.epochs == [0, 1, 2, 3, 4, 5, 6]
    assert found.parameters == ("b", "w")
    assert found.expected[0] == found.got[0] == (0.3, 0.3)
    assert found.differs_from == 1
    heights = [found.surface.height(point) for point in found.expected]
    assert heights[1:] == pytest.approx(losses) if after else heights[:-1] == pytest.approx(losses)
    assert min(heights) > found.surface.least


def test_the_lowest_point_is_that_of_least_squares():
    """The surface is exact: no gradient and the least loss at its lowest point."""
    found = descent({})
    b, w = found.surface.lowest
    right = torch.linalg.lstsq(torch.cat([torch.ones_like(X), X], dim=1), Y).solution.flatten().tolist()

    assert [b, w] == pytest.approx(right)
    assert found.surface.least == pytest.approx(float(((b + w * X - Y) ** 2).mean()))
    assert found.differs_from is None


def test_long_runs_are_shortened():
    """A thousand epochs are asked for at few counts, and only as far as some hundred steps go."""
    found = descent({}, epochs=1000)

    assert found.epochs[:5] == [0, 1, 2, 3, 4]
    assert len(found.epochs) < 25
    assert sum(found.epochs) <= 400


def test_a_program_that_gives_up():
    """The path ends where the submission raises an error; the right one goes on."""
    submission = program(worst=1e9)
    submission.train(**CASE)
    found = descent_of(submission._records, program(worst=3), program())

    assert found.got[3] is not None
    assert found.got[4:] == [None] * 3
    assert found.differs_from == 4


@pytest.mark.parametrize(
    ("reference", "changes"),
    [
        ({"power": 1}, {}),
        ({"worst": 2}, {}),
        ({}, {"epochs": 1}),
        ({}, {"X": torch.cat([X, X], dim=1), "w": torch.ones(2, 1, dtype=torch.float64)}),
        ({}, {"X": torch.ones_like(X)}),
        ({}, {"X": X[:0], "y": Y[:0]}),
    ],
    ids=["another loss", "reference fails", "one epoch", "two features", "no lowest point", "no samples"],
)
def test_runs_without_a_surface(reference, changes):
    """Where the recorded losses are no mean squared error of a line, or there is nothing to see, nothing is drawn."""
    assert descent({}, program(**reference), **changes) is None
