"""Verdicts of layers at a resolution (Richter et al. 2021, with real map extents)."""

from collections.abc import Sequence

from rfa_report.analysis.layers import INPUT, Box
from rfa_report.core.layer import PerAxis, Verdict


def verdicts(
    box: Box, feeding: Sequence[PerAxis[float | None]], size: PerAxis[int]
) -> tuple[Verdict, PerAxis[Verdict]]:
    """Judge a layer on all axes of `size` together and on each alone, given the shortest sizes of what feeds it.

    A layer is *unproductive* where everything that feeds it already sees the whole input and it grows beyond it, or
    where its kernel covers its whole map; *critical* where only its own field does.
    """
    reading, w = box.reading, box.window
    if reading.unknown:
        return Verdict.NOT_JUDGED, dict.fromkeys(size, Verdict.NOT_JUDGED)
    infinite, saturated, covered, beyond = [], [], [], []
    for axis, n in size.items():
        own = reading.rf_min[axis] or 0
        infinite.append(own == float("inf") or not reading.depends_on_input)
        beyond.append(own > n)
        saturated.append(own > n and bool(feeding) and all(n <= (p[axis] or 0) for p in feeding))
        covered.append(
            w is not None and axis in w.kernel and w.extent[axis] <= w.dilation[axis] * (w.kernel[axis] - 1) + 1
        )
    if not (any(infinite) or any(beyond) or any(covered)):
        return Verdict.PRODUCTIVE, dict.fromkeys(size, Verdict.PRODUCTIVE)
    alone = {axis: _verdict([infinite[i]], [saturated[i]], [covered[i]], [beyond[i]]) for i, axis in enumerate(size)}
    return _verdict(infinite, saturated, covered, beyond), alone


def _verdict(
    infinite: Sequence[bool], saturated: Sequence[bool], covered: Sequence[bool], beyond: Sequence[bool]
) -> Verdict:
    """Try the rules in their order; each holds where it holds on all axes, the last but one on some."""
    if all(infinite):
        return Verdict.GLOBAL
    if all(saturated) or all(covered):
        return Verdict.UNPRODUCTIVE
    if all(beyond):
        return Verdict.CRITICAL
    return Verdict.PARTIALLY_CRITICAL if any(beyond) else Verdict.PRODUCTIVE


def unproductive_convolutions(boxes: Sequence[Box], size: PerAxis[int]) -> bool:
    """Decide whether some convolution is unproductive."""
    sizes = sizes_by_id(boxes, tuple(size))
    return any(
        box.convolutions and verdicts(box, [sizes[p] for p in box.inputs], size)[0] is Verdict.UNPRODUCTIVE
        for box in boxes
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
