"""Checks of exercise 2.5.1: an iterator over mini-batches, by hand."""

import torch

from grader.testing import BY_HAND, EXACT, Exercise, assert_close, assert_true, cases, devices, points, refuses

A_PAIR = "Every batch must be a tuple (X_batch, y_batch) of two tensors."
EXERCISE = Exercise(points=3, forbid=(*BY_HAND, "torch.utils.data"))


def ragged(draw):
    """batches of 4 from 11 samples, in order"""
    return dict(**pairs(draw, 11, 3), batch_size=4)


def ragged_shuffled(draw):
    """batches of 4 from 11 samples, shuffled"""
    return ragged(draw) | shuffled(draw)


def ragged_dropped(draw):
    """batches of 4 from 11 samples, shuffled, drop_last=True"""
    return ragged(draw) | shuffled(draw) | dict(drop_last=True)


def ordered_dropped(draw):
    """batches of 5 from 13 samples, in order, drop_last=True"""
    return dict(**pairs(draw, 13, 2), batch_size=5, drop_last=True)


def even_shuffled(draw):
    """batches of 3 from 12 samples, shuffled"""
    return dict(**pairs(draw, 12, 2), batch_size=3, **shuffled(draw))


def even_dropped(draw):
    """batches of 3 from 12 samples, shuffled, drop_last=True"""
    return even_shuffled(draw) | dict(drop_last=True)


def images(draw):
    """batches of 3 from 7 samples of shape [2, 5] with labels of shape [7], shuffled"""
    return dict(X=draw.normal(7, 2, 5), y=draw.integers(7, low=0, high=9), batch_size=3, **shuffled(draw))


def single(draw):
    """batches of one sample, shuffled"""
    return dict(**pairs(draw, 6, 2), batch_size=1, **shuffled(draw))


def big(draw):
    """a batch size above the number of samples"""
    return dict(**pairs(draw, 5, 3), batch_size=8, **shuffled(draw))


def big_dropped(draw):
    """a batch size above the number of samples, drop_last=True"""
    return big(draw) | dict(drop_last=True)


def full_dropped(draw):
    """one batch of all samples, drop_last=True"""
    return dict(**pairs(draw, 5, 3), batch_size=5, drop_last=True)


def no_samples(draw):
    """no samples"""
    return dict(**pairs(draw, 0, 3), batch_size=4)


def no_samples_shuffled(draw):
    """no samples, shuffled"""
    return no_samples(draw) | shuffled(draw)


def one_sample(draw):
    """one sample"""
    return dict(**pairs(draw, 1, 3), batch_size=4, **shuffled(draw))


def zero_batch_size(draw):
    """batch_size=0"""
    return ragged(draw) | dict(batch_size=0)


def negative_batch_size(draw):
    """a negative batch_size"""
    return ragged(draw) | dict(batch_size=-4)


def more_inputs(draw):
    """one input more than targets"""
    case = ragged(draw)
    return case | dict(y=case["y"][:-1])


def more_targets(draw):
    """one target more than inputs"""
    case = ragged_shuffled(draw)
    return case | dict(X=case["X"][:-1])


def pairs(draw, n, d):
    return dict(X=draw.normal(n, d), y=draw.normal(n, 1))


def shuffled(draw):
    return dict(shuffle=True, generator=draw.generator())


def batches(program, case):
    """Return all batches of one pass as dictionaries, so that messages can name inputs and targets."""
    return named(program.iterate_minibatches(**case))


def named(iterator):
    assert_true(iterator is not None, "`iterate_minibatches` returned None: is there a `yield`?")
    found = []
    for batch in iterator:
        is_pair = isinstance(batch, tuple) and len(batch) == 2 and all(isinstance(part, torch.Tensor) for part in batch)
        assert_true(is_pair, A_PAIR)
        found.append({"X": batch[0], "y": batch[1]})
        assert_true(len(found) <= 100, "The iteration does not end.")
    return found


def bound(module, X, y, options, seed):  # runs beside the program
    """Return the function with arguments that stay beside the program: it is called twice with one generator."""
    import functools
    import sys

    generator = torch.Generator().manual_seed(seed)
    function = sys.modules[module].iterate_minibatches
    return functools.partial(function, X, y, generator=generator, **options)


def two_passes(program, case):
    """Return the batches of two passes that share one generator."""
    options = dict(batch_size=case["batch_size"], shuffle=True, drop_last=case.get("drop_last", False))
    seed = case["generator"].initial_seed()
    epoch = program.inside(bound, "ex1_minibatches", case["X"], case["y"], options, seed)
    return {"first pass": named(epoch()), "second pass": named(epoch())}


def column(n):
    return torch.arange(n, dtype=torch.float64).reshape(-1, 1)


def rows_of(found):
    """Return the numbers of the rows of every batch, for an X that holds the row's number."""
    return [batch["X"].flatten().tolist() for batch in found]


@points(1, "W")
def test_worked_in_order(submission):
    """cuts ten samples into batches of four"""
    case = dict(X=column(10), y=10 * column(10), batch_size=4)
    expected = [dict(X=column(10)[rows], y=10 * column(10)[rows]) for rows in (slice(4), slice(4, 8), slice(8, 10))]
    assert_close(batches(submission, case), expected, what="batches")
    assert_close(batches(submission, case | dict(drop_last=True)), expected[:2], what="batches with drop_last")


@points(1, "W")
def test_worked_shuffled(submission):
    """shuffles the ten samples as in the worked example"""
    generator = torch.Generator().manual_seed(0)
    case = dict(X=column(10), y=10 * column(10), batch_size=4, shuffle=True, generator=generator)
    order = torch.randperm(10, generator=torch.Generator().manual_seed(0)).tolist()  # 4 1 7 5 3 9 0 8 6 2
    expected = [dict(X=column(10)[rows], y=10 * column(10)[rows]) for rows in (order[:4], order[4:8], order[8:])]
    assert_close(batches(submission, case), expected, what="batches")


@points(4, "R")
@cases(ragged, ragged_shuffled, ragged_dropped, ordered_dropped, even_shuffled, even_dropped, images)
def test_matches_reference(submission, reference, case):
    """yields the right batches"""
    assert_close(batches(submission, case), batches(reference, case), what="batches")


@points(1, "R")
@cases(ragged_shuffled)
def test_two_passes(submission, reference, case):
    """draws a new order in every pass"""
    assert_close(two_passes(submission, case), two_passes(reference, case))


@points(1, "INV")
@cases(ragged_shuffled, even_shuffled, single)
def test_each_sample_once(submission, case):
    """uses each sample exactly once"""
    n = len(case["X"])
    found = rows_of(batches(submission, case | dict(X=column(n), y=column(n))))
    assert_close(sorted(sum(found, [])), list(map(float, range(n))), rule=EXACT, what="the samples of a pass")


@points(1, "INV")
@cases(ragged_shuffled, ragged_dropped)
def test_pairs_stay_together(submission, case):
    """keeps inputs and targets together"""
    x = case["X"]
    for batch in batches(submission, case | dict(y=3 * x.sum(1, keepdim=True) - 1)):
        assert_close(batch["y"], 3 * batch["X"].sum(1, keepdim=True) - 1, what="y of a batch, computed from its X")


@points(1, "INV")
@cases(ragged)
def test_global_generator(submission, case):
    """shuffles also without a generator"""
    n = 40  # among 40! orders the original one does not come up
    found = rows_of(batches(submission, dict(X=column(n), y=column(n), batch_size=case["batch_size"], shuffle=True)))
    assert_close(sorted(sum(found, [])), list(map(float, range(n))), rule=EXACT, what="the samples of a pass")
    assert_true(sum(found, []) != list(range(n)), "Without a generator `shuffle=True` must shuffle as well.")


def drawn(module, X, y, options):  # runs beside the program
    """Return the order of a pass, and the next number of its generator and of PyTorch's after it."""
    import sys

    torch.manual_seed(11)
    options = dict(options)
    own = torch.Generator().manual_seed(7)
    if options.pop("own"):
        options["generator"] = own
    found = list(sys.modules[module].iterate_minibatches(X, y, **options))
    rows = [row for inputs, _ in found for row in inputs.flatten().tolist()]
    return {
        "the rows": rows,
        "the next number of the given generator": torch.rand((), generator=own, dtype=torch.float64).item(),
        "the next number of PyTorch's generator": torch.rand((), dtype=torch.float64).item(),
    }


def in_order(draw):
    """in order, with a generator"""
    return dict(shuffle=False, own=True)


def with_generator(draw):
    """shuffled, with a generator"""
    return dict(shuffle=True, own=True)


def without_generator(draw):
    """shuffled, without a generator"""
    return dict(shuffle=True, own=False)


@points(1, "T")
@cases(in_order, with_generator, without_generator)
def test_draws(submission, reference, case):
    """draws one permutation when it shuffles, and nothing else"""
    options = case | dict(batch_size=4)
    mine, right = (
        one.inside(drawn, "ex1_minibatches", column(11), column(11), options) for one in (submission, reference)
    )
    assert_close(mine, right, rule=EXACT)


def walks_through_a_list(iterator):  # runs beside the program
    return isinstance(iterator, type(iter([])) | type(iter(())))


@points(2, "T")
@cases(ragged_shuffled)
def test_one_by_one(submission, case):
    """hands out its batches one by one"""
    iterator = submission.iterate_minibatches(**case)
    assert_true(
        iterator is not None and not isinstance(iterator, list | tuple),
        "`iterate_minibatches` must hand out one batch after the other, not return all of them at once.",
    )
    all_at_once = submission.inside(walks_through_a_list, iterator)
    assert_true(not all_at_once, "`iterate_minibatches` makes all batches at once: use `yield`.")
    first = next(iter(iterator))
    assert_true(isinstance(first, tuple), A_PAIR)
    assert_close(len(first[0]), case["batch_size"], rule=EXACT, what="the length of the first batch")


@points(1, "EDGE")
@cases(single, big, big_dropped, full_dropped, no_samples, no_samples_shuffled, one_sample)
def test_edges(submission, reference, case):
    """cuts batches at the edges, too"""
    assert_close(batches(submission, case), batches(reference, case), what="batches")


@points(1, "EDGE")
@cases(zero_batch_size, negative_batch_size, more_inputs, more_targets)
def test_refuses(submission, case):
    """refuses bad arguments"""
    size = case["batch_size"]
    when = f" for batch_size={size}" if size < 1 else " for X and y of different lengths"
    refuses(ValueError, lambda: batches(submission, case), "iterate_minibatches", when=when)


@points(1, "CON")
@cases(ragged_shuffled, images)
def test_dtypes(submission, case):
    """keeps the dtypes of X and y"""
    for dtype in (torch.float64, torch.float32):
        for batch in batches(submission, case | dict(X=case["X"].to(dtype))):
            found = {name: str(part.dtype) for name, part in batch.items()}
            assert_close(found, {"X": str(dtype), "y": str(case["y"].dtype)}, what="dtypes of a batch")


@points(1, "CON")
@cases(ragged_shuffled, even_dropped)
def test_same_for_strided(submission, case):
    """yields the same batches from strided tensors and from tensors that require grad"""
    X, y, options = case.pop("X"), case.pop("y"), case
    drawn = torch.Generator()
    drawn.set_state(options["generator"].get_state())
    order = torch.randperm(len(X), generator=drawn).split(options["batch_size"])
    expected = [dict(X=X[rows], y=y[rows]) for rows in order]
    for wish in (dict(strided=True), dict(requires_grad=True)):
        answer = submission.answer("iterate_minibatches", (X, y), options, **wish)
        assert_close(named(answer.value), expected, what="batches")


def kept(module, X, y, options, seed):  # runs beside the program
    """Return the data and the function bound to them: the data stay beside the program while it iterates."""
    import functools
    import sys

    options = {**options, "generator": torch.Generator().manual_seed(seed)}
    return [X, y].__iter__, functools.partial(sys.modules[module].iterate_minibatches, X, y, **options)


def values_of(data):  # runs beside the program
    return [tensor.clone() for tensor in data()]


@points(1, "CON")
@cases(ragged_shuffled)
def test_data_unchanged(submission, case):
    """leaves X and y unchanged"""
    options = dict(batch_size=4, shuffle=True)
    data, epoch = submission.inside(kept, "ex1_minibatches", case["X"], case["y"], options, 5)
    named(epoch())
    assert_close(submission.inside(values_of, data), [case["X"], case["y"]], rule=EXACT, what="X and y afterwards")


test_devices = devices(batches, ragged_shuffled)
