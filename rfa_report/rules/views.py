"""Operators that rearrange elements: applied, as they are, to the bounds."""

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfa_report.core import bounds as b
from rfa_report.core import layout as lay
from rfa_report.core.bounds import Bounds
from rfa_report.core.field import Field, seen_layout
from rfa_report.core.layout import plain
from rfa_report.rules.book import Book, Moved, Operand, Shapes, Unruled, source

BOOK = Book()

WORTH_A_LOOK = 2**14
"""Entries from which on a reshaped array is searched for dimensions that need not be spelled out any more."""

BOOK.neutral(
    "aten.alias",
    "aten.clone",
    "aten.contiguous",
    "aten.detach",
    "aten._to_copy",
    "aten.lift_fresh",
    "aten._conj",
    "aten._conj_physical",
    "aten.resolve_conj",
    why="copies every element as it is",
    bookkeeping=True,
)


@BOOK.rule("aten.view.default", "aten._unsafe_view", "aten.reshape", "aten._reshape_alias", bookkeeping=True)
def view(out: Shapes, x: Operand, *_: Any) -> Moved:
    """Reshape, row-major."""
    field, shape = source(x), out[0]

    def change(a: Bounds) -> Bounds:
        spelled = b.regroup(a, x.shape, shape)
        return b.compressed(spelled) if spelled.size > WORTH_A_LOOK else spelled

    return field.rearranged(shape, lay.regroup(field.layout, shape), change)


@BOOK.rule("aten.permute", bookkeeping=True)
def permute(out: Shapes, x: Operand, dims: Sequence[int]) -> Moved:
    """Reorder dimensions."""
    field = source(x)
    order = [d % len(x.shape) for d in dims]
    layout = tuple(field.layout[d] for d in order)
    return field.rearranged(out[0], layout, lambda a: a.transpose(0, *(d + 1 for d in order)))


@BOOK.rule("aten.transpose", bookkeeping=True)
def transpose(out: Shapes, x: Operand, dim0: int, dim1: int) -> Moved:
    """Swap two dimensions."""
    order = list(range(len(x.shape)))
    order[dim0], order[dim1] = order[dim1], order[dim0]
    return permute(out, x, order)


@BOOK.rule("aten.t", bookkeeping=True)
def t(out: Shapes, x: Operand) -> Moved:
    """Transpose a matrix."""
    return permute(out, x, range(len(x.shape))[::-1])


@BOOK.rule("aten.expand", bookkeeping=True)
def expand(out: Shapes, x: Operand, *_: Any, implicit: bool = False) -> Moved:
    """Repeat dimensions of size 1 and prepend new ones."""
    field, shape = source(x), out[0]
    new = len(shape) - len(x.shape)
    kept = (field.layout[d - new] if d >= new else () for d in range(len(shape)))
    sizes = (0,) * new + x.shape
    layout = tuple(dim if sizes[d] == shape[d] else plain(shape[d]) for d, dim in enumerate(kept))
    return field.rearranged(shape, layout, lambda a: b.with_rank(a, len(shape)))


@BOOK.rule("aten.repeat", bookkeeping=True)
def repeat(out: Shapes, x: Operand, repeats: Sequence[int]) -> Moved:
    """Tile dimensions, prepending new ones."""
    field, shape = source(x), out[0]
    new = len(shape) - len(x.shape)
    dims = [() for _ in range(new)] + list(field.layout)
    layout = tuple(
        dim if times == 1 else lay.mixed(size, sorted(lay.axes_of(dim)))
        for dim, size, times in zip(dims, shape, repeats, strict=True)
    )

    def change(a: Bounds) -> Bounds:
        wide = b.with_rank(a, len(shape))
        return np.tile(wide, (1, *(1 if n == 1 else t for n, t in zip(wide.shape[1:], repeats, strict=True))))

    return field.rearranged(shape, layout, change)


@BOOK.rule("aten.unsqueeze", bookkeeping=True)
def unsqueeze(out: Shapes, x: Operand, dim: int) -> Moved:
    """Insert a dimension of size 1."""
    field = source(x)
    at = dim % len(out[0])
    layout = (*field.layout[:at], (), *field.layout[at:])
    return field.rearranged(out[0], layout, lambda a: np.expand_dims(a, at + 1))


@BOOK.rule("aten.squeeze", bookkeeping=True)
def squeeze(out: Shapes, x: Operand, dim: int | Sequence[int] | None = None) -> Moved:
    """Remove dimensions of size 1."""
    field, rank = source(x), len(x.shape)
    wanted = range(rank) if dim is None else [dim] if isinstance(dim, int) else dim
    gone = {d % rank for d in wanted if x.shape[d] == 1}
    layout = tuple(dim for d, dim in enumerate(field.layout) if d not in gone)
    return field.rearranged(out[0], layout, lambda a: np.squeeze(a, tuple(d + 1 for d in gone)))


def _cut(field: Field, dim: int, start: int, step: int, shape: tuple[int, ...]) -> Field:
    def change(a: Bounds) -> Bounds:
        if a.shape[dim + 1] == 1:
            return a
        part: Bounds = a[b.index(dim, slice(start, start + step * shape[dim], step))]
        return part

    cut = lay.sliced(field.layout[dim], start, shape[dim], step)
    return field.rearranged(shape, (*field.layout[:dim], cut, *field.layout[dim + 1 :]), change)


@BOOK.rule("aten.slice", bookkeeping=True)
def slice_(
    out: Shapes, x: Operand, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Moved:
    """Take every `step`-th position from `start`."""
    size = x.shape[dim]
    first = 0 if start is None else min(max(start + size if start < 0 else start, 0), size)
    return _cut(source(x), dim % len(x.shape), first, step, out[0])


@BOOK.rule("aten.select", bookkeeping=True)
def select(out: Shapes, x: Operand, dim: int, index: int) -> Moved:
    """Take one position and drop the dimension."""
    at = dim % len(x.shape)
    field = source(x)
    layout = (*field.layout[:at], *field.layout[at + 1 :])

    def change(a: Bounds) -> Bounds:
        position = index % x.shape[at] if a.shape[at + 1] > 1 else 0
        part: Bounds = a[b.index(at, position)]
        return part

    return field.rearranged(out[0], layout, change)


@BOOK.rule("aten.split", "aten.unsafe_split", "aten.split_with_sizes", "aten.chunk", bookkeeping=True)
def split(out: Shapes, x: Operand, _sizes: Any, dim: int = 0) -> Moved:
    """Cut a dimension into consecutive pieces."""
    at = dim % len(x.shape)
    starts = [sum(shape[at] for shape in out[:i]) for i in range(len(out))]
    return tuple(_cut(source(x), at, start, 1, shape) for start, shape in zip(starts, out, strict=True))


@BOOK.rule("aten.unbind", bookkeeping=True)
def unbind(out: Shapes, x: Operand, dim: int = 0) -> Moved:
    """Take every position of a dimension as a tensor of its own."""
    picked = (select((shape,), x, dim, index) for index, shape in enumerate(out))
    return tuple(field for field in picked if isinstance(field, Field))


@BOOK.rule("aten.view_as_real", bookkeeping=True)
def view_as_real(out: Shapes, x: Operand) -> Moved:
    """Show complex numbers as pairs of real ones, in a new last dimension."""
    field = source(x)
    return field.restructured(out[0], (*field.layout, plain(2)), lambda a: a[..., None])


@BOOK.rule("aten.view_as_complex", bookkeeping=True)
def view_as_complex(out: Shapes, x: Operand) -> Moved:
    """Show pairs of real numbers, the last dimension, as complex ones."""
    field = source(x).contracted([-1])
    return field.restructured(out[0], field.layout[:-1], lambda a: a[..., 0])


@BOOK.rule("aten.as_strided", bookkeeping=True)
def as_strided(out: Shapes, x: Operand, size: Sequence[int], stride: Sequence[int], offset: int | None = None) -> Moved:
    """Show memory with other strides: each element of the output is one of `x`, where its memory shows which."""
    if tuple(size) == x.shape and not offset and tuple(stride) == x.stride:
        return x.field
    if len(x.stride) != len(x.shape):
        raise Unruled
    places = _places(x.shape, x.stride)
    wanted = _places(size, stride) + (0 if offset is None else offset - x.offset)
    numbers = np.full(int(max(places.max(), wanted.max())) + 1, -1, dtype=np.intp)
    numbers[places.reshape(-1)] = np.arange(places.size)
    elements = numbers[wanted] if wanted.min() >= 0 else np.array([-1])
    if elements.min() < 0:
        raise Unruled  # memory that `x` is a part of, but does not show
    return picked(source(x), elements)


def _places(shape: Sequence[int], stride: Sequence[int]) -> NDArray[np.intp]:
    """Return where in memory each element lies, from the first on."""
    grid = np.indices(shape, sparse=True)
    steps = (axis * step for axis, step in zip(grid, stride, strict=True))
    places: NDArray[np.intp] = np.zeros(shape, dtype=np.intp)
    return places + sum(steps)


def picked(field: Field, elements: NDArray[np.intp]) -> Field:
    """Let each element of an output be one of the field, counted in row-major order.

    Which dimension runs along which axis shows in the bounds.
    """

    def change(a: Bounds) -> Bounds:
        spelled = np.broadcast_to(a, (6, *field.shape)).reshape(6, -1)
        return b.compressed(spelled[:, elements])

    moved = field.restructured(elements.shape, (), change)
    return replace(moved, layout=seen_layout(elements.shape, [a.bounds for a in moved.axes]))


@BOOK.rule("aten.roll")
def roll(out: Shapes, x: Operand, shifts: int | Sequence[int], dims: int | Sequence[int] = ()) -> Moved:
    """Rotate positions along dimensions."""
    shifts = [shifts] if isinstance(shifts, int) else list(shifts)
    dims = [dims] if isinstance(dims, int) else list(dims)
    field = source(x)
    if not dims:
        return picked(field, np.roll(np.arange(prod(x.shape)), shifts[0]).reshape(x.shape))
    for shift, d in zip(shifts, dims, strict=True):
        field = _turned(field, d % len(x.shape), shift)
    return field


def _turned(field: Field, dim: int, shift: int) -> Field:
    """Rotate one dimension: what goes over the border comes back at the other one, and its local intervals go on."""
    n, share = field.shape[dim], lay.pure(field.layout[dim])
    shift %= max(n, 1)
    back = 2 * shift > n
    wrapped = slice(shift, None) if back else slice(0, shift)

    def change(a: Bounds, own: bool) -> Bounds:
        turned = np.roll(a, shift, dim + 1)
        if own and share and share.slope and shift:
            turned = turned if a.shape[dim + 1] == n else b.full_along(turned, dim, n).copy()
            local = turned[b.LOCAL][b.index(dim, wrapped)]
            local += np.where(local < b.EMPTY, _ends(local.ndim) * (n * share.slope * (1 if back else -1)), 0)
        return turned

    own = [share is not None and share.axis == axis for axis in range(len(field.axes))]
    axes = [a.with_bounds(change(a.bounds, o)) for a, o in zip(field.axes, own, strict=True)]
    return replace(field, axes=tuple(axes))


def _ends(ndim: int) -> NDArray[np.int32]:
    return b.SIGNS.reshape(4, *(1,) * (ndim - 1))


@BOOK.rule("aten.flip")
def flip(out: Shapes, x: Operand, dims: Sequence[int]) -> Moved:
    """Reverse dimensions."""
    field = source(x)
    axes = tuple(d % len(x.shape) + 1 for d in dims)
    return field.restructured(out[0], field.layout, lambda a: np.flip(a, axes))


@BOOK.rule("aten.diagonal", bookkeeping=True)
def diagonal(out: Shapes, x: Operand, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Moved:
    """Show a diagonal of two dimensions, as a new last one."""
    return picked(source(x), np.diagonal(np.arange(prod(x.shape)).reshape(x.shape), offset, dim1, dim2))
