"""Exercise 3.9.2 with names split into their parts, and modes set from the inside to the outside."""


def chosen(name, trainable):
    parts = name.split(".")
    return any(parts[: len(wanted)] == wanted for wanted in (one.split(".") for one in trainable))


def freeze_except(model, trainable):
    sizes = {True: 0, False: 0}
    for name, parameter in model.named_parameters():
        free = chosen(name, trainable)
        parameter.requires_grad = free
        if not free:
            parameter.grad = None
        sizes[free] += parameter.nelement()
    return sizes[True], sizes[True] + sizes[False]


def set_train_mode(model, trainable):
    for name, module in reversed(list(model.named_modules())):
        module.training = chosen(name, trainable)
