"""A layer: what a reader of the model's code would call one, and what the analysis says about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from rfa_report.core.operator import Operator

T = TypeVar("T")
PerAxis: TypeAlias = Mapping[str, T]
Reach: TypeAlias = tuple[NDArray[np.int32], NDArray[np.int32]]


class Verdict(StrEnum):
    """What receptive-field analysis says of a layer at a resolution, in the order in which the rules are tried."""

    NOT_JUDGED = "not judged"
    GLOBAL = "global"
    UNPRODUCTIVE = "unproductive"
    CRITICAL = "critical"
    PARTIALLY_CRITICAL = "partially critical"
    PRODUCTIVE = "productive"


@dataclass(frozen=True, slots=True)
class Window:
    """The kernel of a layer, per input axis, in positions of the layer's own input map.

    `extent` is the real size of that map. `kernel`, `stride`, `padding` and `dilation` are as the operator was given
    them.
    """

    kernel: PerAxis[int]
    stride: PerAxis[int]
    padding: PerAxis[int]
    dilation: PerAxis[int]
    extent: PerAxis[int]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer at one resolution; every size is in input pixels, per input axis.

    `rf_min` and `rf_max` are infinite where only global operators lead to the layer, and None where something on the
    way is unknown. `jump` is a fraction where a map is finer than the input, that of their grid for tokens, and None
    where neighbouring positions are not one distance apart. `dims` says which dimension of the output runs along each
    axis; None where none does alone (tokens, vectors). `unknown` names the operators, here or before, that hide the
    sizes; `caveats` those of this layer that are not exact by rule, and why.
    `returned_by` lists the calls of modules around it that return its map: `layer3#0`, or `neck#0[p4]` of several.
    """

    id: str
    kind: str
    module: str
    inputs: tuple[str, ...]
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    window: Window | None
    groups: int
    convolutions: int
    params: int
    macs: int
    rf_min: PerAxis[float | None]
    rf_max: PerAxis[float | None]
    jump: PerAxis[int | Fraction | None]
    centre: PerAxis[float | None]
    dims: PerAxis[int | None]
    aligned: bool
    global_context: bool
    depends_on_input: bool
    unknown: tuple[str, ...]
    caveats: tuple[Operator, ...]
    verdict: Verdict
    axis_verdicts: PerAxis[Verdict]
    returned_by: tuple[str, ...] = ()
    reaches: PerAxis[Any] = field(default_factory=dict, compare=False, repr=False)

    def step(self, axis: str) -> int | None:
        """Return the jump of an output that is a map along an axis, where it is a whole number."""
        jump = self.jump[axis]
        return jump if isinstance(jump, int) and self.dims[axis] is not None else None

    def effective_padding(self, axis: str) -> float | None:
        """Return how far the first unit's largest field reaches over the border, in input positions.

        `P = (r - 1) / 2 - centre` (Araujo et al. 2019, eq. 3); None where the field is infinite or has no centre.
        """
        size, centre = self.rf_max[axis], self.centre[axis]
        return None if size is None or size == float("inf") or centre is None else (size - 1) / 2 - centre

    def reach(self, axis: str) -> Reach | None:
        """Return first and last input position that each output position along `axis` really depends on.

        Two integer arrays, one entry per output position: the hull over channels and the other axes, (-1, -1) where
        nothing reaches. None where the output has no dimension of its own for the axis, or where an unknown
        operator hides it. Reach is not stored in report files: a report that was loaded raises `LookupError`.
        """
        if axis not in self.reaches:
            raise LookupError(f"layer {self.id} holds no reach along {axis!r}; it is not stored, call analyze() again")
        computed: Reach | None = self.reaches[axis]()
        return computed
