"""Operators that take a tensor only for its shape: nothing depends on anything."""

from typing import Any

from rfa_report.rules.book import Book, Moved, Shapes

BOOK = Book()


@BOOK.rule(
    "aten.new_zeros",
    "aten.new_ones",
    "aten.new_full",
    "aten.new_empty",
    "aten.new_empty_strided",
    "aten.zeros_like",
    "aten.ones_like",
    "aten.full_like",
    "aten.empty_like",
    "aten.rand_like",
    "aten.randn_like",
    "aten.bernoulli.p",
    "aten.bernoulli.float",
    bookkeeping=True,
)
def factory(out: Shapes, *_: Any, **__: Any) -> Moved:
    """Make a tensor from a shape."""
    return None
