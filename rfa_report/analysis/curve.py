"""A stored report -> productive depth over all square resolutions, exact or said not to be; no model is run.

Where sizes do not depend on the resolution, the first clause of *unproductive* holds up to a fixed size. The second
compares a kernel with the extent of the layer's input map, which `analysis.extents` predicts. A prediction is used only
where it agrees with every traced resolution and with the feasible range of the report; where several remain possible,
or none, the curve gives the least and the most that productive depth can be.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rfa_report.analysis.extents import Extents, Formula, Rules, Traces, extents, rules
from rfa_report.analysis.idle import IdleKernels, Unused, several, unused_rows
from rfa_report.analysis.layers import INPUT
from rfa_report.core.layer import Layer, Verdict
from rfa_report.core.report import ModelReport, ResolutionReport

Flags: TypeAlias = NDArray[np.bool_]
Sizes: TypeAlias = NDArray[np.int64]

USUAL_END, LARGEST, BEYOND = 512, 4096, 1.15
"""Where a curve ends, in pixels: a little after the last resolution of interest, within these bounds."""


class Known(StrEnum):
    """How well productive depth is known at a resolution."""

    EXACT = "exact"
    BETWEEN = "between"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Step:
    """Productive depth from one square resolution to another, both included.

    `least` equals `most` where it is exact, and both are 0 where the model refuses the resolution because nothing is
    left for a window. What a model refuses by a check of its own is known only where it was traced.
    """

    first: int
    last: int
    known: Known
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Curve:
    """The productive depth of a model over all square resolutions up to a largest one, without gaps.

    `traced` are the square resolutions that the report was computed at; they are exact whatever the rest is.
    """

    depth: int
    steps: tuple[Step, ...]
    traced: tuple[int, ...]

    @property
    def exact(self) -> bool:
        """Tell whether productive depth is known everywhere."""
        return all(step.known is not Known.BETWEEN for step in self.steps)

    def at(self, size: int) -> Step:
        """Return the step that a resolution lies on; the last one goes on: a net that is whole stays whole."""
        return next((step for step in self.steps if size <= step.last), self.steps[-1])


@dataclass(frozen=True, slots=True)
class _Prediction:
    """What is predicted at an array of sizes."""

    least: Sizes
    most: Sizes
    surely: Flags
    perhaps: Flags
    refused: Flags
    doubtful: Flags


def has_curve(report: ModelReport) -> bool:
    """Tell whether a report has a curve: two square resolutions, one of them accepted, and a convolution."""
    square = [at for at in report.resolutions if len(set(at.size)) == 1]
    return len(report.axes) < 3 and len(square) > 1 and any(at.depth for at in square if at.refusal is None)


def curve(report: ModelReport) -> Curve | None:
    """Compute the curve of a report; None where it has none."""
    if not has_curve(report):
        return None
    square = {at.size[0]: at for at in report.resolutions if len(set(at.size)) == 1}
    accepted = {size: at for size, at in sorted(square.items()) if at.refusal is None}
    depth = max(at.depth for at in accepted.values())
    r_min = _least(report)
    end = max(*square, min(LARGEST, max(USUAL_END, int(max(*square, r_min or 0) * BEYOND))))
    sizes = np.arange(1, end + 1)
    partial = any("/" in pattern for pattern in report.inputs.values())  # such an input need not show the last pixels
    prediction = None if partial else _predicted(square, accepted, r_min, sizes)
    refused = np.zeros(end, bool)
    least, most = np.zeros(end, int), np.full(end, depth)
    if prediction is not None:
        sure = ~prediction.refused & ~prediction.doubtful
        least, most = np.where(sure, prediction.least, 0), np.where(sure, prediction.most, depth)
        refused = prediction.refused & ~prediction.doubtful
    for size, at in square.items():
        refused[size - 1] = at.refusal is not None
        least[size - 1] = most[size - 1] = at.productive_depth
    least[refused] = most[refused] = 0
    return Curve(depth, _steps(refused, least, most), tuple(sorted(square)))


def _least(report: ModelReport) -> int | None:
    """Return the smallest feasible size, where all axes have the same."""
    least = next((at.r_min for at in report.resolutions if at.r_min), None)
    values = set(least.values()) if least else set()
    return values.pop() if len(values) == 1 else None


def _steps(refused: Flags, least: Sizes, most: Sizes) -> tuple[Step, ...]:
    steps: list[Step] = []
    for index, (no, low, high) in enumerate(zip(refused.tolist(), least.tolist(), most.tolist(), strict=True)):
        how = Known.REFUSED if no else Known.EXACT if low == high else Known.BETWEEN
        if steps and (steps[-1].known, steps[-1].least, steps[-1].most) == (how, low, high):
            steps[-1] = Step(steps[-1].first, index + 1, how, low, high)
        else:
            steps.append(Step(index + 1, index + 1, how, low, high))
    return tuple(steps)


def _predicted(
    square: Mapping[int, ResolutionReport], accepted: Mapping[int, ResolutionReport], r_min: int | None, sizes: Sizes
) -> _Prediction | None:
    """Predict productive depth at `sizes`; None where that disagrees with what the report knows."""
    tables = [at.layers for at in accepted.values()]
    shape = [(layer.id, layer.inputs) for layer in tables[0]]
    if len(tables) < 2 or any([(layer.id, layer.inputs) for layer in table] != shape for table in tables[1:]):
        return None
    traced = Traces(tuple(accepted), {layers[0].id: layers for layers in zip(*tables, strict=True)})
    steady = _steady(traced)
    prediction = _evaluated(traced, steady, _settled(traced, steady, rules(traced), r_min), sizes)
    at = prediction.least[[size - 1 for size in square]], prediction.most[[size - 1 for size in square]]
    for n, (size, known) in enumerate(square.items()):
        refused = bool(prediction.refused[size - 1]) and not prediction.doubtful[size - 1]
        if known.refusal is not None and not refused and not prediction.doubtful[size - 1]:
            return None
        if known.refusal is None and (refused or not at[0][n] <= known.productive_depth <= at[1][n]):
            return None
    if r_min and r_min <= len(sizes):
        below = r_min > 1 and not (prediction.perhaps | prediction.refused | prediction.doubtful)[r_min - 2]
        if prediction.surely[r_min - 1] or below:
            return None
    return prediction


def _settled(traced: Traces, steady: frozenset[str], book: Rules, r_min: int | None) -> Rules:
    """Drop formulas that the feasible range contradicts: the report knows it by running the model.

    Every map grows with those before it. So a formula is impossible if, with all others as small as they can be, no
    convolution is unproductive one pixel below `r_min`; or if, with all others as large, one is at `r_min`.

    All trials are columns of one evaluation, which is repeated until none fails: what one layer drops settles others.
    """
    if not r_min or min(traced.sizes) >= r_min:
        return book
    while trials := [
        (key, n) for key, rule in book.items() for n in range(len(rule.formulas)) if len(rule.formulas) > 1
    ]:
        allowed = {key: np.ones((len(book[key].formulas), len(trials)), bool) for key, _ in trials}
        for column, (key, n) in enumerate(trials):
            allowed[key][:, column] = np.arange(len(book[key].formulas)) == n
        small = _evaluated(traced, steady, book, np.full(len(trials), r_min - 1), "low", allowed)
        large = _evaluated(traced, steady, book, np.full(len(trials), r_min), "high", allowed)
        kept: dict[str, list[Formula]] = {key: [] for key in allowed}
        for (key, n), fine in zip(trials, small.perhaps & ~large.surely, strict=True):
            kept[key] += [book[key].formulas[n]] if fine else []
        fewer = {key: tuple(few) for key, few in kept.items() if 0 < len(few) < len(book[key].formulas)}
        if not fewer:
            break
        book = {**book, **{key: replace(book[key], formulas=formulas) for key, formulas in fewer.items()}}
    return book


def _evaluated(
    traced: Traces,
    steady: frozenset[str],
    book: Rules,
    sizes: Sizes,
    lean: str = "",
    allowed: Mapping[str, Flags] = MappingProxyType({}),
) -> _Prediction:
    maps = extents(traced, book, sizes, lean, allowed)
    least: dict[str, Sizes] = {INPUT: np.zeros(len(sizes), int)}
    most = dict(least)
    surely = perhaps = np.zeros(len(sizes), bool)
    unused = unused_rows(traced, maps, sizes)
    for key, layers in traced.layers.items():
        layer = layers[0]
        low = np.max([least[p] for p in layer.inputs] or [least[INPUT]], axis=0)
        high = np.max([most[p] for p in layer.inputs] or [most[INPUT]], axis=0)
        if layer.convolutions:
            bad, possible = _unproductive(traced, key, key in steady, maps, unused, sizes)
            surely, perhaps = surely | bad, perhaps | possible
            low, high = low + layer.convolutions * ~possible, high + layer.convolutions * ~bad
        least[key], most[key] = low, high
    return _Prediction(
        np.max(list(least.values()), axis=0),
        np.max(list(most.values()), axis=0),
        surely,
        perhaps,
        maps.refused,
        maps.doubtful,
    )


def _unproductive(
    traced: Traces, key: str, steady: bool, maps: Extents, unused: Unused, sizes: Sizes
) -> tuple[Flags, Flags]:
    """Tell at which sizes a layer is surely, and at which perhaps, unproductive (receptive-field verdict 3)."""
    layers = traced.layers[key]
    layer = layers[-1]
    no = np.zeros(len(sizes), bool)
    if all(each.verdict in (Verdict.NOT_JUDGED, Verdict.GLOBAL) for each in layers):
        return no, no
    if not steady:
        return no, ~no
    feeding = [traced.layers[p][-1].rf_min if p != INPUT else dict.fromkeys(layer.rf_min, 1) for p in layer.inputs]
    last = min(min((layer.rf_min[a] or 0) - 1, *(f[a] or 0 for f in feeding)) for a in layer.rf_min)
    saturated = sizes <= last
    window = layer.window
    if window is None or set(window.kernel) != set(layer.rf_min):
        return saturated, saturated
    inside = maps.inside.get(key)
    if inside is None:
        return saturated, ~no
    idle = IdleKernels(traced, maps, unused, sizes)
    surely, perhaps = (np.all([idle.along(key, axis, end) for axis in inside], axis=0) for end in (1, 0))
    return saturated | surely, saturated | perhaps


def _steady(traced: Traces) -> frozenset[str]:
    """List the layers whose sizes do not depend on the resolution: equal in all traces, on a regular grid throughout.

    Traces in which a layer has a single position do not count: nothing tells the distance of positions there. Every
    layer with a window is unproductive then, whatever its size.
    """
    steady = {INPUT}
    for key, layers in traced.layers.items():
        told = [layer for layer in layers if several(layer)] or layers
        last = told[-1]
        equal = all((layer.rf_min, layer.rf_max, layer.jump) == (last.rf_min, last.rf_max, last.jump) for layer in told)
        if equal and _regular(last) and steady.issuperset(last.inputs):
            steady.add(key)
    return frozenset(steady)


def _regular(layer: Layer) -> bool:
    gridded = all(layer.step(axis) is not None for axis in layer.jump)
    return not layer.caveats and (gridded or all(size == inf for size in layer.rf_min.values()))
