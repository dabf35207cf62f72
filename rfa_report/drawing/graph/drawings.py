"""The picture of an architecture: what is seen at first sight, and details one click away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rfa_report.analysis.curve import Curve
from rfa_report.core.errors import LayoutError
from rfa_report.core.report import ModelReport
from rfa_report.drawing.graph.graph import Graph, architecture_graphs, dot, element_ids
from rfa_report.drawing.graph.placement import recalled
from rfa_report.drawing.graph.stack import column
from rfa_report.drawing.graph.svg import draw, escape
from rfa_report.drawing.picture import Picture, Print


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph as a block of HTML with inline SVG; `problem` says why its nodes stand in one column, if they do."""

    title: str
    svg: str
    problem: str | None = None


def drawing(graph: Graph) -> Drawing:
    """Place and draw a graph: its nodes one below the other where the layout engine could not place them."""
    try:
        return Drawing(graph.title, draw(graph, recalled(dot(graph))))
    except LayoutError as error:
        return Drawing(graph.title, draw(graph, column(graph)), str(error))


def picture(report: ModelReport, _: Curve | None = None) -> Picture | None:
    """Draw the graphs of a model; None where no layer depends on the input."""
    graphs = architecture_graphs(report)
    if not graphs:
        return None
    drawn = [drawing(graph) for graph in graphs]
    problems = [(piece.title, piece.problem) for piece in drawn if piece.problem is not None]
    return Picture(
        key="graph",
        title="Architecture",
        html=html(drawn),
        problem=problems[-1] if problems else None,
        prints=tuple(
            _print(f"graph{graph.slug.removeprefix(report.slug)}", piece)
            for graph, piece in zip(graphs, drawn, strict=True)
        ),
        files={f"graphs/{graph.slug}.dot": dot(graph) for graph in graphs},
        nodes=element_ids(graphs),
    )


def html(drawn: Sequence[Drawing]) -> str:
    """Lay out drawings, the first one open, as a block of HTML."""
    return "\n".join(_lines(drawn)) + "\n"


def _lines(drawn: Sequence[Drawing]) -> Iterator[str]:
    first, *details = drawn
    yield from _scrolling(first)
    for number, detail in enumerate(details, 1):
        yield f'<details class="rfa-detail" id="detail-{number}">'
        yield f"<summary>{escape(detail.title)}</summary>"
        yield from _scrolling(detail)
        yield "</details>"


def _scrolling(drawn: Drawing) -> Iterator[str]:
    yield f'<div class="rfa-scroll rfa-drawing" role="region" aria-label="{escape(drawn.title)}" tabindex="0">'
    yield drawn.svg
    yield "</div>"


def _print(name: str, drawn: Drawing) -> Print:
    return Print(name, drawn.title, lambda _: drawn.svg, fits=False)
