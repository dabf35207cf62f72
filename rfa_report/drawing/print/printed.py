"""A drawing of the site -> the same drawing for paper: one resolution, colours as attributes, columns, a legend.

The site's SVG is coloured by style sheets that no other program reads. Here its classes become attributes, by the table
`STYLES`; what holds at other resolutions only is left out. A drawing that is taller than a page goes on in columns.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from xml.etree import ElementTree as ET

from rfa_report.drawing.graph.marks import ARROW
from rfa_report.drawing.print.sheets import GAP, SVG, Box, sheets
from rfa_report.wording.text import flat
from rfa_report.wording.verdicts import ABSENT, LOOKS

FONTS = "Libertinus Serif, Linux Libertine, Times New Roman, serif"
INK, MUTED, LINE, ACCENT = "#111111", "#444444", "#cccccc", "#0a62a3"

COLOURS = {look.slug: (look.line, look.ground) for look in LOOKS.values()}
SHAPES = {look.slug: look.shape for look in LOOKS.values()}
HOLLOW = frozenset(look.slug for look in LOOKS.values() if look.hollow)

STYLES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("", "text", {"fill": INK, "font-size": "12.5"}),
    ("rfa-chart", "text", {"fill": MUTED, "font-size": "11"}),
    ("", "rfa-sub", {"fill": MUTED, "font-size": "11"}),
    ("", "rfa-grid", {"stroke": LINE, "stroke-width": ".6", "fill": "none"}),
    ("", "rfa-part", {"stroke": MUTED, "fill": "none"}),
    ("rfa-level", "path", {"stroke": MUTED, "stroke-width": ".9", "stroke-dasharray": "1 2", "fill": "none"}),
    ("rfa-here", "path", {"stroke": ACCENT, "stroke-width": "1.8", "stroke-dasharray": "none"}),
    ("rfa-here", "text", {"fill": ACCENT, "font-weight": "bold"}),
    ("", "rfa-curve", {"fill": "none", "stroke": MUTED, "stroke-width": "1.5", "stroke-linejoin": "round"}),
    ("", "min", {"stroke-width": "1.1", "stroke-dasharray": "4 3"}),
    ("", "rfa-dot", {"fill": "{line}", "stroke": "{line}", "stroke-width": ".8"}),
    *(("rfa-dots", slug, {"fill": "none", "stroke-width": "1.8"}) for slug in HOLLOW),
    ("", "rfa-frame", {"fill": "#f7f7f7", "stroke": LINE}),
    ("", "rfa-frame-title", {"font-size": "11", "font-weight": "bold", "fill": MUTED}),
    ("", "rfa-map", {"fill": MUTED, "font-size": "11", "text-anchor": "end"}),
    ("rfa-edges", "path", {"fill": "none", "stroke": MUTED, "stroke-width": "1.2"}),
    ("rfa-edges", "skip", {"stroke": ACCENT, "stroke-dasharray": "7 3"}),
    ("rfa-box", "rect", {"fill": "{ground}", "stroke": "{line}", "stroke-width": "1.2"}),
    ("", "rfa-mark", {"fill": "{line}", "stroke": "{line}", "stroke-width": "1.3"}),
    ("", "rfa-hollow", {"fill": "none"}),
    ("rfa-share", "path", {"stroke-width": "5", "fill": "none"}),
    ("", "rfa-band", {"fill": "#f2f2f2"}),
    ("rfa-strips", "rfa-part", {"stroke": LINE}),
    ("", "rfa-base", {"stroke": MUTED, "stroke-width": ".6", "fill": "none"}),
    *(("rfa-strip", slug, {"fill": line}) for slug, (line, _) in COLOURS.items()),
    ("", "rfa-line", {"fill": "none", "stroke": ACCENT, "stroke-width": "1.8", "stroke-linejoin": "round"}),
    ("", "rfa-between", {"fill": ACCENT, "opacity": ".16"}),
    ("", "rfa-traced", {"fill": "#ffffff", "stroke": ACCENT, "stroke-width": "1.8"}),
    *(("", f"b-{slug}", {"stroke": line}) for slug, (line, _) in COLOURS.items()),
)
"""What an element gets: by a class of one above it, or none, and by its own class or tag; later ones win."""

SCREEN_ONLY = frozenset({"rfa-hits"})
NO_INK = frozenset({"title", "desc", "defs"})
DROPPED = frozenset({"class", "id", "href", "aria-label"})
AT_RESOLUTIONS = re.compile(r"(on|is)\d+")
"""Classes of what is there at some resolutions only."""

VERDICTS = (*COLOURS, ABSENT)
Entry: TypeAlias = tuple[str, str]
"""An entry of a legend: its shape as SVG, empty where there is none, and its words."""

ET.register_namespace("", SVG)


@dataclass(frozen=True, slots=True)
class Printed:
    """A drawing for paper and its size in pixels."""

    svg: str
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _At:
    """Where in a drawing an element is: the resolution, the classes above, the verdict that holds.

    `shared` are the shapes of the drawing by their ids, for `<use>`.
    """

    index: int
    shared: Mapping[str, ET.Element]
    above: frozenset[str] = frozenset()
    verdict: str = ""


def printed(html: str, index: int = -1, label: str = "", shapes: Mapping[str, str] = SHAPES) -> tuple[Printed, ...]:
    """Make a drawing of the site ready for paper, as it is at one resolution, which the legend names.

    A drawing that is about all resolutions needs none. `shapes` are the marks of the verdicts that the legend explains.
    A chart is one drawing, and a graph as many as keep its letters legible.
    """
    text = flat(html.replace("\n", " "))
    block = ET.fromstring(text)
    source = block if block.tag == _q("svg") else next(iter(block.iter(_q("svg"))))
    left, top, width, height = map(float, source.attrib["viewBox"].split())
    box = left, top, width, height
    outer = frozenset(block.attrib.get("class", "").split())
    shared = {element.attrib["id"]: element for element in source.iter() if "id" in element.attrib}
    at = _At(index, shared, outer)
    parts = [part for child in source if (part := _part(child, at)) is not None]
    legend = _legend(parts, label, shapes)
    cut = sheets(parts, box) if "rfa-graph" in outer else [[box]]
    return tuple(_assembled(source, parts, columns, legend) for columns in cut)


def _part(element: ET.Element, at: _At) -> ET.Element | None:
    """Copy an element as it is at a resolution; None where it is not there."""
    classes = frozenset(element.attrib.get("class", "").split())
    tag = element.tag.removeprefix(f"{{{SVG}}}")
    if tag == "use":
        return _used(element, at)
    if tag in NO_INK or classes & SCREEN_ONLY or _elsewhere(classes, at.index):
        return None
    verdict = next((slug for slug in VERDICTS if classes & {f"v{at.index}-{slug}", f"rfa-{slug}"}), at.verdict)
    if f"res{at.index}" in classes:
        classes |= {"rfa-here"}
    if tag == "tspan" and "x" in element.attrib:
        classes |= {"rfa-sub"}
    kept = {key: value for key, value in element.attrib.items() if key not in DROPPED}
    copy = ET.Element(_q("g" if tag == "a" else tag), {**kept, **_style(tag, classes, replace(at, verdict=verdict))})
    if verdict == ABSENT and "rfa-nodes" in classes:
        copy.set("opacity", ".3")
    copy.text, copy.tail = element.text, element.tail
    below = replace(at, above=at.above | classes, verdict=verdict)
    last: ET.Element | None = None
    for child in element:
        part = _part(child, below)
        if part is not None:
            copy.append(part)
            last = part
        elif child.tail:
            _append_text(copy, last, child.tail)
    return copy


def _used(element: ET.Element, at: _At) -> ET.Element | None:
    """Copy the shape that is used, to where it is used; the mark of a verdict has the form of the one that holds."""
    name = element.attrib["href"].removeprefix("#")
    shape = at.shared.get(name)
    if name == "rfa-mark":
        drawn = SHAPES.get(at.verdict)
        mark = f'<g xmlns="{SVG}" class="rfa-mark" transform="translate(15 14)">{drawn}</g>'
        shape = ET.fromstring(mark) if drawn else None
    part = None if shape is None else _part(shape, at)
    if part is None:
        return None
    place = f"translate({element.attrib.get('x', 0)} {element.attrib.get('y', 0)})"
    group = ET.Element(_q("g"), {"transform": place})
    group.append(part)
    return group


def _elsewhere(classes: frozenset[str], index: int) -> bool:
    """Tell whether an element says at which resolutions it is there, and this is none of them."""
    held = {name for name in classes if AT_RESOLUTIONS.fullmatch(name)}
    return bool(held) and not held & {f"on{index}", f"is{index}"}


def _append_text(parent: ET.Element, last: ET.Element | None, text: str) -> None:
    """Keep the text behind an element that is left out."""
    if last is None:
        parent.text = (parent.text or "") + text
    else:
        last.tail = (last.tail or "") + text


def _style(tag: str, classes: frozenset[str], at: _At) -> dict[str, str]:
    line, ground = COLOURS.get(at.verdict, (MUTED, "#ffffff"))
    names = classes | {tag}
    style: dict[str, str] = {}
    for above, own, attributes in STYLES:
        if own in names and (not above or above in at.above):
            style |= {key: value.format(line=line, ground=ground) for key, value in attributes.items()}
    if tag == "rect" and "rfa-box" in at.above and at.verdict in HOLLOW:
        style |= {"stroke-dasharray": "5 3", "stroke-width": "1.8"}
    return style


def _legend(parts: Sequence[ET.Element], label: str, shapes: Mapping[str, str]) -> tuple[Entry, ...]:
    """List the verdicts that a drawing shows, with their shapes, and the resolution."""
    text = "".join(ET.tostring(part, encoding="unicode") for part in parts)
    shown = {look.slug: verdict.value for verdict, look in LOOKS.items()}
    entries = [(_shape(slug, shapes[slug]), words) for slug, words in shown.items() if COLOURS[slug][0] in text]
    return (*entries, ("", f"input {label} px")) if label else tuple(entries)


def _shape(slug: str, shape: str) -> str:
    line = COLOURS[slug][0]
    drawn = shape.replace('class="rfa-hollow"', 'fill="none"')
    return f'<g xmlns="{SVG}" fill="{line}" stroke="{line}" stroke-width="1.3" transform="translate(6 -4)">{drawn}</g>'


def _assembled(
    source: ET.Element, parts: Sequence[ET.Element], columns: Sequence[Box], legend: Sequence[Entry]
) -> Printed:
    """Put the columns of a drawing side by side, and the legend below."""
    width = sum(box[2] for box in columns) + GAP * (len(columns) - 1)
    tallest = max(box[3] for box in columns)
    rows = list(_rows(legend, width))
    height = tallest + 20 * len(rows) + (6 if rows else 0)
    svg = ET.Element(_q("svg"), {"viewBox": f"0 0 {width:.1f} {height:.1f}", "width": f"{width:.1f}"})
    svg.attrib |= {"height": f"{height:.1f}", "font-family": FONTS, "role": "img"}
    title = source.find(_q("title"))
    if title is not None:
        ET.SubElement(svg, _q("title")).text = title.text
    defs = ET.SubElement(svg, _q("defs"))
    defs.append(_arrow())
    whole = ET.SubElement(defs, _q("g"), {"id": "all"})
    for part in parts:
        whole.append(part)
    seen = ET.SubElement(defs, _q("clipPath"), {"id": "columns"})
    drawn = ET.SubElement(svg, _q("g"), {"clip-path": "url(#columns)"})
    x = 0.0
    for left, top, wide, high in columns:
        ET.SubElement(seen, _q("rect"), {"x": f"{x:.1f}", "width": f"{wide:.1f}", "height": f"{high:.1f}"})
        ET.SubElement(drawn, _q("use"), {"href": "#all", "x": f"{x - left:.1f}", "y": f"{-top:.1f}"})
        x += wide + GAP
    for number, row in enumerate(rows):
        for x, entry in row:
            svg.append(_legend_entry(entry, x, tallest + 20 * number + 16))
    return Printed(ET.tostring(svg, encoding="unicode") + "\n", width, height)


def _arrow() -> ET.Element:
    """Draw the tip of an edge."""
    marker = ET.fromstring(
        ARROW.replace("<marker ", f'<marker xmlns="{SVG}" ').replace("<path ", f'<path fill="{MUTED}" ')
    )
    del marker.attrib["class"]
    return marker


def _rows(legend: Sequence[Entry], width: float) -> Iterator[list[tuple[float, Entry]]]:
    """Set the entries of a legend in rows."""
    row: list[tuple[float, Entry]] = []
    x = 8.0
    for entry in legend:
        length = 7.0 * len(entry[1]) + 30
        if row and x + length > width:
            yield row
            row, x = [], 8.0
        row.append((x, entry))
        x += length
    if row:
        yield row


def _legend_entry(entry: Entry, x: float, y: float) -> ET.Element:
    shape, words = entry
    group = ET.Element(_q("g"), {"transform": f"translate({x:.1f} {y:.1f})"})
    if shape:
        group.append(ET.fromstring(shape))
    text = ET.SubElement(group, _q("text"), {"x": "17" if shape else "0", "fill": MUTED, "font-size": "11"})
    text.text = words
    return group


def _q(tag: str) -> str:
    return f"{{{SVG}}}{tag}"
