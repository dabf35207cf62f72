"""The receptive field of every element of one tensor, along every input axis."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from math import prod

import numpy as np
from numpy.typing import NDArray

from rfa_report.core import bounds as b
from rfa_report.core.bounds import Bounds
from rfa_report.core.inputs import AXES, Input, usual
from rfa_report.core.layer import Reach
from rfa_report.core.layout import Dim, Jump, Layout, along, axes_of, covers, dim_of, jump, mixed, plain, pure, spatial

LARGE = 2**20
"""Elements from which on a join of arrays that are smaller each, as `q k` of attention, is left open."""


@dataclass(frozen=True, slots=True, eq=False)
class AxisField:
    """The three readings along one input axis, and what joins did to them.

    The readings are the join of `parts`, one array as a rule. `aligned` is False where joining paths had different
    centres or strides (Araujo et al. 2019); `global_context` is True where a path of global reach joined a local one.
    """

    parts: tuple[Bounds, ...]
    aligned: bool = True
    global_context: bool = False

    @property
    def bounds(self) -> Bounds:
        """Return the readings in one array, which may be large: let go of it soon."""
        return reduce(b.join, self.parts)

    @property
    def is_global(self) -> bool:
        """Decide whether all that depends on the input does so through global operators only."""
        local = any(int(part[4].min()) < b.EMPTY for part in self.parts)
        return not local and any(int(part[0].min()) < b.EMPTY for part in self.parts)

    def slabs(self, dims: Sequence[int]) -> Iterator[Bounds]:
        """Yield the readings in slabs along the longest of some dimensions: one, unless a join is open."""
        if len(self.parts) == 1:
            yield self.parts[0]
            return
        lengths = np.broadcast_shapes(*(part.shape[1:] for part in self.parts))
        dim = max(dims, key=lambda d: lengths[d])
        slabs = max(1, prod(lengths) // LARGE)
        for wanted in np.array_split(np.arange(lengths[dim]), min(slabs, lengths[dim])):
            cut = b.index(dim, slice(wanted[0], wanted[-1] + 1))
            yield reduce(b.join, (part if part.shape[dim + 1] == 1 else part[cut] for part in self.parts))

    def with_bounds(self, bounds: Bounds) -> "AxisField":
        """Replace the readings."""
        return AxisField((bounds,), self.aligned, self.global_context)

    def has(self, part: Bounds) -> bool:
        """Decide whether joining one more array would change nothing because it is there already."""
        return any(b.same(part, own) for own in self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """The receptive fields of a tensor of `shape`: one `AxisField` per input axis.

    Fields are equal where they are the same object: elementwise operators hand theirs on.
    """

    shape: tuple[int, ...]
    layout: Layout
    axes: tuple[AxisField, ...]

    def restructured(self, shape: tuple[int, ...], layout: Layout, change: Callable[[Bounds], Bounds]) -> "Field":
        """Apply one structural operator to the bounds of every axis."""
        return Field(shape, layout, tuple([a.with_bounds(change(a.bounds)) for a in self.axes]))

    def rearranged(self, shape: tuple[int, ...], layout: Layout, change: Callable[[Bounds], Bounds]) -> "Field":
        """Apply an operator that only moves elements, as views do: where joins are open they stay so."""
        axes = [AxisField(tuple(map(change, a.parts)), a.aligned, a.global_context) for a in self.axes]
        return Field(shape, layout, tuple(axes))

    def contracted(self, dims: Sequence[int], shape: tuple[int, ...] | None = None) -> "Field":
        """Contract dimensions, keeping each with size 1 (or broadcast back to `shape`).

        Along an axis whose whole map is contracted nothing local is left: its size becomes infinite. A window keeps a
        finite size: the hull of its positions. Channels are where paths meet.
        """
        dims = sorted({d % len(self.shape) for d in dims})
        contracted = [self.layout[d] for d in dims]
        axes = []
        for axis, field in enumerate(self.axes):
            now = field.bounds
            for d in dims:
                now = b.hull(now, d) if spatial(self.layout[d]) else b.merge(now, d)
            if covers(contracted, axis):
                now = b.infinite(now)
            axes.append(field.with_bounds(now))
        if shape is None:
            shape = tuple(1 if d in dims else size for d, size in enumerate(self.shape))
            layout = tuple(_spent(dim) if d in dims else dim for d, dim in enumerate(self.layout))
        else:
            layout = self.layout
        return Field(shape, layout, tuple(axes))

    def without(self, gone: NDArray[np.bool_]) -> "Field | None":
        """Let elements depend on nothing, where `gone`, of a shape that broadcasts; None where nothing is left.

        As at a border, local sizes are those of an unbounded map and stay; channels that are gone everywhere have none.
        """
        gone = gone.reshape((1,) * (len(self.shape) - gone.ndim) + gone.shape)
        for d in range(gone.ndim):
            first = gone.take([0], axis=d)
            gone = first if bool((gone == first).all()) else gone
        if gone.all():
            return None
        over = tuple(d for d, dim in enumerate(self.layout) if spatial(dim))
        silent = gone.all(axis=over, keepdims=True)
        rows = np.stack([gone] * 2 + [np.broadcast_to(silent, gone.shape)] * 4)
        return self.rearranged(self.shape, self.layout, lambda a: np.where(rows, b.EMPTY, a)) if gone.any() else self

    def unbounded(self, axes: Collection[int]) -> "Field":
        """Free the largest sizes along some axes of their bound: only the input ends the paths that lead here."""

        def free(bounds: Bounds) -> Bounds:
            changed = bounds.copy()
            changed[b.LARGEST] = b.EMPTY
            return changed

        freed = (a.with_bounds(free(a.bounds)) if axis in axes else a for axis, a in enumerate(self.axes))
        return replace(self, axes=tuple(freed))

    def reach(self, axis: int) -> Reach | None:
        """Return first and last input position that each map position along `axis` depends on; (-1, -1) for none.

        The hull over channels and the other axes. None where the tensor has no dimension of its own for the axis.
        """
        own = dim_of(self.layout, axis)
        if own is None:
            return None
        ends = self.axes[axis].bounds[b.REACH]
        if ends[0].size > ends.shape[own + 1]:
            ends = ends.min(axis=tuple(d + 1 for d in range(len(self.shape)) if d != own))
        first, negated_last = ends.reshape(2, -1)
        nothing = first >= b.EMPTY
        repeat = self.shape[own] // len(first)
        return np.repeat(np.where(nothing, -1, first), repeat), np.repeat(np.where(nothing, -1, -negated_last), repeat)

    def sizes(self, axis: int) -> tuple[float, float]:
        """Return the sizes, in input positions, of the largest local path and of the shortest.

        Of the position where it is largest, and there of the channel where the shortest path is shortest. `inf` where
        only global paths lead here, and for the largest where paths have no bound; 0 where nothing depends on the
        input.
        """
        spread = [d for d in range(len(self.shape)) if spatial(self.layout[d])]
        read = [self._sizes(slab) for slab in self.axes[axis].slabs(spread)]
        largest, shortest = (max(sizes) for sizes in zip(*read, strict=True))
        if largest > 0:
            return largest, shortest
        if shortest > 0:
            return float("inf"), shortest
        return (float("inf"), float("inf")) if self.axes[axis].is_global else (0, 0)

    def _sizes(self, bounds: Bounds) -> tuple[int, int]:
        lengths = 1 - bounds[2::2] - bounds[3::2]  # of both readings; negative where empty
        largest, shortest = lengths.reshape(2, -1).max(axis=1).tolist()
        channels = tuple([d for d, n in enumerate(lengths.shape[1:]) if n > 1 and not spatial(self.layout[d])])
        if channels and shortest > 0:
            least = np.where(lengths[1] <= 0, b.EMPTY, lengths[1]).min(axis=channels)
            shortest = int(np.where(least == b.EMPTY, 0, least).max())
        return largest, shortest

    def jump(self, axis: int) -> Jump | None:
        """Return the jump: input positions between neighbouring map positions; None where that is not one number."""
        own = dim_of(self.layout, axis)
        return None if own is None else jump(self.layout[own])

    def centre(self, axis: int) -> float | None:
        """Return the centre of the first unit's largest field, in input positions (virtual); None where infinite."""
        units = [part[(slice(None), *(slice(1),) * len(self.shape))] for part in self.axes[axis].parts]
        first, negated_last = reduce(b.join, units)[b.LARGEST].reshape(2).tolist()
        return None if first >= b.EMPTY else (first - negated_last) / 2


def input_field(shape: tuple[int, ...], given: Input | None = None, axes: int | None = None) -> Field:
    """Make the field of a model input: every position sees itself.

    Without `given`, which says along which of `axes` its dimensions run, it has the shape (batch, channels, *spatial).
    """
    names = AXES[axes or len(shape) - 2]
    extents = (given or usual(len(names), 1)[0]).extents
    layout, places = list[Dim](), dict[str, tuple[int, Fraction]]()
    for d, extent in enumerate(extents):
        if extent.axis is None:
            layout.append(plain(shape[d]))
        else:
            layout.append(along(names.index(extent.axis), shape[d], 1 / extent.number))
            places[extent.axis] = d, extent.number
    rank = len(shape)
    own = [b.identity(shape[p[0]], p[0], rank, p[1]) if (p := places.get(a)) else b.empty((1,) * rank) for a in names]
    return Field(shape, tuple(layout), tuple(AxisField((bounds,)) for bounds in own))


def join(fields: Sequence[Field], shape: tuple[int, ...]) -> Field:
    """Join tensors that meet element by element, with broadcasting."""
    first = fields[0]
    if len(fields) == 1 and first.shape == shape:
        return first
    layout = joined_layout([(f.shape, f.layout) for f in fields], shape)
    axes, *others = [[_with_rank(a, len(shape)) for a in field.axes] for field in fields]
    for other in others:
        axes = [join_axis(a, c) for a, c in zip(axes, other, strict=True)]
    if len(fields) > 1:
        axes = [replace(a, aligned=a.aligned and _same_jump(fields, axis)) for axis, a in enumerate(axes)]
    return Field(shape, layout, tuple(axes))


def _with_rank(a: AxisField, ndim: int) -> AxisField:
    return replace(a, parts=tuple(b.with_rank(part, ndim) for part in a.parts))


def join_axis(a: AxisField, c: AxisField) -> AxisField:
    """Join two tensors along one axis."""
    aligned, context = a.aligned and c.aligned, a.global_context or c.global_context
    new = tuple(part for part in c.parts if not a.has(part))
    if not new:
        return AxisField(a.parts, aligned, context)
    parts = (*a.parts, *new)
    aligned = aligned and same_centres(a.bounds, c.bounds)
    context = context or a.is_global != c.is_global
    size = prod(np.broadcast_shapes(*(part.shape for part in parts)))
    left_open = size > LARGE and size > max(part.size for part in parts)
    return AxisField(parts if left_open else (reduce(b.join, parts),), aligned, context)


def same_centres(a: Bounds, c: Bounds) -> bool:
    """Decide whether the largest fields of two tensors have the same centres wherever both are local."""
    a, c = b.same_rank(a, c)
    both = (a[2] < b.EMPTY) & (c[2] < b.EMPTY)
    return bool((((a[2] - a[3]) == (c[2] - c[3])) | ~both).all())


def _same_jump(fields: Sequence[Field], axis: int) -> bool:
    local = [f for f in fields if not f.axes[axis].is_global]
    return len({p for f in local if (p := f.jump(axis)) is not None and dim_of(f.layout, axis) is not None}) <= 1


def joined_layout(operands: Sequence[tuple[tuple[int, ...], Layout]], shape: tuple[int, ...]) -> Layout:
    """Take each dimension of a broadcast result from the operand that runs furthest along the input there."""
    dims: list[Dim] = []
    for back in range(len(shape), 0, -1):
        size = shape[-back]
        candidates = [lay[-back] for s, lay in operands if len(s) >= back and s[-back] == size]
        dims.append(max(candidates, key=lambda dim: len(axes_of(dim)), default=plain(size)))
    return tuple(dims)


def seen_layout(
    shape: tuple[int, ...], axes: Sequence[Bounds], jump: Callable[[int, int], Jump | None] | None = None
) -> Layout:
    """See from compressed bounds, one an input axis, which dimension runs along which axis.

    The jump is the distance between the starts of the shortest fields; where that varies, `jump(axis, dim)` knows.
    """
    varying = [[d for d, length in enumerate(bounds.shape[1:]) if length > 1] for bounds in axes]
    dims: list[Dim] = [plain(n) for n in shape]
    for d in {d for seen in varying for d in seen}:
        runs = [axis for axis, seen in enumerate(varying) if d in seen]
        if len(runs) == 1 and varying[runs[0]] == [d]:
            even = _even_steps(axes[runs[0]])
            dims[d] = along(runs[0], shape[d], jump(runs[0], d) if jump and even is None else even)
        else:
            dims[d] = mixed(shape[d], runs)
    return tuple(dims)


def _even_steps(bounds: Bounds) -> int | None:
    steps = set(np.diff(bounds[4].reshape(-1)).tolist())
    step = steps.pop() if len(steps) == 1 else 0
    return step if 0 < step < b.EMPTY // 2 else None


def _spent(dim: Dim) -> Dim:
    """Make the dimension of size 1 that is left of a contracted one."""
    share = pure(dim)
    return () if share is None else along(share.axis, 1, None)
