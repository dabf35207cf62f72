"""How each ATen operator moves a receptive field: one file an operator family, one book of them all."""

from rfa_report.rules import contraction, factories, joining, patches, sampling, views, windows
from rfa_report.rules.book import Book, Operand, Rule, Unruled, operands

__all__ = ["BOOK", "Book", "Operand", "Rule", "Unruled", "operands"]

BOOK = Book.of(views.BOOK, joining.BOOK, windows.BOOK, sampling.BOOK, patches.BOOK, contraction.BOOK, factories.BOOK)
"""Every rule that the project ships."""
