"""Search the smallest resolution at which no convolution is unproductive, and gaps in what is accepted, by tracing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

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
    search = _Search(record, whole, book, {}, {})

    def size(number: int) -> PerAxis[int] | None:
        return dict(zip(axes, whole(number), strict=True)) if number else None

    guess = min(_least_size(layers, axes), LARGEST_TRIED)
    home, gapped, others = max(accepted), None, False
    for step in chain([1], search.steps(home)):
        high = search.least(guess, home % step, step)
        search.look_between(high, home, step)
        gap = search.gap(home, step)
        if not gap:  # what is refused elsewhere is between multiples, or beyond bounds of the model's own
            if high or not search.refuses_above(home, step):
                return Feasible(size(search.least_between(high, step) if high else 0))
        elif not gapped:
            gapped = step, high, gap
        others = others or step > 1 or search.takes(home + 1) or search.takes(home - 1)
    if not others:
        return Feasible(only_size=size(home) if search.takes(home) else None)  # else of another shape
    if not gapped:
        return Feasible()
    step, low, gap = gapped
    above = search.least(home, home % step, step)
    if above <= gap[1]:
        return Feasible(size(low))
    return Feasible(size(above), also_takes=(search.edge(low, 0, step), search.edge(low, gap[0], step)))


@dataclass(frozen=True, slots=True)
class _Search:
    """A search over sizes: which are `taken` and which refused, which of them were judged, and are `known` to be fine.

    A trace costs little beside judging it: whether a size is accepted is found out by tracing alone.
    """

    record: Callable[[Size], Recording]
    whole: Callable[[int], Size]
    book: Book
    taken: dict[int, bool]
    known: dict[int, bool]

    def fine(self, size: int) -> bool:
        """Tell whether a size is accepted and no convolution is unproductive there."""
        if size not in self.known:
            recording = self.record(self.whole(size))
            self.taken[size] = recording.refusal is None
            self.known[size] = self.taken[size] and self._productive(recording)
        return self.known[size]

    def _productive(self, recording: Recording) -> bool:
        layers = forward_pass(recording, self.book).layers
        return not any(layer.convolutions and layer.verdict is Verdict.UNPRODUCTIVE for layer in layers)

    def takes(self, size: int) -> bool:
        """Tell whether a size is accepted."""
        if size not in self.taken:
            self.taken[size] = self.record(self.whole(size)).refusal is None
        return self.taken[size]

    def steps(self, home: int) -> Iterator[int]:
        """Yield how far accepted sizes may lie apart, from one that is accepted on.

        A model that takes multiples of `m` accepts `home + d` for the divisors d of `home` that are multiples of `m`,
        and `home - d` where `home` is as large as it takes.
        """
        for d in range(2, COARSEST + 1):
            if (home % d == 0 or d & (d - 1) == 0) and (self.takes(home + d) or (d < home and self.takes(home - d))):
                yield d

    def refuses_above(self, home: int, step: int) -> bool:
        """Tell whether a size is known to be refused above one that is accepted, a whole number of steps away."""
        return any(not taken and n > home and (n - home) % step == 0 for n, taken in self.taken.items())

    def look_between(self, low: int, home: int, step: int) -> None:
        """Try two sizes between one that is fine and one that is accepted: the next below, and their geometric mean."""
        if 0 < low < home - step and low % step == home % step:
            self.takes(home - step)
            self.takes(home - int(home - (low * home) ** 0.5) // step * step)

    def gap(self, home: int, step: int) -> tuple[int, int] | None:
        """Return the first and the last size known to be refused between two that are accepted, steps apart."""
        ends = [home, *(n for n, taken in self.taken.items() if taken)]
        inside = [n for n in self.taken if min(ends) < n < max(ends) and (n - home) % step == 0]
        refused = [n for n in inside if not self.taken[n]]
        return (min(refused), max(refused)) if refused else None

    def edge(self, inside: int, outside: int, step: int) -> int:
        """Return the last size that is accepted on the way from one that is to one that is not."""
        while abs(outside - inside) > step:
            middle = inside + (outside - inside) // (2 * step) * step
            if middle == inside:
                break
            inside, outside = (middle, outside) if self.takes(middle) else (inside, middle)
        return inside

    def least_between(self, high: int, step: int) -> int:
        """Return the smallest size that is fine between the last multiple that is not and the first one that is.

        Accepted sizes come in runs, such as 15, 16, 31, 32: a map that a stride rounds has one extent for several.
        """
        for size in range(max(1, high - step + 1), high):
            if self.fine(size):
                return size
            if not self.taken[size]:
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
            jumps = {axis: (layer.step(axis) or 0) // w.stride[axis] for axis in axes}
            least = max(least, min(jumps[a] * (w.dilation[a] * (w.kernel[a] - 1) + 1) + 1 for a in axes))
    return least
