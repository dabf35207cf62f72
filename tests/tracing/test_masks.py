"""Masks that are constant: what they hide is not reached.

NaN goes through a mask that multiplies by zero, so rows are changed by factors here, and what changes is compared.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

import rfa_report
from oracle.compare import along
from oracle.nan import Lists, first_and_last
from rfa_report.analysis import propagate
from rfa_report.core.field import Field
from rfa_report.rules import BOOK
from rfa_report.tracing import build, on_meta, trace

SIZE = 8
PROBES = (-1.5, 0.1, 3.0)
Do = Callable[["Masked", Tensor], Tensor]


class Masked(nn.Module):
    """A model that holds masks as buffers and one convolution, and does with them what a function says."""

    causal: Tensor
    additive: Tensor
    kernel: Tensor
    columns: Tensor

    def __init__(self, do: Do, drawn: Sequence[Tensor] = ()) -> None:
        super().__init__()
        for number, mask in enumerate(drawn):
            self.register_buffer(f"drawn{number}", mask)
        self.do = do
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.up = nn.ConvTranspose2d(3, 3, 3, 2, 1, 1)
        self.attention = nn.MultiheadAttention(3, 1, batch_first=True)
        self.mix = nn.Parameter(torch.rand(SIZE, SIZE) + 0.5)
        kernel = torch.ones(3, 3)
        kernel[1, 2:] = 0
        kernel[2] = 0
        self.register_buffer("kernel", kernel)
        self.register_buffer("causal", torch.ones(SIZE, SIZE).tril().bool())
        self.register_buffer("additive", torch.zeros(SIZE, SIZE).masked_fill(torch.ones(SIZE, SIZE).triu(1) > 0, -1e30))
        self.register_buffer("columns", torch.tensor([1.0, 0.0] * 4))

    def forward(self, x: Tensor) -> Tensor:
        with x.device:
            y: Tensor = self.do(self, x)
        return y


def _said(do: Do, axis: str, drawn: Sequence[Tensor] = (), *, fresh: bool = False) -> Lists:
    """Return what the output reaches, of a model that is given or of a function that builds one."""
    model = build(lambda: Masked(do, drawn), "masked") if fresh else on_meta(Masked(do, drawn).eval())
    recording = trace(model, (1, 3, SIZE, SIZE))
    assert recording.refusal is None
    assert recording.device == "meta"
    *_, (states, _) = propagate(recording, BOOK)
    field = states[recording.outputs[0]]
    assert isinstance(field, Field)
    return along(field, "hw".index(axis), {"h": 2, "w": 3}[axis] if field.shape[2] > 1 else 3)


def _true(do: Do, axis: str, drawn: Sequence[Tensor] = ()) -> Lists:
    """Change rows or columns of images, and see which rows or columns of the output change."""
    torch.manual_seed(0)
    model, images = Masked(do, drawn).double().eval(), torch.rand(4, 3, SIZE, SIZE, dtype=torch.float64)
    dim, hits = {"h": 2, "w": 3}[axis], []
    with torch.no_grad():
        base = model(images)
        for row in range(SIZE):
            changed = torch.zeros_like(base, dtype=torch.bool)
            for probe in PROBES:
                other = images.clone()
                other.select(dim, row).mul_(probe)
                changed |= model(other) != base
            hits.append(changed.amax(tuple(d for d in range(4) if d != (dim if base.shape[2] > 1 else 3))).numpy())
    return first_and_last(np.stack(hits))


def _even() -> Tensor:
    return torch.arange(SIZE) % 2 == 0


FILLS: dict[str, Do] = {
    "masked_fill": lambda m, x: m.conv(x.masked_fill(torch.arange(SIZE) > 4, 0.0)),
    "masked_fill of rows": lambda m, x: x.masked_fill(~_even()[:, None], 2.0),
    "masked_fill by a buffer": lambda m, x: m.conv(x).masked_fill(m.columns > 0, 0.0),
    "in place": lambda m, x: m.conv(x).masked_fill_(_even(), 0.0) * 2,
    "where": lambda m, x: torch.where(_even(), x, 0.0),
    "where of weights": lambda m, x: torch.where(_even(), m.mix, x),
    "where of maps": lambda m, x: torch.where(_even()[:, None], m.conv(x), x),
    "where, written": lambda m, x: torch.where(_written(), m.conv(x), x),
}


def _written() -> Tensor:
    mask = torch.zeros(SIZE, SIZE)
    mask[2:6, 2:6] = 1
    mask.t()[0].fill_(1)
    return mask > 0


def _scores(x: Tensor) -> tuple[Tensor, Tensor]:
    tokens = x.mean(2).mT  # the columns
    return tokens @ tokens.mT / 2, tokens


def _map(tokens: Tensor) -> Tensor:
    return tokens.mT[:, :, None] * 1


def _sdpa(x: Tensor, mask: Tensor | None = None, *, causal: bool = False) -> Tensor:
    tokens = x.mean(2).mT[:, None]
    mask = mask.to(x.dtype) if mask is not None and mask.is_floating_point() else mask
    return _map(F.scaled_dot_product_attention(tokens, tokens, tokens, mask, is_causal=causal)[:, 0])


def _hidden(x: Tensor, hide: Callable[[Tensor], Tensor]) -> Tensor:
    scores, tokens = _scores(x)
    return _map(hide(scores).softmax(-1) @ tokens)


def _heads(m: Masked, x: Tensor, *, weights: bool) -> Tensor:
    tokens = x.mean(2).mT
    return _map(m.attention(tokens, tokens, tokens, attn_mask=~m.causal, need_weights=weights)[0])


def _band(width: int) -> Tensor:
    return torch.ones(SIZE, SIZE).triu(-width).tril() > 0


def _linear(x: Tensor) -> Tensor:
    scores, tokens = _scores(x)
    return _map(scores.tril() @ tokens)


ATTENTION: dict[str, Do] = {
    "causal": lambda m, x: _sdpa(x, causal=True),
    "boolean mask": lambda m, x: _sdpa(x, _band(2)),
    "buffer": lambda m, x: _sdpa(x, m.causal),
    "float buffer": lambda m, x: _sdpa(x, m.additive),
    "heads": lambda m, x: _heads(m, x, weights=False),
    "heads and weights": lambda m, x: _heads(m, x, weights=True),
    "spelled out": lambda m, x: _hidden(x, lambda s: s.masked_fill(~_band(1), float("-inf"))),
    "lowest number": lambda m, x: _hidden(x, lambda s: s.masked_fill(~m.causal, torch.finfo(s.dtype).min)),
    "where": lambda m, x: _hidden(x, lambda s: torch.where(_band(3), s, -1e9)),
    "added": lambda m, x: _hidden(x, lambda s: s + (1 - _band(3).to(s)) * -1e9),
    "dropped out": lambda m, x: _hidden(x, lambda s: F.dropout(s + m.additive.to(s), 0.1, training=False)),
    "a query that sees nothing": lambda m, x: _hidden(x, lambda s: s.masked_fill(_band(3).mT, -1e9)),
    "a query that sees nothing in two ways": lambda m, x: _hidden(
        x, lambda s: s.masked_fill(_band(3).mT, -1e9).masked_fill(_band(2).mT, float("-inf"))
    ),
    "a query that sees only what is far below": lambda m, x: _hidden(
        x, lambda s: s + torch.zeros_like(s).masked_fill(_band(3).mT, -1e9)
    ),
    "without softmax": lambda m, x: _linear(x),
    "a little": lambda m, x: _hidden(x, lambda s: s - 100 * (~m.causal).to(s) / 50),
}

KERNELS: dict[str, Do] = {
    "PixelCNN": lambda m, x: F.conv2d(x, m.conv.weight * m.kernel, padding=1),
    "in place": lambda m, x: F.conv2d(x, m.conv.weight.clone().mul_(m.kernel), padding=1),
    "filled": lambda m, x: F.conv2d(x, m.conv.weight.masked_fill(m.kernel == 0, 0), padding=1),
    "buffer": lambda m, x: F.conv2d(x, m.kernel.expand(3, 1, 3, 3), padding=1, groups=3),
    "strided": lambda m, x: F.conv2d(x, m.conv.weight * m.kernel, padding=2, stride=2, dilation=2),
    "transposed": lambda m, x: F.conv_transpose2d(x, m.up.weight * m.kernel, stride=2, padding=1, output_padding=1),
    "triangle": lambda m, x: _map(m.mix.tril() @ x.mean(2).mT),
    "masked linear": lambda m, x: F.linear(x, m.mix * m.causal),
}

FACTORS: dict[str, Do] = {
    "buffer": lambda m, x: m.conv(x) * m.columns,
    "rows": lambda m, x: x * m.columns[:, None],
    "truth values": lambda m, x: m.conv(x * (torch.arange(SIZE) < 5)),
    "in place": lambda m, x: m.conv(x).mul_(_even()) * 2,
    "doubled": lambda m, x: x * (2 * _even()),
}


def _check(do: Do) -> None:
    for axis in "hw":
        true = _true(do, axis)
        assert _said(do, axis) == true
        assert _said(do, axis, fresh=True) == true


@pytest.mark.parametrize("name", FILLS)
def test_what_is_filled_in_depends_on_nothing(name: str) -> None:
    _check(FILLS[name])


@pytest.mark.parametrize("name", ATTENTION)
def test_attention_reaches_what_its_mask_leaves(name: str) -> None:
    _check(ATTENTION[name])


def test_a_mask_that_is_taken_away_hides_nothing() -> None:
    def turned(m: Masked, x: Tensor) -> Tensor:
        return _hidden(x, lambda s: torch.add(s, (m.causal.to(s) - 1) * 1e9, alpha=-1))

    assert _said(turned, "w") == ((0,) * SIZE, (SIZE - 1,) * SIZE)


@pytest.mark.parametrize("name", KERNELS)
def test_weights_that_a_mask_makes_zero_do_not_count(name: str) -> None:
    _check(KERNELS[name])


@pytest.mark.parametrize("name", FACTORS)
def test_what_is_multiplied_by_zero_depends_on_nothing(name: str) -> None:
    _check(FACTORS[name])


MASKS = st.lists(st.booleans(), min_size=16, max_size=16).map(lambda bits: torch.tensor(bits * 4).reshape(SIZE, SIZE))
HOW: dict[str, Callable[[Tensor, Tensor, float], Tensor]] = {
    "fill": lambda s, mask, low: s.masked_fill(mask, low),
    "where": lambda s, mask, low: torch.where(mask, low, s),
    "add": lambda s, mask, low: s + torch.zeros_like(s).masked_fill(mask, low),
    "multiply": lambda s, mask, low: s * mask,
    "halve": lambda s, mask, low: s / 2,
}


@settings(max_examples=30, deadline=None)
@given(
    st.lists(MASKS, min_size=3, max_size=3),
    st.lists(st.sampled_from([*HOW]), min_size=2, max_size=2),
    st.sampled_from([-100.0, -1e9, -3e38, float("-inf")]),
    st.booleans(),
)
def test_reach_is_never_less_than_true(drawn: list[Tensor], how: list[str], low: float, normal: bool) -> None:
    def attended(m: Masked, x: Tensor) -> Tensor:
        scores, tokens = _scores(x)
        for name, mask in zip(how, (m.get_buffer("drawn0"), m.get_buffer("drawn1")), strict=True):
            scores = HOW[name](scores, mask, low)
        shares = scores.softmax(-1) if normal else scores
        return _map(shares * m.get_buffer("drawn2") @ tokens)

    pairs = (zip(*lists, strict=True) for lists in (_said(attended, "w", drawn), _true(attended, "w", drawn)))
    for (first, last), (true_first, true_last) in zip(*pairs, strict=True):
        assert true_first < 0 or 0 <= first <= true_first <= true_last <= last


def test_numbers_that_only_a_run_on_the_cpu_has_are_had_from_one() -> None:
    def listed(m: Masked, x: Tensor) -> Tensor:
        return x.masked_fill(torch.tensor([[True, False] * 4], device=x.device), 0.0)

    recording = trace(on_meta(Masked(listed)), (1, 3, SIZE, SIZE))
    assert recording.device == "cpu"
    assert len(recording.tables) == 1


def test_what_is_drawn_at_random_hides_nothing_for_certain() -> None:
    def drawn(m: Masked, x: Tensor) -> Tensor:
        return x.masked_fill(torch.rand(SIZE) > 0.5, 0.0)

    assert not trace(on_meta(Masked(drawn)), (1, 3, SIZE, SIZE)).tables


@pytest.mark.parametrize(
    "do",
    [
        lambda m, x: x * (m.mix > 1),
        lambda m, x: x * torch.arange(SIZE),
        lambda m, x: torch.where(torch.tensor(True, device="cpu"), x, x * 2),
        lambda m, x: x * torch.zeros(SIZE),
        lambda m, x: x[:, :, :1] * m.columns[0],
    ],
)
def test_what_is_no_mask_takes_nothing_away(do: Do) -> None:
    assert not trace(on_meta(Masked(do)), (1, 3, SIZE, SIZE)).tables


def test_sizes_are_those_of_an_unbounded_map() -> None:
    def cut(m: Masked, x: Tensor) -> Tensor:
        return m.conv(m.conv(x).masked_fill(torch.arange(SIZE) < 5, 0.0))

    def channel(m: Masked, x: Tensor) -> Tensor:
        return torch.where(torch.arange(3)[:, None, None] > 2, m.conv(x), x) * 1

    assert [sizes["w"] for sizes in (_sizes(cut), _sizes(channel))] == [5, 1]
    assert _sizes(KERNELS["PixelCNN"]) == {"h": 2, "w": 3}
    assert _sizes(ATTENTION["causal"])["w"] == float("inf")


def _sizes(do: Do) -> dict[str, float | None]:
    return dict(rfa_report.analyze(Masked(do).eval(), (SIZE, SIZE)).at((SIZE, SIZE)).layers[-1].rf_max)
