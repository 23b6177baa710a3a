"""Mistakes of lesson 3.2: wrong variants of the references, and what to say to who made them."""

from grader.testing import Mistake

# --- 3.2.1 -----------------------------------------------------------------------------------------------------------

FINISHED = "finished_stages = epoch // step_size"
STAGE_RATE = "base_lr * gamma**finished_stages"
EPOCH_RATE = "base_lr * gamma**epoch"
SUBTRACTS = "The rate is multiplied by gamma, nothing is subtracted."
FIRST_EPOCH = "Epoch 0 has the base rate."
LOST = "gamma is the factor that is left of the rate, not the share that is lost."
NO_FACTOR = "Return the rate, not a factor: multiply base_lr."
ROUNDS_UP = "Use floor division to count finished stages."


def stages(name, says, *edits):
    return Mistake(name, exercise="ex1_step_and_exponential", function="step_lr", edits=edits, says=says)


def exponential(name, says, *edits):
    return Mistake(name, exercise="ex1_step_and_exponential", function="exponential_lr", edits=edits, says=says)


STEP_AND_EXPONENTIAL = [
    stages(
        "drops-early",
        "The first drop happens at epoch step_size, not before.",
        (FINISHED, "finished_stages = (epoch + 1) // step_size"),
    ),
    stages(
        "drops-late",
        "The rate drops at epoch step_size itself, not one epoch later.",
        (FINISHED, "finished_stages = max(epoch - 1, 0) // step_size"),
    ),
    stages("rounds-up", ROUNDS_UP, (FINISHED, "finished_stages = -(-epoch // step_size)")),
    stages("rounds-up", ROUNDS_UP, (FINISHED, "finished_stages = round(epoch / step_size)")),
    stages(
        "continuous-decay",
        "The rate is constant inside a stage.",
        (FINISHED, "finished_stages = epoch / step_size"),
    ),
    stages(
        "drops-once",
        "The rate drops after every step_size epochs, not only once.",
        (FINISHED, "finished_stages = 1 if epoch >= step_size else 0"),
    ),
    stages(
        "back-to-base",
        "The rate stays low until the next drop: it does not return to base_lr.",
        (STAGE_RATE, f"{STAGE_RATE} if epoch % step_size == 0 else base_lr"),
    ),
    stages("factor-only", NO_FACTOR, (STAGE_RATE, "gamma**finished_stages")),
    exponential("factor-only", NO_FACTOR, (EPOCH_RATE, "gamma**epoch")),
    stages("subtracts", SUBTRACTS, (STAGE_RATE, "base_lr - gamma * finished_stages")),
    stages("subtracts", SUBTRACTS, (STAGE_RATE, "base_lr * (1 - gamma * finished_stages)")),
    stages("one-minus-gamma", LOST, (STAGE_RATE, "base_lr * (1 - gamma) ** finished_stages")),
    exponential("one-minus-gamma", LOST, (EPOCH_RATE, "base_lr * (1 - gamma) ** epoch")),
    stages(
        "divides",
        "Multiply by gamma^k; dividing makes the rate grow.",
        (STAGE_RATE, "base_lr / gamma**finished_stages"),
    ),
    # One factor however many stages there were.
    stages(
        "multiplies-by-count",
        "Every finished stage is a factor gamma: raise gamma to the number of stages.",
        (STAGE_RATE, "base_lr * (gamma * finished_stages if finished_stages else 1)"),
    ),
    stages("starts-at-one", FIRST_EPOCH, (FINISHED, "finished_stages = epoch // step_size + 1")),
    exponential(
        "e-power",
        "Decay is gamma**epoch, not exp(−gamma·epoch).",
        (EPOCH_RATE, "base_lr * 2.718281828459045 ** (-gamma * epoch)"),
    ),
    exponential("starts-at-one", FIRST_EPOCH, (EPOCH_RATE, "base_lr * gamma ** (epoch + 1)")),
    exponential(
        "divides",
        "Multiply by gamma^k; dividing makes the rate grow.",
        (EPOCH_RATE, "base_lr / gamma**epoch"),
    ),
]

# --- 3.2.2 -----------------------------------------------------------------------------------------------------------

WAVE = "wave = (1 + math.cos(math.pi * step / total)) / 2"
COSINE_RATE = "min_lr + (base_lr - min_lr) * wave"
CLAMP = """    if step >= total:
        return min_lr
"""
CLIMB = "base_lr * (step + 1) / warmup"
AFTER_WARMUP = "cosine_lr(step - warmup, total - warmup, base_lr, min_lr)"
HALF_MISSING = "1+cos lies between 0 and 2, so the factor ½ is needed."
MIN_MISUSED = "The cosine runs between base and min: scale by base−min, then add min."
NOT_CLAMPED = "After the end the rate stays at min_lr."
FROM_ZERO = "The first step already moves: use (step+1)/warmup."
WHOLE = "`//` rounds down to a whole number: a share of the way needs `/`."
SHIFT = "Count cosine steps from the end of the warm-up."


def cosine(name, says, *edits):
    return Mistake(name, exercise="ex2_cosine_warmup", function="cosine_lr", edits=edits, says=says)


def warmup(name, says, *edits):
    return Mistake(name, exercise="ex2_cosine_warmup", function="warmup_cosine_lr", edits=edits, says=says)


COSINE_WARMUP = [
    cosine("half-missing", HALF_MISSING, (WAVE, "wave = 1 + math.cos(math.pi * step / total)")),
    cosine("min-misused", MIN_MISUSED, (COSINE_RATE, "min_lr + base_lr * wave")),
    cosine("min-misused", MIN_MISUSED, (COSINE_RATE, "max(min_lr, base_lr * wave)")),
    cosine("min-misused", MIN_MISUSED, (COSINE_RATE, "(base_lr - min_lr) * wave")),
    cosine("min-misused", MIN_MISUSED, (COSINE_RATE, "min_lr + (base_lr + min_lr) * wave")),
    cosine(
        "full-period",
        "The decay is half a cosine period.",
        (WAVE, "wave = (1 + math.cos(2 * math.pi * step / total)) / 2"),
    ),
    cosine(
        "quarter-period",
        "The decay is half a cosine period, moved up and halved, not the first quarter of one.",
        (WAVE, "wave = math.cos(math.pi / 2 * step / total)"),
    ),
    cosine(
        "cosine-upside-down",
        "The rate begins at base_lr and falls: look at the sign of the cosine.",
        (WAVE, "wave = (1 - math.cos(math.pi * step / total)) / 2"),
    ),
    cosine(
        "degrees",
        "math.cos takes radians: half a turn is π, not 180.",
        (WAVE, "wave = (1 + math.cos(180 * step / total)) / 2"),
    ),
    cosine("whole-number-division", WHOLE, (WAVE, "wave = (1 + math.cos(math.pi * (step // total))) / 2")),
    warmup("whole-number-division", WHOLE, (CLIMB, "base_lr * ((step + 1) // warmup)")),
    cosine(
        "full-swing",
        "The cosine alone runs from 1 to −1: shift it up by 1 and halve it.",
        (WAVE, "wave = math.cos(math.pi * step / total)"),
    ),
    cosine(
        "total-minus-one",
        "The fraction is step/total.",
        (WAVE, "wave = (1 + math.cos(math.pi * step / max(total - 1, 1))) / 2"),
    ),
    cosine("not-clamped", NOT_CLAMPED, (CLAMP, "")),
    # The wave is right to the end, and then the rate is zero, or begins anew.
    cosine("not-clamped", NOT_CLAMPED, (CLAMP, CLAMP.replace("min_lr", "0.0"))),
    cosine("not-clamped", NOT_CLAMPED, (CLAMP, "    step = step % total\n")),
    warmup("warmup-from-zero", FROM_ZERO, (CLIMB, "base_lr * step / warmup")),
    warmup(
        "warmup-from-min",
        "The warm-up climbs by equal parts of base_lr; it does not begin at min_lr.",
        (CLIMB, "min_lr + (base_lr - min_lr) * (step + 1) / warmup"),
    ),
    warmup(
        "warmup-too-long",
        "The warm-up has the steps 0 to warmup−1; step `warmup` belongs to the cosine.",
        ("if step < warmup:", "if step <= warmup:"),
    ),
    warmup(
        "warmup-not-finished",
        "Which step of the warm-up should be the first with base_lr?",
        (CLIMB, "base_lr * (step + 1) / (warmup + 1)"),
    ),
    warmup(
        "min-lr-not-passed-on",
        "The cosine after the warm-up ends at min_lr, too.",
        (AFTER_WARMUP, "cosine_lr(step - warmup, total - warmup, base_lr)"),
    ),
    warmup(
        "cosine-one-ahead",
        "Step `warmup` is step 0 of the cosine.",
        (AFTER_WARMUP, "cosine_lr(step - warmup + 1, total - warmup, base_lr, min_lr)"),
    ),
    warmup("cosine-not-shifted", SHIFT, (AFTER_WARMUP, "cosine_lr(step, total, base_lr, min_lr)")),
    warmup("cosine-not-shifted", SHIFT, (AFTER_WARMUP, "cosine_lr(step, total - warmup, base_lr, min_lr)")),
    warmup(
        "cosine-over-total",
        "The cosine has total−warmup steps.",
        (AFTER_WARMUP, "cosine_lr(step - warmup, total, base_lr, min_lr)"),
    ),
    # With a clamp of its own, the fault ends with the schedule.
    warmup(
        "cosine-over-total",
        "The cosine has total−warmup steps.",
        (AFTER_WARMUP, "cosine_lr(step - warmup, total, base_lr, min_lr) if step < total else min_lr"),
    ),
]

# --- 3.2.3 -----------------------------------------------------------------------------------------------------------

LOOP = "    for epoch in range(epochs if len(X) > 0 else 0):\n"
ASK = "        lr = schedule(epoch)\n"
ERROR = "        error = X @ w + b - y\n"
NOTE_LOSS = "        losses.append((error**2).mean().item())\n"
STEP_W = "        w = w - lr * 2 / len(X) * (X.T @ error)\n"
STEP_B = "        b = b - lr * 2 / len(X) * error.sum(0)\n"
FOR_RATE = "    for rate in rates:\n"
TRAINED = "w_end, b_end, _, _ = train_with_schedule(X, y, w, b, lambda _, rate=rate: rate, epochs)"
FINAL = "loss = ((X @ w_end + b_end - y) ** 2).mean().item()"
REPORT = "loss if math.isfinite(loss) else math.inf"
ASK_AGAIN = "Ask the schedule for the rate in every epoch."
RESTART = "Restart from the given parameters for every rate."
NOT_FINITE = "Report divergence as inf."
LATE = (
    "The final loss belongs to the parameters after the last update; the history's last entry was measured before it."
)


def training(name, says, *edits):
    return Mistake(name, exercise="ex3_scheduled_training", function="train_with_schedule", edits=edits, says=says)


def comparison(name, says, *edits):
    return Mistake(name, exercise="ex3_scheduled_training", function="compare_rates", edits=edits, says=says)


SCHEDULED_TRAINING = [
    training(
        "constant-rate",
        ASK_AGAIN,
        (ASK, ""),
        (LOOP, "    lr = schedule(0)\n" + LOOP),
    ),
    # The schedule is asked, and its answer is noted but not used.
    training(
        "constant-rate",
        ASK_AGAIN,
        (ASK, ASK + "        first = lrs[0] if lrs else lr\n"),
        (STEP_W, STEP_W.replace("lr *", "first *")),
        (STEP_B, STEP_B.replace("lr *", "first *")),
    ),
    training(
        "stops-early",
        "Make all the epochs, however small the loss has become.",
        (NOTE_LOSS, "        if (error**2).mean() < 1e-9:\n            break\n" + NOTE_LOSS),
    ),
    training(
        "start-returned",
        "Without samples the results are copies of w and b, too: the start belongs to the caller.",
        (
            "    X, y = X.detach(), y.detach()\n",
            "    if len(X) == 0:\n        return w, b, [], []\n    X, y = X.detach(), y.detach()\n",
        ),
    ),
    training(
        "one-epoch-ahead",
        "Epoch e uses schedule(e), not schedule(e+1).",
        (ASK, "        lr = schedule(epoch + 1)\n"),
    ),
    training(
        "compounding",
        "The schedule returns the rate itself, not a factor.",
        (ASK, "        lr = lr * schedule(epoch)\n"),
        (LOOP, "    lr = 1.0\n" + LOOP),
    ),
    training("stale-predictions", None, (ERROR, ""), (LOOP, "    error = X @ w + b - y\n" + LOOP)),
    training(
        "stale-predictions",
        None,
        (ERROR, ""),
        (LOOP, "    start = X @ w + b - y\n" + LOOP + ERROR),
        (STEP_W, STEP_W.replace("error", "start")),
        (STEP_B, STEP_B.replace("error", "start")),
    ),
    training("loss-after-update", None, (NOTE_LOSS, ""), (STEP_B, STEP_B + ERROR + NOTE_LOSS)),
    training(
        "sum-instead-of-mean",
        None,
        (STEP_W, STEP_W.replace(" / len(X)", "")),
        (STEP_B, STEP_B.replace(" / len(X)", "")),
    ),
    training(
        "missing-factor-2",
        None,
        (STEP_W, STEP_W.replace("lr * 2", "lr")),
        (STEP_B, STEP_B.replace("lr * 2", "lr")),
    ),
    # Every rate goes on where the last one stopped: with new tensors, or in the caller's own.
    comparison(
        "shared-parameters",
        RESTART,
        (TRAINED, TRAINED.replace("w_end, b_end", "w, b")),
        (FINAL, FINAL.replace("w_end", "w").replace("b_end", "b")),
    ),
    comparison("shared-parameters", RESTART, (FINAL, FINAL + "\n        w.copy_(w_end)\n        b.copy_(b_end)")),
    comparison(
        "start-ignored",
        "Every rate starts from the given w and b, which need not be 0.",
        (TRAINED, TRAINED.replace("X, y, w, b,", "X, y, 0 * w, 0 * b,")),
    ),
    comparison(
        "last-rate-for-all",
        "A function made in a loop looks its variables up when it is called: by then they hold the last rate.",
        (FOR_RATE, "    for constant in [lambda _: rate for rate in rates]:\n"),
        (TRAINED, TRAINED.replace("lambda _, rate=rate: rate", "constant")),
    ),
    comparison("nan-result", NOT_FINITE, (REPORT, "loss")),
    comparison("nan-result", NOT_FINITE, (REPORT, "loss if not math.isinf(loss) else math.inf")),
    comparison("nan-result", NOT_FINITE, (REPORT, "loss if math.isfinite(loss) else math.nan")),
    comparison(
        "loss-before-last-update",
        LATE,
        (TRAINED, TRAINED.replace("w_end, b_end, _, _", "_, _, losses, _")),
        (FINAL, "loss = losses[-1]"),
    ),
]

MISTAKES = STEP_AND_EXPONENTIAL + COSINE_WARMUP + SCHEDULED_TRAINING
