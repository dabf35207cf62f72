"""The frame of a chart: positions between 0 and 1 become pixels, whatever the size of the drawing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from rfa_report.drawing.graph.svg import escape

LEFT, RIGHT = 52.0, 66.0
"""Space beside a plot, in pixels: ticks at the left, notes at the right; more where their words need it."""

LETTER = 6.1
"""About the width of a letter of these words, most of them digits, in pixels."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a drawing, and the space on each side of its plot, in pixels."""

    width: float
    height: float
    top: float
    bottom: float
    left: float = LEFT
    beyond: float = RIGHT

    def beside(self, before: Iterable[str], after: Iterable[str]) -> "Frame":
        """Widen the space beside the plot to what stands there."""
        left, beyond = (11 + LETTER * max(map(len, words), default=0) for words in (before, after))
        return replace(self, left=max(self.left, left), beyond=max(self.beyond, beyond))

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
        return self.width - self.beyond

    def x(self, x: float) -> float:
        """Place a position from left to right."""
        return self.left + x * (self.right - self.left)

    def y(self, y: float) -> float:
        """Place a position from bottom to top."""
        return self.height - self.bottom - y * (self.height - self.top - self.bottom)
