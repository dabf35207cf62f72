"""Small networks with a name against the oracle: what people build, and every mistake that random networks found."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it
from torch.nn.utils.parametrizations import weight_norm

from oracle.compare import disagreements
from oracle.steps import Functional, Step
from rfa_report import ResolutionReport, analyze
from rfa_report.core import field

pytestmark = pytest.mark.slow

Case = tuple[Callable[[], nn.Module], tuple[int, ...]]
IMAGE = (1, 3, 13, 18)


class Net(nn.Module):
    """Hold named parts, and a forward pass that is given them."""

    def __init__(self, run: Callable[..., Any], **parts: nn.Module) -> None:
        super().__init__()
        self.run = run
        for name, part in parts.items():
            self.add_module(name, part)

    def forward(self, x: Tensor) -> Any:
        return self.run(self, x)


@dataclass
class Output:
    """Hold two tensors and a number."""

    shallow: Tensor
    deep: Tensor
    loss: float | None = None


def _conv(old: int, new: int, kernel: int = 3, stride: int = 1, **args: Any) -> nn.Conv2d:
    return nn.Conv2d(old, new, kernel, stride, **({"padding": kernel // 2} | args))


def _after(*steps: nn.Module | Step) -> nn.Module:
    """Run modules and functions one after the other, behind a stem."""
    named = (s if isinstance(s, nn.Module) else Functional(str(i), s) for i, s in enumerate(steps))
    return nn.Sequential(_conv(3, 4), *named)


def _squeeze_and_excitation() -> nn.Module:
    gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), _conv(4, 2, 1), nn.ReLU(), _conv(2, 4, 1), nn.Sigmoid())

    def run(m: Any, x: Tensor) -> Tensor:
        y = m.body(m.stem(x))
        return m.last(m.stem(x) + y * m.gate(y))

    return Net(run, stem=_conv(3, 4), body=_conv(4, 4), gate=gate, last=_conv(4, 4))


def _aspp() -> nn.Module:
    branches = nn.ModuleList([_conv(3, 2, 1), *(_conv(3, 2, dilation=d, padding=d) for d in (2, 4))])
    image = nn.Sequential(nn.AdaptiveAvgPool2d(1), _conv(3, 2, 1))

    def run(m: Any, x: Tensor) -> Tensor:
        local = [m.local(branch(x)) for branch in m.branches]
        everywhere = F.interpolate(m.image(x), x.shape[2:], mode="bilinear")
        return m.project(torch.cat([*local, everywhere], 1))

    return Net(run, branches=branches, image=image, local=_conv(2, 2), project=_conv(8, 4, 1))


def _shifted_windows(x: Tensor) -> Tensor:
    n, c, h, w = x.shape
    x = x.roll((-1, -1), (2, 3)).view(n, c, h // 3, 3, w // 3, 3).permute(0, 2, 4, 3, 5, 1).reshape(-1, 9, c)
    x = F.scaled_dot_product_attention(x, x, x)
    x = x.view(n, h // 3, w // 3, 3, 3, c).permute(0, 5, 1, 3, 2, 4).reshape(n, c, h, w)
    return x.roll((1, 1), (2, 3))


def _biased_windows(x: Tensor, neighbour: int) -> Tensor:
    """Attend within windows of 3 columns; a bias made of tokens is added in place to a part of the scores."""
    n, c, h, w = x.shape
    x = x.reshape(n, c, h, w // 3, 3).permute(0, 2, 3, 4, 1).reshape(-1, 3, c)
    scores = x @ x.mT
    scores[:, 1:, 1:] += x.roll(neighbour, 0)[:, 1:, :1]
    x = scores.softmax(-1) @ x
    return x.view(n, h, w // 3, 3, c).permute(0, 4, 1, 2, 3).reshape(n, c, h, w)


def _partial_convolution() -> nn.Module:
    def run(m: Any, x: Tensor) -> Tensor:
        x = m.stem(x)
        x[:, :2] = m.part(x[:, :2])
        return m.last(m.look(x))

    return Net(run, stem=_conv(3, 6, 1), part=_conv(2, 2), look=nn.Identity(), last=_conv(6, 6, groups=3))


def _dual_path() -> nn.Module:
    def run(m: Any, x: Tensor) -> Tensor:
        residual, dense = m.stem(x).split([4, 2], 1)
        for block in m.blocks:
            y = block(torch.cat([residual, dense], 1)[:, :6])
            residual, dense = residual + y[:, :4], torch.cat([dense, y[:, 4:]], 1)
        return m.last(torch.cat([residual, dense], 1))

    return Net(run, stem=_conv(3, 6), blocks=nn.ModuleList([_conv(6, 6) for _ in range(3)]), last=_conv(12, 4))


def _u_net() -> nn.Module:
    def run(m: Any, x: Tensor) -> Tensor:
        high = m.down[0](x)
        middle = m.down[1](F.max_pool2d(high, 2))
        low = m.down[2](F.max_pool2d(middle, 2))
        middle = m.join[0](torch.cat([middle, F.pad(m.up[0](low), (0, 1))], 1))
        return m.join[1](torch.cat([high[:, :, :12], m.up[1](middle)], 1))

    down = nn.ModuleList([_conv(3, 4), _conv(4, 4), _conv(4, 4)])
    up = nn.ModuleList([nn.ConvTranspose2d(4, 4, 2, 2), nn.ConvTranspose2d(4, 4, 2, 2)])
    return Net(run, down=down, up=up, join=nn.ModuleList([_conv(8, 4), _conv(8, 4)]))


def _recurrent(layer: nn.Module, *, last: bool = False) -> nn.Module:
    """Walk over the columns of a map of one row."""

    def run(m: Any, x: Tensor) -> Tensor:
        found, _ = m.walk(m.stem(x).mean(2).transpose(1, 2))
        return m.look(found[:, -1] if last else found)

    return Net(run, stem=_conv(3, 4), walk=layer, look=nn.Identity())


def _global_filter() -> nn.Module:
    def run(m: Any, x: Tensor) -> Tensor:
        y = m.stem(x)
        spectrum = torch.fft.rfft2(y, norm="ortho") * torch.complex(m.real.weight, m.real.weight)
        return m.last(y + m.look(torch.fft.irfft2(spectrum, s=y.shape[2:], norm="ortho")))

    weights = nn.Embedding(13, 10)
    return Net(run, stem=_conv(3, 4), real=weights, look=nn.Identity(), last=_conv(4, 4))


def _hooked() -> nn.Module:
    first, second = _conv(4, 4), _conv(4, 4)
    net = _after(first, second)
    first.register_forward_hook(lambda module, args, output: output.roll(2, 3)[:, :, ::2])
    second.register_forward_pre_hook(lambda module, args: (F.pad(args[0], (2, 0)),))
    return net


def _branches_on_shapes() -> nn.Module:
    def run(m: Any, x: Tensor) -> Tensor:
        x = m.stem(x)
        if x.shape[2] % 2:
            x = F.pad(x, (0, 0, 0, 1))
        while min(x.shape[2:]) > 4:
            x = m.down(x)
        return m.last(x)

    return Net(run, stem=_conv(3, 4), down=_conv(4, 4, stride=2), last=_conv(4, 4))


def _outputs(make: Callable[[Tensor, Tensor], Any], take: Callable[[Any], Tensor]) -> nn.Module:
    def both(m: Any, x: Tensor) -> Any:
        shallow = m.stem(x)
        return make(shallow, m.deep(shallow))

    body = Net(both, stem=_conv(3, 4, stride=2), deep=_conv(4, 4, stride=2))
    return Net(lambda m, x: m.last(take(m.body(x))), body=body, last=_conv(4, 4))


def _twice() -> nn.Module:
    shared = nn.Sequential(_conv(4, 4, stride=2), nn.ReLU(inplace=True))
    return Net(lambda m, x: m.last(m.shared(m.shared(m.stem(x)))), stem=_conv(3, 4), shared=shared, last=_conv(4, 4))


def _write_through_an_alias() -> nn.Module:
    def run(m: Any, x: Tensor) -> Tensor:
        x = m.stem(x)
        x.detach().copy_(m.wide(x).roll(2, 3))
        return m.last(x)

    return Net(run, stem=_conv(3, 4), wide=_conv(4, 4, 5), last=_conv(4, 4, stride=2))


def _write_nothing(x: Tensor) -> Tensor:
    x = x[:, :, :1]
    x[:, :, 1:] = x[:, :, :0].clone()
    return x


NAMED: dict[str, Case] = {
    "squeeze and excitation": (_squeeze_and_excitation, IMAGE),
    "ASPP": (_aspp, IMAGE),
    "windows with a shift": (lambda: _after(_conv(4, 4), _shifted_windows, _conv(4, 4)), (1, 3, 12, 15)),
    "attention with a bias in place": (lambda: _after(_conv(4, 4), partial(_biased_windows, neighbour=0)), IMAGE),
    "attention with a bias from elsewhere": (lambda: _after(_conv(4, 4), partial(_biased_windows, neighbour=1)), IMAGE),
    "pixel shuffle after a stride": (
        lambda: _after(_conv(4, 16, stride=4), nn.PixelShuffle(4), nn.Conv2d(1, 4, (3, 1))),
        IMAGE,
    ),
    "partial convolution in place": (_partial_convolution, IMAGE),
    "channel shuffle": (lambda: _after(_conv(4, 8, groups=2), nn.ChannelShuffle(2), _conv(8, 4, groups=4)), IMAGE),
    "dual path": (_dual_path, IMAGE),
    "U-Net": (_u_net, IMAGE),
    "dilated chain": (lambda: _after(*(nn.Conv2d(4, 4, 3, padding=d, dilation=d) for d in (1, 2, 4))), (1, 3, 23, 18)),
    "LSTM over a row": (lambda: _recurrent(nn.LSTM(4, 5, batch_first=True)), (1, 3, 1, 9)),
    "last state of an LSTM": (lambda: _recurrent(nn.LSTM(4, 5, 2, batch_first=True), last=True), (1, 3, 3, 9)),
    "GRU in both directions": (lambda: _recurrent(nn.GRU(4, 5, batch_first=True, bidirectional=True)), (1, 3, 1, 9)),
    "global filter": (_global_filter, IMAGE),
    "hooks that change tensors": (_hooked, IMAGE),
    "weight norm": (lambda: _after(weight_norm(nn.Conv2d(4, 4, (3, 5), 2)), _conv(4, 4)), IMAGE),
    "branches on shapes": (_branches_on_shapes, (1, 3, 33, 36)),
    "a module called twice": (_twice, IMAGE),
    "a dictionary of outputs": (
        lambda: _outputs(lambda a, c: {"shallow": a, "deep": c}, lambda found: found["deep"]),
        IMAGE,
    ),
    "a dataclass of outputs": (lambda: _outputs(Output, lambda found: found.shallow), IMAGE),
    "antialiasing to the same size": (
        lambda: _after(lambda x: F.interpolate(x, (13, 7), mode="bilinear", antialias=True)),
        IMAGE,
    ),
    "nearest by a factor that rounds to 1": (
        lambda: _after(lambda x: F.interpolate(x, scale_factor=1.3)),
        (1, 3, 3, 9),
    ),
    "nearest by a factor that rounds to 2": (
        lambda: _after(lambda x: F.interpolate(x, scale_factor=2.3)),
        (1, 3, 3, 9),
    ),
    "an activation in place behind a dropout": (
        lambda: _after(_conv(4, 4, stride=2), nn.Dropout(), nn.ReLU(inplace=True), _conv(4, 4)),
        IMAGE,
    ),
    "a write through an alias of a whole": (_write_through_an_alias, IMAGE),
    "a write into nothing": (lambda: _after(_write_nothing), IMAGE),
}


@pytest.mark.parametrize("large", [field.LARGE, 0], ids=["", "joins left open"])
@pytest.mark.parametrize("name", NAMED)
def test_reach_is_what_nan_says(name: str, large: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(field, "LARGE", large)
    build, shape = NAMED[name]
    compared, partial, wrong = disagreements(build, shape)
    assert not wrong, wrong[:5]
    assert compared > 4
    assert partial > 0, "the input is too small: every reach is the whole of it"


def _judged(model: nn.Module) -> ResolutionReport:
    return analyze(model, "13x18").resolutions[0]


def test_a_compiled_module_is_as_before_compiling() -> None:
    def net(wrap: Callable[[nn.Module], Any]) -> nn.Module:
        body = nn.Sequential(_conv(4, 4, stride=2), nn.ReLU(), _conv(4, 4))
        return nn.Sequential(_conv(3, 4), wrap(body), _conv(4, 4))

    compiled = _judged(net(lambda body: torch.compile(body, backend="eager")))
    plain = _judged(net(lambda body: body))
    assert compiled.layers == plain.layers
    assert [layer.id for layer in compiled.layers] == ["0#0", "1.0#0", "1.1#0", "1.2#0", "2#0"]


def test_half_precision_changes_no_number() -> None:
    half, single = (_judged(_squeeze_and_excitation().to(kind)) for kind in (torch.float16, torch.float32))
    assert half.refusal is None
    assert half.layers == single.layers


def test_a_global_value_written_into_channels_is_a_global_context() -> None:
    def run(m: Any, x: Tensor) -> Any:
        x = m.stem(x)
        x[:, :2] = x[:, 2:].mean((2, 3), keepdim=True)
        return m.last(x)

    layer = _judged(Net(run, stem=_conv(3, 4), last=_conv(4, 4))).layer("last#0")
    assert layer.global_context
    assert layer.rf_max == {"h": 5, "w": 5}


def test_no_shortest_path_is_longer_than_the_largest() -> None:
    def run(m: Any, x: Tensor) -> Any:
        x = m.stem(x)
        return m.last(x @ x.mT)

    net = Net(run, stem=_conv(3, 4), last=nn.Conv2d(4, 4, 4, padding=1, dilation=2))
    layer = analyze(net, "6x9").at("6x9").layer("last#0")
    assert layer.rf_min["h"] is not None
    assert layer.rf_max["h"] is not None
    assert layer.rf_min["h"] <= layer.rf_max["h"]
