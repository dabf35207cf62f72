"""The modules that are open while a graph runs, as the scopes of its Recording."""

from collections import Counter
from dataclasses import dataclass, field

from rfa_report.core.recording import Scope
from rfa_report.sources.onnx.places import Place, Places, prefixes
from rfa_report.sources.onnx.tape import Tape


@dataclass(slots=True)
class _Frame:
    """A module that is open."""

    number: int
    path: str
    index: int
    kind: str
    leaf: bool
    parent: int | None
    start: int


@dataclass(slots=True)
class Boxes:
    """The stack of open modules. The root is always open."""

    tape: Tape
    places: Places
    root: str
    _stack: list[_Frame] = field(default_factory=list)
    _done: dict[int, Scope] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)
    _opened: int = 0

    def __post_init__(self) -> None:
        """Open the root."""
        self._open("", self.root, leaf=False)

    def enter(self, place: Place, axes: int) -> None:
        """Open the modules of a place, closing those that do not hold it; `axes` has the map that comes in."""
        wanted = prefixes(place.path)
        common = 0
        for frame, path in zip(self._stack[1:], wanted, strict=False):
            if frame.path != path or frame.leaf != (place.leaf and path == place.path):
                break
            common += 1
        while len(self._stack) > common + 1:
            self._close()
        for path in wanted[common:]:
            leaf = place.leaf and path == place.path
            kind = place.kind if path == place.path and place.kind else self.places.kinds.get(path, "Module")
            self._open(path, kind.format(axes), leaf=leaf)

    def closed(self) -> tuple[Scope, ...]:
        """Close all modules and list them, in the order in which they began."""
        while self._stack:
            self._close()
        return tuple(self._done[number] for number in sorted(self._done))

    def _open(self, path: str, kind: str, *, leaf: bool) -> None:
        parent = self._stack[-1].number if self._stack else None
        self._stack.append(_Frame(self._opened, path, self._counts[path], kind, leaf, parent, len(self.tape.calls)))
        self._counts[path] += 1
        self.tape.scope = self._opened
        self._opened += 1

    def _close(self) -> None:
        frame = self._stack.pop()
        made = (frame.path, frame.index, frame.kind, frame.leaf, frame.parent, frame.start, len(self.tape.calls))
        self._done[frame.number] = Scope(*made, (), ())
        self.tape.scope = self._stack[-1].number if self._stack else 0
