"""A report in the terminal: shares and sizes in the words of the site."""

from dataclasses import replace

import pytest
from torch import nn

from made_reports import at, layer, report
from rfa_report import analyze
from rfa_report.drawing.charts.growth import growth
from rfa_report.drawing.graph.graph import architecture_graphs, dot
from rfa_report.pages.model.layers import layer_table
from rfa_report.pages.model.summary import facts
from rfa_report.render.terminal.report import print_report, summary
from rfa_report.wording.numbers import percent


@pytest.mark.parametrize(
    ("part", "words"), [(0, "0\u00a0%"), (3, "<1\u00a0%"), (999, ">99\u00a0%"), (1000, "100\u00a0%")]
)
def test_a_share_is_nothing_or_everything_only_where_it_is(part: int, words: str) -> None:
    found = replace(at(8, (layer("a#0"),)), macs=1000, wasted_macs=part, params=1000, wasted_params=part)
    (line,) = (line for line in summary(found) if line.startswith("waste"))
    assert line == f"waste: {words} of 1,000 MACs, {words} of 1,000 parameters"
    assert percent(part, 1000) == words


def test_a_large_size_is_written_alike_in_table_graph_and_chart() -> None:
    made = report(at(8, (layer("a#0", rf=2_500_000),)))
    (graph,) = architecture_graphs(made)
    assert "2500000" in dot(graph)
    assert "2500000" in str(layer_table(made).data)
    chart = growth(made)
    assert chart is not None
    assert chart.table is not None
    assert chart.table.rows[0][2] == "2500000"
    assert "reaches 2500000 px" in chart.summary


def test_a_range_that_ends_before_it_begins_says_so() -> None:
    patches = analyze(nn.Conv2d(3, 4, 16, 16), [64, 224])
    here = replace(patches.at(224), r_min={"h": 224, "w": 224})
    assert [line for line in summary(here) if "224 px" in line] == [
        "fully used from 224 px; no field is larger than 16 px, so the range is empty"
    ]
    (fact,) = (fact for fact in facts(replace(patches, resolutions=(here,))) if fact.name == "Feasible from")
    assert (fact.value, fact.remark) == ("224", "px, but no field exceeds 16\u00a0px")
    assert not patches.at(224).range_is_empty


def test_a_norm_over_the_map_is_told_beside_the_sizes() -> None:
    """GroupNorm makes every output depend on the whole image; BatchNorm does not where it runs with stored numbers."""
    told = {}
    for norm in (nn.GroupNorm(2, 4), nn.BatchNorm2d(4)):
        net = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), norm, nn.Conv2d(4, 4, 3, padding=1))
        found = analyze(net, 64)
        (fact,) = (fact for fact in facts(found) if fact.name == "Largest receptive field")
        lines = [line for line in summary(found.at(64)) if "whole image" in line]
        told[type(norm).__name__] = (fact.value, fact.remark, lines)
    assert told["BatchNorm2d"] == ("5", "px", [])
    assert told["GroupNorm"] == (
        "5",
        "px; global operators aside",
        ["2 layers also depend on the whole image (first: 1#0); RF min and RF max do not include that"],
    )


def test_a_table_says_where_stages_begin(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = {f"body.{n}": [f"body.{n}.conv#0", f"body.{n}.add#0"] for n in range(8)}
    named = ["stem#0", "relu#0", *(key for keys in blocks.values() for key in keys), "head#0", "out#0"]
    print_report(report(at(8, tuple(layer(name) for name in named))))
    table = capsys.readouterr().out.partition("productive depth")[0].splitlines()[4:]
    assert [line.split()[0] if line.strip() else "" for line in table[: len(named) + 17]] == [
        *("stem#0", "relu#0", ""),
        *(word for block, keys in blocks.items() for word in (block, *keys, "")),
        *("head#0", "out#0"),
    ], "stages of one layer need no head"
