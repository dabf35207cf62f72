"""Products of matrices and vectors, and Fourier transforms, which are products with a fixed matrix."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfa_report.core import bounds as b
from rfa_report.core import layout as lay
from rfa_report.core.bounds import Bounds
from rfa_report.core.field import Field, join
from rfa_report.core.layout import Layout, plain
from rfa_report.rules import views
from rfa_report.rules.book import Book, Moved, Operand, Shapes, source
from rfa_report.rules.reductions import reduced, spread

BOOK = Book()


@BOOK.rule("aten.mm", "aten.bmm")
def matmul(out: Shapes, x: Operand, y: Operand) -> Moved:
    """Multiply matrices: contract the last dimension of one with the last but one of the other, then join.

    Where every position of a map meets every other one, as in `q k` over the whole map, no size has a bound. What
    meets a certain zero, such as a key that a mask keeps from a query, is not reached; sizes are those without a mask.
    """
    shape, rank = out[0], len(out[0])
    fields = []
    if x.field is not None:
        rows = x.field.contracted([rank - 1])
        met_by = None if (met := _met(y)) is None else met.swapaxes(-1, -2)
        fields.append(_unmet(_widened(rows, rank - 1, shape[-1], rows.layout), x.field, rank - 1, rank - 2, met_by))
    if y.field is not None:
        columns = y.field.contracted([rank - 2])
        whole = _widened(columns, rank - 2, shape[-2], columns.layout)
        fields.append(_unmet(whole, y.field, rank - 2, rank - 1, _met(x)))
    product = join(fields, shape)
    if x.field is None or y.field is None:
        return product
    everywhere = [all(lay.covers([f.layout[d]], axis) for f, d in _sides(x, y)) for axis in range(len(product.axes))]
    axes = [
        replace(a, parts=tuple(map(b.infinite, a.parts))) if all_pairs else a
        for a, all_pairs in zip(product.axes, everywhere, strict=True)
    ]
    return replace(product, axes=tuple(axes))


def _met(x: Operand) -> NDArray[np.bool_] | None:
    """Say which elements of a factor may be other than zero; None where all may."""
    zeros = None if x.certain is None else x.certain == 0
    return None if zeros is None or not zeros.any() else ~zeros


def _unmet(whole: Field, field: Field, inner: int, outer: int, met: NDArray[np.bool_] | None) -> Field:
    """Let a contracted factor reach only from where it meets the other factor.

    `whole` is the factor with `inner` contracted; `met` has shape (..., outputs along `inner`, positions of `inner`).
    """
    if met is None:
        return whole

    def reached(bounds: Bounds) -> Bounds:
        ends = np.moveaxis(bounds[b.REACH], (outer + 1, inner + 1), (-2, -1))
        wide = met.reshape((1,) * (ends.ndim - met.ndim) + met.shape)
        rows = (np.where(wide[..., i : i + 1, :], ends, b.EMPTY).min(axis=-1) for i in range(wide.shape[-2]))
        return np.moveaxis(np.stack(list(rows), axis=-1), (-2, -1), (outer + 1, inner + 1))

    axes = []
    for own, now in zip(field.axes, whole.axes, strict=True):
        reach, local = reached(own.bounds), now.bounds[b.LOCAL]
        lengths = np.broadcast_shapes(reach.shape[1:], local.shape[1:])
        rows = [np.broadcast_to(part, (len(part), *lengths)) for part in (reach, local)]
        axes.append(now.with_bounds(b.compressed(np.concatenate(rows))))
    return replace(whole, axes=tuple(axes))


def _sides(x: Operand, y: Operand) -> tuple[tuple[Field, int], ...]:
    """Pair each factor of a product with its dimension that the product keeps."""
    assert x.field is not None, "a product of one field has no pairs"
    assert y.field is not None, "a product of one field has no pairs"
    return (x.field, len(x.shape) - 2), (y.field, len(y.shape) - 1)


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
    fields = [reduced(out, operand, None) for operand in (x, y) if operand.field]
    return join(fields, ())


@BOOK.rule("aten._euclidean_dist", "aten._cdist_forward")
def distances(out: Shapes, x: Operand, y: Operand, *_: Any) -> Moved:
    """Compare each row of one matrix with each row of another, as a product with the other transposed does."""
    shape = (*y.shape[:-2], y.shape[-1], y.shape[-2])
    columns = views.transpose((shape,), y, -1, -2) if y.field else None
    assert not isinstance(columns, tuple), "transpose has one output"
    return matmul(out, x, Operand(shape, (), columns))


@BOOK.rule("aten._fft_r2c", "aten._fft_c2r", "aten._fft_c2c")
def fft(out: Shapes, x: Operand, dim: Sequence[int], *_: Any) -> Moved:
    """Transform dimensions: every frequency depends on every position, and the reverse."""
    return spread(source(x), dim, out[0])
