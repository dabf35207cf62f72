"""Operators that take values between positions: interpolation, grids, regions.

Where a grid or a region is computed from the input it may point anywhere.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfa_report.core import bounds as b
from rfa_report.core import layout as lay
from rfa_report.core.bounds import Bounds
from rfa_report.core.field import Field, seen_layout
from rfa_report.rules import lookups
from rfa_report.rules.book import Book, Moved, Operand, Shapes, Unruled, source
from rfa_report.rules.indexing import table_of
from rfa_report.rules.lookups import computed
from rfa_report.rules.windows import moved

BOOK = Book()

SAMPLES = "where it samples is computed from the input"

Taps = NDArray[np.intp]


def _resampled(
    field: Field,
    dim: int,
    size: int,
    taps: Taps,
    real: NDArray[np.bool_] | None = None,
    virtual: Taps | None = None,
) -> Field:
    """Let position `o` of a resampled map see `taps[o]`; the jump shrinks or grows with the size of the map."""
    n, share = field.shape[dim], lay.pure(field.layout[dim])
    jump = lay.resized(share.jump, n, size) if share else None
    return moved(field, dim, size, taps, real, jump, virtual)


def _positions(n: int, size: int, scale: float | None, *, corners: bool) -> NDArray[np.float64]:
    """Return where the centres of `size` outputs lie among `n` inputs, as ATen computes it."""
    out = np.arange(size, dtype=np.float64)
    if corners:
        return out * ((n - 1) / (size - 1) if size > 1 else 0)
    return (out + 0.5) * _ratio(n, size, scale) - 0.5


def _ratio(n: int, size: int, scale: float | None) -> float:
    return 1 / scale if scale else n / size


@BOOK.rule("aten.upsample_nearest1d", "aten.upsample_nearest2d", "aten.upsample_nearest3d")
def upsample_nearest(out: Shapes, x: Operand, output_size: Sequence[int], *scales: float | None) -> Moved:
    """Repeat the nearest value: position `floor(o n / size)`."""
    return _nearest(out, x, len(output_size), scales, 0.0)


@BOOK.rule("aten._upsample_nearest_exact1d", "aten._upsample_nearest_exact2d", "aten._upsample_nearest_exact3d")
def upsample_nearest_exact(out: Shapes, x: Operand, output_size: Sequence[int], *scales: float | None) -> Moved:
    """Repeat the nearest value: position `floor((o + 1/2) n / size)`."""
    return _nearest(out, x, len(output_size), scales, 0.5)


def _nearest(out: Shapes, x: Operand, dims: int, scales: Sequence[float | None], offset: float) -> Field:
    field = source(x)
    for i, scale in zip(range(dims), (*scales, *(None,) * dims), strict=False):
        dim = len(x.shape) - dims + i
        n, size = x.shape[dim], out[0][dim]
        ratio = np.float32(_ratio(n, size, scale))
        taps = np.floor((np.arange(size, dtype=np.float32) + np.float32(offset)) * ratio).astype(np.intp)
        if dims == 2 and not offset and size in (n, 2 * n):
            taps = np.arange(size) // (size // n)  # ATen does so in 2-D, whatever the factor
        field = _resampled(field, dim, size, np.minimum(taps, n - 1)[:, None])
    return field


@BOOK.rule("aten.upsample_linear1d", "aten.upsample_bilinear2d", "aten.upsample_trilinear3d")
def upsample_linear(out: Shapes, x: Operand, output_size: Sequence[int], align_corners: bool, *scales: Any) -> Moved:
    """Mix the two nearest values of each dimension, also where one has weight 0."""
    return _interpolated(out, x, len(output_size), align_corners, scales, 0, 1)


@BOOK.rule("aten.upsample_bicubic2d")
def upsample_bicubic(out: Shapes, x: Operand, output_size: Sequence[int], align_corners: bool, *scales: Any) -> Moved:
    """Mix the four nearest values of each dimension; beyond the border the value at the border counts."""
    return _interpolated(out, x, len(output_size), align_corners, scales, -1, 2)


def _interpolated(out: Shapes, x: Operand, dims: int, corners: bool, scales: Sequence[Any], lo: int, hi: int) -> Field:
    field = source(x)
    for i, scale in zip(range(dims), (*scales, *(None,) * dims), strict=False):
        dim = len(x.shape) - dims + i
        n, size = x.shape[dim], out[0][dim]
        centres = _positions(n, size, scale, corners=corners)
        if lo == 0 and n == size:
            continue  # ATen copies such a dimension
        offsets = np.arange(lo, hi + 1)
        virtual = np.floor(centres).astype(np.intp)[:, None] + offsets
        if lo == 0:
            centres = np.maximum(centres, 0)
        taps = np.clip(np.floor(centres).astype(np.intp)[:, None] + offsets, 0, n - 1)
        field = _resampled(field, dim, size, taps, None, virtual)
    return field


@BOOK.rule("aten._upsample_bilinear2d_aa")
def upsample_bilinear_antialiased(out: Shapes, x: Operand, size: Sequence[int], corners: bool, *scales: Any) -> Moved:
    """Filter with a triangle that grows with the shrinking factor."""
    return _antialiased(out, x, corners, scales, 1)


@BOOK.rule("aten._upsample_bicubic2d_aa")
def upsample_bicubic_antialiased(out: Shapes, x: Operand, size: Sequence[int], corners: bool, *scales: Any) -> Moved:
    """Filter with a cubic that grows with the shrinking factor."""
    return _antialiased(out, x, corners, scales, 2)


def _antialiased(out: Shapes, x: Operand, corners: bool, scales: Sequence[Any], width: int) -> Field:
    field = source(x)
    for i, scale in enumerate((*scales, None, None)[:2]):
        dim = len(x.shape) - 2 + i
        n, size = x.shape[dim], out[0][dim]
        if n == size:
            continue  # ATen copies such a dimension
        ratio = (n - 1) / (size - 1) if corners and size > 1 else _ratio(n, size, scale)
        centres, support = ratio * (np.arange(size) + 0.5), max(ratio, 1.0) * width
        start = np.floor(centres - support + 0.5).astype(np.intp)
        stop = np.floor(centres + support + 0.5).astype(np.intp)
        virtual = np.minimum(start[:, None] + np.arange(int((stop - start).max())), stop[:, None] - 1)
        field = _resampled(field, dim, size, np.clip(virtual, 0, n - 1), None, virtual)
    return field


@BOOK.rule("aten.grid_sampler_2d")
def grid_sampler(out: Shapes, x: Operand, grid: Operand, mode: int, padding: int, align_corners: bool) -> Moved:
    """Sample at positions from -1 to 1: the four nearest values are mixed, also where one has weight 0."""
    if computed(grid):
        return lookups.sample(out, x, grid)
    table = table_of(grid)
    if mode > 1 or padding > 1:
        raise Unruled  # bicubic, or reflection at the border
    places = []
    for dim, n in ((1, x.shape[2]), (0, x.shape[3])):  # the grid has x before y
        at = (table[..., dim] + 1) / 2 * (n - 1) if align_corners else ((table[..., dim] + 1) * n - 1) / 2
        at = np.clip(at, 0, n - 1) if padding == 1 else at
        first = np.floor(at) if mode == 0 else np.rint(at)
        places.append([(first + step).astype(np.intp) for step in range(2 - mode)])
    rows, columns = (np.stack(taps) for taps in zip(*product(*places), strict=True))
    exists = (rows >= 0) & (rows < x.shape[2]) & (columns >= 0) & (columns < x.shape[3])
    field = source(x)

    def change(a: Bounds) -> Bounds:
        batch = np.arange(len(table))[:, None, None]
        where = [batch, np.clip(rows, 0, x.shape[2] - 1), np.clip(columns, 0, x.shape[3] - 1)]
        n, y, z = (w if a.shape[d] > 1 else 0 * w for w, d in zip(where, (1, 3, 4), strict=True))
        seen = np.where(
            exists[..., None, None], np.moveaxis(a, 2, 1)[:, :, n, y, z].transpose(2, 3, 4, 5, 0, 1), b.EMPTY
        )
        return b.compressed(seen.min(axis=0).transpose(3, 0, 4, 1, 2))

    moved = field.restructured(out[0], (), change)
    return replace(moved, layout=seen_layout(out[0], [a.bounds for a in moved.axes]))


BOOK.data_dependent(
    "torchvision.deform_conv2d",
    "torchvision.roi_align",
    "torchvision.roi_pool",
    "torchvision.ps_roi_align",
    "torchvision.ps_roi_pool",
    why=SAMPLES,
)


@BOOK.rule("aten.grid_sampler_3d")
def grid_sampler_3d(out: Shapes, x: Operand, grid: Operand, *_: Any) -> Moved:
    """Sample at positions from -1 to 1 of a volume."""
    if not computed(grid):
        raise Unruled
    return lookups.sample(out, x, grid)
