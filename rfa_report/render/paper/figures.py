"""The figures of a paper: graphs and charts of each architecture at each resolution, as SVG, PDF and PNG."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from rfa_report.analysis.curve import curve
from rfa_report.core.report import ModelReport
from rfa_report.drawing.picture import Picture, Print
from rfa_report.drawing.pictures import pictures
from rfa_report.drawing.print.printed import SHAPES, Printed, printed
from rfa_report.drawing.print.sheets import COLUMN, SCALE, TEXT, scale
from rfa_report.render.paper.glyphs import legible
from rfa_report.render.paper.templates import render
from rfa_report.render.paper.typesetting import engine, typeset

COLUMNS = {"1col": COLUMN, "2col": TEXT}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: the name of its file, its caption, its drawing and its size in points."""

    name: str
    title: str
    drawing: Printed
    width: float
    height: float


Typeset: TypeAlias = Callable[[], bytes]
"""Sets a drawing when it is called."""


@dataclass(frozen=True, slots=True)
class _Page:
    title: str
    width: str
    height: str


def figures(reports: Sequence[ModelReport], fonts: Path | None = None) -> Iterator[tuple[str, str | Typeset]]:
    """Draw the figures of models; those that are typeset are so when they are asked for.

    Raises `OutputError` where the engine is missing.
    """
    engine(fonts)
    for named in reports:
        report = legible(named, fonts)
        drawn = pictures(report, curve(report))
        for made in _figures(report, drawn):
            yield from _files(made, made.title.replace(report.title, named.title), fonts)
        for picture in drawn:
            if picture.problem is not None:
                yield f"figures/{report.slug}-{picture.key}-note.txt", f"{as_column(picture)}\n"


def as_column(picture: Picture) -> str | None:
    """Say which graph is but a column, and why; None where all could be laid out."""
    return picture.problem and " is drawn as one column: ".join(picture.problem)


def _figures(report: ModelReport, drawn: Sequence[Picture]) -> Iterator[Figure]:
    """Draw what is about all resolutions, then what there is at each."""
    prints = [one for picture in drawn for one in picture.prints]
    for one in prints:
        if not one.each:
            yield from figure(report, one)
    for index, _ in enumerate(report.resolutions):
        for one in prints:
            if one.each:
                yield from figure(report, one, index)


def figure(
    report: ModelReport, one: Print, index: int | None = None, columns: Collection[str] = tuple(COLUMNS)
) -> Iterator[Figure]:
    """Set a drawing, at one resolution or about all; in several parts where it is taller than a page."""
    label = "" if index is None else report.resolutions[index].label
    widths = {name: COLUMNS[name] for name in columns} if one.fits else {"": TEXT}
    for name, width in widths.items():
        parts = printed(one.draw(width / SCALE), -1 if index is None else index, label, one.marks or SHAPES)
        for number, part in enumerate(parts, 1):
            several = len(parts) > 1
            words = (report.slug, one.name, label, name, str(number) if several else "")
            of_all = f", part {number} of {len(parts)}" if several else ""
            at = f", input {label} px" if label else ""
            yield _fitted("-".join(filter(None, words)), f"{one.caption}{of_all}{at}", part)


def _fitted(name: str, title: str, drawing: Printed) -> Figure:
    points = scale(drawing.width, drawing.height)
    return Figure(name, title, drawing, drawing.width * points, drawing.height * points)


def _files(figure: Figure, title: str, fonts: Path | None) -> Iterator[tuple[str, str | Typeset]]:
    page = _Page(title, f"{figure.width:.2f}", f"{figure.height:.2f}")
    source = render("figure.typ.j2", page)
    yield f"figures/{figure.name}.svg", sized(figure)
    for form in ("pdf", "png"):
        yield f"figures/{figure.name}.{form}", partial(typeset, source, {"figure.svg": figure.drawing.svg}, form, fonts)


def sized(figure: Figure) -> str:
    """Write a drawing with its size on paper."""
    size = f'width="{figure.width:.2f}pt" height="{figure.height:.2f}pt"'
    return re.sub(r'width="[\d.]+" height="[\d.]+"', size, figure.drawing.svg, count=1)
