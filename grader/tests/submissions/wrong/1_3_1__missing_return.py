def updates_per_epoch(n_samples, batch_size, drop_last=False):
    if batch_size < 1:
        raise ValueError("batch_size")
    full = n_samples // batch_size
    if drop_last or n_samples % batch_size == 0:
        print(full)
    else:
        print(full + 1)


def batch_bounds(n_samples, batch_size, drop_last=False):
    if batch_size < 1:
        raise ValueError("batch_size")
    bounds = []
    for start in range(0, n_samples, batch_size):
        stop = min(start + batch_size, n_samples)
        if stop - start == batch_size or not drop_last:
            bounds.append((start, stop))
    return bounds
