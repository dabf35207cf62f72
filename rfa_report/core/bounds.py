"""Interval arithmetic on whole maps: six rows of integers for one tensor along one input axis.

A *bounds* array has shape `(6, *dims)`, where `dims` broadcasts against the shape of the tensor: a dimension along
which nothing varies has length 1. Its rows are the ends of three intervals of input positions:

    0, 1   reach      first, -last    really depended on, existing positions only
    2, 3   largest    first, -last    along the largest local path, virtual (goes on past the border)
    4, 5   shortest   first, -last    along the shortest local path, virtual

The last position is kept negated, so that the hull of intervals is one minimum. An empty interval is `EMPTY` at both
ends, which is neutral in every hull. An element whose local intervals are empty while its reach is not depends on
the input through global operators only: its size is infinite. One whose largest interval alone is empty has paths of
any length, as behind a recurrent layer.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rfa_report.core.layout import stretches

Bounds: TypeAlias = NDArray[np.int32]

EMPTY = 2**28
REACH, LARGEST, SHORTEST = slice(0, 2), slice(2, 4), slice(4, 6)
LOCAL = slice(2, 6)


def identity(size: int, dim: int, ndim: int, scale: Fraction = Fraction(1)) -> Bounds:
    """Make the bounds of a model input along its own axis: each position depends on itself.

    An input of `scale` times the resolution has positions that cover several of the axis, or share one.
    """
    positions = np.arange(size, dtype=np.int32).reshape((1,) * dim + (size,) + (1,) * (ndim - dim - 1))
    first = positions * scale.denominator // scale.numerator
    last = -(-(positions + 1) * scale.denominator // scale.numerator) - 1
    return np.stack([first, np.negative(last)] * 3)


def empty(dims: Sequence[int]) -> Bounds:
    """Make the bounds of a tensor that depends on nothing."""
    return np.full((6, *dims), EMPTY, dtype=np.int32)


def pick_shorter(a: Bounds, b: Bounds) -> Bounds:
    """Choose, element by element, the shorter of two shortest intervals (rows 4 and 5); empty ones never win."""
    length_a = np.where(a[0] >= EMPTY, EMPTY, -a[0] - a[1])
    length_b = np.where(b[0] >= EMPTY, EMPTY, -b[0] - b[1])
    take_a = (length_a < length_b) | ((length_a == length_b) & (a[0] <= b[0]))
    return np.where(take_a, a, b)


def join(a: Bounds, b: Bounds) -> Bounds:
    """Join two paths element by element: hull of reach and largest, the shorter of shortest."""
    if a is b:
        return a
    a, b = same_rank(a, b)
    joined: Bounds = np.empty((6, *np.broadcast_shapes(a.shape[1:], b.shape[1:])), dtype=np.int32)
    np.minimum(a[:4], b[:4], out=joined[:4])
    joined[SHORTEST] = pick_shorter(a[SHORTEST], b[SHORTEST])
    return joined


def same(a: Bounds, b: Bounds) -> bool:
    """Decide whether two arrays say the same of every element."""
    if a is b:
        return True
    a, b = same_rank(a, b)
    return a.shape == b.shape and bool((a == b).all())


def same_rank(a: Bounds, b: Bounds) -> tuple[Bounds, Bounds]:
    """Prepend dimensions of length 1 so that both arrays broadcast."""
    rank = max(a.ndim, b.ndim)
    return with_rank(a, rank - 1), with_rank(b, rank - 1)


def index(dim: int, position: Any) -> Any:
    """Index a bounds array at a position, or positions, along one dimension of the tensor."""
    return (*(slice(None),) * (dim + 1), position)


def with_rank(bounds: Bounds, ndim: int) -> Bounds:
    """Prepend dimensions of length 1 up to `ndim` tensor dimensions."""
    missing = ndim + 1 - bounds.ndim
    return bounds.reshape(6, *(1,) * missing, *bounds.shape[1:]) if missing else bounds


def infinite(bounds: Bounds) -> Bounds:
    """Empty the local intervals: what depends on the input does so through global operators only."""
    return np.concatenate([bounds[REACH], np.full_like(bounds[LOCAL], EMPTY)])


def hull(bounds: Bounds, dim: int) -> Bounds:
    """Contract a dimension that runs along an input axis: the hull of all its positions, in every reading."""
    return bounds if bounds.shape[dim + 1] == 1 else bounds.min(axis=dim + 1, keepdims=True)


def merge(bounds: Bounds, dim: int) -> Bounds:
    """Contract a dimension of channels, where paths meet: hull of reach and largest, the shortest of shortest."""
    if bounds.shape[dim + 1] == 1:
        return bounds
    outer = bounds[:4].min(axis=dim + 1, keepdims=True)
    first, negated_last = bounds[SHORTEST]
    lengths = np.where(first >= EMPTY, EMPTY, -first - negated_last).astype(np.int64)
    winner = (lengths * (4 * EMPTY) + first).argmin(axis=dim, keepdims=True)
    inner = np.stack([np.take_along_axis(row, winner, axis=dim) for row in (first, negated_last)])
    return np.concatenate([outer, inner])


def compress(bounds: Bounds, dim: int) -> Bounds:
    """Shorten a dimension along which nothing varies to length 1."""
    first = bounds.take([0], axis=dim + 1)
    return first if bounds.shape[dim + 1] > 1 and bool((bounds == first).all()) else bounds


def compressed(bounds: Bounds) -> Bounds:
    """Shorten every dimension along which nothing varies to length 1."""
    for dim in range(bounds.ndim - 1):
        bounds = compress(bounds, dim)
    return bounds


def full_along(bounds: Bounds, dim: int, size: int) -> Bounds:
    """Spell out a dimension of length 1 to its full size."""
    if bounds.shape[dim + 1] == size:
        return bounds
    return np.repeat(bounds, size, axis=dim + 1)


def gather(
    bounds: Bounds, dim: int, size: int, taps: NDArray[np.intp], real: NDArray[np.bool_] | None, jump: int | None
) -> Bounds:
    """Let output position `o` along `dim` see the input positions `taps[o]`: the hull over them, in every reading.

    `taps` has shape (outputs, taps) and may point outside of `0..size-1`: there reach is empty, and local
    intervals go on from the nearest edge with slope `jump` where the map has that slope at that edge (Araujo et al.
    2019, eq. 1 and 2, hold past the border), else with the value at the edge. `real` masks taps that do not exist.
    """
    axis = dim + 1
    inside = (taps >= 0) & (taps < size)
    exists = inside if real is None else inside & real
    length = bounds.shape[axis]
    if length == 1 and size > 1:
        if bool(exists.any(axis=1).all()):
            return bounds
        bounds = full_along(bounds, dim, size)
        length = size
    before, after = max(0, -int(taps.min())), max(0, int(taps.max()) - (length - 1))
    if before or after:
        bounds = _spelled_beyond(bounds, axis, before, after, jump)
    seen = bounds.take(taps + before, axis=axis)
    if real is not None and not real.all():
        seen = np.where(real.reshape(*taps.shape, *(1,) * (bounds.ndim - axis - 1)), seen, EMPTY)
    hulls: Bounds = seen.min(axis=axis + 1)
    return hulls


SIGNS = np.array([1, -1, 1, -1], dtype=np.int32)
"""How the local rows grow along a map: starts upwards, negated ends downwards."""


def slide(bounds: Bounds, dim: int, size: int, stride: int, offsets: Sequence[int], jump: int | None) -> Bounds:
    """Let output position `o` along `dim` see the input positions `o * stride + offset` for each offset, ascending.

    The same as `gather` with these taps, for regular windows: the map is spelled out past its border, once, and
    slices of it meet.
    """
    axis = dim + 1
    n = bounds.shape[axis]
    before, after = max(0, -offsets[0]), max(0, (size - 1) * stride + offsets[-1] - (n - 1))
    if before or after:
        bounds = _spelled_beyond(bounds, axis, before, after, jump)
    head: tuple[slice, ...] = (slice(None),) * axis
    starts = [before + offset for offset in offsets]
    slices = [bounds[(*head, slice(s, s + (size - 1) * stride + 1, stride))] for s in starts]
    return reduce(np.minimum, slices)


def _spelled_beyond(bounds: Bounds, axis: int, before: int, after: int, jump: int | None) -> Bounds:
    """Put positions around a map: no reach there, and local intervals that go on with slope `jump` where it holds."""
    n = bounds.shape[axis]
    head: tuple[slice, ...] = (slice(None),) * axis
    whole: Bounds = np.empty((*bounds.shape[:axis], n + before + after, *bounds.shape[axis + 1 :]), dtype=np.int32)
    whole[(*head, slice(before, before + n))] = bounds
    signs = SIGNS.reshape(4, *(1,) * (bounds.ndim - 1))
    for count, first, edge, nearer, step in ((before, 0, 0, 1, -1), (after, before + n, n - 1, n - 2, 1)):
        if not count:
            continue
        place = (*head, slice(first, first + count))
        whole[place][REACH] = EMPTY
        local = bounds[LOCAL]
        end = local[(*head, slice(edge, edge + 1))]
        if not jump:
            whole[place][LOCAL] = end
            continue
        slope = signs * (step * jump)
        if n > 1:
            inner = local[(*head, slice(nearer, nearer + 1))]
            slope = np.where(end - inner == slope, slope, 0)
        far = np.arange(1, count + 1, dtype=np.int32) if step > 0 else np.arange(count, 0, -1, dtype=np.int32)
        grown = end + slope * far.reshape(-1, *(1,) * (bounds.ndim - axis - 1))
        grown = grown if n > 1 else np.where(end >= EMPTY, end, grown)
        bounded = end[:2] < EMPTY  # the largest path is no shorter than the shortest
        grown[:2] = np.where(bounded, np.minimum(grown[:2], grown[2:]), EMPTY)
        whole[place][LOCAL] = grown
    return whole


def regroup(bounds: Bounds, old: Sequence[int], new: Sequence[int]) -> Bounds:
    """Follow a reshape from `old` to `new`, spelling out only the dimensions that it mixes and that vary."""
    spelled, dims = list(bounds.shape[1:]), list[int]()
    for before, after in stretches(old, new):
        long_old = [length for length in old[before] if length > 1]
        long_new = [length for length in new[after] if length > 1]
        if prod(spelled[before]) == 1:
            dims += [1] * len(new[after])
        elif len(long_old) == len(long_new) == 1:
            dims += [prod(spelled[before]) if length > 1 else 1 for length in new[after]]
        else:
            spelled[before] = old[before]
            dims += new[after]
    shape = (6, *spelled)
    return (bounds if shape == bounds.shape else np.broadcast_to(bounds, shape)).reshape(6, *dims)
