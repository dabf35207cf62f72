"""Graph -> inline SVG of our own: positions by Graphviz, colours by the style sheet, one node a line."""

import html
from collections.abc import Iterator, Sequence
from typing import TypeVar

from rfa_report.pages.graph import Edge, Graph, dot, dot_name, element_id
from rfa_report.pages.nodes import Node
from rfa_report.pages.wording import ABSENT, Said
from rfa_report.render.layout import Box, Curve, Layout, lay_out
from rfa_report.render.marks import marks

T = TypeVar("T")

PAD = 8.0
"""Empty space around the drawing, in pixels."""

BADGES = {"added": "+", "removed": "−", "edited": "Δ"}
"""The signs of nodes that differ from another version of the model."""


def graph_svg(graph: Graph, *, timeout: float = 30.0) -> str:
    """Lay out a graph and draw it, as a block of HTML with inline SVG. Raises `LayoutError`."""
    return draw(graph, lay_out(dot(graph), timeout=timeout))


def draw(graph: Graph, layout: Layout) -> str:
    """Draw a graph whose positions are known."""
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
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="{-PAD:g} {-PAD:g} {width:.1f} {height:.1f}"'
    yield f'<div class="rfa-graph" id="graph-{graph.slug}" data-nodes="{len(graph.nodes)}">'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="group" aria-labelledby="graph-{graph.slug}-title">'
    yield f'<title id="graph-{graph.slug}-title">Architecture graph of {escape(graph.title)}</title>'
    yield "<defs>"
    yield from marks(graph.slug)
    yield (
        f'<marker id="{graph.slug}-arrow" class="rfa-arrow" markerUnits="userSpaceOnUse" markerWidth="8" '
        'markerHeight="8" refY="4" orient="auto"><path d="M0 1L6.5 4L0 7z"/></marker>'
    )
    yield "</defs>"
    for cluster in graph.clusters:
        box = layout.frames[f"cluster_{cluster.id}"]
        yield f'<rect class="rfa-frame" {_rect(box)} rx="8"/>'
    yield f'<g class="rfa-edges" marker-end="url(#{graph.slug}-arrow)">'
    kinds = {(dot_name(edge.tail), dot_name(edge.head)): edge for edge in graph.edges}
    for curve in layout.curves:
        yield _edge(kinds[curve.tail, curve.head], curve)
    yield "</g>"
    for cluster in graph.clusters:
        box = layout.frames[f"cluster_{cluster.id}"]
        yield f'<text class="rfa-frame-title" x="{box.x + 9:.0f}" y="{box.y + 17:.0f}">{escape(cluster.title)}</text>'
    for node in graph.nodes:
        yield _node(graph, node, layout.nodes[dot_name(node.id)])
    yield "</svg>"
    yield "</div>"


def _edge(edge: Edge, curve: Curve) -> str:
    start, *rest = curve.points
    words = ["rfa-edge", *(["skip"] if edge.skip else []), *_on(edge.at)]
    path = f"M{_xy(start)}C" + " ".join(_xy(point) for point in rest)
    return f'<path class="{" ".join(words)}" d="{path}"/>'


def _node(graph: Graph, node: Node, box: Box) -> str:
    words = ["rfa-node", node.form, *(f"v{i}-{verdict}" for i, verdict in enumerate(node.verdicts))]
    words += [f"c-{node.change}"] if node.change else []
    link = f' href="#{escape(node.href)}"' if node.href else ""
    place = f'transform="translate({box.x:.0f} {box.y:.0f})"'
    radius = 6 if node.form in ("layer", "module") else 14
    left = 28 if node.verdicts else 13
    parts = [
        f'<a id="{escape(element_id(graph, node))}"{link} class="{" ".join(words)}" {place}>',
        f"<title>{escape(node.tooltip)}</title>",
        f'<rect width="{box.width:.0f}" height="{box.height:.0f}" rx="{radius}"/>',
        *_marks(graph, node),
    ]
    for row, line in enumerate(node.lines):
        kind = ' class="rfa-sub"' if row else ""
        parts.append(f'<text{kind} x="{left}" y="{18 + 16 * row}">{"".join(_said(piece) for piece in line)}</text>')
    parts += _bars(node, box)
    if node.change:
        badge = f'<circle r="9"/><text text-anchor="middle" y="4.5">{BADGES[node.change]}</text>'
        parts.append(f'<g class="rfa-badge" transform="translate({box.width - 5:.0f} 2)">{badge}</g>')
    return "".join(parts) + "</a>"


def _marks(graph: Graph, node: Node) -> Iterator[str]:
    """Draw the verdict as a shape, one for each different verdict."""
    for verdict, on in _each(node.verdicts):
        if verdict != ABSENT:
            yield f'<use class="rfa-mark{on}" href="#{graph.slug}-{verdict}" x="15" y="14"/>'


def _bars(node: Node, box: Box) -> Iterator[str]:
    """Draw the shares of a module's layers by verdict as a stacked bar, one for each different one."""
    for share, on in _each(node.shares):
        x, total = 1.0, sum(number for _, number in share)
        segments = []
        for verdict, number in share:
            length = (box.width - 2) * number / total
            segments.append(f'<path class="b-{verdict}" d="M{x:.1f} {box.height - 4:.0f}h{length:.1f}"/>')
            x += length
        if segments:
            yield f'<g class="rfa-share{on}">{"".join(segments)}</g>'


def _each(values: Sequence[T]) -> Iterator[tuple[T, str]]:
    """Pair each different value with the classes of the resolutions that have it; with none where all do."""
    for value in dict.fromkeys(values):
        at = [i for i, found in enumerate(values) if found == value]
        yield value, "" if len(at) == len(values) else f" {' '.join(_on(at))}"


def _said(piece: Said) -> str:
    text = escape(piece.text)
    return f'<tspan class="{" ".join(_on(piece.at))}">{text}</tspan>' if piece.at else text


def _on(at: Sequence[int]) -> list[str]:
    return ["rfa-on", *(f"on{i}" for i in at)] if at else []


def _rect(box: Box) -> str:
    return f'x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'


def _xy(point: tuple[float, float]) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
