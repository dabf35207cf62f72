"""How each ATen operator moves a receptive field: one file an operator family, one book of them all."""

from rfa_report.rules import contraction, factories, joining, lookups, ordering, patches, sampling, views, windows
from rfa_report.rules.book import Book, DataDependent, Operand, Rule, Unruled, anywhere, operands

__all__ = ["BOOK", "Book", "DataDependent", "Operand", "Rule", "Unruled", "anywhere", "operands"]

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
