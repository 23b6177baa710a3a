import math


def clip_by_norm(grads, max_norm):
    norm = math.sqrt(sum(float((g**2).sum()) for g in grads))
    if not math.isfinite(norm):
        raise ValueError("the norm is not finite")
    for g in grads:
        g *= min(1.0, max_norm / (norm + 1e-6))
    return [g.clone() for g in grads], norm


def clip_by_value(grads, limit):
    return [g.clamp(-limit, limit) for g in grads]
