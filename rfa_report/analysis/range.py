"""Search the smallest resolution at which no convolution is unproductive, by tracing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rfa_report.analysis.layers import INPUT, forward_pass
from rfa_report.core.inputs import AXES
from rfa_report.core.layer import Layer, PerAxis, Verdict
from rfa_report.core.recording import Recording
from rfa_report.core.report import Size
from rfa_report.rules import Book

LARGEST_TRIED = 4096
COARSEST = 256
"""The largest distance, in pixels, that accepted sizes may have: U-Nets, windows and patches take multiples only."""


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
    search = _Search(record, whole, book, {})
    guess = min(_least_size(layers, axes), LARGEST_TRIED)
    home = max(accepted)
    high = search.least(guess, 0, 1)
    if search.refused:  # below a bound of the model's own, or between multiples: what is refused is no evidence
        step = search.step(home)
        high = search.least(guess, home % step, step) if step else home if search.fine(home) else 0
        high = search.least_between(high, step) if high and step else high
    return dict(zip(axes, whole(high), strict=True)) if high else None


@dataclass(frozen=True, slots=True)
class _Search:
    """A search over sizes that are accepted, or said to be refused (None), each traced once."""

    record: Callable[[Size], Recording]
    whole: Callable[[int], Size]
    book: Book
    known: dict[int, bool | None]

    @property
    def refused(self) -> bool:
        """Tell whether the model has refused a size."""
        return None in self.known.values()

    def fine(self, size: int) -> bool:
        """Tell whether a size is accepted and no convolution is unproductive there."""
        if size not in self.known:
            recording = self.record(self.whole(size))
            self.known[size] = None if recording.refusal is not None else self._productive(recording)
        return bool(self.known[size])

    def _productive(self, recording: Recording) -> bool:
        layers = forward_pass(recording, self.book).layers
        return not any(layer.convolutions and layer.verdict is Verdict.UNPRODUCTIVE for layer in layers)

    def step(self, home: int) -> int:
        """Return how far accepted sizes lie apart, from one that is accepted: 0 where no other is.

        A model that takes multiples of `m` accepts `home + d` for the divisors d of `home` that are multiples of `m`.
        """
        distances = [d for d in range(1, COARSEST + 1) if home % d == 0 or d & (d - 1) == 0]
        for distance in distances:
            self.fine(home + distance)
            if self.known[home + distance] is not None:
                return distance
        return 0

    def least_between(self, high: int, step: int) -> int:
        """Return the smallest size that is fine between the last multiple that is not and the first one that is.

        Accepted sizes come in runs, such as 15, 16, 31, 32: a map that a stride rounds has one extent for several.
        """
        for size in range(max(1, high - step + 1), high):
            if self.fine(size):
                return size
            if self.known[size] is None:
                break
        while high > 1 and self.fine(high - 1):
            high -= 1
        return high

    def least(self, guess: int, first: int, step: int) -> int:
        """Return the smallest size that is fine among `first + n step`; 0 where none up to 4096 is."""
        n = max(0 if first else 1, -(-(guess - first) // step))
        low, high = (n, 0)
        stride = 1
        if self.fine(first + n * step):
            low, high = -1 if first else 0, n
            while high - stride > low:
                if not self.fine(first + (high - stride) * step):
                    low = high - stride
                    break
                high, stride = high - stride, stride * 2
        else:
            while first + (n + stride) * step <= LARGEST_TRIED and not high:
                high = n + stride if self.fine(first + (n + stride) * step) else 0
                low, stride = (low, stride) if high else (n + stride, stride * 2)
            if not high:
                return 0
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.fine(first + middle * step) else (middle, high)
        return first + high * step


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
