"""The PDF report: title, method, summary, a chapter an architecture with figures and tables, caveats, references."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from rfa_report.analysis.curve import curve
from rfa_report.core.report import ModelReport
from rfa_report.drawing.pictures import pictures
from rfa_report.drawing.print.sheets import TEXT
from rfa_report.pages.paper.tables import Paper, PaperModel, paper
from rfa_report.render.paper.bibtex import bibtex
from rfa_report.render.paper.figures import Figure, as_column, figure
from rfa_report.render.paper.glyphs import legible
from rfa_report.render.paper.templates import render
from rfa_report.render.paper.typesetting import engine, typeset
from rfa_report.wording import across

APART, SQUEEZE = 10.0, 0.85
"""Space between figures, in points, and how much smaller they may be to stand side by side."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A figure in the report: its file, its caption and its width in points."""

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
    """Draw charts at the resolution shown first, an overview at every one, and stages at the first that is accepted."""
    images = pictures(report, curve(report))
    shown = across.selected(report)
    accepted = next((i for i, at in enumerate(report.resolutions) if at.refusal is None), 0)
    wide: list[Figure] = []
    narrow: list[Figure] = []
    overviews: list[Figure] = []
    details: list[Figure] = []
    for picture in images:
        for number, one in enumerate(picture.prints):
            if one.fits:
                columns = ["2col" if one.wide else "1col"]
                (wide if one.wide else narrow).extend(figure(report, one, shown if one.each else None, columns))
            elif number == 0:
                overviews += [each for i, _ in enumerate(report.resolutions) for each in figure(report, one, i)]
            else:
                details += figure(report, one, accepted)
    return _Chapter(
        model,
        next((as_column(picture) for picture in images if picture.problem), None),
        (*_rows(wide, drawn), *_rows(narrow, drawn)),
        (*_rows(overviews, drawn), *_rows(details, drawn)),
    )


def _rows(figures: Sequence[Figure], drawn: dict[str, str]) -> Iterator[_Row]:
    """Put as many figures side by side as the line has room for, a little smaller if need be."""
    row: list[Figure] = []
    for each in figures:
        if row and _squeezed([*row, each]) < SQUEEZE:
            yield _placed(row, drawn)
            row = []
        row.append(each)
    if row:
        yield _placed(row, drawn)


def _squeezed(row: Sequence[Figure]) -> float:
    """Return the share of their widths at which figures stand side by side."""
    return min(1.0, (TEXT - APART * (len(row) - 1)) / sum(figure.width for figure in row))


def _placed(row: Sequence[Figure], drawn: dict[str, str]) -> _Row:
    drawn |= {f"{figure.name}.svg": figure.drawing.svg for figure in row}
    share = _squeezed(row)
    return tuple(_Placed(f"{figure.name}.svg", f"{figure.title}.", f"{figure.width * share:.2f}") for figure in row)
