"""Verdict strips -> SVG: a bar for each resolution; height tells the verdicts apart for who sees no colours."""

from collections.abc import Iterator

from rfa_report.pages.strip import Run, Strip, Strips
from rfa_report.render.chart import LEFT, RIGHT, WIDTH
from rfa_report.render.svg import escape

PITCH, THICK, TOP, BOTTOM = 24.0, 16.0, 6.0, 22.0
SHARES = {
    "productive": 1.0,
    "partial": 0.85,
    "critical": 0.7,
    "unproductive": 0.4,
    "global": 0.15,
    "not-judged": 0.15,
}
"""How much of its height a layer fills: less, the less it is known to add."""

SMALL, LOW = 72, 12
"""Width and height of the strip in the index."""


def strips_svg(strips: Strips) -> str:
    """Draw the verdict strips of a model, as a block of HTML with inline SVG."""
    return "\n".join(_lines(strips)) + "\n"


def _lines(strips: Strips) -> Iterator[str]:
    name = f"strips-{strips.slug}"
    bottom = TOP + PITCH * len(strips.strips)
    yield f'<div class="rfa-chart rfa-strips" id="{name}">'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {bottom + BOTTOM:g}" width="{WIDTH:g}" '
        f'height="{bottom + BOTTOM:g}" role="img" aria-labelledby="{name}-title {name}-desc">'
    )
    yield f'<title id="{name}-title">Verdicts of the layers of {escape(strips.title)}</title>'
    yield f'<desc id="{name}-desc">{escape(strips.summary)}</desc>'
    yield from _parts(strips, bottom)
    for row, strip in enumerate(strips.strips):
        yield from _strip(strip, TOP + PITCH * row + (PITCH - THICK) / 2)
    yield "</svg>"
    yield "</div>"


def _parts(strips: Strips, bottom: float) -> Iterator[str]:
    end = LEFT
    for label, at in strips.parts:
        x = _x(at)
        yield f'<path class="rfa-part" d="M{x:.1f} {TOP:g}V{bottom + 4:g}"/>'
        if x >= end and x + 7 * len(label) <= WIDTH:
            yield f'<text class="rfa-tick" x="{x:.1f}" y="{bottom + 16:g}">{escape(label)}</text>'
            end = x + 7 * len(label) + 8


def _strip(strip: Strip, top: float) -> Iterator[str]:
    middle = f'y="{top + THICK - 4:g}"'
    yield f'<g class="rfa-strip res{strip.index}"><title>{escape(f"{strip.label}: {strip.words}")}</title>'
    yield f'<text class="rfa-tick" x="{LEFT - 8:g}" {middle} text-anchor="end">{escape(strip.label)}</text>'
    yield f'<path class="rfa-base" d="M{LEFT:g} {top + THICK + 1.5:g}H{WIDTH - RIGHT:g}"/>'
    for run in strip.runs:
        yield _run(run, top)
    yield f'<text class="rfa-tick" x="{WIDTH - RIGHT + 8:g}" {middle}>{escape(strip.note)}</text>'
    yield "</g>"


def _run(run: Run, top: float) -> str:
    height = THICK * SHARES[run.verdict]
    width = run.width * (WIDTH - LEFT - RIGHT)
    return (
        f'<rect class="{run.verdict}" x="{_x(run.start):.1f}" y="{top + THICK - height:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}"/>'
    )


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)
