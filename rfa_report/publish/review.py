"""A comparison -> a site, or pages of one: what changed, with both versions of each model side by side."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rfa_report import store
from rfa_report.core.errors import OutputError
from rfa_report.core.report import ModelReport
from rfa_report.diffing import ModelChanges, Side
from rfa_report.drawing.graph.drawings import Drawing, drawing
from rfa_report.drawing.graph.graph import Graph
from rfa_report.pages.review.changes import (
    INDEX,
    ModelComparison,
    Sides,
    changes_page,
    compared,
    graphs,
    layer_table,
    layers,
    marked,
    model_changes_page,
    sides,
)
from rfa_report.pages.review.entry import Review
from rfa_report.publish import engine, site
from rfa_report.publish.output import Output
from rfa_report.publish.site import DOCS, THEME, Write
from rfa_report.render.markdown import render

TITLE = "What changed"


def review_site(folder: Path | None, told: Review, models: Iterable[ModelChanges], old: Side, new: Side) -> Path:
    """Make a site of the models that differ, with a page on what changed in each, and return its first page."""
    if folder is None:
        raise OutputError("a site needs a folder", "name one: --format html -o FOLDER")
    differing = [changes for changes in models if changes.changes]
    reports = [report for changes in differing if (report := _read(new, changes.name)) is not None]
    with Output(folder) as output:
        rows = [site.stage_model(output.write, report) for report in reports]
        stage_review(output, told, differing, old, new)
        site.stage_whole(output, TITLE, rows, None, None, more={TITLE: INDEX})
        return engine.build_site(output).with_name("changes.html")


def stage_review(output: Output, told: Review, models: Sequence[ModelChanges], old: Side, new: Side) -> None:
    """Stage the pages of a comparison in a site that has a page for each model of the new side."""
    pages = set()
    for changes in models:
        if changes.changes:
            before, after = _read(old, changes.old_name or changes.name), _read(new, changes.name)
            _stage_model_changes(output.write, compared(changes, before, after))
            pages.add(changes.name)
    _stage_changes(output.write, told, frozenset(pages))


def _read(side: Side, name: str) -> ModelReport | None:
    if name not in side.reports:
        return None
    return store.loads(side.reports[name]().decode(), f"{name} of {side.name}")


def _stage_changes(write: Write, told: Review, pages: frozenset[str]) -> None:
    """Write the page about all models; `pages` names those that have one of their own."""
    page = changes_page(told, pages)
    write(f"{DOCS}/{page.path}", render(page))


def _stage_model_changes(write: Write, comparison: ModelComparison) -> None:
    """Write the page about one model."""
    parts = []
    table = layers(comparison)
    old, new = graphs(comparison, table)
    if old or new:
        piece = sides(comparison, _drawn(old, new))
        write(f"{THEME}/{piece.path}", render(piece))
        parts.append("graph")
    if table is not None and table.rows:
        piece = layer_table(comparison, table)
        write(f"{THEME}/{piece.path}", render(piece))
        parts.append("layers")
    page = model_changes_page(comparison, parts)
    write(f"{DOCS}/{page.path}", render(page))


def _drawn(old: Sequence[Graph], new: Sequence[Graph]) -> list[Sides]:
    """Draw what is seen at first sight, and of the stages those in which something was edited."""
    titles = list(dict.fromkeys(graph.title for graph in (*new[1:], *old[1:]) if marked(graph)))
    first = Sides("", _drawing(old[:1]), _drawing(new[:1]))
    return [first, *(Sides(title, _drawing(_called(title, old)), _drawing(_called(title, new))) for title in titles)]


def _called(title: str, graphs: Sequence[Graph]) -> list[Graph]:
    return [graph for graph in graphs[1:] if graph.title == title]


def _drawing(graphs: Sequence[Graph]) -> Drawing | None:
    return drawing(graphs[0]) if graphs else None
