"""Reading and writing at positions that are computed from the input, or learned.

That widens a field along the dimensions in which it looks up, and along no other: a code that each pixel looks up in a
constant table, or the channel that it picks, keeps the field of the index. Where a map lies along such a dimension,
any position of it may be meant, and its sizes have no bound.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from rfa_report.core import bounds as b
from rfa_report.core import layout as lay
from rfa_report.core.bounds import Bounds
from rfa_report.core.field import Field, join
from rfa_report.core.layout import Dim
from rfa_report.rules.book import DataDependent, Moved, Operand, Shapes

READS = "which positions are read is computed from the input"
WRITES = "which positions are written is computed from the input"
LEARNED = "learned, or drawn at random"
"""Why else nobody knows the positions."""

Indices = Sequence[Operand | None]
"""One entry a dimension that is looked up in or kept (None); a mask stands for as many as it has."""


def computed(*indices: Operand | None) -> bool:
    """Decide whether nobody knows an index: it depends on the input, or its numbers are learned."""
    return any(index is not None and (index.field is not None or index.table is None) for index in indices)


def _why(why: str, *indices: Operand | None) -> str:
    live = any(index is not None and index.field is not None for index in indices)
    return why if live else why.replace("computed from the input", LEARNED)


def read(out: Shapes, x: Operand, indices: Indices) -> Moved:
    """Read at the positions that indices name, as NumPy's advanced indexing does.

    Raises `DataDependent` where a map lies along a dimension that is read, or a mask decides how much is read.
    """
    if any(index and index.is_mask for index in indices):
        raise DataDependent(_why(READS, *indices))
    dims, at = _looked_up(x, indices)
    kept = [d for d in range(len(x.shape)) if d not in dims]
    block = len(out[0]) - len(kept)
    behind = len(kept) - at
    parts = [
        _arranged(i.field, [*[None] * (at + block - len(i.shape)), *range(len(i.shape)), *[None] * behind])
        for i in indices
        if i and i.field
    ]
    if x.field:
        parts.append(_arranged(x.field.contracted(dims), [*kept[:at], *[None] * block, *kept[at:]]))
    return _met(out, parts, [x.field.layout[d] for d in dims] if x.field else [], _why(READS, *indices))


def write(out: Shapes, x: Operand, indices: Indices, values: Operand) -> Moved:
    """Write at the positions that indices name: a mask decides for each position on its own.

    Raises `DataDependent` where a map lies along an index or along the values that it distributes.
    """
    rank = len(x.shape)
    dims, at = _looked_up(x, indices)
    parts, spent = [x.field] if x.field else [], list[Dim]()
    first = 0
    for index in indices:
        span = len(index.shape) if index and index.is_mask else 1
        if index and index.field and index.is_mask:
            parts.append(_arranged(index.field, [*[None] * first, *range(span), *[None] * (rank - first - span)]))
        elif index and index.field:
            parts.append(_arranged(index.field.contracted(range(len(index.shape))), [None] * rank))
            spent += index.field.layout
        first += span
    if values.field:
        block = max(1 if index.is_mask else len(index.shape) for index in indices if index)
        missing = block + rank - len(dims) - len(values.shape)
        own = [None if d < missing else d - missing for d in range(block + rank - len(dims))]
        distributed = [d for d in own[at : at + block] if d is not None]
        kept = iter([*own[:at], *own[at + block :]])
        whole = values.field.contracted(distributed)
        parts.append(_arranged(whole, [None if d in dims else next(kept) for d in range(rank)]))
        spent += [values.field.layout[d] for d in distributed]
    return _met(out, parts, spent, _why(WRITES, *indices))


def gather(out: Shapes, x: Operand, dim: int, index: Operand) -> Moved:
    """Read, for every element of an index, the position that it names along one dimension.

    Raises `DataDependent` where a map lies along that dimension.
    """
    at = dim % len(x.shape)
    parts = [index.field] if index.field else []
    if x.field:
        parts.append(_cut(x.field, (*out[0][:at], x.shape[at], *out[0][at + 1 :])).contracted([at]))
    return _met(out, parts, [x.field.layout[at]] if x.field else [], _why(READS, index))


def take(out: Shapes, x: Operand, index: Operand) -> Moved:
    """Read at positions of the whole tensor. Raises `DataDependent` where it is a map."""
    parts = [index.field] if index.field else []
    if x.field:
        parts.append(_arranged(x.field.contracted(range(len(x.shape))), [None] * len(out[0])))
    return _met(out, parts, x.field.layout if x.field else [], _why(READS, index))


def sample(out: Shapes, x: Operand, grid: Operand) -> Moved:
    """Interpolate `x` at the point that each position of a grid holds. Raises `DataDependent` where it is a map."""
    rank = len(x.shape)
    parts = [_arranged(grid.field.contracted([rank - 1]), [0, None, *range(1, rank - 1)])] if grid.field else []
    if x.field:
        parts.append(x.field.contracted(range(2, rank)))
    return _met(out, parts, x.field.layout[2:] if x.field else [], _why(READS, grid))


def scatter(out: Shapes, x: Operand, dim: int, index: Operand, values: Operand | None = None) -> Moved:
    """Write, for every element of an index, at the position that it names along one dimension.

    Raises `DataDependent` where a map lies along that dimension of the index or of the values.
    """
    at = dim % len(x.shape)
    moving = [_cut(y.field, index.shape) for y in (index, values) if y and y.field]
    kept = (*x.shape[:at], 1, *x.shape[at + 1 :])
    parts = [x.field] if x.field else []
    parts += [_grown(field.contracted([at]), kept) for field in moving]
    return _met(out, parts, [field.layout[at] for field in moving], _why(WRITES, index))


def _looked_up(x: Operand, indices: Indices) -> tuple[list[int], int]:
    """List the dimensions that are looked up in, and where in the output what was found stands."""
    dims, d = list[int](), 0
    for index in indices:
        span = len(index.shape) if index and index.is_mask else 1
        dims += range(d, d + span) if index else ()
        d += span
    return dims, dims[0] if dims == list(range(dims[0], dims[-1] + 1)) else 0


def _arranged(field: Field, dims: Sequence[int | None]) -> Field:
    """Keep these dimensions, in order, and put one of size 1 for each None; those left out have size 1."""
    shape = tuple(1 if d is None else field.shape[d] for d in dims)
    layout = tuple(() if d is None else field.layout[d] for d in dims)
    return field.rearranged(shape, layout, lambda a: a.reshape(6, *(1 if d is None else a.shape[d + 1] for d in dims)))


def _cut(field: Field, shape: tuple[int, ...]) -> Field:
    """Keep the first positions of every dimension."""
    layout = tuple(lay.sliced(dim, 0, n, 1) for dim, n in zip(field.layout, shape, strict=True))
    return field.rearranged(shape, layout, lambda a: a[(slice(None), *map(slice, shape))])


def _grown(field: Field, shape: tuple[int, ...]) -> Field:
    """Add positions behind every dimension that depend on nothing."""
    layout = tuple(
        dim if n == m else lay.mixed(m, sorted(lay.axes_of(dim)))
        for dim, n, m in zip(field.layout, field.shape, shape, strict=True)
    )

    def change(a: Bounds) -> Bounds:
        for d, (n, m) in enumerate(zip(field.shape, shape, strict=True)):
            if n < m:
                width = [(0, m - n if i == d + 1 else 0) for i in range(a.ndim)]
                a = np.pad(b.full_along(a, d, n), width, constant_values=b.EMPTY)
        return a

    return field.rearranged(shape, layout, change)


def _met(out: Shapes, parts: Sequence[Field], spent: Iterable[Dim], why: str) -> Field:
    """Join what was looked up with its indices; along the axes of the dimensions that this took, nothing is local."""
    met = join(parts, out[0])
    lost = frozenset().union(*map(lay.axes_of, spent))
    if not lost:
        return met
    axes = [a.with_bounds(b.infinite(a.bounds)) if axis in lost else a for axis, a in enumerate(met.axes)]
    raise DataDependent(why, replace(met, axes=tuple(axes)))
