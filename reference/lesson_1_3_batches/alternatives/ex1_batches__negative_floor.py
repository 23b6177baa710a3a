"""Floor division of a negative number rounds up; the bounds are read off the starts."""


def updates_per_epoch(n_samples, batch_size, drop_last=False):
    if batch_size <= 0:
        raise ValueError(batch_size)
    return n_samples // batch_size if drop_last else -(-n_samples // batch_size)


def batch_bounds(n_samples, batch_size, drop_last=False):
    count = updates_per_epoch(n_samples, batch_size, drop_last)
    return [(k * batch_size, min((k + 1) * batch_size, n_samples)) for k in range(count)]
