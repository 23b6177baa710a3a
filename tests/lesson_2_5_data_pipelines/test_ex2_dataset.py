"""Checks of exercise 2.5.2: a data set of pairs, and a loader that makes batches of it."""

import torch

from grader.testing import EXACT, Exercise, assert_close, assert_true, cases, points, refuses

EXERCISE = Exercise(points=2, forbid=("torch.utils.data.TensorDataset",))
NO_LOADER = "`make_loader` must return a torch.utils.data.DataLoader."


def gauss(draw):
    """7 samples with 3 features"""
    return dict(X=draw.normal(7, 3), y=draw.normal(7, 1))


def images(draw):
    """5 samples of shape [2, 4] with labels of shape [5]"""
    return dict(X=draw.normal(5, 2, 4), y=draw.integers(5, low=0, high=9))


def one_sample(draw):
    """one sample"""
    return dict(X=draw.normal(1, 3), y=draw.normal(1, 1))


def no_samples(draw):
    """no samples"""
    return dict(X=draw.normal(0, 3), y=draw.normal(0, 1))


def more_inputs(draw):
    """one input more than targets"""
    return dict(X=draw.normal(7, 3), y=draw.normal(6, 1))


def more_targets(draw):
    """one target more than inputs"""
    return dict(X=draw.normal(6, 3), y=draw.normal(7, 1))


def ragged(draw):
    """batches of 4 from 11 samples"""
    return gauss_loader(draw, n=11, batch_size=4)


def ragged_dropped(draw):
    """batches of 4 from 11 samples, drop_last=True"""
    return gauss_loader(draw, n=11, batch_size=4) | dict(drop_last=True)


def even(draw):
    """batches of 3 from 12 samples"""
    return gauss_loader(draw, n=12, batch_size=3)


def even_dropped(draw):
    """batches of 3 from 12 samples, drop_last=True"""
    return even(draw) | dict(drop_last=True)


def big(draw):
    """a batch size above the number of samples"""
    return gauss_loader(draw, n=5, batch_size=8)


def big_dropped(draw):
    """a batch size above the number of samples, drop_last=True"""
    return big(draw) | dict(drop_last=True)


def gauss_loader(draw, n, batch_size):
    return dict(X=draw.normal(n, 3), y=draw.normal(n, 1), batch_size=batch_size, drop_last=False)


def pair_data(X, y):  # runs beside the program
    """Return a data set of the check's own, so that a fault in PairDataset does not spoil the loader."""

    class Pairs(torch.utils.data.Dataset):
        def __len__(self):
            return len(X)

        def __getitem__(self, index):
            return X[index], y[index]

    return Pairs()


def counting(slope):  # runs beside the program
    """Return a transform whose results depend on the whole sample and on how often it was called, and a reader of that."""
    calls = []

    def transform(x):
        calls.append(True)
        return slope * x + x.sum() + len(calls)

    return transform, calls.__len__


def item(dataset, index):
    """Return an item as a dictionary, so that messages can name input and target."""
    found = dataset[index]
    is_pair = isinstance(found, tuple) and len(found) == 2 and all(isinstance(part, torch.Tensor) for part in found)
    assert_true(is_pair, "An item must be a tuple (x, target) of two tensors.")
    return {"x": found[0], "target": found[1]}


def batches(loader):
    """Return all batches of an epoch as dictionaries."""
    found = []
    for batch in loader:
        is_pair = isinstance(batch, tuple | list) and len(batch) == 2
        assert_true(is_pair, "Every batch must be a pair (X_batch, y_batch).")
        found.append({"X": batch[0], "y": batch[1]})
        assert_true(len(found) <= 100, "The iteration over the loader does not end.")
    return found


def loader_of(program, case, *, shuffle=False, seed=None):
    """Return the program's loader over a data set of the check's own."""
    dataset = program.inside(pair_data, case["X"], case["y"])
    loader = program.make_loader(dataset, case["batch_size"], shuffle, case["drop_last"], seed)
    assert_true(loader is not None, "`make_loader` returned None: is a `return` missing?")
    workers = program.inside(workers_of, loader)
    assert_true(workers == 0, f"The loader has {workers} worker processes: make the batches in this process.")
    return loader


def is_loader(loader):  # runs beside the program
    return isinstance(loader, torch.utils.data.DataLoader)


def workers_of(loader):  # runs beside the program
    return getattr(loader, "num_workers", 0)


def numbered(draw):
    """11 samples that hold their number"""
    return dict(X=column(11), y=10 * column(11), batch_size=4, drop_last=False)


def column(n):
    return torch.arange(n, dtype=torch.float64).reshape(-1, 1)


def order_of(loader):
    """Return the numbers of an epoch's samples in their order."""
    return [number for batch in batches(loader) for number in batch["X"].flatten().tolist()]


@points(1, "W")
def test_worked_dataset(submission):
    """gives the items of the worked example"""
    X, y = torch.tensor([[1.0, 2], [3, 4], [5, 6]]).double(), torch.tensor([[10.0], [20], [30]]).double()
    dataset = submission.PairDataset(X, y)
    assert_close(len(dataset), 3, rule=EXACT, what="len(dataset)")
    assert_close(item(dataset, 1), {"x": X[1], "target": y[1]}, what="dataset[1]")
    assert_close(item(dataset, -1), {"x": X[2], "target": y[2]}, what="dataset[-1]")


@points(1, "W")
def test_worked_loader(submission):
    """makes the batches of the worked example"""
    case = dict(X=column(5), y=10 * column(5), batch_size=2, drop_last=False)
    expected = [dict(X=column(5)[rows], y=10 * column(5)[rows]) for rows in (slice(2), slice(2, 4), slice(4, 5))]
    assert_close(batches(loader_of(submission, case)), expected, what="batches")
    assert_close(batches(loader_of(submission, case | dict(drop_last=True))), expected[:2], what="batches, drop_last")


@points(2, "R")
@cases(gauss, images)
def test_items(submission, reference, case):
    """gives the right length and the right items"""
    mine, right = submission.PairDataset(**case), reference.PairDataset(**case)
    assert_close(len(mine), len(right), rule=EXACT, what="len(dataset)")
    for index in (0, 2, 4, -1, -5):
        assert_close(item(mine, index), item(right, index), what=f"dataset[{index}]")


def transformed(program, case):
    """Return items of a data set with a transform, and how often it had run before and afterwards."""
    transform, calls = program.inside(counting, 3.0)
    dataset = program.PairDataset(case["X"], case["y"], transform)
    before = calls()
    items = [item(dataset, index) for index in (2, 2, -1)]
    return {"calls at the start": before, "items 2, 2 and -1": items, "calls": calls() - before}


@points(2, "R")
@cases(gauss, images)
def test_transform(submission, reference, case):
    """transforms inputs, and inputs only, at every access"""
    assert_close(transformed(submission, case), transformed(reference, case))


@points(3, "R")
@cases(ragged, ragged_dropped, even, even_dropped)
def test_batches(submission, reference, case):
    """makes the right batches in the order of the data"""
    mine, right = loader_of(submission, case), loader_of(reference, case)
    assert_close(batches(mine), batches(right), what="batches")


@points(1, "R")
@cases(ragged)
def test_order_kept(submission, reference, case):
    """keeps the order without shuffle, also when there is a seed"""
    mine, right = loader_of(submission, case, seed=5), loader_of(reference, case, seed=5)
    assert_close(batches(mine), batches(right), what="batches")


@points(1, "INV")
@cases(numbered)
def test_every_index(submission, case):
    """covers every sample exactly once when it shuffles"""
    for seed in (None, 3):
        order = order_of(loader_of(submission, case, shuffle=True, seed=seed))
        assert_close(sorted(order), list(map(float, range(11))), rule=EXACT, what="the samples of an epoch")


@points(2, "INV")
@cases(numbered)
def test_equal_seeds(submission, case):
    """gives the same epochs for two loaders with one seed"""
    # Both are made before the first is used: what they draw must not come from a generator that they share.
    for seed in (3, 0):
        first, second = (loader_of(submission, case, shuffle=True, seed=seed) for _ in range(2))
        epochs = [order_of(first), order_of(first)]
        what = f"the epochs of the second loader with seed {seed}"
        assert_close([order_of(second), order_of(second)], epochs, rule=EXACT, what=what)


def epoch_after(module, n, seed):  # runs beside the program
    """Return the order of an epoch of a loader without a seed, while PyTorch's generator has this one."""
    import sys

    class Numbers(torch.utils.data.Dataset):
        def __len__(self):
            return n

        def __getitem__(self, index):
            return torch.tensor([float(index)]), torch.tensor([0.0])

    torch.manual_seed(seed)
    loader = sys.modules[module].make_loader(Numbers(), 4, True)
    return [number for inputs, _ in loader for number in inputs.flatten().tolist()]


@points(1, "INV")
def test_no_seed(submission):
    """leaves the order to PyTorch's generator when there is no seed"""
    first, second = (submission.inside(epoch_after, "ex2_dataset", 40, seed) for seed in (1, 2))
    assert_true(first != second, "Without a seed two loaders must not have the same order: no generator of its own.")


@points(1, "INV")
@cases(numbered)
def test_epochs_differ(submission, case):
    """draws a new order for every epoch, and another one for another seed"""
    large = case | dict(X=column(40), y=column(40))  # two of 40! orders are not equal by chance
    loader = loader_of(submission, large, shuffle=True, seed=3)
    assert_true(submission.inside(is_loader, loader), NO_LOADER)
    epochs = [order_of(loader), order_of(loader), order_of(loader_of(submission, large, shuffle=True, seed=4))]
    assert_true(epochs[0] != list(range(40)), "With `shuffle` the order must change.")
    assert_true(epochs[0] != epochs[1], "Two epochs of one loader have the same order.")
    assert_true(epochs[0] != epochs[2], "Two loaders with different seeds give the same order.")


@points(1, "EDGE")
@cases(gauss, images)
def test_index_error(submission, case):
    """raises IndexError behind the last and before the first sample"""
    dataset = submission.PairDataset(**case)
    n = len(case["X"])
    for index in (n, n + 3, -n - 1):
        refuses(IndexError, lambda index=index: dataset[index], f"dataset[{index}]", when=f" with {n} samples")


@points(1, "EDGE")
@cases(more_inputs, more_targets)
def test_unequal_lengths(submission, case):
    """refuses inputs and targets of different lengths"""
    refuses(ValueError, lambda: submission.PairDataset(**case), "PairDataset", when=" for X and y of different lengths")


@points(1, "EDGE")
@cases(one_sample, no_samples)
def test_small(submission, reference, case):
    """works with one sample and with none"""
    mine, right = submission.PairDataset(**case), reference.PairDataset(**case)
    assert_close(len(mine), len(right), rule=EXACT, what="len(dataset)")
    if len(case["X"]):
        assert_close(item(mine, 0), item(right, 0), what="dataset[0]")


@points(1, "EDGE")
@cases(big, big_dropped)
def test_large_batches(submission, reference, case):
    """makes one batch when the batch size exceeds the data"""
    mine, right = loader_of(submission, case), loader_of(reference, case)
    assert_close(batches(mine), batches(right), what="batches")


def is_dataset(dataset):  # runs beside the program
    return isinstance(dataset, torch.utils.data.Dataset)


@points(1, "CON")
@cases(gauss)
def test_kinds(submission, case):
    """returns a Dataset and a DataLoader that works in this process"""
    dataset = submission.PairDataset(**case)
    loader = submission.make_loader(dataset, 4, False)
    text = "PairDataset must be a subclass of torch.utils.data.Dataset."
    assert_true(submission.inside(is_dataset, dataset), text)
    assert_true(submission.inside(is_loader, loader), NO_LOADER)
    assert_close(loader.num_workers, 0, rule=EXACT, what="num_workers")


@points(1, "CON")
@cases(gauss, images)
def test_dtypes(submission, case):
    """keeps the dtypes of X and y"""
    for dtype in (torch.float64, torch.float32):
        dataset = submission.PairDataset(case["X"].to(dtype), case["y"])
        found = {name: str(part.dtype) for name, part in item(dataset, 1).items()}
        assert_close(found, {"x": str(dtype), "target": str(case["y"].dtype)}, what="dtypes of an item")


def shifting(X, y):  # runs beside the program
    """Return the data and a transform that writes out of place; the data stay beside the program."""
    return [X, y].__iter__, lambda x: x + 1


def over_kept(dataset, data, transform):  # runs beside the program
    """Return a data set of the same class over the very tensors that `data` keeps."""
    return type(dataset)(*data(), transform)


def values_of(data):  # runs beside the program
    return [tensor.clone() for tensor in data()]


@points(1, "CON")
@cases(gauss)
def test_data_unchanged(submission, case):
    """leaves X and y unchanged"""
    data, transform = submission.inside(shifting, case["X"], case["y"])
    dataset = submission.PairDataset(case["X"], case["y"], transform)
    dataset = submission.inside(over_kept, dataset, data, transform)
    for index in (0, 3, 3):
        item(dataset, index)
    assert_close(submission.inside(values_of, data), [case["X"], case["y"]], rule=EXACT, what="X and y afterwards")
