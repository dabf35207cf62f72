"""Search the smallest resolution at which no convolution is unproductive, by tracing."""

from collections.abc import Callable, Iterable

from rfa_report.analysis.layers import boxes
from rfa_report.analysis.verdicts import least_size, unproductive_convolutions
from rfa_report.core.layer import PerAxis
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
    found = boxes(sample, book, axes)
    if not any(box.convolutions for box in found) or any(box.convolutions and box.reading.unknown for box in found):
        return None
    known: dict[int, bool] = {}

    def fine(size: int) -> bool:
        if size not in known:
            recording = record(whole(size))
            known[size] = recording.refusal is None and not unproductive_convolutions(
                boxes(recording, book, axes), dict(zip(axes, whole(size), strict=True))
            )
        return known[size]

    guess = min(least_size(found, axes), LARGEST_TRIED)
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
