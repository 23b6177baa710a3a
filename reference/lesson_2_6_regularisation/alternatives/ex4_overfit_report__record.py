"""Exercise 2.6.4 with a record, and the best epoch as the smallest pair."""

from dataclasses import asdict, dataclass


@dataclass
class Report:
    best_epoch: int
    gap: float
    overfit: bool


def overfit_report(train, val):
    if not (train and val and len(train) == len(val)):
        raise ValueError
    best = min(range(len(val)), key=lambda e: (val[e], e))
    *_, lt = train
    *_, lv = val
    return asdict(Report(best, lv - lt, lv > val[best] and lt < train[best]))
