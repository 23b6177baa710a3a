"""Exercise 3.2.1 as repeated multiplication, one factor at a time."""


def step_lr(epoch, base_lr, step_size, gamma):
    if step_size <= 0:
        raise ValueError(step_size)
    rate, left = float(base_lr), epoch
    while left >= step_size:
        rate *= gamma
        left -= step_size
    return rate


def exponential_lr(epoch, base_lr, gamma):
    rate = base_lr
    for _ in range(epoch):
        rate = rate * gamma
    return rate
