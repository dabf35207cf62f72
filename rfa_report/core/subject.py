"""A model before its analysis: where it comes from, and how to record a forward pass of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rfa_report.core.inputs import Input, usual
from rfa_report.core.recording import Call, Recording
from rfa_report.core.report import Size

Changes = tuple[NDArray[np.bool_] | None, ...]


class Measure(Protocol):
    """A way to run the real operator of a call on random numbers."""

    def __call__(self, recording: Recording, call: Call, value: int, dims: tuple[int, ...]) -> Changes | None:
        """Say which output elements change with which slabs of an operand.

        A slab of `value` is one position along each of `dims` and everything along the others. Returns, for each output
        of the call, an array of shape (number of slabs, *output shape), slabs in row-major order; None for an output
        that is not a tensor. None where the operator cannot be run, is not deterministic, or costs too much.
        """


@dataclass(frozen=True, slots=True)
class Design:
    """The input that a model was made for: resolution in pixels, channels, and how many images it takes.

    `inputs` is for those that take something else than images of shape (1, channels, *size). `guessed` where nobody
    has said so, and most photos have this size.
    """

    size: Size = (224, 224)
    channels: int = 3
    images: int = 1
    inputs: tuple[Input, ...] = ()
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A model that was built anew for one resolution: with which argument, as in `img_size=192`, and how to run it."""

    argument: str
    run: Callable[[Size, Sequence[Input]], Recording]


@dataclass(frozen=True, slots=True)
class Subject:
    """A model that is ready to be recorded, and what its report says of it.

    `run` records a forward pass at a resolution, for inputs. `measure` runs operators
    that have no rule; without it, they are not judged. `versions` are those of the packages that the model comes from.
    `anew` builds the model for a resolution that it refuses as it is, where its constructor is known to take one.
    """

    name: str
    spec: str
    family: str
    arguments: Mapping[str, object]
    design: Design
    run: Callable[[Size, Sequence[Input]], Recording]
    measure: Measure | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    anew: Callable[[Size], Rebuilt] | None = None

    def record(self, size: Size) -> Recording:
        """Record a forward pass at a resolution; one that the model refuses carries its message."""
        return self.run(size, self.inputs(size))

    def inputs(self, size: Size) -> Sequence[Input]:
        """List what the model is called with at a resolution."""
        return self.design.inputs or usual(len(size), self.design.channels, self.design.images)
