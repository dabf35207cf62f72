"""Sizes are those of the same network on an input without borders, or of the same function written otherwise."""

from collections.abc import Callable
from functools import partial
from typing import Literal, get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

from oracle.nan import concrete
from oracle.nets import Hourglass, UNet, even_nets
from oracle.steps import Functional
from oracle.twin import NoTwinError, compare_sizes, measured, sizes
from rfa_report.tracing import on_meta, trace

BOOK_OF_CODES = torch.linspace(-1, 1, 20).reshape(5, 4)


Mode = Literal["zeros", "reflect", "replicate", "circular"]
MODES: tuple[Mode, ...] = get_args(Mode)


def _chain(mode: Mode) -> nn.Module:
    convs = [
        nn.Conv2d(3, 4, 5, 2, 2, padding_mode=mode),
        nn.Conv2d(4, 4, 3, padding=2, dilation=2, padding_mode=mode),
        nn.MaxPool2d(3, 2, ceil_mode=True),
        nn.Conv2d(4, 4, (3, 1), padding=(1, 0), padding_mode=mode),
    ]
    return nn.Sequential(*convs)


class Gated(nn.Module):
    """Weigh channels by what the whole map says, between convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Conv2d(3, 4, 3, 2, 1), nn.Conv2d(4, 4, 5, padding=2)
        self.gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(4, 4, 1), nn.Sigmoid())

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        gated: Tensor = self.last(x * self.gate(x))
        return gated


NETS: dict[str, Callable[[], nn.Module]] = {
    **{mode: partial(_chain, mode) for mode in MODES},
    "a U-Net": lambda: UNet(2),
    "an hourglass": lambda: Hourglass(2),
    "a gate": Gated,
    "smoothly enlarged": lambda: nn.Sequential(
        nn.Conv2d(3, 4, 3, 4, 1), nn.Upsample(scale_factor=2, mode="bilinear"), nn.Conv2d(4, 4, 3, padding=1)
    ),
}


def _compared(model: nn.Module, size: tuple[int, ...]) -> tuple[int, list[str]]:
    ready = on_meta(model)
    found = compare_sizes(trace(ready, (1, 3, *size)), lambda at: trace(ready, (1, 3, *at)), concrete(model), 1e8)
    assert found.stopped is None
    return found.compared, found.wrong


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
def test_sizes_are_what_nan_says_far_from_borders(name: str) -> None:
    compared, wrong = _compared(NETS[name](), (16, 24))
    assert not wrong, wrong
    assert compared >= 6


@pytest.mark.slow
@pytest.mark.parametrize(("rank", "examples"), [(1, 20), (2, 5)])
def test_random_networks_have_the_sizes_of_their_twins(rank: int, examples: int) -> None:
    @settings(max_examples=examples, print_blob=False)
    @given(even_nets(rank), st.tuples(*[st.sampled_from([24, 32, 40])] * rank))
    def run(net: nn.Module, size: tuple[int, ...]) -> None:
        assert _compared(net, size)[1] == []

    run()


def test_a_size_that_is_wrong_is_found() -> None:
    """The trace is of a kernel of 3, and the network that is run has one of 5."""
    small, large = (nn.Sequential(nn.Conv2d(3, 4, k, padding=k // 2)) for k in (3, 5))
    ready = on_meta(large)
    trace_of_small = trace(on_meta(small), (1, 3, 8, 8))
    found = compare_sizes(trace_of_small, lambda at: trace(ready, (1, 3, *at)), concrete(large), 1e8)
    assert found.wrong[0] == "#0 axis 0: computed size 3, true 5"


def test_windows_have_no_twin() -> None:
    rolled = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), Functional("rolled", lambda x: x.roll(1, 2)))
    with pytest.raises(NoTwinError, match="roll: positions"):
        _compared(rolled, (8, 8))


def test_a_map_that_is_resized_unevenly_has_no_twin() -> None:
    resized = Functional("resized", lambda x: F.interpolate(x, (5, 5), mode="bilinear"))
    with pytest.raises(NoTwinError, match="not whole"):
        _compared(nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.Conv2d(4, 4, 3, padding=1), resized), (16, 16))


def test_a_size_is_measured_across_positions() -> None:
    """Position q of a map with jump 2 sees 2q - 1, 2q, 2q + 3: a hole of two positions, and a size of 5."""
    sees = [{2 * q - 1, 2 * q, 2 * q + 3} for q in range(10)]
    mask = np.array([[c in seen for seen in sees] for c in (8, 9)])
    assert measured(mask, 2, 2, 8) == 5


def _by_frames(conv: nn.Module) -> Callable[[Tensor], Tensor]:
    return lambda x: torch.stack([conv(x[:, :, t]) for t in range(x.shape[2])], 2)


class Framed(nn.Module):
    """Convolve frame by frame, stack the results, and convolve in time."""

    def __init__(self, *, whole: bool) -> None:
        super().__init__()
        self.flat = nn.Conv3d(3, 4, (1, 5, 3), (1, 2, 2), (0, 2, 1)) if whole else nn.Conv2d(3, 4, (5, 3), 2, (2, 1))
        self.last = nn.Conv3d(4, 4, 3, padding=1)
        self.whole = whole

    def forward(self, x: Tensor) -> Tensor:
        stacked: Tensor = self.last(self.flat(x) if self.whole else _by_frames(self.flat)(x))
        return stacked


def test_stacked_frames_are_a_volume() -> None:
    size = (6, 12, 16)
    assert sizes(lambda: Framed(whole=False), size)[-1] == sizes(lambda: Framed(whole=True), size)[-1]


def _looked_up(x: Tensor) -> Tensor:
    return F.embedding(x.argmax(1), BOOK_OF_CODES).movedim(-1, 1)


def _one_hot(x: Tensor) -> Tensor:
    return (x.softmax(1).movedim(1, -1) @ BOOK_OF_CODES).movedim(-1, 1)


def test_a_lookup_is_a_product_with_its_table() -> None:
    def net(read: Callable[[Tensor], Tensor]) -> nn.Module:
        return nn.Sequential(nn.Conv2d(3, 5, 3, 2, 1), Functional("read", read), nn.Conv2d(4, 4, 3, padding=1))

    assert sizes(lambda: net(_looked_up), (12, 16)) == sizes(lambda: net(_one_hot), (12, 16))
