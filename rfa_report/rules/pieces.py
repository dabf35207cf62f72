"""Maps that are put together piece by piece: frames, rows, a border that is copied from the other side."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rfa_report.core import bounds as b
from rfa_report.core import layout as lay
from rfa_report.core.bounds import Bounds
from rfa_report.core.field import Field


def put_together(field: Field, dim: int) -> Field:
    """See whether the pieces along a dimension are a map of one axis, with a border or without, and say so if they are.

    A piece that repeats the map from its other side, its mirror image, its edge, or nothing goes on past the border. A
    field that grows from piece to piece has no bound: each depends on all before it, as in a recurrent layer.
    """
    runs = [axis for axis, a in enumerate(field.axes) if len(a.parts) == 1 and a.parts[0].shape[dim + 1] > 1]
    elsewhere = frozenset().union(*(lay.axes_of(other) for d, other in enumerate(field.layout) if d != dim))
    if len(runs) != 1 or runs[0] in elsewhere:
        return field
    axis = runs[0]
    spelled = _recurrent(field.axes[axis].bounds, dim) or _bordered(field.axes[axis].bounds, dim)
    if spelled is None:
        return field
    bounds, jump = spelled
    own = field.axes[axis]
    axes = tuple(own.with_bounds(bounds) if i == axis else a for i, a in enumerate(field.axes))
    layout = (*field.layout[:dim], lay.along(axis, field.shape[dim], jump), *field.layout[dim + 1 :])
    return replace(field, layout=layout, axes=axes)


def _recurrent(bounds: Bounds, dim: int) -> tuple[Bounds, int] | None:
    """Free fields of their bound that keep one end and move the other by one jump from each position to the next."""
    n = bounds.shape[dim + 1]
    if n < 3:
        return None
    rows = np.moveaxis(bounds, dim + 1, 1)
    lengths = rows[b.SHORTEST].sum(axis=0)
    if bool((rows[b.SHORTEST] >= b.EMPTY).any() or (lengths != lengths[:1]).any()):
        return None
    told = b.REACH if bool((rows[b.LARGEST] >= b.EMPTY).all()) else b.LARGEST  # behind another recurrent layer
    starts, stops = rows[told]
    first, last = (_steps(ends, clipped=told == b.REACH) for ends in (starts, -stops))
    if first is None or last is None or (first == 0) == (last == 0):
        return None
    forward, jump = first == 0, max(first, last)
    origin = 0 if forward else n - 1
    places: Bounds = (np.arange(n, dtype=np.int32) - origin).reshape(-1, *(1,) * (rows.ndim - 2)) * jump
    free = rows.copy()
    free[b.LARGEST] = b.EMPTY
    free[4] = rows[4, origin] + places
    free[5] = rows[5, origin] - places
    return np.moveaxis(free, 1, dim + 1), jump


def _steps(ends: Bounds, *, clipped: bool) -> int | None:
    """Return how far ends move from each position to the next, at the border of the input less; None if unevenly."""
    steps = np.unique(np.diff(ends, axis=0))
    most = int(steps.max())
    return most if steps.min() >= 0 and (len(steps) == 1 or clipped) else None


def _bordered(bounds: Bounds, dim: int) -> tuple[Bounds, int] | None:
    """Continue the longest even run of positions over all the others, if these are its border."""
    local = np.moveaxis(bounds[b.LOCAL], dim + 1, 0)
    n = len(local)
    signs = b.SIGNS.reshape(4, *(1,) * (local.ndim - 2))
    jump = _jump(local)
    if not jump:
        return None
    blank = local >= b.EMPTY
    line = np.where(blank[1:] | blank[:-1], blank[1:] & blank[:-1], local[1:] - local[:-1] == signs * jump)
    told: NDArray[np.bool_] = np.logical_not(blank.reshape(n, -1).all(axis=1))
    even: NDArray[np.bool_] = np.asarray(line.reshape(n - 1, -1).all(axis=1)) & told[1:]
    start, stop = _longest(even)
    reach = bounds[b.REACH]
    end = int(-reach[1][reach[0] < b.EMPTY].min(initial=0))
    whole = local.copy()
    for o in (*range(start), *range(stop, n)):
        near, far = (start, start - o) if o < start else (stop - 1, o - stop + 1)
        away = -far if o < start else far
        grown = np.where(blank[near], b.EMPTY, local[near] + signs * (away * jump))
        nothing = _nothing(bounds, dim, o)
        beyond = (grown[0] < 0) | blank[near, 0] if o < start else (-grown[1] > end) | blank[near, 1]
        if not nothing and not beyond.all():  # within the image it is no border, but rows in another order
            return None
        if not _is_border(local, o, start, stop, grown, signs * jump, nothing=nothing):
            return None
        whole[o] = grown
    spelled = bounds.copy()
    spelled[b.LOCAL] = np.moveaxis(whole, 0, dim + 1)
    return spelled, jump


def _jump(local: Bounds) -> int | None:
    """Return the most frequent distance between neighbours; None where there is none upwards."""
    starts = local[:, 2].reshape(len(local), -1)
    both = (starts[1:] < b.EMPTY) & (starts[:-1] < b.EMPTY)
    steps, counts = np.unique(np.diff(starts, axis=0)[both], return_counts=True)
    step = int(steps[counts.argmax()]) if len(steps) else 0
    return step if step > 0 else None


def _longest(even: NDArray[np.bool_]) -> tuple[int, int]:
    """Return start and stop of the longest stretch of positions whose steps are even."""
    edges = np.flatnonzero(np.concatenate([[True], ~even, [True]]))
    lengths = np.diff(edges)
    at = int(lengths.argmax())
    return int(edges[at]), int(edges[at + 1])


def _nothing(bounds: Bounds, dim: int, o: int) -> bool:
    return bool((bounds[b.index(dim, o)] >= b.EMPTY).all())


def _is_border(local: Bounds, o: int, start: int, stop: int, grown: Bounds, step: Bounds, *, nothing: bool) -> bool:
    """Decide whether a position outside a run is nothing, or the run's other side, mirror image or edge."""
    count = stop - start
    if nothing:
        return True
    at = o - start
    if min(abs(at), abs(at - count + 1)) >= count:
        return False
    blank = grown >= b.EMPTY
    turned = [
        np.where(blank, b.EMPTY, grown + step * (sign * period)) for sign in (1, -1) for period in (count, len(local))
    ]
    mirrored = count - 1 - abs(count - 1 - abs(at))
    repeats = [local[start + k] for k in (mirrored, min(max(at, 0), count - 1)) if 0 <= k < count]
    return any(bool((local[o] == other).all()) for other in (*turned, *repeats))
