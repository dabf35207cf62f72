"""The refinements of ResNet-18 on the method page: its numbers are those of the analysis."""

import re
from pathlib import Path

import pytest
from torch import nn

import rfa_report
from rfa_report.sources.torchvision_import import torchvision_models
from rfa_report.wording.numbers import NBSP, percent, quantity

pytestmark = pytest.mark.slow

PAGE = Path(__file__).resolve().parents[2] / "site_src" / "method.md"


@pytest.mark.parametrize(
    ("name", "stem", "pool"),
    [
        ("as published", False, False),
        ("stem of stride 1", True, False),
        ("no max pool", False, True),
        ("both", True, True),
    ],
)
def test_the_method_page_tells_what_refinements_do(name: str, stem: bool, pool: bool) -> None:
    model = torchvision_models().resnet18()
    if stem:
        model.conv1.stride = (1, 1)
    if pool:
        model.maxpool = nn.Identity()
    at = rfa_report.analyze(model, 32).at(32)
    assert at.r_min
    assert at.r_max
    wasted = percent(at.wasted_macs, at.macs)
    border = at.border_layer.module if at.border_layer else "none"
    numbers = [border, at.r_min["h"], at.r_max["h"], quantity(at.macs).text, wasted]
    told = [f"{at.productive_depth} of {at.depth}", *map(str, numbers)]
    row = f"| {name} | {' | '.join(told)} |".replace(NBSP, " ")
    assert row in PAGE.read_text("utf-8"), row


def test_the_page_has_no_other_row() -> None:
    section = PAGE.read_text("utf-8").partition("{ #refinements }")[2].partition("\n## ")[0]
    assert len(re.findall(r"^\| [a-z]", section, re.MULTILINE)) == 4
