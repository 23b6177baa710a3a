"""Exercise 2.5.2 with a sampler of its own that sorts random numbers, and a collate function."""

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler


class PairDataset(Dataset):
    def __init__(self, X: Tensor, y: Tensor, transform=None) -> None:
        if len(X) == len(y):
            self.X, self.y, self.function = X, y, transform
        else:
            raise ValueError

    def __len__(self) -> int:
        return self.y.size(0)

    def __getitem__(self, index):
        try:
            x, target = self.X.select(0, index), self.y.select(0, index)
        except IndexError as error:
            raise IndexError("no such sample") from error
        return (x if self.function is None else self.function(x.clone())), target.clone()


class Shuffled(Sampler):
    def __init__(self, size: int, seed) -> None:
        self.size, self.source = size, torch.Generator()
        self.source.manual_seed(torch.initial_seed() if seed is None else seed)

    def __len__(self) -> int:
        return self.size

    def __iter__(self):
        return iter(torch.rand(self.size, generator=self.source).argsort().tolist())


def stacked(samples):
    inputs, targets = zip(*samples)
    return torch.stack(inputs), torch.stack(targets)


def make_loader(dataset, batch_size, shuffle, drop_last=False, seed=None):
    sampler = Shuffled(len(dataset), seed) if shuffle else None
    return DataLoader(dataset, batch_size, sampler=sampler, drop_last=drop_last, collate_fn=stacked)
