"""At which resolutions a kernel covers its map and shows no position more than it saw, predicted from a report.

Positions see the same where there is one, or where the first and the last see the whole image along the largest path:
from `centre + (r - 1) / 2` down to `centre + (m - 1) * jump - (r - 1) / 2`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import TypeAlias

import numpy as np

from rfa_report.analysis.extents import Extents, Flags, Sizes, Traces, covers
from rfa_report.analysis.layers import INPUT
from rfa_report.core.layer import Layer, Window

Unused: TypeAlias = Mapping[str, Mapping[str, Sizes]]
"""Input positions at the end of an axis that a layer does not reach, by layer, axis and size."""


def unused_rows(traced: Traces, maps: Extents, sizes: Sizes) -> Unused:
    """Count what strides leave over: `m - ((out - 1) s + d(k-1) + 1 - p)` positions of a map, or none."""
    none = dict.fromkeys(traced.axes, np.zeros(len(sizes), int))
    unused: dict[str, Mapping[str, Sizes]] = {INPUT: none}
    for key, (layer, *_) in traced.layers.items():
        fed = [unused[p] for p in layer.inputs] or [none]
        left = {axis: np.min([rows[axis] for rows in fed], axis=0) for axis in none}
        window, inside, made = layer.window, maps.inside.get(key), maps.made.get(key)
        if window and inside and made:
            for axis in inside:
                stride = window.stride[axis]
                end = (made[axis][1] - 1) * stride + covers(window, axis) - window.padding[axis]
                left[axis] = left[axis] + np.maximum(inside[axis][1] - end, 0) * ((layer.step(axis) or 0) // stride)
        unused[key] = left
    return unused


@dataclass(frozen=True, slots=True)
class IdleKernels:
    """The layers of a model at many sizes, and the maps that were predicted there."""

    traced: Traces
    maps: Extents
    unused: Unused
    sizes: Sizes

    def along(self, key: str, axis: str, end: int) -> Flags:
        """Tell where a kernel is idle: surely with the largest maps (`end` 1), perhaps with the smallest (0)."""
        layer = self.traced.layers[key][-1]
        window, inside = layer.window, self.maps.inside[key][axis][end]
        assert window is not None, "only windows have insides"
        whole: Flags = inside <= covers(window, axis)
        before = [p for p in layer.inputs if p in self.maps.made]
        if len(before) != 1 or len(layer.inputs) != 1:
            return whole & (end == 0)
        (fed,) = before
        extent = self.maps.made[fed][axis][end]
        alone = np.zeros(len(self.sizes), bool)
        for m, n in {*zip(extent[whole].tolist(), inside[whole].tolist(), strict=True)}:
            alone |= (extent == m) & (inside == n) & _reads_one_each(window, axis, m, n)
        told = [made for made in self.traced.layers.get(fed, ()) if several(made)]
        seen = [self._sees_all(made, axis, extent, end) for made in told]
        same = np.zeros(len(self.sizes), bool)
        if seen:
            same = np.all(seen, axis=0) if end else np.any(seen, axis=0)
        elif fed != INPUT:
            same = np.full(len(self.sizes), end == 0)
        return whole & (alone | same)

    def _sees_all(self, layer: Layer, axis: str, extent: Sizes, end: int) -> Flags:
        size, centre, jump = layer.rf_max[axis], layer.centre[axis], layer.step(axis)
        if layer.global_context or size == inf:
            return np.ones(len(self.sizes), bool)
        if size is None or centre is None or jump is None:
            return np.full(len(self.sizes), end == 0)
        half, last = (size - 1) / 2, self.sizes - 1 - self.unused[layer.id][axis]
        ends: Flags = (centre + half >= last) & (centre + (extent - 1) * jump - half <= 0)
        return ends


def several(layer: Layer) -> bool:
    """Decide whether a layer has more than one position along every axis that it has a map of."""
    return all(dim is None or layer.output_shape[dim] > 1 for dim in layer.dims.values())


def _reads_one_each(window: Window, axis: str, extent: int, inside: int) -> bool:
    """Decide whether no position reads more than one of `extent` that exist; `inside` counts a border of zeros too."""
    span, padding = covers(window, axis), window.padding[axis]
    places = np.arange(max(0, (inside + 2 * padding - span) // window.stride[axis] + 1))[:, None]
    taps = np.arange(window.kernel[axis]) * window.dilation[axis]
    read = places * window.stride[axis] - padding - (inside - extent) // 2 + taps
    return bool((((read >= 0) & (read < extent)).sum(axis=1) <= 1).all())
