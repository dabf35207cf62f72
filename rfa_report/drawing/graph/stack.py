"""Graph -> positions without an engine: one column in execution order, for where Graphviz fails or takes too long."""

from rfa_report.drawing.graph.graph import Edge, Graph, dot_name
from rfa_report.drawing.graph.placement import Box, Curve, Layout

APART, REACH, MOST = 20.0, 16.0, 160.0
"""Pixels between nodes, how far an edge that leads past nodes swings out for each of them, and how far at most."""


def column(graph: Graph) -> Layout:
    """Place all nodes below each other; what leads past others swings out to the right. Frames are left out."""
    widest = max(node.width for node in graph.nodes)
    place = {node.id: n for n, node in enumerate(graph.nodes)}
    boxes: list[Box] = []
    y = 0.0
    for node in graph.nodes:
        boxes.append(Box((widest - node.width) / 2, y, node.width, node.height))
        y += node.height + APART
    return Layout(
        width=widest + MOST,
        height=y - APART,
        nodes={dot_name(node.id): box for node, box in zip(graph.nodes, boxes, strict=True)},
        frames={},
        curves=tuple(_curve(edge, boxes, place[edge.tail], place[edge.head]) for edge in graph.edges),
    )


def _curve(edge: Edge, boxes: list[Box], tail: int, head: int) -> Curve:
    start, end = boxes[tail], boxes[head]
    if head == tail + 1:
        x, y, tip = start.x + start.width / 2, start.y + start.height, (end.x + end.width / 2, end.y - 6)
        points = ((x, y), (x, y), tip, tip)
    else:
        right, y, low = start.x + start.width, start.y + start.height / 2, end.y + end.height / 2
        tip = (end.x + end.width + 6, low)
        out = max(right, tip[0]) + min(REACH * abs(head - tail), MOST)
        points = ((right, y), (out, y), (out, low), tip)
    return Curve(dot_name(edge.tail), dot_name(edge.head), points, tip)
