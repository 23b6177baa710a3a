"""Exercise 3.8.2: what a training run costs, on the back of an envelope.

Four small functions for compute, time, memory and steps. Plain Python numbers and the standard library are enough.
"""


def training_flops(n_params: float, n_tokens: float) -> float:
    """Return the estimated number of floating-point operations of a training run.

    The rule of thumb for N parameters and D tokens is 6 N D: in the forward pass each token makes each parameter take
    part in a multiplication and an addition (2 operations), and the backward pass costs twice as much (4).

    Example: 70e9 parameters and 1.4e12 tokens -> 5.88e23.
    """
    # BEGIN SOLUTION Write down the rule of thumb.
    return 6 * n_params * n_tokens
    # END SOLUTION


def training_days(flops: float, n_devices: int, peak_flops: float, utilisation: float) -> float:
    """Return how many days `n_devices` devices need for `flops` operations.

    `peak_flops` is what one device could do per second at best, `utilisation` the share of it that is really reached. A
    day has 86400 seconds.

    Raises `ValueError` if `n_devices` is less than 1, or if `utilisation` is not above 0 and at most 1.

    Example: 5.88e23 operations on 1024 devices with a peak of 312e12 and a utilisation of 0.4 -> 53.2536 days.
    """
    # BEGIN SOLUTION Refuse bad arguments; divide the work by what all the devices really do in a day.
    if n_devices < 1:
        raise ValueError("n_devices must be at least 1")
    if not 0 < utilisation <= 1:
        raise ValueError("utilisation must lie above 0 and at most at 1")
    flops_per_second = n_devices * peak_flops * utilisation
    return flops / flops_per_second / 86400
    # END SOLUTION


def adam_memory_bytes(n_params: float, mixed_precision: bool = True) -> dict[str, float]:
    """Return how many bytes the states of a training run with Adam take, without activations.

    Bytes per parameter:

        key            mixed precision                    float32
        "weights"      2 (a 16-bit copy)                  4
        "gradients"    2                                  4
        "master"       4 (the float32 original)           0 (the weights are the original)
        "moments"      8 (two float32 values of Adam)     8
        "total"        16                                 16

    Example: 7e9 parameters -> a total of 1.12e11 in both modes; "master" is 2.8e10 in mixed precision, and 0 in float32.
    """
    # BEGIN SOLUTION Choose the bytes per parameter of the mode, multiply, and add up the total.
    weights, gradients, master = (2, 2, 4) if mixed_precision else (4, 4, 0)
    per_parameter = {"weights": weights, "gradients": gradients, "master": master, "moments": 8}
    memory = {name: n_params * count for name, count in per_parameter.items()}
    memory["total"] = sum(memory.values())
    return memory
    # END SOLUTION


def steps_per_epoch(n_samples: int, per_device_batch: int, n_devices: int, accumulation: int) -> int:
    """Return the number of optimizer steps in an epoch over `n_samples` samples.

    One step uses `per_device_batch` samples on each of `n_devices` devices, and that `accumulation` times before the
    optimizer moves. What is left over at the end makes one more, smaller step; no samples make no step.

    Raises `ValueError` if `per_device_batch`, `n_devices` or `accumulation` is less than 1.

    Example: 1000 samples, 8 per device, 4 devices, accumulation 2 -> 64 samples in a step, 16 steps (the last has 40).
    """
    # BEGIN SOLUTION Refuse bad arguments; how many samples go into one step? Divide, and round up.
    if min(per_device_batch, n_devices, accumulation) < 1:
        raise ValueError("batch size, devices and accumulation must be at least 1")
    samples_per_step = per_device_batch * n_devices * accumulation
    return (n_samples + samples_per_step - 1) // samples_per_step  # rounded up
    # END SOLUTION
