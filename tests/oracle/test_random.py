"""Random networks against the oracle. Each mistake that this finds becomes a named case."""

import os
from collections.abc import Callable

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

from oracle.nan import disagreements

Step = Callable[[Tensor], Tensor]
CHANNELS = 4


class Net(nn.Module):
    """Run steps one after the other, each seen by the oracle as a module of its own."""

    def __init__(self, steps: list[nn.Module]) -> None:
        super().__init__()
        self.steps = nn.ModuleList(steps)

    def forward(self, x: Tensor) -> Tensor:
        for step in self.steps:
            x = step(x)
        return x


class Functional(nn.Module):
    """Wrap a function."""

    def __init__(self, name: str, run: Step) -> None:
        super().__init__()
        self.name, self.run = name, run

    def forward(self, x: Tensor) -> Tensor:
        return self.run(x)

    def extra_repr(self) -> str:
        return self.name


class Branches(nn.Module):
    """Join two paths; a path of another size is brought to the size of the first."""

    def __init__(self, how: str, left: nn.Module, right: nn.Module) -> None:
        super().__init__()
        self.how, self.left, self.right = how, left, right

    def forward(self, x: Tensor) -> Tensor:
        a, c = self.left(x), self.right(x)
        if a.shape != c.shape:
            c = F.interpolate(c, a.shape[2:])
        if self.how == "cat":
            return torch.cat([a, c], 1)[:, ::2]
        if self.how == "gate":
            return a * c.mean((2, 3), keepdim=True).sigmoid()
        return a + c

    def extra_repr(self) -> str:
        return self.how


def _write(x: Tensor) -> Tensor:
    y = x.clone()
    y[:, 1:3, ::2] = x[:, :2, : y[:, :, ::2].shape[2]]
    return y


def _tokens(x: Tensor) -> Tensor:
    n, c, h, w = x.shape
    return x.flatten(2).transpose(1, 2).softmax(-1).transpose(1, 2).reshape(n, c, h, w)


def _windows(x: Tensor) -> Tensor:
    n, c, h, w = x.shape
    x = F.pad(x, (0, -w % 2, 0, -h % 2))
    tall, wide = x.shape[2] // 2, x.shape[3] // 2
    parts = x.view(n, c, tall, 2, wide, 2).permute(0, 2, 4, 3, 5, 1).reshape(n * tall * wide, 4, c)
    mixed = (parts @ parts.transpose(1, 2)).softmax(-1) @ parts
    return mixed.view(n, tall, wide, 2, 2, c).permute(0, 5, 1, 3, 2, 4).reshape(n, c, 2 * tall, 2 * wide)[..., :h, :w]


def _shuffle(x: Tensor) -> Tensor:
    n, c, h, w = x.shape
    return x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)


FUNCTIONS: dict[str, Step] = {
    "relu in place": lambda x: x.clone().relu_(),
    "roll": lambda x: x.roll((1, -2), (2, 3)),
    "flip": lambda x: x.flip(3),
    "stride by slicing": lambda x: x[:, :, ::2, 1:] if min(x.shape[2:]) > 3 else x,
    "pad by constants": lambda x: F.pad(x, (1, 0, 2, 1)),
    "pad by reflection": lambda x: F.pad(x, (1, 2, 0, 1), "reflect") if min(x.shape[2:]) > 3 else x,
    "nearest": lambda x: F.interpolate(x, scale_factor=1.5),
    "bilinear": lambda x: F.interpolate(x, (9, 7), mode="bilinear"),
    "channel shuffle": _shuffle,
    "pixel shuffle": lambda x: F.pixel_shuffle(x, 2).repeat(1, 4, 1, 1) if max(x.shape[2:]) < 16 else x,
    "write into a slice": _write,
    "tokens": _tokens,
    "window attention": _windows,
    "normalise over channels": lambda x: F.layer_norm(x.permute(0, 2, 3, 1), [CHANNELS]).permute(0, 3, 1, 2),
    "group norm": lambda x: F.group_norm(x, 2),
}


@st.composite
def _convolutions(draw: st.DrawFn) -> nn.Module:
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 3)))
    return nn.Conv2d(
        CHANNELS,
        CHANNELS,
        kernel,
        stride=draw(st.tuples(st.integers(1, 3), st.integers(1, 2))),
        padding=(kernel[0] + draw(st.integers(0, 1)), kernel[1]),
        dilation=draw(st.sampled_from([1, 1, 2])),
        groups=draw(st.sampled_from([1, 2, 4])),
    )


@st.composite
def _pools(draw: st.DrawFn) -> nn.Module:
    kernel, stride, ceil = draw(st.integers(2, 3)), draw(st.integers(1, 3)), draw(st.booleans())
    kind = draw(st.sampled_from([nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d]))
    if kind in (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d):
        return kind((draw(st.integers(2, 7)), draw(st.integers(2, 6))))
    return nn.Sequential(nn.ZeroPad2d(1), kind(kernel, stride, ceil_mode=ceil))


def _steps() -> st.SearchStrategy[nn.Module]:
    single = st.one_of(
        _convolutions(),
        _pools(),
        st.sampled_from(sorted(FUNCTIONS)).map(lambda name: Functional(name, FUNCTIONS[name])),
    )
    joined = st.builds(Branches, st.sampled_from(["add", "cat", "gate"]), single, single)
    return st.one_of(single, single, joined)


@settings(max_examples=int(os.environ.get("RFA_RANDOM_NETS", "150")), print_blob=False)
@given(st.lists(_steps(), min_size=1, max_size=5), st.integers(7, 13), st.integers(6, 12))
def test_random_networks(steps: list[nn.Module], height: int, width: int) -> None:
    net = nn.Sequential(nn.Conv2d(3, CHANNELS, 1), Net(steps))
    _, _, wrong = disagreements(lambda: net, (1, 3, height, width))
    assert not wrong, wrong[:3]
