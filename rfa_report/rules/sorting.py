"""Operators whose output is an order: sort and the largest elements."""

from typing import Any

from rfa_report.rules.book import Book, Moved, Operand, Shapes, source
from rfa_report.rules.reductions import spread

BOOK = Book()


@BOOK.rule("aten.sort.default")
def sort(out: Shapes, x: Operand, dim: int = -1, descending: bool = False) -> Moved:
    """Order a dimension: any element may come to any place."""
    field = spread(source(x), [dim], out[0])
    return field, field


@BOOK.rule("aten.sort.stable")
def sort_stable(out: Shapes, x: Operand, *, stable: Any = None, dim: int = -1, descending: bool = False) -> Moved:
    """Order a dimension, equal elements as they stood."""
    return sort(out, x, dim)


@BOOK.rule("aten.topk")
def topk(out: Shapes, x: Operand, k: int, dim: int = -1, *_: Any) -> Moved:
    """Take the largest elements of a dimension, which may stand anywhere in it."""
    return sort(out, x, dim)
