"""The PDF report: title, method, summary, a chapter an architecture with figures and tables, caveats, references."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from rfa_report.core.report import ModelReport
from rfa_report.pages import across
from rfa_report.pages.paper import Paper, PaperModel, paper
from rfa_report.render.bibtex import bibtex
from rfa_report.render.figures import HEIGHT, TEXT, Figure, charts, graphs, laid_out, overall
from rfa_report.render.glyphs import legible
from rfa_report.render.paper import render
from rfa_report.render.typesetting import engine, typeset

CAPTION, APART = 60.0, 10.0
"""Space that a caption takes, and that between figures, in points."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """Hold a figure in the report: its file, its caption and its width in points."""

    file: str
    caption: str
    width: str


_Row: TypeAlias = tuple[_Placed, ...]
"""Figures that stand side by side."""


@dataclass(frozen=True, slots=True)
class _Chapter:
    paper: PaperModel
    problem: str | None
    charts: tuple[_Row, ...]
    graphs: tuple[_Row, ...]


@dataclass(frozen=True, slots=True)
class _Report:
    title: str
    paper: Paper
    models: tuple[_Chapter, ...]


def document(whole: Paper, reports: Sequence[ModelReport], fonts: Path | None = None) -> Iterator[tuple[str, bytes]]:
    """Set the report; its title as metadata is the true one. Raises `OutputError` where the engine is missing."""
    engine(fonts)
    shown = [legible(report, fonts) for report in reports]
    printed = paper(shown, whole.version)
    drawn: dict[str, str] = dict(bibtex(printed))
    chapters = tuple(_chapter(model, report, drawn) for model, report in zip(printed.models, shown, strict=True))
    source = render("report.typ.j2", _Report(whole.title, printed, chapters))
    yield "report.pdf", typeset(source, drawn, "pdf", fonts)


def _chapter(model: PaperModel, report: ModelReport, drawn: dict[str, str]) -> _Chapter:
    """Draw the overview at every resolution, and the stages at the first one that the model accepts."""
    drawings, problem = laid_out(report)
    shown = across.selected(report)
    first = next((i for i, at in enumerate(report.resolutions) if at.refusal is None), 0)
    overviews = [figure for i, _ in enumerate(report.resolutions) for figure in graphs(report, drawings[:1], i)]
    found = {figure.name.removeprefix(report.slug): figure for figure in (*overall(report), *charts(report, shown))}
    narrow = [figure for name, figure in found.items() if name.endswith("-1col") and not name.startswith("-strip")]
    wide = [figure for name, figure in found.items() if name == "-strip-2col"]
    return _Chapter(
        model,
        problem,
        (*_rows(wide, drawn), *_rows(narrow, drawn)),
        (*_rows(overviews, drawn), *_rows(list(graphs(report, drawings[1:], first)), drawn)),
    )


def _rows(figures: Sequence[Figure], drawn: dict[str, str]) -> Iterator[_Row]:
    """Put as many figures side by side as the line has room for."""
    row: list[Figure] = []
    for figure in figures:
        if row and sum(other.width + APART for other in row) + figure.width > TEXT:
            yield tuple(_placed(other, drawn) for other in row)
            row = []
        row.append(figure)
    if row:
        yield tuple(_placed(figure, drawn) for figure in row)


def _placed(figure: Figure, drawn: dict[str, str]) -> _Placed:
    file = f"{figure.name}.svg"
    drawn[file] = figure.drawing.svg
    width = min(figure.width, TEXT, figure.width * (HEIGHT - CAPTION) / figure.height)
    return _Placed(file, f"{figure.title}.", f"{width:.2f}")
