"""Stages: table, graphs, charts and paper of a model divide it at the same places."""

from collections import OrderedDict

import pytest
from torch import nn

from rfa_report import ModelReport, analyze
from rfa_report.drawing.charts.growth import growth
from rfa_report.drawing.charts.strip import strips
from rfa_report.drawing.graph.graph import architecture_graphs
from rfa_report.pages.model.stages import stages as table
from rfa_report.pages.paper.tables import stage_table
from rfa_report.wording.layers import short_path
from rfa_report.wording.stages import stages


@pytest.fixture(scope="module")
def report() -> ModelReport:
    return analyze("torchvision:mobilenet_v3_large", [32, 224])


@pytest.mark.slow
def test_all_that_shows_stages_divides_a_model_alike(report: ModelReport) -> None:
    names = list(stages(report))
    assert [stage.name for stage in table(report)] == names
    assert [row[0].text for row in stage_table(report).rows] == names
    several = [short_path(name) for name, keys in stages(report).items() if len(keys) > 1]
    chart, bars = growth(report), strips(report)
    assert chart is not None
    assert bars is not None
    assert [name for name, _ in chart.parts] == [name for name, _ in bars.parts] == several
    assert chart.table is not None
    assert {row[0] for row in chart.table.rows} <= set(names)
    stage_of = {key: name for name, keys in stages(report).items() for key in keys}
    _, *details = architecture_graphs(report)
    shown = [{stage_of[key] for node in graph.nodes for key in node.members} for graph in details]
    assert len(shown) > 1
    assert sum(map(len, shown)) == len(set().union(*shown)), "a stage is cut between two graphs"


def test_only_the_largest_stage_is_split_into_single_layers() -> None:
    body = nn.Sequential(*[nn.Conv2d(3, 3, 3, padding=1) for _ in range(30)])
    net = nn.Sequential(OrderedDict(body=body, head=nn.Sequential(*[nn.ReLU() for _ in range(5)])))
    assert {name: len(keys) for name, keys in stages(analyze(net, 8)).items()} == {"body": 30, "head": 5}
    net.body = body[:6]
    assert list(stages(analyze(net, 8))) == [*(f"body.{i}" for i in range(6)), "head"]
