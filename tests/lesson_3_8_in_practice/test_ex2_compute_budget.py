"""Checks of exercise 3.8.2: what a training run costs."""

from grader.testing import Exercise, agree, assert_close, assert_true, cases, points, printed, raises

EXERCISE = Exercise(points=3, forbid=("torch", "numpy"))


def model(draw):
    """a model and its tokens"""
    return dict(n_params=1e9 * number(draw, 1, 90), n_tokens=1e11 * number(draw, 2, 40))


def small_model(draw):
    """a small model, whole numbers"""
    return dict(n_params=whole(draw, 100, 999), n_tokens=whole(draw, 1000, 9999))


def cluster(draw):
    """a cluster that reaches a part of its peak"""
    return dict(
        flops=1e22 * number(draw, 1, 60),
        n_devices=whole(draw, 3, 2000),
        peak_flops=1e12 * number(draw, 50, 900),
        utilisation=number(draw, 0.2, 0.7),
    )


def one_device(draw):
    """one device"""
    return cluster(draw) | dict(n_devices=1)


def full_speed(draw):
    """utilisation 1"""
    return cluster(draw) | dict(utilisation=1.0)


def mixed(draw):
    """mixed precision"""
    return dict(n_params=1e9 * number(draw, 1, 90), mixed_precision=True)


def full_precision(draw):
    """float32"""
    return dict(n_params=1e9 * number(draw, 1, 90), mixed_precision=False)


def ragged(draw):
    """a smaller last step"""
    settings = dict(per_device_batch=whole(draw, 3, 9), n_devices=whole(draw, 2, 6), accumulation=whole(draw, 2, 5))
    return dict(n_samples=whole(draw, 5, 20) * together(settings) + 1 + whole(draw, 1, 9), **settings)


def divisible(draw):
    """only full steps"""
    settings = dict(per_device_batch=whole(draw, 3, 9), n_devices=whole(draw, 2, 6), accumulation=whole(draw, 2, 5))
    return dict(n_samples=whole(draw, 5, 20) * together(settings), **settings)


def no_accumulation(draw):
    """accumulation 1, a smaller last step"""
    return ragged(draw) | dict(accumulation=1)


def fewer_than_a_step(draw):
    """fewer samples than fit into a step"""
    return ragged(draw) | dict(n_samples=whole(draw, 2, 9))


def no_samples(draw):
    """no samples"""
    return ragged(draw) | dict(n_samples=0)


def number(draw, low, high):
    return draw.uniform(1, low=low, high=high).item()


def whole(draw, low, high):
    return draw.integers(1, low=low, high=high).item()


def together(settings):
    return settings["per_device_batch"] * settings["n_devices"] * settings["accumulation"]


def same_steps(submission, reference, case):
    """Compare the numbers of steps; a float of equal value is as good as an int."""
    assert_close(submission.steps_per_epoch(**case), float(reference.steps_per_epoch(**case)), what="steps")


@points(1, "W")
def test_worked_flops(submission):
    """gives the operations of the worked example"""
    assert_close(submission.training_flops(70e9, 1.4e12), 5.88e23)


@points(1, "W")
def test_worked_days(submission):
    """gives the days of the worked example"""
    assert_close(submission.training_days(5.88e23, 1024, 312e12, 0.4), 53.2536, rule=printed(4))


@points(1, "W")
def test_worked_memory(submission):
    """gives the bytes of the worked example, in both modes"""
    expected = dict(weights=1.4e10, gradients=1.4e10, master=2.8e10, moments=5.6e10, total=1.12e11)
    assert_close(submission.adam_memory_bytes(7e9), expected)
    expected = dict(weights=2.8e10, gradients=2.8e10, master=0.0, moments=5.6e10, total=1.12e11)
    assert_close(submission.adam_memory_bytes(7e9, False), expected)


@points(1, "W")
def test_worked_steps(submission):
    """gives the steps of the worked example"""
    assert_close(submission.steps_per_epoch(1000, 8, 4, 2), 16.0)


@points(2, "R")
@cases(model, small_model)
def test_flops(submission, reference, case):
    """estimates the operations"""
    assert_close(submission.training_flops(**case), float(reference.training_flops(**case)))


@points(2, "R")
@cases(cluster, one_device, full_speed)
def test_days(submission, reference, case):
    """estimates the days"""
    agree(submission, reference, "training_days", case)


@points(2, "R")
@cases(mixed, full_precision)
def test_memory(submission, reference, case):
    """estimates the memory"""
    agree(submission, reference, "adam_memory_bytes", case)


@points(2, "R")
@cases(ragged, divisible, no_accumulation)
def test_steps(submission, reference, case):
    """counts the steps"""
    same_steps(submission, reference, case)


@points(1, "INV")
@cases(cluster)
def test_twice_the_devices(submission, case):
    """needs half the time with twice the devices"""
    days = submission.training_days(**case)
    assert_true(type(days) in (int, float), "`training_days` must return a number.")
    assert_close(submission.training_days(**case | dict(n_devices=2 * case["n_devices"])), days / 2, what="days")


@points(1, "INV")
@cases(mixed, full_precision)
def test_total(submission, case):
    """returns a total that is the sum of the parts"""
    memory = submission.adam_memory_bytes(**case)
    names = {"weights", "gradients", "master", "moments", "total"}
    assert_true(isinstance(memory, dict) and memory.keys() == names, f"The keys must be {', '.join(sorted(names))}.")
    assert_true(all(type(value) in (int, float) for value in memory.values()), "The bytes must be numbers.")
    parts = sum(value for name, value in memory.items() if name != "total")
    assert_close(float(memory["total"]), float(parts), what='"total"')


@points(1, "INV")
@cases(divisible)
def test_one_sample_more(submission, case):
    """makes one more step for a single sample too many"""
    steps = submission.steps_per_epoch(**case)
    assert_true(type(steps) in (int, float), "`steps_per_epoch` must return a whole number.")
    more = submission.steps_per_epoch(**case | dict(n_samples=case["n_samples"] + 1))
    assert_close(more, float(steps + 1), what="steps with one sample more")


@points(2, "EDGE")
@cases(cluster)
def test_bad_utilisation(submission, case):
    """refuses a utilisation that is not above 0 and at most 1"""
    for utilisation in (0.0, -0.4, 1.5, 40.0):
        wrong = case | dict(utilisation=utilisation)
        raises(ValueError, submission, "training_days", wrong, when=f" for utilisation={utilisation}")


@points(1, "EDGE")
@cases(cluster)
def test_no_devices(submission, case):
    """refuses a cluster without devices"""
    raises(ValueError, submission, "training_days", case | dict(n_devices=0), when=" for n_devices=0")


@points(1, "EDGE")
@cases(ragged)
def test_bad_steps(submission, case):
    """refuses batch sizes, devices and accumulations below 1"""
    for name in ("per_device_batch", "n_devices", "accumulation"):
        raises(ValueError, submission, "steps_per_epoch", case | {name: 0}, when=f" for {name}=0")


@points(1, "EDGE")
@cases(fewer_than_a_step, no_samples)
def test_few_samples(submission, reference, case):
    """makes one step with few samples and none without samples"""
    same_steps(submission, reference, case)


@points(1, "CON")
@cases(model)
def test_types(submission, case):
    """returns plain numbers"""
    for what, value in (
        ("training_flops", submission.training_flops(**case)),
        ("training_days", submission.training_days(1e21, 64, 3e14, 0.5)),
        ("steps_per_epoch", submission.steps_per_epoch(100, 8, 2, 1)),
    ):
        assert_true(type(value) in (int, float), f"`{what}` must return a plain number.")
