"""What a reader calls the layers of a model: their ids, the modules that return their maps, the starts of paths."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from rfa_report.core.errors import LayerError
from rfa_report.core.layer import Layer

FEW = 6
"""How many names an error lists."""

_CALL = re.compile(r"#\d+")
_PART = re.compile(r"\[[^]]*\]$")


def named(layers: Sequence[Layer], outputs: Sequence[Layer], views: Sequence[Layer], name: str) -> Layer:
    """Return the layer, or what the model or a module returns, that a name stands for.

    That is its id; or a call of a module that returns its map (`head#1`, of several values `neck#0[p4]`), without the
    number where there is one call; or the start of the paths of layers of which one hands its map on, as of the blocks
    in a list or of a stage; or an output, `output[p4]`, also `p4` alone. Raises `LayerError`, which tells the nearest
    names or those to choose from.
    """
    choices = _called((*layers, *views), name) or [(layer.id, layer) for layer in _exits((*layers, *outputs), name)]
    choices = choices or _called(outputs, name) or _called(outputs, f"output[{name}]")
    if not choices:
        raise LayerError(
            f"no layer, module, stage or output is called {name!r}", _nearest((*layers, *views, *outputs), name)
        )
    if len({layer.id for _, layer in choices}) > 1:
        raise LayerError(
            f"{name!r} stands for {len(choices)} maps", f"name one of them: {_listed(call for call, _ in choices)}"
        )
    return choices[0][1]


def inside(layers: Sequence[Layer], name: str) -> tuple[Layer, ...]:
    """List the layers of a module or a stage; none of a layer, nor of one of several calls, whose layers mix."""
    path = _CALL.sub("", _PART.sub("", name))
    calls = {_PART.sub("", call) for layer in layers for call in layer.returned_by}
    one = "#" not in name or sum(call.partition("#")[0] == path for call in calls) == 1
    return tuple(layer for layer in layers if one and layer.id.startswith(f"{path}."))


def parameters(layers: Sequence[Layer]) -> int:
    """Count the parameters of some layers, those of a module that is called several times once."""
    paths = {layer.id: layer.id.partition("#")[0] for layer in layers}
    own = {paths[x.id] if x.module == paths[x.id] else x.id: x.params for x in layers}
    return sum(own.values())


def _called(layers: Sequence[Layer], name: str) -> list[tuple[str, Layer]]:
    found = [(call, layer) for layer in layers for call in (layer.id, *layer.returned_by) if name in _spellings(call)]
    return [(call, layer) for call, layer in found if call == name] or found


def _spellings(call: str) -> set[str]:
    """Write a call with and without its number, and the part of what it returns."""
    whole = _PART.sub("", call)
    return {call, whole, _CALL.sub("", call), _CALL.sub("", whole)}


def _exits(layers: Sequence[Layer], start: str) -> list[Layer]:
    """List the layers below a path that others read or, where none does, that nobody reads."""
    group = {layer.id: layer for layer in inside(layers, start)}
    outside = {source for layer in layers if layer.id not in group for source in layer.inputs}
    within = {source for layer in group.values() for source in layer.inputs}
    read = [layer for key, layer in group.items() if key in outside]
    return read or [layer for key, layer in group.items() if key not in within]


def _nearest(layers: Sequence[Layer], name: str) -> str:
    known = dict.fromkeys(
        known for layer in layers for call in (layer.id, *layer.returned_by) for known in _known(call)
    )
    near = get_close_matches(name, known, FEW, 0.5) or list(known)[:FEW]
    return f"the nearest are {_listed(near)}" if near else "the model has no layers here"


def _known(call: str) -> Iterable[str]:
    """Yield a call, and the paths that lead to it."""
    parts = _CALL.sub("", _PART.sub("", call)).split(".")
    yield from (".".join(parts[:end]) for end in range(1, len(parts)))
    yield call


def _listed(names: Iterable[str]) -> str:
    several = list(dict.fromkeys(names))
    return ", ".join(several[:FEW]) + (", ..." if len(several) > FEW else "")
