"""ModelReport -> who feeds whom: the layers of all resolutions in one order, and the wires between them."""

from collections.abc import Mapping
from dataclasses import dataclass

from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport
from rfa_report.wording import across

INPUT = "input"
"""The id that stands for the model's input among the inputs of a layer."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A wire between two layers; `at` lists the resolutions that have it, and is empty where all have it."""

    tail: str
    head: str
    at: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Wiring:
    """The layers that depend on the input, by id in execution order, each with its versions by resolution."""

    layers: Mapping[str, Mapping[int, Layer]]
    wires: tuple[Wire, ...]


def wiring(report: ModelReport) -> Wiring:
    """Merge the resolutions of a report into one wiring."""
    tables = [{layer.id: layer for layer in layers.layers if layer.depends_on_input} for layers in report.resolutions]
    rows = {key: {i: table[key] for i, table in enumerate(tables) if key in table} for key in across.rows(report)}
    layers = {key: versions for key, versions in rows.items() if versions}
    at: dict[tuple[str, str], list[int]] = {}
    for index, table in enumerate(tables):
        for head, tails in _inputs(table).items():
            for tail in tails:
                at.setdefault((tail, head), []).append(index)
    place = {key: n for n, key in enumerate((INPUT, *layers))}
    wires = [
        Wire(tail, head, () if len(indices) == len(layers[head]) else tuple(indices))
        for (tail, head), indices in sorted(at.items(), key=lambda item: (place[item[0][1]], place[item[0][0]]))
    ]
    return Wiring(layers, tuple(wires))


def _inputs(table: Mapping[str, Layer]) -> dict[str, tuple[str, ...]]:
    """Map layers to what feeds them, where a concatenation that extends an earlier one takes that one's place.

    A DenseNet layer concatenates everything before it; written as `cat(earlier, new)` the graph says the same, and is
    a chain rather than a clique, which no layout engine survives.
    """
    inputs: dict[str, tuple[str, ...]] = {}
    earlier: list[tuple[Layer, frozenset[str]]] = []
    for key, layer in table.items():
        fed = tuple(tail for tail in layer.inputs if tail == INPUT or tail in table)
        if layer.kind == "cat":
            given = frozenset(fed)
            extended = [cat for cat, parts in earlier if parts <= given and _extends(layer, cat, given - parts, table)]
            if extended:
                last = extended[-1]
                covered = next(parts for cat, parts in earlier if cat is last)
                fed = (last.id, *(tail for tail in fed if tail not in covered))
            earlier.append((layer, given))
        inputs[key] = fed
    return inputs


def _extends(layer: Layer, cat: Layer, new: frozenset[str], table: Mapping[str, Layer]) -> bool:
    """Tell whether the channels of a concatenation are those of an earlier one and of what is new, and no others."""
    if len(layer.output_shape) < 2 or len(cat.output_shape) < 2 or not new.issubset(table):
        return False
    channels = cat.output_shape[1] + sum(table[key].output_shape[1] for key in new)
    return channels == layer.output_shape[1] and cat.output_shape[2:] == layer.output_shape[2:]
