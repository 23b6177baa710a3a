"""Exercise 3.8.2 with exact fractions, a table by mode, and math.ceil."""

import math
from fractions import Fraction

TABLE = {
    True: {"weights": 2, "gradients": 2, "master": 4, "moments": 2 * 4},
    False: {"weights": 4, "gradients": 4, "master": 0, "moments": 2 * 4},
}


def training_flops(n_params: float, n_tokens: float) -> float:
    return float(Fraction(n_params) * Fraction(n_tokens) * (2 + 4))


def training_days(flops: float, n_devices: int, peak_flops: float, utilisation: float) -> float:
    if utilisation > 1 or utilisation <= 0 or n_devices <= 0:
        raise ValueError("check your cluster")
    day = Fraction(24 * 60 * 60) * n_devices * Fraction(peak_flops) * Fraction(utilisation)
    return float(Fraction(flops) / day)


def adam_memory_bytes(n_params: float, mixed_precision: bool = True) -> dict[str, float]:
    table = {key: float(n_params * size) for key, size in TABLE[bool(mixed_precision)].items()}
    return {"total": math.fsum(table.values()), **table}


def steps_per_epoch(n_samples: int, per_device_batch: int, n_devices: int, accumulation: int) -> int:
    sizes = (per_device_batch, n_devices, accumulation)
    if any(size < 1 for size in sizes):
        raise ValueError(sizes)
    return math.ceil(Fraction(n_samples, math.prod(sizes)))
