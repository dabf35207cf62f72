"""Groups of an overview -> fewer groups: blocks that repeat, one after the other, are drawn once."""

from collections.abc import Mapping, Sequence

from rfa_report.core.layer import Layer
from rfa_report.drawing.graph.cutting import level
from rfa_report.drawing.graph.folding import Unit
from rfa_report.drawing.graph.wiring import Wiring
from rfa_report.wording.layers import kind_words, map_words

Group = tuple[str, Sequence[Unit]]


def repeated(groups: Sequence[Group], units: Sequence[Unit], wires: Wiring) -> list[tuple[Group, int]]:
    """Draw repeated blocks once where an overview would draw each of them, or its parts, and say how many they are.

    Blocks are repeated where they follow each other and differ in nothing but the sizes of the fields.
    """
    run_of: dict[str, tuple[Group, int]] = {}
    for depth in range(1, max(len(unit.path) for unit in units)):
        for run in _runs(level(units, depth), wires):
            inside = [unit for _, part in run for unit in part]
            if len(run) > 1 and not any(unit.head in run_of for unit in inside):
                run_of |= dict.fromkeys((unit.head for unit in inside), ((_name(run), inside), len(run)))
    merged: dict[str, tuple[Group, int]] = {}
    for name, part in groups:
        runs = {run_of[unit.head][0][0] if unit.head in run_of else "" for unit in part}
        whole = run_of[part[0].head] if len(runs) == 1 and "" not in runs else ((name, part), 1)
        merged[whole[0][0]] = whole
    return list(merged.values())


def _runs(groups: Sequence[Group], wires: Wiring) -> list[list[Group]]:
    fed, feeds = _across(groups, wires)
    runs: list[list[Group]] = []
    for group in groups:
        before = runs[-1][-1] if runs else None
        if (
            before is not None
            and len(group[1]) > 1
            and _parent(group) == _parent(before)
            and fed[group[0]] == {before[0]}
            and feeds[before[0]] == {group[0]}
            and _look(group, wires) == _look(before, wires)
        ):
            runs[-1].append(group)
        else:
            runs.append([group])
    return runs


def _name(run: Sequence[Group]) -> str:
    first, last = run[0][0], run[-1][0]
    return first if len(run) == 1 else f"{first} to {last.rpartition('.')[2]}"


def _parent(group: Group) -> str:
    return group[0].rpartition(".")[0]


def _across(groups: Sequence[Group], wires: Wiring) -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
    """Map groups to those that feed them, and to those that they feed."""
    group_of = {key: name for name, units in groups for unit in units for key in unit.members}
    fed: dict[str, set[str]] = {name: set() for name, _ in groups}
    feeds: dict[str, set[str]] = {name: set() for name, _ in groups}
    for wire in wires.wires:
        tail, head = group_of.get(wire.tail, ""), group_of[wire.head]
        if tail != head:
            fed[head].add(tail)
            feeds.get(tail, set()).add(head)
    return fed, feeds


def _look(group: Group, wires: Wiring) -> list[object]:
    """List what a reader would see of a group's layers, but for where they stand and the sizes of their fields."""
    prefix = f"{group[0]}."
    keys = [key for unit in group[1] for key in unit.members]
    inside = [
        (wire.tail.removeprefix(prefix), wire.head.removeprefix(prefix), wire.at)
        for wire in wires.wires
        if wire.head in keys and wire.tail in keys
    ]
    layers = [
        (key.removeprefix(prefix), {index: _seen(layer) for index, layer in wires.layers[key].items()}) for key in keys
    ]
    return [layers, inside]


def _seen(layer: Layer) -> tuple[object, ...]:
    return kind_words(layer), map_words(layer), layer.output_shape, layer.params, layer.verdict
