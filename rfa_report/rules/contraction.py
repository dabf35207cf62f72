"""Operators that contract dimensions: means, products of matrices, softmax, normalisation."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rfa_report.core import bounds as b
from rfa_report.core import layout as lay
from rfa_report.core.field import AxisField, Field, join, join_axis
from rfa_report.core.layout import Layout, covers, plain
from rfa_report.rules import views
from rfa_report.rules.book import Book, Moved, Operand, Shapes, source

BOOK = Book()

BOOK.neutral(
    "aten._native_batch_norm_legit_no_training",
    "aten.native_dropout",
    "aten.dropout",
    "aten.hardswish",
    "aten._prelu_kernel",
    why="elementwise in eval mode, though the pointwise tag is missing",
)


@BOOK.rule("aten.native_batch_norm")
def batch_norm(out: Shapes, x: Operand, *args: Any) -> Moved:
    """Scale and shift each channel by running statistics, elementwise, or by its own over the batch and the map."""
    training = args[4]
    if not training:
        return x.field, None, None
    field, dims = source(x), [d for d in range(len(x.shape)) if d != 1]
    statistics = _reduced((out[1],), x, dims)
    return normalised(field, dims), statistics, statistics


def _reduced(out: Shapes, x: Operand, dims: Sequence[int] | int | None) -> Field:
    wanted = range(len(x.shape)) if dims is None or dims == [] else [dims] if isinstance(dims, int) else dims
    gone = {d % len(x.shape) for d in wanted} if x.shape else set()
    field = source(x).contracted(sorted(gone))
    if len(out[0]) == len(x.shape):
        return field
    layout = tuple(dim for d, dim in enumerate(field.layout) if d not in gone)
    return field.restructured(out[0], layout, lambda a: np.squeeze(a, tuple(d + 1 for d in gone)))


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
    return _reduced(out, x, dim)


@BOOK.rule("aten.max.dim", "aten.min.dim", "aten.median.dim", "aten.nanmedian.dim", "aten.mode")
def extremum(out: Shapes, x: Operand, dim: int = -1, keepdim: bool = False) -> Moved:
    """Contract a dimension to one of its elements, and say where that was."""
    field = _reduced(out, x, dim)
    return field, field


@BOOK.rule("aten.kthvalue")
def kth_value(out: Shapes, x: Operand, k: int, dim: int = -1, keepdim: bool = False) -> Moved:
    """Contract a dimension to its k-th smallest element, and say where that was."""
    return extremum(out, x, dim)


@BOOK.rule("aten.var_mean.correction", "aten.std_mean.correction", "aten.aminmax")
def two_reductions(out: Shapes, x: Operand, dim: Any = None, **_: Any) -> Moved:
    """Contract dimensions in two ways."""
    field = _reduced(out, x, dim)
    return field, field


@BOOK.rule("aten.linalg_vector_norm")
def vector_norm(out: Shapes, x: Operand, order: float = 2, dim: Any = None, keepdim: bool = False, **_: Any) -> Moved:
    """Contract dimensions to the norm of their vector."""
    return _reduced(out, x, dim)


@BOOK.rule("aten._softmax", "aten._safe_softmax", "aten._log_softmax")
def softmax(out: Shapes, x: Operand, dim: int, *_: Any, **__: Any) -> Moved:
    """Normalise along a dimension: every element depends on all of it."""
    return normalised(source(x), [dim])


def normalised(field: Field, dims: Sequence[int]) -> Field:
    """Divide by statistics over dimensions.

    Where they span the map along an axis, the local sizes stay as they are, reach is that of the statistics, and the
    context is global; over a window or over channels the statistics are a contraction like any other.
    """
    dims = [d % len(field.shape) for d in dims]
    spread = field.contracted(dims, shape=field.shape)
    statistics = [field.layout[d] for d in dims]
    axes = []
    for axis, (own, stats) in enumerate(zip(field.axes, spread.axes, strict=True)):
        if covers(statistics, axis):
            reaching = stats.with_bounds(b.infinite(stats.bounds))
            axes.append(AxisField(join_axis(own, reaching).parts, own.aligned, global_context=True))
        else:
            axes.append(stats)
    return Field(field.shape, field.layout, tuple(axes))


@BOOK.rule("aten.native_layer_norm")
def layer_norm(out: Shapes, x: Operand, normalized_shape: Sequence[int], *_: Any) -> Moved:
    """Normalise over the last dimensions."""
    rank, n = len(x.shape), len(normalized_shape)
    statistics = source(x).contracted(range(rank - n, rank))
    return normalised(source(x), range(rank - n, rank)), statistics, statistics


@BOOK.rule("aten.native_group_norm")
def group_norm(
    out: Shapes, x: Operand, weight: Any, bias: Any, n: int, c: int, positions: int, groups: int, eps: float
) -> Moved:
    """Normalise over the channels of each group and all positions: neutral for sizes, global for reach."""
    field = source(x)
    axes = []
    for a in field.axes:
        reach = a.bounds[b.REACH].min(axis=tuple(range(3, len(x.shape) + 1)), keepdims=True)
        if reach.shape[2] > 1:
            grouped = reach.reshape(2, reach.shape[1], groups, c // groups, *reach.shape[3:]).min(axis=3)
            reach = np.repeat(grouped, c // groups, axis=2)
        local = a.bounds[b.LOCAL]
        dims = np.broadcast_shapes(reach.shape[1:], local.shape[1:])
        both = [np.broadcast_to(rows, (len(rows), *dims)) for rows in (reach, local)]
        axes.append(AxisField((np.concatenate(both),), a.aligned, global_context=True))
    normal = Field(field.shape, field.layout, tuple(axes))
    statistics = normal.contracted(range(2, len(x.shape))).restructured(
        out[1], (lay.plain(n), lay.plain(groups)), lambda a: a.min(axis=tuple(range(2, a.ndim)))[..., None]
    )
    return normal, statistics, statistics


@BOOK.rule("aten.mm", "aten.bmm")
def matmul(out: Shapes, x: Operand, y: Operand) -> Moved:
    """Multiply matrices: contract the last dimension of one with the last but one of the other, then join."""
    shape, rank = out[0], len(out[0])
    fields = []
    if x.field is not None:
        rows = x.field.contracted([rank - 1])
        fields.append(_widened(rows, rank - 1, shape[-1], rows.layout))
    if y.field is not None:
        columns = y.field.contracted([rank - 2])
        fields.append(_widened(columns, rank - 2, shape[-2], columns.layout))
    return join(fields, shape)


def _widened(field: Field, dim: int, size: int, layout: Layout) -> Field:
    """Give a contracted dimension the size of the output; its bounds stay of length 1."""
    shape = (*field.shape[:dim], size, *field.shape[dim + 1 :])
    return replace(field, shape=shape, layout=(*layout[:dim], plain(size), *layout[dim + 1 :]))


@BOOK.rule("aten.addmm", "aten.baddbmm")
def addmm(out: Shapes, bias: Operand, x: Operand, y: Operand, **_: Any) -> Moved:
    """Multiply matrices and add a third."""
    product = matmul(out, x, y) if x.field or y.field else None
    fields = [f for f in (product, bias.field) if isinstance(f, Field)]
    return join(fields, out[0])


@BOOK.rule("aten.mv")
def matrix_vector(out: Shapes, x: Operand, y: Operand) -> Moved:
    """Multiply a matrix and a vector."""
    column = None if y.field is None else views.unsqueeze(((*y.shape, 1),), y, -1)
    assert not isinstance(column, tuple), "unsqueeze has one output"
    product = matmul(((*out[0], 1),), x, Operand((*y.shape, 1), (), column))
    assert isinstance(product, Field)
    return views.squeeze(out, Operand(product.shape, (), product), -1)


@BOOK.rule("aten.dot")
def dot(out: Shapes, x: Operand, y: Operand) -> Moved:
    """Multiply two vectors."""
    fields = [_reduced(out, operand, None) for operand in (x, y) if operand.field]
    return join(fields, ())


@BOOK.rule("aten.cummax", "aten.cummin")
def cumulative_extremum(out: Shapes, x: Operand, dim: int) -> Moved:
    """Take the extremum of each position and all before it, and say where it was."""
    field = cumulative(out, x, dim)
    assert isinstance(field, Field)
    return field, field


@BOOK.rule("aten.cumsum", "aten.cumprod", "aten.logcumsumexp")
def cumulative(out: Shapes, x: Operand, dim: int, **_: Any) -> Moved:
    """Combine each position with all before it; where a whole map runs along, the local sizes are infinite."""
    field = source(x)
    at = dim % len(x.shape)
    axes = []
    for axis, a in enumerate(field.axes):
        now = np.minimum.accumulate(b.full_along(a.bounds, at, x.shape[at]), axis=at + 1)
        if covers([field.layout[at]], axis):
            now[b.LOCAL] = b.EMPTY
        axes.append(a.with_bounds(b.compress(now, at)))
    return Field(field.shape, field.layout, tuple(axes))
