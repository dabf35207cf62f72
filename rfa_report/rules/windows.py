"""Operators with a kernel: convolution and pooling. `r' = r + d(k-1)j`, `j' = j s` (Araujo et al. 2019)."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfa_report.core import bounds as b
from rfa_report.core import layout as lay
from rfa_report.core.bounds import Bounds
from rfa_report.core.field import AxisField, Field, join
from rfa_report.rules.book import Book, DataDependent, Moved, Operand, Shapes, Unruled, source

BOOK = Book()


def per_dim(value: int | Sequence[int], n: int) -> list[int]:
    """Spell out an argument that may be one number for all spatial dimensions."""
    values = [value] if isinstance(value, int) else list(value)
    return values * n if len(values) == 1 else values


def moved(
    field: Field,
    dim: int,
    size: int,
    taps: NDArray[np.intp],
    real: NDArray[np.bool_] | None,
    jump: lay.Jump | None,
    virtual: NDArray[np.intp] | None = None,
) -> Field:
    """Let output position `o` along `dim` see `taps[o]`; `jump` is the new one, None where it is not one number.

    Where the border sends taps back into the map, `virtual` has those of an unbounded map, for the local sizes.
    """
    share = lay.pure(field.layout[dim])
    exists = (taps >= 0) & (taps < field.shape[dim])
    dead = np.logical_not(np.any(exists if real is None else exists & real, axis=1))
    axes = []
    for axis, a in enumerate(field.axes):
        slope = share.slope if share and share.axis == axis else None
        now = b.gather(a.bounds, dim, field.shape[dim], taps, real, slope)
        if virtual is not None and slope:
            free = b.gather(a.bounds, dim, field.shape[dim], virtual, None, slope)
            now = np.concatenate([now[b.REACH], free[b.LOCAL]])
        axes.append(a.with_bounds(_silenced(now, dim, dead) if dead.any() else now))
    shape = (*field.shape[:dim], size, *field.shape[dim + 1 :])
    new = lay.along(share.axis, size, jump) if share else lay.mixed(size, sorted(lay.axes_of(field.layout[dim])))
    return Field(shape, (*field.layout[:dim], new, *field.layout[dim + 1 :]), tuple(axes))


def _silenced(bounds: Bounds, dim: int, dead: NDArray[np.bool_]) -> Bounds:
    """Empty the reach of positions that see only padding."""
    bounds = b.full_along(bounds, dim, len(dead)).copy()
    bounds[b.REACH][b.index(dim, dead)] = b.EMPTY
    return bounds


def window(
    field: Field, dim: int, size: int, kernel: int | tuple[int, ...], stride: int, padding: int, dilation: int
) -> Field:
    """Slide a window along one dimension: `kernel` says how many taps there are, or which."""
    n = field.shape[dim]
    taps = tuple(range(kernel)) if isinstance(kernel, int) else kernel
    if taps == (0,) and stride == 1 and padding == 0 and size == n:
        return field
    offsets = [tap * dilation - padding for tap in taps]
    dead = _dead(n, size, taps, stride, padding, dilation)
    share = lay.pure(field.layout[dim])
    axes = []
    for axis, a in enumerate(field.axes):
        now = a.bounds
        if now.shape[dim + 1] == n > 1 or n == 1:
            own = share is not None and share.axis == axis
            now = b.slide(now, dim, size, stride, offsets, share.slope if share and own else None)
            now = now if own else b.compress(now, dim)  # a border of zeros that every window looks past
        if dead is not None:
            now = _silenced(now, dim, dead)
        axes.append(AxisField((now,), a.aligned, a.global_context))
    jump = share.jump * stride if share and share.jump else None
    new = lay.along(share.axis, size, jump) if share else lay.mixed(size, sorted(lay.axes_of(field.layout[dim])))
    shape = (*field.shape[:dim], size, *field.shape[dim + 1 :])
    return Field(shape, (*field.layout[:dim], new, *field.layout[dim + 1 :]), tuple(axes))


@lru_cache(maxsize=256)
def _dead(
    n: int, size: int, taps: tuple[int, ...], stride: int, padding: int, dilation: int
) -> NDArray[np.bool_] | None:
    """Find the output positions that see only padding; None where there are none."""
    read = np.arange(size)[:, None] * stride - padding + np.array(taps)[None, :] * dilation
    dead = np.logical_not(np.any((read >= 0) & (read < n), axis=1))
    return dead if dead.any() else None


def mixed_channels(field: Field, groups: int, channels: int) -> Field:
    """Contract the channels of each group (dimension 1) and hand the result to all its output channels."""
    n, old = field.shape[:2]
    if all(a.bounds.shape[2] == 1 for a in field.axes) and not lay.spatial(field.layout[1]):
        layout = (field.layout[0], lay.plain(channels), *field.layout[2:])
        return replace(field, shape=(n, channels, *field.shape[2:]), layout=layout)

    def change(a: Bounds) -> Bounds:
        if a.shape[2] == 1:
            return a
        grouped = a.reshape(6, a.shape[1], groups, old // groups, *a.shape[3:])
        merged = (b.hull if lay.axes_of(field.layout[1]) else b.merge)(grouped, 2)
        wide = np.repeat(merged.reshape(6, a.shape[1], groups, *a.shape[3:]), channels // groups, axis=2)
        return b.compress(wide, 1)

    if groups == 1:
        field = field.contracted([1])
    return field.restructured(
        (n, channels, *field.shape[2:]), (field.layout[0], lay.plain(channels), *field.layout[2:]), change
    )


@BOOK.rule("aten.convolution")
def convolution(
    out: Shapes,
    x: Operand,
    weight: Operand,
    bias: Operand | None,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
    output_padding: Sequence[int],
    groups: int,
) -> Moved:
    """Convolve or, transposed, let each input position reach the outputs that its kernel covers.

    Taps that a mask makes zero in all channels do not count, along each dimension by itself.
    """
    if x.field is None:
        raise Unruled
    n = len(x.shape) - 2
    sizes = [per_dim(v, n) for v in (stride, padding, dilation)]
    taps = _taps(weight, n)
    if not all(taps):
        return None
    field = mixed_channels(x.field, groups, out[0][1])
    for i, (s, p, d) in enumerate(zip(*sizes, strict=True)):
        slide = _transposed_window if transposed else window
        field = slide(field, i + 2, out[0][i + 2], taps[i], s, p, d)
    return field if weight.field is None else join([field, _kernels(weight.field, out[0], transposed)], out[0])


def _taps(weight: Operand, n: int) -> list[tuple[int, ...]]:
    """List, for each dimension of a kernel, the taps that may be other than zero."""
    sizes = weight.shape[2:]
    if weight.certain is None or len(sizes) != n:
        return [tuple(range(size)) for size in sizes]
    live: NDArray[np.bool_] = np.any(np.broadcast_to(weight.certain != 0, weight.shape), axis=(0, 1))
    return [tuple(np.flatnonzero(np.moveaxis(live, i, 0).reshape(size, -1).any(1))) for i, size in enumerate(sizes)]


def _kernels(weights: Field, shape: tuple[int, ...], transposed: bool) -> Field:
    """Hand the field of weights that depend on the input to the output channels that each of them makes."""
    if transposed:
        raise Unruled
    one = weights.contracted(range(1, len(shape)))
    layout = (lay.plain(shape[0]), lay.plain(shape[1]), *(lay.plain(n) for n in shape[2:]))
    return one.restructured(shape, layout, lambda a: a.swapaxes(1, 2))


def _transposed_window(
    field: Field, dim: int, size: int, taps: tuple[int, ...], stride: int, padding: int, dilation: int
) -> Field:
    positions = np.arange(size)[:, None] + padding - np.array(taps)[None, :] * dilation
    share = lay.pure(field.layout[dim])
    finer = lay.finer(share.jump, stride) if share else None
    return moved(field, dim, size, positions // stride, positions % stride == 0, finer)


def _pool(
    out: Shapes,
    x: Operand,
    kernel: int | Sequence[int],
    stride: int | Sequence[int] = (),
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
) -> Field:
    kernels = list(kernel) if not isinstance(kernel, int) else [kernel]
    n = len(kernels)
    sizes = [per_dim(v, n) for v in (kernels, stride or kernels, padding, dilation)]
    field = source(x)
    for i, (k, s, p, d) in enumerate(zip(*sizes, strict=True)):
        dim = len(x.shape) - n + i
        field = window(field, dim, out[0][dim], k, s, p, d)
    return field


@BOOK.rule("aten.max_pool2d_with_indices", "aten.max_pool3d_with_indices")
def max_pool_with_indices(
    out: Shapes, x: Operand, kernel: Any, stride: Any = (), padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Moved:
    """Take the maximum of each window; which element it was depends on the whole window too."""
    field = _pool(out, x, kernel, stride, padding, dilation)
    return field, field


@BOOK.rule("aten.avg_pool1d", "aten.avg_pool2d", "aten.avg_pool3d")
def avg_pool(out: Shapes, x: Operand, kernel: Any, stride: Any = (), padding: Any = 0, *_: Any, **__: Any) -> Moved:
    """Take the mean of each window."""
    return _pool(out, x, kernel, stride, padding)


@BOOK.rule("aten._adaptive_avg_pool2d", "aten._adaptive_avg_pool3d")
def adaptive_avg_pool(out: Shapes, x: Operand, output_size: Sequence[int]) -> Moved:
    """Take the mean of the windows from `floor(i n / o)` to `ceil((i + 1) n / o)`; one window is a global operator."""
    field = source(x)
    for dim in range(len(x.shape) - len(output_size), len(x.shape)):
        n, size = x.shape[dim], out[0][dim]
        if size == 1:
            field = field.contracted([dim])
        elif size != n:
            first = np.arange(size) * n // size
            last = -(-(np.arange(size) + 1) * n // size) - 1
            taps = first[:, None] + np.arange(int((last - first).max()) + 1)[None, :]
            share = lay.pure(field.layout[dim])
            jump = share.jump * (n // size) if share and share.jump and n % size == 0 else None
            field = moved(field, dim, size, taps, taps <= last[:, None], jump)
    return field


@BOOK.rule("aten.adaptive_max_pool2d", "aten.adaptive_max_pool3d")
def adaptive_max_pool(out: Shapes, x: Operand, output_size: Sequence[int]) -> Moved:
    """Take the maximum of adaptive windows."""
    field = adaptive_avg_pool(out, x, output_size)
    assert isinstance(field, Field)
    return field, field


@BOOK.rule("aten.fractional_max_pool2d", "aten.fractional_max_pool3d")
def fractional_max_pool(
    out: Shapes, x: Operand, kernel: Sequence[int], output_size: Sequence[int], samples: Operand
) -> Moved:
    """Take the maximum of windows at random starts: all starts that the random samples can give count (Graham 2014).

    Raises `DataDependent`: one run reads less. With `a = (n - k) / (o - 1)` window `i` starts between `floor(i a)`
    and `ceil(i a)`, the last one at `n - k`.
    """
    field = source(x)
    n = len(kernel)
    for i, (k, size) in enumerate(zip(kernel, output_size, strict=True)):
        dim = len(x.shape) - n + i
        first = np.arange(size) * (x.shape[dim] - k)
        starts = [first // max(size - 1, 1), -(-first // max(size - 1, 1))]
        starts = [np.where(np.arange(size) == size - 1, x.shape[dim] - k, s) for s in starts]
        taps = starts[0][:, None] + np.arange(int((starts[1] - starts[0]).max()) + k)
        field = moved(field, dim, size, taps, taps < (starts[1] + k)[:, None], None)
    raise DataDependent("which windows are pooled is drawn at random: all that may be drawn count", (field, field))
