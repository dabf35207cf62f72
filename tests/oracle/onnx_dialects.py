"""The same of other opsets, of whole numbers, of com.microsoft, and of operators that ONNX defines by others."""

import numpy as np

from oracle.onnx_graphs import Net, Row
from oracle.onnx_rows import HOLES, IMAGE, SIGNAL, f, i, row, w

TOKENS = (1, 4, 7)


def _heads(net: Net, x: str) -> str:
    return str(net("Transpose", net("Reshape", x, i(1, 2, 2, -1)), perm=[0, 1, 3, 2]))


def _masked(net: Net, x: str) -> str:
    heads = _heads(net, x)
    return str(net("Attention", heads, heads, heads, np.tril(np.ones((7, 7), bool))))


def _causal(net: Net, x: str) -> str:
    heads = _heads(net, x)
    return str(net("Attention", heads, heads, heads, is_causal=1))


def _flat(net: Net, x: str) -> str:
    tokens = net("Transpose", x, perm=[0, 2, 1])
    return str(net("Attention", tokens, tokens, tokens, q_num_heads=2, kv_num_heads=2))


def _rotary(net: Net, x: str) -> str:
    heads = net("Transpose", net("Reshape", x, i(1, 1, 4, 7)), perm=[0, 1, 3, 2])
    return str(net("RotaryEmbedding", heads, w(1, 7, 2), w(1, 7, 2)))


def _skipped(net: Net, x: str) -> str:
    tokens = net("Transpose", x, perm=[0, 2, 1])
    return str(net("SkipLayerNormalization", tokens, tokens, w(4), w(4), domain="com.microsoft"))


def _quantised_conv(net: Net, x: str) -> str:
    scale, zero = np.float32(0.01), np.uint8(0)
    weight = (np.ones((2, 4, 3, 3), np.uint8), scale, zero)
    small = net("QuantizeLinear", x, scale, zero)
    made = net("QLinearConv", small, scale, zero, *weight, np.float32(0.05), zero)
    return str(net("DequantizeLinear", made, np.float32(0.05), zero))


def _whole_numbers(net: Net, x: str) -> str:
    product = net("MatMulInteger", net("Cast", x, to=2), np.ones((13, 5), np.uint8))
    return str(net("Cast", product, to=1))


def _dynamic_scale(net: Net, x: str) -> str:
    return str(net("Cast", net("DynamicQuantizeLinear", x, outputs=3)[0], to=1))


def _written(net: Net, x: str) -> str:
    """Write pooled rows between rows of zeros."""
    grids = np.meshgrid([0], range(4), range(0, 12, 2), range(10), indexing="ij")
    pooled = net("MaxPool", x, kernel_shape=[2, 1], strides=[2, 1])
    return str(net("ScatterND", w(1, 4, 12, 10), np.stack(grids, -1).astype(np.int64), pooled))


def _spectrum(net: Net, x: str) -> str:
    return str(net("DFT", net("Unsqueeze", x, i(-1)), axis=2))


def _spectrogram(net: Net, x: str) -> str:
    return str(net("STFT", net("Transpose", x, perm=[0, 2, 1]), np.int64(4), w(8)))


ROWS = [
    Row("boolean mask", TOKENS, _masked, 23, hides=True),
    Row("causal attention", TOKENS, _causal, 23, hides=True),
    Row("attention with heads side by side", TOKENS, _flat, 23),
    Row("rotary embedding", TOKENS, _rotary, 23),
    row("rms norm", "RMSNormalization", w(10), opset=23),
    Row("discrete Fourier transform", IMAGE, _spectrum, 17),
    Row("short-time Fourier transform", (1, 1, 40), _spectrogram, 17),
    row("group norm of opset 18", "GroupNormalization", w(2), w(2), num_groups=2),
    row("layer norm over rows", "LayerNormalization", w(12, 10), w(12, 10), axis=2),
    row("center crop or pad", "CenterCropPad", i(8, 12), axes=[2, 3]),
    row("einsum of three", "Einsum", w(4, 5), w(5, 10), equation="bchw,cd,dw->bdhw"),
    row("einsum without a result", "Einsum", w(4, 5), equation="bchw,cd"),
    row("log sum", "ReduceLogSum", i(2)),
    row("product", "ReduceProd", i(2, 3)),
    row("compress", "Compress", HOLES[:, 0], axis=2),
    row("gather from the end", "Gather", i(-1, -3), axis=3),
    Row("scatter what depends on the input", IMAGE, _written),
    Row("fused convolution", IMAGE, lambda net, x: net("FusedConv", x, w(2, 4, 3, 3), domain="com.microsoft")),
    Row("skip and layer norm", SIGNAL, _skipped),
    Row("quantised convolution", IMAGE, _quantised_conv, hides=True),
    Row("product of whole numbers", SIGNAL, _whole_numbers, hides=True),
    Row("scale computed from the input", SIGNAL, _dynamic_scale, hides=True),
    row("slice 9", "Slice", starts=[2], ends=[100], axes=[2], opset=9),
    row("pad 9", "Pad", pads=[0, 0, 1, 2, 0, 0, 1, 0], mode="reflect", opset=9),
    row("clip 9", "Clip", min=0.0, max=1e6, opset=9),
    Row("split 11", IMAGE, lambda net, x: net("Split", x, split=[3, 9], axis=2, outputs=2)[1], 11),
    row("batch norm 8", "BatchNormalization", w(4), w(4), w(4), w(4), opset=8),
    row("dropout 8", "Dropout", opset=8),
    row("sum 7", "ReduceSum", axes=[1, 2], keepdims=0, opset=7),
    Row(
        "resize with channels last", (1, 12, 10, 4), lambda net, x: net("Resize", x, None, f(1, 2, 2, 1), mode="linear")
    ),
]
