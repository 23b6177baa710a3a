"""Exercise 3.8.2 by counting: steps in a loop, time in hours, memory value by value, whole numbers where they are whole."""


def training_flops(n_params, n_tokens):
    forward = 2 * n_params * n_tokens
    backward = 2 * forward
    return forward + backward


def training_days(flops, n_devices, peak_flops, utilisation):
    if not (0 < utilisation and utilisation <= 1):
        raise ValueError("utilisation")
    if n_devices < 1:
        raise ValueError("devices")
    hours = flops / (peak_flops * utilisation) / n_devices / 3600
    return hours / 24


def adam_memory_bytes(n_params, mixed_precision=True):
    half, single = 2, 4
    out = {}
    out["weights"] = out["gradients"] = n_params * (half if mixed_precision else single)
    out["master"] = n_params * single if mixed_precision else 0
    out["moments"] = n_params * single + n_params * single
    out["total"] = out["weights"] + out["gradients"] + out["master"] + out["moments"]
    return out


def steps_per_epoch(n_samples, per_device_batch, n_devices, accumulation):
    if per_device_batch < 1 or n_devices < 1 or accumulation < 1:
        raise ValueError("sizes start at 1")
    steps = 0
    while n_samples > 0:
        n_samples -= per_device_batch * n_devices * accumulation
        steps += 1
    return steps
