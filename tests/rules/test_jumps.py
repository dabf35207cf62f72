"""The jump of maps finer than the input, and of tokens: a fraction, and that of the grid of patches."""

import json
from collections.abc import Callable
from fractions import Fraction

import jsonschema
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

import rfa_report
from oracle.steps import Functional
from rfa_report import Layer, ModelReport, store
from rfa_report.diffing import Kind, ModelChanges, Status, as_json, changes
from rfa_report.pages.model.layers import layer_table
from rfa_report.pages.paper.tables import layer_table as paper_table
from rfa_report.render.markdown import render
from rfa_report.render.paper import exact
from rfa_report.render.terminal.details import print_layers
from rfa_report.render.terminal.report import print_report

FINER: dict[str, tuple[Callable[[], nn.Module], int | Fraction | None]] = {
    "doubled": (lambda: nn.Upsample(scale_factor=2), Fraction(1, 2)),
    "doubled, bilinear": (lambda: nn.Upsample(scale_factor=2, mode="bilinear"), Fraction(1, 2)),
    "to a size": (lambda: nn.Upsample((48, 48)), Fraction(1, 3)),
    "transposed by 8": (lambda: nn.ConvTranspose2d(4, 4, 8, 8), Fraction(1, 8)),
    "shuffled": (lambda: nn.PixelShuffle(2), Fraction(1, 2)),
    "doubled and halved": (lambda: nn.Sequential(nn.Upsample(scale_factor=2), nn.MaxPool2d(2)), 1),
    "of stride 3, doubled": (lambda: nn.Sequential(nn.MaxPool2d(3), nn.Upsample(scale_factor=2)), Fraction(3, 2)),
    "evenly into neither": (lambda: nn.Upsample((20, 20)), None),
}


def last(net: nn.Module, size: int = 16) -> Layer:
    return rfa_report.analyze(nn.Sequential(nn.Conv2d(3, 4, 1), net), size).at(size).layers[-1]


@pytest.mark.parametrize("name", FINER)
def test_a_map_finer_than_the_input_has_a_jump_below_one(name: str) -> None:
    build, jump = FINER[name]
    found = last(build())
    assert found.jump == {"h": jump, "w": jump}
    whole = jump is not None and Fraction(jump).denominator == 1
    assert isinstance(found.jump["h"], int) is whole, "a whole one is an int"
    assert found.step("h") == (jump if whole else None)


def _tokens(x: Tensor) -> Tensor:
    patches = F.conv2d(x, torch.zeros(4, 4, 4, 4), stride=4).flatten(2).transpose(1, 2)
    return torch.cat([torch.zeros(1, 1, 4), patches], 1)


def test_tokens_have_the_jump_of_the_grid_of_patches() -> None:
    with_class = last(Functional("tokens", _tokens))
    assert (with_class.jump, with_class.dims) == ({"h": 4, "w": 4}, {"h": None, "w": None})
    assert with_class.step("h") is None, "no map, of which one could count rows"
    without = last(Functional("tokens", lambda x: _tokens(x)[:, 1:] * 2))
    assert without.jump == {"h": 4, "w": 4}
    alone = last(Functional("tokens", lambda x: _tokens(x)[:, :1] + _tokens(x)[:, 1:].mean(1, keepdim=True)))
    assert alone.jump == {"h": None, "w": None}


@pytest.fixture(scope="module")
def decoder() -> ModelReport:
    net = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.Upsample(scale_factor=(2, 8)), nn.Conv2d(4, 2, 3, padding=1))
    return rfa_report.analyze(net, 16)


def test_it_is_a_fraction_wherever_it_is_said(decoder: ModelReport, capsys: pytest.CaptureFixture[str]) -> None:
    """Along h there are two rows a pixel, along w eight columns."""
    print_report(decoder)
    (row,) = [line for line in capsys.readouterr().out.splitlines() if line.lstrip().startswith("2#0")]
    assert row.split()[-2] == "1/2×1/8"
    print_layers(decoder, {"2#0": decoder.layer("2#0")})
    assert [word for word in capsys.readouterr().out.split() if "/" in word] == ["1/2", "1/8"]
    assert "<td>1/2×1/8</td>" in render(layer_table(decoder))
    assert "1/2×1/8" in [cell.text for row in paper_table(decoder).rows for cell in row]
    (_, text), *_ = [file for file in exact.as_csv([decoder]) if "layers" in file[0]]
    head, *rows = [line.split(",") for line in text.splitlines()]
    assert [dict(zip(head, row, strict=True))["jump_h"] for row in rows] == ["1", "1/2", "1/2"]
    (_, text), *_ = exact.as_json([decoder])
    assert json.loads(text)["layers"][decoder.slug][-1]["jump_w"] == "1/8"


def test_it_is_stored_and_compared_as_a_fraction(decoder: ModelReport) -> None:
    text = store.dumps(decoder)
    assert '"jump": {"h": "1/2", "w": "1/8"}' in text
    assert store.loads(text) == decoder
    jsonschema.validate(json.loads(text), store.json_schema())
    other = rfa_report.analyze(nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.Upsample(scale_factor=2)), 16)
    found = [change for change in changes(decoder, other) if change.kind is Kind.JUMP]
    plain = json.loads(as_json("a", "b", [ModelChanges("net", Status.CHANGED, tuple(found))]))
    (change,) = plain["models"][0]["changes"]
    assert (change["old"], change["new"]) == ({"h": "1/2", "w": "1/8"}, {"h": "1/2", "w": "1/2"})
