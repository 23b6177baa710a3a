"""Exercise 3.1.1 with one formula for both kinds of step, from the old velocity."""


def momentum_step(p, grad, v, lr, momentum, nesterov=False):
    p, grad, v = p.detach(), grad.detach(), v.detach()
    ahead = int(nesterov)
    step = (1 + ahead * momentum) * grad + momentum * (1 - ahead + ahead * momentum) * v
    return p.add(step, alpha=-lr), v.lerp(grad, 0.5) * 2 + (momentum - 1) * v
