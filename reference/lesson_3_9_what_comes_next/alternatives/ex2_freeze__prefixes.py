"""Exercise 3.9.2 with all prefixes of a name, and with the attributes set directly."""

from torch import nn


def freeze_except(model: nn.Module, trainable):
    for p in model.parameters():
        p.requires_grad = False
    for name, p in model.named_parameters():
        parts = name.split(".")
        prefixes = {".".join(parts[:k]) for k in range(1, len(parts) + 1)}
        if prefixes & set(trainable):
            p.requires_grad = True
        else:
            p.grad = None
    return (sum(p.numel() for p in model.parameters() if p.requires_grad), sum(p.numel() for p in model.parameters()))


def set_train_mode(model: nn.Module, trainable):
    for name, module in model.named_modules():
        parts = name.split(".")
        module.training = any(".".join(parts[:k]) in set(trainable) for k in range(1, len(parts) + 1))
