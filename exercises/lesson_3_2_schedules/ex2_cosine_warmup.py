"""Exercise 3.2.2: the cosine schedule, and a warm-up before it.

The rate climbs in a straight line, then it follows half a wave of the cosine down. The standard library is enough.
"""

import math


def cosine_lr(step: int, total: int, base_lr: float, min_lr: float = 0.0) -> float:
    """Return the learning rate of a step under a cosine schedule from `base_lr` to `min_lr`.

    Steps count from 0. For step < total

        rate = min_lr + ½ · (base_lr - min_lr) · (1 + cos(π · step / total))

    which is half a period of the cosine: `base_lr` at step 0, the mean of both rates in the middle. From step `total`
    on the rate stays at `min_lr`. Raises ValueError if `total` is less than 1.

    Example: total = 100, base_lr = 0.1, min_lr = 0.01; steps 0, 25, 50, 75, 100, 120 have the rates
    0.1, 0.0868198052, 0.055, 0.0231801948, 0.01, 0.01.
    """
    # TODO: Refuse a bad total; after the end return min_lr; before it, half a cosine between the two rates.
    raise NotImplementedError


def warmup_cosine_lr(step: int, warmup: int, total: int, base_lr: float, min_lr: float = 0.0) -> float:
    """Return the learning rate of a step under a linear warm-up of `warmup` steps and a cosine schedule after it.

        step < warmup    rate = base_lr · (step + 1) / warmup
        from then on     the cosine schedule of the other total - warmup steps, counted from the end of the warm-up

    The first step moves already, with base_lr / warmup, and the warm-up does not know `min_lr`. Steps warmup - 1 and
    `warmup` both have the rate `base_lr`; from step `total` on the rate stays at `min_lr`. `warmup` = 0 is allowed and
    means no warm-up. Raises ValueError if `total` is less than 1, or if `warmup` is not less than `total`.

    Example: warmup = 10, total = 100, base_lr = 0.1, min_lr = 0.01; steps 0, 4, 9, 10, 55, 100 have the rates
    0.01, 0.05, 0.1, 0.1, 0.055, 0.01.
    """
    # TODO: Refuse bad arguments; climb during the warm-up; then the cosine, with its own count and length.
    raise NotImplementedError
