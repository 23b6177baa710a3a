"""Checks of exercise 3.6.4: name the state of a run from its two loss curves."""

from grader.testing import EXACT, Exercise, agree, assert_close, cases, points, raises

EXERCISE = Exercise(points=2, forbid=("torch", "numpy"))
STATES = ("improving", "plateau", "overfitting", "diverging", "undecided")


def falling(draw):
    """both curves fall"""
    return curves(draw, [0.9**epoch for epoch in range(14)], [1.05 * 0.9**epoch for epoch in range(14)])


def gap(draw):
    """both curves fall, far apart"""
    return curves(draw, [0.85**epoch for epoch in range(13)], [0.3 + 0.97**epoch for epoch in range(13)])


def flat_zigzag(draw):
    """both curves are flat, with zig-zag noise"""
    zigzag = [1 + 0.02 * (-1) ** epoch for epoch in range(16)]
    return curves(draw, zigzag[1:], zigzag[:15])


def flat_zigzag_up(draw):
    """both curves are flat, with zig-zag noise that ends high"""
    zigzag = [1 + 0.02 * (-1) ** epoch for epoch in range(15)]
    return curves(draw, zigzag, zigzag)


def falling_zigzag(draw):
    """both curves fall, with zig-zag noise that ends high"""
    zigzag = [0.93**epoch * (1 + 0.08 * (-1) ** epoch) for epoch in range(15)]
    return curves(draw, zigzag, zigzag)


def u_shaped(draw):
    """the training loss falls, the validation loss falls and rises"""
    return curves(draw, [0.85**epoch for epoch in range(16)], [1 + 0.03 * (epoch - 7) ** 2 for epoch in range(16)])


def both_rising(draw):
    """both curves fall and rise again"""
    bowl = [1 + 0.03 * (epoch - 6) ** 2 for epoch in range(13)]
    return curves(draw, bowl, bowl)


def exploding(draw):
    """the training loss more than doubles"""
    return curves(draw, [1.3**epoch for epoch in range(12)], [1.2 * 1.3**epoch for epoch in range(12)])


def nan_at_the_end(draw):
    """a falling training loss that ends in NaN"""
    case = falling(draw)
    return case | dict(train=[*case["train"][:-1], float("nan")])


def nan_on_the_way(draw):
    """a falling validation loss with a NaN on the way"""
    case = falling(draw)
    return case | dict(val=[*case["val"][:4], float("nan"), *case["val"][5:]])


def infinity_on_the_way(draw):
    """a falling training loss with an infinity on the way"""
    case = falling(draw)
    return case | dict(train=[*case["train"][:4], float("inf"), *case["train"][5:]])


def flat_and_rising(draw):
    """a training loss that hardly falls, a validation loss that rises"""
    return curves(draw, [1 - 0.0005 * epoch for epoch in range(14)], [1 + 0.05 * epoch for epoch in range(14)])


def rising_late(draw):
    """the validation loss rises since four epochs"""
    bottom = [0.9**epoch for epoch in range(10)]
    return curves(draw, [0.9**epoch for epoch in range(14)], bottom + [bottom[-1] * 1.2**k for k in range(1, 5)])


def rising_very_late(draw):
    """the validation loss rises since two epochs"""
    bottom = [0.9**epoch for epoch in range(12)]
    return curves(draw, [0.9**epoch for epoch in range(14)], bottom + [bottom[-1] * 1.2**k for k in range(1, 3)])


def peak_on_the_way(draw):
    """the training loss jumps to three times its first value, and goes on falling"""
    train = [0.9**epoch for epoch in range(13)]
    return curves(draw, [*train[:3], 3.0, *train[4:]], train)


def rising_little(draw):
    """the validation loss has risen by four per cent"""
    bottom = [0.9**epoch for epoch in range(6)]
    return curves(draw, [0.9**epoch for epoch in range(14)], bottom + [bottom[-1] * 1.005**k for k in range(1, 9)])


def more_than_twice(draw):
    """the training loss ends at 2.2 times its first value"""
    train = [1.0] * 10 + [1.3, 1.6, 1.9, 2.2]
    return curves(draw, train, train)


def less_than_twice(draw):
    """the training loss ends at 1.8 times its first value"""
    train = [1.0] * 10 + [1.2, 1.4, 1.6, 1.8]
    return curves(draw, train, train)


def exactly_twice(draw):
    """the training loss ends at exactly twice its first value"""
    train = [1.0] * 9 + [1.25, 1.5, 1.75, 2.0, 2.0]
    return curves(draw, train, train)


def validation_doubles(draw):
    """the training loss falls, the validation loss ends at 2.5 times its first value"""
    return curves(draw, [0.9**epoch for epoch in range(13)], [1 + 0.125 * epoch for epoch in range(13)])


def both_up_from_the_best(draw):
    """both losses rise from the best epoch on, and the training loss stays below its first value"""
    falling, rising = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3], [0.31, 0.32, 0.33, 0.34, 0.35, 0.36]
    return curves(draw, falling + rising, falling + [2 * loss for loss in rising])


def nearly_one_per_cent(draw):
    """the training loss has fallen by 0.995 per cent"""
    train = [1.0] * 5 + [0.99005] * 5
    return curves(draw, train, train)


def slow(draw):
    """the training loss falls by 1.4 per cent in five epochs"""
    train = [0.986 ** (epoch / 5) for epoch in range(17)]
    return curves(draw, train, train)


def too_slow(draw):
    """the training loss falls by 0.7 per cent in five epochs"""
    train = [0.993 ** (epoch / 5) for epoch in range(17)]
    return curves(draw, train, train)


def rising_for_five_epochs(draw):
    """the validation loss rises since five epochs"""
    bottom = [0.9**epoch for epoch in range(9)]
    return curves(draw, [0.9**epoch for epoch in range(14)], bottom + [bottom[-1] * 1.2**k for k in range(1, 6)])


def fallen_again(draw):
    """the validation loss has risen and fallen again"""
    val = [1.0 - 0.1 * epoch for epoch in range(6)] + [0.6, 0.7, 0.8, 0.9, 0.7, 0.52]
    return curves(draw, [0.9**epoch for epoch in range(12)], val)


def training_spike(draw):
    """the training loss jumps up in the last epoch, while the validation loss rises"""
    train = [0.9**epoch for epoch in range(13)]
    return curves(draw, [*train, 1.5 * train[0]], [1 + 0.05 * epoch for epoch in range(14)])


def stuck_and_rising(draw):
    """a constant training loss, a validation loss that rises"""
    return curves(draw, [0.5] * 14, [1 + 0.05 * epoch for epoch in range(14)])


def two_minima(draw):
    """a validation loss with two equal minima, one long ago and one of late"""
    val = [2.0, 1.5, 1.0, 1.25, 1.5, 1.5, 1.5, 1.25, 1.25, 1.0, 1.25, 1.5]
    return curves(draw, [0.85**epoch for epoch in range(12)], val)


def small_falling(draw):
    """both curves fall, values around 0.001"""
    return scaled(falling(draw), 1e-3)


def small_u_shaped(draw):
    """the training loss falls, the validation loss falls and rises, values around 0.001"""
    return scaled(u_shaped(draw), 1e-3)


def short(draw):
    """nine epochs"""
    return curves(draw, [0.8**epoch for epoch in range(9)], [1 + 0.05 * epoch for epoch in range(9)])


def ten(draw):
    """ten epochs"""
    return curves(draw, [0.8**epoch for epoch in range(10)], [1 + 0.05 * epoch for epoch in range(10)])


def short_with_nan(draw):
    """three epochs, one of them NaN"""
    return dict(train=[1.0, 0.5, 0.4], val=[1.0, float("nan"), 0.5])


def one_epoch(draw):
    """one epoch"""
    return dict(train=[1.0], val=[1.2])


def no_epochs(draw):
    """no epochs"""
    return dict(train=[], val=[])


def unequal(draw):
    """curves of unequal length"""
    case = falling(draw)
    return case | dict(val=case["val"][:-1])


def curves(draw, train, val):
    """Return the curves, multiplied by one random number of the order of 1."""
    return scaled(dict(train=train, val=val), float(draw.uniform(1, low=0.5, high=2.0)))


def scaled(case, factor):
    return {name: [factor * loss for loss in losses] for name, losses in case.items()}


@points(1, "W")
def test_worked_example(submission):
    """names the three runs of the worked example"""
    found = [
        submission.diagnose([1.0, 0.5], [1.0, 0.6]),
        submission.diagnose([0.5] * 10, [0.5] * 10),
        submission.diagnose([1.0, 0.5, 0.2, float("nan")], [1.0, 0.6, 0.5, 0.5]),
    ]
    assert_close(found, ["undecided", "plateau", "diverging"], rule=EXACT, what="diagnose")


@points(8, "R", gate=True)
def test_five_states(submission, draw):
    """tells the five states from each other"""
    families = dict(zip((falling, flat_zigzag, u_shaped, exploding, short), STATES))
    found = {family.__doc__: submission.diagnose(**family(draw)) for family in families}
    assert_close(found, {family.__doc__: state for family, state in families.items()}, rule=EXACT, what="diagnose")


@points(16, "R")
@cases(
    gap,
    flat_zigzag_up,
    falling_zigzag,
    both_rising,
    nan_at_the_end,
    nan_on_the_way,
    infinity_on_the_way,
    flat_and_rising,
    rising_late,
    rising_very_late,
    peak_on_the_way,
    rising_little,
    rising_for_five_epochs,
    fallen_again,
    training_spike,
    stuck_and_rising,
    more_than_twice,
    less_than_twice,
    exactly_twice,
    validation_doubles,
    both_up_from_the_best,
    nearly_one_per_cent,
    slow,
    too_slow,
    small_falling,
    small_u_shaped,
)
def test_matches_reference(submission, reference, case):
    """names the state of a run"""
    agree(submission, reference, "diagnose", case, rule=EXACT)


@points(1, "INV")
@cases(falling, flat_zigzag, u_shaped, both_rising)
def test_scale_does_not_matter(submission, case):
    """gives the same answer when both curves are multiplied by a number"""
    found = {factor: submission.diagnose(**scaled(case, factor)) for factor in (1e-4, 1.0, 1e4)}
    assert_close(found, dict.fromkeys(found, found[1.0]), rule=EXACT, what="the answer by factor")


@points(1, "EDGE")
@cases(ten, short_with_nan, one_epoch, two_minima)
def test_edges(submission, reference, case):
    """names the state of short runs and of curves with two minima"""
    agree(submission, reference, "diagnose", case, rule=EXACT)


@points(1, "EDGE")
@cases(no_epochs, unequal)
def test_bad_curves(submission, case):
    """refuses curves that are empty or of unequal length"""
    raises(ValueError, submission, "diagnose", case)
