"""The outputs of a model have names, and the numbers of what it returns rather than of its last layer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor, nn

import rfa_report
from oracle.nan import Oracle, concrete, first_and_last
from rfa_report import store
from rfa_report.core.errors import LayerError


class Pair(NamedTuple):
    """Two maps by name."""

    fine: Tensor
    coarse: Tensor


@dataclass
class Held:
    """A map, and a number that is no map."""

    fine: Tensor
    rest: tuple[Tensor, float]


class Pyramid(nn.Module):
    """Two convolutions, one map of each, in a form of the caller's choice."""

    def __init__(self, form: Callable[[Tensor, Tensor], Any]) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, 2, padding=1)
        self.second = nn.Conv2d(4, 4, 3, 2, padding=1)
        self.form = form

    def forward(self, x: Tensor) -> Any:
        fine = self.first(x)
        return self.form(fine, self.second(fine))


@pytest.mark.parametrize(
    ("form", "names"),
    [
        (lambda fine, coarse: {"p1": fine, "p2": coarse}, ["output[p1]", "output[p2]"]),
        (lambda fine, coarse: [fine, coarse], ["output[0]", "output[1]"]),
        (Pair, ["output[fine]", "output[coarse]"]),
        (lambda fine, coarse: Held(fine, (coarse, 1.0)), ["output[fine]", "output[rest.0]"]),
        (lambda fine, coarse: {"maps": [fine, coarse]}, ["output[maps.0]", "output[maps.1]"]),
        (lambda fine, coarse: {0: fine, "grid": torch.zeros(3), 1: coarse}, ["output[0]", "output[1]"]),
    ],
)
def test_outputs_are_named_by_keys_else_by_number(form: Callable[[Tensor, Tensor], Any], names: list[str]) -> None:
    report = rfa_report.analyze(Pyramid(form), [16, 32])
    fine, coarse = report.at(32).outputs
    assert [fine.id, coarse.id] == names
    assert [(x.rf_min["h"], x.rf_max["h"], x.jump["h"], x.output_shape) for x in (fine, coarse)] == [
        (3, 3, 2, (1, 4, 16, 16)),
        (7, 7, 4, (1, 4, 8, 8)),
    ]
    assert (fine.inputs, coarse.inputs) == (("first#0",), ("second#0",))
    assert store.loads(store.dumps(report)) == report


def test_a_single_output_has_the_name_of_all() -> None:
    at = rfa_report.analyze(Pyramid(lambda fine, coarse: coarse), 32).at(32)
    assert [output.id for output in at.outputs] == ["output"]
    assert at.layer("output") is at.outputs[0]


def test_an_output_is_what_is_returned_and_not_the_last_layer() -> None:
    """Channels last, every second column: neither is a layer."""

    def form(fine: Tensor, coarse: Tensor) -> Tensor:
        return coarse.permute(0, 2, 3, 1)[:, :, ::2]

    size = (1, 3, 21, 32)
    at = rfa_report.analyze(Pyramid(form), "21x32").at("21x32")
    (output,) = at.outputs
    assert output.output_shape == (1, 6, 4, 4)
    assert (output.dims, output.jump) == ({"h": 1, "w": 2}, {"h": 4, "w": 8})
    assert output.inputs == ("second#0",)
    oracle = Oracle(concrete(Pyramid(form)), size, {"#0": output.output_shape}, 8, fast=False)
    for axis, name in enumerate("hw"):
        reach = output.reach(name)
        assert reach is not None
        assert tuple(tuple(ends.tolist()) for ends in reach) == first_and_last(oracle.masks(axis)["#0"][1 + axis])


def test_outputs_are_called_by_their_names_where_nothing_else_is() -> None:
    class Heads(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.p1 = nn.Conv2d(3, 4, 3)

        def forward(self, x: Tensor) -> dict[str, Tensor]:
            y = self.p1(x)
            return {"p1": y.amax(1), "p2": y[:, :, ::2, ::2]}

    at = rfa_report.analyze(Heads, 16).at(16)
    assert at.layer("p1").id == "p1#0", "a layer comes first"
    assert at.layer("output[p1]").output_shape == (1, 14, 14)
    assert at.layer("p2") is at.layer("output[p2]")
    with pytest.raises(LayerError, match=r"'output' stands for 2 maps; name one of them: output\[p1\], output\[p2\]"):
        at.layer("output")
    with pytest.raises(LayerError, match=r"the nearest are .*output\[p2\]"):
        at.layer("output[p3]")
    with pytest.raises(LayerError, match="'p9'"):
        at.layer("p9")


def test_a_refused_resolution_has_no_outputs_but_is_asked_for_what_it_has() -> None:
    report = rfa_report.analyze(nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 9)), [8, 16])
    assert report.at(8).outputs == ()
    assert list(report.layer("output")) == ["16"]
    assert list(report.layer("0")) == ["8", "16"]
    with pytest.raises(LayerError, match="'5'"):
        report.layer("5")
