"""Graph -> inline SVG of our own: positions by Graphviz, colours by the style sheet, one element a line.

A page draws thousands of nodes, so nothing is written twice. Nodes in a row that have the same verdicts share a group,
which carries the classes; the mark of a verdict is one shape that all graphs of a page use, and which of its forms is
seen, the style sheet says; what varies with the resolution is written once a graph. What a node stands for, the layer
table says: its rows link to the node, and the node to the first of them.
"""

import html
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from rfa_report.drawing.graph.graph import Edge, Graph, dot_name, element_id
from rfa_report.drawing.graph.marks import ARROW, marks
from rfa_report.drawing.graph.nodes import BOXES, Node
from rfa_report.drawing.graph.placement import Box, Curve, Layout
from rfa_report.wording.layers import Said
from rfa_report.wording.verdicts import verdict_classes

PAD = 8.0
"""Empty space around the drawing, in pixels."""

BADGES = {"added": "+", "removed": "−", "edited": "Δ"}
"""The signs of nodes that differ from another version of the model."""


def draw(graph: Graph, layout: Layout) -> str:
    """Draw a graph whose positions are known, as a block of HTML; the first of a page defines the shapes for all."""
    return "\n".join(_lines(graph, layout)) + "\n"


def escape(text: str) -> str:
    """Escape text for an element or an attribute, and for the templating engine that reads the page later."""
    flat = " ".join(text.split())
    if text[:1].isspace():
        flat = " " + flat
    if text[-1:].isspace() and flat.strip():
        flat += " "
    return html.escape(flat).replace("{", "&#123;").replace("}", "&#125;")


def _lines(graph: Graph, layout: Layout) -> Iterator[str]:
    width, height = layout.width + 2 * PAD, layout.height + 2 * PAD
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="{-PAD:g} {-PAD:g} {width:.0f} {height:.0f}"'
    yield f'<div class="rfa-graph" data-nodes="{len(graph.nodes)}">'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="group" aria-labelledby="{graph.key}-title">'
    yield f'<title id="{graph.key}-title">Architecture graph of {escape(graph.title)}</title>'
    shared = _shared(graph)
    yield "<defs>"
    if graph.number == 0:
        yield from marks()
        yield ARROW
    for shape, name in shared.items():
        yield shape.replace(" ", f' id="{name}" ', 1)
    yield "</defs>"
    frames = [(c, layout.frames[f"cluster_{c.id}"]) for c in graph.clusters if f"cluster_{c.id}" in layout.frames]
    for _, box in frames:
        yield f'<rect class="rfa-frame" {_rect(box)} rx="8"/>'
    yield from _edges(graph, layout)
    for cluster, box in frames:
        yield f'<text class="rfa-frame-title" x="{box.x + 9:.0f}" y="{box.y + 17:.0f}">{escape(cluster.title)}</text>'
    for verdicts, nodes in groupby(graph.nodes, key=lambda node: node.verdicts):
        yield f'<g class="rfa-nodes{" " * bool(verdicts)}{verdict_classes(verdicts)}">'
        for node in nodes:
            yield _node(graph, node, layout.nodes[dot_name(node.id)], shared)
        yield "</g>"
    yield "</svg>"
    yield "</div>"


def _shared(graph: Graph) -> dict[str, str]:
    """Name the shapes that nodes of a graph have in common, and what they say or show by resolution, each once."""
    parts: dict[str, None] = {}
    for node in graph.nodes:
        texts = [_varying(line, "rfa-sub" if row else "rfa-head") for row, line in enumerate(node.lines)]
        parts |= dict.fromkeys(filter(None, [_box(node), *texts, _varying(node.map, "rfa-map"), _bars(node)]))
    return {shape: f"{graph.key}-s{n}" for n, shape in enumerate(parts)}


def _edges(graph: Graph, layout: Layout) -> Iterator[str]:
    kinds = {(dot_name(edge.tail), dot_name(edge.head)): edge for edge in graph.edges}
    yield '<g class="rfa-edges" marker-end="url(#rfa-arrow)">'
    for curve in layout.curves:
        yield f'<path{_edge_classes(kinds[curve.tail, curve.head])} d="{_path(curve)}"/>'
    yield "</g>"


def _edge_classes(edge: Edge) -> str:
    words = [*(["skip"] if edge.skip else []), *(f"on{i}" for i in edge.at)]
    return f' class="{" ".join(words)}"' if words else ""


def _path(curve: Curve) -> str:
    """Write a curve in whole pixels, each point relative to the start of its piece; a vertical one as a line."""
    points = [(round(x), round(y)) for x, y in curve.points]
    (x, y), rest = points[0], points[1:]
    if {x} == {point[0] for point in points}:
        return f"M{x} {y}V{points[-1][1]}"
    text = f"M{x} {y}c"
    for n in range(0, len(rest), 3):
        text += " " * bool(n) + " ".join(f"{px - x} {py - y}" for px, py in rest[n : n + 3])
        x, y = rest[n + 2]
    return text.replace(" -", "-")


def _node(graph: Graph, node: Node, box: Box, shared: Mapping[str, str]) -> str:
    link = f' href="#{escape(node.href)}"' if node.href else ""
    place = f'transform="translate({round(box.x)} {round(box.y)})"'
    still, moving = "", f'<use href="#{shared[_box(node)]}"/>'
    for row, line in enumerate(node.lines):
        at = f'x="{28 if node.verdicts else 13}" y="{18 + 16 * row}"'
        if varying := _varying(line, "rfa-sub" if row else "rfa-head"):
            moving += f'<use href="#{shared[varying]}" {at}/>'
        else:
            words = "".join(escape(piece.text) for piece in line)
            still += f"<tspan {at}>{words}</tspan>" if still else f"<text{_sub(row)} {at}>{words}"
    if node.map:
        at = f'x="{box.width - 10:.0f}" y="34"'
        if varying := _varying(node.map, "rfa-map"):
            moving += f'<use href="#{shared[varying]}" {at}/>'
        else:
            moving += f'<text class="rfa-map" {at}>{escape(node.map[0].text)}</text>'
    if bars := _bars(node):
        moving += f'<use href="#{shared[bars]}" y="{box.height - 4:.0f}"/>'
    if node.change:
        sign = f'<circle r="9"/><text text-anchor="middle" y="4.5">{BADGES[node.change]}</text>'
        moving += f'<g class="rfa-badge" transform="translate({round(box.width) - 5} 2)">{sign}</g>'
    named = f' class="c-{node.change}"' if node.change else ""
    named += f' aria-label="{escape(node.id)}"' if link and not still else ""
    return f'<a id="{element_id(graph, node)}"{link}{named} {place}>{moving}{still}{"</text>" * bool(still)}</a>'


def _sub(row: int) -> str:
    return ' class="rfa-sub"' if row else ""


def _box(node: Node) -> str:
    """Draw the outline of a node and the mark of its verdict."""
    radius = 6 if node.form in BOXES else 14
    mark = '<use href="#rfa-mark"/>' if node.verdicts else ""
    return f'<g class="rfa-box"><rect width="{node.width:.0f}" height="{node.height:.0f}" rx="{radius}"/>{mark}</g>'


def _varying(line: Sequence[Said], kind: str) -> str:
    """Write a text that varies with the resolution; empty for one that does not."""
    if not any(piece.at for piece in line):
        return ""
    pieces = []
    for piece in line:
        text = escape(piece.text)
        pieces.append("".join(f'<tspan class="is{i}">{text}</tspan>' for i in piece.at) if piece.at else text)
    return f'<text class="{kind}">{"".join(pieces)}</text>'


def _bars(node: Node) -> str:
    """Draw the shares of a module's layers by verdict as a stacked bar, one for each resolution; empty for a layer."""
    same = len(set(node.shares)) == 1
    bars = []
    for index, share in enumerate(node.shares[:1] if same else node.shares):
        x, total = 1.0, sum(number for _, number in share)
        segments = []
        for verdict, number in share:
            length = (node.width - 2) * number / total
            segments.append(f'<path class="b-{verdict}" d="M{x:.0f} 0H{x + length:.0f}"/>')
            x += length
        bars.append("".join(segments) if same else f'<g class="is{index}">{"".join(segments)}</g>')
    return f'<g class="rfa-share">{"".join(bars)}</g>' if node.shares else ""


def _rect(box: Box) -> str:
    return f'x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" height="{box.height:.0f}"'
