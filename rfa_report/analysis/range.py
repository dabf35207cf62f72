"""Search the smallest resolution at which no convolution is unproductive, by tracing."""

from collections.abc import Callable, Iterable, Sequence

from rfa_report.analysis.layers import INPUT, forward_pass
from rfa_report.core.layer import Layer, PerAxis, Verdict
from rfa_report.core.recording import Recording
from rfa_report.core.report import AXES, Size
from rfa_report.rules import Book

LARGEST_TRIED = 4096


def least_resolution(
    record: Callable[[Size], Recording],
    whole: Callable[[int], Size],
    sample: Recording,
    accepted: Iterable[int],
    book: Book,
) -> PerAxis[int] | None:
    """Return r_min, in pixels: all axes are varied together, and a size that the model refuses does not count.

    `whole` spells a number out to a resolution, at which `record` traces the model; `sample` is a trace that went well,
    `accepted` are numbers known to be accepted. None where the model has no convolution, where one cannot be judged, or
    where no resolution up to 4096 will do.
    """
    axes = AXES[len(whole(1))]
    layers = forward_pass(sample, book).layers
    convolutions = [layer for layer in layers if layer.convolutions]
    if not convolutions or any(layer.unknown for layer in convolutions):
        return None
    known: dict[int, bool] = {}

    def fine(size: int) -> bool:
        if size not in known:
            recording = record(whole(size))
            known[size] = recording.refusal is None and not any(
                layer.convolutions and layer.verdict is Verdict.UNPRODUCTIVE
                for layer in forward_pass(recording, book).layers
            )
        return known[size]

    guess = min(_least_size(layers, axes), LARGEST_TRIED)
    if fine(guess):
        low, high = _below(fine, guess)
    else:
        high = next((size for size in sorted(accepted) if size > guess and fine(size)), 0) or _above(fine, guess)
        low = guess
    if not high:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fine(middle) else (middle, high)
    return dict(zip(axes, whole(high), strict=True))


def _below(fine: Callable[[int], bool], high: int) -> tuple[int, int]:
    """Step down in growing steps until a size is not fine."""
    step = 1
    while high - step > 0:
        if not fine(high - step):
            return high - step, high
        high, step = high - step, step * 2
    return 0, high


def _above(fine: Callable[[int], bool], low: int) -> int:
    """Step up in growing steps until a size is fine; 0 where none is."""
    step = 1
    while low + step <= LARGEST_TRIED:
        if fine(low + step):
            return low + step
        step *= 2
    return 0


def _least_size(layers: Sequence[Layer], axes: Sequence[str]) -> int:
    """Estimate from one trace the smallest resolution at which no convolution is unproductive.

    By the receptive field alone this is exact where sizes do not depend on the resolution; the map of a layer is taken
    to be `ceil(i / jump)` positions wide. The estimate is where the search by real traces starts.
    """
    sizes: dict[str, PerAxis[float | None]] = {INPUT: dict.fromkeys(axes, 1)}
    sizes |= {layer.id: layer.rf_min for layer in layers}
    least = 1
    for layer in layers:
        if not layer.convolutions or layer.unknown or float("inf") in layer.rf_min.values():
            continue
        fed = [sizes[p][axis] or 0 for p in layer.inputs for axis in axes]
        own = [(layer.rf_min[axis] or 0) - 1 for axis in axes]
        least = max(least, int(min([*fed, *own])) + 1)
        if (w := layer.window) and set(axes) <= set(w.kernel):
            jumps = {axis: (layer.jump[axis] or 0) // w.stride[axis] for axis in axes}
            least = max(least, min(jumps[a] * (w.dilation[a] * (w.kernel[a] - 1) + 1) + 1 for a in axes))
    return least
