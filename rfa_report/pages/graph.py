"""ModelReport -> graphs -> DOT: what the architecture looks like, at most about sixty nodes at first sight."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import graphviz

from rfa_report.core.layer import Verdict
from rfa_report.core.report import ModelReport
from rfa_report.core.slug import anchor, slugify
from rfa_report.pages.cutting import clusters, cut, stages
from rfa_report.pages.folding import JOINS, Unit, unit_verdicts, unit_words, units
from rfa_report.pages.spine import spine
from rfa_report.pages.wiring import INPUT, Wiring, wiring
from rfa_report.pages.wording import ABSENT, VERDICT_SLUGS, WORST_FIRST, Said, field_words, map_words, said

LIMIT = 60
"""The largest number of nodes at first sight."""

MARGIN, LEAST, MOST = 42.0, 132.0, 260.0
"""Width of the margins with the verdict mark, of the narrowest box, and of the widest that others follow, in pixels."""

WIDE, NARROW = frozenset("mwMW×∞@%"), frozenset("iljftr.,:;'|()[]/ ·-1I")
"""Characters well over and well under the mean width."""

HEIGHTS = {"layer": 44.0, "join": 28.0, "module": 62.0, "port": 28.0}
BOXES = ("layer", "module")


@dataclass(frozen=True, slots=True)
class Node:
    """Hold one node: a layer with what follows it, a module of an overview, or a port of the graph.

    `form` is layer, join, module or port. `lines` are texts in pieces; a piece may hold at some resolutions only.
    `verdicts` has one verdict slug per resolution, and is empty for a port; `shares` counts the layers of a module by
    verdict slug, per resolution. `href` is the anchor of a table row. Sizes are in pixels.
    """

    id: str
    form: str
    lines: tuple[tuple[Said, ...], ...]
    tooltip: str
    href: str
    members: tuple[str, ...]
    verdicts: tuple[str, ...]
    shares: tuple[tuple[tuple[str, int], ...], ...]
    main: bool
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Edge:
    """Connect two nodes; a `skip` leads past other nodes, `main` is part of the longest path."""

    tail: str
    head: str
    main: bool
    skip: bool
    at: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Frame the nodes of a module."""

    id: str
    title: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """Hold one graph of a model; `resolutions` are labels, in the order of the verdicts of the nodes."""

    slug: str
    title: str
    resolutions: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    clusters: tuple[Cluster, ...]


def architecture_graphs(report: ModelReport) -> tuple[Graph, ...]:
    """Draw a model: what is seen at first sight, and for a large one a graph of each stage. Empty without layers."""
    wires = wiring(report)
    if not wires.layers:
        return ()
    whole = units(wires)
    if len(whole) <= LIMIT:
        return (_graph(report, wires, report.slug, report.title, [(unit.head, [unit]) for unit in whole]),)
    groups = cut(whole, LIMIT)
    overview = _graph(report, wires, report.slug, f"{report.title}: overview", groups)
    details: dict[str, Graph] = {}
    for name, stage in stages(whole):
        slug = f"{report.slug}-{slugify(name)}"
        while slug in details:
            slug += "-2"
        details[slug] = _graph(report, wires, slug, name, [(unit.head, [unit]) for unit in stage])
    return (overview, *details.values())


def element_ids(graphs: Sequence[Graph]) -> dict[str, str]:
    """Map layer ids to the id of the SVG element that shows the layer, in the most detailed graph that has it."""
    return {key: element_id(graph, node) for graph in graphs for node in graph.nodes for key in node.members}


def element_id(graph: Graph, node: Node) -> str:
    """Name the SVG element of a node."""
    return f"node-{graph.slug}-{anchor(node.id).removeprefix('layer-')}"


def dot(graph: Graph) -> str:
    """Write a graph as DOT: the same text for the same graph, on every machine."""
    g = graphviz.Digraph(graph.slug)
    g.attr("graph", rankdir="TB", nodesep="0.3", ranksep="0.28", splines="true" if len(graph.nodes) < 400 else "line")
    g.attr("graph", nslimit="4", nslimit1="8", mclimit="2", fontsize="12", labeljust="l", margin="10")
    g.attr("node", shape="box", fixedsize="true", fontsize="12")
    g.attr("edge", arrowsize="0.6")
    framed = {key for cluster in graph.clusters for key in cluster.nodes}
    by_id = {node.id: node for node in graph.nodes}
    for cluster in graph.clusters:
        with g.subgraph(name=f"cluster_{cluster.id}") as frame:
            frame.attr(label=graphviz.escape(cluster.title))
            for key in cluster.nodes:
                _dot_node(frame, by_id[key])
    for node in graph.nodes:
        if node.id not in framed:
            _dot_node(g, node)
    for edge in graph.edges:
        style = {"style": "dashed", "weight": "0"} if edge.skip else {"weight": "20"} if edge.main else {}
        g.edge(dot_name(edge.tail), dot_name(edge.head), **style)
    return g.source


def _dot_node(g: graphviz.Digraph, node: Node) -> None:
    label = "\n".join(_plain(line) for line in node.lines)
    group = {"group": "main"} if node.main else {}
    g.node(
        dot_name(node.id),
        label=graphviz.escape(label).replace("\n", "\\n"),
        width=f"{node.width / 72:.4f}",
        height=f"{node.height / 72:.4f}",
        **group,
    )


def _plain(line: tuple[Said, ...]) -> str:
    """Write a line with all that varies: `RF 43 · 8×8|16×16`."""
    runs = groupby(line, key=lambda piece: bool(piece.at))
    return "".join(("|" if varies else "").join(piece.text for piece in pieces) for varies, pieces in runs)


def dot_name(key: str) -> str:
    """Name a node in DOT, where a colon would mean a port."""
    return key.replace(":", "_").replace("\\", "_")


def _graph(
    report: ModelReport, wires: Wiring, slug: str, title: str, groups: Sequence[tuple[str, Sequence[Unit]]]
) -> Graph:
    node_of = {key: name for name, group in groups for unit in group for key in unit.members}
    edges: dict[tuple[str, str], set[int]] = {}
    ports: dict[str, str] = {}
    every = frozenset(range(len(report.resolutions)))
    for wire in wires.wires:
        head, tail = node_of.get(wire.head), node_of.get(wire.tail)
        if head is None or head == tail:
            continue
        if tail is None:
            ports[tail := "port:" + wire.tail] = wire.tail
        edges.setdefault((tail, head), set()).update(wire.at or every)
    weights = {**dict.fromkeys(ports, 1), **{name: len(group) for name, group in groups}}
    gates = {name for name, group in groups if _global(group, wires)}
    muls = {name for name, group in groups if wires_kind(group[0], wires) == "mul"}
    main, skips = spine(weights, list(edges), gates, muls)
    drawn = [_port(report, key, source, key in main) for key, source in ports.items()]
    framed = clusters(groups)
    frame_of = {key: name for name, keys in framed for key in keys}
    drawn += [
        _node(report, wires, name, group, name in main, name.removeprefix(f"{frame_of.get(name, '')}."))
        for name, group in groups
    ]
    width = max((w for node in drawn if node.form in BOXES and (w := _own_width(node)) <= MOST), default=LEAST)
    along = {(a, b) for a, b in edges if a in main and b in main and main.index(b) == main.index(a) + 1}
    return Graph(
        slug=slug,
        title=title,
        resolutions=tuple(found.label for found in report.resolutions),
        nodes=tuple(_widened(node, width) for node in drawn),
        edges=tuple(
            Edge(a, b, (a, b) in along, (a, b) in skips, () if at >= every else tuple(sorted(at)))
            for (a, b), at in edges.items()
        ),
        clusters=tuple(Cluster(anchor(name).removeprefix("layer-"), _short(name), keys) for name, keys in framed),
    )


def wires_kind(unit: Unit, wires: Wiring) -> str:
    """Return the kind of the head of a unit."""
    return next(iter(wires.layers[unit.head].values())).kind


def _global(group: Sequence[Unit], wires: Wiring) -> bool:
    layers = [layer for unit in group for key in unit.members for layer in wires.layers[key].values()]
    return all(layer.verdict is Verdict.GLOBAL for layer in layers)


def _port(report: ModelReport, key: str, source: str, main: bool) -> Node:
    if source == INPUT:
        sizes = {i: f"{report.channels} × {' × '.join(map(str, r.size))}" for i, r in enumerate(report.resolutions)}
        line: tuple[Said, ...] = (Said("Input "), *said(sizes))
        return Node(key, "port", (line,), "the input of the model", "", (), (), (), main, 0, HEIGHTS["port"])
    line = (Said(f"from {source.split('#')[0]}"),)
    return Node(key, "port", (line,), f"from {source}", anchor(source), (), (), (), main, 0, HEIGHTS["port"])


def _short(name: str) -> str:
    """Name a module by the last parts of its path, from the last one that is no number on."""
    parts = name.split(".")
    start = max((n for n, part in enumerate(parts) if not part.isdigit()), default=0)
    return ".".join(parts[start:])


def _node(
    report: ModelReport, wires: Wiring, name: str, group: Sequence[Unit], main: bool, title: str
) -> Node:
    unit, last = group[0], group[-1].members[-1]
    versions = wires.layers[last]
    members = tuple(key for unit in group for key in unit.members)
    field = (Said("RF "), *said({i: field_words(layer.rf_max) for i, layer in versions.items()}))
    maps = said({i: words for i, layer in versions.items() if (words := map_words(layer))})
    maps = (Said(" · "), *maps) if maps else ()
    if len(group) == 1:
        verdicts = unit_verdicts(unit, wires)
        form = "join" if wires_kind(unit, wires) in JOINS else "layer"
        words = said(unit_words(unit, wires))
        lines = ((*words, Said(" · "), *field),) if form == "join" else (words, (*field, *maps))
        tooltip, shares = _tooltip(report, wires, members), ()
        slugs = tuple(VERDICT_SLUGS[verdicts[i]] if i in verdicts else ABSENT for i in range(len(report.resolutions)))
    else:
        form = "module"
        counts = _counts(wires, members)
        shares = tuple(
            tuple((VERDICT_SLUGS[v], counts[i][v]) for v in WORST_FIRST if counts[i][v]) if i in counts else ()
            for i in range(len(report.resolutions))
        )
        slugs = tuple(VERDICT_SLUGS[_most(counts[i])] if i in counts else ABSENT for i in range(len(report.resolutions)))
        lines = ((Said(title),), (*field, *maps), said({i: _share_words(counts[i]) for i in counts}))
        said_counts = "; ".join(
            f"{r.label}: {', '.join(f'{n} {v.value}' for v in WORST_FIRST if (n := counts[i][v]))}"
            for i, r in enumerate(report.resolutions)
            if i in counts
        )
        tooltip = f"{name}, {len(members)} layers. {said_counts}"
    return Node(name, form, lines, tooltip, anchor(members[0]), members, slugs, shares, main, 0, HEIGHTS[form])


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
    found = [(v, counts[v]) for v in (*(v for v in WORST_FIRST if v is not Verdict.GLOBAL), Verdict.GLOBAL) if counts[v]]
    (first, number), *rest = found
    if not rest:
        return f"all {number} {first.value}"
    others = f"{rest[0][1]} {rest[0][0].value}" if len(rest) == 1 else f"{counts.total() - number} others"
    return f"{number} {first.value}, {others}"


def _tooltip(report: ModelReport, wires: Wiring, members: Sequence[str]) -> str:
    """Say what a node stands for: its layers, and at which resolutions they get which verdict."""
    texts = []
    for key in members:
        at: dict[str, list[str]] = {}
        for index, layer in wires.layers[key].items():
            at.setdefault(layer.verdict.value, []).append(report.resolutions[index].label)
        one = len(at) == 1
        words = next(iter(at)) if one else ", ".join(f"{v} at {'/'.join(labels)}" for v, labels in at.items())
        texts.append((key, words))
    if len({words for _, words in texts}) == 1:
        return f"{', '.join(key for key, _ in texts)}: {texts[0][1]}"
    return "; ".join(f"{key}: {words}" for key, words in texts)


def _widened(node: Node, width: float) -> Node:
    """Give a node its width: that of its text, and for boxes at least that of the other boxes."""
    own = _own_width(node)
    return replace(node, width=float(round(max(own, width, LEAST) if node.form in BOXES else own)))


def _own_width(node: Node) -> float:
    return max(_text_width(line) for line in node.lines) + (MARGIN if node.verdicts else 26)


def _text_width(line: tuple[Said, ...]) -> float:
    """Estimate the width of a line at 12 px, on the safe side: what always holds, and the longest of what varies."""
    widths = [(sum(10 if c in WIDE else 4.4 if c in NARROW else 7.6 for c in p.text), p.at) for p in line]
    return sum(w for w, at in widths if not at) + max((w for w, at in widths if at), default=0)
