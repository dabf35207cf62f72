"""Operators that read or write where a table of positions says.

A constant table is part of the recording, and the result is exact; a table that is computed from the input may point
anywhere.
"""

from collections.abc import Sequence
from functools import reduce
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfa_report.core import bounds as b
from rfa_report.core import layout as lay
from rfa_report.core.bounds import Bounds
from rfa_report.core.field import AxisField, Field, join_axis
from rfa_report.rules import lookups
from rfa_report.rules.book import Book, Moved, Operand, Shapes, Unruled, source
from rfa_report.rules.joins import adopted
from rfa_report.rules.lookups import WRITES, computed
from rfa_report.rules.pieces import put_together
from rfa_report.rules.windows import moved

BOOK = Book()

Table = NDArray[np.intp]


def table_of(index: Operand) -> NDArray[Any]:
    """Return the numbers of a constant table; raise `Unruled` where they are not known."""
    if index.table is None:
        raise Unruled
    return index.table


def _positions(x: Operand, indices: Sequence[Operand | None]) -> list[Table | None]:
    """Spell out the tables of an indexing, one a dimension; a mask stands for the positions where it is true."""
    spelled: list[Table | None] = []
    for index in indices:
        if index is None:
            spelled.append(None)
            continue
        table = table_of(index)
        spelled += [*np.nonzero(table)] if table.dtype == bool else [table.astype(np.intp) % x.shape[len(spelled)]]
    return spelled + [None] * (len(x.shape) - len(spelled))


@BOOK.rule("aten.index.Tensor")
def indexed(out: Shapes, x: Operand, indices: Sequence[Operand | None]) -> Moved:
    """Take the elements at positions, as NumPy's advanced indexing does."""
    if computed(*indices):
        return lookups.read(out, x, indices)
    spelled = _positions(x, indices)
    field = source(x)
    tables = [(d, table) for d, table in enumerate(spelled) if table is not None]
    if len(tables) == 1 and tables[0][1].ndim == 1:
        return _along(field, *tables[0])
    dims = [d for d, _ in tables]
    apart = dims != list(range(dims[0], dims[-1] + 1))
    rank = max(table.ndim for _, table in tables)
    size = out[0][:rank] if apart else out[0][dims[0] : dims[0] + rank]
    axes = sorted(frozenset().union(*(lay.axes_of(field.layout[d]) for d in dims)))
    new = [lay.mixed(n, axes) for n in size]
    kept = [dim for d, dim in enumerate(field.layout) if d not in dims]
    at = 0 if apart else dims[0]

    def change(a: Bounds) -> Bounds:
        where = tuple(
            slice(None) if table is None else table if a.shape[d + 1] > 1 else np.zeros_like(table)
            for d, table in enumerate(spelled)
        )
        taken: Bounds = a[(slice(None), *where)]
        return np.moveaxis(taken, rank, 0) if apart else taken

    return field.restructured(out[0], (*kept[:at], *new, *kept[at:]), change)


def _along(field: Field, dim: int, table: Table) -> Field:
    steps = set(np.diff(table).tolist())
    share = lay.pure(field.layout[dim])
    jump = share.jump * steps.pop() if share and share.jump and len(steps) == 1 and min(steps) > 0 else None
    if not lay.axes_of(field.layout[dim]):
        shape = (*field.shape[:dim], len(table), *field.shape[dim + 1 :])
        layout = (*field.layout[:dim], lay.plain(len(table)), *field.layout[dim + 1 :])
        return field.restructured(shape, layout, lambda a: a if a.shape[dim + 1] == 1 else a[b.index(dim, table)])
    virtual = _unbounded(table, field.shape[dim]) if share and share.slope else None
    if share and virtual is not None:
        return moved(field, dim, len(table), table[:, None], None, share.jump, virtual[:, None])
    return moved(field, dim, len(table), table[:, None], None, jump)


def _unbounded(table: Table, n: int) -> Table | None:
    """Return what a table would read of an unbounded map; None where it is no map with a border, or turned around.

    Where it holds the whole map in order, the rest is border; where it goes round, it goes on.
    """
    whole = np.arange(n)
    for start in range(len(table) - n + 1) if n > 1 else ():
        if np.array_equal(table[start : start + n], whole):
            return np.arange(len(table)) - start
    turns = set(((table - np.arange(len(table))) % n).tolist())
    if len(turns) > 1 or (np.diff(table) > 0).all():  # in another order, or a slice
        return None
    turn = int(turns.pop())
    virtual: Table = np.arange(len(table)) + (turn if 2 * turn <= n else turn - n)
    return virtual


@BOOK.rule("aten.index_select")
def index_select(out: Shapes, x: Operand, dim: int, index: Operand) -> Moved:
    """Take positions along one dimension."""
    if computed(index):
        return lookups.read(out, x, [*[None] * (dim % len(x.shape)), index])
    table = table_of(index).astype(np.intp).reshape(-1)
    return _along(source(x), dim % len(x.shape), table % x.shape[dim])


@BOOK.rule("aten.embedding")
def embedding(out: Shapes, weight: Operand, index: Operand, *_: Any) -> Moved:
    """Look rows of a table up: each result depends on its own index, and on the row where the table is computed."""
    return indexed(out, weight, [index])


@BOOK.rule("aten.gather")
def gather(out: Shapes, x: Operand, dim: int, index: Operand, **_: Any) -> Moved:
    """Take, for every element of a table, the position that it names along one dimension."""
    if computed(index):
        return lookups.gather(out, x, dim, index)
    table, at = table_of(index), dim % len(x.shape)
    field = source(x)
    where = [slice(n) for n in out[0]]
    layout = [lay.sliced(dim, 0, n, 1) for dim, n in zip(field.layout, out[0], strict=True)]
    layout[at] = lay.mixed(out[0][at], sorted(lay.axes_of(field.layout[at])))

    def change(a: Bounds) -> Bounds:
        if a.shape[at + 1] == 1:
            return a[(slice(None), *(slice(None) if n == 1 else s for n, s in zip(a.shape[1:], where, strict=True)))]
        grid: list[Any] = list(np.indices(out[0], sparse=True))
        grid[at] = table
        taken: Bounds = a[(slice(None), *(g if n > 1 else 0 * g for n, g in zip(a.shape[1:], grid, strict=True)))]
        return b.compressed(taken)

    return field.restructured(out[0], tuple(layout), change)


@BOOK.rule("aten.index_put")
def index_put(
    out: Shapes, x: Operand, indices: Sequence[Operand | None], values: Operand, accumulate: bool = False
) -> Moved:
    """Write at positions; with `accumulate`, add."""
    if computed(*indices):
        return lookups.write(out, x, indices, values)
    spelled = _positions(x, indices)
    where = (slice(None), *(slice(None) if table is None else table for table in spelled))
    return _written(x, values, where, add=accumulate)


@BOOK.rule("aten.scatter.src", "aten.scatter.value")
def scatter(out: Shapes, x: Operand, dim: int, index: Operand, source: Any) -> Moved:
    """Write, for every element of a table, at the position that it names along one dimension."""
    values = source if isinstance(source, Operand) else Operand((), (), None)
    if computed(index):
        return lookups.scatter(out, x, dim, index, values)
    return _written(x, values, _columns(index, dim), add=False)


@BOOK.rule("aten.scatter_add")
def scatter_add(out: Shapes, x: Operand, dim: int, index: Operand, source: Operand) -> Moved:
    """Add, for every element of a table, at the position that it names along one dimension."""
    if computed(index):
        return lookups.scatter(out, x, dim, index, source)
    return _written(x, source, _columns(index, dim), add=True)


def _columns(index: Operand, dim: int) -> tuple[Any, ...]:
    grid: list[Any] = list(np.indices(index.shape, sparse=True))
    grid[dim] = table_of(index)
    return (slice(None), *grid)


def _written(x: Operand, values: Operand, where: Any, *, add: bool) -> Moved:
    written = np.arange(prod(x.shape)).reshape(x.shape)[where[1:]]
    if np.unique(written).size < written.size:
        raise Unruled  # several values meet at one position
    model = x.field or values.field
    assert model is not None, "a write of constants into constants never reaches its rule"
    axes = []
    for axis in range(len(model.axes)):
        whole: Bounds = np.empty((6, *x.shape), dtype=np.int32)
        whole[...] = x.field.axes[axis].bounds if x.field else b.EMPTY
        before = whole.copy() if add else None
        target = whole[where]
        new = b.empty((1,) * (target.ndim - 1))
        if values.field:
            new = values.field.axes[axis].bounds
            new = b.with_rank(new, target.ndim - 1)
            new = new[(slice(None), *(slice(n) for n in target.shape[1:]))]
        np.copyto(target, new)
        whole[where] = target
        flags = [f.axes[axis] for f in (x.field, values.field) if f]
        result = whole if before is None else b.join(before, whole)
        meeting = [AxisField((result,), f.aligned, f.global_context) for f in flags]
        axes.append(join_axis(meeting[0], meeting[-1]))
    layout = x.field.layout if x.field else adopted(x.shape, values)
    made = Field(x.shape, layout, tuple(a.with_bounds(b.compressed(a.bounds)) for a in axes))
    return reduce(put_together, [d for d, dim in enumerate(layout) if lay.jump(dim) is None], made)


@BOOK.rule("aten.take")
def take(out: Shapes, x: Operand, index: Operand) -> Moved:
    """Take elements of the flattened tensor."""
    if not computed(index):
        raise Unruled
    return lookups.take(out, x, index)


@BOOK.rule("aten.index_add", "aten.index_copy", "aten.index_fill.int_Scalar", "aten.index_fill.int_Tensor")
def index_write(out: Shapes, x: Operand, dim: int, index: Operand, source: Any, **_: Any) -> Moved:
    """Write at the positions along one dimension that a table names."""
    if not computed(index):
        raise Unruled
    values = source if isinstance(source, Operand) else Operand((), (), None)
    return lookups.write(out, x, [*[None] * (dim % len(x.shape)), index], values)


@BOOK.rule("aten.scatter_reduce", "aten.scatter.reduce", "aten.scatter.value_reduce")
def scatter_reduce(out: Shapes, x: Operand, dim: int, index: Operand, source: Any, *_: Any, **__: Any) -> Moved:
    """Combine, for every element of a table, with the position that it names along one dimension."""
    if not computed(index):
        raise Unruled
    return lookups.scatter(out, x, dim, index, source if isinstance(source, Operand) else None)


BOOK.data_dependent(
    "aten.nonzero",
    "aten.masked_select",
    "aten._unique2",
    "aten.unique_dim",
    "aten.unique_consecutive",
    "torchvision.nms",
    why="how many elements there are, and which, is computed from the input",
)


BOOK.data_dependent("aten._local_scalar_dense", why="the program goes on with a number computed from the input")


BOOK.data_dependent("aten.masked_scatter", "aten.max_unpool2d", "aten.max_unpool3d", why=WRITES)
