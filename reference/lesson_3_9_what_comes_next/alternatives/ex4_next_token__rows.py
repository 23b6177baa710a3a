"""Exercise 3.9.4 row by row, as lists."""

import torch


def next_token_pairs(tokens, context):
    if context < 1:
        raise ValueError("context")
    values = tokens.tolist()
    inputs, targets = [], []
    for i in range(len(values) - context):
        inputs.append(values[i : i + context])
        targets.append(values[i + 1 : i + 1 + context])
    make = {"dtype": torch.int64, "device": tokens.device}
    return torch.tensor(inputs, **make).reshape(-1, context), torch.tensor(targets, **make).reshape(-1, context)
