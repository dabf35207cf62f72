"""Growth chart -> SVG: positions between 0 and 1 become pixels, colours stay in the style sheet."""

from collections.abc import Iterator, Sequence
from functools import partial

from rfa_report.analysis.curve import Curve
from rfa_report.core.report import ModelReport
from rfa_report.drawing.charts.frame import Frame
from rfa_report.drawing.charts.growth import Dot, Growth, Level, Line, growth
from rfa_report.drawing.graph.svg import escape
from rfa_report.drawing.picture import Picture, Print
from rfa_report.wording.verdicts import LOOKS

FRAME = Frame(660.0, 330.0, 14.0, 46.0)
"""The size of the chart on a page: sizes stand at the left, resolutions at the right, modules below."""

WORDS = 560.0
"""A plot that is narrower has short words under it."""

DOTS = {look.slug: look.dot for look in LOOKS.values()}
CHART_MARKS = {slug: f'<path d="M0 0{dot}"/>' for slug, dot in DOTS.items()}
"""The marks of the verdicts in the legend, which have no rings."""

APART = 15.0
"""The least distance of two labels above each other, in pixels."""


def picture(report: ModelReport, _: Curve | None = None) -> Picture | None:
    """Draw how the receptive field of a model grows; None where no layer has a finite field."""
    chart = growth(report)
    if chart is None:
        return None
    return Picture(
        key="chart",
        title="Receptive field growth",
        lead="How far each layer sees, in execution order: the largest field over all paths, and the "
        "[smallest](../method.md#smallest-field), which decides the verdict.",
        label="Receptive field growth",
        html=growth_svg(chart),
        table=chart.table,
        prints=(
            Print("growth", f"Receptive field growth of {report.title}", partial(growth_svg, chart), marks=CHART_MARKS),
        ),
    )


def growth_svg(growth: Growth, width: float = FRAME.width) -> str:
    """Draw the growth chart of a model, as a block of HTML with inline SVG."""
    labels = [level.label for level in growth.levels]
    return "\n".join(_lines(growth, FRAME.at(width).beside(labels, labels))) + "\n"


def _lines(growth: Growth, frame: Frame) -> Iterator[str]:
    title = f"Receptive field growth of {growth.title}"
    yield from frame.opening(f"chart-{growth.slug}", "rfa-chart", title, growth.summary)
    yield from _axes(growth, frame)
    for level, y in zip(growth.levels, _spread(growth.levels, frame), strict=True):
        yield _level(level, y, frame)
    for line in growth.lines:
        yield _line(line, frame)
    yield from _dots(growth.dots, frame)
    yield "</svg>"
    yield "</div>"


def _axes(growth: Growth, frame: Frame) -> Iterator[str]:
    middle = (frame.y(0) + frame.y(1)) / 2
    turned = f'transform="translate(12 {middle:g}) rotate(-90)" text-anchor="middle"'
    for start, end in growth.bands:
        box = f'x="{frame.x(start):.1f}" y="{frame.y(1):g}" width="{frame.x(end) - frame.x(start):.1f}"'
        yield f'<rect class="rfa-band" {box} height="{frame.y(0) - frame.y(1):g}"/>'
    yield f'<text class="rfa-axis" {turned}>receptive field in px</text>'
    for label, y in growth.ticks:
        yield f'<text class="rfa-tick" x="{frame.left - 8:g}" y="{frame.y(y) + 4:.1f}" text-anchor="end">{label}</text>'
        yield f'<path class="rfa-grid" d="M{frame.left:g} {frame.y(y):.1f}H{frame.right:g}"/>'
    end = frame.left
    for label, x in growth.parts:
        yield f'<path class="rfa-part" d="M{frame.x(x):.1f} {frame.y(0):g}v5"/>'
        if frame.x(x) >= end and frame.x(x) + 7 * len(label) <= frame.width:
            yield f'<text class="rfa-tick" x="{frame.x(x):.1f}" y="{frame.y(0) + 18:g}">{escape(label)}</text>'
            end = frame.x(x) + 7 * len(label) + 8
    short = f"{growth.layers} layers · solid: largest, dashed: smallest"
    words = (
        short
        if frame.width < WORDS
        else (f"{growth.layers} layers in execution order · solid: largest, dashed: smallest receptive field")
    )
    yield f'<text class="rfa-axis" x="{frame.left:g}" y="{frame.height - 8:g}">{words}</text>'


def _spread(levels: Sequence[Level], frame: Frame) -> list[float]:
    """Place the labels of resolutions beside their lines, pushed apart where they would overlap."""
    order = sorted(range(len(levels)), key=lambda i: -levels[i].y)
    places: dict[int, float] = {}
    last = -APART
    for i in order:
        last = places[i] = max(frame.y(levels[i].y), last + APART)
    last = frame.height - 2
    for i in reversed(order):
        last = places[i] = min(places[i], last - APART if last < frame.height - 2 else last)
    return [places[i] for i in range(len(levels))]


def _level(level: Level, label: float, frame: Frame) -> str:
    y, right = frame.y(level.y), frame.right
    return (
        f'<g class="rfa-level res{level.index}"><path d="M{frame.left:g} {y:.1f}H{right:g}L{right + 8:g} {label:.1f}"/>'
        f'<text x="{right + 11:g}" y="{label + 4:.1f}">{escape(level.label)}</text></g>'
    )


def _line(line: Line, frame: Frame) -> str:
    runs = "".join("M" + "L".join(f"{frame.x(x):.1f} {frame.y(y):.1f}" for x, y in run) for run in line.runs)
    return f'<path class="rfa-curve {line.kind}{_on(line.at)}" d="{runs}"/>'


def _dots(dots: Sequence[Dot], frame: Frame) -> Iterator[str]:
    """Draw the dots in groups of equal verdicts: one path for each shape, and a target to point at for each layer."""
    groups: dict[tuple[tuple[str, ...], tuple[int, ...]], list[Dot]] = {}
    for dot in dots:
        groups.setdefault((dot.verdicts, dot.at), []).append(dot)
    for (verdicts, at), group in groups.items():
        yield f'<g class="rfa-dots {" ".join(f"v{i}-{v}" for i, v in enumerate(verdicts))}{_on(at)}">'
        for verdict in dict.fromkeys(verdicts):
            where = tuple(i for i, v in enumerate(verdicts) if v == verdict)
            if verdict in DOTS:
                on = _on(where) if len(where) < len(verdicts) else ""
                path = "".join(f"M{frame.x(dot.x):.1f} {frame.y(dot.y):.1f}{DOTS[verdict]}" for dot in group)
                yield f'<path class="rfa-dot {verdict}{on}" d="{path}"/>'
        yield "</g>"
    yield '<g class="rfa-hits">'
    for dot in dots:
        on = f' class="{_on(dot.at).strip()}"' if dot.at else ""
        place = f'cx="{frame.x(dot.x):.1f}" cy="{frame.y(dot.y):.1f}" r="5"'
        yield f"<circle{on} {place}><title>{escape(dot.tooltip)}</title></circle>"
    yield "</g>"


def _on(at: Sequence[int]) -> str:
    return " rfa-on" + "".join(f" on{i}" for i in at) if at else ""
