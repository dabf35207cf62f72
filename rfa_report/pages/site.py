"""A whole site: what is written for a model, and what for all of them together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rfa_report.core.report import ModelReport
from rfa_report.pages.index import IndexRow, index_page, index_table
from rfa_report.pages.layers import layer_table
from rfa_report.pages.model import model_page
from rfa_report.pages.operators import operators_page, operators_table
from rfa_report.pages.page import Bundle, Page


@dataclass(frozen=True, slots=True)
class Switch:
    """Hold the indices that the resolution switch of a page can have."""

    indices: tuple[int, ...]


def model_bundle(
    report: ModelReport, drawn: Mapping[str, str] | None = None, graphs_error: str | None = None
) -> Bundle:
    """Collect what is written for one model; graph and chart come from `render.svg` and `render.chart`.

    `drawn` maps layers to what shows them in a graph.
    """
    layered = any(at.layers for at in report.resolutions)
    return Bundle((model_page(report, graphs_error),), (layer_table(report, drawn),) if layered else ())


def site_bundle(title: str, rows: Sequence[IndexRow]) -> Bundle:
    """Collect what is written once for all models; each further page is a call more here."""
    return Bundle(
        (index_page(title, rows), operators_page(rows), verdict_styles(rows)),
        (index_table(rows), operators_table(rows)),
    )


def verdict_styles(rows: Sequence[IndexRow]) -> Page:
    """Write the style sheet of the resolution switch, for the model that has most resolutions."""
    most = max((len(row.cells) for row in rows), default=0)
    return Page("assets/verdicts.css", "verdicts.css.j2", Switch(tuple(range(max(most, 1)))))
