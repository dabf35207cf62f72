"""Wiring -> nodes of a graph: what they say, which verdict they carry, how large they are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rfa_report.core.layer import Verdict
from rfa_report.core.report import ModelReport
from rfa_report.core.slug import anchor
from rfa_report.drawing.graph.folding import JOINS, Unit, unit_verdicts, unit_words
from rfa_report.drawing.graph.wiring import INPUT, Wiring
from rfa_report.wording.layers import Said, field_words, map_words, said
from rfa_report.wording.verdicts import ABSENT, LOOKS, WORST_FIRST

MARGIN, GAP, LEAST, MOST = 42.0, 14.0, 132.0, 260.0
"""Width of the margins with the verdict mark, of the gap before the map, of the narrowest box, and of the widest that
others follow, in pixels."""

LONG = 24
"""The number of characters from which on the path of a layer outside is shortened."""

WIDE, NARROW = frozenset("mwMW×∞@%"), frozenset("iljftr.,:;'|()[]/ ·-1I")
"""Characters well over and well under the mean width."""

HEIGHTS = {"layer": 44.0, "join": 28.0, "module": 62.0, "port": 28.0}
BOXES = ("layer", "module")
NONE: Counter[Verdict] = Counter()


@dataclass(frozen=True, slots=True)
class Node:
    """One node: a layer with what follows it, a module of an overview, or a port of the graph.

    `form` is layer, join, module or port. `lines` are texts in pieces; a piece may hold at some resolutions only.
    `verdicts` has one verdict slug per resolution, and is empty for a port; `shares` counts the layers of a module by
    verdict slug, per resolution. `map` is the size of the output map, where there is one. `href` is the anchor of a row
    of the layer table. Sizes are in pixels. `change` says what was done in a comparison: added, removed or edited.
    """

    id: str
    form: str
    lines: tuple[tuple[Said, ...], ...]
    map: tuple[Said, ...]
    href: str
    members: tuple[str, ...]
    verdicts: tuple[str, ...]
    shares: tuple[tuple[tuple[str, int], ...], ...]
    width: float
    height: float
    change: str = ""


def port(report: ModelReport, key: str, source: str) -> Node:
    """Draw what comes into a graph: the input of the model, or a layer of another graph."""
    if source == INPUT:
        sizes = {i: f"{report.channels} × {' × '.join(map(str, r.size))}" for i, r in enumerate(report.resolutions)}
        line: tuple[Said, ...] = (Said("Input "), *said(sizes))
        return Node(key, "port", (line,), (), "", (), (), (), 0, HEIGHTS["port"])
    path = source.split("#")[0]
    line = (Said(f"from {path}" if len(path) <= LONG else f"from …{'.'.join(path.split('.')[-2:])}"),)
    return Node(key, "port", (line,), (), anchor(source), (), (), (), 0, HEIGHTS["port"])


def unit_node(report: ModelReport, wires: Wiring, unit: Unit) -> Node:
    """Draw a layer with what is folded into it. Its verdict is that of its head."""
    every = range(len(report.resolutions))
    verdicts = unit_verdicts(unit, wires)
    form = "join" if kind(unit, wires) in JOINS else "layer"
    words, field = said(unit_words(unit, wires)), _field(wires, unit.members[-1])
    return Node(
        id=unit.head,
        form=form,
        lines=((*words, Said(" · "), *field),) if form == "join" else (words, field),
        map=() if form == "join" else _map(wires, unit.members[-1]),
        href=anchor(unit.head),
        members=unit.members,
        verdicts=tuple(LOOKS[verdicts[i]].slug if i in verdicts else ABSENT for i in every),
        shares=(),
        width=0,
        height=HEIGHTS[form],
    )


def module_node(report: ModelReport, wires: Wiring, name: str, group: Sequence[Unit], words: str) -> Node:
    """Draw a module of an overview, called by `words`. Its verdict is that of most of its layers."""
    every = range(len(report.resolutions))
    members = tuple(key for unit in group for key in unit.members)
    counts = _counts(wires, members)
    return Node(
        id=name,
        form="module",
        lines=(
            (Said(words),),
            _field(wires, members[-1]),
            said({i: _share_words(count) for i, count in counts.items()}),
        ),
        map=_map(wires, members[-1]),
        href=anchor(members[0]),
        members=members,
        verdicts=tuple(LOOKS[_most(counts[i])].slug if i in counts else ABSENT for i in every),
        shares=tuple(
            tuple((LOOKS[v].slug, counts[i][v]) for v in WORST_FIRST if counts.get(i, NONE)[v]) for i in every
        ),
        width=0,
        height=HEIGHTS["module"],
    )


def kind(unit: Unit, wires: Wiring) -> str:
    """Return the kind of the layer that names a unit."""
    return next(iter(wires.layers[unit.head].values())).kind


def widened(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Give nodes the widths of their texts, and boxes one width for all but the widest."""
    widths = [_own_width(node) for node in nodes]
    boxes = [width for node, width in zip(nodes, widths, strict=True) if node.form in BOXES and width <= MOST]
    least = max(boxes, default=LEAST)
    return tuple(
        replace(node, width=float(round(max(width, least, LEAST) if node.form in BOXES else width)))
        for node, width in zip(nodes, widths, strict=True)
    )


def _field(wires: Wiring, key: str) -> tuple[Said, ...]:
    """Say the smallest field, from which the verdict follows, and the largest one if that is another."""
    return (Said("RF "), *said({i: field_words(layer) for i, layer in wires.layers[key].items()}))


def _map(wires: Wiring, key: str) -> tuple[Said, ...]:
    return said({i: words for i, layer in wires.layers[key].items() if (words := map_words(layer))})


def _counts(wires: Wiring, members: Sequence[str]) -> dict[int, Counter[Verdict]]:
    counts: dict[int, Counter[Verdict]] = {}
    for key in members:
        for index, layer in wires.layers[key].items():
            counts.setdefault(index, Counter())[layer.verdict] += 1
    return dict(sorted(counts.items()))


def _most(counts: Counter[Verdict]) -> Verdict:
    """Choose the verdict of most layers among those with a finite field; the worse of two that are equal."""
    judged = {v: counts[v] for v in WORST_FIRST if counts[v] and v is not Verdict.GLOBAL}
    return max(judged, key=lambda v: judged[v]) if judged else Verdict.GLOBAL


def _share_words(counts: Counter[Verdict]) -> str:
    """Say how a module fares in few words: `all 8 productive`, `5 unproductive, 9 others`."""
    ordered = [
        (v, counts[v]) for v in (*(v for v in WORST_FIRST if v is not Verdict.GLOBAL), Verdict.GLOBAL) if counts[v]
    ]
    (first, number), *rest = ordered
    if not rest:
        return f"all {number} {first.value}"
    others = f"{rest[0][1]} {rest[0][0].value}" if len(rest) == 1 else f"{counts.total() - number} others"
    return f"{number} {first.value}, {others}"


def _own_width(node: Node) -> float:
    first, *rest = node.lines
    beside = [_text_width(rest[0]) + GAP + _text_width(node.map), *map(_text_width, rest[1:])] if rest else []
    return max(_text_width(first), *beside, 0) + (MARGIN if node.verdicts else 26)


def _text_width(line: tuple[Said, ...]) -> float:
    """Estimate the width of a line at 12 px, on the safe side: what always holds, and the longest of what varies."""
    widths = [(sum(10 if c in WIDE else 4.4 if c in NARROW else 7.6 for c in p.text), p.at) for p in line]
    return sum(w for w, at in widths if not at) + max((w for w, at in widths if at), default=0)
