"""Exercise 3.9.2: freeze a pre-trained model, except for chosen parts.

The parts are given by name, as `named_parameters()` and `named_modules()` call them: "head", "backbone.last", ...
"""

from collections.abc import Sequence

from torch import nn


def freeze_except(model: nn.Module, trainable: Sequence[str]) -> tuple[int, int]:
    """Make the chosen parameters of `model` trainable and all others not; return (trainable elements, all elements).

    A parameter is trainable if its name equals one of the names in `trainable`, or starts with such a name and a dot:
    "head" chooses "head.weight" and "head.out.bias", but neither "header.weight" nor "overhead.weight".

    - Trainable parameters have requires_grad=True afterwards, whatever they had before.
    - All others have requires_grad=False, and their `.grad` is None, so that no optimizer moves them by an old gradient.

    The values of the parameters stay as they are. Both results are ints that count elements (a weight of shape [2, 4]
    counts 8), of parameters only.

    Example: a model with the parts "backbone", nn.Linear(3, 4), and "head", nn.Linear(4, 2), and trainable = ["head"] give
    (10, 26).
    """
    # BEGIN SOLUTION For each named parameter: is it chosen? Set requires_grad, clear .grad of the frozen ones, and count.
    n_trainable, n_all = 0, 0
    for name, parameter in model.named_parameters():
        chosen = any(name == prefix or name.startswith(prefix + ".") for prefix in trainable)
        parameter.requires_grad_(chosen)
        if chosen:
            n_trainable += parameter.numel()
        else:
            parameter.grad = None
        n_all += parameter.numel()
    return n_trainable, n_all
    # END SOLUTION


def set_train_mode(model: nn.Module, trainable: Sequence[str]) -> None:
    """Put the chosen modules of `model` into training mode and all others into evaluation mode.

    A module is chosen by the same rule: its name in `named_modules()` equals a name in `trainable`, or starts with such a
    name and a dot. Every other module is in evaluation mode afterwards, the model itself and modules that contain a chosen
    one included: their dropout is off, and their normalisation layers leave the running values alone.

    Example: for the model above and ["head"], `model.head.training` is True, `model.backbone.training` is False.
    """
    # BEGIN SOLUTION Note that train(...) also reaches the modules inside: the order matters.
    for name, module in model.named_modules():  # parents come before their children, which may then differ from them
        module.train(any(name == prefix or name.startswith(prefix + ".") for prefix in trainable))
    # END SOLUTION
