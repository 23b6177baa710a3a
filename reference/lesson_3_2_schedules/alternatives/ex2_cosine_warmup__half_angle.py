"""Exercise 3.2.2 with the square of a cosine of half the angle; both functions compute by themselves."""

from math import cos, pi


def cosine_lr(step: int, total: int, base_lr: float, min_lr: float = 0.0) -> float:
    if total < 1:
        raise ValueError("total")
    share = cos(0.5 * pi * min(step, total) / total) ** 2
    return share * base_lr + (1 - share) * min_lr


def warmup_cosine_lr(step: int, warmup: int, total: int, base_lr: float, min_lr: float = 0.0) -> float:
    if total < 1:
        raise ValueError("total")
    if not warmup < total:
        raise ValueError("warmup")
    if step + 1 <= warmup:
        return base_lr / warmup * (step + 1)
    progress = min((step - warmup) / (total - warmup), 1.0)
    return 0.5 * (base_lr + min_lr + (base_lr - min_lr) * cos(pi * progress))
