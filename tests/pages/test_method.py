"""The worked examples of the method page say what the analysis says."""

import re
from pathlib import Path

import pytest

from rfa_report import ModelReport, analyze
from rfa_report.core.report import ResolutionReport
from rfa_report.pages.layers import map_text
from rfa_report.pages.marks import mark
from rfa_report.pages.numbers import per_axis, percent

METHOD = (Path(__file__).parents[2] / "site_src" / "method.md").read_text("utf-8")


def example(heading: str) -> tuple[list[list[str]], str]:
    """Give the rows of an example's table, and the text after it up to the next heading."""
    part = METHOD.partition(f"{{ #{heading} }}")[2].partition("\n#")[0]
    table, _, text = part.partition("</div>")
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in table.splitlines() if line[:2] == "| "]
    return rows[1:], " ".join(text.split())


def check(rows: list[list[str]], at: ResolutionReport, largest: int, smallest: int | None) -> None:
    for row in rows:
        if "refused" in row[-1]:
            continue
        layer = at.layer(f"{row[0].split()[0]}#0")
        shown = mark(layer.verdict)
        assert f"{shown.symbol} {shown.word}" in row[-1], row
        assert (row[2], row[largest]) == (map_text(layer), per_axis(layer.rf_max)), row
        if smallest:
            assert row[smallest] == per_axis(layer.rf_min), row
        if layer.window:
            stride = layer.window.stride["h"]
            size = layer.window.kernel["h"]
            assert row[1] == f"{size}×{size}" + (f", stride {stride}" if stride > 1 else ""), row


@pytest.fixture(scope="module")
def alexnet() -> ModelReport:
    return analyze("torchvision:alexnet", [32])


def test_alexnet_at_32_pixels(alexnet: ModelReport) -> None:
    (at,) = alexnet.resolutions
    rows, text = example("example")
    check(rows, at, largest=3, smallest=None)
    assert [int(row[4]) for row in rows[:-1]] == [at.layer(f"{row[0].split()[0]}#0").jump["h"] for row in rows[:-1]]
    wasted = sum(layer.params for layer in at.layers if layer.convolutions and layer.verdict.value == "unproductive")
    assert f"{wasted:,} parameters" in text
    assert f"{(at.r_min or {})['h']} pixels" in text
    assert at.refusal


def test_resnet18_at_16_pixels() -> None:
    (at,) = analyze("torchvision:resnet18", [16]).resolutions
    rows, text = example("example-resnet")
    check(rows, at, largest=3, smallest=4)
    assert len(rows) == 10
    bad, count = at.convolutions
    assert f"{bad} of the {count} convolutions are unproductive" in text
    assert f"{percent(at.wasted_params, at.params)} of the parameters".replace("\u00a0", " ") in text
    assert f"{at.productive_depth} of {at.depth} are left" in text
    assert f"any is {(at.r_min or {})['h']} pixels" in text


def test_everything_that_pages_link_is_defined() -> None:
    templates = (Path(__file__).parents[2] / "templates").glob("*.j2")
    linked = {
        anchor for path in templates for anchor in re.findall(r"method\.(?:md|html)#([\w-]+)", path.read_text("utf-8"))
    }
    assert len(linked) > 8
    assert [anchor for anchor in linked if f"#{anchor} }}" not in METHOD and f'id="{anchor}"' not in METHOD] == []
