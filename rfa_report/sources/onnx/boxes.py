"""The modules that are open while a graph runs, as the scopes of its Recording."""

from dataclasses import dataclass, field

from rfa_report.core.recording import Scope
from rfa_report.core.scoping import ScopeStack
from rfa_report.sources.onnx.places import Place, Places, prefixes
from rfa_report.sources.onnx.tape import Tape


@dataclass(slots=True)
class Boxes:
    """The stack of open modules. The root is always open."""

    tape: Tape
    places: Places
    root: str
    _scopes: ScopeStack = field(init=False)

    def __post_init__(self) -> None:
        """Open the root."""
        self._scopes = ScopeStack(self.tape.calls)
        self._open("", self.root, leaf=False)

    def enter(self, place: Place, axes: int) -> None:
        """Open the modules of a place, closing those that do not hold it; `axes` has the map that comes in."""
        wanted = prefixes(place.path)
        common = 0
        for frame, path in zip(self._scopes.open[1:], wanted, strict=False):
            if frame.path != path or frame.leaf != (place.leaf and path == place.path):
                break
            common += 1
        while len(self._scopes.open) > common + 1:
            self._close()
        for path in wanted[common:]:
            leaf = place.leaf and path == place.path
            kind = place.kind if path == place.path and place.kind else self.places.kinds.get(path, "Module")
            self._open(path, kind.format(axes), leaf=leaf)

    def closed(self) -> tuple[Scope, ...]:
        """Close all modules and list them, in the order in which they began."""
        while self._scopes.open:
            self._close()
        return self._scopes.closed

    def _open(self, path: str, kind: str, *, leaf: bool) -> None:
        self.tape.scope = self._scopes.push(path, kind, leaf=leaf)

    def _close(self) -> None:
        self.tape.scope = self._scopes.pop()
