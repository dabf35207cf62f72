"""Graphs and charts as SVG: well-formed, linked, readable without colour, free of colours of their own."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from torch import nn

from rfa_report import analyze
from rfa_report.core.report import ModelReport
from rfa_report.core.slug import anchor
from rfa_report.pages.chart import growth
from rfa_report.pages.graph import architecture_graphs
from rfa_report.render.chart import growth_svg
from rfa_report.render.svg import escape, graph_svg

RESOLUTIONS = (32, 64, 224)


@pytest.fixture(scope="module")
def report() -> ModelReport:
    return analyze("torchvision:resnet18", RESOLUTIONS)


@pytest.fixture(scope="module")
def graph(report: ModelReport) -> str:
    return graph_svg(architecture_graphs(report)[0])


@pytest.fixture(scope="module")
def chart(report: ModelReport) -> str:
    found = growth(report)
    assert found is not None
    return growth_svg(found)


def elements(text: str, tag: str) -> list[ElementTree.Element]:
    return [e for e in ElementTree.fromstring(text).iter() if e.tag.rpartition("}")[2] == tag]


def test_every_node_links_to_the_row_of_its_layer(graph: str, report: ModelReport) -> None:
    rows = {"#" + anchor(layer.id) for layer in report.at(32).layers}
    links = [a.get("href") for a in elements(graph, "a") if a.get("href")]
    assert len(links) == 31
    assert set(links) <= rows


def test_ids_are_unique_and_carry_the_slug_of_the_graph(graph: str, chart: str) -> None:
    ids = re.findall(r' id="([^"]+)"', graph + chart)
    assert len(ids) == len(set(ids))
    assert all("resnet18" in found for found in ids)


def test_every_node_has_one_verdict_class_per_resolution_and_the_mark_that_goes_with_it(graph: str) -> None:
    nodes = [a for a in elements(graph, "a") if a.get("href")]
    for a in nodes:
        verdicts = re.findall(r"\bv(\d)-([a-z-]+)", a.get("class", ""))
        assert [int(index) for index, _ in verdicts] == [0, 1, 2]
        for index, verdict in verdicts:
            shown = [use for use in a.iter() if use.tag.endswith("use")]
            here = [
                use for use in shown if "rfa-on" not in use.get("class", "") or f"on{index}" in use.get("class", "")
            ]
            assert [use.get("href") for use in here] == [f"#resnet18-{verdict}"]


def test_what_varies_is_shown_exactly_once_at_each_resolution(graph: str) -> None:
    varying = [t for t in elements(graph, "tspan") if t.get("class", "").startswith("rfa-on ")]
    assert varying
    for text in elements(graph, "text"):
        at = [n for t in text for n in re.findall(r"on(\d)", t.get("class", ""))]
        assert sorted(at) in ([], ["0", "1", "2"])


def test_no_colour_but_by_the_style_sheet(graph: str, chart: str) -> None:
    assert not re.search(r"#[0-9a-f]{3,8}\b(?=[\";])|rgb|style=|fill=|stroke=", graph + chart, re.IGNORECASE)


def test_one_node_a_line_of_moderate_length(graph: str) -> None:
    lines = [line for line in graph.splitlines() if line.startswith("<a ")]
    assert len(lines) == 32
    assert sum(map(len, lines)) / len(lines) < 700


def test_skips_are_marked(graph: str) -> None:
    assert graph.count('class="rfa-edge skip"') == 5
    assert graph.count('class="rfa-edge"') == 34


def test_modules_of_an_overview_show_their_shares() -> None:
    overview = architecture_graphs(analyze("torchvision:resnet50", RESOLUTIONS))[0]
    drawn = graph_svg(overview)
    module = next(a for a in elements(drawn, "a") if a.get("id") == "node-resnet50-layer4.0")
    bars = [g for g in module.iter() if "rfa-share" in g.get("class", "")]
    assert [bar.get("class") for bar in bars] == ["rfa-share rfa-on on0", "rfa-share rfa-on on1 on2"]


def test_the_chart_names_itself_for_those_who_cannot_see_it(chart: str) -> None:
    (svg,) = elements(chart, "svg")
    assert svg.get("role") == "img"
    ids = {e.get("id") for e in svg.iter()}
    assert set(svg.get("aria-labelledby", "").split()) <= ids
    assert not elements(chart, "a"), "an image has nothing to focus"


def test_labels_of_resolutions_do_not_overlap_and_stay_beside_the_plot() -> None:
    found = growth(analyze("torchvision:resnet18", [32, 33, 34, 224, 225, 512]))
    assert found is not None
    labels = [t for t in elements(growth_svg(found), "text") if (t.text or "").endswith(" px") and t.get("x")]
    heights = sorted(float(t.get("y", "0")) for t in labels)
    assert len(heights) == 6
    assert min(b - a for a, b in pairwise(heights)) >= 14.9
    assert heights[0] > 8
    assert heights[-1] < 320
    assert {t.get("x") for t in labels} == {"609"}


def test_each_verdict_has_its_own_shape_on_the_chart(chart: str) -> None:
    shapes = {}
    for dot in re.findall(r'<path class="rfa-dot ([a-z-]+)[^"]*" d="M[\d.]+ [\d.]+(m[^M"]+)', chart):
        shapes.setdefault(dot[0], set()).add(dot[1])
    assert {"productive", "critical", "unproductive"} <= shapes.keys()
    found = [shape for shapes_ in shapes.values() for shape in shapes_]
    assert len(found) == len(set(found)) == len(shapes)


def test_curves_that_differ_are_switched_by_resolution() -> None:
    found = growth(analyze("torchvision:swin_t", [64, 224]))
    assert found is not None
    assert re.findall(r'<path class="rfa-curve (max[^"]*)"', growth_svg(found)) == ["max rfa-on on0", "max rfa-on on1"]


def test_text_is_escaped_for_html_and_for_the_page_s_templating() -> None:
    assert (
        escape('<b> & "{{ x }}" {% y %}') == "&lt;b&gt; &amp; &quot;&#123;&#123; x &#125;&#125;&quot; &#123;% y %&#125;"
    )
    assert escape(" a\n b ") == " a b "


def test_the_same_report_gives_the_same_text(report: ModelReport, graph: str) -> None:
    again = analyze("torchvision:resnet18", RESOLUTIONS)
    assert graph_svg(architecture_graphs(again)[0]) == graph


def test_a_module_with_an_odd_name_is_drawn() -> None:
    net = nn.Sequential()
    net.add_module("a:b\\<c>", nn.Conv2d(3, 3, 3))
    net.add_module("d", nn.Conv2d(3, 3, 3))
    drawn = graph_svg(architecture_graphs(analyze(net, 16))[0])
    assert len([a for a in elements(drawn, "a") if a.get("href")]) == 2
