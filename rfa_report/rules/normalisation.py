"""Operators that divide by statistics over dimensions: batch, layer and group norm, and softmax."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rfa_report.core import bounds as b
from rfa_report.core import layout as lay
from rfa_report.core.field import AxisField, Field, join_axis
from rfa_report.core.layout import covers
from rfa_report.core.recording import HIDDEN
from rfa_report.rules.book import Book, Moved, Operand, Shapes, source
from rfa_report.rules.reductions import reduced

BOOK = Book()

BOOK.neutral(
    "aten._native_batch_norm_legit_no_training",
    why="elementwise in eval mode, though the pointwise tag is missing",
)


@BOOK.rule("aten.native_batch_norm")
def batch_norm(out: Shapes, x: Operand, *args: Any) -> Moved:
    """Scale and shift each channel by running statistics, elementwise, or by its own over the batch and the map."""
    training = args[4]
    if not training:
        return x.field, None, None
    field, dims = source(x), [d for d in range(len(x.shape)) if d != 1]
    statistics = reduced((out[1],), x, dims)
    return normalised(field, dims), statistics, statistics


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


@BOOK.rule("aten._log_softmax")
def log_softmax(out: Shapes, x: Operand, dim: int, *_: Any) -> Moved:
    """Normalise along a dimension: every element depends on all of it."""
    return normalised(source(x), [dim])


@BOOK.rule("aten._softmax", "aten._safe_softmax")
def softmax(out: Shapes, x: Operand, dim: int, *_: Any, **__: Any) -> Moved:
    """Normalise along a dimension: every element depends on all of it that no mask hides."""
    field = source(x)
    if x.certain is not None:
        hidden = x.certain <= HIDDEN
        field = field.without(hidden & ~hidden.all(axis=dim, keepdims=True)) or field
    return normalised(field, [dim])


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
