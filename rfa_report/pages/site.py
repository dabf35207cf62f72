"""A whole site: what is written for a model, and what for all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass

from rfa_report.core.report import ModelReport
from rfa_report.drawing.picture import Picture
from rfa_report.pages.model.architecture import model_page
from rfa_report.pages.model.layers import layer_table
from rfa_report.pages.page import Bundle, Fragment, Page, picture
from rfa_report.pages.zoo.index import index_page, index_table, labels
from rfa_report.pages.zoo.operators import operators_page, operators_table
from rfa_report.pages.zoo.published import published_page
from rfa_report.pages.zoo.resolutions import resolution_bundle, resolutions_page
from rfa_report.pages.zoo.row import IndexRow
from rfa_report.pages.zoo.sets import ModelSet, compare_page, families, families_bundle, set_bundle
from rfa_report.wording.verdicts import LOOKS, Look, Mark, mark


@dataclass(frozen=True, slots=True)
class Switch:
    """The indices that the resolution switch of a page can have, and the looks of the verdicts that it switches."""

    indices: tuple[int, ...]
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class Legend:
    """The verdicts as a legend names them."""

    marks: tuple[Mark, ...]


def model_bundle(report: ModelReport, pictures: Sequence[Picture] = ()) -> Bundle:
    """Collect what is written for one model: its page, its pictures and the table of its layers."""
    nodes = {layer: element for shown in pictures for layer, element in shown.nodes.items()}
    layered = any(at.layers for at in report.resolutions)
    return Bundle(
        (model_page(report, pictures),),
        (
            *(picture(report.slug, shown) for shown in pictures),
            *((layer_table(report, nodes),) if layered else ()),
        ),
    )


def site_bundle(title: str, rows: Sequence[IndexRow], compared: Sequence[ModelSet] = ()) -> Bundle:
    """Collect what is written once for all models; each further page is a call more here."""
    grouped = families(rows)
    whole = Bundle(
        (
            index_page(title, rows),
            compare_page(compared),
            resolutions_page(rows),
            operators_page(rows),
            published_page(rows),
        ),
        (index_table(rows), operators_table(rows)),
    )
    parts = [
        families_bundle(grouped),
        *(set_bundle(models) for models in (*grouped, *compared)),
        *(resolution_bundle(label, rows) for label in labels(rows)),
        Bundle((verdict_styles(rows),), (legend(),)),
    ]
    return sum(parts, start=whole)


def verdict_styles(rows: Sequence[IndexRow]) -> Page:
    """Write the style sheet of the verdicts and of the resolution switch, for the model with most resolutions."""
    most = max((len(row.cells) for row in rows), default=0)
    return Page("assets/verdicts.css", "verdicts.css.j2", Switch(tuple(range(max(most, 1))), tuple(LOOKS.values())))


def legend() -> Fragment:
    """Write the legend of the verdicts, from what is best on."""
    return Fragment("fragments/legend.html", "legend.html.j2", Legend(tuple(map(mark, LOOKS))))
