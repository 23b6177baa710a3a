"""Exercise 2.5.2 with a list of samples, indices checked by hand, and batches from explicit samplers."""

import torch
from torch.utils import data


class PairDataset(data.Dataset):
    def __init__(self, X, y, transform=None):
        super().__init__()
        if X.shape[0] != y.shape[0]:
            raise ValueError("X and y")
        self.samples = list(zip(X.unbind(), y.unbind()))
        self.transform = transform or (lambda x: x)

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        x, target = self.samples[index]
        return self.transform(x), target


def make_loader(dataset, batch_size, shuffle, drop_last=False, seed=None):
    generator = torch.Generator()
    if seed is None:
        generator.seed()
    else:
        generator.manual_seed(seed)
    order = data.RandomSampler(dataset, generator=generator) if shuffle else data.SequentialSampler(dataset)
    return data.DataLoader(dataset, batch_sampler=data.BatchSampler(order, batch_size, drop_last))
