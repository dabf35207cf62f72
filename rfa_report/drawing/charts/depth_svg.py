"""Chart of productive depth -> SVG: steps where it is exact, a band where it lies between two bounds."""

from collections.abc import Iterator
from functools import partial

from rfa_report.analysis.curve import Curve
from rfa_report.core.report import ModelReport
from rfa_report.drawing.charts.depth import DepthChart, NamedCurve, Series, depth_chart
from rfa_report.drawing.charts.frame import Frame
from rfa_report.drawing.graph.svg import escape
from rfa_report.drawing.picture import Picture, Print

FRAME = Frame(660.0, 250.0, 12.0, 44.0)
"""The size of the chart on a page."""


def picture(report: ModelReport, curve: Curve | None) -> Picture | None:
    """Draw the productive depth of a model over the resolution; None where nothing is known of it."""
    if curve is None:
        return None
    chart = depth_chart(f"depth-{report.slug}", [NamedCurve(report.slug, report.title, curve)])
    return Picture(
        key="depth",
        title="Productive depth over all resolutions",
        lead="The [share of the depth](../method.md#productive-depth) that is productive at every square resolution, "
        "computed from the traced ones, which are marked. [How, and how exact that is](../method.md#curve)",
        label="Productive depth over all resolutions",
        html=depth_svg(chart),
        table=chart.table,
        prints=(Print("depth", chart.title, partial(depth_svg, chart), each=False),),
    )


def depth_svg(chart: DepthChart, width: float = FRAME.width) -> str:
    """Draw the chart, as a block of HTML with inline SVG."""
    return "\n".join(_lines(chart, FRAME.at(width))) + "\n"


def _lines(chart: DepthChart, frame: Frame) -> Iterator[str]:
    yield from frame.opening(chart.id, "rfa-chart rfa-depth", chart.title, chart.summary)
    yield from _axes(chart, frame)
    for number, series in enumerate(chart.series):
        yield f'<g class="rfa-series s{number}">'
        yield from _series(series, frame)
        yield "</g>"
    yield "</svg>"
    if len(chart.series) > 1:
        yield '<ul class="rfa-key" aria-label="Lines">'
        for number, series in enumerate(chart.series):
            yield f'<li class="s{number}">{_sample(number)}{escape(series.title)}</li>'
        yield "</ul>"
    yield "</div>"


def _axes(chart: DepthChart, frame: Frame) -> Iterator[str]:
    middle = (frame.y(0) + frame.y(1)) / 2
    turned = f'transform="translate(12 {middle:g}) rotate(-90)" text-anchor="middle"'
    yield f'<text class="rfa-axis" {turned}>productive depth</text>'
    for label, share in chart.shares:
        y = frame.y(share)
        yield f'<text class="rfa-tick" x="{frame.left - 8:g}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'
        yield f'<path class="rfa-grid" d="M{frame.left:g} {y:.1f}H{frame.right:g}"/>'
    for label, x in chart.resolutions:
        yield f'<path class="rfa-part" d="M{frame.x(x):.1f} {frame.y(0):g}v5"/>'
        yield f'<text class="rfa-tick" x="{frame.x(x):.1f}" y="{frame.y(0) + 18:g}" text-anchor="middle">{label}</text>'
    unit = "input resolution in px" if frame.width >= FRAME.width else "input in px"
    words = f"{unit} · dots: traced"
    words += " · band: between two bounds" * chart.bands + " · gap: refused, or not known" * chart.gaps
    yield f'<text class="rfa-axis" x="{frame.left:g}" y="{frame.height - 7:g}">{words}</text>'


def _series(series: Series, frame: Frame) -> Iterator[str]:
    for piece in series.stretches:
        if not piece.exact:
            left, top = frame.x(piece.start), frame.y(piece.most)
            size = f'width="{frame.x(piece.end) - left:.1f}" height="{frame.y(piece.least) - top:.1f}"'
            yield f'<rect class="rfa-between" x="{left:.1f}" y="{top:.1f}" {size}/>'
    path, end = "", -1.0
    for piece in series.stretches:
        if piece.exact:
            path += (
                f"V{frame.y(piece.least):.1f}"
                if piece.start == end
                else f"M{frame.x(piece.start):.1f} {frame.y(piece.least):.1f}"
            )
            path += f"H{frame.x(piece.end):.1f}"
            end = piece.end
    if path:
        yield f'<path class="rfa-line" d="{path}"/>'
    for point in series.points:
        yield (
            f'<circle class="rfa-traced" cx="{frame.x(point.x):.1f}" cy="{frame.y(point.y):.1f}" r="3.5">'
            f"<title>{escape(point.tooltip)}</title></circle>"
        )


def _sample(number: int) -> str:
    return (
        f'<svg viewBox="0 0 28 8" width="28" height="8" aria-hidden="true"><g class="rfa-series s{number}">'
        '<path class="rfa-line" d="M0 4H28"/></g></svg>'
    )
