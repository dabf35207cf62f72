"""Published numbers: ours beside them are computed, and the reasons given for differences add up."""

import pytest

from made_reports import at, network, report, tiny
from rfa_report import analyze
from rfa_report.core.report import ModelReport
from rfa_report.pages.zoo.published import FEASIBLE, TF_SLIM, Figure, PublishedData, published_page
from rfa_report.pages.zoo.quoted_layer import quoted_layer
from rfa_report.pages.zoo.row import index_row
from rfa_report.render.markdown import render

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def resnet() -> ModelReport:
    return analyze("torchvision:resnet50", 224)


def test_a_site_with_none_of_them_says_so() -> None:
    text = render(published_page([index_row(tiny())]))
    assert "| resnet_v1_50 | <code>torchvision:resnet50</code> | 483 | – | 32 | – | 239 | – |  |" in text
    assert "A dash stands where the architecture is not on this site." in text


def test_ours_stand_beside_them(resnet: ModelReport) -> None:
    text = render(published_page([index_row(resnet)]))
    link = '<a href="models/resnet50.html">resnet50</a>'
    assert f"| resnet_v1_50 | {link} | 483 | 427 | 32 | 32 | 239 | 213 | differs |" in text
    assert "| 75 | 97 |" in text


def test_what_was_built_with_arguments_is_another_architecture() -> None:
    other = analyze("torchvision:alexnet", 224, num_classes=10)
    data = published_page([index_row(other)]).data
    assert isinstance(data, PublishedData)
    assert all(found.ours is None for found in data.sizes)


def test_the_reason_for_resnet_adds_up(resnet: ModelReport) -> None:
    found = quoted_layer(resnet)
    assert found is not None
    assert found.layer == "layer4.2.relu#2"
    figure = next(figure for figure in TF_SLIM if figure.name == "resnet_v1_50")
    assert int(figure.size) == int(found.size) + 8 + 16 + 32
    assert int(figure.padding) == int(found.padding) + 28 - 2


@pytest.mark.parametrize("figure", [f for f in TF_SLIM if f.name in ("alexnet_v2", "vgg_a", "vgg_16", "inception_v3")])
def test_without_a_reason_the_numbers_are_the_same(figure: Figure) -> None:
    at = 299 if "inception" in figure.name else 224
    found = quoted_layer(analyze(figure.spec, at))
    assert found is not None
    same = (found.size, found.stride, found.padding) == (figure.size, figure.stride, figure.padding)
    assert same == (not figure.why)


def test_every_figure_of_the_manual_has_a_reason() -> None:
    assert all(figure.why for figure in FEASIBLE)


def test_a_model_without_a_finite_field_has_no_widest() -> None:
    assert quoted_layer(report(at(8, network(8)[2:]))) is None
