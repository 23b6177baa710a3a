"""Exercise 3.2.2 with a sine around the mean of both rates, and the cosine as a warm-up of no steps."""

import math


def cosine_lr(step, total, base_lr, min_lr=0.0):
    return warmup_cosine_lr(step, 0, total, base_lr, min_lr)


def warmup_cosine_lr(step, warmup, total, base_lr, min_lr=0.0):
    length = total - warmup
    if total <= 0 or length <= 0:
        raise ValueError("no steps are left for the cosine")
    if step < warmup:
        return float(base_lr) * (1 - (warmup - 1 - step) / warmup)
    done = step - warmup
    if done > length:
        done = length
    middle, swing = (base_lr + min_lr) / 2, (base_lr - min_lr) / 2
    return middle - swing * math.sin(math.pi * (done / length - 0.5))
