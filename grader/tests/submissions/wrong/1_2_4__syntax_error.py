import torch


def train(X, Y, weights, lr, epochs, decimals=3):
    history = []
    for epoch in range(epochs)
        errors = X @ weights - Y
        gradient = 2 / len(X) * X.T @ errors
        weights = weights - lr * gradient
    return weights, history
