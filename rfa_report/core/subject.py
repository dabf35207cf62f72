"""A model before its analysis: where it comes from, and how to record a forward pass of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rfa_report.core.recording import Recording
from rfa_report.core.report import Size


@dataclass(frozen=True, slots=True)
class Design:
    """The input that a model was made for: resolution in pixels, channels, and how many images it takes."""

    size: Size = (224, 224)
    channels: int = 3
    images: int = 1


@dataclass(frozen=True, slots=True)
class Subject:
    """A model that is ready to be recorded, and what its report says of it.

    `run` records a forward pass for a number of images of one shape, (1, channels, *size). `versions` are those of the
    packages that it comes from.
    """

    name: str
    spec: str
    family: str
    arguments: Mapping[str, object]
    versions: Mapping[str, str]
    design: Design
    run: Callable[[tuple[int, ...], int], Recording]

    def record(self, size: Size) -> Recording:
        """Record a forward pass at a resolution; one that the model refuses carries its message."""
        return self.run((1, self.design.channels, *size), self.design.images)
