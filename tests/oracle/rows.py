"""What the rules are tried on: for every operator, functions that end in it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

aten = torch.ops.aten
Run = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Row:
    """Name the operator under test and a function that ends in it."""

    op: str
    run: Run
    shape: tuple[int, ...] = (1, 4, 7, 6)
    probes: tuple[float, ...] = (float("nan"),)


ORDER = (float("nan"), 1e4, -1e4)
"""What changes the outputs of comparisons and orders, which NaN alone does not go through."""


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


def _grid(x: Tensor) -> Tensor:
    return torch.linspace(-1.2, 1.1, 40, dtype=torch.float64).reshape(1, 4, 5, 2).to(x).roll(1, 2)


def _fractional(x: Tensor) -> Tensor:
    """Pool with samples from 0 to 1, for the rule gives what all of them can reach."""
    n = x.ndim - 2
    size = (3, 4) if n == 2 else (2, 3, 4)
    pool = F.fractional_max_pool2d if n == 2 else F.fractional_max_pool3d
    samples = (torch.full((*x.shape[:2], n), s / 20).to(x) for s in range(20))
    return torch.stack([pool(x, 2, size, _random_samples=sample) for sample in samples]).sum(0)


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
    Row("aten.fill.Tensor", lambda x: _write(x, lambda y, z: y.fill_(z[0, 0, 2, 1])) + x[:, :1]),
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
    Row("aten._euclidean_dist", lambda x: torch.cdist(_varied(x)[:, 0], _w(30, 6).to(x)), (1, 4, 30, 6)),
    Row("aten._cdist_forward", lambda x: torch.cdist(_varied(x)[:, 0], _varied(x)[:, 1, :5])),
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
    Row("aten._conj", lambda x: aten._conj(torch.complex(_varied(x), x)).abs()),
    Row("aten._conj_physical", lambda x: aten._conj_physical(torch.complex(_varied(x), x)).abs()),
    Row("aten.resolve_conj", lambda x: aten.resolve_conj(torch.complex(_varied(x), x)).abs()),
    Row("aten.view_as_real", lambda x: aten.view_as_real(torch.complex(_varied(x), x) ** 2)),
    Row("aten.view_as_complex", lambda x: aten.view_as_complex(_varied(x)[..., :2].contiguous()).abs()),
    Row("aten.as_strided", lambda x: aten.as_strided(_varied(x), (1, 4, 3, 3, 2), (168, 42, 12, 6, 2))),
    Row("aten.as_strided", lambda x: aten.as_strided(_varied(x)[:, 1:], (3, 5), (42, 6), 45)),
    Row("aten.as_strided", lambda x: aten.as_strided(_varied(x), (7, 6), (1, 7))),
    Row("aten.roll", lambda x: _varied(x).roll(5)),
    Row("aten.tril", lambda x: _varied(x).tril(1)),
    Row("aten.triu", lambda x: _varied(x).triu(-1)),
    Row("aten.masked_fill", lambda x: _varied(x).masked_fill(torch.arange(6) > 3, 0)),
    Row("aten.where.self", lambda x: torch.where(torch.arange(7)[:, None] > 2, _varied(x), x)),
    Row("aten.where.self", lambda x: torch.where(torch.arange(4)[:, None, None] > 2, _varied(x), x.new_ones(7, 1))),
    Row("aten.diagonal", lambda x: _varied(x).diagonal(1, 2, 3)),
    Row("aten.diagonal", lambda x: _varied(x).diagonal(0, 1, 2)),
    Row("aten.slice_scatter", lambda x: aten.slice_scatter(_varied(x), x[:, :, :3].roll(1, 3), 2, 1, 7, 2)),
    Row("aten.select_scatter", lambda x: aten.select_scatter(_varied(x), x[:, 2].roll(1, 2), 1, 3)),
    Row("aten.nansum", lambda x: _varied(x).nansum(3), probes=(1e4,)),
    Row("aten.prod", lambda x: _varied(x).prod()),
    Row("aten.prod", lambda x: _varied(x).prod(1)),
    Row("aten.logsumexp", lambda x: _varied(x).logsumexp((2, 3))),
    Row("aten.var.correction", lambda x: _varied(x).var((1, 3), keepdim=True)),
    Row("aten.std.correction", lambda x: _varied(x).std(2)),
    Row("aten.var_mean.correction", lambda x: torch.var_mean(_varied(x), 1)[0]),
    Row("aten.std_mean.correction", lambda x: torch.std_mean(_varied(x), (1, 2))[1]),
    Row("aten.aminmax", lambda x: _varied(x).aminmax(dim=2)[1]),
    Row("aten.argmax", lambda x: _varied(x).argmax(2), probes=ORDER),
    Row("aten.argmin", lambda x: _varied(x).argmin(1, keepdim=True), probes=ORDER),
    Row("aten.all", lambda x: (_varied(x) > 0).all(2), probes=ORDER),
    Row("aten.any", lambda x: (_varied(x) > 1000).any(1), probes=ORDER),
    Row("aten.count_nonzero", lambda x: (_varied(x) > 1000).count_nonzero(2), probes=ORDER),
    Row("aten.max.default", lambda x: x[:, 1:3].max()),
    Row("aten.min.default", lambda x: x[:, 1:3].min()),
    Row("aten.median.default", lambda x: x[:, 1:3].median()),
    Row("aten.median.dim", lambda x: _varied(x).median(2)[0]),
    Row("aten.nanmedian.dim", lambda x: _varied(x).nanmedian(2)[0], probes=(1e4, -1e4)),
    Row("aten.mode", lambda x: (_varied(x) > 1).to(x).mode(2)[0] * 0 + _varied(x).sum(2)),
    Row("aten.kthvalue", lambda x: _varied(x).kthvalue(2, 2)[0], probes=ORDER),
    Row("aten._prelu_kernel", lambda x: F.prelu(_varied(x), _w(4).to(x))),
    Row("aten.mv", lambda x: x[0, 0] @ _w(6).to(x)),
    Row("aten.mv", lambda x: _w(3, 7).to(x) @ x[0, 0, :, 1]),
    Row("aten.dot", lambda x: torch.dot(x[0, 0, :, 1], x[0, 1, 2, :1].expand(7))),
    Row("aten.cummax", lambda x: _varied(x).cummax(2)[0], probes=ORDER),
    Row("aten.cummin", lambda x: _varied(x).cummin(2)[0], probes=ORDER),
    Row("aten.logcumsumexp", lambda x: _varied(x).logcumsumexp(3)),
    Row("aten.native_batch_norm", lambda x: F.instance_norm(_varied(x))),
    Row("aten.sort.default", lambda x: aten.sort(_varied(x), 2)[0], probes=ORDER),
    Row("aten.sort.stable", lambda x: aten.sort.stable(_varied(x), stable=True, dim=3)[0], probes=ORDER),
    Row("aten.topk", lambda x: _varied(x).topk(6, 2)[0] + _varied(x).topk(6, 2, largest=False)[0], probes=ORDER),
    Row("aten._fft_r2c", lambda x: torch.fft.rfft2(_varied(x)).abs()),
    Row("aten._fft_c2r", lambda x: torch.fft.irfft(torch.complex(_varied(x), x) ** 2, dim=3)),
    Row("aten._fft_c2c", lambda x: torch.fft.fft(torch.complex(_varied(x), x), dim=2).abs()),
    Row(
        "aten._scaled_dot_product_flash_attention_for_cpu",
        lambda x: aten._scaled_dot_product_flash_attention_for_cpu(_varied(x), x, _varied(x))[0],
    ),
    Row("aten.index.Tensor", lambda x: _varied(x)[:, :, torch.tensor([5, 0, 3])]),
    Row("aten.index.Tensor", lambda x: _varied(x)[:, torch.tensor([3, 0, -1])]),
    Row("aten.index.Tensor", lambda x: _varied(x)[:, :, torch.tensor([[5, 0], [3, 3]]), torch.tensor([[1], [2]])]),
    Row("aten.index.Tensor", lambda x: _varied(x)[:, torch.tensor([1, 2]), :, torch.tensor([4, 0])]),
    Row("aten.index.Tensor", lambda x: _varied(x)[:, :, torch.arange(7) > 3]),
    Row("aten.index_select", lambda x: _varied(x).index_select(3, torch.tensor([5, 1, 1, 0]))),
    Row("aten.index_select", lambda x: x.permute(0, 2, 1, 3).index_select(1, torch.arange(0, 7, 2)).mean(3)),
    Row("aten.embedding", lambda x: F.embedding(torch.tensor([[5, 1], [1, 0]]), _varied(x)[0, 2].T)),
    Row("aten.gather", lambda x: _varied(x).gather(2, torch.arange(48).reshape(1, 4, 3, 4) % 7)),
    Row("aten.gather", lambda x: x.gather(1, torch.arange(24).reshape(1, 2, 4, 3) % 4)),
    Row("aten.grid_sampler_2d", lambda x: F.grid_sample(_varied(x), _grid(x), align_corners=False)),
    Row("aten.grid_sampler_2d", lambda x: F.grid_sample(x, _grid(x), "nearest", "border", align_corners=True)),
    Row("aten.grid_sampler_2d", lambda x: F.grid_sample(x, _grid(x), "bicubic", "border", align_corners=True)),
    Row(
        "aten.grid_sampler_3d",
        lambda x: F.grid_sample(x[None], torch.full((1, 2, 2, 3, 3), 0.3).to(x), align_corners=False),
    ),
    Row(
        "aten.index_put",
        lambda x: _write(_varied(x), lambda y, z: aten.index_put_(y, [None, None, torch.tensor([4, 0])], z[:, :, 1:3])),
    ),
    Row(
        "aten.index_put",
        lambda x: _write(x, lambda y, z: aten.index_put_(y, [None, torch.tensor([2])], z[:, :1].roll(1, 2), True)),
    ),
    Row("aten.scatter.src", lambda x: x.scatter(2, torch.arange(24).reshape(1, 4, 2, 3) % 7, x.roll(1, 3))),
    Row("aten.scatter.value", lambda x: x.scatter(3, torch.arange(14).reshape(1, 1, 7, 2) % 6, 2.0)),
    Row("aten.scatter_add", lambda x: x.scatter_add(2, torch.arange(24).reshape(1, 4, 2, 3) % 7, x.roll(1, 3))),
    Row("aten.scatter_add", lambda x: x.scatter_add(2, torch.zeros(1, 4, 2, 3).long(), x.roll(1, 3))),
    Row("aten.scatter_reduce", lambda x: x.scatter_reduce(2, torch.ones(1, 4, 2, 3).long(), x.roll(1, 3), "amax")),
    Row("aten.scatter.reduce", lambda x: x.scatter(2, torch.ones(1, 4, 2, 3).long(), x.roll(1, 3), reduce="multiply")),
    Row("aten.scatter.value_reduce", lambda x: x.scatter(2, torch.ones(1, 4, 2, 3).long(), 2.0, reduce="add")),
    Row("aten.take", lambda x: x.take(torch.tensor([[3, 150], [20, 3]]))),
    Row("aten.index_add", lambda x: x.index_add(2, torch.tensor([4, 4, 1]), x[:, :, :3])),
    Row("aten.index_copy", lambda x: x.index_copy(2, torch.tensor([4, 1]), x[:, :, :2])),
    Row("aten.index_fill.int_Scalar", lambda x: x.index_fill(2, torch.tensor([4, 1]), 0.5)),
    Row("aten.index_fill.int_Tensor", lambda x: x.index_fill(2, torch.tensor([4, 1]), x.new_ones(()))),
    Row("aten.col2im", lambda x: F.fold(F.unfold(_varied(x), 3, padding=1).roll(2, 2), (7, 6), 3, padding=1)),
    Row("aten.col2im", lambda x: F.fold(x.reshape(1, 24, 7), (4, 9), (2, 3), (1, 2), (0, 1), (3, 1))),
    Row("aten.channel_shuffle", lambda x: F.channel_shuffle(_varied(x), 2)),
    Row("aten.native_channel_shuffle", lambda x: aten.native_channel_shuffle(_varied(x), 2)),
    Row("aten.convolution", lambda x: F.conv2d(x, x.mean((2, 3)).reshape(4, 1, 1, 1) * _w(4, 4, 3, 3).to(x))),
    Row("aten.fractional_max_pool2d", lambda x: _fractional(_varied(x))),
    Row("aten.fractional_max_pool3d", lambda x: _fractional(x[None])),
    Row("pointwise", lambda x: (_varied(x) + x[:, :, :1]) * x[:, :, :, 2:3].relu()),
    Row("pointwise", lambda x: torch.maximum(_varied(x), x[:, 1:2])),
]
