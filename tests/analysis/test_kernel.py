"""A kernel that covers its map is unproductive only where no position reaches more than what it reads reached."""

from collections.abc import Callable

import pytest
from torch import nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

from oracle.steps import Functional
from rfa_report import Verdict, analyze


def _after(*steps: nn.Module) -> Callable[[], nn.Module]:
    return lambda: nn.Sequential(*steps)


def _verdicts(build: Callable[[], nn.Module], sizes: list[int]) -> list[bool]:
    report = analyze(build, sizes)
    return [report.at(size).layers[-1].verdict is Verdict.UNPRODUCTIVE for size in sizes]


POINT, LAST = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 4, 3, padding=1)

IDLE: dict[str, tuple[Callable[[], nn.Module], dict[int, bool]]] = {
    "alone": (lambda: nn.Conv2d(3, 4, 3, padding=1), {1: True, 2: False, 3: False}),
    "behind patches": (_after(nn.Conv2d(3, 4, 16, 16), LAST), {16: True, 32: False, 48: False}),
    "dilated": (
        _after(POINT, nn.Conv2d(4, 4, 3, padding=3, dilation=3)),
        {2: True, 3: True, 4: False, 6: False, 7: False},
    ),
    "with stride": (_after(POINT, nn.Conv2d(4, 4, 3, 2, 1)), {1: True, 2: False, 3: False}),
    "with a stride that reads one each": (_after(POINT, nn.Conv2d(4, 4, 3, 3, 2)), {1: True, 2: True, 3: False}),
    "transposed, reads one each": (_after(POINT, nn.ConvTranspose2d(4, 4, 2, 2)), {1: True, 2: True, 3: False}),
    "transposed, reads two": (_after(POINT, nn.ConvTranspose2d(4, 4, 4, 2, 1)), {1: True, 2: False, 3: False}),
    "behind a border of zeros": (_after(POINT, nn.ZeroPad2d(1), nn.Conv2d(4, 4, 3)), {1: True, 2: False}),
    "where all have seen everything": (
        _after(Functional("mean", lambda x: x + x.mean((2, 3), keepdim=True)), nn.Conv2d(3, 4, 3, padding=1)),
        {1: True, 2: True, 3: True, 4: False},
    ),
    "behind enlarging": (
        _after(nn.Conv2d(3, 4, 4, 4), Functional("twice", lambda x: F.interpolate(x, scale_factor=2)), LAST),
        {4: True, 8: False},
    ),
}


@pytest.mark.parametrize("name", IDLE)
def test_what_adds_no_context(name: str) -> None:
    build, right = IDLE[name]
    assert dict(zip(right, _verdicts(build, list(right)), strict=True)) == right


def test_the_range_of_one_kernel() -> None:
    at = analyze(lambda: nn.Conv2d(3, 3, 3, padding=1), 32).at(32)
    assert (at.r_min, at.r_max) == ({"h": 2, "w": 2}, {"h": 3, "w": 3})


def test_axes_are_told_apart() -> None:
    layer = analyze(lambda: nn.Conv2d(3, 3, 3, padding=1), "1x2").resolutions[0].layers[0]
    assert layer.axis_verdicts == {"h": Verdict.UNPRODUCTIVE, "w": Verdict.CRITICAL}
    assert layer.verdict is Verdict.CRITICAL
