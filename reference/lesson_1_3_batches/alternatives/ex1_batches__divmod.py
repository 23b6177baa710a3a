"""Full batches and the rest, each on its own."""


def updates_per_epoch(n_samples: int, batch_size: int, drop_last: bool = False) -> int:
    return len(batch_bounds(n_samples, batch_size, drop_last))


def batch_bounds(n_samples: int, batch_size: int, drop_last: bool = False) -> list[tuple[int, int]]:
    if batch_size < 1:
        raise ValueError("no batch can be smaller than one sample")
    full, rest = divmod(n_samples, batch_size)
    bounds = []
    stop = 0
    while full > 0:
        bounds.append((stop, stop + batch_size))
        stop += batch_size
        full -= 1
    if rest and not drop_last:
        bounds.append((stop, stop + rest))
    return bounds
