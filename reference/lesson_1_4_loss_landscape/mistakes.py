"""The named mistakes of lesson 1.4: wrong surfaces, wrong cuts, wrong scaling and wrong limits."""

from grader.testing import Mistake

# --- 1.4.1 -----------------------------------------------------------------------------------------------------------

MEAN = "return (errors**2).mean(dim=0)"
PREDICTIONS = "b_grid + w_grid.reshape(-1, 1) * x.reshape(-1, 1, 1)"

SURFACE = [
    Mistake(
        "transposed",
        exercise="ex1_loss_surface",
        function="loss_surface",
        edit=(MEAN, "return (errors**2).mean(dim=0).T.clone()"),
        says="Rows belong to w, columns to b.",
    ),
    Mistake(
        "reshaped-not-transposed",
        exercise="ex1_loss_surface",
        function="loss_surface",
        edit=(MEAN, "return (errors**2).mean(dim=0).T.reshape(len(w_grid), len(b_grid))"),
        says="`reshape` leaves the numbers in their sequence; to exchange rows and columns take `.T`.",
    ),
    Mistake(
        "swapped-roles",
        exercise="ex1_loss_surface",
        function="loss_surface",
        edit=(PREDICTIONS, "w_grid.reshape(-1, 1) + b_grid * x.reshape(-1, 1, 1)"),
        says="The grid value of w multiplies x; the value of b is added.",
    ),
    Mistake(
        "sum-not-mean",
        exercise="ex1_loss_surface",
        function="loss_surface",
        edit=(MEAN, "return (errors**2).sum(dim=0)"),
    ),
    Mistake(
        "half-mse",
        exercise="ex1_loss_surface",
        function="loss_surface",
        edit=(MEAN, "return (errors**2).mean(dim=0) / 2"),
    ),
    Mistake(
        "root-mse",
        exercise="ex1_loss_surface",
        function="loss_surface",
        edit=(MEAN, "return (errors**2).mean(dim=0).sqrt()"),
    ),
    # The errors are averaged and then squared; with the means of x and of y it is the same number.
    Mistake(
        "mean-data-first",
        exercise="ex1_loss_surface",
        function="loss_surface",
        edit=(MEAN, "return errors.mean(dim=0) ** 2"),
        says="Average the squared errors, not the data.",
    ),
    Mistake(
        "mean-absolute",
        exercise="ex1_loss_surface",
        function="loss_surface",
        edit=(MEAN, "return errors.abs().mean(dim=0)"),
        says="Square the errors instead of taking absolute values.",
    ),
    # In a loop over the pairs: every prediction minus every target.
    Mistake(
        "broadcast-n-by-n",
        exercise="ex1_loss_surface",
        function="loss_surface",
        edits=(
            (PREDICTIONS, "b_grid + w_grid.reshape(-1, 1) * x.reshape(-1, 1, 1, 1)"),
            ("y.reshape(-1, 1, 1)", "y.reshape(1, -1, 1, 1)"),
            (MEAN, "return (errors**2).mean(dim=(0, 1))"),
        ),
    ),
]

# --- 1.4.2 -----------------------------------------------------------------------------------------------------------

COLUMN = "int((b_grid - b).abs().argmin())"
ROW = "int((w_grid - w).abs().argmin())"
OVER_W = "surface[:, column]"
OVER_B = "surface[row, :]"
FIXED = "float(b_grid[column]), float(w_grid[row])"

SECTIONS = [
    Mistake(
        "curves-swapped",
        exercise="ex2_cross_sections",
        function="cross_sections",
        edits=((OVER_W, "surface[row]"), (OVER_B, "surface[:, column]")),
        says="With b fixed the loss runs over w, and the reverse.",
    ),
    # The index of b picks a row and that of w a column: with the curves named by what was picked, or by their length.
    Mistake(
        "axes-confused",
        exercise="ex2_cross_sections",
        function="cross_sections",
        edits=((OVER_W, "surface[column]"), (OVER_B, "surface[:, row]")),
        says="b indexes columns and w indexes rows.",
    ),
    Mistake(
        "axes-confused",
        exercise="ex2_cross_sections",
        function="cross_sections",
        edits=((OVER_W, "surface[:, row]"), (OVER_B, "surface[column]")),
        says="b indexes columns and w indexes rows.",
    ),
    Mistake(
        "not-snapped",
        exercise="ex2_cross_sections",
        function="cross_sections",
        edit=(FIXED, "b, w"),
        says="Return the grid values that were used, not the given ones.",
    ),
    # With the fixed values of the minimum, or with those of the point.
    Mistake(
        "cut-through-minimum",
        exercise="ex2_cross_sections",
        function="cross_sections",
        edits=((COLUMN, "int(surface.argmin()) % len(b_grid)"), (ROW, "int(surface.argmin()) // len(b_grid)")),
        says="Cut through the given point, not through the minimum.",
    ),
    Mistake(
        "cut-through-minimum",
        exercise="ex2_cross_sections",
        function="cross_sections",
        edits=(
            (OVER_W, "surface[:, int(surface.argmin()) % len(b_grid)]"),
            (OVER_B, "surface[int(surface.argmin()) // len(b_grid), :]"),
        ),
        says="Cut through the given point, not through the minimum.",
    ),
    # The later of two equally near values, as `<=` in a loop gives it.
    Mistake(
        "last-of-equals",
        exercise="ex2_cross_sections",
        function="cross_sections",
        edits=(
            (COLUMN, "len(b_grid) - 1 - int((b_grid - b).abs().flip(0).argmin())"),
            (ROW, "len(w_grid) - 1 - int((w_grid - w).abs().flip(0).argmin())"),
        ),
        says="Of two grid values at the same distance take the first.",
    ),
    Mistake(
        "even-grid-assumed",
        exercise="ex2_cross_sections",
        function="cross_sections",
        edits=tuple(
            (
                nearest,
                (
                    f"min(max(round(({value} - float({grid}[0])) * (len({grid}) - 1)"
                    f" / (float({grid}[-1] - {grid}[0]) or 1)), 0), len({grid}) - 1)"
                ),
            )
            for nearest, grid, value in ((COLUMN, "b_grid", "b"), (ROW, "w_grid", "w"))
        ),
        says="The grid values need not be equally far apart: look for the nearest one among all of them.",
    ),
    Mistake(  # the step between the first two values, taken for all
        "even-grid-assumed",
        exercise="ex2_cross_sections",
        function="cross_sections",
        edits=tuple(
            (
                nearest,
                (
                    f"min(max(round(({value} - float({grid}[0])) / (float(({grid}[1:2] - {grid}[:1]).sum()) or 1)), 0)"
                    f", len({grid}) - 1)"
                ),
            )
            for nearest, grid, value in ((COLUMN, "b_grid", "b"), (ROW, "w_grid", "w"))
        ),
        says="The grid values need not be equally far apart: look for the nearest one among all of them.",
    ),
    Mistake(
        "places-not-values",
        exercise="ex2_cross_sections",
        function="cross_sections",
        edit=(FIXED, "float(column), float(row)"),
        says="Return the grid values themselves, not their places in the grid.",
    ),
    Mistake(
        "fixed-values-swapped",
        exercise="ex2_cross_sections",
        function="cross_sections",
        edit=("return b_fixed, w_fixed,", "return w_fixed, b_fixed,"),
        says="The grid value of b comes first, then that of w.",
    ),
    # The index that torch.argmin gives where the distance keeps its sign: always at the border.
    Mistake(
        "signed-distance",
        exercise="ex2_cross_sections",
        function="cross_sections",
        edits=((COLUMN, "int((b_grid - b).argmin())"), (ROW, "int((w_grid - w).argmin())")),
        says="A distance has no sign: take the absolute value before you look for the smallest.",
    ),
]

# The next larger value, and what happens where there is none; the next smaller one.
SECTIONS += [
    Mistake(
        "next-not-nearest",
        exercise="ex2_cross_sections",
        function="cross_sections",
        edits=((COLUMN, search.format(grid="b_grid", value="b")), (ROW, search.format(grid="w_grid", value="w"))),
        says="Take the closest grid value, not the next larger.",
    )
    for search in (
        "min(int(({grid} < {value}).sum()), len({grid}) - 1)",
        "int(({grid} < {value}).sum())",
        "int(({grid} >= {value}).int().argmax())",
    )
]
SECTIONS += [
    Mistake(
        "previous-not-nearest",
        exercise="ex2_cross_sections",
        function="cross_sections",
        edits=((COLUMN, search.format(grid="b_grid", value="b")), (ROW, search.format(grid="w_grid", value="w"))),
        says="Take the closest grid value, not the next smaller.",
    )
    for search in ("max(int(({grid} <= {value}).sum()) - 1, 0)", "int(({grid} <= {value}).sum()) - 1")
]

# --- 1.4.3 -----------------------------------------------------------------------------------------------------------

FIT_MEAN = "mean = X_train.mean(dim=0)"
FIT_STD = "std = ((X_train - mean) ** 2).mean(dim=0).sqrt()"
NO_ZERO = "std = torch.where(std == 0, torch.ones_like(std), std)"
SCALE = "(X - mean) / std"
REFIT = "Validation data must be scaled with the training mean and std."
LEAK = "Fit mean and std on the training data only."
OWN_COLUMNS = "Each feature has its own mean and std."
OVER_SAMPLES = "Average over samples (dim 0), not over features."
EPSILON = "A small number added to the std makes every result wrong; a std of 0 has a rule of its own."
CONSTANT = "A constant feature has std 0; divide by 1 instead."

STANDARDIZE = [
    Mistake(
        "sample-std",
        exercise="ex3_standardize",
        function="fit_standardizer",
        edit=(FIT_STD, "std = X_train.std(dim=0)"),
    ),
    # For a single sample the divisor N - 1 is 0; who keeps it at 1 is right there.
    Mistake(
        "sample-std",
        exercise="ex3_standardize",
        function="fit_standardizer",
        edit=(FIT_STD, "std = (((X_train - mean) ** 2).sum(dim=0) / max(len(X_train) - 1, 1)).sqrt()"),
    ),
    Mistake(
        "scaler-refit",
        exercise="ex3_standardize",
        function="standardize",
        edit=(SCALE, "(X - X.mean(dim=0)) / X.std(dim=0, correction=0)"),
        says=REFIT,
    ),
    Mistake(
        "scaler-refit",
        exercise="ex3_standardize",
        function="standardize",
        edit=(SCALE, "(X - X.mean(dim=0)) / std"),
        says=REFIT,
    ),
    Mistake(
        "scaler-refit",
        exercise="ex3_standardize",
        function="standardize",
        edit=(SCALE, "(X - X.mean(dim=0)) / X.std(dim=0)"),
        says=REFIT,
    ),
    Mistake(
        "scaler-refit",
        exercise="ex3_standardize",
        function="standardize",
        edit=(SCALE, "(X - fit_standardizer(X)[0]) / fit_standardizer(X)[1]"),
        says=REFIT,
    ),
    Mistake(
        "scaler-refit",
        exercise="ex3_standardize",
        function="standardize",
        edit=(SCALE, "(X - mean) / X.std(dim=0, correction=0)"),
        says=REFIT,
    ),
    # The data to be scaled enter the statistics as well: half and half, or a little with every call.
    Mistake(
        "leak",
        exercise="ex3_standardize",
        function="standardize",
        edit=(SCALE, "(X - (mean + X.mean(dim=0)) / 2) / ((std + X.std(dim=0, correction=0)) / 2)"),
        says=LEAK,
    ),
    Mistake(
        "leak",
        exercise="ex3_standardize",
        function="standardize",
        edit=(SCALE, "(X - (0.9 * mean + 0.1 * X.mean(dim=0))) / (0.9 * std + 0.1 * X.std(dim=0, correction=0))"),
        says=LEAK,
    ),
    Mistake(
        "no-centering",
        exercise="ex3_standardize",
        function="standardize",
        edit=(SCALE, "X / std"),
        says="Subtract the mean before dividing by the std.",
    ),
    Mistake(
        "divided-first",
        exercise="ex3_standardize",
        function="standardize",
        edit=(SCALE, "X / std - mean"),
        says="Subtract the mean first, and divide the difference: the mean is in the units of X.",
    ),
    Mistake(
        "divides-by-variance",
        exercise="ex3_standardize",
        function="standardize",
        edit=(SCALE, "(X - mean) / std**2"),
        says="Divide by the standard deviation, not by the variance.",
    ),
    Mistake(
        "divides-by-variance",
        exercise="ex3_standardize",
        function="fit_standardizer",
        edit=(FIT_STD, "std = ((X_train - mean) ** 2).mean(dim=0)"),
        says="Divide by the standard deviation, not by the variance.",
    ),
    Mistake(
        "multiplies-by-std",
        exercise="ex3_standardize",
        function="standardize",
        edit=(SCALE, "(X - mean) * std"),
        says="A feature with a large std must become smaller: divide by the std.",
    ),
    *(
        Mistake(
            "epsilon-added",
            exercise="ex3_standardize",
            function="standardize",
            edit=(SCALE, f"(X - mean) / (std + {epsilon})"),
            says=EPSILON,
        )
        for epsilon in ("1e-8", "1e-7", "1e-6")
    ),
    # The same when fitting: beside the rule for a constant feature, or to the variance.
    *(
        Mistake(
            "epsilon-added",
            exercise="ex3_standardize",
            function="fit_standardizer",
            edit=(NO_ZERO, added),
            says=EPSILON,
        )
        for epsilon in ("1e-8", "1e-7", "1e-6")
        for added in (f"{NO_ZERO} + {epsilon}", f"{NO_ZERO}\n    std = (std**2 + {epsilon}).sqrt()")
    ),
    *(
        Mistake(
            "epsilon-added",
            exercise="ex3_standardize",
            function="fit_standardizer",
            edit=(NO_ZERO, added),
            says=EPSILON,
        )
        for epsilon in ("1e-8", "1e-7", "1e-6")
        for added in (f"std = std + {epsilon}", f"std = (std**2 + {epsilon}).sqrt()")
    ),
    # A std that is small, not 0.
    *(
        Mistake(
            "small-std-replaced",
            exercise="ex3_standardize",
            function="fit_standardizer",
            edit=(NO_ZERO, f"std = torch.where(std < {limit}, torch.ones_like(std), std)"),
            says="A small std is no 0: a feature in large units has small numbers, and still varies.",
        )
        for limit in ("1e-3", "1e-2")
    ),
    Mistake(
        "min-max-scaling",
        exercise="ex3_standardize",
        function="fit_standardizer",
        edits=(
            (FIT_MEAN, "mean = X_train.min(dim=0).values"),
            (FIT_STD, "std = X_train.max(dim=0).values - mean"),
        ),
        says="This scales to the range from 0 to 1; standardising takes the mean and the standard deviation.",
    ),
]

# One mean and one std for all features: as numbers, as a vector with one entry, or repeated for each feature.
STANDARDIZE += [
    Mistake(
        "global-statistics",
        exercise="ex3_standardize",
        function="fit_standardizer",
        edits=(
            (FIT_MEAN, f"mean = X_train.mean(){form}"),
            (FIT_STD, f"std = X_train.std(correction=0){form}"),
        ),
        says=OWN_COLUMNS,
    )
    for form in ("", ".reshape(1)", ".repeat(X_train.shape[1])")
]

# One mean and one std for each sample: when fitting, or anew for the data to be scaled.
STANDARDIZE += [
    Mistake(
        "per-row",
        exercise="ex3_standardize",
        function="fit_standardizer",
        edits=(
            (FIT_MEAN, f"mean = X_train.mean(dim=1{keep})"),
            (FIT_STD, f"std = X_train.std(dim=1, correction=0{keep})"),
        ),
        says=OVER_SAMPLES,
    )
    for keep in ("", ", keepdim=True")
]
STANDARDIZE += [
    Mistake(
        "per-row",
        exercise="ex3_standardize",
        function="standardize",
        edit=(SCALE, "(X - X.mean(dim=1, keepdim=True)) / X.std(dim=1, correction=0, keepdim=True)"),
        says=OVER_SAMPLES,
    ),
]

# No case for a constant feature, or a small number in place of the 1.
STANDARDIZE += [
    Mistake("zero-std-division", exercise="ex3_standardize", function="fit_standardizer", edit=edit, says=CONSTANT)
    for edit in (
        (NO_ZERO, "pass"),
        (NO_ZERO, "std = std.clamp(min=1e-8)"),
        (NO_ZERO, "std = std.clamp(min=1e-12)"),
    )
]

# --- 1.4.4 -----------------------------------------------------------------------------------------------------------

ONES = "A = torch.cat([torch.ones_like(X[:, :1]), X], dim=1)"
HESSIAN = "2 / n_samples * (A.T @ A)"
STEEPEST = "torch.linalg.eigvalsh(hessian)[-1]"

LIMIT = [
    Mistake(
        "one-over-lambda",
        exercise="ex4_max_stable_lr",
        function="max_stable_lr",
        edit=("2 / steepest", "1 / steepest"),
        says="The limit is 2/λ of the Hessian, not 1/λ.",
    ),
    Mistake(
        "hessian-without-2",
        exercise="ex4_max_stable_lr",
        function="max_stable_lr",
        edit=(HESSIAN, "1 / n_samples * (A.T @ A)"),
        says="The Hessian of the mean square has the factor 2.",
    ),
    Mistake(
        "no-bias-column",
        exercise="ex4_max_stable_lr",
        function="max_stable_lr",
        edit=(ONES, "A = X"),
        says="The bias is a parameter too; add the column of ones.",
    ),
    Mistake(
        "not-averaged",
        exercise="ex4_max_stable_lr",
        function="max_stable_lr",
        edit=(HESSIAN, "2 * (A.T @ A)"),
        says="The Hessian of a mean carries 1/N.",
    ),
    Mistake(
        "smallest-eigenvalue",
        exercise="ex4_max_stable_lr",
        function="max_stable_lr",
        edit=(STEEPEST, "torch.linalg.eigvalsh(hessian)[0]"),
        says="The steepest direction limits the step.",
    ),
    Mistake(
        "diagonal-only",
        exercise="ex4_max_stable_lr",
        function="max_stable_lr",
        edit=(STEEPEST, "hessian.diagonal().max()"),
        says="The steepest direction need not be an axis: take the largest eigenvalue, not the largest second derivative.",
    ),
    Mistake(
        "trace",
        exercise="ex4_max_stable_lr",
        function="max_stable_lr",
        edit=(STEEPEST, "hessian.trace()"),
        says="The trace is the sum of all eigenvalues: the steepest direction is the largest one alone.",
    ),
    Mistake(
        "frobenius-norm",
        exercise="ex4_max_stable_lr",
        function="max_stable_lr",
        edit=(STEEPEST, "torch.linalg.norm(hessian)"),
        says="The root of the sum of all squared entries is larger than the largest eigenvalue.",
    ),
    Mistake(
        "singular-value-not-squared",
        exercise="ex4_max_stable_lr",
        function="max_stable_lr",
        edit=(STEEPEST, "2 / n_samples * torch.linalg.svdvals(A)[0]"),
        says="The eigenvalues of A^T A are the squares of the singular values of A.",
    ),
]

MISTAKES = SURFACE + SECTIONS + STANDARDIZE + LIMIT
