"""Mistakes of lesson 2.5: wrong variants of the references, and what to say to who made them."""

from grader.testing import Mistake

# --- 2.5.1 -----------------------------------------------------------------------------------------------------------

ORDER = "order = torch.randperm(n, generator=generator) if shuffle else torch.arange(n)"
DRAW = "torch.randperm(n, generator=generator)"
TAKE = "rows = order[start : start + batch_size]"
YIELD = "yield X[rows.to(X.device)], y[rows.to(y.device)]"
NEVER_DROPS = "drop_last removes the short batch."
REPLACED = "A permutation uses each sample once."
WHOLE_BATCHES = "Shuffle samples, not finished batches."
SORTED = "Keep the permuted order."
ONE_BY_ONE = "Hand out each batch when it is asked for, instead of a list of all of them."
GLOBAL_GENERATOR = (
    "`generator=None` means PyTorch's global generator: a new one of your own draws the same order in every pass."
)


def minibatches(name, *edits, says=None, function="iterate_minibatches"):
    return Mistake(name, exercise="ex1_minibatches", function=function, edits=edits, says=says)


MINIBATCHES = [
    minibatches("drop-last-batch", ("if drop_last and len(rows)", "if len(rows)")),
    minibatches(
        "never-drops", ("if drop_last and len(rows) < batch_size:\n            return", "pass"), says=NEVER_DROPS
    ),
    minibatches("overlapping-batches", ("range(0, n, batch_size)", "range(n)")),
    minibatches("shuffle-x-only", ("y[rows.to(y.device)]", "y[start : start + batch_size]")),
    minibatches(
        "two-permutations",
        (ORDER, f"{ORDER}\n    other = {DRAW} if shuffle else order"),
        ("y[rows.to(y.device)]", "y[other[start : start + batch_size].to(y.device)]"),
        says="X and y are shuffled by two permutations: draw one, and index both with it.",
    ),
    minibatches(
        "empty-batch",
        ("range(0, n, batch_size)", "range(0, n // batch_size * batch_size + 1, batch_size)"),
        says="Where batch_size divides the number of samples, your last batch is empty: there must be none.",
    ),
    minibatches(
        "full-batch-dropped",
        ("range(0, n, batch_size)", "range(0, n - batch_size if drop_last else n, batch_size)"),
        says="drop_last drops a batch only if it is short: a full one stays, also as the last.",
    ),
    minibatches(
        "draws-in-order",
        (ORDER, f"order = {DRAW}\n    if not shuffle:\n        order = torch.arange(n)"),
        says="Without shuffle nothing may be drawn: the generator must stay where it is.",
    ),
    minibatches(
        "seeds-inside",
        ("n = len(X)\n", "n = len(X)\n    torch.manual_seed(0)\n"),
        says="Do not seed inside: that resets the generator of everybody else, and gives the same order in every pass.",
    ),
    # One permutation for all passes, kept by the module ...
    minibatches(
        "shuffle-once",
        ("def iterate_minibatches(", "_KEPT = {}\n\n\ndef iterate_minibatches("),
        (ORDER, ORDER.replace(DRAW, f"_KEPT.setdefault(n, {DRAW})")),
        function=None,
    ),
    # ... or drawn anew from a generator that is set back in every pass.
    minibatches(
        "shuffle-once",
        (
            ORDER,
            (
                "if shuffle and generator is not None:\n"
                "        generator = torch.Generator().manual_seed(generator.initial_seed())\n"
                f"    {ORDER}"
            ),
        ),
    ),
    minibatches(
        "pads-last-batch",
        (TAKE, f"{TAKE}\n        if len(rows) < batch_size:\n            rows = torch.cat([rows, order])[:batch_size]"),
        says="The last batch is shorter; do not refill it with other samples.",
    ),
    minibatches("with-replacement", (DRAW, "torch.randint(n, (n,), generator=generator)"), says=REPLACED),
    # A new draw for every batch: between the batches samples repeat.
    minibatches(
        "with-replacement",
        (ORDER, "order = torch.arange(n)"),
        (TAKE, f"{TAKE}\n        if shuffle:\n            rows = {DRAW}[: len(rows)]"),
        says=REPLACED,
    ),
    minibatches(
        "shuffles-batches-only",
        (ORDER, "order = torch.arange(n)"),
        (
            "for start in range(0, n, batch_size):",
            (
                "starts = torch.arange(0, n, batch_size)\n"
                "    if shuffle:\n"
                "        starts = starts[torch.randperm(len(starts), generator=generator)]\n"
                "    for start in starts.tolist():"
            ),
        ),
        says=WHOLE_BATCHES,
    ),
    minibatches("sorts-inside-batch", (TAKE, f"{TAKE}.sort().values"), says=SORTED),
    minibatches(
        "generator-ignored", (DRAW, "torch.randperm(n)"), says="Draw the permutation from the generator that is given."
    ),
    minibatches(
        "all-at-once",
        ("n = len(X)\n", "n = len(X)\n    batches = []\n"),
        ("            return\n", "            break\n"),
        (YIELD, "batches.append((X[rows.to(X.device)], y[rows.to(y.device)]))\n    return batches"),
        says=ONE_BY_ONE,
    ),
    minibatches(
        "all-at-once",
        ("n = len(X)\n", "n = len(X)\n    batches = []\n"),
        ("            return\n", "            break\n"),
        (YIELD, "batches.append((X[rows.to(X.device)], y[rows.to(y.device)]))\n    return iter(batches)"),
        says=ONE_BY_ONE,
    ),
    # Cut from the new permutation at the batch's own place; with or without a first draw that is not used.
    *(
        minibatches(
            "draws-for-every-batch",
            *first,
            (TAKE, f"order = {DRAW} if shuffle else order\n        {TAKE}"),
            says="Draw one permutation for the whole pass: a new one for every batch repeats some samples and loses others.",
        )
        for first in ((), ((ORDER, "order = torch.arange(n)"),))
    ),
    *(
        minibatches("own-generator", ("n = len(X)\n", f"n = len(X)\n    generator = {own}\n"), says=GLOBAL_GENERATOR)
        for own in (
            "generator or torch.Generator()",
            "generator or torch.Generator().manual_seed(0)",
            "generator or torch.Generator().manual_seed(42)",
        )
    ),
    minibatches(
        "other-draw",
        (DRAW, "torch.rand(n, generator=generator).argsort()"),
        says="Draw with torch.randperm: other functions draw other permutations.",
    ),
    minibatches(
        "shuffles-in-place",
        (ORDER, f"{ORDER}\n    X[:], y[:] = X[order.to(X.device)], y[order.to(y.device)]\n    order = torch.arange(n)"),
        says="X and y must stay unchanged: read the rows in the new order, and write nothing into X and y.",
    ),
    minibatches(
        "large-batch-refused",
        ("n = len(X)\n", "n = len(X)\n    if batch_size > n:\n        raise ValueError\n"),
        says="A batch_size above N is allowed: it gives one batch of all N rows.",
    ),
]

# --- 2.5.2 -----------------------------------------------------------------------------------------------------------

ITEM = "return x, self.y[index]"
INPUT = "x = self.X[index]"
KEEP = "self.X = X"
BATCH_AXIS = "Return X[i], not X[i:i+1]."
ON_TARGET = "The transform belongs to the input, not the target."
AT_INIT = "Transform on access so that random transforms vary."
NO_ERROR = "Indices ≥ len must raise, or iteration never ends."
NO_TRANSFORM = "`transform` may be None: then the input stays as it is."
LOADER = "return DataLoader(dataset, batch_size=batch_size, shuffle=shuffle, drop_last=drop_last, generator=generator)"


def dataset(name, *edits, says):
    return Mistake(name, exercise="ex2_dataset", function="PairDataset", edits=edits, says=says)


def loader(name, *edits, says):
    return Mistake(name, exercise="ex2_dataset", function="make_loader", edits=edits, says=says)


DATASET = [
    dataset(
        "length-is-features",
        ("return len(self.X)", "return self.X.shape[1]"),
        says="The length is the number of samples.",
    ),
    dataset("extra-batch-axis", (INPUT, "x = self.X[index : index + 1]"), says=BATCH_AXIS),
    dataset(
        "extra-batch-axis",
        (INPUT, "x = self.X[index : index + 1]"),
        (ITEM, "return x, self.y[index : index + 1]"),
        says=BATCH_AXIS,
    ),
    # Input and target are both transformed ...
    dataset(
        "transform-on-target",
        (ITEM, "return x, self.y[index] if self.transform is None else self.transform(self.y[index])"),
        says=ON_TARGET,
    ),
    # ... or the target alone.
    dataset(
        "transform-on-target",
        ("x = self.transform(x)", "return x, self.transform(self.y[index])"),
        says=ON_TARGET,
    ),
    # Row by row, or all rows at once.
    dataset(
        "transform-at-init",
        (KEEP, "self.X = X if transform is None else torch.stack([transform(x) for x in X])"),
        ("self.transform = transform", "self.transform = None"),
        says=AT_INIT,
    ),
    dataset(
        "transform-at-init",
        (KEEP, "self.X = X if transform is None else transform(X)"),
        ("self.transform = transform", "self.transform = None"),
        says=AT_INIT,
    ),
    dataset(
        "transform-of-all-rows",
        (INPUT, "x = self.X"),
        ("x = self.transform(x)", "x = self.transform(x)\n        x = x[index]"),
        says="The transform gets one sample, X[index], not all of X.",
    ),
    dataset("no-index-error", (INPUT, f"index = index % len(self.X)\n        {INPUT}"), says=NO_ERROR),
    dataset(
        "no-index-error",
        (INPUT, "x = self.X[index:][:1].squeeze(0)"),
        (ITEM, "return x, self.y[index:][:1].squeeze(0)"),
        says=NO_ERROR,
    ),
    # Past the end comes the last sample again, or nothing.
    dataset("no-index-error", (INPUT, f"index = min(index, len(self.X) - 1)\n        {INPUT}"), says=NO_ERROR),
    dataset(
        "no-index-error", (INPUT, f"if index >= len(self.X):\n            return None\n        {INPUT}"), says=NO_ERROR
    ),
    dataset(
        "transform-kept",
        ("self.transform = transform", "self.transform = transform\n        self.kept = {}"),
        (
            "x = self.transform(x)",
            "self.kept.setdefault(index, None)\n            if self.kept[index] is None:\n                self.kept[index] = self.transform(x)\n            x = self.kept[index]",
        ),
        says="Transform at every access, and keep no results: a random transform shall give something new each time.",
    ),
    dataset(
        "transform-called-twice",
        ("x = self.transform(x)", "self.transform(x)\n            x = self.transform(x)"),
        says="One access, one call of the transform: yours runs twice.",
    ),
    dataset("transform-not-optional", ("if self.transform is not None:", "if True:"), says=NO_TRANSFORM),
    dataset(
        "no-negative-indices",
        (INPUT, f"if not 0 <= index < len(self.X):\n            raise IndexError(index)\n        {INPUT}"),
        says="Negative indices count from the end, as in a list.",
    ),
    loader("seed-ignored", ("generator=generator)", "generator=None)"), says="Pass a seeded generator to the loader."),
    loader(
        "global-seed",
        (
            "generator = None if seed is None else torch.Generator().manual_seed(seed)",
            "generator = None if seed is None else torch.manual_seed(seed)",
        ),
        says="That seeds the generator that everything shares: give the loader one of its own.",
    ),
    loader(
        "seed-zero-ignored",
        ("None if seed is None else torch", "None if not seed else torch"),
        says="0 is a seed like any other: ask whether the seed is None.",
    ),
    loader(
        "always-seeded",
        ("None if seed is None else torch.Generator().manual_seed(seed)", "torch.Generator().manual_seed(seed or 0)"),
        says="Without a seed the loader gets no generator of its own: yours begins with the same order each time.",
    ),
    loader("never-shuffles", ("shuffle=shuffle", "shuffle=False"), says="Hand `shuffle` on to the loader."),
    loader(
        "batch-size-lost",
        ("batch_size=batch_size, ", ""),
        says="Hand the batch size on to the loader: without it every batch holds one sample.",
    ),
    loader(
        "always-drops",
        ("drop_last=drop_last", "drop_last=True"),
        says="Drop the short batch only if drop_last is true.",
    ),
    loader(
        "always-shuffles",
        ("shuffle=shuffle", "shuffle=True"),
        says="Without `shuffle` the order stays as it is, as validation needs it.",
    ),
    loader("never-drops", ("drop_last=drop_last, ", ""), says=NEVER_DROPS),
]

# --- 2.5.3 -----------------------------------------------------------------------------------------------------------

MODEL = "return self.b + self.w * x"
B, W = "self.b = nn.Parameter(torch.randn(1))", "self.w = nn.Parameter(torch.randn(1))"
PLAIN = "Wrap b and w in nn.Parameter, otherwise the optimizer cannot see them."
CUT = "The gradient is cut, as `.data`, `.detach()`, `.item()`, `torch.tensor(…)` and `no_grad` do: use the parameters themselves."
FORMULA = "The model is b + w·x."
FROZEN = "A parameter that requires no gradient is never learned."
SAME_START = "Every model draws new start values: do not seed inside, and do not write the numbers down."


def manual(name, *edits, says):
    return Mistake(name, exercise="ex3_modules", function="ManualLinearRegression", edits=edits, says=says)


MODULES = [
    manual("plain-tensor", (B, "self.b = torch.randn(1)"), (W, "self.w = torch.randn(1)"), says=PLAIN),
    manual(
        "plain-tensor",
        (B, "self.b = torch.randn(1, requires_grad=True)"),
        (W, "self.w = torch.randn(1, requires_grad=True)"),
        says=PLAIN,
    ),
    manual(
        "parameters-in-a-list",
        (f"{B}\n        {W}", "self.params = [nn.Parameter(torch.randn(1)), nn.Parameter(torch.randn(1))]"),
        (MODEL, "return self.params[0] + self.params[1] * x"),
        says="A plain list hides its parameters from the module: assign them as `self.b` and `self.w`.",
    ),
    manual(
        "float64-start",
        (B, B.replace("(1))", "(1, dtype=torch.float64))")),
        (W, W.replace("(1))", "(1, dtype=torch.float64))")),
        says="Draw by `torch.randn(1)` as it stands, in the default dtype: in float64 the numbers are other ones.",
    ),
    manual(
        "changes-its-input",
        (MODEL, "x *= self.w\n        x += self.b\n        return x"),
        says="The input must stay unchanged: compute b + w·x out of place.",
    ),
    manual("draw-order", (f"{B}\n        {W}", f"{W}\n        {B}"), says="b is drawn before w."),
    manual("forward-uses-data", (MODEL, "return self.b.data + self.w.data * x"), says=CUT),
    manual("forward-uses-data", (MODEL, "return self.b.data + self.w * x"), says=CUT),
    manual("forward-uses-data", (MODEL, "return self.b + self.w.data * x"), says=CUT),
    manual("super-not-called", ("super().__init__()", "pass"), says="Call super().__init__() first."),
    manual("wrong-formula", (MODEL, "return self.w + self.b * x"), says=FORMULA),
    manual("wrong-formula", (MODEL, "return self.w * (x + self.b)"), says=FORMULA),
    manual("wrong-formula", (MODEL, "return self.b - self.w * x"), says=FORMULA),
    manual("wrong-formula", (MODEL, "return self.w * x"), says=FORMULA),
    manual("wrong-formula", (MODEL, "return self.b * x"), says=FORMULA),
    manual("frozen-parameters", (B, B.replace("(1))", "(1), requires_grad=False)")), says=FROZEN),
    manual("frozen-parameters", (W, W.replace("(1))", "(1), requires_grad=False)")), says=FROZEN),
    manual(
        "frozen-parameters",
        (B, B.replace("(1))", "(1), requires_grad=False)")),
        (W, W.replace("(1))", "(1), requires_grad=False)")),
        says=FROZEN,
    ),
    manual(
        "always-the-same-start",
        ("super().__init__()", "super().__init__()\n        torch.manual_seed(42)"),
        says=SAME_START,
    ),
    manual(
        "always-the-same-start",
        (B, "self.b = nn.Parameter(torch.tensor([0.3367]))"),
        (W, "self.w = nn.Parameter(torch.tensor([0.1288]))"),
        says=SAME_START,
    ),
    manual(
        "always-the-same-start",
        (B, "self.b = nn.Parameter(torch.zeros(1))"),
        (W, "self.w = nn.Parameter(torch.zeros(1))"),
        says=SAME_START,
    ),
    manual(
        "uniform-start",
        (B, B.replace("randn", "rand")),
        (W, W.replace("randn", "rand")),
        says="The start values come from the normal distribution.",
    ),
    Mistake(
        "always-the-same-start",
        exercise="ex3_modules",
        function="make_sequential",
        edit=("    return nn.Sequential(", "    torch.manual_seed(42)\n    return nn.Sequential("),
        says=SAME_START,
    ),
    Mistake(
        "bias-disabled",
        exercise="ex3_modules",
        function="make_sequential",
        edit=("return nn.Sequential(nn.Linear(1, 1))", "return nn.Sequential(nn.Linear(1, 1, bias=False))"),
        says="The layer needs its bias.",
    ),
]

# --- 2.5.4 -----------------------------------------------------------------------------------------------------------

CLEAR = "            optimizer.zero_grad()\n"
STEP = "            optimizer.step()\n"
LOSS = "loss = loss_fn(model(X), y)"
MOVE = "X, y = X.to(device), y.to(device)"
ADD = "total += loss.item() * len(X)"
BATCHES = "        for X, y in loader:\n"
NO_BATCH = "        if samples == 0:\n"
FLOATS = "Store floats; keeping loss tensors keeps every graph in memory."
EVERY_BATCH = "Update after every batch, not once per epoch."
LOSS_GIVEN = "The loss function is given: use `loss_fn`."
NOTHING_LEARNED = (
    "Nothing is learned. Is the gradient cleared before the step sees it, or does it belong to another model?"
)
SHAPES = "Hand prediction and target to `loss_fn` in the shapes they have, without squeeze or flatten."
NOT_MOVED = "Move inputs and targets to the device."


def five_steps(name, *edits, says=None):
    return Mistake(name, exercise="ex4_five_steps", function="fit", edits=edits, says=says)


FIVE_STEPS = [
    five_steps("no-zero-grad", (CLEAR, "")),
    five_steps(
        "zeroed-before-step",
        (CLEAR, ""),
        (STEP, CLEAR + STEP),
        says=NOTHING_LEARNED,
    ),
    five_steps("unweighted-epoch-loss", (ADD, "total += loss.item()"), ("samples += len(X)", "samples += 1")),
    five_steps(
        "means-divided-by-samples",
        (ADD, "total += loss.item()"),
        says="Each batch loss is a mean already: multiply it by the batch's number of samples before you divide by all.",
    ),
    five_steps(
        "clears-once-per-epoch",
        (CLEAR, ""),
        (BATCHES, "        optimizer.zero_grad()\n" + BATCHES),
        says="Clear the gradients for every batch, not once per epoch: those of earlier batches are added up.",
    ),
    five_steps(
        "history-per-batch",
        (ADD, "history.append(loss.item())"),
        ("history.append(total / samples)", "pass"),
        says="The history has one entry per epoch, not one per batch.",
    ),
    *(
        five_steps("shapes-changed", (LOSS, LOSS.replace("model(X), y", arguments)), says=SHAPES)
        for arguments in ("model(X).squeeze(), y.squeeze()", "model(X).flatten(), y.flatten()")
    ),
    five_steps(
        "last-batch-loss",
        ("history.append(total / samples)", "history.append(loss.item())"),
        says="Average over all batches of the epoch.",
    ),
    five_steps(
        "sum-not-reset",
        ("total, samples = 0.0, 0", "pass"),
        ("history = []", "history = []\n    total, samples = 0.0, 0"),
        says="Begin a new sum in every epoch.",
    ),
    five_steps(
        "needs-a-dataset",
        ("history.append(total / samples)", "history.append(total / len(loader.dataset))"),
        says="A loader need not have a data set or a length: count the samples as they come.",
    ),
    five_steps(
        "sum-not-mean",
        ("history.append(total / samples)", "history.append(total)"),
        says="Divide the sum of an epoch by its number of samples.",
    ),
    five_steps("loss-ignored", (LOSS, "loss = ((model(X) - y) ** 2).mean()"), says=LOSS_GIVEN),
    five_steps("loss-ignored", (LOSS, "loss = nn.functional.mse_loss(model(X), y)"), says=LOSS_GIVEN),
    *(
        five_steps(
            "optimizer-ignored",
            ("model.train()", f"optimizer = torch.optim.SGD(model.parameters(), lr={lr})\n    model.train()"),
            says="The optimizer is given: let it make the step, and make no other one.",
        )
        for lr in (0.1, 0.01, 'optimizer.param_groups[0]["lr"]')
    ),
    five_steps(
        "batches-kept",
        ("history = []", "history = []\n    loader = list(loader)"),
        says="Go through the loader again in every epoch: one that shuffles has new batches each time.",
    ),
    five_steps(
        "clears-too-late",
        (CLEAR, ""),
        (STEP, STEP + CLEAR),
        says="Gradients that were there before the call count in your first step: clear before the first backward.",
    ),
    five_steps(
        "measured-after-epoch",
        (
            "history.append(total / samples)",
            "history.append(sum(loss_fn(model(X.to(device)), y.to(device)).item() * len(X) for X, y in loader) / samples)",
        ),
        says="Take each batch's loss where it is computed, before its update, not after the epoch.",
    ),
    # One of the two sides loses its second dimension.
    five_steps("broadcast-n-by-n", (LOSS, "loss = loss_fn(model(X).squeeze(), y)")),
    five_steps("broadcast-n-by-n", (LOSS, "loss = loss_fn(model(X).flatten(), y)")),
    five_steps("broadcast-n-by-n", (LOSS, "loss = loss_fn(model(X), y.flatten())")),
    five_steps(
        "loss-arguments-swapped",
        (LOSS, "loss = loss_fn(y, model(X))"),
        says="`loss_fn` takes the prediction first and the target second: not every loss is symmetric.",
    ),
    five_steps("loss-after-update", (ADD, "total += loss_fn(model(X), y).item() * len(X)")),
    five_steps("tensor-history", (ADD, "total += loss * len(X)"), says=FLOATS),
    five_steps("tensor-history", (ADD, "total += loss.detach() * len(X)"), says=FLOATS),
    # The step sees the last batch's gradient, or the sum of all.
    five_steps("step-per-epoch", (STEP, ""), (NO_BATCH, "        optimizer.step()\n" + NO_BATCH), says=EVERY_BATCH),
    five_steps(
        "step-per-epoch",
        (CLEAR, ""),
        (STEP, ""),
        (BATCHES, "        optimizer.zero_grad()\n" + BATCHES),
        (NO_BATCH, "        optimizer.step()\n" + NO_BATCH),
        says=EVERY_BATCH,
    ),
    five_steps("batch-not-moved", (MOVE, "pass"), says=NOT_MOVED),
    five_steps("batch-not-moved", (MOVE, "X = X.to(device)"), says=NOT_MOVED),
    five_steps("batch-not-moved", (MOVE, "y = y.to(device)"), says=NOT_MOVED),
    five_steps("train-mode-missing", ("model.train()", "pass"), says="Put the model in train mode first."),
]

MISTAKES = MINIBATCHES + DATASET + MODULES + FIVE_STEPS
