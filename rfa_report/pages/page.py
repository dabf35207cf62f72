"""What a site is made of before any text is rendered: pages, fragments, and bundles of both."""

from dataclasses import dataclass
from typing import Self

from rfa_report.drawing.charts.data_table import DataTable


@dataclass(frozen=True, slots=True)
class Page:
    """A page, or a style sheet: its path under `docs/`, its template and the data that the template prints."""

    path: str
    template: str
    data: object


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of HTML that a page includes: its path under `theme/`, its template and its data."""

    path: str
    template: str
    data: object


@dataclass(frozen=True, slots=True)
class Bundle:
    """Pages and fragments that are written together."""

    pages: tuple[Page, ...] = ()
    fragments: tuple[Fragment, ...] = ()

    def __add__(self, other: Self) -> "Bundle":
        """Put two bundles together, in this order."""
        return Bundle(self.pages + other.pages, self.fragments + other.fragments)


def fragment_path(slug: str, part: str) -> str:
    """Name the file of a model's fragment, relative to the theme folder: `fragments/resnet18.layers.html`."""
    return f"fragments/{slug}.{part}.html"


def data_table(table: DataTable) -> Fragment:
    """Lay out a table for the end of its chart's own fragment."""
    return Fragment(f"fragments/{table.id}.html", "data-table.html.j2", table)
