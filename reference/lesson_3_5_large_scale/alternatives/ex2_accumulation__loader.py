"""Exercise 3.5.2 with the parts from a DataLoader."""

from torch.utils.data import DataLoader, TensorDataset


def accumulated_step(model, loss_fn, optimizer, X, y, micro_batch):
    if micro_batch < 1 or len(X) == 0:
        raise ValueError("bad")
    optimizer.zero_grad()
    weighted = 0.0
    for xb, yb in DataLoader(TensorDataset(X, y), batch_size=micro_batch, shuffle=False):
        loss = loss_fn(model(xb), yb)
        (loss * xb.size(0) / X.size(0)).backward()
        weighted += loss.item() * xb.size(0)
    optimizer.step()
    return weighted / X.size(0)
