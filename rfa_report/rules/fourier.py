"""Fourier transforms."""

from collections.abc import Sequence
from typing import Any

from rfa_report.rules.book import Book, Moved, Operand, Shapes, source
from rfa_report.rules.reductions import spread

BOOK = Book()


@BOOK.rule("aten._fft_r2c", "aten._fft_c2r", "aten._fft_c2c")
def fft(out: Shapes, x: Operand, dim: Sequence[int], *_: Any) -> Moved:
    """Transform dimensions: every frequency depends on every position, and the reverse."""
    return spread(source(x), dim, out[0])
