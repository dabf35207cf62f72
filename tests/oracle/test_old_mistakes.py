"""What toolboxes get wrong without saying so: they take a layer that they do not know for kernel 1, stride 1.

Each row has a minimal network, the numbers of the layer behind the operator as computed by hand, and what one gets by
passing over the operator. Verdicts follow the same rules in both columns.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

from oracle.compare import disagreements
from oracle.steps import Functional, Step
from rfa_report import Verdict, analyze
from rfa_report.sources.torchvision_import import torchvision_models

pytestmark = pytest.mark.slow

Numbers = tuple[float, int | None, Verdict]
"""Largest receptive field, jump, verdict."""

PRODUCTIVE, CRITICAL, GLOBAL = (
    Verdict.PRODUCTIVE,
    Verdict.CRITICAL,
    Verdict.GLOBAL,
)


@dataclass(frozen=True)
class Mistake:
    """Hold a network for images of `size` rows and columns, the layer to look at, and what is right and wrong of it."""

    build: Callable[[], nn.Module]
    size: int
    layer: str
    right: Numbers
    wrong: Numbers


def _net(*steps: nn.Module | Step) -> Callable[[], nn.Module]:
    return lambda: nn.Sequential(*(s if isinstance(s, nn.Module) else Functional("", s) for s in steps))


def _conv(old: int, new: int, kernel: int = 3, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(old, new, kernel, stride, padding=kernel // 2 if stride < kernel else 0)


def _unfolded(x: Tensor) -> Tensor:
    """Write patches of 4x4 pixels into channels, as a patch embedding does."""
    return F.unfold(x, 4, stride=4).unflatten(2, (x.shape[2] // 4, x.shape[3] // 4))


def _swin() -> nn.Module:
    return torchvision_models().SwinTransformer([4, 4], 8, [2], [2], [4, 4], stochastic_depth_prob=0, num_classes=2)


MISTAKES: dict[str, Mistake] = {
    # 1 + 2 * 2 = 5, + 2 = 7; with a kernel that does not spread, 3 + 2 = 5.
    "dilation": Mistake(
        _net(nn.Conv2d(3, 4, 3, padding=2, dilation=2), _conv(4, 4)), 6, "1#0", (7, 1, CRITICAL), (5, 1, PRODUCTIVE)
    ),
    # The stride of 2 is undone: a kernel of 3 covers two positions 2 pixels apart, 3 + 2 = 5; else 3 + 2 * 2 = 7.
    "transposed convolution": Mistake(
        _net(_conv(3, 4, 3, 2), nn.ConvTranspose2d(4, 4, 2, 2), _conv(4, 4)),
        6,
        "2#0",
        (5, 1, PRODUCTIVE),
        (7, 2, CRITICAL),
    ),
    # The same behind a pool of 2: 2 + 2 = 4; else 2 + 2 * 2 = 6.
    "interpolation": Mistake(
        _net(nn.Conv2d(3, 4, 1), nn.MaxPool2d(2), nn.Upsample(scale_factor=2), _conv(4, 4)),
        5,
        "3#0",
        (4, 1, PRODUCTIVE),
        (6, 2, CRITICAL),
    ),
    # 4x4 positions see one patch of 4 pixels: a kernel of 3 covers two patches, 8; else 4 + 2 * 4 = 12.
    "pixel shuffle": Mistake(
        _net(_conv(3, 16, 4, 4), nn.PixelShuffle(4), _conv(1, 4)), 10, "2#0", (8, 1, PRODUCTIVE), (12, 4, CRITICAL)
    ),
    # Three positions of 2 pixels, 6; else 3. The map has 3 rows, no more than the kernel, which joins them.
    "pixel unshuffle": Mistake(
        _net(nn.PixelUnshuffle(2), _conv(12, 4)), 6, "1#0", (6, 2, PRODUCTIVE), (3, 1, PRODUCTIVE)
    ),
    # Three positions of 4 pixels, 12; else 3. The map has 2 rows.
    "unfold": Mistake(
        _net(_unfolded, nn.Conv2d(48, 4, 1), _conv(4, 4)), 8, "2#0", (12, 4, CRITICAL), (3, 1, PRODUCTIVE)
    ),
    # Three positions 2 pixels apart, 5; else 3. The map has 3 rows.
    "slicing as down-sampling": Mistake(
        _net(lambda x: x[:, :, ::2, ::2], _conv(3, 4)), 6, "1#0", (5, 2, PRODUCTIVE), (3, 1, PRODUCTIVE)
    ),
    "mean over space": Mistake(
        _net(_conv(3, 4), lambda x: x.mean((2, 3)), nn.Linear(4, 2)), 8, "2#0", (inf, None, GLOBAL), (3, 1, PRODUCTIVE)
    ),
    "amax over space": Mistake(
        _net(_conv(3, 4), lambda x: x.amax((2, 3)), nn.Linear(4, 2)), 8, "2#0", (inf, None, GLOBAL), (3, 1, PRODUCTIVE)
    ),
    "view and linear": Mistake(
        _net(_conv(3, 4), lambda x: x.view(len(x), 4 * 8 * 8), nn.Linear(4 * 8 * 8, 2)),
        8,
        "2#0",
        (inf, None, GLOBAL),
        (3, 1, PRODUCTIVE),
    ),
    # Rows moved down and rows moved up are 2 apart, 3 + 2 = 5, also where they come in on the other side; else 3.
    "roll": Mistake(
        _net(lambda x: torch.cat([x.roll((d, d), (2, 3)) for d in (1, -1)], 1), _conv(6, 4)),
        8,
        "1#0",
        (5, 1, PRODUCTIVE),
        (3, 1, PRODUCTIVE),
    ),
    "FFT": Mistake(
        _net(_conv(3, 4), lambda x: torch.fft.irfft2(torch.fft.rfft2(x) * 0.5, x.shape[2:]), _conv(4, 4)),
        8,
        "2#0",
        (inf, None, GLOBAL),
        (5, 1, PRODUCTIVE),
    ),
    # Windows of 4x4 patches of 4 pixels, 16; else the 4 of a patch.
    "Swin": Mistake(_swin, 32, "features.1.0.mlp.0#0", (16, 4, PRODUCTIVE), (4, 4, PRODUCTIVE)),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_no_silent_mistake(name: str) -> None:
    case = MISTAKES[name]
    compared, partial, wrong = disagreements(case.build, (1, 3, case.size, case.size))
    assert not wrong, wrong[:5]
    assert compared > 0
    assert partial > 0
    layer = analyze(case.build(), case.size).at(case.size).layer(case.layer)
    for axis in ("h", "w"):
        assert (layer.rf_max[axis], layer.jump[axis], layer.verdict) == case.right
    assert case.right != case.wrong
