"""Checks of exercise 3.7.2: two ways to make more of the same data."""

import torch

from grader.testing import (
    BY_HAND,
    EXACT,
    Exercise,
    agree,
    assert_close,
    assert_true,
    cases,
    contract,
    edges,
    points,
)

EXERCISE = Exercise(points=3, forbid=BY_HAND)


def pictures(draw):
    """9 images of 2 channels, 3 rows, 4 columns"""
    return flip_case(draw, 9, 2, 3, 4, p=0.5)


def rare(draw):
    """25 images, p = 0.2"""
    return flip_case(draw, 25, 1, 2, 3, p=0.2)


def square(draw):
    """6 images with all other sizes equal, p = 0.7"""
    return flip_case(draw, 6, 3, 3, 3, p=0.7)


def never(draw):
    """p = 0"""
    return flip_case(draw, 5, 2, 3, 4, p=0.0)


def always(draw):
    """p = 1"""
    return flip_case(draw, 5, 2, 3, 4, p=1.0)


def exactly(draw):
    """an image for which p itself is drawn"""
    case = pictures(draw)
    copy = torch.Generator()
    copy.set_state(case["generator"].get_state())
    return case | dict(p=torch.rand(9, generator=copy).sort().values[4].item())


def one_column(draw):
    """images of a single column"""
    return flip_case(draw, 5, 2, 3, 1, p=0.5)


def flip_case(draw, *shape, p):
    return dict(images=draw.normal(*shape), p=p, generator=draw.generator())


def blends(draw):
    """6 rows of 3 features, one-hot targets of 4 classes, lam 0.7"""
    return dict(x=draw.normal(6, 3), y=torch.eye(4, dtype=torch.float64)[[0, 2, 1, 3, 2, 0]], lam=0.7, perm=rotated(6))


def soft_targets(draw):
    """5 images, soft targets, lam 0.2"""
    y = draw.uniform(5, 3, low=0.1, high=1.0)
    return dict(x=draw.normal(5, 2, 3, 4), y=y / y.sum(1, keepdim=True), lam=0.2, perm=rotated(5, by=2))


def any_order(draw):
    """7 rows in a random order, lam drawn"""
    lam = draw.uniform(1, low=0.55, high=0.95).item()
    return dict(x=draw.normal(7, 2), y=one_hot(draw, 7, 3), lam=lam, perm=draw.permutation(7))


def lam_one(draw):
    """lam = 1"""
    return blends(draw) | {"lam": 1.0}


def lam_zero(draw):
    """lam = 0"""
    return blends(draw) | {"lam": 0.0}


def same_order(draw):
    """every sample its own partner"""
    return blends(draw) | {"perm": torch.arange(6)}


def no_rows(draw):
    """no rows"""
    case = blends(draw)
    return case | {name: case[name][:0] for name in ("x", "y", "perm")}


def one_row(draw):
    """one row"""
    case = blends(draw)
    return case | {"x": case["x"][:1], "y": case["y"][:1], "perm": torch.arange(1)}


def rotated(size, by=1):
    return torch.arange(size).roll(by)


def one_hot(draw, rows, classes):
    return torch.eye(classes, dtype=torch.float64)[draw.integers(rows, low=0, high=classes)]


@points(1, "W")
def test_worked_flip(submission):
    """gives the images of the worked example, all of them mirrored"""
    images = torch.arange(1.0, 7.0, dtype=torch.float64).reshape(2, 1, 1, 3)
    expected = torch.tensor([3.0, 2, 1, 6, 5, 4], dtype=torch.float64).reshape(2, 1, 1, 3)
    assert_close(submission.random_flip(images, 1.0, torch.Generator().manual_seed(0)), expected)


@points(1, "W")
def test_worked_mixup(submission):
    """gives the blends of the worked example"""
    x = torch.tensor([[1.0, 2.0], [5.0, 6.0]], dtype=torch.float64)
    y = torch.eye(2, dtype=torch.float64)
    expected = (
        torch.tensor([[2.0, 3.0], [4.0, 5.0]], dtype=torch.float64),
        torch.tensor([[0.75, 0.25], [0.25, 0.75]], dtype=torch.float64),
    )
    assert_close(submission.mixup(x, y, 0.75, torch.tensor([1, 0])), expected)


@points(3, "R")
@cases(pictures, rare, square)
def test_flip(submission, reference, case):
    """mirrors the images that the draw says"""
    agree(submission, reference, "random_flip", case, rule=EXACT)


@points(3, "R")
@cases(blends, soft_targets, any_order)
def test_mixup(submission, reference, case):
    """blends samples and targets alike"""
    agree(submission, reference, "mixup", case)


@points(1, "INV")
@cases(always)
def test_twice(submission, case):
    """gives the images back when it mirrors them twice"""
    once = submission.random_flip(**case)
    assert_close(submission.random_flip(**case | {"images": once}), case["images"], rule=EXACT)


@points(1, "INV")
@cases(pictures)
def test_pixels_stay(submission, case):
    """keeps every image's pixels, channel by channel and row by row"""
    flipped = submission.random_flip(**case)
    assert_true(
        isinstance(flipped, torch.Tensor) and flipped.shape == case["images"].shape,
        "`random_flip` must return a tensor with the shape of the images.",
    )
    assert_close(flipped.sort(-1).values, case["images"].sort(-1).values, rule=EXACT, what="the sorted pixels")


@points(1, "S")
def test_share(submission, draw):
    """mirrors about the share p of many images"""
    images = torch.tensor([0.0, 1.0], dtype=torch.float64).expand(4000, 1, 1, 2).clone()
    flipped = submission.random_flip(images, 0.3, draw.generator())
    assert_true(
        isinstance(flipped, torch.Tensor) and flipped.shape == images.shape,
        "`random_flip` must return a tensor with the shape of the images.",
    )
    share = flipped[:, 0, 0, 0].mean().item()  # 1 where the image is mirrored
    # Six standard deviations of a share: 6 * sqrt(0.3 * 0.7 / 4000) = 0.044.
    assert_true(abs(share - 0.3) < 0.044, f"With p = 0.3, {share:.0%} of 4000 images are mirrored.")


@points(1, "INV")
@cases(blends, soft_targets)
def test_shares_of_labels(submission, case):
    """returns targets whose rows sum to 1"""
    result = submission.mixup(**case)
    assert_true(
        isinstance(result, tuple)
        and len(result) == 2
        and all(isinstance(part, torch.Tensor) for part in result)
        and result[1].shape == case["y"].shape,
        "`mixup` must return (x_mixed, y_mixed), with the shapes of x and y.",
    )
    sums = result[1].sum(1)
    assert_close(sums, torch.ones_like(sums), what="the sums of the targets' rows")


@points(1, "INV")
@cases(lam_one, same_order)
def test_identity(submission, case):
    """changes nothing when nothing is to be mixed"""
    assert_close(submission.mixup(**case), (case["x"], case["y"]))


@points(2, "EDGE")
@cases(never, always, exactly, one_column)
def test_flip_edges(submission, reference, case):
    """is right for p = 0, p = 1, a draw of p itself and images of one column"""
    answer = agree(submission, reference, "random_flip", case, rule=EXACT)
    assert_true(
        answer is not None and not answer.aliases, "`random_flip` must return a new tensor, also if nothing is flipped."
    )


@points(2, "EDGE")
@cases(lam_one, lam_zero, no_rows, one_row)
def test_mixup_edges(submission, reference, case):
    """is right for lam = 0, lam = 1 and few rows"""
    answer = agree(submission, reference, "mixup", case)
    assert_true(answer is not None and not answer.aliases, "`mixup` must return new tensors, also if nothing is mixed.")


test_flip_sizes = edges("random_flip", pictures, "EMPTY", "N1", samples=("images",), rule=EXACT)


@points(1, "CON")
@cases(pictures, rare)
def test_generator(submission, case):
    """draws one number per image from the given generator, and nothing else"""
    expected = torch.Generator()
    expected.set_state(case["generator"].get_state())
    torch.rand(len(case["images"]), generator=expected)
    answer = submission.answer("random_flip", case)
    assert_true(
        torch.equal(answer.generators["generator"].get_state(), expected.get_state()),
        "The generator must have moved on by one float32 number per image: no draw more, no draw less.",
    )


test_flip_contract = contract("random_flip", pictures)
test_mixup_contract = contract("mixup", blends)
