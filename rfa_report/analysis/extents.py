"""The extent of every map at any square resolution, predicted from the windows of a report's layers.

A layer with kernel k, dilation d, padding p and stride s makes `floor((m + 2p - d(k-1) - 1) / s) + 1` positions of m.
A report does not say whether a pooling rounds up (`ceil_mode`), or how a layer pads its input by itself, so each layer
has the formulas that agree with every trace, and an extent is a least and a most.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rfa_report.analysis.layers import INPUT
from rfa_report.core.layer import Layer, Window

Sizes: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Range: TypeAlias = tuple[Sizes, Sizes]
Map: TypeAlias = Mapping[str, Range]

FAR = 2**40
"""Larger than any extent."""

PLAIN = re.compile(r"(Conv|MaxPool|AvgPool)[123]d|(conv|max_pool|avg_pool)[123]d")
"""Kinds of PyTorch's own layers with a window, which never pad by what their input measures."""

PADDING = re.compile(r"pad([123]d)?$", re.IGNORECASE)
"""Kinds that only pad."""

RESIZING = re.compile(r"adaptive|interpolate|upsample|resize|pad|shuffle|unfold|fold|transpose", re.IGNORECASE)
"""Kinds whose output may have the extent of their input in all traces and yet not always."""


@dataclass(frozen=True, slots=True)
class Traces:
    """A model at several square resolutions: the sizes, and by id the versions of each layer in their order."""

    sizes: tuple[int, ...]
    layers: Mapping[str, tuple[Layer, ...]]

    @property
    def axes(self) -> tuple[str, ...]:
        """Name the input axes."""
        return tuple(next(iter(self.layers.values()))[0].rf_min)


@dataclass(frozen=True, slots=True)
class Formula:
    """What a layer's window moves over, and what comes out, along each axis."""

    inside: Callable[[str, Sizes], Sizes]
    out: Callable[[str, Sizes], Sizes]


@dataclass(frozen=True, slots=True)
class Rule:
    """Which inputs of a layer have a map like its own, and the formulas that are still possible."""

    feeding: tuple[str, ...]
    formulas: tuple[Formula, ...]


Rules: TypeAlias = Mapping[str, Rule]


@dataclass(frozen=True, slots=True)
class Extents:
    """Predicted extents at an array of sizes.

    `inside` is what windows move over, by layer and axis, least and most, and `made` what comes out; a layer is missing
    where no formula agrees with its traces. `refused` says where a window surely does not fit or maps that join surely
    differ; `doubtful` where perhaps, or where what a map is made of cannot be predicted.
    """

    inside: Mapping[str, Map]
    made: Mapping[str, Map]
    refused: Flags
    doubtful: Flags


def rules(traced: Traces) -> Rules:
    """List for each layer the formulas that agree with all traces; a layer without one is left out."""
    book: dict[str, Rule] = {}
    readers: dict[str, list[Window]] = {}
    for layers in traced.layers.values():
        for tail in layers[0].inputs if layers[0].window else ():
            readers.setdefault(tail, []).append(layers[0].window)  # type: ignore[arg-type]
    for key, layers in traced.layers.items():
        feeding = _feeding(traced, key)
        met = _met_in_traces(layers, _made(traced, feeding[0])) if feeding else ()
        possible = _possible(*met[-1], readers.get(key, ())) if met else ()
        formulas = tuple(formula for formula in possible if all(_agrees(formula, *trace) for trace in met))
        if formulas:
            book[key] = Rule(feeding, formulas)
    return book


def _met_in_traces(
    layers: Sequence[Layer], fed: Sequence[tuple[int, ...] | None]
) -> tuple[tuple[Layer, tuple[int, ...], tuple[int, ...]], ...]:
    """Put together what each trace knows: the layer, the extents that it met, those that it made.

    A trace without a map says nothing where there was a single position, of which nothing tells along which axis it
    runs. Anywhere else the layer makes no map, and one trace alone is not evidence: nothing is returned then.
    """
    met = []
    for layer, before in zip(layers, fed, strict=True):
        made = _extent(layer)
        if before and made:
            met.append((layer, before, made))
        elif before and max(before) > 1:
            return ()
    return tuple(met) if len(met) > 1 else ()


def extents(
    traced: Traces, book: Rules, sizes: Sizes, lean: str = "", allowed: Mapping[str, Flags] = MappingProxyType({})
) -> Extents:
    """Evaluate formulas at `sizes`; those that are still open give a range, or its end that `lean` says (low, high).

    `allowed` has shape (formulas, sizes) and says, for some layers, which formulas count at which size.
    """
    axes = traced.axes
    maps: dict[str, Map] = {INPUT: dict.fromkeys(axes, (sizes, sizes))}
    inside: dict[str, Map] = {}
    refused = doubtful = np.zeros(len(sizes), bool)
    lost: set[str] = set()
    for key, layers in traced.layers.items():
        rule = book.get(key)
        joined = [maps[p] for p in rule.feeding if p in maps] if rule else []
        behind = not lost.isdisjoint(layers[0].inputs)
        if (behind or not joined) and not all(size == inf for size in layers[0].rf_min.values()):
            lost.add(key)
            if behind and any(_made(traced, key)):
                doubtful = doubtful | ~refused
        if not joined or rule is None:
            continue
        fed, broken, doubt = _met(joined)
        ends = {
            axis: [(f.inside(axis, low), f.inside(axis, high)) for f in rule.formulas]
            for axis, (low, high) in fed.items()
        }
        made = {
            axis: _both(
                [(f.out(axis, a), f.out(axis, b)) for f, (a, b) in zip(rule.formulas, length, strict=True)],
                lean,
                allowed.get(key),
            )
            for axis, length in ends.items()
        }
        if layers[0].window is not None:
            inside[key] = {axis: _both(length, lean, allowed.get(key)) for axis, length in ends.items()}
        nothing = np.any([high < 1 for _, high in made.values()], axis=0)
        perhaps = np.any([low < 1 for low, _ in made.values()], axis=0)
        refused, doubtful = refused | broken | nothing, doubtful | doubt | perhaps
        maps[key] = {axis: (np.maximum(low, 0), np.maximum(high, 0)) for axis, (low, high) in made.items()}
    return Extents(inside, maps, refused, doubtful & ~refused)


def _both(ends: Sequence[Range], lean: str, allowed: Flags | None) -> Range:
    if len(ends) == 1:
        low, high = ends[0]
    else:
        counts: Any = True if allowed is None else allowed
        low = np.min([low for low, _ in ends], axis=0, where=counts, initial=FAR)
        high = np.max([high for _, high in ends], axis=0, where=counts, initial=-FAR)
    return (high, high) if lean == "high" else (low, low) if lean == "low" else (low, high)


def _met(joined: Sequence[Map]) -> tuple[Map, Flags, Flags]:
    """Let maps that join have one extent, and say where they surely, and where perhaps, have not."""
    met: dict[str, Range] = {}
    broken = doubt = np.zeros(len(next(iter(joined[0].values()))[0]), bool)
    for axis in joined[0]:
        low = np.max([ends[axis][0] for ends in joined], axis=0)
        high = np.min([ends[axis][1] for ends in joined], axis=0)
        apart = low > high
        open_ended = np.any([ends[axis][0] != ends[axis][1] for ends in joined], axis=0)
        broken, doubt = broken | (apart & ~open_ended), doubt | (apart & open_ended)
        met[axis] = np.minimum(low, high), np.maximum(low, high)
    return met, broken, doubt


def _feeding(traced: Traces, key: str) -> tuple[str, ...]:
    """Name the inputs of a layer that have a map like its own: not the factors of a gate, not a vector."""
    outs = {p: sum(sum(made) for made in _made(traced, p) if made) for p in traced.layers[key][0].inputs}
    largest = max(outs.values(), default=0)
    return tuple(p for p, out in outs.items() if out == largest > 0)


def _made(traced: Traces, key: str) -> list[tuple[int, ...] | None]:
    """Give the extents of a layer's output, by trace and axis; None where a trace has no map there."""
    if key == INPUT:
        return [(size,) * len(traced.axes) for size in traced.sizes]
    return [_extent(layer) for layer in traced.layers[key]]


def _extent(layer: Layer) -> tuple[int, ...] | None:
    dims = [dim for dim in layer.dims.values() if dim is not None]
    return tuple(layer.output_shape[dim] for dim in dims) if len(dims) == len(layer.dims) else None


def _possible(
    layer: Layer, fed: tuple[int, ...], made: tuple[int, ...], readers: Sequence[Window]
) -> Iterator[Formula]:
    window, axes = layer.window, tuple(layer.rf_min)
    grown = {axis: after - before for axis, after, before in zip(axes, made, fed, strict=True)}
    if window is None:
        if layer.convolutions == 0 and not RESIZING.search(layer.kind):
            yield Formula(_same, _same)
        elif PADDING.search(layer.kind) and any(grown.values()):
            yield Formula(_same, _plus(grown))
            whole = [reader for reader in readers if set(reader.kernel) == set(axes)]
            yield from (Formula(_same, _as_tensorflow(reader)) for reader in whole)
        return
    if set(window.kernel) != set(axes):
        return
    insides = [_plus({axis: window.extent[axis] - before for axis, before in zip(axes, fed, strict=True)})]
    if not PLAIN.fullmatch(layer.kind):
        insides.append(_as_tensorflow(window))
    for inside in insides:
        yield Formula(inside, _out(window, up=False))
        if not layer.convolutions and all(window.padding[a] + window.stride[a] <= covers(window, a) for a in axes):
            yield Formula(inside, _out(window, up=True))


def _agrees(formula: Formula, layer: Layer, fed: tuple[int, ...], made: tuple[int, ...]) -> bool:
    for axis, before, after in zip(layer.rf_min, fed, made, strict=True):
        inside = formula.inside(axis, np.array([before]))
        if formula.out(axis, inside)[0] != after:
            return False
        if layer.window is not None and inside[0] != layer.window.extent.get(axis):
            return False
    return True


def covers(window: Window, axis: str) -> int:
    """Return how many positions a kernel spans along an axis."""
    return window.dilation[axis] * (window.kernel[axis] - 1) + 1


def _same(axis: str, extent: Sizes) -> Sizes:
    return extent


def _plus(padding: Mapping[str, int]) -> Callable[[str, Sizes], Sizes]:
    return lambda axis, extent: extent + padding[axis]


def _as_tensorflow(window: Window) -> Callable[[str, Sizes], Sizes]:
    """Pad as TensorFlow's "SAME" does: by what is missing for `ceil(m / s)` positions."""

    def inside(axis: str, extent: Sizes) -> Sizes:
        stride = window.stride[axis]
        return np.maximum(extent, (-(-extent // stride) - 1) * stride + covers(window, axis))

    return inside


def _out(window: Window, *, up: bool) -> Callable[[str, Sizes], Sizes]:
    def out(axis: str, inside: Sizes) -> Sizes:
        stride = window.stride[axis]
        room = inside + 2 * window.padding[axis] - covers(window, axis)
        return (-(-room // stride) if up else room // stride) + 1

    return out
