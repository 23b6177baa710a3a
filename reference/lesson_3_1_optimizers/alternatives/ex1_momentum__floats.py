"""Exercise 3.1.1 entry by entry with Python floats."""

import torch


def momentum_step(p, grad, v, lr, momentum, nesterov=False):
    positions, velocities = [], []
    for place, slope, speed in zip(p.reshape(-1).tolist(), grad.reshape(-1).tolist(), v.reshape(-1).tolist()):
        speed = speed * momentum + slope
        step = lr * speed if not nesterov else lr * slope + lr * momentum * speed
        velocities.append(speed)
        positions.append(place - step)

    def like_p(values):
        return torch.tensor(values, dtype=p.dtype, device=p.device).reshape(p.shape)

    return like_p(positions), like_p(velocities)
