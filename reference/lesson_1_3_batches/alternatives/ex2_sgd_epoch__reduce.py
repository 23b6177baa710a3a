"""The samples are put in order first, then folded into the parameters with reduce."""

from functools import reduce

import torch


def sgd_epoch(X, y, w, b, lr, order):
    def one(state, sample):
        w, b = state
        x, t = sample
        e = torch.dot(x, w.reshape(-1)) + b - t
        return w - lr * 2 * e * x.reshape(-1, 1), b - lr * 2 * e

    Xs, ys = X.detach().index_select(0, order), y.detach().index_select(0, order)
    return reduce(one, zip(Xs, ys), (w.detach().clone(), b.detach().clone()))
