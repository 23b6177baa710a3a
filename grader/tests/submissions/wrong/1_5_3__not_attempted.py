from torch import Tensor


def difference_errors(f, df, x: Tensor, hs: Tensor) -> Tensor:
    raise NotImplementedError


def observed_order(hs: Tensor, errors: Tensor) -> float:
    raise NotImplementedError
