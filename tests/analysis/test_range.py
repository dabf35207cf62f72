"""The smallest feasible size is that of all sizes that a model accepts, whatever was asked."""

import pytest
import torch
from torch import Tensor, nn

from rfa_report import analyze
from rfa_report.render.terminal.report import summary

pytestmark = pytest.mark.slow


class _Picky(nn.Module):
    """Three convolutions for sizes that leave `rest` when divided by `step`."""

    def __init__(self, step: int, rest: int = 0, least: int = 0) -> None:
        super().__init__()
        self.step, self.rest, self.least = step, rest, least
        self.body = nn.Sequential(*[nn.Conv2d(3, 3, 3, padding=1) for _ in range(3)])

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-1] % self.step != self.rest or x.shape[-1] < self.least:
            raise ValueError("not this size")
        y: Tensor = self.body(x)
        return y


class _Decoder(nn.Module):
    """Halve the map, widen the field there, and join it with what it was: odd sizes do not fit."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList(nn.Conv2d(3, 3, 3, 2, 1) for _ in range(3))
        self.up = nn.Upsample(scale_factor=2)
        self.last = nn.Conv2d(6, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        maps = [x]
        for conv in self.down:
            maps.append(conv(maps[-1]))
        y = maps.pop()
        while maps:
            y = self.last(torch.cat([self.up(y), maps.pop()], 1))
        return y


def _feasible(model: nn.Module, sizes: range) -> int:
    """Try all sizes."""
    found = analyze(model, list(sizes))
    fine = [at.size[0] for at in found.accepted if at.convolutions[0] == 0]
    return min(fine)


@pytest.mark.parametrize("asked", [[112], [224], [112, 448]])
@pytest.mark.parametrize(("step", "rest", "least"), [(1, 0, 0), (7, 0, 0), (16, 0, 0), (14, 0, 20), (1, 0, 9)])
def test_what_is_asked_does_not_matter(step: int, rest: int, least: int, asked: list[int]) -> None:
    net = _Picky(step, rest, least)
    assert analyze(net, asked).resolutions[-1].r_min == dict.fromkeys("hw", _feasible(net, range(1, 60)))


@pytest.mark.parametrize("asked", [36, 100, 516])
def test_sizes_that_are_no_multiples(asked: int) -> None:
    assert analyze(_Picky(16, 4), asked).at(asked).r_min == {"h": 20, "w": 20}


@pytest.mark.parametrize("asked", [48, 64, 200])
def test_maps_that_have_to_fit(asked: int) -> None:
    net = _Decoder()
    assert analyze(net, asked).at(asked).r_min == dict.fromkeys("hw", _feasible(net, range(1, 65)))


@pytest.mark.parametrize("halved", [nn.Conv2d(3, 3, 3, 2, 1), nn.MaxPool2d(2)], ids=["rounded up", "rounded down"])
def test_sizes_in_runs(halved: nn.Module) -> None:
    net = nn.Sequential(halved, _Decoder())
    assert analyze(net, [65, 144]).at(144).r_min == dict.fromkeys("hw", _feasible(net, range(1, 100)))


def test_a_model_of_one_size_has_no_range() -> None:
    at = analyze("torchvision:vit_b_32", [224]).at(224)
    assert (at.r_min, at.only_size, at.also_takes) == (None, {"h": 224, "w": 224}, None)
    (line,) = (text for text in summary(at) if "224 px" in text)
    assert "accepts 224 px only" in line
    assert "r_min" not in line


@pytest.mark.parametrize("home", [48, 47])
def test_a_model_that_takes_no_larger_size_still_takes_others(home: int) -> None:
    at = analyze(_Between((1, home)), home).at(home)
    assert (at.r_min, at.only_size) == ({"h": 6, "w": 6}, None)


def test_a_model_of_one_shape_that_is_no_square_is_not_said_to_take_a_square() -> None:
    class Wide(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)

        def forward(self, x: Tensor) -> Tensor:
            y: Tensor = self.conv(x).view(1, 4, 18, 28)
            return y

    at = analyze(Wide(), "20x30").at("20x30")
    assert (at.r_min, at.only_size) == (None, None)


class _Between(nn.Module):
    """Three convolutions for sizes within some bounds, as of nets that add as many positions as they know."""

    def __init__(self, *bounds: tuple[int, int]) -> None:
        super().__init__()
        self.bounds = bounds
        self.body = nn.Sequential(*[nn.Conv2d(3, 3, 3, padding=1) for _ in range(3)])

    def forward(self, x: Tensor) -> Tensor:
        if not any(first <= x.shape[-1] <= last for first, last in self.bounds):
            raise ValueError("not this size")
        y: Tensor = self.body(x)
        return y


@pytest.mark.parametrize("asked", [[224], [20], [239, 16], [20, 230]])
def test_small_sizes_below_a_gap_are_told_apart(asked: list[int]) -> None:
    at = analyze(_Between((16, 31), (224, 239)), asked).resolutions[0]
    assert (at.r_min, at.also_takes, at.only_size) == ({"h": 224, "w": 224}, (16, 31), None)
    assert "also accepts 16 to 31 px" in "\n".join(summary(at))


@pytest.mark.parametrize(
    ("spec", "varies"), [("torchvision:swin_t", True), ("torchvision:alexnet", True), ("torchvision:resnet18", False)]
)
def test_a_largest_field_that_depends_on_the_size_of_the_input_says_so(spec: str, varies: bool) -> None:
    asked = [analyze(spec, size) for size in (128, [64, 256])]
    assert [report.r_max_varies for report in asked] == [varies] * 2
    note = "here, another at other sizes" in "\n".join(summary(asked[0].at(128), varies=asked[0].r_max_varies))
    assert note is varies
