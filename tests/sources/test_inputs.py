"""Models that take something else than images: the fields are those of the same net behind a wrapper."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from rfa_report import analyze
from rfa_report.core.errors import ConfigError, ModelError, RfaError
from rfa_report.core.layer import Layer


def _image(c: int = 3) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(c, 4, 3, 2, 1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1))


class Fed(nn.Module):
    """Feed a net from what a function picks out of the arguments."""

    def __init__(self, pick: Callable[..., Tensor], net: nn.Module) -> None:
        super().__init__()
        self.net, self.pick = net, pick

    def forward(self, *args: Any, **kwargs: Any) -> Tensor:
        y: Tensor = self.net(self.pick(*args, **kwargs))
        return y


class Guided(nn.Module):
    """Add a map of a quarter of the resolution."""

    def __init__(self) -> None:
        super().__init__()
        self.image, self.quarter = nn.Conv2d(3, 4, 4, 4), nn.Conv2d(1, 4, 3, padding=1)

    def forward(self, x: Tensor, quarter: Tensor, t: Tensor | None = None) -> Tensor:
        y: Tensor = self.image(x) + self.quarter(quarter)
        return y if t is None else y * t


def _numbers(layer: Layer) -> tuple[object, ...]:
    reach = {axis: [ends.tolist() for ends in layer.reach(axis) or ()] for axis in layer.rf_min}
    return layer.rf_min, layer.rf_max, layer.jump, layer.centre, reach


PICKS: dict[str, tuple[Callable[..., Tensor], Any]] = {
    "channels last": (lambda x: x.permute(0, 3, 1, 2), "1 h w 3"),
    "no channels": (lambda x: x[:, None].expand(-1, 3, -1, -1), "1 h w"),
    "a keyword": (lambda *, image: image, {"image": "1 3 h w"}),
    "a dictionary": (lambda batch: batch["image"], {"0.image": "1 3 h w"}),
    "a list": (lambda images: images[1], {"0.0": "1 3 h w", "0.1": "1 3 h w"}),
    "two, one of them small": (lambda t, x: x + t, ["1", "1 3 h w"]),
    "a function": (lambda x, *, scale: x * scale, lambda size: ((torch.zeros(1, 3, *size),), {"scale": torch.ones(1)})),
}


@pytest.mark.parametrize("name", PICKS)
def test_an_image_by_another_way_is_the_same_image(name: str) -> None:
    pick, inputs = PICKS[name]
    *_, ours = analyze(Fed(pick, _image()), "20x24", inputs=inputs).resolutions[0].layers
    *_, plain = analyze(_image(), "20x24").resolutions[0].layers
    assert _numbers(ours) == _numbers(plain)


def _small_and_large(size: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    h, w = size
    return torch.zeros(1, 3, h, w), torch.zeros(1, 1, h // 4, w // 4)


@pytest.mark.parametrize("inputs", [["1 3 h w", "1 1 h/4 w/4"], _small_and_large], ids=["patterns", "a function"])
def test_a_position_of_a_quarter_covers_four_pixels(inputs: Any) -> None:
    report = analyze(Guided(), 32, inputs=inputs)
    quarter = report.at(32).layer("quarter#0")
    assert (quarter.rf_max, quarter.jump, quarter.centre) == (
        {"h": 12, "w": 12},
        {"h": 4, "w": 4},
        {"h": 1.5, "w": 1.5},
    )
    reach = quarter.reach("h")
    assert reach is not None
    assert [ends.tolist()[:3] for ends in reach] == [[0, 0, 4], [7, 11, 15]]
    added = report.at(32).layer("add#0")
    assert (added.rf_min["h"], added.rf_max["h"]) == (4, 12)
    assert report.inputs == {"0": "1 3 h w", "1": "1 1 h/4 w/4"}


def test_positions_of_an_input_of_twice_the_resolution_share_pixels() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 2, 2), nn.Conv2d(4, 4, 3, padding=1))
    at = analyze(net, 8, inputs="1 3 h*2 w*2").at(8)
    assert [layer.rf_max["h"] for layer in at.layers] == [1, 3]
    assert at.layers[0].output_shape[-2:] == (8, 8)


def test_token_ids_are_looked_up_position_by_position() -> None:
    net = Fed(lambda ids: ids, nn.Sequential(nn.Embedding(50, 8), nn.Linear(8, 8)))
    report = analyze(net, 12, inputs="int 1 l")
    assert [layer.rf_max for layer in report.resolutions[0].layers] == [{"l": 1}] * 2
    assert report.axes == ("l",)


def test_samples_without_channels_are_a_signal() -> None:
    wave = Fed(lambda x: x[:, None], nn.Conv1d(1, 4, 400, 160))
    for resolution in (16000, "l=16000"):
        (layer,) = analyze(wave, resolution, inputs="1 l").resolutions[0].layers[-1:]
        assert (layer.rf_max, layer.jump) == ({"l": 400}, {"l": 160})


def _odd(size: tuple[int, ...]) -> Tensor:
    return torch.zeros(1, 3, size[0] + 1, size[1])


def _broken(size: tuple[int, ...]) -> Tensor:
    raise KeyError("no file")


@pytest.mark.parametrize(
    ("inputs", "kind", "says"),
    [
        (_odd, ModelError, "in proportion"),
        (_broken, ModelError, "no file"),
        (lambda size: (torch.zeros(1, 3, *size), "text"), ModelError, "not a tensor"),
        ("1 3 h", ConfigError, "h and w"),
        ("int 1 l", RfaError, "l=16000"),
    ],
)
def test_what_cannot_be_an_input_is_refused_in_one_line(inputs: Any, kind: type[Exception], says: str) -> None:
    with pytest.raises(kind, match=says) as raised:
        analyze(_image(), "16x32", inputs=inputs)
    assert "\n" not in str(raised.value)


class _Tokens(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(9, 4)

    def forward(self, ids: Tensor) -> Tensor:
        y: Tensor = self.table(ids)
        return y


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (Guided(), "--input mask='1 1 h w'"),
        (_Tokens(), "--input 'int 1 l'"),
        (Fed(lambda batch: batch["image"], _image()), "--input batch.image='1 3 h w'"),
        (Fed(lambda x: x[:, None], nn.Conv1d(1, 4, 9)), "--input '1 l'"),
        (Fed(lambda x: x.permute(0, 3, 1, 2), _image()), "--input '1 h w 3'"),
    ],
)
def test_a_model_that_takes_something_else_says_the_line_to_write(model: nn.Module, says: str) -> None:
    with pytest.raises(ModelError) as raised:
        analyze(model, 32)
    assert says in str(raised.value)
