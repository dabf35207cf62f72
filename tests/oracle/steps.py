"""The steps that random networks are made of: functions of one tensor or of two, in 1-D, 2-D and 3-D.

Every step keeps the number of channels, and runs with a map of any size and with any number of images. Values stay
positive and near 1, and nothing compares them, for NaN goes through arithmetic only. Bicubic sizes are such that no tap
has weight 0 by rounding, and maps are so short that float64 rounds positions as float32 does.
"""

from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

Step = Callable[..., Tensor]
CHANNELS = 4
LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


class Functional(nn.Module):
    """Wrap a function."""

    def __init__(self, name: str, run: Step) -> None:
        super().__init__()
        self.name, self.run = name, run

    def forward(self, x: Tensor) -> Tensor:
        return self.run(x)

    def extra_repr(self) -> str:
        return self.name


class Grown(nn.Module):
    """Pad a map that is too small for a kernel, then slide the kernel over it."""

    def __init__(self, module: nn.Module, least: int) -> None:
        super().__init__()
        self.module, self.least = module, least

    def forward(self, x: Tensor) -> Tensor:
        return self.module(_padded(x, [max(n, self.least) for n in x.shape[2:]]))


class Walk(nn.Module):
    """Run a recurrent layer along a dimension of the map."""

    def __init__(self, kind: Callable[..., nn.RNNBase], dim: int, *, both: bool) -> None:
        super().__init__()
        width = CHANNELS // 2 if both else CHANNELS
        self.walk = kind(CHANNELS, width, batch_first=True, bidirectional=both)
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        steps = x.movedim((self.dim, 1), (-2, -1))
        found: Tensor = self.walk(steps.flatten(0, -3))[0]
        return 2 + found.view(*steps.shape[:-1], CHANNELS).movedim((-2, -1), (self.dim, 1))


class Pair(nn.Module):
    """Bring the second of two tensors to the size of the first, then join them."""

    arity = 2

    def __init__(self, fit: str, join: str) -> None:
        super().__init__()
        self.fit, self.join = fit, join

    def forward(self, a: Tensor, c: Tensor) -> Tensor:
        if a.shape != c.shape:
            a, c = FITS[self.fit](a, c)
        return JOINS[self.join](a, c)

    def extra_repr(self) -> str:
        return f"{self.fit}, {self.join}"


def of_rank(kind: str, rank: int) -> Callable[..., nn.Module]:
    return getattr(nn, f"{kind}{rank}d")


def _padded(x: Tensor, sizes: list[int]) -> Tensor:
    """Pad (or cut) behind every dimension of the map."""
    return F.pad(x, [p for n, m in zip(x.shape[:1:-1], sizes[::-1], strict=True) for p in (0, m - n)])


def _cropped(a: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    box: tuple[Any, ...] = (..., *(slice(min(n, m)) for n, m in zip(a.shape[2:], c.shape[2:], strict=True)))
    return a[box], c[box]


def _space(x: Tensor) -> list[int]:
    return list(range(2, x.ndim))


def _pooled(kind: str, x: Tensor, like: Tensor) -> Tensor:
    return getattr(F, f"adaptive_{kind}_pool{x.ndim - 2}d")(x, like.shape[2:])


FITS: dict[str, Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]] = {
    "nearest": lambda a, c: (a, F.interpolate(c, a.shape[2:])),
    "linear": lambda a, c: (a, F.interpolate(c, a.shape[2:], mode=LINEAR[a.ndim - 2])),
    "adaptive mean": lambda a, c: (a, _pooled("avg", c, a)),
    "adaptive maximum": lambda a, c: (a, _pooled("max", c, a)),
    "pad or cut": lambda a, c: (a, _padded(c, list(a.shape[2:]))),
    "crop": _cropped,
}


def _written(target: Tensor, value: Tensor, whole: Tensor) -> Tensor:
    target.copy_(value)
    return whole


JOINS: dict[str, Step] = {
    "add": lambda a, c: a + c,
    "weigh": lambda a, c: a * c.sigmoid(),
    "maximum": torch.maximum,
    "add in place": lambda a, c: a.add_(c.clone()),
    "cat, every second channel": lambda a, c: torch.cat([a, c], 1)[:, ::2],
    "cat, mean of pairs": lambda a, c: torch.cat([a, c], 1).unflatten(1, (CHANNELS, 2)).mean(2),
    "cat along the map": lambda a, c: torch.cat([a, c], 2),
    "stack": lambda a, c: torch.stack([a, c], 2).amax(2),
    "gate": lambda a, c: a * c.mean(_space(c), keepdim=True).sigmoid(),
    "gate by pooling": lambda a, c: a * _pooled("avg", c, c[(..., *(slice(1),) * (c.ndim - 2))]).sigmoid(),
    "cross attention": lambda a, c: _attention(a.flatten(2).mT, c.flatten(2).mT).mT.reshape(a.shape),
    "product of matrices": lambda a, c: a @ c.mT / c.shape[-1],
    "write channels": lambda a, c: _written(a[:, :2], c[:, 2:].clone(), a),
    "write shifted": lambda a, c: _written(a[:, :, 1:], c[:, :, :-1].clone(), a),
    "write through a transpose": lambda a, c: _written(
        a.transpose(1, -1)[:, ::2], c.transpose(1, -1)[:, ::2].clone(), a
    ),
}


def _attention(q: Tensor, k: Tensor) -> Tensor:
    return (q @ k.mT).softmax(-1) @ k


def _framed(x: Tensor) -> Tensor:
    """Work on one position after the other, and put the results together."""
    return torch.stack([part.sigmoid() for part in x.unbind(2)], 2)


def _passed_down(x: Tensor) -> Tensor:
    made = [x[:, :, 0]]
    for i in range(1, x.shape[2]):
        made.append((x[:, :, i] + made[-1]) / 2)
    return torch.stack(made, 2)


def _table(x: Tensor, dim: int, step: int) -> Tensor:
    """Make a table, of the shape of a tensor, of positions along a dimension, in an order of its own per channel."""
    at = torch.arange(x.shape[dim]).view(-1, *(1,) * (x.ndim - 1 - dim % x.ndim)) * step
    rest = torch.arange(x.shape[1]).view(-1, *(1,) * (x.ndim - 2)) if dim % x.ndim > 1 else 1
    return ((at + rest) % x.shape[dim]).expand(x.shape).to(x.device)


def _positions(x: Tensor) -> Tensor:
    """Compute from the data where to read along the last dimension."""
    last = x.shape[-1] - 1
    return (x.mean(1, keepdim=True) * last).long().clamp(0, last).expand(x.shape)


def _hole(x: Tensor) -> Tensor:
    """Make a constant mask: False in a box."""
    mask = torch.ones(x.shape[2:], dtype=torch.bool)
    mask[(slice(1, 3),) * (x.ndim - 2)] = False
    return mask.to(x.device)


def _windows(x: Tensor, shift: int) -> Tensor:
    """Let positions attend within windows of 2, as Swin does: roll, pad, cut up, attend, put together, roll back."""
    n, c, *space = x.shape
    rank = len(space)
    x = _padded(x.roll((-shift,) * rank, _space(x)), [s + s % 2 for s in space])
    counts = [s // 2 for s in x.shape[2:]]
    outer, inner = range(2, 2 + 2 * rank, 2), range(3, 3 + 2 * rank, 2)
    apart = x.view(n, c, *(size for count in counts for size in (count, 2))).permute(0, *outer, *inner, 1)
    parts = apart.reshape(n * prod(counts), 2**rank, c)
    mixed = _attention(parts, parts).view(n, *counts, *(2,) * rank, c)
    order = [0, 1 + 2 * rank, *(d for i in range(rank) for d in (1 + i, 1 + rank + i))]
    whole = mixed.permute(order).reshape(n, c, *(2 * count for count in counts))
    box: tuple[Any, ...] = (..., *(slice(s) for s in space))
    return whole[box].roll((shift,) * rank, _space(x))


def _channels_last(x: Tensor, run: Step) -> Tensor:
    return run(x.movedim(1, -1)).movedim(-1, 1)


def _tokens(x: Tensor, run: Step) -> Tensor:
    return run(x.flatten(2).mT).mT.reshape(x.shape)


def _spectrum(x: Tensor) -> Tensor:
    return torch.fft.irfftn(torch.fft.rfftn(x, dim=_space(x)) * 0.5, x.shape[2:], _space(x))


def _older_view(x: Tensor) -> Tensor:
    part = x[:, 1:3]
    x.add_(x.roll(1, 2))
    return torch.cat([part, x[:, ::3]], 1)


def _in_halves(x: Tensor) -> Tensor:
    first, second = x.chunk(2, 1)
    first.add_(second.roll(1, 2))
    second[..., :1].zero_()
    return x


def _put(x: Tensor) -> Tensor:
    x[:, :, [0]] = x[:, :, [-1]]
    return x


def _scaled(x: Tensor) -> Tensor:
    for part in x.unbind(1)[::2]:
        part.mul_(x[:, 1].roll(1, 1).clone())
    return x.sigmoid()


ANY_RANK: dict[str, Step] = {
    "roll": lambda x: x.roll((1, -2), (2, -1)),
    "roll two channels": lambda x: torch.cat([x[:, :2], x[:, 2:].roll(1, 2)], 1),
    "flip": lambda x: x.flip(-1),
    "every second": lambda x: x[:, :, ::2],
    "all but the first": lambda x: x[..., 1:] if x.shape[-1] > 1 else x,
    "other order of channels": lambda x: x[:, [2, 0, 3, 1]],
    "positions from a table": lambda x: x.index_select(-1, torch.arange(0, x.shape[-1], 2)),
    "neighbours": lambda x: x.unfold(2, 2, 1).amax(-1) if x.shape[2] > 1 else x,
    "swap axes": lambda x: x.transpose(2, -1),
    "scramble": lambda x: x.reshape(*x.shape[:2], *x.shape[:1:-1]),
    "channel shuffle": lambda x: x.unflatten(1, (2, 2)).transpose(1, 2).flatten(1, 2),
    "space to channels": lambda x: _padded(x, [n + n % 2 for n in x.shape[2:]]).unflatten(2, (-1, 2)).amax(3),
    "channels to space": lambda x: x.unflatten(1, (2, 2)).movedim(2, -1).flatten(-2).repeat_interleave(2, 1),
    "windows": lambda x: _windows(x, 0),
    "shifted windows": lambda x: _windows(x, 1),
    "attention": lambda x: _tokens(x, lambda t: F.scaled_dot_product_attention(t, t, t)),
    "softmax over channels": lambda x: _tokens(x, lambda t: t.softmax(-1)),
    "softmax over the last dimension": lambda x: x.softmax(-1),
    "product with a constant": lambda x: x @ x.new_ones(x.shape[-1], x.shape[-1]) / x.shape[-1],
    "cumulative sum": lambda x: x.cumsum(2) / x.shape[2],
    "spectrum": _spectrum,
    "minus the maximum of channels": lambda x: 2 + x - x.amax(1, keepdim=True),
    "gate": lambda x: x * x.mean(_space(x), keepdim=True).sigmoid(),
    "gate by rows": lambda x: x * x.amax(-1, keepdim=True).sigmoid(),
    "layer norm": lambda x: 3 + _channels_last(x, lambda y: F.layer_norm(y, [CHANNELS])),
    "group norm": lambda x: 3 + F.group_norm(x, 2),
    "instance norm": lambda x: 3 + F.instance_norm(x) if prod(x.shape[2:]) > 1 else x,
    "response norm": lambda x: F.local_response_norm(x, 3),
    "unit length": lambda x: F.normalize(x, dim=1),
    "gated linear unit": lambda x: F.glu(torch.cat([x, x.roll(1, 2)], 1), 1),
    "pad by constants": lambda x: F.pad(x, (1, 0)),
    "pad and cut": lambda x: F.pad(x, (2, -1)),
    "pad by reflection": lambda x: F.pad(x, (1, 2) * (x.ndim - 2), "reflect") if min(x.shape[2:]) > 2 else x,
    "pad by repetition": lambda x: F.pad(x, (0, 2) * (x.ndim - 2), "replicate"),
    "pad round": lambda x: F.pad(x, (1, 0) * (x.ndim - 2), "circular"),
    "frames": _framed,
    "sums passed down": _passed_down,
    "neighbours, stacked": lambda x: torch.stack([x[..., :-1], x[..., 1:]]).amax(0) if x.shape[-1] > 1 else x,
    "gather": lambda x: x.gather(2, _table(x, 2, 2)),
    "gather, backwards": lambda x: x.gather(-1, _table(x, -1, -1)),
    "gather channels": lambda x: x.gather(1, _table(x, 1, 3)),
    "gather where the data say": lambda x: x.gather(-1, _positions(x)),
    "look up where the data say": lambda x: x + x.new_ones(9, CHANNELS)[_positions(x)[:, 0]].movedim(-1, 1),
    "scatter": lambda x: x.scatter(2, _table(x, 2, 1)[:, :, :1], x.roll(1, -1)),
    "add at positions": lambda x: x.index_add(2, torch.arange(x.shape[2] // 2) * 2, x[:, :, : x.shape[2] // 2]),
    "fill by a mask": lambda x: x.masked_fill(_hole(x), 0.5),
    "choose by a mask": lambda x: torch.where(_hole(x), x, x.roll(1, 2)),
    "write by a mask": lambda x: x.clone().masked_fill_(~_hole(x)[..., :1], 0.5),
    "triangle": lambda x: x.tril(1) + 1,
    "in place": lambda x: x.relu_(),
    "in place, a slice": lambda x: _written(x[:, 1:3, ::2], x[:, :2, ::2].clone(), x),
    "in place, a shifted slice": lambda x: _written(x[:, :2, 1:], x[:, 2:, :-1].clone(), x),
    "in place, a transpose": lambda x: _written(x.transpose(1, 2)[:, :, 2:], x[:, :2].roll(1, 2).transpose(1, 2), x),
    "in place, a view": lambda x: _written(x.unflatten(1, (2, 2))[:, 1], x[:, 1:3].roll(1, -1), x),
    "in place, halves": _in_halves,
    "in place, an older view": _older_view,
    "in place, a channel": lambda x: _written(x[:, 0], x[:, 0] + x[:, 1].roll(1, 1), x),
    "in place, channels": _scaled,
    "in place, a table": _put,
}

BY_RANK: dict[int, dict[str, Step]] = {
    1: {},
    2: {
        "pixel shuffle": lambda x: F.pixel_shuffle(x, 2).repeat(1, CHANNELS, 1, 1),
        "pixel unshuffle": lambda x: F.pixel_unshuffle(_padded(x, [n + n % 2 for n in x.shape[2:]]), 2)[:, 1::4],
        "unfold and fold": lambda x: F.fold(F.unfold(x, (3, 2), padding=1), x.shape[2:], (3, 2), padding=1) / 6,
        "bicubic": lambda x: F.interpolate(x, (8, 4), mode="bicubic"),
        "antialiased": lambda x: F.interpolate(x, (5, 8), mode="bilinear", antialias=True),
    },
    3: {
        "fold time": lambda x: x.transpose(1, 2).flatten(0, 1).roll(1, 2).unflatten(0, (-1, x.shape[2])).transpose(1, 2)
    },
}
