"""Exercise 2.6.4 with the minimum over pairs of loss and epoch."""


def overfit_report(train: list[float], val: list[float]) -> dict[str, float | int | bool]:
    try:
        lowest, best = min((loss, epoch) for epoch, loss in enumerate(val))
        last_train, last_val = train[-1], val[-1]
    except (ValueError, IndexError):
        raise ValueError("no epochs") from None
    if len(train) - len(val):
        raise ValueError("lengths")
    return {
        "best_epoch": best,
        "gap": -(last_train - last_val),
        "overfit": not (last_val <= lowest or last_train >= train[best]),
    }
