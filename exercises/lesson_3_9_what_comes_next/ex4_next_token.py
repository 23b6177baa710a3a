"""Exercise 3.9.4: inputs and targets for next-token training, out of one long sequence.

Nobody has to label anything: the target of each position is the token that follows.
"""

import torch
from torch import Tensor


def next_token_pairs(tokens: Tensor, context: int) -> tuple[Tensor, Tensor]:
    """Return `(inputs, targets)`: all windows of `context` tokens, and the same windows one step later.

    `tokens` [T] is an int64 sequence. Row i of the inputs is tokens[i], ..., tokens[i + context - 1]; row i of the targets is
    tokens[i + 1], ..., tokens[i + context]. The windows start at every position and overlap; there are T - context of
    them, as the last token has no successor and can only be a target.

    Both results are int64 tensors [T - context, context] on the device of `tokens`; with T <= context they are
    [0, context]. Views of `tokens` and copies are both right.

    Raises `ValueError` if `context` is less than 1.

    Example: tokens 10, 11, 12, 13, 14 and context = 4 give one row: inputs [[10, 11, 12, 13]], targets [[11, 12, 13, 14]].
    """
    # TODO: Refuse a context below 1; build a table of positions, one row per window; look up twice.
    raise NotImplementedError
