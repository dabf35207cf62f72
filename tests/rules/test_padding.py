"""Borders made of the map itself: sizes go on past them, as on an unbounded map; reach folds back."""

from collections.abc import Callable
from typing import Literal

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

import rfa_report
from oracle.steps import Functional
from oracle.twin import sizes


def _net(pad: Callable[[Tensor], Tensor], rank: int, kernel: int = 3) -> nn.Module:
    """Pad by a function, and convolve, three times."""
    kind = getattr(nn, f"Conv{rank}d")
    steps = [m for i in range(3) for m in (Functional(str(i), pad), kind(3, 3, kernel))]
    return nn.Sequential(*steps)


def _zeros(*amounts: int) -> Callable[[Tensor], Tensor]:
    return lambda x: F.pad(x, amounts)


def _bordered(mode: str, *amounts: int) -> Callable[[Tensor], Tensor]:
    return lambda x: F.pad(x, amounts, mode=mode)


def _table(x: Tensor, *, mirrored: bool) -> Tensor:
    n = x.shape[-1]
    at = torch.arange(-2, n + 2, device="cpu")
    inside = n - 1 - (n - 1 - at.abs()).abs() if mirrored else at.clamp(0, n - 1)
    return x.index_select(2, inside)


BORDERS = {
    "mirrored, 1-D": (_bordered("reflect", 2, 2), (2, 2), 1, 5),
    "repeated, 1-D": (_bordered("replicate", 2, 2), (2, 2), 1, 5),
    "more on one side": (_bordered("reflect", 1, 3), (1, 3), 1, 5),
    "amounts of their own on all sides": (_bordered("reflect", 2, 0, 1, 1), (2, 0, 1, 1), 2, 3),
    "3-D": (_bordered("replicate", 1, 1, 1, 1, 2, 0), (1, 1, 1, 1, 2, 0), 3, 3),
    "a table that stops at the border": (lambda x: _table(x, mirrored=False), (2, 2), 1, 5),
    "a table that turns at the border": (lambda x: _table(x, mirrored=True), (2, 2), 1, 5),
}


@pytest.mark.parametrize("name", BORDERS)
def test_sizes_are_those_of_an_unbounded_map(name: str) -> None:
    pad, amounts, rank, kernel = BORDERS[name]
    small = sizes(lambda: _net(pad, rank, kernel), (4,) * rank)
    twin = sizes(lambda: _net(_zeros(*amounts), rank, kernel), (40,) + (20,) * (rank - 1))
    assert small == twin


@pytest.mark.parametrize("mode", ["reflect", "replicate"])
def test_a_small_image_is_unproductive_whatever_fills_its_border(mode: Literal["reflect", "replicate"]) -> None:
    net = nn.Sequential(*[nn.Conv2d(3, 3, 7, padding=3, padding_mode=mode) for _ in range(4)])
    at = rfa_report.analyze(net, [10]).at(10)
    assert at.convolutions == (2, 4)
    assert at.r_max == {"h": 25, "w": 25}
    assert at.r_min == {"h": 20, "w": 20}


def test_reach_folds_back_where_sizes_go_on() -> None:
    (layer,) = rfa_report.analyze(nn.Conv1d(3, 3, 5, padding=2, padding_mode="reflect"), [(6,)]).at(6).layers
    assert [end.tolist() for end in layer.reach("l") or ()] == [[0, 0, 0, 1, 2, 3], [2, 3, 4, 5, 5, 5]]
    assert layer.rf_max == {"l": 5}
