"""A module that several blocks share is named after the block that called it."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

import rfa_report

SHARED = nn.SiLU()


class _OfTheClass(nn.Module):
    act: nn.Module = nn.ReLU()

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.act(self.conv(x))
        return y


class _Default(_OfTheClass):
    def __init__(self) -> None:
        super().__init__()
        self.act = SHARED


def _shared_block() -> nn.Module:
    block = _OfTheClass()
    return nn.Sequential(nn.Sequential(block), nn.Sequential(block))


def _ids(model: nn.Module) -> list[str]:
    return [layer.id for layer in rfa_report.analyze(model, 8).at(8).layers]


@pytest.mark.parametrize("kind", [_OfTheClass, _Default])
def test_a_shared_activation_is_named_after_its_block(kind: type[nn.Module]) -> None:
    assert _ids(nn.Sequential(kind(), kind())) == ["0.conv#0", "0.act#0", "1.conv#0", "1.act#0"]
    assert _ids(nn.Sequential(nn.Conv2d(3, 3, 1), kind(), kind()))[1:] == ["1.conv#0", "1.act#0", "2.conv#0", "2.act#0"]


def test_a_shared_block_is_named_after_who_holds_it() -> None:
    assert _ids(_shared_block()) == ["0.0.conv#0", "0.0.act#0", "1.0.conv#0", "1.0.act#0"]


def test_a_module_called_twice_by_one_block_has_one_path() -> None:
    class Twice(_OfTheClass):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(super().forward(x))

    assert _ids(nn.Sequential(Twice())) == ["0.conv#0", "0.act#0", "0.conv#1", "0.act#1"]


def test_compiling_a_block_renames_nothing() -> None:
    compiled: Any = torch.compile(_OfTheClass(), backend="eager")
    net = nn.Sequential(compiled, _OfTheClass())
    assert _ids(net) == ["0.conv#0", "0.act#0", "1.conv#0", "1.act#0"]
