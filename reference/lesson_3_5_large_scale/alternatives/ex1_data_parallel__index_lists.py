"""Exercise 3.5.1 with lists of row numbers, copies of the rows, workers asked from the last to the first, and einsum."""

import torch
from torch import Tensor


def shard(X: Tensor, y: Tensor, num_workers: int) -> list[tuple[Tensor, Tensor]]:
    if num_workers <= 0:
        raise ValueError(f"{num_workers} workers")
    rows = list(range(len(X)))
    result = []
    for left in range(num_workers, 0, -1):
        take = -(-len(rows) // left)  # what is left, shared among those that are left, rounded up
        mine = torch.tensor(rows[:take], dtype=torch.int64, device=X.device)
        rows = rows[take:]
        result.append((X.detach()[mine].clone(), y.detach()[mine].clone()))
    return result


def data_parallel_gradients(X, y, grad_fn, num_workers):
    shards = shard(X, y, num_workers)
    n = sum(len(X_k) for X_k, _ in shards)
    if n == 0:
        raise ValueError
    weights, answers = [], []
    for X_k, y_k in reversed(shards):
        if len(X_k):
            weights.append(len(X_k) / n)
            answers.append(grad_fn(X_k, y_k))
    result = []
    for position in range(len(answers[0])):
        stacked = torch.stack([answer[position] for answer in answers])
        shares = torch.tensor(weights, dtype=stacked.dtype, device=stacked.device)
        result.append(torch.einsum("k,k...->...", shares, stacked))
    return tuple(result)
