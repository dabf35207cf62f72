"""Operators that put a border around a map: of constants, of its mirror image, of its edge."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfa_report.core import bounds as b
from rfa_report.core import layout as lay
from rfa_report.core.bounds import Bounds
from rfa_report.core.field import Field
from rfa_report.rules.book import Book, Moved, Operand, Shapes, source
from rfa_report.rules.windows import moved

BOOK = Book()


@BOOK.rule("aten.constant_pad_nd")
def constant_pad(out: Shapes, x: Operand, pad: Sequence[int], value: float = 0) -> Moved:
    """Put constants around a map (or cut, where negative): they carry no information."""
    field = source(x)
    for i in range(len(pad) // 2):
        before, after = pad[2 * i : 2 * i + 2]
        dim = len(x.shape) - 1 - i
        if before or after:
            field = _padded(field, dim, before, out[0][dim])
    return field


def _padded(field: Field, dim: int, before: int, size: int) -> Field:
    if not lay.axes_of(field.layout[dim]):
        shape = (*field.shape[:dim], size, *field.shape[dim + 1 :])
        taps = np.arange(size) - before
        dead = (taps < 0) | (taps >= field.shape[dim])

        def change(a: Bounds) -> Bounds:
            wide = b.full_along(a, dim, field.shape[dim]).take(np.clip(taps, 0, field.shape[dim] - 1), axis=dim + 1)
            wide[b.index(dim, dead)] = b.EMPTY
            return b.compress(wide, dim)

        return field.restructured(shape, (*field.layout[:dim], lay.plain(size), *field.layout[dim + 1 :]), change)
    share = lay.pure(field.layout[dim])
    return moved(field, dim, size, np.arange(size)[:, None] - before, None, share.jump if share else None)


@BOOK.rule("aten.reflection_pad1d", "aten.reflection_pad2d", "aten.reflection_pad3d")
def reflection_pad(out: Shapes, x: Operand, pad: Sequence[int]) -> Moved:
    """Mirror a map at its border, without repeating the border."""

    def mirrored(taps: NDArray[np.intp], n: int) -> NDArray[np.intp]:
        inside: NDArray[np.intp] = n - 1 - np.abs(n - 1 - np.abs(taps))
        return inside

    return _bordered(out, x, pad, mirrored)


@BOOK.rule("aten.replication_pad1d", "aten.replication_pad2d", "aten.replication_pad3d")
def replication_pad(out: Shapes, x: Operand, pad: Sequence[int]) -> Moved:
    """Repeat the border of a map."""
    return _bordered(out, x, pad, lambda taps, n: np.clip(taps, 0, n - 1))


def _bordered(out: Shapes, x: Operand, pad: Sequence[int], inside: Any) -> Field:
    field = source(x)
    for i in range(len(pad) // 2):
        dim = len(x.shape) - 1 - i
        share = lay.pure(field.layout[dim])
        virtual = np.arange(out[0][dim])[:, None] - pad[2 * i]
        taps = inside(virtual, x.shape[dim])
        field = moved(field, dim, out[0][dim], taps, None, share.jump if share else None, virtual)
    return field
