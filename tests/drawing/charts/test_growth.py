"""The growth chart as numbers: scale, curves, gaps, dots."""

from dataclasses import replace
from math import log2

import pytest
from torch import Tensor, nn

from rfa_report import analyze
from rfa_report.drawing.charts.growth import Growth, growth


def chart(model: nn.Module | str, *resolutions: int) -> Growth:
    found = growth(analyze(model, resolutions))
    assert found is not None
    return found


def chain(*kernels: int) -> nn.Sequential:
    return nn.Sequential(*[nn.Conv2d(3, 3, k, padding=k // 2) for k in kernels])


def test_sizes_stand_at_their_logarithm() -> None:
    found = chart(chain(3, 3, 5), 64)
    ticks = dict(found.ticks)
    octave = (ticks["64"] - ticks["4"]) / 4
    largest, smallest = found.lines
    assert [y for _, y in largest.runs[0]] == pytest.approx([ticks["4"] + octave * (log2(n) - 2) for n in (3, 5, 9)])
    assert smallest.runs == largest.runs
    assert found.levels[0].y == pytest.approx(ticks["64"])


def test_everything_is_within_the_plot() -> None:
    found = chart("torchvision:resnet18", 32, 384)
    points = [point for line in found.lines for run in line.runs for point in run]
    assert all(0 < x < 1 and 0 <= y <= 1 for x, y in points)
    assert all(0 <= level.y <= 1 for level in found.levels)
    assert len(found.ticks) <= 8


def test_global_layers_are_a_gap() -> None:
    class Gate(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.pool, self.last = nn.Conv2d(3, 3, 3), nn.AdaptiveAvgPool2d(1), nn.Conv2d(3, 3, 3)

        def forward(self, x: Tensor) -> Tensor:
            x = self.conv(x)
            return self.last(x * self.pool(x))

    largest = chart(Gate(), 16).lines[0]
    assert [len(run) for run in largest.runs] == [1, 2]


def test_one_curve_where_the_resolutions_agree_also_if_one_refuses_early() -> None:
    found = chart("torchvision:alexnet", 32, 64, 224)
    assert [(line.kind, line.at) for line in found.lines] == [("max", ()), ("min", ())]
    assert sum(len(run) for run in found.lines[0].runs) == 15
    assert found.dots[-1].verdicts == ("absent", "unproductive", "productive")


@pytest.mark.slow
def test_a_curve_per_resolution_where_they_differ() -> None:
    found = chart("torchvision:swin_t", 64, 224)
    assert [(line.kind, line.at) for line in found.lines] == [
        ("max", (0,)),
        ("max", (1,)),
        ("min", (0,)),
        ("min", (1,)),
    ]
    assert {dot.at for dot in found.dots} == {(0,), (1,)}


def test_dots_are_layers_with_a_kernel_or_a_join() -> None:
    report = analyze("torchvision:resnet18", [64])
    found = growth(report)
    assert found is not None
    drawn = [layer for layer in report.at(64).layers if layer.window or layer.kind == "add"]
    assert len(found.dots) == len(drawn)
    assert found.dots[0].tooltip == "conv1#0: RF 7, min 7; productive"


@pytest.mark.slow
def test_equal_dots_are_thinned_out_on_a_very_deep_net_but_no_verdict_is_lost() -> None:
    found = chart(chain(*[1] * 500, 3), 16)
    assert 100 < len(found.dots) < 200
    assert found.dots[-1].y > found.dots[-2].y


def test_modules_are_named_at_a_readable_level() -> None:
    assert [name for name, _ in chart("torchvision:resnet18", 64).parts] == ["layer1", "layer2", "layer3", "layer4"]


def test_no_layers_no_chart() -> None:
    assert growth(replace(analyze(chain(3), 16), resolutions=())) is None


def test_the_summary_says_what_a_screen_reader_needs() -> None:
    summary = chart("torchvision:resnet18", 32, 224).summary
    assert "reaches 435 px" in summary
    assert "32, 224 px" in summary
