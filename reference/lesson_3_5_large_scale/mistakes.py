"""Known wrong variants of lesson 3.5. Several entries of one name are several natural ways to make the same mistake."""

from grader.testing import Mistake

# --- 3.5.1 -----------------------------------------------------------------------------------------------------------

STOP = "stop = start + size + (1 if worker < remainder else 0)"
SHARE = "share = len(X_k) / len(X)"
COMBINE = "[so_far + more for so_far, more in zip(total, weighted)]"
RETURN = "return tuple(total)"
SKIP = "        if len(X_k) == 0:\n            continue\n"
UNEVEN = "The sizes of the parts differ by at most 1, and the larger ones come first."

DATA_PARALLEL = [
    Mistake(
        "unweighted-average",
        exercise="ex1_data_parallel",
        function="data_parallel_gradients",
        edit=(SHARE, "share = 1 / min(len(X), num_workers)"),
        says="Weight each worker by its number of samples.",
    ),
    Mistake(  # all parts taken to be as large as the largest
        "unweighted-average",
        exercise="ex1_data_parallel",
        function="data_parallel_gradients",
        edit=(SHARE, "share = -(-len(X) // num_workers) / len(X)"),
        says="Weight each worker by its number of samples.",
    ),
    Mistake(
        "sums-workers",
        exercise="ex1_data_parallel",
        function="data_parallel_gradients",
        edit=(SHARE, "share = 1.0"),
        says="Average the workers' gradients instead of adding them.",
    ),
    Mistake(
        "divides-by-workers-with-empty",
        exercise="ex1_data_parallel",
        function="data_parallel_gradients",
        edit=(SHARE, "share = 1 / num_workers"),
        says="Empty shards do not count in the average.",
    ),
    Mistake(
        "first-worker-only",
        exercise="ex1_data_parallel",
        function="data_parallel_gradients",
        edits=((SHARE, "share = 1.0"), (COMBINE, "total")),
        says="Combine the gradients of all workers.",
    ),
    Mistake(
        "first-worker-only",
        exercise="ex1_data_parallel",
        function="data_parallel_gradients",
        edit=(COMBINE, "total"),
        says="Combine the gradients of all workers.",
    ),
    # The remainder falls off the end.
    Mistake(
        "drops-remainder",
        exercise="ex1_data_parallel",
        function="shard",
        edit=(STOP, "stop = start + size"),
        says="Every sample belongs to a shard.",
    ),
    Mistake(
        "calls-empty-shard",
        exercise="ex1_data_parallel",
        function="data_parallel_gradients",
        edit=(SKIP, ""),
        says="Skip empty shards: a mean over nothing is undefined.",
    ),
    # The last part takes the whole remainder; or all parts are as large as the largest, as torch.chunk makes them.
    Mistake(
        "uneven-parts",
        exercise="ex1_data_parallel",
        function="shard",
        edit=(STOP, "stop = start + size if worker < num_workers - 1 else len(X)"),
        says=UNEVEN,
    ),
    Mistake(
        "uneven-parts",
        exercise="ex1_data_parallel",
        function="shard",
        edit=(STOP, "stop = min(start + size + (remainder > 0), len(X))"),
        says=UNEVEN,
    ),
    Mistake(
        "uneven-parts",
        exercise="ex1_data_parallel",
        function="shard",
        edit=(STOP, "stop = start + size + (1 if worker >= num_workers - remainder else 0)"),
        says=UNEVEN,
    ),
    # As even, but the larger parts stand anywhere.
    Mistake(
        "uneven-parts",
        exercise="ex1_data_parallel",
        function="shard",
        edit=(STOP, "stop = (worker + 1) * len(X) // num_workers"),
        says=UNEVEN,
    ),
    # Every second, third, … sample: as even, but not consecutive.
    Mistake(
        "not-consecutive",
        exercise="ex1_data_parallel",
        function="shard",
        edit=("X[start:stop], y[start:stop]", "X[worker::num_workers], y[worker::num_workers]"),
        says="Each part is a run of consecutive samples.",
    ),
]

# --- 3.5.2 -----------------------------------------------------------------------------------------------------------

FACTOR = "share = len(X_i) / len(X)"
LOSS = "loss = share * loss_fn(model(X_i), y_i)"
BACKWARD = "loss.backward()  # adds"
SUM = "total += loss.item()"
CLEAR = "    optimizer.zero_grad()\n"
STEP = "    optimizer.step()\n    return total\n"
LOOP = "    for start in range(0, len(X), micro_batch):\n"
NOT_SCALED = "Scale each micro-batch loss by its share of the batch."
BY_COUNT = "The last micro-batch may be smaller: weight by its size."
BY_SIZE = "A mean loss is already divided by its size; weight it by n_i/N."
ONE_STEP = "Step once, after all micro-batches."
LAST_LOSS = "Return the mean loss over all samples."
LOSS_AFTER = "The loss is asked for as it was before the step: keep the one whose gradient you took."
PARTS = "-(-len(X) // micro_batch)"  # rounded up

ACCUMULATION = [
    # Unscaled backward passes; the loss that is returned may be right, the mean over the parts, or their sum.
    Mistake(
        "not-scaled",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edits=((LOSS, "loss = loss_fn(model(X_i), y_i)"), (SUM, "total += share * loss.item()")),
        says=NOT_SCALED,
    ),
    Mistake(
        "not-scaled",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edits=((LOSS, "loss = loss_fn(model(X_i), y_i)"), (SUM, f"total += loss.item() / ({PARTS})")),
        says=NOT_SCALED,
    ),
    Mistake(
        "not-scaled",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edit=(FACTOR, "share = 1.0"),
        says=NOT_SCALED,
    ),
    Mistake(
        "divides-by-count",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edit=(FACTOR, f"share = 1 / ({PARTS})"),
        says=BY_COUNT,
    ),
    Mistake(
        "divides-by-count",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edits=(
            (LOSS, f"loss = loss_fn(model(X_i), y_i) / ({PARTS})"),
            (SUM, f"total += share * loss.item() * ({PARTS})"),
        ),
        says=BY_COUNT,
    ),
    Mistake(  # as many parts as are full
        "divides-by-count",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edits=((FACTOR, ""), (LOSS, "loss = loss_fn(model(X_i), y_i) / (len(X) // micro_batch)")),
        says=BY_COUNT,
    ),
    Mistake(  # right gradients, but the mean of the parts' losses
        "divides-by-count",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edit=(SUM, f"total += loss.item() / share / ({PARTS})"),
        says=BY_COUNT,
    ),
    Mistake(
        "weighted-by-micro-batch",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edit=(FACTOR, "share = micro_batch / len(X)"),
        says="Not every part has micro_batch samples: how many does the last one have?",
    ),
    Mistake(
        "divides-by-micro-size",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edit=(FACTOR, "share = 1 / len(X_i)"),
        says=BY_SIZE,
    ),
    Mistake(
        "divides-by-micro-size",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edits=((LOSS, "loss = loss_fn(model(X_i), y_i) / len(X_i)"), (SUM, "total += share * loss.item() * len(X_i)")),
        says=BY_SIZE,
    ),
    Mistake(
        "divides-by-micro-size",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edits=(
            (LOSS, "loss = loss_fn(model(X_i), y_i) / micro_batch"),
            (SUM, "total += share * loss.item() * micro_batch"),
        ),
        says=BY_SIZE,
    ),
    Mistake(
        "divides-by-micro-size",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edit=(LOSS, "loss = share * loss_fn(model(X_i), y_i) / len(X_i)"),
        says=BY_SIZE,
    ),
    Mistake("no-zero-grad", exercise="ex2_accumulation", function="accumulated_step", edit=(CLEAR, "")),
    Mistake(
        "cleared-inside-loop",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edits=((CLEAR, ""), (LOOP, LOOP + "        optimizer.zero_grad()\n")),
        says="Clear once, before the first micro-batch.",
    ),
    # A step after every part, with its share of the loss or with the whole of it, on gradients that add up or not.
    Mistake(
        "steps-each-micro-batch",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edits=((SUM, f"{SUM}\n        optimizer.step()"), (STEP, "    return total\n")),
        says=ONE_STEP,
    ),
    Mistake(
        "steps-each-micro-batch",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edits=(
            (CLEAR, ""),
            (LOOP, LOOP + "        optimizer.zero_grad()\n"),
            (SUM, f"{SUM}\n        optimizer.step()"),
            (STEP, "    return total\n"),
        ),
        says=ONE_STEP,
    ),
    Mistake(
        "steps-each-micro-batch",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edits=(
            (CLEAR, ""),
            (LOOP, LOOP + "        optimizer.zero_grad()\n"),
            (LOSS, "loss = loss_fn(model(X_i), y_i)"),
            (SUM, "total += share * loss.item()\n        optimizer.step()"),
            (STEP, "    return total\n"),
        ),
        says=ONE_STEP,
    ),
    Mistake(
        "loss-of-last",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edit=(SUM, "total = loss.item() / share"),
        says=LAST_LOSS,
    ),
    Mistake(
        "loss-of-last",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edit=(SUM, "total = loss.item()"),
        says=LAST_LOSS,
    ),
    Mistake(
        "drop-last-batch",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edit=("range(0, len(X), micro_batch)", "range(0, len(X) - micro_batch + 1, micro_batch)"),
    ),
    Mistake(  # as many parts as fit, and their mean
        "drop-last-batch",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edits=(
            ("range(0, len(X), micro_batch)", "range(0, len(X) - micro_batch + 1, micro_batch)"),
            (FACTOR, "share = 1 / (len(X) // micro_batch)"),
        ),
    ),
    # One graph for all parts: right numbers, and the memory of the whole batch.
    Mistake(
        "one-backward-at-the-end",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edits=(
            (BACKWARD, "pass  # adds"),
            ("total = 0.0", "total = 0.0\n    whole = 0.0"),
            (SUM, f"{SUM}\n        whole = whole + loss"),
            (STEP, f"    whole.backward()\n{STEP}"),
        ),
        says="Go back after every part: a sum of losses keeps the graphs of all parts in memory.",
    ),
    Mistake(
        "whole-batch-at-once",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edits=(
            ("X[start : start + micro_batch], y[start : start + micro_batch]", "X, y"),
            ("range(0, len(X), micro_batch)", "(0,)"),
        ),
        says="Take the samples in parts: a pass over all of them needs the memory of the whole batch.",
    ),
    Mistake(
        "loss-after-step",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edit=(STEP, "    optimizer.step()\n    with torch.no_grad():\n        return loss_fn(model(X), y).item()\n"),
        says=LOSS_AFTER,
    ),
    Mistake(
        "evaluation-mode",
        exercise="ex2_accumulation",
        function="accumulated_step",
        edit=(CLEAR, f"    model.eval()\n{CLEAR}"),
        says="In evaluation mode dropout is off and running statistics rest: leave the model's mode as it is.",
    ),
]

# --- 3.5.3 -----------------------------------------------------------------------------------------------------------

TENSOR = "return batch.to(device)"
LISTED = "        return [to_device(value, device) for value in batch]\n"
NAMED = "return type(batch)(*values) if named else tuple(values)"
OWN_TYPE = "Rebuild each container with its own type."
IN_PLACE = "Do not write into the given containers."
LEFT = "X, y = to_device(batch, device)"
MODEL_MOVED = "The model stays where it is: the batch comes to it."

DEVICE = [
    Mistake(
        "preference-ignored",
        exercise="ex3_device",
        function="pick_device",
        edit=('prefer if available.get(prefer) else "cpu"', '"cuda" if available["cuda"] else "cpu"'),
        says="The GPU is the answer only to those who ask for it.",
    ),
    Mistake(
        "targets-left-behind",
        exercise="ex3_device",
        function="train_step",
        edit=(LEFT, "X, y = batch\n    X = X.to(device)"),
        says="Move the targets to the device as well as the inputs.",
    ),
    Mistake(
        "batch-left-behind",
        exercise="ex3_device",
        function="train_step",
        edit=(LEFT, "X, y = batch"),
        says="The batch may lie elsewhere: move it to the device of the model's parameters.",
    ),
    Mistake(
        "result-discarded",
        exercise="ex3_device",
        function="to_device",
        edit=(TENSOR, "batch.to(device)\n        return batch"),
        says="`.to()` returns a new tensor; use its result.",
    ),
    Mistake(  # the parts are moved, and the old container is returned
        "result-discarded",
        exercise="ex3_device",
        function="to_device",
        replace="""
def to_device(batch, device):
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        for value in batch.values():
            to_device(value, device)
    elif isinstance(batch, (list, tuple)):
        for value in batch:
            to_device(value, device)
    return batch
""",
        says="`.to()` returns a new tensor; use its result.",
    ),
    # All sequences become lists, or only the class of a named tuple is lost.
    Mistake(
        "tuple-becomes-list",
        exercise="ex3_device",
        function="to_device",
        edit=(NAMED, "return values"),
        says=OWN_TYPE,
    ),
    Mistake(
        "tuple-becomes-list",
        exercise="ex3_device",
        function="to_device",
        edit=(NAMED, "return tuple(values)"),
        says=OWN_TYPE,
    ),
    Mistake(
        "named-tuple-from-one-argument",
        exercise="ex3_device",
        function="to_device",
        edit=(NAMED, "return type(batch)(values)"),
        says="A named tuple takes its fields one by one, not as one sequence.",
    ),
    Mistake(
        "named-tuple-from-one-argument",
        exercise="ex3_device",
        function="to_device",
        edit=(NAMED, "return type(batch)(value for value in values)"),
        says="A named tuple takes its fields one by one, not as one sequence.",
    ),
    Mistake(
        "original-modified",
        exercise="ex3_device",
        function="to_device",
        edits=(
            (
                "        return {key: to_device(value, device) for key, value in batch.items()}\n",
                "        for key in batch:\n            batch[key] = to_device(batch[key], device)\n        return batch\n",
            ),
            (LISTED, "        batch[:] = [to_device(value, device) for value in batch]\n        return batch\n"),
        ),
        says=IN_PLACE,
    ),
    Mistake(
        "original-modified",
        exercise="ex3_device",
        function="to_device",
        edit=(LISTED, "        batch[:] = [to_device(value, device) for value in batch]\n        return batch\n"),
        says=IN_PLACE,
    ),
    Mistake(
        "original-modified",
        exercise="ex3_device",
        function="to_device",
        edit=(
            "        return {key: to_device(value, device) for key, value in batch.items()}\n",
            "        for key in batch:\n            batch[key] = to_device(batch[key], device)\n        return batch\n",
        ),
        says=IN_PLACE,
    ),
    Mistake(
        "hard-coded-cuda",
        exercise="ex3_device",
        function="pick_device",
        edit=('torch.device(prefer if available.get(prefer) else "cpu")', "torch.device(prefer)"),
        says="Fall back to the CPU when the preferred device is missing.",
    ),
    Mistake(
        "hard-coded-cuda",
        exercise="ex3_device",
        function="pick_device",
        edit=('torch.device(prefer if available.get(prefer) else "cpu")', 'torch.device("cuda")'),
        says="Fall back to the CPU when the preferred device is missing.",
    ),
    Mistake(
        "dtype-changed",
        exercise="ex3_device",
        function="to_device",
        edit=(TENSOR, "return batch.to(device, torch.float32)"),
        says="Move the tensors without casting them.",
    ),
    Mistake(
        "dtype-changed",
        exercise="ex3_device",
        function="to_device",
        edit=(TENSOR, "return batch.to(device, torch.float32 if batch.is_floating_point() else batch.dtype)"),
        says="Move the tensors without casting them.",
    ),
    Mistake(
        "tensor-returned",
        exercise="ex3_device",
        function="train_step",
        edit=("return loss.item()", "return loss"),
        says="Return the loss as a Python float.",
    ),
    Mistake(
        "tensor-returned",
        exercise="ex3_device",
        function="train_step",
        edit=("return loss.item()", "return loss.detach()"),
        says="Return the loss as a Python float.",
    ),
    Mistake(
        "loss-after-step",
        exercise="ex3_device",
        function="train_step",
        edit=("return loss.item()", "return loss_fn(model(X), y).item()"),
        says=LOSS_AFTER,
    ),
    Mistake(  # the model goes to the batch
        "model-moved",
        exercise="ex3_device",
        function="train_step",
        edit=(
            f"device = next(model.parameters()).device\n    {LEFT}",
            "X, y = batch\n    model.to(X.device)\n    y = y.to(X.device)",
        ),
        says=MODEL_MOVED,
    ),
    Mistake(  # both go where a GPU is
        "model-moved",
        exercise="ex3_device",
        function="train_step",
        edit=("device = next(model.parameters()).device", "device = pick_device()\n    model.to(device)"),
        says=MODEL_MOVED,
    ),
    Mistake(  # both by the methods that are made for it
        "model-moved",
        exercise="ex3_device",
        function="train_step",
        edit=(
            f"device = next(model.parameters()).device\n    {LEFT}",
            "X, y = batch\n    if torch.cuda.is_available():\n        model.cuda()\n        X, y = X.cuda(), y.cuda()",
        ),
        says=MODEL_MOVED,
    ),
    Mistake(
        "another-device-found",
        exercise="ex3_device",
        function="pick_device",
        edit=('prefer if available.get(prefer) else "cpu"', 'prefer if available["cuda"] else "cpu"'),
        says="That there is one kind of device says nothing about another: ask for the preferred one.",
    ),
    Mistake(
        "none-dropped",
        exercise="ex3_device",
        function="to_device",
        edit=("for key, value in batch.items()}", "for key, value in batch.items() if value is not None}"),
        says="A dictionary keeps all its keys: what is no tensor comes out unchanged.",
    ),
    Mistake(  # only one level deep
        "inner-containers-missed",
        exercise="ex3_device",
        function="to_device",
        replace="""
def to_device(batch, device):
    def moved(value):
        return value.to(device) if isinstance(value, Tensor) else value

    if isinstance(batch, dict):
        return {key: moved(value) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        values = [moved(value) for value in batch]
        return type(batch)(*values) if hasattr(batch, "_fields") else type(batch)(values)
    return moved(batch)
""",
        says="A container may hold containers: whatever is in them is moved as well.",
    ),
    Mistake("no-zero-grad", exercise="ex3_device", function="train_step", edit=("    optimizer.zero_grad()\n", "")),
]

# --- 3.5.4 -----------------------------------------------------------------------------------------------------------

FINITE = "not all(torch.isfinite(grad).all() for grad in scaled_grads)"
SKIPPED = "return [param.detach().clone() for param in params], scale / 2, 0"
GROW = "    if good_steps == growth_interval:\n        scale, good_steps = 2 * scale, 0\n"
NO_CHECK = "Skip the step if any gradient is not finite."
GROWTH = "After growth_interval good steps double the scale and restart the count."
MOVED = "params = [(param - lr * (grad / scale)).detach() for param, grad in zip(params, scaled_grads)]"
UNSCALE = "scaler.unscale_(optimizer)  # a limit for the true gradients, not for the scaled ones\n        "
CAST = "Keep float32 parameters; autocast chooses per operation."
AUTOCAST = "with torch.amp.autocast(x.device.type, dtype=amp_dtype):\n        loss = loss_fn(model(x), y)"

MIXED_PRECISION = [
    Mistake(
        "not-unscaled",
        exercise="ex4_mixed_precision",
        function="scaled_step",
        edit=("(grad / scale)", "grad"),
        says="Divide the gradients by the scale before the update.",
    ),
    Mistake(
        "not-unscaled",
        exercise="ex4_mixed_precision",
        function="scaled_step",
        edit=("(grad / scale)", "(grad * scale)"),
        says="Divide the gradients by the scale before the update.",
    ),
    # No test at all, or only of the first or the last gradient.
    Mistake(
        "no-finite-check",
        exercise="ex4_mixed_precision",
        function="scaled_step",
        edit=(FINITE, "False"),
        says=NO_CHECK,
    ),
    Mistake(
        "no-finite-check",
        exercise="ex4_mixed_precision",
        function="scaled_step",
        edit=(FINITE, "not torch.isfinite(scaled_grads[0]).all()"),
        says=NO_CHECK,
    ),
    Mistake(
        "no-finite-check",
        exercise="ex4_mixed_precision",
        function="scaled_step",
        edit=(FINITE, "not torch.isfinite(scaled_grads[-1]).all()"),
        says=NO_CHECK,
    ),
    Mistake(
        "nan-only",
        exercise="ex4_mixed_precision",
        function="scaled_step",
        edit=(FINITE, "any(torch.isnan(grad).any() for grad in scaled_grads)"),
    ),
    Mistake(
        "scale-kept",
        exercise="ex4_mixed_precision",
        function="scaled_step",
        edit=(SKIPPED, SKIPPED.replace("scale / 2", "scale")),
        says="Halve the scale after an overflow.",
    ),
    Mistake(
        "count-kept",
        exercise="ex4_mixed_precision",
        function="scaled_step",
        edit=(SKIPPED, SKIPPED.replace("scale / 2, 0", "scale / 2, good_steps")),
        says="A step that was skipped restarts the count of good steps.",
    ),
    # The scale never grows, the count is not restarted, or the growth comes one step late or early.
    Mistake("growth-rule", exercise="ex4_mixed_precision", function="scaled_step", edit=(GROW, ""), says=GROWTH),
    Mistake(
        "growth-rule",
        exercise="ex4_mixed_precision",
        function="scaled_step",
        edit=("scale, good_steps = 2 * scale, 0", "scale = 2 * scale"),
        says=GROWTH,
    ),
    Mistake(
        "growth-rule",
        exercise="ex4_mixed_precision",
        function="scaled_step",
        edit=("scale, good_steps = 2 * scale, 0", "good_steps = 0"),
        says=GROWTH,
    ),
    Mistake(
        "growth-rule",
        exercise="ex4_mixed_precision",
        function="scaled_step",
        edit=("good_steps == growth_interval", "good_steps > growth_interval"),
        says=GROWTH,
    ),
    Mistake(
        "growth-rule",
        exercise="ex4_mixed_precision",
        function="scaled_step",
        edit=("good_steps == growth_interval", "good_steps == growth_interval - 1"),
        says=GROWTH,
    ),
    # The scaler unscales in its step in any case: too late for the limit, or after a limit for the scaled gradients.
    Mistake(
        "clips-before-unscale",
        exercise="ex4_mixed_precision",
        function="amp_train_step",
        edit=(UNSCALE, ""),
        says="Unscale first, then clip.",
    ),
    Mistake(
        "checks-the-sum",
        exercise="ex4_mixed_precision",
        function="scaled_step",
        edit=(FINITE, "not all(torch.isfinite(grad.sum()) for grad in scaled_grads)"),
        says="Test the entries; their sum can overflow although each is finite.",
    ),
    Mistake(
        "backward-under-autocast",
        exercise="ex4_mixed_precision",
        function="amp_train_step",
        edit=("    scaler.scale(loss).backward()\n", "        scaler.scale(loss).backward()\n"),
        says="Autocast covers the forward pass and the loss; the backward pass follows outside.",
    ),
    # The scaler raises an error of its own, or the step is right by accident.
    Mistake(
        "optimizer-steps-itself",
        exercise="ex4_mixed_precision",
        function="amp_train_step",
        edit=("scaler.step(optimizer)", "optimizer.step()"),
        says="The scaler takes the step: it unscales, and it skips the step when a gradient is not finite.",
    ),
    Mistake(
        "loss-not-scaled",
        exercise="ex4_mixed_precision",
        function="amp_train_step",
        edit=("scaler.scale(loss).backward()", "loss.backward()"),
        says="The scaler divides the gradients by its scale: the loss has to be multiplied by it before.",
    ),
    Mistake(
        "update-before-step",
        exercise="ex4_mixed_precision",
        function="amp_train_step",
        edit=("    scaler.step(optimizer)\n    scaler.update()\n", "    scaler.update()\n    scaler.step(optimizer)\n"),
        says="The scaler's update looks back on the step, so it comes last.",
    ),
    Mistake(
        "model-cast",
        exercise="ex4_mixed_precision",
        function="amp_train_step",
        edit=(AUTOCAST, "model.to(amp_dtype)\n    loss = loss_fn(model(x.to(amp_dtype)), y.to(amp_dtype))"),
        says=CAST,
    ),
    Mistake(
        "model-cast",
        exercise="ex4_mixed_precision",
        function="amp_train_step",
        edit=(AUTOCAST, f"model.to(amp_dtype)\n    {AUTOCAST}"),
        says=CAST,
    ),
    Mistake(
        "update-forgotten",
        exercise="ex4_mixed_precision",
        function="amp_train_step",
        edit=("    scaler.update()\n", ""),
        says="Call scaler.update() after each step.",
    ),
    Mistake(
        "no-zero-grad",
        exercise="ex4_mixed_precision",
        function="amp_train_step",
        edit=("    optimizer.zero_grad()\n", ""),
    ),
    Mistake(  # unscaled by hand, so that only the skipping is missing
        "optimizer-steps-itself",
        exercise="ex4_mixed_precision",
        function="amp_train_step",
        edits=(
            (
                f"    if max_norm is not None:\n        {UNSCALE}",
                "    scaler.unscale_(optimizer)\n    if max_norm is not None:\n        ",
            ),
            ("scaler.step(optimizer)", "optimizer.step()"),
        ),
        says="The scaler takes the step: it unscales, and it skips the step when a gradient is not finite.",
    ),
    Mistake(
        "scaled-loss-returned",
        exercise="ex4_mixed_precision",
        function="amp_train_step",
        edit=("    scaler.scale(loss).backward()\n", "    loss = scaler.scale(loss)\n    loss.backward()\n"),
        says="Return the loss itself: the scale is for the backward pass only.",
    ),
    Mistake(
        "clips-by-value",
        exercise="ex4_mixed_precision",
        function="amp_train_step",
        edit=("clip_grad_norm_(model", "clip_grad_value_(model"),
        says="max_norm limits the common norm of all gradients, not each entry by itself.",
    ),
    Mistake(
        "unscales-with-the-new-scale",
        exercise="ex4_mixed_precision",
        function="scaled_step",
        edits=(
            (f"    {MOVED}\n", ""),
            ("    return params, scale, good_steps\n", f"    {MOVED}\n    return params, scale, good_steps\n"),
        ),
        says="The gradients were made with the old scale: unscale them before the scale grows.",
    ),
    Mistake(
        "scale-kept-above-one",
        exercise="ex4_mixed_precision",
        function="scaled_step",
        edit=(SKIPPED, SKIPPED.replace("scale / 2", "max(scale / 2, 1.0)")),
        says="After an overflow the scale is halved, whatever it is: it may fall below 1.",
    ),
    Mistake(
        "loss-outside-autocast",
        exercise="ex4_mixed_precision",
        function="amp_train_step",
        edit=(
            AUTOCAST,
            AUTOCAST.replace("loss = loss_fn(model(x), y)", "y_pred = model(x)\n    loss = loss_fn(y_pred, y)"),
        ),
        says="The loss is computed under autocast, too, as the forward pass is.",
    ),
]

MISTAKES = DATA_PARALLEL + ACCUMULATION + DEVICE + MIXED_PRECISION
