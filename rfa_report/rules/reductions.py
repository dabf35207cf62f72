"""Operators that contract dimensions, put them in order, or combine each position with all before it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rfa_report.core import bounds as b
from rfa_report.core import layout as lay
from rfa_report.core.field import Field
from rfa_report.core.layout import covers
from rfa_report.rules.book import Book, Moved, Operand, Shapes, source

BOOK = Book()


def reduced(out: Shapes, x: Operand, dims: Sequence[int] | int | None) -> Field:
    """Contract dimensions, all of them without `dims`, and keep them or drop them as the output does."""
    wanted = range(len(x.shape)) if dims is None or dims == [] else [dims] if isinstance(dims, int) else dims
    gone = {d % len(x.shape) for d in wanted} if x.shape else set()
    field = source(x).contracted(sorted(gone))
    if len(out[0]) == len(x.shape):
        return field
    layout = tuple(dim for d, dim in enumerate(field.layout) if d not in gone)
    return field.restructured(out[0], layout, lambda a: np.squeeze(a, tuple(d + 1 for d in gone)))


def spread(field: Field, dims: Sequence[int], shape: tuple[int, ...]) -> Field:
    """Contract dimensions and hand the result to every position of an output of the same rank."""
    gone = {d % len(shape) for d in dims} if shape else set()
    whole = field.contracted(sorted(gone))
    layout = tuple(lay.plain(n) if d in gone else whole.layout[d] for d, n in enumerate(shape))
    return replace(whole, shape=shape, layout=layout)


@BOOK.rule(
    "aten.mean",
    "aten.sum",
    "aten.nansum",
    "aten.amax",
    "aten.amin",
    "aten.prod",
    "aten.logsumexp",
    "aten.var.correction",
    "aten.std.correction",
    "aten.argmax",
    "aten.argmin",
    "aten.all",
    "aten.any",
    "aten.count_nonzero",
    "aten.max.default",
    "aten.min.default",
    "aten.median.default",
)
def reduction(out: Shapes, x: Operand, dim: Any = None, keepdim: bool = False, **_: Any) -> Moved:
    """Contract dimensions."""
    return reduced(out, x, dim)


@BOOK.rule("aten.max.dim", "aten.min.dim", "aten.median.dim", "aten.nanmedian.dim", "aten.mode")
def extremum(out: Shapes, x: Operand, dim: int = -1, keepdim: bool = False) -> Moved:
    """Contract a dimension to one of its elements, and say where that was."""
    field = reduced(out, x, dim)
    return field, field


@BOOK.rule("aten.kthvalue")
def kth_value(out: Shapes, x: Operand, k: int, dim: int = -1, keepdim: bool = False) -> Moved:
    """Contract a dimension to its k-th smallest element, and say where that was."""
    return extremum(out, x, dim)


@BOOK.rule("aten.var_mean.correction", "aten.std_mean.correction", "aten.aminmax")
def two_reductions(out: Shapes, x: Operand, dim: Any = None, **_: Any) -> Moved:
    """Contract dimensions in two ways."""
    field = reduced(out, x, dim)
    return field, field


@BOOK.rule("aten.linalg_vector_norm")
def vector_norm(out: Shapes, x: Operand, order: float = 2, dim: Any = None, keepdim: bool = False, **_: Any) -> Moved:
    """Contract dimensions to the norm of their vector."""
    return reduced(out, x, dim)


@BOOK.rule("aten.cummax", "aten.cummin")
def cumulative_extremum(out: Shapes, x: Operand, dim: int) -> Moved:
    """Take the extremum of each position and all before it, and say where it was."""
    field = cumulative(out, x, dim)
    assert isinstance(field, Field)
    return field, field


@BOOK.rule("aten.cumsum", "aten.cumprod", "aten.logcumsumexp")
def cumulative(out: Shapes, x: Operand, dim: int, **_: Any) -> Moved:
    """Combine each position with all before it; its own is the shortest path, along a map the largest has no end."""
    field = source(x)
    at = dim % len(x.shape)
    axes = []
    for axis, a in enumerate(field.axes):
        each = b.full_along(a.bounds, at, x.shape[at])
        now = np.minimum.accumulate(each, axis=at + 1)
        now[b.SHORTEST] = each[b.SHORTEST]
        if covers([field.layout[at]], axis):
            now[b.LARGEST] = b.EMPTY
        axes.append(a.with_bounds(b.compress(now, at)))
    return Field(field.shape, field.layout, tuple(axes))


@BOOK.rule("aten.sort.default")
def sort(out: Shapes, x: Operand, dim: int = -1, descending: bool = False) -> Moved:
    """Order a dimension: any element may come to any place."""
    field = spread(source(x), [dim], out[0])
    return field, field


@BOOK.rule("aten.sort.stable")
def sort_stable(out: Shapes, x: Operand, *, stable: Any = None, dim: int = -1, descending: bool = False) -> Moved:
    """Order a dimension, equal elements as they stood."""
    return sort(out, x, dim)


@BOOK.rule("aten.topk")
def topk(out: Shapes, x: Operand, k: int, dim: int = -1, *_: Any) -> Moved:
    """Take the largest elements of a dimension, which may stand anywhere in it."""
    return sort(out, x, dim)
