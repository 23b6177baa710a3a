"""How much rounding may move an answer: allowed errors from jittered runs of the reference, and rules for float32."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import torch
from torch import Tensor

from grader.calls import Answer, Record, StudentError, evidence
from grader.compare import EXACT, Rule
from grader.proxy import Proxy
from grader.values import named_parts, numbers

_JITTERS: Final = 4
_FLOAT32_FACTOR: Final = 4.0
_FLOAT64_FACTOR: Final = 8.0
_ROUNDING: Final = 1e-6
"""Differences above this share of the values are never rounding in float64."""
_LOW: Final = ("float32", "float16", "bfloat16")
_FLOAT32: Final = 1e-4
_WIDER: Final = 1e5
"""What is allowed in float32 instead of 1e-9: for numbers that no reference run can be asked about."""


def is_low(answer: Answer | None) -> bool:
    """Return whether a part of an answer came in a precision below float64."""
    return answer is not None and (answer.narrow or any(fact.dtype in _LOW for fact in answer.facts))


def forced_low(records: list[Record]) -> bool:
    """Return whether a submission answered in float32 what it was asked in float64."""
    return any(is_low(record.answer) and _has_float64((record.call.args, record.call.kwargs)) for record in records)


def _has_float64(value: Any) -> bool:
    if isinstance(value, Tensor):
        return value.dtype == torch.float64
    if isinstance(value, dict):
        return any(_has_float64(item) for item in value.values())
    return isinstance(value, list | tuple) and any(_has_float64(item) for item in value)


def widened(rule: Rule) -> Rule:
    """Return the rule that takes this one's place for answers in float32; the check of the dtype is another."""
    if rule == EXACT:
        return rule
    wide = max(rule.relative, _FLOAT32)
    return replace(rule, name=f"{rule.name}, in float32", relative=wide, absolute=rule.absolute * _WIDER)


def may_be_rounding(answer: Answer, error: float) -> bool:
    """Return whether `floors` could allow an error; asking costs several runs of the reference."""
    return is_low(answer) or error <= _FLOAT64_FACTOR * _ROUNDING


def floors(
    reference: Proxy, name: str, case: dict[str, Any], answer: Answer, names: tuple[str, ...]
) -> dict[str, float]:
    """Return allowed errors from reference runs on inputs moved by one unit in the last place.

    In float64 they give the scale of results that are 0 in exact arithmetic. For float32 answers they are the error
    budget `4 * max(max_i |y32_i - y64|, eps32 * sqrt(n) * max |y64|)` over one plain and four jittered runs; n is the size of
    the largest argument, which bounds the terms of a sum: summed from left to right, the error grows with their root.
    """
    low = is_low(answer)
    evidence().dtype = "float32" if low else evidence().dtype
    try:
        truth = named_parts(reference.quietly(name, case).value, names)
        runs = [named_parts(reference.quietly(name, moved).value, names) for moved in jittered(case, low=low)]
    except StudentError:
        return {}
    found: dict[str, float] = {}
    terms = max((tensor.numel() for _, tensor in numbers(case)), default=1)
    for path, exact in truth.items():
        if exact.is_complex() or not exact.numel():
            continue
        moved = [run[path].to(torch.float64) for run in runs if path in run and run[path].shape == exact.shape]
        noise = max((float((run - exact.to(torch.float64)).abs().max()) for run in moved), default=0.0)
        scale = float(exact.abs().max())
        if low:
            eps = torch.finfo(torch.float32).eps
            found[path] = _FLOAT32_FACTOR * max(noise, eps * max(terms, exact.numel()) ** 0.5 * scale)
        elif noise < _ROUNDING:
            found[path] = _FLOAT64_FACTOR * noise
    return found


def jittered(case: dict[str, Any], *, low: bool) -> Iterator[dict[str, Any]]:
    """Yield the arguments with every tensor moved by a unit in the last place, in float32 (`low`) not moved as well."""
    dtype = torch.float32 if low else torch.float64
    for run in range(0 if low else 1, _JITTERS + 1):
        yield {name: _jittered(value, dtype, run) for name, value in case.items()}


def _jittered(value: Any, dtype: torch.dtype, run: int) -> Any:
    """Return a tensor argument in `dtype`, each entry moved one unit in the last place up or down (run 0: not moved)."""
    if isinstance(value, dict):
        return {key: _jittered(item, dtype, run) for key, item in value.items()}
    if not isinstance(value, Tensor) or not value.is_floating_point():
        return value
    moved = value.to(dtype)
    if run == 0:
        return moved
    signs = torch.randint(0, 2, moved.shape, generator=torch.Generator().manual_seed(run)) * 2 - 1
    return torch.nextafter(moved, signs.to(dtype) * torch.inf)
