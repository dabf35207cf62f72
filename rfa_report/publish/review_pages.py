"""A comparison -> staged pages: what changed in all models, graphs and layers of each that did."""

from collections.abc import Sequence

from rfa_report.drawing.graph.graph import Graph
from rfa_report.drawing.graph.picture import Drawing, drawing
from rfa_report.pages.review import changes
from rfa_report.pages.review.changes import Compared, Sides
from rfa_report.pages.review.entry import Review
from rfa_report.publish.site import DOCS, THEME, Write
from rfa_report.render.markdown import render


def stage_changes(write: Write, told: Review, pages: frozenset[str]) -> None:
    """Write the page about all models; `pages` names those that have one of their own."""
    page = changes.changes_page(told, pages)
    write(f"{DOCS}/{page.path}", render(page))


def stage_model_changes(write: Write, found: Compared) -> None:
    """Write the page about one model."""
    parts = []
    table = changes.layers(found)
    old, new = changes.graphs(found, table)
    if old or new:
        piece = changes.sides(found, _drawn(old, new))
        write(f"{THEME}/{piece.path}", render(piece))
        parts.append("graph")
    if table is not None and table.rows:
        piece = changes.layer_table(found, table)
        write(f"{THEME}/{piece.path}", render(piece))
        parts.append("layers")
    page = changes.model_changes_page(found, parts)
    write(f"{DOCS}/{page.path}", render(page))


def _drawn(old: Sequence[Graph], new: Sequence[Graph]) -> list[Sides]:
    """Draw what is seen at first sight, and of the stages those in which something was edited."""
    titles = list(dict.fromkeys(graph.title for graph in (*new[1:], *old[1:]) if changes.marked(graph)))
    first = Sides("", _drawing(old[:1]), _drawing(new[:1]))
    return [first, *(Sides(title, _drawing(_called(title, old)), _drawing(_called(title, new))) for title in titles)]


def _called(title: str, graphs: Sequence[Graph]) -> list[Graph]:
    return [graph for graph in graphs[1:] if graph.title == title]


def _drawing(graphs: Sequence[Graph]) -> Drawing | None:
    return drawing(graphs[0]) if graphs else None
