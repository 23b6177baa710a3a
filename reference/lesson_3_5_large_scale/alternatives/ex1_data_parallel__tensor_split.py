"""Exercise 3.5.1 with torch.tensor_split, and sums of the workers' sums that are divided once at the end."""

import torch


def shard(X, y, num_workers):
    if num_workers < 1:
        raise ValueError("no workers")
    return list(zip(torch.tensor_split(X.detach(), num_workers), torch.tensor_split(y.detach(), num_workers)))


def data_parallel_gradients(X, y, grad_fn, num_workers):
    parts = [(X_k, y_k) for X_k, y_k in shard(X, y, num_workers) if X_k.shape[0] > 0]
    if not parts:
        raise ValueError("no samples")
    answers = [grad_fn(X_k, y_k) for X_k, y_k in parts]
    sums = []
    for of_all_workers in zip(*answers):
        total = torch.zeros_like(of_all_workers[0])
        for (X_k, _), grad in zip(parts, of_all_workers):
            total += X_k.size(0) * grad.detach()
        sums.append(total / X.size(0))
    return tuple(sums)
