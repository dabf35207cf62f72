"""Search the smallest resolution at which no convolution is unproductive, and gaps in what is accepted, by tracing."""

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


@dataclass(frozen=True, slots=True)
class Feasible:
    """From which resolution on a model is fully used, in pixels: see `ResolutionReport`."""

    r_min: PerAxis[int] | None = None
    only_size: PerAxis[int] | None = None
    also_takes: tuple[int, int] | None = None


def feasible_range(
    record: Callable[[Size], Recording],
    whole: Callable[[int], Size],
    sample: Recording,
    accepted: Iterable[int],
    book: Book,
) -> Feasible:
    """Search r_min: all axes are varied together, and a size that the model refuses does not count.

    `whole` spells a number out to a resolution, at which `record` traces the model; `sample` is a trace that went well,
    `accepted` are numbers known to be accepted. There is none where the model has no convolution, where one cannot be
    judged, or where no resolution up to 4096 will do. Where a model takes small sizes, refuses larger ones, and takes
    those that it was made for, r_min is one of these, and the small ones are told apart.
    """
    axes = AXES[len(whole(1))]
    layers = forward_pass(sample, book).layers
    convolutions = [layer for layer in layers if layer.convolutions]
    if not convolutions or any(layer.unknown for layer in convolutions):
        return Feasible()
    search = _Search(record, whole, book, {})
    guess = min(_least_size(layers, axes), LARGEST_TRIED)
    home, step = max(accepted), 1
    high = search.least(guess, 0, step)
    search.look_between(high, home, step)
    if search.refused:  # below a bound of the model's own, or between multiples: what is refused is no evidence
        step = search.step(home)
        if not step:
            only = dict(zip(axes, whole(home), strict=True)) if search.takes(home) else None  # else of another shape
            return Feasible(only_size=only)
        high = search.least(guess, home % step, step)
        search.look_between(high, home, step)
    gap = search.gap(high, home, step)
    also = None
    if gap and (above := search.least(home, home % step, step)) > gap[1]:
        also, high = (search.edge(high, 0, step), search.edge(high, gap[0], step)), above
    return Feasible(dict(zip(axes, whole(high), strict=True)) if high else None, also_takes=also)


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

    def takes(self, size: int) -> bool:
        """Tell whether a size is accepted."""
        self.fine(size)
        return self.known[size] is not None

    def step(self, home: int) -> int:
        """Return how far accepted sizes lie apart, from one that is accepted: 0 where no other is.

        A model that takes multiples of `m` accepts `home + d` for the divisors d of `home` that are multiples of `m`,
        and `home - d` where `home` is as large as it takes.
        """
        distances = [d for d in range(1, COARSEST + 1) if home % d == 0 or d & (d - 1) == 0]
        others = (*(home + d for d in distances), *(home - d for d in distances if d < home))
        return next((abs(other - home) for other in others if self.takes(other)), 0)

    def look_between(self, low: int, home: int, step: int) -> None:
        """Try two sizes between one that is fine and one that is accepted: the next below, and their geometric mean."""
        if 0 < low < home - step and low % step == home % step:
            self.fine(home - step)
            self.fine(home - int(home - (low * home) ** 0.5) // step * step)

    def gap(self, low: int, home: int, step: int) -> tuple[int, int] | None:
        """Return the first and the last size known to be refused between two that are accepted, if any."""
        refused = [n for n, fine in self.known.items() if fine is None and low < n < home and (home - n) % step == 0]
        return (min(refused), max(refused)) if refused and low else None

    def edge(self, inside: int, outside: int, step: int) -> int:
        """Return the last size that is accepted on the way from one that is to one that is not."""
        while abs(outside - inside) > step:
            middle = inside + (outside - inside) // (2 * step) * step
            if middle == inside:
                break
            inside, outside = (middle, outside) if self.takes(middle) else (inside, middle)
        return inside

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
