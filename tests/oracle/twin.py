"""The second oracle: sizes are those of the same network on an input that is so large that no border shows."""

from collections.abc import Callable, Mapping
from math import inf, isinf, lcm, prod

import numpy as np
from numpy.typing import NDArray
from torch import nn

from oracle.compare import Comparison, Judged, computed
from oracle.nan import Masks, Oracle
from rfa_report import analyze
from rfa_report.core.field import Field
from rfa_report.core.layout import dim_of
from rfa_report.core.recording import Recording

Sizes = dict[str, tuple[float | None, float | None]]
"""Of the shortest and of the largest path, by axis."""

Record = Callable[[tuple[int, ...]], Recording]

COARSEST = 64
"""The largest period, in input positions, that a network may have: it is run once for each of them."""

UNEVEN = frozenset({"_softmax", "_safe_softmax", "_scaled_dot_product_flash_attention_for_cpu", "roll"})
"""Operators of windows, in which positions see the same: positions of one map do not see alike then."""


class NoTwinError(Exception):
    """Say why a model is not compared with its twin."""


def sizes(build: Callable[[], nn.Module], size: tuple[int, ...], channels: int = 3) -> list[Sizes]:
    """Return the sizes of every layer with weights, and of the last layer."""
    layers = analyze(build(), [size], channels=channels).resolutions[0].layers
    told = [layer for layer in layers if layer.params or layer is layers[-1]]
    return [{axis: (layer.rf_min[axis], layer.rf_max[axis]) for axis in layer.rf_min} for layer in told]


def compare_sizes(
    recording: Recording, record: Record, real: nn.Module, most: float, runs: float = inf, *, fast: bool = False
) -> Comparison:
    """Compare the largest sizes that one small trace gives with what NaN shows on an input without borders.

    One axis is made long at a time. Raises `NoTwinError` where the network has no period, or where its twin needs more
    than `most` elements in one tensor or costs more than so many times what marking all rows and columns costs.
    """
    uneven = next((call.packet for call in recording.calls if call.packet in UNEVEN), None)
    if uneven:
        raise NoTwinError(f"{uneven}: positions of one map may not see alike")
    judged = computed(recording)
    cut = frozenset(key for key, one in judged.items() if isinstance(one.state, Field) and one.state.axes[0].is_global)
    result = Comparison()
    for axis in range(len(recording.resolution)):
        _compare_axis(result, recording, record, real, judged, cut, axis, (most, runs), fast=fast)
    if not result.compared:
        raise NoTwinError("no module has a size of its own")
    return result


def _compare_axis(
    result: Comparison,
    recording: Recording,
    record: Record,
    real: nn.Module,
    judged: Mapping[str, Judged],
    cut: frozenset[str],
    axis: int,
    most: tuple[float, float],
    *,
    fast: bool,
) -> None:
    even = {key: one for key, one in judged.items() if _is_even(one, axis)}
    if not even:
        return
    if any(_is_resized(one, axis) for one in judged.values()):
        raise NoTwinError("resized by a factor that is not whole: positions do not see alike")
    jumps = {key: int(_field(one).jump(axis) or 1) for key, one in even.items()}
    period = lcm(*jumps.values())
    if period > COARSEST:
        raise NoTwinError(f"a period of {period} positions")
    largest = max(int(_field(one).sizes(axis)[0]) for one in even.values())
    size = list(recording.resolution)
    whole = lcm(period, COARSEST)
    size[axis] += -(-(2 * (largest + 2 * period)) // whole) * whole
    grown = size[axis] / recording.resolution[axis]
    largest_tensor = max(prod(value.shape) for value in recording.values if value.origin == "call")
    if largest_tensor * grown > most[0] or period * grown / sum(recording.resolution) > most[1]:
        raise NoTwinError(f"needs {period} runs with {size[axis]} positions")
    large = record(tuple(size))
    if large.refusal is not None:
        raise NoTwinError(f"the model refuses {size[0]}x{size[-1]}")
    shapes = {scope.id: large.values[scope.outputs[0]].shape for scope in large.scopes if scope.outputs}
    oracle = Oracle(real, (1, recording.values[recording.inputs[0]].shape[1], *size), shapes, 1, fast=fast, cut=cut)
    start = size[axis] // 2
    masks = oracle.masks(axis, range(start, start + period))
    for key, one in even.items():
        if key in masks:
            _compare_size(result, key, one, axis, masks[key], jumps[key], period, start)
        else:
            result.incomparable[key] = oracle.incomparable.get(key, "not in the twin")
    result.stopped = oracle.stopped


def _field(one: Judged) -> Field:
    assert isinstance(one.state, Field)
    return one.state


def _is_even(one: Judged, axis: int) -> bool:
    field = one.state
    if not isinstance(field, Field) or one.loose or dim_of(field.layout, axis) is None:
        return False
    if not (jump := field.jump(axis)) or jump.denominator > 1:
        return False
    return field.sizes(axis)[0] > 0 and not isinf(field.sizes(axis)[0])


def _is_resized(one: Judged, axis: int) -> bool:
    """Decide whether positions of a map are different distances apart."""
    field = one.state
    own = dim_of(field.layout, axis) if isinstance(field, Field) else None
    if not isinstance(field, Field) or own is None or field.shape[own] == 1:
        return False
    jump = field.jump(axis)
    return (not jump or jump.denominator > 1) and not isinf(field.sizes(axis)[0])


def _compare_size(
    result: Comparison, key: str, one: Judged, axis: int, dims: Masks, jump: int, period: int, start: int
) -> None:
    field = _field(one)
    mask = dims[dim_of(field.layout, axis) or 0]
    if mask[:, 0].any() or mask[:, -1].any():
        if field.axes[axis].global_context:
            result.incomparable[key] = "global context"
        else:
            result.wrong.append(f"{key} axis {axis}: computed {field.sizes(axis)[0]:g}, but NaN reaches the border")
        return
    result.compared += 1
    result.partial += 1
    seen = measured(mask, jump, period, start)
    if seen != field.sizes(axis)[0]:
        result.wrong.append(f"{key} axis {axis}: computed size {field.sizes(axis)[0]:g}, true {seen}")


def measured(mask: NDArray[np.bool_], jump: int, period: int, start: int) -> int:
    """Return the size of the largest field of a map, given which of its positions one period of inputs reaches.

    Position `q + period / jump` sees what `q` sees, `period` further on. So every input position that `q` sees is, up
    to a period, among those that were marked: `c - q jump` are its offsets.
    """
    rows, positions = np.nonzero(mask)
    offsets = rows + start - positions * jump
    kinds = positions % (period // jump)
    return max((int(np.ptp(offsets[kinds == kind])) + 1 for kind in np.unique(kinds)), default=0)
