"""The frame of a chart: positions between 0 and 1 become pixels, whatever the size of the drawing."""

from collections.abc import Iterator
from dataclasses import dataclass

from rfa_report.render.svg import escape

LEFT, RIGHT = 52.0, 62.0
"""Space beside every plot, in pixels: ticks at the left, notes at the right."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Hold the size of a drawing, and the space above and below its plot, in pixels."""

    width: float
    height: float
    top: float
    bottom: float

    def opening(self, name: str, kind: str, title: str, summary: str) -> Iterator[str]:
        """Open a chart as a block of HTML with inline SVG that says in words what it shows; `name` is its id."""
        size = f'viewBox="0 0 {self.width:g} {self.height:g}" width="{self.width:g}" height="{self.height:g}"'
        yield f'<div class="{kind}" id="{name}">'
        yield (f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="{name}-title {name}-desc">')
        yield f'<title id="{name}-title">{escape(title)}</title>'
        yield f'<desc id="{name}-desc">{escape(summary)}</desc>'

    @property
    def right(self) -> float:
        """Return where the plot ends."""
        return self.width - RIGHT

    def x(self, x: float) -> float:
        """Place a position from left to right."""
        return LEFT + x * (self.width - LEFT - RIGHT)

    def y(self, y: float) -> float:
        """Place a position from bottom to top."""
        return self.height - self.bottom - y * (self.height - self.top - self.bottom)
