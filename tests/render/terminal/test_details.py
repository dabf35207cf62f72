"""What a name stands for, in the terminal: every number, by resolution and axis."""

import pytest
from torch import Tensor, nn

from rfa_report import analyze
from rfa_report.render.terminal.details import print_layers


def test_every_resolution_and_axis_has_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, (3, 5), (1, 2), padding=(1, 0)), nn.Sequential(nn.Conv2d(4, 2, 3), nn.ReLU()))
    report = analyze(net, ["6x16", 32])
    print_layers(report, {"1": report.layer("1"), "0#0": report.layer("0#0")})
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip() and "─" not in line]
    title, head, *module = lines[:6]
    assert title == ["Sequential:", "1", "=", "1.1#0", "(ReLU)"]
    assert " ".join(head) == "px axis groups output RF max RF min jump params MACs centre padding verdict reach"
    assert module == [
        *(["6x16", "h", "1", "2x4x4", "5", "5", "1", "74", "1,152", "1", "1", "productive", "5", "of", "6"],),
        *(["w", "9", "9", "2", "4", "0", "9", "of", "16"],),
        *(["32", "h", "1", "2x30x12", "5", "5", "1", "74", "25,920", "1", "1", "productive", "5", "of", "32"],),
        *(["w", "9", "9", "2", "4", "0", "9", "of", "32"],),
    ], "the numbers of its map, and what its layers cost: 2 · (4 · 9 + 1) parameters, 72 MACs an output position"
    title, head, first, *_ = lines[6:]
    assert title == ["Sequential:", "0#0", "(Conv2d)"]
    assert " ".join(first) == "6x16 h 3 1 1 1 4x6x6 3 3 1 184 6,480 0 1 productive 3 of 6", (
        "kernel, stride, dilation, groups; 4 · (3 · 15 + 1) parameters, 4 · 36 · 45 MACs"
    )


def test_what_has_no_number_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.GroupNorm(2, 4), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    report = analyze(net, 16)
    print_layers(report, {name: report.layer(name) for name in ("1#0", "output")})
    text = capsys.readouterr().out
    assert "it also depends on the whole image; RF min and RF max do not include that" in text
    output = text.partition("output (output)")[2]
    assert " ".join(output.split()).startswith("px axis groups output RF max RF min verdict")
    assert "∞" in output
    assert "jump" not in output, "no number, no column"


class Twice(nn.Module):
    """Calls its head twice."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Sequential(nn.Conv2d(3, 3, 1), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.head(self.head(x))
        return y


def test_one_of_several_calls_and_an_output_have_no_costs_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    report = analyze(Twice, 16)
    heads = {}
    for name in ("head#1", "output", "head.0#1", "head.1#1"):
        print_layers(report, {name: report.layer(name)})
        heads[name] = {"params", "MACs"} <= set(capsys.readouterr().out.split())
    assert heads == {"head#1": False, "output": False, "head.0#1": True, "head.1#1": True}
