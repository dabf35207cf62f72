"""The frame of a chart: positions between 0 and 1 become pixels, whatever the size of the drawing."""

from dataclasses import dataclass

LEFT, RIGHT = 52.0, 62.0
"""Space beside every plot, in pixels: ticks at the left, notes at the right."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Hold the size of a drawing, and the space above and below its plot, in pixels."""

    width: float
    height: float
    top: float
    bottom: float

    @property
    def attributes(self) -> str:
        """Write the size as attributes of SVG."""
        return f'viewBox="0 0 {self.width:g} {self.height:g}" width="{self.width:g}" height="{self.height:g}"'

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
