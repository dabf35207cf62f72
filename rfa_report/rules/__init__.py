"""How each ATen operator moves a receptive field: one file an operator family, one book of them all."""

from rfa_report.core.field import join
from rfa_report.rules import contraction, factories, joining, lookups, ordering, patches, sampling, views, windows
from rfa_report.rules.book import Book, DataDependent, Operand, Rule, Unruled, anywhere, operands
from rfa_report.rules.windows import window

__all__ = ["BOOK", "Book", "DataDependent", "Operand", "Rule", "Unruled", "anywhere", "join", "operands", "window"]

BOOK = Book.of(
    views.BOOK,
    joining.BOOK,
    windows.BOOK,
    sampling.BOOK,
    patches.BOOK,
    contraction.BOOK,
    ordering.BOOK,
    lookups.BOOK,
    factories.BOOK,
)
"""Every rule that the project ships."""
