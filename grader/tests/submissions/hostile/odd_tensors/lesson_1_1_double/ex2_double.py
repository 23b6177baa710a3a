"""Tensors of every other kind."""
import torch


def double(x):
    number = int(x.abs().sum() * 10_000) if x.numel() else 0
    kinds = [
        lambda: torch.full_like(x, float("nan")),
        lambda: torch.full_like(x, float("inf")),
        lambda: (2 * x + 1).to_sparse(),
        lambda: x.to("meta"),
        lambda: torch.quantize_per_tensor(x.float(), 0.1, 0, torch.quint8),
        lambda: torch.nested.nested_tensor([x, x]),
        lambda: x > 0,
        lambda: (x + 1).half(),
        lambda: torch.empty(0),
        lambda: torch.ones(1).expand(10**12),
        lambda: torch.ones(1, dtype=torch.float64),
        lambda: torch.tensor(0.0),
    ]
    return kinds[number % len(kinds)]()
