"""A comparison on graphs: which nodes hold a layer that was added, removed or edited."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from rfa_report.core.slug import anchor
from rfa_report.diffing.changes import STRUCTURE, Change, Kind
from rfa_report.drawing.graph.graph import Graph

EDITED = STRUCTURE - {Kind.LAYER_ADDED, Kind.LAYER_REMOVED, Kind.LAYER_RENAMED}


@dataclass(frozen=True, slots=True)
class Edits:
    """What was edited in the code of a model: the marks of layers on each side, and new names by the old ones."""

    old: Mapping[str, str]
    new: Mapping[str, str]
    names: Mapping[str, str]


def edits(changes: Sequence[Change]) -> Edits:
    """Collect the marks `added`, `removed` and `edited` of the layers on each side."""
    names = {str(c.old): str(c.new) for c in changes if c.kind is Kind.LAYER_RENAMED}
    before = {new: old for old, new in names.items()}
    edited = {str(change.layer) for change in changes if change.kind in EDITED}
    removed = {str(change.layer): "removed" for change in changes if change.kind is Kind.LAYER_REMOVED}
    added = {str(change.layer): "added" for change in changes if change.kind is Kind.LAYER_ADDED}
    return Edits(
        {**{before.get(layer, layer): "edited" for layer in edited}, **removed},
        {**dict.fromkeys(edited, "edited"), **added},
        names,
    )


def row_anchor(layer: str, marks: Mapping[str, str]) -> str:
    """Name the row of a layer in the table before -> after; one that was removed may share its id with a new one."""
    return f"old-{anchor(layer)}" if marks.get(layer) == "removed" else anchor(layer)


def highlighted(
    graph: Graph, marks: Mapping[str, str], names: Mapping[str, str], rows: Container[str], first: int
) -> Graph:
    """Mark the nodes of a graph, which lead to those of `rows` by the new names; `first` graphs stand before it."""
    nodes = []
    for node in graph.nodes:
        signs = [marks[layer] for layer in node.members if layer in marks]
        whole = len(signs) == len(node.members) and len(set(signs)) == 1
        change = "" if not signs else signs[0] if whole else "edited"
        lead = next((layer for layer in node.members if layer in marks), node.members[0] if node.members else "")
        href = row_anchor(lead, marks) if marks.get(lead) == "removed" else row_anchor(names.get(lead, lead), {})
        nodes.append(replace(node, change=change, href=href if href in rows else ""))
    return replace(graph, nodes=tuple(nodes), number=graph.number + first)
