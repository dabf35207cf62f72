"""Operators that trade positions for channels: patches, pixel shuffles."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rfa_report.core import bounds as b
from rfa_report.core import layout as lay
from rfa_report.core.bounds import Bounds
from rfa_report.core.field import Field
from rfa_report.core.layout import Dim
from rfa_report.rules.book import Book, Moved, Operand, Shapes, source
from rfa_report.rules.windows import moved, per_dim

BOOK = Book()


def _spread(field: Field, dim: int, taps: NDArray[np.intp], step: int) -> Field:
    """Replace a dimension by two: output positions, and the taps that each of them sees; `taps` has that shape."""
    share = lay.pure(field.layout[dim])
    jump = share.jump if share else None
    flat = moved(field, dim, taps.size, taps.reshape(-1, 1), None, None)
    shape = (*field.shape[:dim], *taps.shape, *field.shape[dim + 1 :])
    if share:
        outer = lay.along(share.axis, taps.shape[0], jump and jump * step)
        gap = int(taps[0, 1] - taps[0, 0]) if taps.shape[1] > 1 else 1
        within = lay.Share(share.axis, taps.shape[1], field.shape[dim], jump and jump * gap)
        pair: tuple[Dim, Dim] = (outer, (lay.Factor(taps.shape[1], (within,)),))
    else:
        axes = sorted(lay.axes_of(field.layout[dim]))
        pair = (lay.mixed(taps.shape[0], axes), lay.mixed(taps.shape[1], axes))
    layout = (*field.layout[:dim], *pair, *field.layout[dim + 1 :])
    return flat.restructured(shape, layout, lambda a: b.regroup(a, flat.shape, shape))


@BOOK.rule("aten.unfold", bookkeeping=True)
def unfold(out: Shapes, x: Operand, dimension: int, size: int, step: int) -> Moved:
    """Show every window along a dimension, its positions in a new last dimension."""
    dim = dimension % len(x.shape)
    count = out[0][dim]
    spread = _spread(source(x), dim, np.arange(count)[:, None] * step + np.arange(size), step)
    order = [d for d in range(len(spread.shape)) if d != dim + 1] + [dim + 1]
    layout = tuple(spread.layout[d] for d in order)
    return spread.restructured(out[0], layout, lambda a: a.transpose(0, *(d + 1 for d in order)))


@BOOK.rule("aten.im2col")
def im2col(
    out: Shapes,
    x: Operand,
    kernel: Sequence[int],
    dilation: Sequence[int],
    padding: Sequence[int],
    stride: Sequence[int],
) -> Moved:
    """Write the windows of a map into channels, one column a window."""
    field = source(x)
    lead = len(x.shape) - 2
    for i in (1, 0):  # the last dimension first, so that the positions before it stay where they are
        k, d, p, s = (per_dim(v, 2)[i] for v in (kernel, dilation, padding, stride))
        dim = lead + i
        count = (x.shape[dim] + 2 * p - d * (k - 1) - 1) // s + 1
        field = _spread(field, dim, np.arange(count)[:, None] * s - p + np.arange(k) * d, s)
    order = (*range(lead), lead + 1, lead + 3, lead, lead + 2)
    shape = tuple(field.shape[d] for d in order)
    layout = tuple(field.layout[d] for d in order)
    turned = field.restructured(shape, layout, lambda a: a.transpose(0, *(d + 1 for d in order)))
    return turned.restructured(out[0], lay.regroup(layout, out[0]), lambda a: b.regroup(a, shape, out[0]))


@BOOK.rule("aten.col2im")
def col2im(
    out: Shapes,
    x: Operand,
    output_size: Sequence[int],
    kernel: Sequence[int],
    dilation: Sequence[int],
    padding: Sequence[int],
    stride: Sequence[int],
) -> Moved:
    """Add the windows in the columns up to a map: each position sees every window that covers it."""
    field, lead = source(x), len(x.shape) - 2
    sizes = [tuple(per_dim(v, 2)[i] for v in (kernel, dilation, padding, stride)) for i in (0, 1)]
    counts = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, (k, d, p, s) in zip(output_size, sizes, strict=True)]
    (rows, *_), (columns, *_) = sizes
    wide = (*x.shape[:lead], x.shape[lead] // (rows * columns), rows, columns, *counts)
    layout = lay.regroup(field.layout, wide)
    spread = field.restructured(wide, layout, lambda a: b.regroup(a, x.shape, wide))
    for i in (0, 1):  # (C, rows, columns, H, W): the rows meet H, and are gone when the columns meet W
        spread = _folded(spread, lead + 1, lead + 3, output_size[i], *sizes[i])
    return spread


def _folded(
    field: Field, tap: int, count: int, size: int, kernel: int, dilation: int, padding: int, stride: int
) -> Field:
    """Merge the dimensions `tap` (positions in a window) and `count` (windows) to one of `size`, where `count` was."""
    places = np.arange(field.shape[count])[None, :] * stride - padding + np.arange(kernel)[:, None] * dilation

    def change(a: Bounds) -> Bounds:
        a = b.full_along(b.full_along(a, tap, kernel), count, field.shape[count])
        whole = b.empty((*a.shape[1 : count + 1], size, *a.shape[count + 2 :]))
        whole = whole.take([0], axis=tap + 1)
        for k in range(kernel):
            inside = (places[k] >= 0) & (places[k] < size)
            at = b.index(count, places[k][inside])
            part = a.take([k], axis=tap + 1)[b.index(count, inside)]
            whole[at] = b.join(whole[at], part)
        return np.squeeze(whole, tap + 1)

    share = lay.pure(field.layout[count])
    both = lay.axes_of(field.layout[tap]) | lay.axes_of(field.layout[count])
    new = (
        lay.along(share.axis, size, lay.finer(share.jump, stride))
        if share and len(both) == 1
        else lay.mixed(size, sorted(both))
    )
    layout = [new if d == count else dim for d, dim in enumerate(field.layout) if d != tap]
    shape = [size if d == count else n for d, n in enumerate(field.shape) if d != tap]
    return field.restructured(tuple(shape), tuple(layout), change)


@BOOK.rule("aten.pixel_shuffle")
def pixel_shuffle(out: Shapes, x: Operand, factor: int) -> Moved:
    """Move channels into space: `(C r r, H, W)` to `(C, H r, W r)`."""
    *lead, c, h, w = x.shape
    field = _shuffled(x, (*lead, c // factor**2, factor, factor, h, w), (1, 4, 2, 5, 3), out[0])
    finer = (_finer(dim, size, factor) for dim, size in zip(source(x).layout[-2:], out[0][-2:], strict=True))
    layout = (new or dim for new, dim in zip(finer, field.layout[-2:], strict=True))
    return replace(field, layout=(*field.layout[:-2], *layout))


def _finer(dim: Dim, size: int, factor: int) -> Dim | None:
    """Describe a whole map whose positions became `factor` each; None where the dimension is not a whole map."""
    share = lay.pure(dim)
    if share is None or share.count != share.total:
        return None
    return lay.along(share.axis, size, lay.finer(share.jump, factor))


@BOOK.rule("aten.channel_shuffle", "aten.native_channel_shuffle")
def channel_shuffle(out: Shapes, x: Operand, groups: int) -> Moved:
    """Interleave the channels of groups."""
    c = x.shape[1]
    order = np.arange(c).reshape(groups, c // groups).T.reshape(-1)
    field = source(x)
    return field.restructured(out[0], field.layout, lambda a: a if a.shape[2] == 1 else a[:, :, order])


@BOOK.rule("aten.pixel_unshuffle")
def pixel_unshuffle(out: Shapes, x: Operand, factor: int) -> Moved:
    """Move space into channels: `(C, H r, W r)` to `(C r r, H, W)`."""
    *lead, c, h, w = x.shape
    return _shuffled(x, (*lead, c, h // factor, factor, w // factor, factor), (1, 3, 5, 2, 4), out[0])


def _shuffled(x: Operand, wide: tuple[int, ...], order: Sequence[int], shape: tuple[int, ...]) -> Field:
    """Reshape, permute the last five dimensions (counted from 1), reshape."""
    field = source(x)
    lead = len(wide) - 5
    dims = (*range(lead), *(lead + o - 1 for o in order))
    spread = lay.regroup(field.layout, wide)
    turned = tuple(wide[d] for d in dims)
    layout = lay.regroup(tuple(spread[d] for d in dims), shape)

    def change(a: Bounds) -> Bounds:
        return b.regroup(b.regroup(a, x.shape, wide).transpose(0, *(d + 1 for d in dims)), turned, shape)

    return field.restructured(shape, layout, change)
