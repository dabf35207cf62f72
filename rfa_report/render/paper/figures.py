"""The figures of a paper: graphs and charts of each architecture at each resolution, as SVG, PDF and PNG."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from rfa_report.analysis.curve import curve
from rfa_report.core.errors import LayoutError
from rfa_report.core.report import ModelReport
from rfa_report.drawing.charts.depth import Named, depth_chart
from rfa_report.drawing.charts.depth_svg import FRAME as DEPTH
from rfa_report.drawing.charts.depth_svg import depth_svg
from rfa_report.drawing.charts.frame import Frame
from rfa_report.drawing.charts.growth import growth
from rfa_report.drawing.charts.growth_svg import FRAME as GROWTH
from rfa_report.drawing.charts.growth_svg import growth_svg
from rfa_report.drawing.charts.strip import strips
from rfa_report.drawing.charts.strip_svg import strips_svg
from rfa_report.drawing.graph.graph import Graph, architecture_graphs, dot
from rfa_report.drawing.graph.placement import recalled
from rfa_report.drawing.graph.stack import column
from rfa_report.drawing.graph.svg import draw
from rfa_report.drawing.print.printed import Printed, printed
from rfa_report.drawing.print.sheets import COLUMN, SCALE, TEXT, scale
from rfa_report.render.paper.glyphs import legible
from rfa_report.render.paper.templates import render
from rfa_report.render.paper.typesetting import engine, typeset
from rfa_report.wording.verdicts import LOOKS

CHART_MARKS = {look.slug: f'<path d="M0 0{look.dot}"/>' for look in LOOKS.values()}
"""The marks of the charts, which have no rings."""

STRIP_MARKS = {
    look.slug: f'<path d="M-5 5v{-10 * look.height:g}h10v{10 * look.height:g}z"/>' for look in LOOKS.values()
}
"""The marks of the strips: bars of the heights that stand for the verdicts."""

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
        drawings, problem = laid_out(report)
        if problem is not None:
            yield f"figures/{report.slug}-graph-note.txt", f"{problem}\n"
        found = list(overall(report))
        for index, _ in enumerate(report.resolutions):
            found += [*graphs(report, drawings, index), *charts(report, index)]
        for figure in found:
            yield from _files(figure, figure.title.replace(report.title, named.title), fonts)


def laid_out(report: ModelReport) -> tuple[tuple[tuple[Graph, str], ...], str | None]:
    """Lay out the graphs of a model, once for all resolutions: the whole, or an overview and each stage.

    Say also why one is but a column; None where all could be laid out.
    """
    drawn, problem = [], None
    for graph in architecture_graphs(report):
        try:
            layout = recalled(dot(graph))
        except LayoutError as error:
            layout, problem = column(graph), f"{graph.title} is drawn as one column: {error}"
        drawn.append((graph, draw(graph, layout)))
    return tuple(drawn), problem


def graphs(report: ModelReport, drawings: Sequence[tuple[Graph, str]], index: int) -> Iterator[Figure]:
    """Draw the graphs of a model at a resolution."""
    label = report.resolutions[index].label
    for graph, block in drawings:
        name = f"{report.slug}-graph{graph.slug.removeprefix(report.slug)}-{label}"
        drawn = printed(block, index, label)
        for number, drawing in enumerate(drawn, 1):
            one, part = (f"-{number}", f", part {number} of {len(drawn)}") if len(drawn) > 1 else ("", "")
            yield _fitted(f"{name}{one}", f"{graph.title}{part}, input {label} px", drawing)


def charts(report: ModelReport, index: int) -> Iterator[Figure]:
    """Draw how the receptive field grows, with the verdicts at a resolution, one and two columns wide."""
    label = report.resolutions[index].label
    chart = growth(report)
    if chart is None:
        return
    title = f"Receptive field growth of {report.title}, input {label} px"
    for columns, width in COLUMNS.items():
        (drawing,) = printed(growth_svg(chart, _narrowed(GROWTH, width)), index, label, CHART_MARKS)
        yield _fitted(f"{report.slug}-growth-{label}-{columns}", title, drawing)


def overall(report: ModelReport) -> Iterator[Figure]:
    """Draw what is about all resolutions: the verdict strips, and productive depth over the resolution."""
    bars, found = strips(report), curve(report)
    for columns, width in COLUMNS.items():
        if bars is not None:
            (drawing,) = printed(strips_svg(bars, width / SCALE), shapes=STRIP_MARKS)
            yield _fitted(f"{report.slug}-strip-{columns}", f"Verdicts of the layers of {report.title}", drawing)
        if found is not None:
            chart = depth_chart(f"depth-{report.slug}", [Named(report.slug, report.title, found)])
            (drawing,) = printed(depth_svg(chart, _narrowed(DEPTH, width)))
            yield _fitted(f"{report.slug}-depth-{columns}", chart.title, drawing)


def _narrowed(frame: Frame, width: float) -> Frame:
    """Fit the frame of a chart to a width on paper, keeping its letters as large as they are."""
    return replace(frame, width=width / SCALE, height=min(frame.height, 0.68 * width / SCALE))


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
