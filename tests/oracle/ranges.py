"""`r_min` by brute force: every size that a model accepts, one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rfa_report.analysis import report
from rfa_report.analysis.layers import forward_pass
from rfa_report.analysis.resolution import largest_field
from rfa_report.core.inputs import AXES
from rfa_report.core.layer import PerAxis, Verdict
from rfa_report.core.subject import Subject
from rfa_report.rules import BOOK

BEYOND = 24
"""How many accepted sizes above the reported one are tried."""


@dataclass(slots=True)
class Range:
    """Hold what all sizes up to a limit say of a model: whether it is fully used there, or refused (None)."""

    reported: int | None
    known: dict[int, bool | None] = field(default_factory=dict)
    largest: dict[int, PerAxis[int] | None] = field(default_factory=dict)
    varies: bool = False

    @property
    def accepted(self) -> list[int]:
        """List the sizes that the model accepts."""
        return [size for size, fine in self.known.items() if fine is not None]

    @property
    def wrong(self) -> list[str]:
        """Say where the report is contradicted."""
        found = [*self._range_is_wrong()]
        sizes = [size for size in self.accepted if self.known[size]]
        if not self.varies and len({tuple((self.largest[size] or {}).values()) for size in sizes}) > 1:
            some = {str(self.largest[size]): size for size in sizes}
            found.append(f"r_max is not one number and not marked: {some}")
        return found

    def _range_is_wrong(self) -> list[str]:
        true = least(self.known)
        limit = max(self.known, default=0)
        if self.reported is None or self.reported > limit:
            return [f"r_min {self.reported}, but fully used from {true} to {limit}"] if self._settled(true) else []
        return [] if true == self.reported else [f"r_min {self.reported}, by brute force {true}"]

    def _settled(self, true: int | None) -> bool:
        return true is not None and sum(size >= true for size in self.accepted) > BEYOND


def least(known: Mapping[int, bool | None]) -> int | None:
    """Return the smallest accepted size from which on no convolution is unproductive at any that is accepted."""
    found = None
    for size in sorted(known, reverse=True):
        if known[size] is False:
            return found
        found = size if known[size] else found
    return found


def tried(subject: Subject, asked: Sequence[tuple[int, ...]], limit: int) -> Range:
    """Ask for the range of a model, then judge it at every size from 1 to a little beyond it, or to a limit."""
    given = report(subject, asked, BOOK)
    least_sizes = next((at.r_min for at in given.resolutions if at.r_min), None)
    result = Range(max(least_sizes.values()) if least_sizes else None, varies=given.r_max_varies)
    beyond = 0
    for size in range(1, limit + 1):
        recording = subject.record((size, size))
        if recording.refusal is not None:
            result.known[size] = None
            continue
        layers = forward_pass(recording, BOOK, subject.measure).layers
        bad = any(layer.convolutions and layer.verdict is Verdict.UNPRODUCTIVE for layer in layers)
        result.known[size], result.largest[size] = not bad, largest_field(layers, AXES[2])
        beyond += result.reported is not None and size > result.reported
        if beyond >= BEYOND:
            break
    return result
