"""Graphs and charts as SVG: well-formed, linked, readable without colour, free of colours of their own."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from torch import nn

from rfa_report import analyze
from rfa_report.core.report import ModelReport
from rfa_report.core.slug import anchor
from rfa_report.drawing.charts.growth import growth
from rfa_report.drawing.charts.growth_svg import growth_svg
from rfa_report.drawing.graph.graph import Graph, architecture_graphs, dot
from rfa_report.drawing.graph.placement import lay_out
from rfa_report.drawing.graph.stack import column
from rfa_report.drawing.graph.svg import draw, escape
from rfa_report.wording.verdicts import LOOKS

pytestmark = pytest.mark.slow

RESOLUTIONS = (32, 64, 224)


@pytest.fixture(scope="module")
def report() -> ModelReport:
    return analyze("torchvision:resnet18", RESOLUTIONS)


def graph_svg(graph: Graph) -> str:
    return draw(graph, lay_out(dot(graph)))


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


def test_ids_are_unique_on_a_page(chart: str) -> None:
    drawn = "".join(map(graph_svg, architecture_graphs(analyze("torchvision:resnet50", RESOLUTIONS))))
    ids = re.findall(r' id="([^"]+)"', drawn + chart)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'<use href="#([^"]+)"', drawn)) <= set(ids)


def test_every_node_has_one_verdict_class_per_resolution_or_one_for_all(graph: str, report: ModelReport) -> None:
    seen = 0
    for group in elements(graph, "g"):
        words = group.get("class", "").split()
        links = [a for a in group if a.get("href")]
        if "rfa-nodes" not in words or not links:
            continue
        indices = [int(word[1]) for word in words if re.match(r"v\d-", word)]
        assert indices == ([] if len(words) == 2 else [0, 1, 2])
        for a in links:
            key = next(layer.id for layer in report.at(32).layers if "#" + anchor(layer.id) == a.get("href"))
            wanted = [LOOKS[report.at(size).layer(key).verdict].slug for size in RESOLUTIONS]
            same = [word.removeprefix("rfa-") for word in words[1:] if word.startswith("rfa-")]
            assert (same * 3 or [word[3:] for word in words[1:]]) == wanted
            seen += 1
    assert seen == 31


def test_every_node_has_an_outline_with_the_mark_of_its_verdict(graph: str) -> None:
    shapes = {e.get("id"): e for e in ElementTree.fromstring(graph).iter() if e.get("id")}
    for a in elements(graph, "a"):
        box = shapes[next(use.get("href", "")[1:] for use in a if use.tag.endswith("use"))]
        marked = [use for use in box if use.get("href") == "#rfa-mark"]
        assert len(marked) == bool(a.get("href"))


def test_what_varies_is_said_exactly_once_at_each_resolution(graph: str) -> None:
    varying = [t for t in elements(graph, "text") if (t.get("id") or "").startswith("g0-s")]
    assert varying
    for text in varying:
        assert sorted(t.get("class", "") for t in text) == ["is0", "is1", "is2"]


def test_a_node_whose_words_all_vary_has_a_name() -> None:
    last_stage = graph_svg(architecture_graphs(analyze("torchvision:swin_t", [64, 224]))[-1])
    links = [a for a in elements(last_stage, "a") if a.get("href")]
    silent = [a for a in links if not any(t.tag.endswith("text") for t in a)]
    assert silent
    assert all(a.get("aria-label") for a in silent)


def test_no_colour_but_by_the_style_sheet(graph: str, chart: str) -> None:
    assert not re.search(r"#[0-9a-f]{3,8}\b(?=[\";])|rgb|style=|fill=|stroke=", graph + chart, re.IGNORECASE)


def test_one_node_a_line_of_moderate_length(graph: str) -> None:
    lines = [line for line in graph.splitlines() if line.startswith("<a ")]
    assert len(lines) == 32
    assert sum(map(len, lines)) / len(lines) < 220
    assert len(graph) / len(lines) < 420


def test_skips_are_marked(graph: str) -> None:
    assert graph.count('<path class="skip"') == 5
    assert graph.count('<path d="M') - graph.count('<path d="M-') - graph.count('<path d="M0') == 34


def test_modules_of_an_overview_show_their_shares() -> None:
    overview = architecture_graphs(analyze("torchvision:resnet50", RESOLUTIONS))[0]
    drawn = graph_svg(overview)
    shapes = {e.get("id"): e for e in ElementTree.fromstring(drawn).iter() if e.get("id")}
    module = next(a for a in elements(drawn, "a") if a.get("href") == "#layer-layer4.0.conv1-0")
    used = [shapes[use.get("href", "")[1:]] for use in module if use.tag.endswith("use")]
    (bar,) = [shape for shape in used if shape.get("class") == "rfa-share"]
    found = [[path.get("class") for path in at] for at in bar]
    assert [at.get("class") for at in bar] == ["is0", "is1", "is2"]
    assert found == [["b-unproductive", "b-productive"], ["b-productive"], ["b-productive"]]


def test_a_column_has_every_node_and_edge_without_an_engine() -> None:
    (graph,) = architecture_graphs(analyze("torchvision:resnet18", [64]))
    layout = column(graph)
    boxes = list(layout.nodes.values())
    assert len(boxes) == len(graph.nodes)
    assert all(a.y + a.height < b.y for a, b in pairwise(boxes)), "below each other, in execution order"
    assert len(layout.curves) == len(graph.edges)
    assert max(x for curve in layout.curves for x, _ in curve.points) <= layout.width
    assert len([a for a in elements(draw(graph, layout), "a") if a.get("href")]) == 31


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
    assert {t.get("x") for t in labels} == {"605"}


def test_each_verdict_has_its_own_shape_on_the_chart(chart: str) -> None:
    shapes: dict[str, set[str]] = {}
    for found in re.findall(r'<path class="rfa-dot ([a-z-]+)[^"]*" d="M[\d.]+ [\d.]+(m[^M"]+)', chart):
        shapes.setdefault(found[0], set()).add(found[1])
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
