"""Values without a bottom."""


def double(x):
    if x.dim() == 2:
        deep = []
        for _ in range(100_000):
            deep = [deep]
        return deep
    if x.numel() == 5:
        circle = []
        circle.append(circle)
        return circle
    return [0] * 1_000_000
