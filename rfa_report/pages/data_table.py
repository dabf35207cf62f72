"""What a chart shows, as a table: for readers who see no chart, and for those who want the numbers."""

from dataclasses import dataclass

from rfa_report.pages.page import Fragment


@dataclass(frozen=True, slots=True)
class DataTable:
    """Hold the heads and the rows of a table; the first cell of a row is its head, all others may be numbers."""

    id: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def data_table(table: DataTable) -> Fragment:
    """Lay out a table for the end of its chart's own fragment."""
    return Fragment(f"fragments/{table.id}.html", "data-table.html.j2", table)
