"""A class for the model; its parameters are changed in place, under no_grad."""

import torch


class LinearRegression:
    def __init__(self, w, b):
        self.w = w.detach().clone()
        self.b = b.detach().clone()

    def __call__(self, X):
        return X @ self.w + self.b

    def fit(self, X, y, lr, epochs):
        hist = []
        n = X.shape[0]
        for _ in range(epochs):
            e = self(X) - y
            hist.append((e * e).mean().item())
            dw = X.t() @ e * 2 / n
            db = e.sum(0) * 2 / n
            self.w -= lr * dw
            self.b -= lr * db
        return hist


@torch.no_grad()
def train_linear_regression(X, y, w, b, lr, epochs):
    m = LinearRegression(w, b)
    if X.shape[0] == 0:
        return m.w, m.b, []
    return m.w, m.b, m.fit(X, y, lr, epochs)
