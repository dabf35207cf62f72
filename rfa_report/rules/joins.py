"""Operators that put tensors together: concatenation, writes into parts of a tensor."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np

from rfa_report.core import bounds as b
from rfa_report.core import layout as lay
from rfa_report.core.bounds import Bounds
from rfa_report.core.field import AxisField, Field, join, joined_layout, same_centres
from rfa_report.core.layout import Dim
from rfa_report.core.recording import SCATTER
from rfa_report.rules import views
from rfa_report.rules.book import Book, Moved, Operand, Shapes, Unruled, elementwise
from rfa_report.rules.pieces import put_together

BOOK = Book()


def _concatenated(dims: Sequence[Dim], sizes: Sequence[int]) -> Dim:
    """Describe the dimension that a concatenation along it makes."""
    size, live = sum(sizes), [dim for dim in dims if lay.axes_of(dim)]
    if len(live) == 1:
        return lay.with_others(size, live[0])
    return lay.mixed(size, sorted(frozenset().union(*map(lay.axes_of, live))))


WHOLE = frozenset({"aten.alias.default", "aten.detach.default"})
"""Views of a whole tensor as it is, such as that of a dropout in eval mode: a write through one replaces everything."""


@BOOK.rule("aten.cat")
def cat(out: Shapes, tensors: Sequence[Operand], dim: int = 0) -> Moved:
    """Put tensors one behind another; along channels that is where paths meet."""
    shape = out[0]
    at = dim % len(shape)
    parts = [x for x in tensors if x.shape != (0,)]
    fields = [x.field for x in parts if x.field is not None]
    others = [((*f.shape[:at], -1, *f.shape[at + 1 :]), f.layout) for f in fields]
    layout = list(joined_layout(others, shape))
    along = [x.field.layout[at] if x.field else lay.plain(x.shape[at]) for x in parts]
    layout[at] = _concatenated(along, [x.shape[at] for x in parts])
    meets = not lay.axes_of(layout[at])
    axes = tuple(_cat_axis(parts, axis, at, meets=meets) for axis in range(len(fields[0].axes)))
    return put_together(Field(shape, tuple(layout), axes), at)


def _cat_axis(parts: Sequence[Operand], axis: int, at: int, *, meets: bool) -> AxisField:
    live = [x.field.axes[axis] for x in parts if x.field]
    arrays = [
        b.full_along(x.field.axes[axis].bounds if x.field else b.empty((1,) * len(x.shape)), at, x.shape[at])
        for x in parts
    ]
    dims = [max(a.shape[d] for a in arrays) for d in range(1, arrays[0].ndim)]
    spread = [np.broadcast_to(a, (6, *dims[:at], a.shape[at + 1], *dims[at + 1 :])) for a in arrays]
    result = b.compress(np.concatenate(spread, axis=at + 1), at)
    aligned = all(a.aligned for a in live)
    spanning = [a.is_global for a in live]
    if meets:
        local = [a.bounds for a, spans in zip(live, spanning, strict=True) if not spans]
        firsts = [a.take([0], axis=at + 1) for a in local]
        aligned = aligned and all(same_centres(firsts[0], other) for other in firsts[1:])
    return AxisField((result,), aligned, len(set(spanning)) > 1 or any(a.global_context for a in live))


@BOOK.rule("aten.stack")
def stack(out: Shapes, tensors: Sequence[Operand], dim: int = 0) -> Moved:
    """Put tensors one behind another along a new dimension."""
    shape = out[0]
    at = dim % len(shape)
    one = (*shape[:at], 1, *shape[at + 1 :])
    return cat(out, [_unsqueezed(x, one, at) for x in tensors], at)


def _unsqueezed(x: Operand, shape: tuple[int, ...], at: int) -> Operand:
    field = views.unsqueeze((shape,), x, at) if x.field else None
    assert not isinstance(field, tuple), "unsqueeze has one output"
    return replace(x, shape=shape, field=field)


@BOOK.rule("aten.where.self")
def where(out: Shapes, condition: Operand, x: Operand, y: Operand) -> Moved:
    """Choose, element by element; where it is known what is chosen, only that counts."""
    known = condition.certain
    if known is None or bool(np.isnan(known).any()):
        return elementwise(out, condition, x, y)
    takes_x = np.broadcast_to(known.astype(bool), np.broadcast_shapes(known.shape, (1,) * len(out[0])))
    parts = [
        None if operand.field is None else join([operand.field], out[0]).without(gone)
        for operand, gone in ((x, ~takes_x), (y, takes_x))
    ]
    chosen = [part for part in parts if part is not None]
    if len(chosen) < 2:
        return chosen[0] if chosen else None
    axes = tuple(
        replace(met, parts=(np.where(takes_x, own.bounds, other.bounds),))
        for met, own, other in zip(join(chosen, out[0]).axes, chosen[0].axes, chosen[1].axes, strict=True)
    )
    return replace(join(chosen, out[0]), axes=axes)


@BOOK.rule("aten.masked_fill")
def masked_fill(out: Shapes, x: Operand, mask: Operand, value: Any) -> Moved:
    """Replace elements by a number; where it is known which ones, these depend on nothing else."""
    return where(out, mask, value if isinstance(value, Operand) else Operand((), (), None), x)


@BOOK.rule("aten.copy", "aten.fill.Tensor", bookkeeping=True)
def copy(out: Shapes, x: Operand, source: Operand, *_: Any) -> Moved:
    """Replace every element by the source's, broadcast."""
    return None if source.field is None else join([source.field], out[0])


@BOOK.rule(SCATTER, bookkeeping=True)
def scatter(out: Shapes, base: Operand, value: Operand, chain: Sequence[Any]) -> Moved:
    """Write a value into a part of its base: the views that made the part are followed on the base's own memory."""
    if 0 in value.shape:
        return base.field
    if all(op in WHOLE for op, *_ in chain):
        return value.field
    if base.field and _holds(base.field, value, chain):
        return base.field
    model = base.field or value.field
    assert model is not None, "a write of constants into constants never reaches its rule"
    layout = base.field.layout if base.field else adopted(base.shape, value)
    axes = []
    for axis in range(len(model.axes)):
        now = base.field.axes[axis] if base.field else None
        new = value.field.axes[axis] if value.field else None
        whole: Bounds = np.empty((6, *base.shape), dtype=np.int32)
        whole[...] = now.bounds if now else b.EMPTY
        blank = Field(base.shape, layout, (AxisField((whole,)),))
        part = reduce(lambda x, step: _follow(x, step), chain, blank)
        target = part.axes[0].bounds
        if not (np.shares_memory(target, whole) and target.flags.writeable):
            raise Unruled
        target[...] = new.bounds if new else b.EMPTY
        for d in range(len(base.shape)):
            whole = b.compress(whole, d)
        flags = [a for a in (now, new) if a]
        local = whole[4] < b.EMPTY
        spans = bool(local.any() and ((whole[0] < b.EMPTY) & ~local).any())
        axes.append(AxisField((whole,), all(a.aligned for a in flags), spans or any(a.global_context for a in flags)))
    made = Field(base.shape, layout, tuple(axes))
    like = value.shape if len(value.shape) == len(base.shape) else (0,) * len(base.shape)
    return reduce(put_together, [d for d, n in enumerate(base.shape) if n != like[d]], made)


def _holds(base: Field, value: Operand, chain: Sequence[Any]) -> bool:
    """Decide whether a large field says of its part already what is written there, as after an addition in place."""
    if value.field is None or all(len(a.parts) == 1 for a in base.axes):
        return False
    part = reduce(lambda x, step: _follow(x, step), chain, base)
    pairs = list(zip(part.axes, value.field.axes, strict=True))
    return all(
        len(old.parts) == len(new.parts)
        and all(map(old.has, new.parts))
        and (old.aligned, old.global_context) == (new.aligned, new.global_context)
        for old, new in pairs
    )


@BOOK.rule("aten.slice_scatter", bookkeeping=True)
def slice_scatter(out: Shapes, x: Operand, part: Operand, *place: Any) -> Moved:
    """Write into a slice."""
    return scatter(out, x, part, [("aten.slice", place, (part.shape,), 0)])


@BOOK.rule("aten.select_scatter", bookkeeping=True)
def select_scatter(out: Shapes, x: Operand, part: Operand, dim: int, index: int) -> Moved:
    """Write into one position of a dimension."""
    return scatter(out, x, part, [("aten.select", (dim, index), (part.shape,), 0)])


def _follow(field: Field, step: tuple[str, tuple[Any, ...], tuple[tuple[int, ...], ...], int]) -> Field:
    op, args, shapes, index = step
    rule = views.BOOK.rules.get(op) or views.BOOK.rules[op.rpartition(".")[0]]
    moved = rule.move(shapes, Operand(field.shape, (), field), *args)
    result = moved[index] if isinstance(moved, tuple) else moved
    assert isinstance(result, Field)
    return result


def adopted(shape: tuple[int, ...], value: Operand) -> lay.Layout:
    """Guess how a constant base runs along the input from a value of the same rank that is written into it."""
    if value.field is None or len(value.shape) != len(shape):
        return tuple(lay.plain(n) for n in shape)
    dims = zip(shape, value.shape, value.field.layout, strict=True)
    return tuple(dim if n == m else lay.mixed(n, sorted(lay.axes_of(dim))) for n, m, dim in dims)
