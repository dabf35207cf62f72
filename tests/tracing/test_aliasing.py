"""Writes through views reach the base and every other view of it."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

import rfa_report
from oracle.compare import disagreements


def _through(change: Callable[[Tensor], Tensor]) -> Callable[[], nn.Module]:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Conv2d(3, 4, 3, padding=1)
            self.last = nn.Conv2d(4, 4, 1)

        def forward(self, x: Tensor) -> Tensor:
            y: Tensor = self.last(change(self.first(x)))
            return y

    return Net


def _partial_convolution(x: Tensor) -> Tensor:
    x[:, :2] = nn.functional.conv2d(x[:, :2], torch.ones(2, 2, 5, 5).to(x), padding=2)
    return x


def _view_taken_before_the_write(x: Tensor) -> Tensor:
    view = x[:, :, ::2]
    x.add_(x.roll(1, 2))
    return view + 0


def _write_through_a_view_of_a_view(x: Tensor) -> Tensor:
    x.transpose(2, 3)[:, 1:3].select(2, 4).mul_(x[:, 1:3, :, 0])
    return x


def _write_into_zeros(x: Tensor) -> Tensor:
    y = torch.zeros_like(x)
    y[:, :, 2:-2] = x[:, :, 4:]
    return y


def _in_place_chain(x: Tensor) -> Tensor:
    y = x.detach()
    y.relu_()
    return x


@pytest.mark.parametrize(
    "change",
    [
        _partial_convolution,
        _view_taken_before_the_write,
        _write_through_a_view_of_a_view,
        _write_into_zeros,
        _in_place_chain,
    ],
)
def test_write_reaches_all_that_share_the_memory(change: Callable[[Tensor], Tensor]) -> None:
    compared, _, wrong = disagreements(_through(change), (1, 3, 13, 12))
    assert compared >= 4
    assert not wrong


def test_sizes_follow_a_partial_convolution() -> None:
    report = rfa_report.analyze(_through(_partial_convolution)(), 32)
    last = report.at(32).layer("last#0")
    assert last.rf_max == {"h": 7, "w": 7}
    assert last.rf_min == {"h": 3, "w": 3}
