"""Exercise 3.9.4 as views: all windows of context + 1 tokens, without their last and without their first column."""

from torch import Tensor


def next_token_pairs(tokens: Tensor, context: int) -> tuple[Tensor, Tensor]:
    if context <= 0:
        raise ValueError("no context")
    if len(tokens) <= context:
        return tokens.new_empty(0, context), tokens.new_empty((0, context))
    windows = tokens.unfold(0, context + 1, 1)
    return windows[:, :-1], windows[:, 1:]
