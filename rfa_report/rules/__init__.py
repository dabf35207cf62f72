"""How each ATen operator moves a receptive field: one file an operator family, one book of them all."""

from rfa_report.core.field import join
from rfa_report.rules import (
    attention,
    indexing,
    joins,
    normalisation,
    padding,
    patches,
    pointwise,
    products,
    reductions,
    sampling,
    views,
    windows,
)
from rfa_report.rules.book import Book, DataDependent, Operand, Rule, Unruled, anywhere, operands
from rfa_report.rules.windows import window

__all__ = ["BOOK", "Book", "DataDependent", "Operand", "Rule", "Unruled", "anywhere", "join", "operands", "window"]

BOOK = Book.of(
    views.BOOK,
    patches.BOOK,
    joins.BOOK,
    indexing.BOOK,
    sampling.BOOK,
    padding.BOOK,
    windows.BOOK,
    reductions.BOOK,
    products.BOOK,
    normalisation.BOOK,
    attention.BOOK,
    pointwise.BOOK,
)
"""Every rule that the project ships."""
