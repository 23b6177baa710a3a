"""Known wrong variants of lesson 3.9. Several entries of one name are several natural ways to make the same mistake."""

from grader.testing import Mistake

# --- 3.9.1: one entry for each wrong option --------------------------------------------------------------------------

QUIZ = [
    Mistake(name, exercise="quiz", edit=(f'"{question}": "{right}"', f'"{question}": "{wrong}"'), says=says)
    for question, right, wrong, name, says in (
        ("q1", "a", "b", "small-rate", "Small steps still change weights."),
        ("q1", "a", "c", "removed", "Its features are still used."),
        ("q1", "a", "d", "eval-only", "eval() does not stop gradients."),
        ("q2", "b", "a", "supervised", "The data label themselves."),
        ("q2", "b", "c", "noise", "Random targets teach nothing."),
        ("q2", "b", "d", "leak", "Validation data are not for training."),
        ("c1", "true", "false", "same-rate", "Large steps destroy learned features."),
        ("c2", "false", "true", "same-classes", "The head is replaced."),
    )
]

# --- 3.9.2 -----------------------------------------------------------------------------------------------------------

RULE = 'name == prefix or name.startswith(prefix + ".")'
WHOLE_PARTS = 'Match whole name parts: "head" must not match "overhead".'
SWITCH_ON = "Parameters under a trainable prefix must be switched on again."

FREEZE = [
    *(
        Mistake("substring-match", exercise="ex2_freeze", function=function, edit=(RULE, wrong), says=WHOLE_PARTS)
        for function in ("freeze_except", "set_train_mode")
        for wrong in ("prefix in name", "name.startswith(prefix)")
    ),
    Mistake(
        "counts-tensors",
        exercise="ex2_freeze",
        function="freeze_except",
        edits=(("n_trainable += parameter.numel()", "n_trainable += 1"), ("n_all += parameter.numel()", "n_all += 1")),
        says="Count elements, not parameter tensors.",
    ),
    Mistake(  # rows
        "counts-tensors",
        exercise="ex2_freeze",
        function="freeze_except",
        edits=(
            ("n_trainable += parameter.numel()", "n_trainable += len(parameter)"),
            ("n_all += parameter.numel()", "n_all += len(parameter)"),
        ),
        says="Count elements, not parameter tensors.",
    ),
    Mistake(
        "frozen-counted-instead-of-all",
        exercise="ex2_freeze",
        function="freeze_except",
        edit=("return n_trainable, n_all", "return n_trainable, n_all - n_trainable"),
        says="The second number counts all elements, the trainable ones included.",
    ),
    Mistake(
        "head-frozen-too",
        exercise="ex2_freeze",
        function="freeze_except",
        edit=("parameter.requires_grad_(chosen)", "parameter.requires_grad_(False)"),
        says="Parameters under a given prefix must stay trainable.",
    ),
    Mistake(  # as when the attribute is misspelt, which is no error in Python
        "flags-not-switched",
        exercise="ex2_freeze",
        function="freeze_except",
        edit=("parameter.requires_grad_(chosen)", "pass"),
        says="No flag has changed: is `requires_grad` spelt right? Any other attribute is set without an error.",
    ),
    Mistake(  # only where the name is the whole name
        "inner-parameters-missed",
        exercise="ex2_freeze",
        function="freeze_except",
        edit=(RULE, "name == prefix"),
        says='A name chooses everything inside as well: "head" chooses "head.out.bias".',
    ),
    Mistake(  # only the first part of the name counts
        "top-level-only",
        exercise="ex2_freeze",
        function="freeze_except",
        edit=(RULE, 'name.split(".")[0] == prefix'),
        says='Names may lead inside: "backbone.last" chooses a part of the backbone.',
    ),
    Mistake(
        "top-level-only",
        exercise="ex2_freeze",
        function="set_train_mode",
        edit=(RULE, 'name.split(".")[0] == prefix'),
        says='Names may lead inside: "backbone.last" chooses a part of the backbone.',
    ),
    Mistake(  # the whole model in training mode
        "statistics-drift",
        exercise="ex2_freeze",
        function="set_train_mode",
        edit=(f"module.train(any({RULE} for prefix in trainable))", "module.train()"),
    ),
    Mistake(  # frozen modules stay in the mode they are in
        "statistics-drift",
        exercise="ex2_freeze",
        function="set_train_mode",
        edit=(
            f"module.train(any({RULE} for prefix in trainable))",
            f"module.train(module.training or any({RULE} for prefix in trainable))",
        ),
    ),
    Mistake(
        "inner-modes-overwritten",
        exercise="ex2_freeze",
        function="set_train_mode",
        edit=("in model.named_modules():", "in reversed(list(model.named_modules())):"),
        says="The mode of a container reaches everything inside: set last, it overwrites the modes of its parts.",
    ),
    Mistake(
        "stale-gradients",
        exercise="ex2_freeze",
        function="freeze_except",
        edit=("            parameter.grad = None\n", "            pass\n"),
        says="A frozen tensor with an old .grad still moves; set it to None.",
    ),
    Mistake(  # zeros are a gradient: weight decay acts on them
        "stale-gradients",
        exercise="ex2_freeze",
        function="freeze_except",
        edit=(
            "            parameter.grad = None\n",
            "            if parameter.grad is not None:\n                parameter.grad.zero_()\n",
        ),
        says="A frozen tensor with an old .grad still moves; set it to None.",
    ),
    Mistake(
        "already-frozen-kept",
        exercise="ex2_freeze",
        function="freeze_except",
        edit=("parameter.requires_grad_(chosen)", "parameter.requires_grad_(parameter.requires_grad and chosen)"),
        says=SWITCH_ON,
    ),
]

# --- 3.9.3 -----------------------------------------------------------------------------------------------------------

BACKBONE_GROUP = '{"params": backbone.parameters(), "lr": lr_backbone},\n'
HEAD_GROUP = '{"params": head.parameters(), "lr": lr_head},\n'
SWITCH_OFF = "            parameter.requires_grad_(False)\n"
CLEAR = "            optimizer.zero_grad()  # to None: the optimizer skips parameters without a gradient, weight decay included\n"
RESTORE = "    for parameter, flag in zip(backbone.parameters(), flags):\n        parameter.requires_grad_(flag)\n"
MOVES = "A frozen backbone must be bit-identical after training."
RATES = "Give head and backbone their own rates."
TRAIN_HEAD = "The head's parameters must be in the optimizer and receive gradients."
LEARNING_MODE = "The parts that learn must be put into training mode, whatever mode they arrive in."
RESTORED = "Afterwards each parameter's requires_grad must be what it was before the call."

FINE_TUNE = [
    Mistake(  # evaluation mode does not stop gradients
        "backbone-moves",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edit=(SWITCH_OFF, "            pass\n"),
        says=MOVES,
    ),
    Mistake(  # no new gradients, but the old ones act, and weight decay with them
        "backbone-moves",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edit=(CLEAR, "            optimizer.zero_grad(set_to_none=False)\n"),
        says=MOVES,
    ),
    Mistake(  # freeze_backbone is ignored
        "backbone-moves",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edits=((SWITCH_OFF, "            pass\n"), ("backbone.train(not freeze_backbone)", "backbone.train()")),
        says=MOVES,
    ),
    Mistake(
        "statistics-drift",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edit=("backbone.train(not freeze_backbone)", "backbone.train()"),
    ),
    Mistake(  # only dropout is switched off
        "statistics-drift",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edit=(
            "    backbone.train(not freeze_backbone)\n",
            """\
    backbone.train()
    for module in backbone.modules():
        if isinstance(module, nn.Dropout):
            module.train(not freeze_backbone)
""",
        ),
    ),
    Mistake(  # only the normalisation rests
        "dropout-active",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edit=(
            "    backbone.train(not freeze_backbone)\n",
            """\
    backbone.train()
    for module in backbone.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.train(not freeze_backbone)
""",
        ),
        says="A frozen backbone runs in eval mode.",
    ),
    *(
        Mistake("one-rate", exercise="ex3_fine_tune", function="make_optimizer", edits=edits, says=RATES)
        for edits in (
            (('"lr": lr_backbone', '"lr": lr_head'),),
            (('"lr": lr_head', '"lr": lr_backbone'),),
            (
                (BACKBONE_GROUP, '{"params": [*backbone.parameters(), *head.parameters()], "lr": lr_head},\n'),
                (HEAD_GROUP, ""),
            ),
        )
    ),
    Mistake(
        "head-not-trained",
        exercise="ex3_fine_tune",
        function="make_optimizer",
        edit=(HEAD_GROUP, ""),
        says=TRAIN_HEAD,
    ),
    Mistake(  # the head's gradients are thrown away before the step
        "head-not-trained",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edit=("            loss.backward()\n", "            loss.backward()\n            head.zero_grad()\n"),
        says=TRAIN_HEAD,
    ),
    Mistake(
        "group-order",
        exercise="ex3_fine_tune",
        function="make_optimizer",
        edits=(
            (BACKBONE_GROUP, '{"params": head.parameters(), "lr": lr_head },\n'),
            (HEAD_GROUP, '{"params": backbone.parameters(), "lr": lr_backbone},\n'),
        ),
        says="The backbone is the first group, the head the second.",
    ),
    Mistake(
        "rates-swapped",
        exercise="ex3_fine_tune",
        function="make_optimizer",
        edits=(('"lr": lr_backbone', '"lr": lr_head '), ('"lr": lr_head}', '"lr": lr_backbone}')),
        says="The rates are exchanged: each group needs its own.",
    ),
    Mistake(
        "no-zero-grad",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edit=(CLEAR, ""),
    ),
    Mistake(  # after the step: what lay there before counts in the first step
        "no-zero-grad",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edits=(
            (CLEAR, ""),
            ("            optimizer.step()\n", "            optimizer.step()\n            optimizer.zero_grad()\n"),
        ),
    ),
    Mistake(
        "always-frozen",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edit=("loss_fn(head(backbone(X)), y)", "loss_fn(head(backbone(X).detach()), y)"),
        says="With freeze_backbone=False the backbone learns, too: its gradient must be able to flow back.",
    ),
    Mistake(
        "sum-of-earlier-epochs",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edits=(
            ("    losses = []\n", "    losses = []\n    total, count = 0.0, 0\n"),
            ("        total, count = 0.0, 0\n        for X, y in loader:\n", "        for X, y in loader:\n"),
        ),
        says="Every epoch has a mean of its own: where do the sum and the count start?",
    ),
    Mistake(
        "loss-of-the-last-batch",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edit=("losses.append(total / count)", "losses.append(loss.item())"),
        says="The loss of an epoch is a mean over all of its samples, not the loss of its last batch.",
    ),
    Mistake(
        "unweighted-epoch-loss",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edits=(("total += loss.item() * len(X)", "total += loss.item()"), ("count += len(X)", "count += 1")),
    ),
    Mistake(
        "flags-not-restored",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edit=(RESTORE, ""),
        says=RESTORED,
    ),
    Mistake(  # everything is switched on
        "flags-not-restored",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edit=("        parameter.requires_grad_(flag)\n", "        parameter.requires_grad_(True)\n"),
        says=RESTORED,
    ),
    Mistake(
        "arguments-of-the-loss-swapped",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edit=("loss_fn(head(backbone(X)), y)", "loss_fn(y, head(backbone(X)))"),
        says="The loss takes the prediction first, and then the target.",
    ),
    Mistake(
        "mode-not-set",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edits=(
            ("    backbone.train(not freeze_backbone)\n", "    if freeze_backbone:\n        backbone.eval()\n"),
            ("    head.train()\n", ""),
        ),
        says=LEARNING_MODE,
    ),
    Mistake(  # only the head is forgotten
        "mode-not-set",
        exercise="ex3_fine_tune",
        function="fine_tune",
        edit=("    head.train()\n", ""),
        says=LEARNING_MODE,
    ),
]

# --- 3.9.4 -----------------------------------------------------------------------------------------------------------

RESULT = "tokens[positions], tokens[positions + 1]"
WINDOWS = "max(len(tokens) - context, 0)"
FUTURE = "Targets lie one step in the future, not in the past."
LAST_ONLY = "Every position has a target, not only the last."

NEXT_TOKEN = [
    Mistake(
        "not-shifted",
        exercise="ex4_next_token",
        function="next_token_pairs",
        edit=(RESULT, "tokens[positions], tokens[positions]"),
        says="Targets are the inputs moved one step ahead.",
    ),
    Mistake(  # the two are exchanged
        "shifted-backwards",
        exercise="ex4_next_token",
        function="next_token_pairs",
        edit=(RESULT, "tokens[positions + 1], tokens[positions]"),
        says=FUTURE,
    ),
    Mistake(  # the first target is the last token
        "shifted-backwards",
        exercise="ex4_next_token",
        function="next_token_pairs",
        edit=(RESULT, "tokens[positions], tokens[positions - 1]"),
        says=FUTURE,
    ),
    *(
        Mistake(
            "last-target-only",
            exercise="ex4_next_token",
            function="next_token_pairs",
            edit=(RESULT, f"tokens[positions], {targets}"),
            says=LAST_ONLY,
        )
        for targets in ("tokens[starts + context]", "tokens[starts + context].reshape(-1, 1)")
    ),
    Mistake(
        "one-window-short",
        exercise="ex4_next_token",
        function="next_token_pairs",
        edit=(WINDOWS, "max(len(tokens) - context - 1, 0)"),
        says="There are T−context windows.",
    ),
    Mistake(  # as many windows as inputs fit
        "wraps-around",
        exercise="ex4_next_token",
        function="next_token_pairs",
        edits=(
            (WINDOWS, "max(len(tokens) - context + 1, 0)"),
            (RESULT, "tokens[positions], torch.roll(tokens, -1)[positions]"),
        ),
        says="The last token has no successor.",
    ),
    Mistake(  # a window at every token
        "wraps-around",
        exercise="ex4_next_token",
        function="next_token_pairs",
        edits=(
            (WINDOWS, "len(tokens)"),
            (RESULT, "tokens[positions % max(len(tokens), 1)], tokens[(positions + 1) % max(len(tokens), 1)]"),
        ),
        says="The last token has no successor.",
    ),
    Mistake(
        "non-overlapping",
        exercise="ex4_next_token",
        function="next_token_pairs",
        edit=("starts = torch.arange(n_windows,", "starts = torch.arange(0, n_windows, context,"),
        says="Windows start at every position.",
    ),
    Mistake(
        "rolls-each-window",
        exercise="ex4_next_token",
        function="next_token_pairs",
        edit=(RESULT, "tokens[positions], tokens[positions].roll(-1, 1)"),
        says="The last target of a window is the token that follows it, and not its own first one.",
    ),
    Mistake(
        "windows-as-columns",
        exercise="ex4_next_token",
        function="next_token_pairs",
        edit=(RESULT, "tokens[positions].T, tokens[positions + 1].T"),
        says="Each row is a window: [windows, context].",
    ),
]

MISTAKES = QUIZ + FREEZE + FINE_TUNE + NEXT_TOKEN
