"""What a chart shows, as a table: for readers who see no chart, and for those who want the numbers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DataTable:
    """The heads and the rows of a table; the first cell of a row is its head, all others may be numbers."""

    id: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
