"""The figures of a paper: graphs and charts of each architecture at each resolution, as SVG, PDF and PNG."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rfa_report.core.errors import LayoutError
from rfa_report.core.report import ModelReport
from rfa_report.pages.chart import growth
from rfa_report.pages.graph import Graph, architecture_graphs, dot
from rfa_report.render.chart import MARKS, Frame, growth_svg
from rfa_report.render.layout import lay_out
from rfa_report.render.paper import render
from rfa_report.render.printed import Printed, printed
from rfa_report.render.svg import draw
from rfa_report.render.typesetting import engine, typeset

COLUMN, TEXT, HEIGHT = 241.0, 504.0, 680.0
"""Width of one column, of two, and height of a page, in points: 85, 178 and 240 mm."""

SCALE = 0.7
"""Points of a pixel of a drawing: its letters are about 8 points high."""

CHART_MARKS = {slug: f'<path d="M0 0{path}"/>' for slug, path in MARKS.items()}
"""The marks of the charts, which have no rings."""

COLUMNS = {"1col": COLUMN, "2col": TEXT}


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold a figure: the name of its file, its caption, its drawing and its size in points."""

    name: str
    title: str
    drawing: Printed
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Page:
    title: str
    width: str
    height: str


def figures(reports: Sequence[ModelReport]) -> Iterator[tuple[str, str | bytes]]:
    """Draw the figures of models. Raises `OutputError` where the engine is missing."""
    engine()
    for report in reports:
        drawings, problem = laid_out(report)
        if problem is not None:
            yield f"figures/{report.slug}-graph-missing.txt", f"{problem}\n"
        for index, _ in enumerate(report.resolutions):
            for figure in (*graphs(report, drawings, index), *charts(report, index)):
                yield from _files(figure)


def laid_out(report: ModelReport) -> tuple[tuple[tuple[Graph, str], ...], str | None]:
    """Lay out the graphs of a model, once for all resolutions: the whole, or an overview and each stage.

    Say also why one could not be laid out; None where all could.
    """
    drawn, problem = [], None
    for graph in architecture_graphs(report):
        try:
            drawn.append((graph, draw(graph, lay_out(dot(graph)))))
        except LayoutError as error:
            problem = f"{graph.title} could not be drawn: {error}"
    return tuple(drawn), problem


def graphs(report: ModelReport, drawings: Sequence[tuple[Graph, str]], index: int) -> Iterator[Figure]:
    """Draw the graphs of a model at a resolution."""
    label = report.resolutions[index].label
    for graph, block in drawings:
        drawing = printed(block, index, label)
        scale = min(SCALE, TEXT / drawing.width, HEIGHT / drawing.height)
        part = graph.slug.removeprefix(report.slug)
        name = f"{report.slug}-graph{part}-{label}"
        yield Figure(name, f"{graph.title}, input {label} px", drawing, drawing.width * scale, drawing.height * scale)


def charts(report: ModelReport, index: int) -> Iterator[Figure]:
    """Draw the charts of a model at a resolution, one and two columns wide."""
    label = report.resolutions[index].label
    chart = growth(report)
    if chart is None:
        return
    for columns, width in COLUMNS.items():
        frame = Frame(width / SCALE, min(330.0, width / SCALE * 0.68))
        drawing = printed(growth_svg(chart, frame), index, label, CHART_MARKS)
        title = f"Receptive field growth of {report.title}, input {label} px"
        yield Figure(f"{report.slug}-growth-{label}-{columns}", title, drawing, width, drawing.height * SCALE)


def _files(figure: Figure) -> Iterator[tuple[str, str | bytes]]:
    page = _Page(figure.title, f"{figure.width:.2f}", f"{figure.height:.2f}")
    source = render("figure.typ.j2", page)
    yield f"figures/{figure.name}.svg", sized(figure)
    for form in ("pdf", "png"):
        yield f"figures/{figure.name}.{form}", typeset(source, {"figure.svg": figure.drawing.svg}, form)


def sized(figure: Figure) -> str:
    """Write a drawing with its size on paper."""
    size = f'width="{figure.width:.2f}pt" height="{figure.height:.2f}pt"'
    return re.sub(r'width="[\d.]+" height="[\d.]+"', size, figure.drawing.svg, count=1)
