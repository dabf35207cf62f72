"""How much of the resolution an input shows: one of a quarter of the rows is judged against these, not against all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import TypeAlias

from rfa_report.core.layer import PerAxis
from rfa_report.core.recording import Recording


@dataclass(frozen=True, slots=True, eq=False)  # of which each input has its own
class Frame:
    """What one input shows along each axis that it has: how many pixels in all, and how many a position."""

    whole: PerAxis[int]
    unit: PerAxis[float | None]


Frames: TypeAlias = Mapping[int, frozenset[Frame]]
"""The frames of the inputs that a value depends on, by value."""


def input_frames(recording: Recording, axes: tuple[str, ...]) -> Frames:
    """Follow inputs through a recording; nothing is kept where each of them shows every pixel."""
    reached: dict[int, frozenset[Frame]] = {}
    size = dict(zip(axes, recording.resolution, strict=True))
    for value, given in zip(recording.inputs, recording.given, strict=False):
        shape = recording.values[value].shape
        runs = {e.axis: (n, e.number) for n, e in zip(shape, given.extents, strict=True) if e.axis}
        whole = {axis: int(n / number) for axis, (n, number) in runs.items()}
        unit: PerAxis[float | None] = {axis: ceil(1 / number) for axis, (_, number) in runs.items()}
        reached[value] = frozenset({Frame(whole, unit)})
    if all(frame.whole == size for frames in reached.values() for frame in frames):
        return {}
    for call in recording.calls:
        if found := frozenset[Frame]().union(*(reached.get(v, ()) for v in call.inputs)):
            reached.update((v, found) for v in call.outputs if v is not None)
    return reached


def frame(frames: Frames, read: Iterable[int], size: PerAxis[int]) -> tuple[PerAxis[int], PerAxis[float | None]]:
    """Return the pixels of the largest input that `read` values depend on, and how many a position of one shows."""
    inputs = frozenset[Frame]().union(*(frames.get(v, ()) for v in read))
    if not inputs:
        return size, {}
    whole = {axis: max((one.whole[axis] for one in inputs if axis in one.whole), default=n) for axis, n in size.items()}
    unit = {axis: min((one.unit.get(axis) or 1 for one in inputs), default=1) for axis in size}
    return whole, unit
