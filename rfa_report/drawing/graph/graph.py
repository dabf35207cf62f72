"""ModelReport -> graphs -> DOT: what the architecture looks like, at most about sixty nodes at first sight."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import graphviz

from rfa_report.core.layer import Verdict
from rfa_report.core.report import ModelReport
from rfa_report.core.slug import anchor, slugify
from rfa_report.drawing.graph.cutting import clusters, cut, details
from rfa_report.drawing.graph.folding import Unit, units
from rfa_report.drawing.graph.nodes import Node, kind, module_node, port, unit_node, widened
from rfa_report.drawing.graph.repeats import Group, repeated
from rfa_report.drawing.graph.spine import spine
from rfa_report.drawing.graph.wiring import Wiring, wiring
from rfa_report.wording.layers import Said, short_path
from rfa_report.wording.stages import stages

LIMIT = 60
"""The largest number of nodes at first sight."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge between two nodes; a `skip` leads past other nodes, `main` is part of the longest path."""

    tail: str
    head: str
    main: bool
    skip: bool
    at: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """The frame around the nodes of a module."""

    id: str
    title: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """One graph of a model, the `number`th of its page.

    `resolutions` are labels, in the order of the verdicts of the nodes; `main` lists the nodes of the main branch.
    """

    number: int
    slug: str
    title: str
    resolutions: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    clusters: tuple[Cluster, ...]
    main: tuple[str, ...]

    @property
    def key(self) -> str:
        """Name the graph in the ids of its page."""
        return f"g{self.number}"


def architecture_graphs(report: ModelReport) -> tuple[Graph, ...]:
    """Draw a model: what is seen at first sight, and for a large one a graph of each stage. Empty without layers."""
    wires = wiring(report)
    if not wires.layers:
        return ()
    whole = units(wires)
    if len(whole) <= LIMIT:
        return (_graph(report, wires, 0, report.slug, report.title, [(unit.head, [unit]) for unit in whole]),)
    groups = repeated(cut(whole, LIMIT), whole, wires)
    times = {name: number for (name, _), number in groups}
    overview = _graph(report, wires, 0, report.slug, f"{report.title}: overview", [group for group, _ in groups], times)
    parts: dict[str, Graph] = {}
    for name, part in details(whole, stages(report)):
        slug = f"{report.slug}-{slugify(name)}"
        while slug in parts:
            slug += "-2"
        drawn = [(unit.head, [unit]) for unit in part]
        parts[slug] = _graph(report, wires, len(parts) + 1, slug, name, drawn)
    return (overview, *parts.values())


def element_ids(graphs: Sequence[Graph]) -> dict[str, str]:
    """Map layer ids to the id of the SVG element that shows the layer, in the most detailed graph that has it."""
    return {key: element_id(graph, node) for graph in graphs for node in graph.nodes for key in node.members}


def element_id(graph: Graph, node: Node) -> str:
    """Name the SVG element of a node: short, as every row of the layer table has it."""
    return f"{graph.key}-{graph.nodes.index(node)}"


def dot(graph: Graph) -> str:
    """Write a graph as DOT: the same text for the same graph, on every machine."""
    g = graphviz.Digraph(graph.slug)
    g.attr("graph", rankdir="TB", nodesep="0.3", ranksep="0.28", splines="true" if len(graph.nodes) < 400 else "line")
    g.attr("graph", nslimit="4", nslimit1="8", mclimit="2", fontsize="12", labeljust="l", margin="10")
    g.attr("node", shape="box", fixedsize="true", fontsize="12")
    g.attr("edge", arrowsize="0.6")
    framed = {key for cluster in graph.clusters for key in cluster.nodes}
    by_id = {node.id: node for node in graph.nodes}
    main = frozenset(graph.main)
    for cluster in graph.clusters:
        with g.subgraph(name=f"cluster_{cluster.id}") as frame:
            frame.attr(label=graphviz.escape(cluster.title))
            for key in cluster.nodes:
                _dot_node(frame, by_id[key], key in main)
    for node in graph.nodes:
        if node.id not in framed:
            _dot_node(g, node, node.id in main)
    for edge in graph.edges:
        g.edge(dot_name(edge.tail), dot_name(edge.head), **_dot_style(edge))
    return str(g.source)


def _dot_node(g: graphviz.Digraph, node: Node, main: bool) -> None:
    lines = [_plain(line) for line in node.lines]
    lines[1:2] = [" · ".join(filter(None, (line, _plain(node.map)))) for line in lines[1:2]]
    label = "\n".join(lines)
    group = {"group": "main"} if main else {}
    g.node(
        dot_name(node.id),
        label=graphviz.escape(label).replace("\n", "\\n"),
        width=f"{node.width / 72:.4f}",
        height=f"{node.height / 72:.4f}",
        **group,
    )


def _dot_style(edge: Edge) -> dict[str, str]:
    if edge.skip:
        return {"style": "dashed", "weight": "0"}
    return {"weight": "20"} if edge.main else {}


def _plain(line: tuple[Said, ...]) -> str:
    """Write a line with all that varies: `RF 43 · 8×8|16×16`."""
    runs = groupby(line, key=lambda piece: bool(piece.at))
    return "".join(("|" if varies else "").join(piece.text for piece in pieces) for varies, pieces in runs)


def dot_name(key: str) -> str:
    """Name a node in DOT, where a colon would mean a port."""
    return key.replace(":", "_").replace("\\", "_")


def _graph(
    report: ModelReport,
    wires: Wiring,
    number: int,
    slug: str,
    title: str,
    groups: Sequence[Group],
    times: Mapping[str, int] | None = None,
) -> Graph:
    edges, ports = _edges(report, wires, groups)
    weights = {**dict.fromkeys(ports, 1), **{name: len(group) for name, group in groups}}
    gates = {name for name, group in groups if _global(group, wires)}
    products = {name for name, group in groups if kind(group[0], wires) == "mul"}
    main, skips = spine(weights, list(edges), gates, products)
    along = set(pairwise(main))
    framed = clusters(groups)
    frame_of = {key: name for name, keys in framed for key in keys}
    nodes = [port(report, key, source) for key, source in ports.items()]
    for name, group in groups:
        if len(group) == 1:
            nodes.append(unit_node(report, wires, group[0]))
        else:
            within = name.removeprefix(f"{frame_of.get(name, '')}.")
            words = short_path(name) if within[0].isdigit() else within
            words += f" · ×{times[name]}" if times and times[name] > 1 else ""
            nodes.append(module_node(report, wires, name, group, words))
    return Graph(
        number=number,
        slug=slug,
        title=title,
        resolutions=tuple(resolution.label for resolution in report.resolutions),
        nodes=widened(nodes),
        edges=tuple(Edge(a, b, (a, b) in along, (a, b) in skips, at) for (a, b), at in edges.items()),
        clusters=tuple(Cluster(anchor(name).removeprefix("layer-"), short_path(name), keys) for name, keys in framed),
        main=tuple(main),
    )


def _edges(
    report: ModelReport, wires: Wiring, groups: Sequence[Group]
) -> tuple[dict[tuple[str, str], tuple[int, ...]], dict[str, str]]:
    """Draw wires between nodes, with the resolutions that have them, and name the ports where they come in."""
    node_of = {key: name for name, group in groups for unit in group for key in unit.members}
    edges: dict[tuple[str, str], set[int]] = {}
    ports: dict[str, str] = {}
    every = frozenset(range(len(report.resolutions)))
    for wire in wires.wires:
        head, tail = node_of.get(wire.head), node_of.get(wire.tail)
        if head is None or head == tail:
            continue
        if tail is None:
            tail = f"port:{wire.tail}"
            ports[tail] = wire.tail
        edges.setdefault((tail, head), set()).update(wire.at or every)
    return {pair: () if at >= every else tuple(sorted(at)) for pair, at in edges.items()}, ports


def _global(group: Sequence[Unit], wires: Wiring) -> bool:
    layers = [layer for unit in group for key in unit.members for layer in wires.layers[key].values()]
    return all(layer.verdict is Verdict.GLOBAL for layer in layers)
