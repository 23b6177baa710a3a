"""Known wrong variants of lesson 3.8. Several entries of one name are several natural ways to make the same mistake."""

from grader.testing import Mistake

# --- 3.8.1: one entry for each wrong option --------------------------------------------------------------------------

QUIZ = [
    Mistake(name, exercise="quiz", edit=(f'"{question}": "{right}"', f'"{question}": "{wrong}"'), says=says)
    for question, right, wrong, name, says in (
        ("q1", "a", "b", "full-batch", "Batches are needed at scale."),
        ("q1", "a", "c", "plain-sgd", "Adaptive optimizers with schedules are usual."),
        ("q1", "a", "d", "one-device", "The work is spread over many."),
        ("q2", "c", "a", "one-flop", "A multiply-add is two operations."),
        ("q2", "c", "b", "forward-only", "Backward costs about twice the forward."),
        ("q2", "c", "d", "quadratic", "Each token touches each parameter a constant number of times."),
        ("q3", "b", "a", "diverging-copies", "All apply the same averaged step."),
        ("q3", "b", "c", "sum", "Averaging, not adding."),
        ("q3", "b", "d", "no-communication", "Averaging is the communication."),
        ("q4", "b", "a", "unchanged", "An epoch is divided into fewer batches."),
        ("q4", "b", "c", "inverse", "Larger batches mean fewer batches."),
        ("q4", "b", "d", "squared", "The batch count falls linearly."),
    )
]

# --- 3.8.2 -----------------------------------------------------------------------------------------------------------

FLOPS = "6 * n_params * n_tokens"
MOMENTS = '"moments": 8}'
STATES = "Adam keeps two values per parameter."
MASTER = "Mixed precision keeps a float32 copy of the weights."
STEPS = "(n_samples + samples_per_step - 1) // samples_per_step"

COMPUTE_BUDGET = [
    Mistake(
        "forward-only",
        exercise="ex2_compute_budget",
        function="training_flops",
        edit=(FLOPS, "2 * n_params * n_tokens"),
        says="2ND is the forward pass; training is 6ND.",
    ),
    Mistake(
        "multiply-add-as-one",
        exercise="ex2_compute_budget",
        function="training_flops",
        edit=(FLOPS, "3 * n_params * n_tokens"),
        says="A multiply-add counts as two operations: 6ND, not 3ND.",
    ),
    *(
        Mistake(
            "hours-not-days",
            exercise="ex2_compute_budget",
            function="training_days",
            edit=("flops_per_second / 86400", f"flops_per_second{wrong}"),
            says="A day has 86400 seconds.",
        )
        for wrong in (" / 3600", " / 60 / 24", "")
    ),
    Mistake(
        "utilisation-multiplied",
        exercise="ex2_compute_budget",
        function="training_days",
        edits=(
            ("n_devices * peak_flops * utilisation", "n_devices * peak_flops"),
            ("flops / flops_per_second", "flops * utilisation / flops_per_second"),
        ),
        says="Low utilisation lengthens training: divide by it.",
    ),
    Mistake(
        "utilisation-ignored",
        exercise="ex2_compute_budget",
        function="training_days",
        edit=("n_devices * peak_flops * utilisation", "n_devices * peak_flops"),
        says="No device reaches its peak: only the share `utilisation` of it counts.",
    ),
    Mistake(
        "one-device-only",
        exercise="ex2_compute_budget",
        function="training_days",
        edit=("n_devices * peak_flops * utilisation", "peak_flops * utilisation"),
        says="All devices work at the same time: the peak is that of one of them.",
    ),
    Mistake(
        "modes-exchanged",
        exercise="ex2_compute_budget",
        function="adam_memory_bytes",
        edit=("(2, 2, 4) if mixed_precision else (4, 4, 0)", "(4, 4, 0) if mixed_precision else (2, 2, 4)"),
        says="The two modes are exchanged: the 16-bit copy belongs to mixed precision.",
    ),
    Mistake(
        "master-in-float32",
        exercise="ex2_compute_budget",
        function="adam_memory_bytes",
        edit=("(4, 4, 0)", "(4, 4, 4)"),
        says="In float32 the weights are the original: there is no second copy of them.",
    ),
    Mistake(  # none
        "optimizer-state-forgotten",
        exercise="ex2_compute_budget",
        function="adam_memory_bytes",
        edit=(MOMENTS, '"moments": 0}'),
        says=STATES,
    ),
    Mistake(  # one instead of two
        "optimizer-state-forgotten",
        exercise="ex2_compute_budget",
        function="adam_memory_bytes",
        edit=(MOMENTS, '"moments": 4}'),
        says=STATES,
    ),
    Mistake(
        "moments-in-16-bits",
        exercise="ex2_compute_budget",
        function="adam_memory_bytes",
        edit=(MOMENTS, '"moments": 4 if mixed_precision else 8}'),
        says="Adam's moments stay in float32, in mixed precision as well.",
    ),
    Mistake(
        "default-mode",
        exercise="ex2_compute_budget",
        function="adam_memory_bytes",
        edit=("mixed_precision: bool = True", "mixed_precision: bool = False"),
        says="Without a second argument the mode is mixed precision: leave the default as it is.",
    ),
    Mistake(  # stated, but not in the total
        "optimizer-state-forgotten",
        exercise="ex2_compute_budget",
        function="adam_memory_bytes",
        edit=("sum(memory.values())", 'sum(memory.values()) - memory["moments"]'),
        says=STATES,
    ),
    Mistake(
        "master-weights-forgotten",
        exercise="ex2_compute_budget",
        function="adam_memory_bytes",
        edit=("(2, 2, 4)", "(2, 2, 0)"),
        says=MASTER,
    ),
    Mistake(
        "master-weights-forgotten",
        exercise="ex2_compute_budget",
        function="adam_memory_bytes",
        edit=("sum(memory.values())", 'sum(memory.values()) - memory["master"]'),
        says=MASTER,
    ),
    Mistake(
        "floor-steps",
        exercise="ex2_compute_budget",
        function="steps_per_epoch",
        edit=(STEPS, "n_samples // samples_per_step"),
        says="The last incomplete batch is a step as well.",
    ),
    Mistake(
        "floor-plus-one",
        exercise="ex2_compute_budget",
        function="steps_per_epoch",
        edit=(STEPS, "n_samples // samples_per_step + 1"),
        says="When the samples divide evenly there is no extra step.",
    ),
    Mistake(
        "accumulation-ignored",
        exercise="ex2_compute_budget",
        function="steps_per_epoch",
        edit=("per_device_batch * n_devices * accumulation", "per_device_batch * n_devices"),
        says="One step consumes accumulation × devices × batch samples.",
    ),
    Mistake(
        "devices-ignored",
        exercise="ex2_compute_budget",
        function="steps_per_epoch",
        edit=("per_device_batch * n_devices * accumulation", "per_device_batch * accumulation"),
        says="Each of the devices takes a batch of its own: one step uses the samples of all of them.",
    ),
    Mistake(  # accumulated batches as steps of their own
        "accumulation-ignored",
        exercise="ex2_compute_budget",
        function="steps_per_epoch",
        edits=(
            ("per_device_batch * n_devices * accumulation", "per_device_batch * n_devices"),
            (STEPS, f"{STEPS} * accumulation"),
        ),
        says="One step consumes accumulation × devices × batch samples.",
    ),
]

# --- 3.8.3 -----------------------------------------------------------------------------------------------------------

LOG_X = "x = torch.log(sizes.to(torch.float64))"
LOG_Y = "y = torch.log(losses.to(torch.float64))"
SLOPE = "slope = (x_centred * (y - y.mean())).sum() / (x_centred**2).sum()"
INTERCEPT = "intercept = y.mean() - slope * x.mean()"
RESULT = "torch.exp(intercept).item(), -slope.item()"
FLOAT64 = "Compute in float64 whatever the dtypes are: the logarithm of float32 numbers, or of whole ones, is float32."
INVERSE = "Regress log loss on log size, not the reverse."
NO_LOGARITHM = "A power law is a line only in logarithms."
BASES = "exp belongs to ln, powers of ten to log10."

POWER_LAW = [
    Mistake(
        "sign-of-exponent",
        exercise="ex3_power_law",
        function="fit_power_law",
        edit=(RESULT, "torch.exp(intercept).item(), slope.item()"),
        says="alpha is minus the slope.",
    ),
    Mistake(
        "absolute-alpha",
        exercise="ex3_power_law",
        function="fit_power_law",
        edit=(RESULT, "torch.exp(intercept).item(), abs(slope.item())"),
        says="alpha is minus the slope, and negative where the losses rise with the size.",
    ),
    Mistake(
        "prefactor-in-log",
        exercise="ex3_power_law",
        function="fit_power_law",
        edit=(RESULT, "intercept.item(), -slope.item()"),
        says="Exponentiate the intercept.",
    ),
    Mistake(  # log10, then exp
        "mixed-log-bases",
        exercise="ex3_power_law",
        function="fit_power_law",
        edits=((LOG_X, LOG_X.replace("log", "log10")), (LOG_Y, LOG_Y.replace("log(", "log10("))),
        says=BASES,
    ),
    Mistake(  # ln, then a power of ten
        "mixed-log-bases",
        exercise="ex3_power_law",
        function="fit_power_law",
        edit=(RESULT, "(10**intercept).item(), -slope.item()"),
        says=BASES,
    ),
    Mistake(  # one of each
        "mixed-log-bases",
        exercise="ex3_power_law",
        function="fit_power_law",
        edit=(LOG_X, LOG_X.replace("log", "log10")),
        says=BASES,
    ),
    Mistake(  # the slope of the other line
        "inverse-slope",
        exercise="ex3_power_law",
        function="fit_power_law",
        edit=("(x_centred**2).sum()", "((y - y.mean()) ** 2).sum()"),
        says=INVERSE,
    ),
    Mistake(  # the other line, turned back
        "inverse-slope",
        exercise="ex3_power_law",
        function="fit_power_law",
        edit=(SLOPE, "slope = ((y - y.mean()) ** 2).sum() / (x_centred * (y - y.mean())).sum()"),
        says=INVERSE,
    ),
    Mistake(  # x and y exchanged altogether
        "inverse-slope",
        exercise="ex3_power_law",
        function="fit_power_law",
        edits=((LOG_X, LOG_X.replace("sizes", "losses")), (LOG_Y, LOG_Y.replace("losses", "sizes"))),
        says=INVERSE,
    ),
    Mistake(
        "no-logarithm",
        exercise="ex3_power_law",
        function="fit_power_law",
        edits=(
            (LOG_X, "x = sizes.to(torch.float64)"),
            (LOG_Y, "y = losses.to(torch.float64)"),
            (RESULT, "intercept.item(), -slope.item()"),
        ),
        says=NO_LOGARITHM,
    ),
    Mistake(
        "no-logarithm",
        exercise="ex3_power_law",
        function="fit_power_law",
        edits=((LOG_X, "x = sizes.to(torch.float64)"), (LOG_Y, "y = losses.to(torch.float64)")),
        says=NO_LOGARITHM,
    ),
    Mistake(  # only of the losses
        "no-logarithm",
        exercise="ex3_power_law",
        function="fit_power_law",
        edit=(LOG_X, "x = sizes.to(torch.float64)"),
        says=NO_LOGARITHM,
    ),
    Mistake(  # only of the sizes
        "no-logarithm",
        exercise="ex3_power_law",
        function="fit_power_law",
        edits=((LOG_Y, "y = losses.to(torch.float64)"), (RESULT, "intercept.item(), -slope.item()")),
        says=NO_LOGARITHM,
    ),
    Mistake(
        "end-points-only",
        exercise="ex3_power_law",
        function="fit_power_law",
        edits=((SLOPE, "slope = (y[-1] - y[0]) / (x[-1] - x[0])"), (INTERCEPT, "intercept = y[0] - slope * x[0]")),
    ),
    Mistake(  # their slope, through the middle of all points
        "end-points-only",
        exercise="ex3_power_law",
        function="fit_power_law",
        edit=(SLOPE, "slope = (y[-1] - y[0]) / (x[-1] - x[0])"),
    ),
    Mistake(
        "through-the-first-point",
        exercise="ex3_power_law",
        function="fit_power_law",
        edit=(INTERCEPT, "intercept = y[0] - slope * x[0]"),
        says="The line of least squares goes through the means of the logarithms, and not through a point of the data.",
    ),
    Mistake(
        "not-in-float64",
        exercise="ex3_power_law",
        function="fit_power_law",
        edits=((LOG_X, "x = torch.log(sizes)"), (LOG_Y, "y = torch.log(losses)")),
        says=FLOAT64,
    ),
    Mistake(  # too late: the logarithms are float32 already
        "not-in-float64",
        exercise="ex3_power_law",
        function="fit_power_law",
        edits=((LOG_X, "x = torch.log(sizes).to(torch.float64)"), (LOG_Y, "y = torch.log(losses).to(torch.float64)")),
        says=FLOAT64,
    ),
    Mistake(
        "rises-with-size",
        exercise="ex3_power_law",
        function="predict_loss",
        edit=("size**-alpha", "size**alpha"),
        says="The loss falls with the size: the exponent is minus alpha.",
    ),
]

MISTAKES = QUIZ + COMPUTE_BUDGET + POWER_LAW
