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
class Subject:
    """A model that is ready to be recorded, and what its report says of it.

    `run` records a forward pass at a resolution, for inputs. `measure` runs operators
    that have no rule; without it, they are not judged. `versions` are those of the packages that the model comes from.
    """

    name: str
    spec: str
    family: str
    arguments: Mapping[str, object]
    design: Design
    run: Callable[[Size, Sequence[Input]], Recording]
    measure: Measure | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    def record(self, size: Size) -> Recording:
        """Record a forward pass at a resolution; one that the model refuses carries its message."""
        design = self.design
        return self.run(size, design.inputs or usual(len(size), design.channels, design.images))
