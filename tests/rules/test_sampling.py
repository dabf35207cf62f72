"""Interpolation: its kernel does not end at the border of the map."""

from typing import Any

import pytest
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

from oracle.steps import Functional
from oracle.twin import sizes

RESIZED: dict[str, dict[str, Any]] = {
    "halved with antialiasing": {"scale_factor": 0.5, "mode": "bilinear", "antialias": True},
    "a quarter with antialiasing": {"scale_factor": 0.25, "mode": "bicubic", "antialias": True},
    "doubled": {"scale_factor": 2, "mode": "bilinear"},
    "doubled, cubic": {"scale_factor": 2, "mode": "bicubic"},
}


@pytest.mark.parametrize("how", RESIZED)
def test_sizes_do_not_depend_on_the_map(how: str) -> None:
    def resized(x: Tensor) -> Tensor:
        return F.interpolate(x, **RESIZED[how])

    def build() -> nn.Module:
        first, last = (nn.Conv2d(3, 3, 5, padding=2) for _ in range(2))
        return nn.Sequential(first, Functional("resized", resized), last)

    assert sizes(build, (8, 8)) == sizes(build, (96, 64))


def test_a_halving_triangle_sees_four_positions() -> None:
    def halved(x: Tensor) -> Tensor:
        return F.interpolate(x, scale_factor=0.5, mode="bilinear", antialias=True)

    net = nn.Sequential(nn.Conv2d(3, 3, 1), Functional("halved", halved))
    assert sizes(lambda: net, (4, 4))[-1] == {"h": (4, 4), "w": (4, 4)}
