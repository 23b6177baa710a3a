"""Exercise 3.6.1 with gathered logits, one long vector, and an average whose weights always add up to 1."""

import torch


def accuracy(logits, targets):
    logits = logits.detach()
    own = logits.gather(1, targets[:, None])
    classes = torch.arange(logits.shape[1], device=logits.device)
    earlier = classes < targets[:, None]
    beaten = (logits > own) | ((logits == own) & earlier)  # a larger one, or an equal one that comes first
    hits = (~beaten.any(dim=1)).sum()
    return hits.item() / len(targets) if len(targets) else 0.0


def global_grad_norm(grads):
    vectors = [g.detach().reshape(-1) for g in grads if isinstance(g, torch.Tensor)]
    if not vectors:
        return 0.0
    v = torch.cat(vectors)
    return v.dot(v).sqrt().item()


def smoothed(values, beta=0.9):
    result, total, weight = [], 0.0, 0.0
    for value in values:
        total, weight = beta * total + value, beta * weight + 1
        result.append(total / weight)
    return result
