"""Layers -> units: what one node of a graph stands for, as convolution, norm and activation read as one."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from rfa_report.core.layer import Layer, Verdict
from rfa_report.drawing.graph.wiring import Wiring
from rfa_report.wording.layers import kind_words

NORMS = re.compile(r"norm")
ACTIVATIONS = re.compile(
    r"^(relu6?|leakyrelu|prelu|elu|celu|selu|gelu|silu|swish|mish|hardswish|hardsigmoid|hardtanh|sigmoid|tanh|glu"
    r"|softplus|softsign|softmax(2d)?|logsoftmax|clamp(min)?)$"
)
SILENT = re.compile(
    r"^((alpha|featurealpha)?dropout[123]?d?|identity|stochasticdepth|droppath|permute|(un)?flatten|swapaxes)$"
)
MOVES = re.compile(r"^((zero|reflection|replication|constant)?pad[123]?d?|roll|maskedfill|window(de)?partition)$")
JOINS = frozenset({"add", "mul", "cat", "sub", "div"})
"""Kinds of layers, in lower case without underscores: those that make no node of their own, and those that join."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Layers that are drawn as one node, in execution order; `head` is the one that names it."""

    head: str
    members: tuple[str, ...]

    @property
    def path(self) -> tuple[str, ...]:
        """Split the module path of the head."""
        return tuple(self.head.split("#")[0].split("."))


def units(wires: Wiring) -> list[Unit]:
    """Fold the layers of a wiring where one follows the other, both alone, in the same module."""
    feeds, fed = _neighbours(wires)
    chains: list[list[str]] = []
    chain_of: dict[str, list[str]] = {}
    for key, versions in wires.layers.items():
        before = _only(key, feeds, fed)
        layer = next(iter(versions.values()))
        if before in chain_of and _follows(layer) and _together(wires, before, key):
            chain_of[before].append(key)
            chain_of[key] = chain_of[before]
        else:
            chains.append([key])
            chain_of[key] = chains[-1]
    heads = {id(chain): chain[0] for chain in chains}
    for chain in reversed(chains):
        if not chain:
            continue
        before = _only(chain[0], feeds, fed)
        lead = chain_of.get(before) if before else None
        if lead is None or not all(_leads(_layer(wires, key)) for key in lead) or not _under(lead[0], chain[0]):
            continue
        if wires.layers[lead[0]].keys() == wires.layers[chain[0]].keys():
            head = heads[id(chain)]
            chain[:0] = lead
            heads[id(chain)] = head
            for key in lead:
                chain_of[key] = chain
            lead.clear()
    place = {key: n for n, key in enumerate(wires.layers)}
    folded = [Unit(heads[id(chain)], tuple(chain)) for chain in chains if chain]
    return sorted(folded, key=lambda unit: place[unit.members[-1]])


def unit_words(unit: Unit, wires: Wiring) -> dict[int, str]:
    """Say what a unit is, per resolution: `Conv 3×3 /2 · BN · ReLU`."""
    indices = wires.layers[unit.head].keys()
    return {i: _label([wires.layers[key][i] for key in unit.members if i in wires.layers[key]]) for i in indices}


def unit_verdicts(unit: Unit, wires: Wiring) -> dict[int, Verdict]:
    """Give the verdict of the layer that a reader sees in the unit, its head, per resolution that has it."""
    return {index: layer.verdict for index, layer in sorted(wires.layers[unit.head].items())}


def _label(members: list[Layer]) -> str:
    loud = [layer for layer in members if not SILENT.match(_bare(layer))] or members[:1]
    return " · ".join(kind_words(layer) for layer in loud)


def _layer(wires: Wiring, key: str) -> Layer:
    return next(iter(wires.layers[key].values()))


def _neighbours(wires: Wiring) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    feeds: dict[str, list[str]] = defaultdict(list)
    fed: dict[str, list[str]] = defaultdict(list)
    for wire in wires.wires:
        feeds[wire.head].append(wire.tail if not wire.at else "")
        fed[wire.tail].append(wire.head)
    return feeds, fed


def _only(key: str, feeds: Mapping[str, list[str]], fed: Mapping[str, list[str]]) -> str:
    """Return the one layer that feeds this one and nothing else; empty where there is none."""
    tails = feeds.get(key, [])
    return tails[0] if len(tails) == 1 and len(fed.get(tails[0], [])) == 1 else ""


def _together(wires: Wiring, before: str, key: str) -> bool:
    silent = bool(SILENT.match(_bare(_layer(wires, key))))
    return wires.layers[before].keys() == wires.layers[key].keys() and (silent or _parent(before) == _parent(key))


def _parent(key: str) -> str:
    return key.split("#")[0].rpartition(".")[0]


def _under(above: str, below: str) -> bool:
    parent = _parent(above)
    return not parent or f"{_parent(below)}.".startswith(f"{parent}.")


def _bare(layer: Layer) -> str:
    return layer.kind.lower().replace("_", "")


def _follows(layer: Layer) -> bool:
    """Tell whether a layer, where it has one input, is read as part of the one before."""
    return _leads(layer) or _bare(layer) in JOINS


def _leads(layer: Layer) -> bool:
    """Tell whether a layer that follows nothing is read as part of the one after."""
    patterns = (NORMS, ACTIVATIONS, SILENT, MOVES)
    return any(pattern.search(_bare(layer)) for pattern in patterns)
