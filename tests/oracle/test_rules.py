"""Every rule against its real operator, element by element."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

from oracle.nan import element_reach
from rfa_report.analysis import propagate
from rfa_report.analysis.propagate import Unknown
from rfa_report.core.field import Field
from rfa_report.rules import BOOK
from rfa_report.tracing import on_meta, trace

aten = torch.ops.aten
Operator = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Row:
    """Name the operator under test and a function that ends in it."""

    op: str
    run: Operator
    shape: tuple[int, ...] = (1, 4, 7, 6)


def _w(*shape: int) -> Tensor:
    return torch.linspace(0.5, 1.5, int(np.prod(shape)), dtype=torch.float64).reshape(shape)


def _varied(x: Tensor) -> Tensor:
    """Give every channel a field of its own, so that mixing channels shows."""
    rolled = [x[:, i : i + 1].roll(i, 2).roll(2 * i, 3) for i in range(x.shape[1])]
    return torch.cat(rolled, 1)


def _conv(x: Tensor, k: tuple[int, int], groups: int = 1, **kw: Any) -> Tensor:
    return F.conv2d(_varied(x), _w(4, x.shape[1] // groups, *k), groups=groups, **kw)


def _write(x: Tensor, change: Callable[[Tensor, Tensor], Any]) -> Tensor:
    y = x.clone()
    change(y, x)
    return y * 1


ROWS = [
    Row("aten.alias", lambda x: aten.alias(_varied(x))),
    Row("aten.clone", lambda x: _varied(x).clone()),
    Row("aten.detach", lambda x: _varied(x).detach()),
    Row("aten._to_copy", lambda x: aten._to_copy(x, dtype=torch.float32)),
    Row("aten.contiguous", lambda x: _varied(x).transpose(1, 2).contiguous()),
    Row("aten.lift_fresh", lambda x: aten.lift_fresh(x)),
    Row("aten.view.default", lambda x: x.view(1, 2, 2, 42)),
    Row("aten.view.default", lambda x: x.view(1, 2, 2, 7, 2, 3)),
    Row("aten.view.default", lambda x: x.view(168)),
    Row("aten._unsafe_view", lambda x: aten._unsafe_view(_varied(x), [1, 28, 6])),
    Row("aten.reshape", lambda x: x.permute(0, 2, 3, 1).reshape(1, 42, 4)),
    Row("aten._reshape_alias", lambda x: aten._reshape_alias(x, [1, 28, 6], [168, 6, 1])),
    Row("aten.permute", lambda x: _varied(x).permute(0, 3, 1, 2)),
    Row("aten.transpose", lambda x: _varied(x).transpose(-1, 1)),
    Row("aten.t", lambda x: x[0, 1].t()),
    Row("aten.expand", lambda x: _varied(x)[:, :1].expand(3, 2, 5, 7, 6)),
    Row("aten.repeat", lambda x: _varied(x).repeat(2, 1, 2, 3, 1)),
    Row("aten.upsample_bilinear2d", lambda x: F.interpolate(x, (9, 6), mode="bilinear")),
    Row("aten.unsqueeze", lambda x: _varied(x).unsqueeze(-1)),
    Row("aten.squeeze", lambda x: _varied(x).squeeze(0)),
    Row("aten.squeeze", lambda x: _varied(x).squeeze()),
    Row("aten.slice", lambda x: _varied(x)[:, 1:, ::2, -4:-1]),
    Row("aten.select", lambda x: _varied(x)[:, -1]),
    Row("aten.select", lambda x: _varied(x).select(2, 3)),
    Row("aten.split", lambda x: _varied(x).split(3, 2)[1]),
    Row("aten.split_with_sizes", lambda x: _varied(x).split([1, 2, 3], 3)[2]),
    Row("aten.chunk", lambda x: _varied(x).chunk(2, 1)[1]),
    Row("aten.unbind", lambda x: _varied(x).unbind(2)[4]),
    Row("aten.as_strided", lambda x: aten.as_strided(x, x.shape, x.stride())),
    Row("aten.roll", lambda x: x.roll((2, -1), (2, 3))),
    Row("aten.flip", lambda x: _varied(x).flip(2)),
    Row("aten.cat", lambda x: torch.cat([_varied(x), torch.ones(1, 2, 7, 6).to(x), x.roll(1, 2)], 1)),
    Row("aten.cat", lambda x: torch.cat([torch.ones(1, 4, 1, 6).to(x), x], 2)),
    Row("aten.stack", lambda x: torch.stack([_varied(x), x], 2)),
    Row("aten.copy", lambda x: _write(x, lambda y, z: y.copy_(z[:, :, :1]))),
    Row("aten.zero", lambda x: _write(x, lambda y, z: y.zero_()) + x[:, :1]),
    Row("aten.fill.Scalar", lambda x: _write(x, lambda y, z: y.fill_(2.0)) + x[:, :1]),
    Row("rfa.scatter", lambda x: _write(x, lambda y, z: y[:, :2].copy_(z[:, 2:].roll(3, 2)))),
    Row("rfa.scatter", lambda x: _write(x, lambda y, z: y[:, 1, ::2].mul_(z[:, 2, 1:2]))),
    Row("rfa.scatter", lambda x: _write(x, lambda y, z: y.view(4, 7, 6).transpose(1, 2)[1:3, 2:4].zero_())),
    Row("rfa.scatter", lambda x: _write(torch.zeros_like(x), lambda y, z: y[:, :, 1:3].add_(x[:, :, :2]))),
    Row("aten.convolution", lambda x: _conv(x, (3, 3))),
    Row("aten.convolution", lambda x: _conv(x, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(2, 3))),
    Row("aten.convolution", lambda x: _conv(x, (2, 3), groups=2, padding=1)),
    Row("aten.convolution", lambda x: _conv(x, (3, 3), groups=4, stride=3)),
    Row("aten.convolution", lambda x: _conv(x, (1, 1), padding=2)),
    Row("aten.convolution", lambda x: F.conv1d(x.mean(3), _w(2, 4, 3), padding=1)),
    Row("aten.convolution", lambda x: F.conv_transpose2d(_varied(x), _w(4, 3, 3, 2), stride=(2, 3), padding=1)),
    Row("aten.convolution", lambda x: F.conv_transpose2d(x, _w(4, 2, 2, 3), None, 2, 1, 1, 2, (2, 1))),
    Row("aten.max_pool2d_with_indices", lambda x: F.max_pool2d(_varied(x), 3, 2, 1)),
    Row("aten.max_pool2d_with_indices", lambda x: F.max_pool2d(x, (2, 3), 2, (0, 1), (2, 1), ceil_mode=True)),
    Row("aten.max_pool3d_with_indices", lambda x: F.max_pool3d(_varied(x), 2, 1, 1)),
    Row("aten.avg_pool1d", lambda x: F.avg_pool1d(x[:, 0], 3, 2, 1)),
    Row("aten.avg_pool2d", lambda x: F.avg_pool2d(_varied(x), (3, 2), 2, 1, ceil_mode=True)),
    Row("aten.avg_pool3d", lambda x: F.avg_pool3d(_varied(x), 2)),
    Row("aten._adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(_varied(x), (3, 4))),
    Row("aten._adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(_varied(x), (9, 1))),
    Row("aten._adaptive_avg_pool3d", lambda x: F.adaptive_avg_pool3d(_varied(x), (2, 3, 1))),
    Row("aten.adaptive_max_pool2d", lambda x: F.adaptive_max_pool2d(_varied(x), (3, 1))),
    Row("aten.adaptive_max_pool3d", lambda x: F.adaptive_max_pool3d(_varied(x), (2, 3, 2))),
    Row("aten.constant_pad_nd", lambda x: F.pad(_varied(x), (1, 2, -2, 3), value=1.0)),
    Row("aten.constant_pad_nd", lambda x: F.pad(_varied(x), (0, 0, 0, 0, 1, 1))),
    Row(
        "aten._native_batch_norm_legit_no_training",
        lambda x: aten._native_batch_norm_legit_no_training(
            x, None, None, torch.zeros(4).to(x), torch.ones(4).to(x), 0.1, 1e-5
        )[0],
    ),
    Row("aten.native_dropout", lambda x: aten.native_dropout(x, 0.0, False)[0]),
    Row("aten.dropout", lambda x: aten.native_dropout(_varied(x), 0.0, False)[0]),
    Row("aten.hardswish", lambda x: F.hardswish(_varied(x))),
    Row("aten.native_batch_norm", lambda x: F.batch_norm(_varied(x), torch.zeros(4).to(x), torch.ones(4).to(x))),
    Row("aten.mean", lambda x: _varied(x).mean((1, 2), keepdim=True)),
    Row("aten.mean", lambda x: _varied(x).mean()),
    Row("aten.sum", lambda x: _varied(x).sum(3)),
    Row("aten.amax", lambda x: _varied(x).amax((2, 3))),
    Row("aten.amin", lambda x: _varied(x).amin(1, True)),
    Row("aten.prod.dim_int", lambda x: _varied(x).prod(2)),
    Row("aten.max.dim", lambda x: _varied(x).max(2)[0]),
    Row("aten.min.dim", lambda x: _varied(x).min(1)[0]),
    Row("aten.linalg_vector_norm", lambda x: torch.linalg.vector_norm(_varied(x), dim=1)),
    Row("aten._softmax", lambda x: _varied(x).softmax(1)),
    Row("aten._softmax", lambda x: _varied(x).softmax(-1)),
    Row("aten._safe_softmax", lambda x: aten._safe_softmax(_varied(x), 2)),
    Row("aten._log_softmax", lambda x: _varied(x).log_softmax(3)),
    Row("aten.native_layer_norm", lambda x: F.layer_norm(_varied(x).permute(0, 2, 3, 1), [4])),
    Row("aten.native_layer_norm", lambda x: F.layer_norm(_varied(x), [7, 6])),
    Row("aten.mm", lambda x: x[0, 0] @ _w(6, 3).to(x)),
    Row("aten.bmm", lambda x: _varied(x)[0] @ _varied(x)[0].transpose(1, 2)),
    Row("aten.addmm", lambda x: F.linear(_varied(x).permute(0, 2, 3, 1), _w(5, 4).to(x), _w(5).to(x))),
    Row("aten.baddbmm", lambda x: torch.baddbmm(_varied(x)[0], _w(4, 7, 2).to(x), _w(4, 2, 6).to(x))),
    Row("aten.unsafe_split", lambda x: aten.unsafe_split(_varied(x), 3, 2)[2]),
    Row("aten.upsample_nearest1d", lambda x: F.interpolate(x[:, 0], 11)),
    Row("aten.upsample_nearest2d", lambda x: F.interpolate(_varied(x), (13, 4))),
    Row("aten.upsample_nearest2d", lambda x: F.interpolate(x, scale_factor=(1.7, 2.0))),
    Row("aten.upsample_nearest3d", lambda x: F.interpolate(_varied(x)[None], (4, 3, 9))),
    Row("aten._upsample_nearest_exact1d", lambda x: F.interpolate(x[:, 0], 4, mode="nearest-exact")),
    Row("aten._upsample_nearest_exact2d", lambda x: F.interpolate(x, (12, 5), mode="nearest-exact")),
    Row("aten._upsample_nearest_exact3d", lambda x: F.interpolate(x[None], (4, 5, 9), mode="nearest-exact")),
    Row("aten.upsample_linear1d", lambda x: F.interpolate(x[:, 0], 4, mode="linear")),
    Row("aten.upsample_bilinear2d", lambda x: F.interpolate(_varied(x), (13, 4), mode="bilinear")),
    Row("aten.upsample_bilinear2d", lambda x: F.interpolate(x, (5, 9), mode="bilinear", align_corners=True)),
    Row("aten.upsample_trilinear3d", lambda x: F.interpolate(_varied(x)[None], (5, 3, 9), mode="trilinear")),
    Row("aten.upsample_bicubic2d", lambda x: F.interpolate(_varied(x), (13, 4), mode="bicubic")),
    Row("aten._upsample_bilinear2d_aa", lambda x: F.interpolate(_varied(x), (3, 13), mode="bilinear", antialias=True)),
    Row("aten._upsample_bicubic2d_aa", lambda x: F.interpolate(_varied(x), (3, 2), mode="bicubic", antialias=True)),
    Row("aten.reflection_pad1d", lambda x: F.pad(x[:, 0], (2, 3), "reflect")),
    Row("aten.reflection_pad2d", lambda x: F.pad(_varied(x), (2, 1, 3, 0), "reflect")),
    Row("aten.reflection_pad3d", lambda x: F.pad(_varied(x)[None], (2, 1, 3, 0, 1, 1), "reflect")),
    Row("aten.replication_pad1d", lambda x: F.pad(x[:, 0], (2, 3), "replicate")),
    Row("aten.replication_pad2d", lambda x: F.pad(_varied(x), (2, 1, 3, 0), "replicate")),
    Row("aten.replication_pad3d", lambda x: F.pad(_varied(x)[None], (2, 1, 3, 0, 1, 1), "replicate")),
    Row("aten.unfold", lambda x: _varied(x).unfold(2, 3, 2).unfold(3, 2, 1)),
    Row("aten.im2col", lambda x: F.unfold(_varied(x), (3, 2), (2, 1), (1, 2), (1, 2))),
    Row("aten.pixel_shuffle", lambda x: aten.pixel_shuffle(_varied(x), 2)),
    Row("aten.pixel_unshuffle", lambda x: aten.pixel_unshuffle(_varied(x)[:, :, :6], 2)),
    Row("aten.cumsum", lambda x: _varied(x).cumsum(2)),
    Row("aten.cumprod", lambda x: _varied(x).cumprod(1)),
    Row("aten.native_group_norm", lambda x: F.group_norm(_varied(x), 2)),
    Row("pointwise", lambda x: (_varied(x) + x[:, :, :1]) * x[:, :, :, 2:3].relu()),
    Row("pointwise", lambda x: torch.maximum(_varied(x), x[:, 1:2])),
]

FACTORIES = {op for op, rule in BOOK.rules.items() if rule.move.__name__ == "factory"}


class _Run(nn.Module):
    def __init__(self, run: Operator) -> None:
        super().__init__()
        self.run = run

    def forward(self, x: Tensor) -> Tensor:
        return self.run(x)


def _field(row: Row) -> tuple[Field | Unknown | None, set[str]]:
    recording = trace(on_meta(_Run(row.run)), row.shape)
    assert recording.refusal is None, recording.refusal
    *_, states = propagate(recording, BOOK)
    return states.get(recording.outputs[0]), {call.op for call in recording.calls}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.op)
def test_rule_equals_operator(row: Row) -> None:
    field, _ = _field(row)
    assert not isinstance(field, Unknown), field
    assert isinstance(field, Field)
    for axis in range(2):
        image = torch.linspace(0.2, 0.9, int(np.prod(row.shape)), dtype=torch.float64).reshape(row.shape)
        hits = []
        with torch.backends.mkldnn.flags(enabled=False), torch.no_grad():
            for position in range(row.shape[axis + 2]):
                poisoned = image.clone()
                poisoned.select(axis + 2, position).fill_(float("nan"))
                hits.append(row.run(poisoned).isnan().numpy())
        nan = np.stack(hits)
        any_hit = nan.any(axis=0)
        first = np.where(any_hit, nan.argmax(axis=0), -1)
        last = np.where(any_hit, len(nan) - 1 - nan[::-1].argmax(axis=0), -1)
        lo, hi = element_reach(field, axis)
        np.testing.assert_array_equal(lo, first)
        np.testing.assert_array_equal(hi, last)


def test_every_rule_has_a_row() -> None:
    missing = set(BOOK.rules) - {row.op for row in ROWS} - FACTORIES
    assert not missing, "add a row for each"


@pytest.mark.parametrize("op", sorted(FACTORIES))
def test_factories_depend_on_nothing(op: str) -> None:
    packet = getattr(aten, op.split(".")[1])
    extra = {"new_full": ([2, 7], 1.0), "new_empty_strided": ([2, 7], [7, 1]), "full_like": (1.0,)}
    shaped = op.split(".")[1].startswith("new")
    args = extra.get(op.split(".")[1], ([2, 7],) if shaped else ())
    field, seen = _field(Row(op, lambda x: packet(x, *args)))
    assert field is None
    assert any(name.startswith(op + ".") for name in seen), seen


def test_unknown_operator_is_never_silent() -> None:
    field, _ = _field(Row("sort", lambda x: x.sort(2)[0] + x))
    assert field == Unknown(("aten.sort.default",))
