"""The worked examples of the method page say what the analysis says."""

import re
from pathlib import Path

import pytest
from torch import nn

from rfa_report import ModelReport, analyze
from rfa_report.core.report import ResolutionReport
from rfa_report.pages.model.layers import map_text
from rfa_report.wording.numbers import per_axis, percent
from rfa_report.wording.verdicts import mark

pytestmark = pytest.mark.slow

SOURCE = Path(__file__).parents[2] / "site_src"
METHOD = (SOURCE / "method.md").read_text("utf-8")


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


@pytest.fixture(scope="module")
def resnet18() -> ResolutionReport:
    return analyze("torchvision:resnet18", [16]).resolutions[0]


def test_resnet18_at_16_pixels(resnet18: ResolutionReport) -> None:
    at = resnet18
    rows, text = example("example-resnet")
    check(rows, at, largest=3, smallest=4)
    assert len(rows) == 10
    bad, count = at.convolutions
    assert f"{bad} of the {count} convolutions are unproductive" in text
    assert f"{percent(at.wasted_params, at.params)} of the parameters".replace("\u00a0", " ") in text
    assert f"{at.productive_depth} of {at.depth} are left" in text
    assert f"any is {(at.r_min or {})['h']} pixels" in text


def test_everything_that_pages_link_is_defined() -> None:
    templates = (Path(__file__).parents[2] / "templates" / "site").glob("*.j2")
    linked = {
        anchor for path in templates for anchor in re.findall(r"method\.(?:md|html)#([\w-]+)", path.read_text("utf-8"))
    }
    assert len(linked) > 8
    assert [anchor for anchor in linked if f"#{anchor} }}" not in METHOD and f'id="{anchor}"' not in METHOD] == []


def figure(name: str) -> str:
    assert f"<!--rfa:{name}-->" in METHOD
    return (SOURCE / "theme" / "figures" / f"{name}.html").read_text("utf-8")


def numbers(drawn: str) -> list[list[int]]:
    """Give the numbers of each value that a figure shows."""
    values = re.findall(r'class="rfa-fig-value"[^>]*>([^<]*)<', drawn)
    return [[int(number) for number in re.findall(r"\d+", value)] for value in values]


def chain(*strides: int) -> ResolutionReport:
    """Analyse convolutions of kernel 3, one after the other, at 16 pixels."""
    return analyze(nn.Sequential(*[nn.Conv2d(3, 3, 3, stride, 1) for stride in strides]), [16]).resolutions[0]


def fields(at: ResolutionReport) -> list[int]:
    return [int(layer.rf_max["h"] or 0) for layer in at.layers]


def test_the_figures_of_chains_show_what_the_analysis_says() -> None:
    at = chain(1, 2, 1)
    shown = zip([1, *fields(at)], [1, *(layer.jump["h"] for layer in at.layers)], strict=True)
    assert numbers(figure("receptive-field")) == [[n] for pair in reversed([*shown]) for n in pair]
    assert numbers(figure("stride")) == [[fields(chain(stride, 1))[-1]] for stride in (1, 2)]


def test_the_figure_of_two_paths_shows_what_the_analysis_says(resnet18: ResolutionReport) -> None:
    names = ("maxpool", "layer1.0.conv1", "layer1.0.conv2", "layer1.0.add")
    layers = [resnet18.layer(f"{name}#0") for name in names]
    sizes = [[layer.rf_max["h"]] for layer in layers]
    drawn = figure("paths")
    assert numbers(drawn) == [*sizes, [layers[-1].rf_min["h"]]]
    assert [name for name in names if f">{name}</text>" not in drawn] == []


def test_the_figure_of_the_border_shows_what_the_analysis_says() -> None:
    at, drawn = chain(1, 2, 1, 2, 1, 1), figure("border")
    assert numbers(drawn) == [[size] for size in fields(at)]
    marks = [mark(layer.verdict) for layer in at.layers]
    assert re.findall(r'class="rfa-fig-verdict"[^>]*>([^<]*)<', drawn) == [f"{m.symbol} {m.word}" for m in marks]
    assert at.border == at.layers[-1].id


@pytest.mark.parametrize("name", ["paths", "border"])
def test_bars_are_as_wide_as_their_fields(name: str) -> None:
    drawn = figure(name)
    wide = [
        float(width) for width in re.findall(r'<rect class="(?:max|min|rfa-fig-seen)"[^>]* width="([\d.]+)"', drawn)
    ]
    sizes = [size for (size,) in numbers(drawn)]
    assert len({round(width / size, 3) for width, size in zip(wide, sizes, strict=True)}) == 1
