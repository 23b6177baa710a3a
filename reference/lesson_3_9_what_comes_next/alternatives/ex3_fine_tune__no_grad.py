"""Exercise 3.9.3 without touching any flag: the features of a frozen backbone are computed without a graph."""

import torch


def make_optimizer(backbone, head, lr_backbone, lr_head):
    optimizer = torch.optim.SGD(backbone.parameters(), lr=lr_backbone)
    optimizer.add_param_group({"params": list(head.parameters()), "lr": lr_head})
    return optimizer


def fine_tune(backbone, head, loader, loss_fn, optimizer, epochs, freeze_backbone):
    head.train(True)
    if freeze_backbone:
        backbone.eval()
    else:
        backbone.train(True)
    optimizer.zero_grad(set_to_none=True)
    backbone.zero_grad(set_to_none=True)
    history = []
    for _ in range(epochs):
        losses, sizes = [], []
        for X, y in loader:
            with torch.set_grad_enabled(not freeze_backbone):
                features = backbone(X)
            loss = loss_fn(head(features), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            sizes.append(X.shape[0])
        history.append(sum(a * n for a, n in zip(losses, sizes)) / sum(sizes))
    return history
