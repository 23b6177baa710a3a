"""Exercise 3.2.1 with the functions of math, and one schedule by the other."""

import math


def step_lr(epoch: int, base_lr: float, step_size: int, gamma: float) -> float:
    if step_size < 1:
        raise ValueError(f"step_size is {step_size}, but a stage lasts at least one epoch")
    stages, _ = divmod(epoch, step_size)
    return exponential_lr(stages, base_lr, gamma)


def exponential_lr(epoch: int, base_lr: float, gamma: float) -> float:
    return base_lr * math.exp(epoch * math.log(gamma))
