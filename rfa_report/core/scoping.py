"""The stack of boxes that are open while something is recorded; each becomes a `Scope` when it closes."""

from collections import Counter
from collections.abc import Sized
from dataclasses import dataclass, field
from typing import Any

from rfa_report.core.recording import Scope


@dataclass(slots=True)
class OpenScope:
    """A box that is open: its number among all, what its `Scope` will be, and whose call it is."""

    number: int
    path: str
    index: int
    kind: str
    leaf: bool
    parent: int | None
    start: int
    inputs: tuple[int, ...]
    owner: Any


@dataclass(slots=True)
class ScopeStack:
    """The open boxes, outermost first; `calls` are those recorded so far."""

    calls: Sized
    open: list[OpenScope] = field(default_factory=list)
    _done: dict[int, Scope] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)
    _opened: int = 0

    def push(self, path: str, kind: str, *, leaf: bool, owner: Any = None) -> int:
        """Open a box inside of the innermost one and return its number; there is no box of its own in a leaf."""
        within = self.open[-1] if self.open else None
        number, leaf = self._opened, leaf and not (within and within.leaf)
        parent = None if within is None else within.number
        start = len(self.calls)
        self.open.append(OpenScope(number, path, self._counts[path], kind, leaf, parent, start, (), owner))
        self._counts[path] += 1
        self._opened += 1
        return number

    def pop(self, outputs: tuple[int, ...] = (), names: tuple[str, ...] = ()) -> int:
        """Close the innermost box and return the number of the one around it, 0 where there is none."""
        one = self.open.pop()
        self._done[one.number] = Scope(
            one.path, one.index, one.kind, one.leaf, one.parent, one.start, len(self.calls), one.inputs, outputs, names
        )
        return self.open[-1].number if self.open else 0

    @property
    def closed(self) -> tuple[Scope, ...]:
        """List the boxes that have closed, in the order in which they opened."""
        return tuple(self._done[number] for number in sorted(self._done))
