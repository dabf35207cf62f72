"""Verdict strips -> SVG: a bar for each resolution; height tells the verdicts apart for who sees no colours."""

from collections.abc import Iterator
from functools import partial

from rfa_report.analysis.curve import Curve
from rfa_report.core.report import ModelReport
from rfa_report.drawing.charts.frame import Frame
from rfa_report.drawing.charts.growth_svg import FRAME
from rfa_report.drawing.charts.strip import Run, Strip, Strips, strips
from rfa_report.drawing.graph.svg import escape
from rfa_report.drawing.picture import Picture, Print
from rfa_report.wording.verdicts import LOOKS

PITCH, THICK, TOP, BOTTOM = 24.0, 16.0, 6.0, 22.0
HEIGHTS = {look.slug: look.height for look in LOOKS.values()}
STRIP_MARKS = {slug: f'<path d="M-5 5v{-10 * height:g}h10v{10 * height:g}z"/>' for slug, height in HEIGHTS.items()}
"""The marks of the verdicts in the legend: bars of the heights that stand for them."""

SMALL, LOW = 72, 12
"""Width and height of the strip in the index."""


def picture(report: ModelReport, _: Curve | None = None) -> Picture | None:
    """Draw the verdicts of a model's layers; None where no layer depends on the input."""
    bars = strips(report)
    if bars is None:
        return None
    return Picture(
        key="strip",
        title="Verdicts",
        anchor="strips",
        lead="Every layer from the input at the left to the output at the right, once for each resolution. The less a "
        "layer can add, the lower it stands; beside each bar, how many layers are "
        "[unproductive](../method.md#verdicts).",
        label="Verdicts of all layers",
        html=strips_svg(bars),
        prints=(
            Print(
                "strip",
                f"Verdicts of the layers of {report.title}",
                partial(strips_svg, bars),
                each=False,
                wide=True,
                marks=STRIP_MARKS,
            ),
        ),
    )


def strips_svg(strips: Strips, width: float = FRAME.width) -> str:
    """Draw the verdict strips of a model, as a block of HTML with inline SVG."""
    height = TOP + PITCH * len(strips.strips) + BOTTOM
    frame = Frame(width, height, TOP, BOTTOM)
    frame = frame.beside([s.label for s in strips.strips], [s.note for s in strips.strips])
    return "\n".join(_lines(strips, frame)) + "\n"


def _lines(strips: Strips, frame: Frame) -> Iterator[str]:
    title = f"Verdicts of the layers of {strips.title}"
    yield from frame.opening(f"strips-{strips.slug}", "rfa-chart rfa-strips", title, strips.summary)
    yield from _parts(strips, frame)
    for row, strip in enumerate(strips.strips):
        yield from _strip(strip, frame, TOP + PITCH * row + (PITCH - THICK) / 2)
    yield "</svg>"
    yield "</div>"


def _parts(strips: Strips, frame: Frame) -> Iterator[str]:
    bottom = frame.height - BOTTOM
    end = frame.left
    for label, at in strips.parts:
        x = frame.x(at)
        yield f'<path class="rfa-part" d="M{x:.1f} {TOP:g}V{bottom + 4:g}"/>'
        if x >= end and x + 7 * len(label) <= frame.width:
            yield f'<text class="rfa-tick" x="{x:.1f}" y="{bottom + 16:g}">{escape(label)}</text>'
            end = x + 7 * len(label) + 8


def _strip(strip: Strip, frame: Frame, top: float) -> Iterator[str]:
    middle = f'y="{top + THICK - 4:g}"'
    yield f'<g class="rfa-strip res{strip.index}"><title>{escape(f"{strip.label}: {strip.words}")}</title>'
    yield f'<text class="rfa-tick" x="{frame.left - 8:g}" {middle} text-anchor="end">{escape(strip.label)}</text>'
    yield f'<path class="rfa-base" d="M{frame.left:g} {top + THICK + 1.5:g}H{frame.right:g}"/>'
    for run in strip.runs:
        yield _run(run, frame, top)
    yield f'<text class="rfa-tick" x="{frame.right + 8:g}" {middle}>{escape(strip.note)}</text>'
    yield "</g>"


def _run(run: Run, frame: Frame, top: float) -> str:
    height = THICK * HEIGHTS[run.verdict]
    width = frame.x(run.start + run.width) - frame.x(run.start)
    return (
        f'<rect class="{run.verdict}" x="{frame.x(run.start):.1f}" y="{top + THICK - height:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}"/>'
    )
