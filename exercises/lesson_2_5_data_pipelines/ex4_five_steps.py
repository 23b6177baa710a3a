"""Exercise 2.5.4: the training loop that fits every model, in five steps a batch.

Nothing in it knows the model, the loss or the rule of the update: they come as arguments. Everything of PyTorch is
allowed.
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn


def fit(
    model: nn.Module,
    loader: Iterable[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    epochs: int,
    device: torch.device | str = "cpu",
) -> list[float]:
    """Train `model` in place for `epochs` epochs and return the history of the loss, one Python float per epoch.

    `loader` is anything that gives the batches (X_batch, y_batch) of an epoch whenever it is iterated over: a
    DataLoader, a list of pairs, … It need not have a length. The batches may lie on another device; the model and the
    optimizer are ready on `device`.

    Put the model in train mode. Then, for every batch: move inputs and targets to `device`, and make the five steps

        1 clear the gradients   2 predict   3 loss = loss_fn(prediction, target)   4 backward   5 optimizer step

    There is one update per batch. Gradients that were there before the call must not count. Hand prediction and target
    to `loss_fn` in the shapes they have; it returns the mean over the batch, a 0-dim tensor.

    History: entry e is the mean loss per sample of epoch e, each batch measured before its update. Batches may differ in
    size, so weight every batch loss by its number of samples.

    `epochs=0` changes no parameter and returns []. Raises `ValueError` if an epoch has no batch.

    Worked example: a model y = b + w·x, started at b = 0, w = 0, with SGD at lr = 0.1, the mean squared error and the
    batches x = ((1), (2)), y = ((2), (4)) and x = ((3)), y = ((5)) gives in two epochs
        b = 0.608, w = 1.224, history [7.32, 0.4501333333]
    (epoch 0: batch losses 10 and 1.96, so (2·10 + 1·1.96) / 3).
    """
    # TODO: Train mode; then for every batch move it, make the five steps, and add up the loss of its samples.
    raise NotImplementedError
