"""Verdicts of layers at a resolution (Richter et al. 2021, with real map extents)."""

from collections.abc import Sequence
from dataclasses import replace

from rfa_report.core.layer import Layer, PerAxis, Verdict


def judged(layer: Layer, feeding: Sequence[PerAxis[float | None]], size: PerAxis[int], idle: PerAxis[bool]) -> Layer:
    """Give a layer its verdicts: on all axes of `size` together and on each alone.

    `feeding` are the shortest sizes of what feeds it. A layer is *unproductive* if everything that feeds it already
    sees the whole input and it grows beyond it, or if its kernel is `idle`: it covers its whole map, and no position
    sees more than before; *critical* if only its own field sees the whole input.
    """
    verdict, alone = _verdicts(layer, feeding, size, idle)
    return replace(layer, verdict=verdict, axis_verdicts=alone)


def _verdicts(
    layer: Layer, feeding: Sequence[PerAxis[float | None]], size: PerAxis[int], idle: PerAxis[bool]
) -> tuple[Verdict, PerAxis[Verdict]]:
    if layer.unknown:
        return Verdict.NOT_JUDGED, dict.fromkeys(size, Verdict.NOT_JUDGED)
    infinite, saturated, covered, beyond = [], [], [], []
    for axis, n in size.items():
        own = layer.rf_min[axis] or 0
        infinite.append(own == float("inf") or not layer.depends_on_input)
        beyond.append(own > n)
        saturated.append(own > n and bool(feeding) and all(n <= (p[axis] or 0) for p in feeding))
        covered.append(idle.get(axis, False))
    if not (any(infinite) or any(beyond) or any(covered)):
        return Verdict.PRODUCTIVE, dict.fromkeys(size, Verdict.PRODUCTIVE)
    alone = {axis: _verdict([infinite[i]], [saturated[i]], [covered[i]], [beyond[i]]) for i, axis in enumerate(size)}
    return _verdict(infinite, saturated, covered, beyond), alone


def _verdict(
    infinite: Sequence[bool], saturated: Sequence[bool], covered: Sequence[bool], beyond: Sequence[bool]
) -> Verdict:
    """Try the rules in their order; each holds where it holds on all axes, the last but one on some.

    Nothing is predicted along an axis on which a layer is global, so that is none on which it is critical.
    """
    if all(infinite):
        return Verdict.GLOBAL
    if all(saturated) or all(covered):
        return Verdict.UNPRODUCTIVE
    if all(beyond):
        return Verdict.CRITICAL
    partly = any(far and not endless for far, endless in zip(beyond, infinite, strict=True))
    return Verdict.PARTIALLY_CRITICAL if partly else Verdict.PRODUCTIVE
