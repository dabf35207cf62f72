"""Random networks, and how Hypothesis draws them and the steps that they are made of, in 1-D, 2-D and 3-D."""

from collections.abc import Callable
from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

from oracle.steps import ANY_RANK, BY_RANK, CHANNELS, FITS, JOINS, LINEAR, Functional, Grown, Pair, Walk, of_rank

Plan = list[tuple[int, tuple[int, ...]]]
MOST_POSITIONS = {1: 20, 2: 12, 3: 7}
PADDING_MODES = ("zeros", "zeros", "zeros", "reflect", "replicate", "circular")


class Net(nn.Module):
    """Run a plan: each of its steps takes one or two earlier tensors, and the oracle looks at every channel of it."""

    def __init__(self, rank: int, steps: list[nn.Module], plan: Plan) -> None:
        super().__init__()
        self.stem = of_rank("Conv", rank)(3, CHANNELS, 1)
        self.steps = nn.ModuleList(steps)
        self.channels = nn.ModuleList(Functional(str(i), lambda x, i=i: x[:, i : i + 1]) for i in range(CHANNELS))
        self.rank, self.plan = rank, plan

    def forward(self, x: Tensor) -> Tensor:
        made = [self.stem(x)]
        for step, sources in self.plan:
            y = self.steps[step](*(made[s] for s in sources))
            if max(y.shape[2:]) > (most := MOST_POSITIONS[self.rank]):
                y = y[(slice(None), slice(None), *(slice(most),) * self.rank)]
            made.append(y)
            for channel in self.channels:
                channel(y)
        return made[-1]

    def extra_repr(self) -> str:
        return f"plan={self.plan}"


@st.composite
def convolutions(draw: st.DrawFn, rank: int) -> nn.Module:
    """Draw a convolution, or a transposed one, with a kernel, stride, padding and dilation of its own per axis."""

    def each(low: int, high: int) -> tuple[int, ...]:
        return draw(st.tuples(*[st.integers(low, high)] * rank))

    kernel, stride, dilation = each(1, 4 if rank < 3 else 3), each(1, 3), each(1, 2)
    groups = draw(st.sampled_from([1, 1, 2, CHANNELS]))
    spans = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    if draw(st.booleans()):
        padding = tuple(draw(st.integers(0, span + 1)) for span in spans)
        mode = draw(st.sampled_from(PADDING_MODES))
        options = {"groups": groups, "padding_mode": mode}
        conv = of_rank("Conv", rank)(CHANNELS, CHANNELS, kernel, stride, padding, dilation, **options)
        return Grown(conv, max(spans) + (1 if mode == "zeros" else 2))
    padding = tuple(draw(st.integers(0, span // 2)) for span in spans)
    extra = tuple(draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True))
    args = {"padding": padding, "output_padding": extra, "groups": groups, "dilation": dilation}
    return of_rank("ConvTranspose", rank)(CHANNELS, CHANNELS, kernel, stride, **args)


@st.composite
def pools(draw: st.DrawFn, rank: int) -> nn.Module:
    """Draw a pooling layer, of a kernel or adaptive."""
    kernel = draw(st.tuples(*[st.integers(1, 3)] * rank))
    args = {
        "stride": draw(st.tuples(*[st.integers(1, 3)] * rank)),
        "padding": tuple(k // 2 for k in kernel) if draw(st.booleans()) else 0,
        "ceil_mode": draw(st.booleans()),
    }
    kind = draw(st.sampled_from(["Max", "Avg", "AdaptiveAvg", "AdaptiveMax"]))
    if kind.startswith("Adaptive"):
        return of_rank(f"{kind}Pool", rank)(draw(st.tuples(*[st.integers(1, 7)] * rank)))
    if kind == "Max":
        args["dilation"] = draw(st.integers(1, 2))
    return Grown(of_rank(f"{kind}Pool", rank)(kernel, **args), 5)


@st.composite
def interpolations(draw: st.DrawFn, rank: int) -> nn.Module:
    """Draw an interpolation to a size, or by a factor."""
    mode = draw(st.sampled_from(["nearest", "nearest-exact", "area", LINEAR[rank]]))
    args: dict[str, Any] = {"align_corners": draw(st.booleans())} if mode == LINEAR[rank] else {}
    if draw(st.booleans()):
        args["size"] = draw(st.tuples(*[st.integers(1, MOST_POSITIONS[rank])] * rank))
    else:
        args["scale_factor"] = draw(st.tuples(*[st.sampled_from([1.0, 1.3, 1.5, 2.0, 3.0])] * rank))
        args["recompute_scale_factor"] = draw(st.sampled_from([None, True]))
    return Functional(f"interpolate {mode} {args}", lambda x: F.interpolate(x, mode=mode, **args))


@st.composite
def walks(draw: st.DrawFn, rank: int) -> nn.Module:
    """Draw a recurrent layer that runs along one axis, or along it in both directions."""
    kind = draw(st.sampled_from([nn.RNN, nn.LSTM, nn.GRU]))
    dim = draw(st.integers(2, rank + 1))
    return Walk(kind, dim, both=draw(st.booleans()))


@st.composite
def rolls(draw: st.DrawFn, rank: int) -> nn.Module:
    """Draw a roll of all channels, or of the second half of them."""
    dims = tuple(draw(st.lists(st.integers(1, rank + 1), min_size=1, unique=True)))
    shifts = tuple(draw(st.integers(-5, 5)) for _ in dims)
    if draw(st.booleans()):
        return Functional(f"roll {shifts} {dims}", lambda x: x.roll(shifts, dims))
    half = CHANNELS // 2
    return Functional(
        f"roll half {shifts} {dims}", lambda x: torch.cat([x[:, :half], x[:, half:].roll(shifts, dims)], 1)
    )


def layers(rank: int) -> st.SearchStrategy[nn.Module]:
    """Draw a module that works element by element, or a block of several."""
    kinds = [nn.GELU, nn.SiLU, nn.Hardswish, nn.PReLU, nn.Softplus, nn.Dropout, nn.Identity]

    def block(conv: nn.Module) -> nn.Module:
        return nn.Sequential(conv, of_rank("BatchNorm", rank)(CHANNELS), nn.ReLU(inplace=True))

    return st.one_of(st.sampled_from(kinds).map(lambda kind: kind()), convolutions(rank).map(block))


def steps(rank: int) -> st.SearchStrategy[nn.Module]:
    """Draw a step of one tensor or of two."""
    functions = ANY_RANK | BY_RANK[rank]
    plain = st.sampled_from(sorted(functions)).map(lambda name: Functional(name, functions[name]))
    pairs = st.builds(Pair, st.sampled_from(sorted(FITS)), st.sampled_from(sorted(JOINS)))
    drawn = [kind(rank) for kind in (convolutions, pools, interpolations, layers, walks, rolls)]
    return st.one_of(*drawn, plain, plain, plain, pairs, pairs)


@st.composite
def nets(draw: st.DrawFn, rank: int) -> Net:
    """Draw a network: a step is new or one that ran before, and takes the last tensor or any earlier ones."""
    made: list[nn.Module] = []
    plan: Plan = []
    for last in range(draw(st.integers(1, 6))):
        again = bool(made) and draw(st.integers(0, 5)) == 0
        number = draw(st.integers(0, len(made) - 1)) if again else len(made)
        if not again:
            made.append(draw(steps(rank)))
        earlier = st.one_of(st.just(last), st.integers(0, last))
        plan.append((number, tuple(draw(earlier) for _ in range(getattr(made[number], "arity", 1)))))
    return Net(rank, made, plan)


class Even(nn.Module):
    """Run steps of which each halves, doubles or keeps the map: it takes multiples of 8, and has no other border."""

    def __init__(self, steps: list[nn.Module], sources: list[tuple[int, ...]]) -> None:
        super().__init__()
        self.steps, self.sources = nn.ModuleList(steps), sources

    def forward(self, x: Tensor) -> Tensor:
        made = [torch.cat([x, x[:, :1]], 1)]
        for step, sources in zip(self.steps, self.sources, strict=True):
            made.append(step(*(made[s] for s in sources)))
        return made[-1]

    def extra_repr(self) -> str:
        return f"sources={self.sources}"


@st.composite
def even_nets(draw: st.DrawFn, rank: int) -> Even:
    """Draw a network whose positions all see alike, far from borders of every kind."""
    steps: list[nn.Module] = []
    sources: list[tuple[int, ...]] = []
    scales = [0]
    for _ in range(draw(st.integers(2, 6))):
        last = scales[-1]
        kinds = ["conv", "conv", "reflect", "join", *(["halve", "pool"] if last < 3 else []), *(["up"] if last else [])]
        kind = draw(st.sampled_from(kinds))
        others = [i for i, scale in enumerate(scales) if scale == last]
        if kind == "join":
            steps.append(Pair("crop", draw(st.sampled_from(["add", "weigh", "cat, every second channel", "maximum"]))))
            sources.append((len(scales) - 1, draw(st.sampled_from(others))))
        else:
            steps.append(_even_step(draw, kind, rank))
            sources.append((len(scales) - 1,))
        scales.append(last + {"halve": 1, "pool": 1, "up": -1}.get(kind, 0))
    return Even(steps, sources)


def _even_step(draw: st.DrawFn, kind: str, rank: int) -> nn.Module:
    conv, stride = of_rank("Conv", rank), 2 if kind == "halve" else 1
    if kind == "pool":
        return of_rank(draw(st.sampled_from(["MaxPool", "AvgPool"])), rank)(3, 2, 1)
    if kind == "up":
        return nn.Upsample(scale_factor=2, mode=draw(st.sampled_from(["nearest", LINEAR[rank]])))
    if kind == "reflect":
        amounts, mode = draw(st.sampled_from([(1, 1), (2, 0), (0, 2)])), draw(st.sampled_from(PADDING_MODES[3:]))
        pad = Functional(f"{mode} {amounts}", lambda x: F.pad(x, amounts * rank, mode))
        return nn.Sequential(pad, conv(CHANNELS, CHANNELS, 3))
    kernel, dilation = draw(st.sampled_from([(3, 1), (5, 1), (3, 2), (1, 1)]))
    mode = draw(st.sampled_from(PADDING_MODES))
    padding = dilation * (kernel // 2)
    return conv(CHANNELS, CHANNELS, kernel, stride, padding, dilation, padding_mode=mode)


class UNet(nn.Module):
    """Go down and up again, joining maps of one size: takes multiples of 2 to the power of `depth`."""

    def __init__(self, depth: int, channels: int = 4) -> None:
        super().__init__()
        stages = [nn.Conv2d(3 if i == 0 else channels, channels, 3, padding=1) for i in range(depth + 1)]
        self.down = nn.ModuleList(stages)
        self.up = nn.ModuleList(nn.ConvTranspose2d(channels, channels, 2, 2) for _ in range(depth))
        self.joins = nn.ModuleList(nn.Conv2d(2 * channels, channels, 3, padding=1) for _ in range(depth))

    def forward(self, x: Tensor) -> Tensor:
        kept = []
        for number, stage in enumerate(self.down):
            x = stage(F.max_pool2d(x, 2) if number else x)
            kept.append(x)
        for up, join, high in zip(self.up, self.joins, kept[-2::-1], strict=True):
            x = join(torch.cat([high, up(x)], 1))
        return x


class Hourglass(nn.Module):
    """Add to a map what a smaller copy of it says, and so on inside (Newell et al. 2016)."""

    def __init__(self, depth: int, channels: int = 4) -> None:
        super().__init__()
        self.stem, self.halved = nn.Conv2d(3, channels, 7, 2, 3), nn.MaxPool2d(2)
        self.skips = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in range(depth))
        self.low = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in range(depth))
        self.last = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in range(depth))

    def forward(self, x: Tensor) -> Tensor:
        return self._inside(self.stem(x), 0)

    def _inside(self, x: Tensor, level: int) -> Tensor:
        if level == len(self.low):
            return x
        low = self._inside(self.low[level](self.halved(x)), level + 1)
        return self.skips[level](x) + F.interpolate(self.last[level](low), scale_factor=2.0)


SMALL: dict[str, Callable[[], nn.Module]] = {
    "u_net_2": lambda: UNet(2),
    "u_net_4": lambda: UNet(4),
    "hourglass_3": lambda: Hourglass(3),
}
"""Networks that no zoo has, and that take multiples of a size only."""
