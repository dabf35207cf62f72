"""Charts as SVG: names for who sees no picture, classes for the style sheet, heights besides colours."""

import re
from xml.etree import ElementTree

from made_reports import tiny
from rfa_report.analysis.curve import Curve, Known, Step
from rfa_report.drawing.charts.depth import NamedCurve, depth_chart
from rfa_report.drawing.charts.depth_svg import depth_svg
from rfa_report.drawing.charts.growth import growth
from rfa_report.drawing.charts.growth_svg import growth_svg
from rfa_report.drawing.charts.strip import strips
from rfa_report.drawing.charts.strip_svg import strips_svg
from rfa_report.pages.page import data_table
from rfa_report.render.markdown import render

CURVE = Curve(
    4,
    (Step(1, 9, Known.REFUSED, 0, 0), Step(10, 20, Known.BETWEEN, 1, 3), Step(21, 512, Known.EXACT, 4, 4)),
    (16, 32),
)


def test_strips_say_verdicts_by_class_height_and_words() -> None:
    found = strips(tiny())
    assert found is not None
    text = strips_svg(found)
    ElementTree.fromstring(text)
    heights = dict(re.findall(r'<rect class="([\w-]+)".* height="([\d.]+)"', text))
    assert float(heights["productive"]) > float(heights["unproductive"]) > float(heights["global"])
    assert "8 px: 1 productive, 1 unproductive, 1 global" in text
    assert 'class="rfa-strip res1"' in text


def test_a_depth_chart_draws_lines_bands_and_dots() -> None:
    text = depth_svg(depth_chart("depth-a", [NamedCurve("a", "a<b>{{", CURVE)]))
    ElementTree.fromstring(text)
    assert text.count('class="rfa-between"') == 1
    assert text.count('class="rfa-line"') == 1
    assert text.count("<circle") == 1, "the traced resolution on the band is not exact, so it is no dot"
    assert "band: between two bounds" in text
    assert "{{" not in text
    assert "rfa-key" not in text


def test_several_curves_have_a_key() -> None:
    text = depth_svg(depth_chart("both", [NamedCurve("a", "a", CURVE), NamedCurve("b", "b", CURVE)]))
    ElementTree.fromstring(text)
    assert re.findall(r'<li class="(s\d)">.*</svg>(\w)</li>', text) == [("s0", "a"), ("s1", "b")]


def test_the_growth_chart_shades_modules_and_has_a_table() -> None:
    found = growth(tiny())
    assert found is not None
    ElementTree.fromstring(growth_svg(found))
    assert growth_svg(found).count('class="rfa-band"') == len(found.bands) > 0
    assert found.table.rows == (("stem", "1", "3", "3"), ("body", "1", "11", "11"), ("head", "1", "–", "–"))
    table = render(data_table(found.table))
    assert '<th scope="col">Stage</th>' in table
    assert table.count('<th scope="row">') == len(found.table.rows)
