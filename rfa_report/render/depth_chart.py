"""Chart of productive depth -> SVG: steps where it is exact, a band where it lies between two bounds."""

from collections.abc import Iterator

from rfa_report.pages.depth_chart import DepthChart, Series
from rfa_report.render.svg import escape

WIDTH, HEIGHT = 660.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 62.0, 12.0, 44.0


def depth_svg(chart: DepthChart) -> str:
    """Draw the chart, as a block of HTML with inline SVG."""
    return "\n".join(_lines(chart)) + "\n"


def _lines(chart: DepthChart) -> Iterator[str]:
    yield f'<div class="rfa-chart rfa-depth" id="{chart.id}">'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}" '
        f'height="{HEIGHT:g}" role="img" aria-labelledby="{chart.id}-title {chart.id}-desc">'
    )
    yield f'<title id="{chart.id}-title">{escape(chart.title)}</title>'
    yield f'<desc id="{chart.id}-desc">{escape(chart.summary)}</desc>'
    yield from _axes(chart)
    for number, series in enumerate(chart.series):
        yield f'<g class="rfa-series s{number}">'
        yield from _series(series)
        yield "</g>"
    yield "</svg>"
    if len(chart.series) > 1:
        yield '<ul class="rfa-key" aria-label="Lines">'
        for number, series in enumerate(chart.series):
            yield f'<li class="s{number}">{_sample(number)}{escape(series.title)}</li>'
        yield "</ul>"
    yield "</div>"


def _axes(chart: DepthChart) -> Iterator[str]:
    middle = (_y(0) + _y(1)) / 2
    turned = f'transform="translate(12 {middle:g}) rotate(-90)" text-anchor="middle"'
    yield f'<text class="rfa-axis" {turned}>productive depth</text>'
    for label, share in chart.shares:
        yield f'<text class="rfa-tick" x="{LEFT - 8:g}" y="{_y(share) + 4:.1f}" text-anchor="end">{label}</text>'
        yield f'<path class="rfa-grid" d="M{LEFT:g} {_y(share):.1f}H{WIDTH - RIGHT:g}"/>'
    for label, x in chart.resolutions:
        yield f'<path class="rfa-part" d="M{_x(x):.1f} {_y(0):g}v5"/>'
        yield f'<text class="rfa-tick" x="{_x(x):.1f}" y="{_y(0) + 18:g}" text-anchor="middle">{label}</text>'
    words = "input resolution in px · dots: traced" + (" · band: between two bounds" if chart.open_ended else "")
    yield f'<text class="rfa-axis" x="{LEFT:g}" y="{HEIGHT - 7:g}">{words}</text>'


def _series(series: Series) -> Iterator[str]:
    for piece in series.stretches:
        if not piece.exact:
            yield (
                f'<rect class="rfa-between" x="{_x(piece.start):.1f}" y="{_y(piece.most):.1f}" '
                f'width="{_x(piece.end) - _x(piece.start):.1f}" height="{_y(piece.least) - _y(piece.most):.1f}"/>'
            )
    path, end = "", -1.0
    for piece in series.stretches:
        if piece.exact:
            path += f"V{_y(piece.least):.1f}" if piece.start == end else f"M{_x(piece.start):.1f} {_y(piece.least):.1f}"
            path += f"H{_x(piece.end):.1f}"
            end = piece.end
    if path:
        yield f'<path class="rfa-line" d="{path}"/>'
    for point in series.points:
        yield (
            f'<circle class="rfa-traced" cx="{_x(point.x):.1f}" cy="{_y(point.y):.1f}" r="3.5">'
            f"<title>{escape(point.tooltip)}</title></circle>"
        )


def _sample(number: int) -> str:
    return (
        f'<svg viewBox="0 0 28 8" width="28" height="8" aria-hidden="true"><g class="rfa-series s{number}">'
        '<path class="rfa-line" d="M0 4H28"/></g></svg>'
    )


def _x(x: float) -> float:
    return LEFT + x * (WIDTH - LEFT - RIGHT)


def _y(y: float) -> float:
    return HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM)
