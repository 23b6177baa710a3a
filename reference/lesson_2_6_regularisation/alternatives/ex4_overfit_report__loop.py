"""Exercise 2.6.4 with one loop over the epochs."""


def overfit_report(train, val):
    if not len(train) == len(val) > 0:
        raise ValueError("curves")
    report = {"overfit": False, "gap": 0.0, "best_epoch": 0}
    best = None
    for epoch, (mine, other) in enumerate(zip(train, val)):
        if best is None or other < best[1]:
            best = (mine, other)
            report["best_epoch"] = epoch
        report["gap"] = other - mine
        report["overfit"] = other > best[1] and mine < best[0]
    return report
