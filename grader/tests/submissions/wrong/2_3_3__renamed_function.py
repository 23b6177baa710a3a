import torch


def update_params(params, grads, lr):
    return {k: v - lr * grads[k] for k, v in params.items()}


def train(X, y, params, lr, epochs):
    return {k: v.clone() for k, v in params.items()}, []
