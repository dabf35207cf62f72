"""The analysis compared with the NaN oracle: every module output, every input axis, every dimension."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from oracle.nan import Lists, Masks, Oracle, concrete, first_and_last
from rfa_report.analysis import propagate
from rfa_report.analysis.propagate import State, Unknown
from rfa_report.core import bounds as b
from rfa_report.core.field import Field
from rfa_report.core.layer import Reach
from rfa_report.core.layout import dim_of
from rfa_report.core.operator import How
from rfa_report.core.recording import Recording
from rfa_report.rules import BOOK
from rfa_report.tracing import Measurements, on_meta, trace


@dataclass(slots=True)
class Comparison:
    """Hold what comparing a model with the oracle gave: `partial` reaches are not the whole image.

    Behind an operator that reads wherever the data say, reaches are `bounds`, of which some are `larger` than what NaN
    shows. `incomparable` says why, by module call. `stopped` is what the model itself raised on the way.
    """

    compared: int = 0
    partial: int = 0
    bounds: int = 0
    larger: int = 0
    wrong: list[str] = field(default_factory=list)
    incomparable: dict[str, str] = field(default_factory=dict)
    stopped: str | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """Hold what the analysis says of the first output of a module call; `loose` names a data-dependent operator."""

    shape: tuple[int, ...]
    state: State
    loose: str | None


def computed(recording: Recording) -> dict[str, Judged]:
    """Return what the analysis says of the first output of every module call that has one.

    Behind an operator that reads wherever the data say, a field is only an upper bound: it is loose.
    """
    by_stop: dict[int, list[Any]] = {}
    for scope in recording.scopes:
        by_stop.setdefault(scope.stop, []).append(scope)
    found: dict[str, Judged] = {}
    loose: dict[int, str] = {}
    for done, (states, operator) in enumerate(propagate(recording, BOOK, Measurements())):
        if done:
            call = recording.calls[done - 1]
            why = next((loose[v] for v in call.inputs if v in loose), None)
            if operator is not None and operator.how is How.DATA_DEPENDENT:
                why = operator.name
            loose.update({v: why for v in call.outputs if v is not None and why})
        for scope in by_stop.get(done, ()):
            if scope.outputs:
                value = scope.outputs[0]
                found[scope.id] = Judged(recording.values[value].shape, states.get(value), loose.get(value))
    return found


def compare(
    recording: Recording, real: nn.Module, shape: tuple[int, ...], chunk: int = 24, *, fast: bool = False
) -> Comparison:
    """Compare every module output of a concrete model with the oracle, on every input axis and along every dimension.

    Along a dimension means: the hull over the other dimensions, so that token layouts compare as well as maps.
    """
    result = Comparison()
    states = computed(recording)
    oracle = Oracle(real, shape, {key: judged.shape for key, judged in states.items()}, chunk, fast=fast)
    for axis in range(len(shape) - 2):
        for key, dims in oracle.masks(axis).items():
            state = states[key].state
            if isinstance(state, Field) and states[key].loose:
                _bound_along(result, key, state, axis, dims)
            elif isinstance(state, Field):
                _compare_along(result, key, state, axis, dims, shape[axis + 2])
            elif any(mask.any() for mask in dims.values()):
                if isinstance(state, Unknown):
                    oracle.incomparable[key] = f"not judged: {', '.join(state.ops)}"
                else:
                    result.wrong.append(f"{key} axis {axis}: depends on the input, but has no field")
    result.incomparable, result.stopped = oracle.incomparable, oracle.stopped
    return result


def _compare_along(result: Comparison, key: str, found: Field, axis: int, dims: Masks, size: int) -> None:
    for dim, mask in dims.items():
        result.compared += 1
        reach, truth = along(found, axis, dim), first_and_last(mask)
        result.partial += any(pair != (0, size - 1) for pair in _pairs(truth))
        if reach != truth:
            result.wrong.append(f"{key} axis {axis} dim {dim}: {_first_difference(reach, truth)}")
    own = dim_of(found.layout, axis)
    if own is not None and _lists(found.reach(axis)) != along(found, axis, own):
        result.wrong.append(f"{key} axis {axis}: reach() differs from the hull over the other dimensions")


def _bound_along(result: Comparison, key: str, found: Field, axis: int, dims: Masks) -> None:
    """Check that what reads wherever the data say reaches all that NaN comes from, and perhaps more."""
    for dim, mask in dims.items():
        reach, truth = along(found, axis, dim), first_and_last(mask)
        both = list(zip(_pairs(reach), _pairs(truth), strict=True))
        result.bounds += 1
        result.larger += reach != truth
        if any(-1 < first < low or last > high for (low, high), (first, last) in both):
            result.wrong.append(f"{key} axis {axis} dim {dim}, data-dependent: {_first_difference(reach, truth)}")


def _pairs(lists: Lists) -> list[tuple[int, int]]:
    return list(zip(*lists, strict=True))


def _first_difference(reach: Lists, truth: Lists) -> str:
    differ = [i for i, (ours, true) in enumerate(zip(_pairs(reach), _pairs(truth), strict=True)) if ours != true]
    ours, true = (_pairs(lists)[differ[0]] for lists in (reach, truth))
    return f"computed {ours} true {true} at {differ[0]}, {len(differ)} of {len(truth[0])} positions differ"


def disagreements(build: Callable[[], nn.Module], shape: tuple[int, ...]) -> tuple[int, int, list[str]]:
    """Compare a model of float64 weights with the oracle.

    Returns how many reaches were compared, how many of them are not the whole image, and what differs.
    """
    model = build()
    recording = trace(on_meta(model), shape)
    assert recording.refusal is None, recording.refusal
    result = compare(recording, concrete(model), shape)
    assert result.stopped is None, result.stopped
    unjudged = {key: why for key, why in result.incomparable.items() if why.startswith("not judged")}
    assert not unjudged, unjudged
    return result.compared, result.partial, result.wrong


def _lists(reach: Reach | None) -> Lists | None:
    return None if reach is None else (tuple(reach[0].tolist()), tuple(reach[1].tolist()))


def along(field: Field, axis: int, dim: int) -> Lists:
    """Return first and last input position of every position along a dimension: the hull over the others."""
    first, last = element_reach(field, axis)
    others = tuple(d for d in range(first.ndim) if d != dim)
    lo = np.where(last < 0, np.iinfo(np.int32).max, first).min(axis=others)
    return tuple(np.where(lo == np.iinfo(np.int32).max, -1, lo).tolist()), tuple(last.max(axis=others).tolist())


def element_reach(field: Field, axis: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Spell out first and last input position of every element; (-1, -1) where nothing reaches."""
    first, negated = np.broadcast_to(field.axes[axis].bounds[b.REACH], (2, *field.shape))
    nothing = first >= b.EMPTY
    return np.where(nothing, -1, first), np.where(nothing, -1, -negated)
