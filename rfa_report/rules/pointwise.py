"""Operators that move nothing: activations, dropout, and constants in the shape of another tensor."""

from typing import Any

from rfa_report.rules.book import Book, Moved, Shapes

BOOK = Book()

BOOK.neutral(
    "aten.native_dropout",
    "aten.dropout",
    "aten.hardswish",
    "aten._prelu_kernel",
    why="elementwise in eval mode, though the pointwise tag is missing",
)

BOOK.neutral("aten.tril", "aten.triu", why="elementwise, and zero beyond a diagonal, where nothing is reached")


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


@BOOK.rule("aten.zero", "aten.fill.Scalar", bookkeeping=True)
def overwrite(out: Shapes, *_: Any) -> Moved:
    """Replace every element by a constant."""
    return None
