"""A drawing that is taller than a page -> columns side by side, on as many sheets as keep its letters legible."""

import re
from collections.abc import Iterator, Sequence
from itertools import count
from math import ceil
from typing import TypeAlias
from xml.etree import ElementTree as ET

COLUMN, TEXT, HEIGHT = 241.0, 504.0, 680.0
"""Width of one column of a paper, of two, and height of a page, in points: 85, 178 and 240 mm."""

SCALE, LEAST = 0.7, 0.5
"""Points of a pixel of a drawing, at best and at least: its letters are about 8 points high, and not under 5.5."""

ABOUT = 0.8
"""A drawing may have letters smaller by this for a column less: narrow ones stand side by side."""

GAP = 26.0
"""Space between columns, in pixels."""

LEGEND = 60.0
"""Room for a legend, and for nodes that make a column longer than others, in pixels."""

SVG = "http://www.w3.org/2000/svg"

Box: TypeAlias = tuple[float, float, float, float]
"""A part of a drawing: left, top, width and height, in pixels."""


def scale(width: float, height: float) -> float:
    """Return the points of a pixel at which a drawing fits on a page."""
    return min(SCALE, TEXT / width, HEIGHT / height)


def sheets(parts: Sequence[ET.Element], box: Box) -> list[list[Box]]:
    """Cut a drawing between nodes into columns of about equal height, and share them among sheets."""
    number, columns = _shape(box[2], box[3])
    boxes = _columns(parts, box, number * columns)
    each = ceil(len(boxes) / number)
    return [boxes[n : n + each] for n in range(0, len(boxes), each)]


def _shape(width: float, height: float) -> tuple[int, int]:
    """Choose the fewest sheets with legible letters, and the fewest columns at which they are about the largest."""
    wanted = min(LEAST, scale(width, LEGEND))
    for number in count(1):
        scales = {n: scale(n * (width + GAP) - GAP, height / (number * n) + LEGEND) for n in range(1, 9)}
        largest = max(scales.values())
        if largest >= wanted:
            break
    return number, next(n for n in scales if scales[n] >= max(ABOUT * largest, wanted))


def _columns(parts: Sequence[ET.Element], box: Box, number: int) -> list[Box]:
    left, top, width, height = box
    nodes = sorted(_spans(parts))
    cuts = [top]
    for n in range(1, number):
        cut = _free(nodes, top + n * height / number)
        if cut - cuts[-1] > height / number / 8:
            cuts.append(cut)
    return [(left, start, width, end - start) for start, end in zip(cuts, [*cuts[1:], top + height], strict=True)]


def _spans(parts: Sequence[ET.Element]) -> Iterator[tuple[float, float]]:
    """Yield the heights that must not be cut: nodes, and the title of a frame with the space below it."""
    for part in parts:
        if part.tag == f"{{{SVG}}}rect":
            yield float(part.attrib["y"]) - 2, float(part.attrib["y"]) + 36
        for node in part:
            place = re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", node.attrib.get("transform", ""))
            rect = next(node.iter(f"{{{SVG}}}rect"), None)
            if place and rect is not None:
                yield float(place[2]), float(place[2]) + float(rect.attrib["height"])


def _free(nodes: Sequence[tuple[float, float]], wanted: float) -> float:
    """Find the height nearest to the one wanted at which no node is cut."""
    edges = [wanted, *(y for top, bottom in nodes for y in (top - 6, bottom + 6))]
    free = [y for y in edges if not any(top - 5 < y < bottom + 5 for top, bottom in nodes)]
    return min(free or [wanted], key=lambda y: abs(y - wanted))
