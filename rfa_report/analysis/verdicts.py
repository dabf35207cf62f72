"""Verdicts of layers at a resolution (Richter et al. 2021, with real map extents)."""

from collections.abc import Mapping, Sequence

from rfa_report.analysis.layers import INPUT, Box
from rfa_report.core.layer import PerAxis, Verdict


def verdict(box: Box, feeding: Sequence[PerAxis[float | None]], size: PerAxis[int]) -> Verdict:
    """Judge a layer on the axes of `size`, given the shortest sizes of the layers that feed it.

    A layer is *unproductive* where everything that feeds it already sees the whole input and it grows beyond it, or
    where its kernel covers its whole map; *critical* where only its own field does.
    """
    reading = box.reading
    if reading.unknown:
        return Verdict.NOT_JUDGED
    own = {axis: reading.rf_min[axis] or 0 for axis in size}
    if all(value == float("inf") for value in own.values()) or not reading.depends_on_input:
        return Verdict.GLOBAL
    if _saturated(own, feeding, size) or _covered(box, size):
        return Verdict.UNPRODUCTIVE
    beyond = [own[axis] > size[axis] for axis in size]
    if all(beyond):
        return Verdict.CRITICAL
    return Verdict.PARTIALLY_CRITICAL if any(beyond) else Verdict.PRODUCTIVE


def _saturated(own: Mapping[str, float], feeding: Sequence[PerAxis[float | None]], size: PerAxis[int]) -> bool:
    fed = bool(feeding) and all(size[axis] <= (p[axis] or 0) for p in feeding for axis in size)
    return fed and all(size[axis] < own[axis] for axis in size)


def _covered(box: Box, size: PerAxis[int]) -> bool:
    w = box.window
    if w is None or not set(size) <= set(w.kernel):
        return False
    return all(w.extent[axis] <= w.dilation[axis] * (w.kernel[axis] - 1) + 1 for axis in size)


def unproductive_convolutions(boxes: Sequence[Box], size: PerAxis[int]) -> bool:
    """Decide whether some convolution is unproductive."""
    sizes = sizes_by_id(boxes, tuple(size))
    return any(
        box.convolutions and verdict(box, [sizes[p] for p in box.inputs], size) is Verdict.UNPRODUCTIVE for box in boxes
    )


def least_size(boxes: Sequence[Box], axes: Sequence[str]) -> int:
    """Estimate from one trace the smallest resolution at which no convolution is unproductive.

    By the receptive field alone this is exact where sizes do not depend on the resolution; the map of a layer is taken
    to be `ceil(i / jump)` positions wide. The estimate is where the search by real traces starts.
    """
    sizes = sizes_by_id(boxes, axes)
    least = 1
    for box in boxes:
        if not box.convolutions or box.reading.unknown or float("inf") in box.reading.rf_min.values():
            continue
        fed = [sizes[p][axis] or 0 for p in box.inputs for axis in axes]
        own = [(box.reading.rf_min[axis] or 0) - 1 for axis in axes]
        least = max(least, int(min([*fed, *own])) + 1)
        if (w := box.window) and set(axes) <= set(w.kernel):
            jumps = {axis: (box.reading.jump[axis] or 0) // w.stride[axis] for axis in axes}
            least = max(least, min(jumps[a] * (w.dilation[a] * (w.kernel[a] - 1) + 1) + 1 for a in axes))
    return least


def sizes_by_id(boxes: Sequence[Box], axes: Sequence[str]) -> dict[str, PerAxis[float | None]]:
    """Map every layer, and the model's input, to its shortest size."""
    return {INPUT: dict.fromkeys(axes, 1)} | {box.id: box.reading.rf_min for box in boxes}
