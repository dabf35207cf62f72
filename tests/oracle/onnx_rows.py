"""A small graph for each operator of ONNX that moves a receptive field, in one to three dimensions."""

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from oracle.onnx_graphs import Net, Row

HOLES = np.arange(120).reshape(12, 10) % 7 > 2
"""A mask with holes."""

IMAGE, SIGNAL, VIDEO = (1, 4, 12, 10), (1, 4, 13), (1, 2, 5, 6, 7)


def w(*shape: int) -> NDArray[np.float32]:
    """Make positive weights, of which none hides anything."""
    return np.random.default_rng(1).uniform(0.5, 1.0, shape).astype(np.float32)


def i(*numbers: int) -> NDArray[np.int64]:
    return np.array(numbers, dtype=np.int64)


def f(*numbers: float) -> NDArray[np.float32]:
    return np.array(numbers, dtype=np.float32)


def row(name: str, op: str, *inputs: Any, shape: tuple[int, ...] = IMAGE, opset: int = 18, **attributes: Any) -> Row:
    return Row(name, shape, lambda net, x: net(op, x, *inputs, **attributes), opset)


def _tokens(net: Net, x: str) -> str:
    return str(net("Transpose", net("Reshape", x, i(1, 4, -1)), perm=[0, 2, 1]))


def _attention(net: Net, x: str) -> str:
    t = _tokens(net, x)
    q, k = net("MatMul", t, w(4, 4)), net("MatMul", t, w(4, 4))
    scores = net("MatMul", q, net("Transpose", k, perm=[0, 2, 1]))
    return str(net("MatMul", net("Softmax", scores, axis=-1), net("MatMul", t, w(4, 4))))


def _masked(net: Net, x: str) -> str:
    t = net("MatMul", net("Transpose", x, perm=[0, 2, 1]), w(4, 4))
    scores = net("MatMul", t, net("Transpose", t, perm=[0, 2, 1]))
    hidden = np.triu(np.full((1, 13, 13), -np.inf, dtype=np.float32), 1)
    return str(net("MatMul", net("Softmax", net("Add", scores, hidden), axis=-1), t))


def _windows(net: Net, x: str) -> str:
    """Make one of each group of columns depend on itself, as attention in windows does."""
    apart = net("Transpose", net("Reshape", x, i(1, 4, 3, 4, 2, 5)), perm=[0, 2, 4, 3, 5, 1])
    t = net("Reshape", apart, i(6, 20, 4))
    mixed = net("MatMul", net("Softmax", net("MatMul", t, net("Transpose", t, perm=[0, 2, 1]))), t)
    back = net("Transpose", net("Reshape", mixed, i(1, 3, 2, 4, 5, 4)), perm=[0, 5, 1, 3, 2, 4])
    return str(net("Reshape", back, i(1, 4, 12, 10)))


def _uneven(op: str, **attributes: Any) -> Row:
    """Let four of eight channels see three rows, so that it shows which channel goes where."""

    def build(net: Net, x: str) -> str:
        channels = net("Split", x, axis=1, outputs=4, num_outputs=4)
        tall = [net("MaxPool", c, kernel_shape=[3, 1], pads=[1, 0, 1, 0]) for c in channels[1::2]]
        eight = net("Concat", *channels[:3], *tall, channels[3], *tall, axis=1)
        return str(net(op, eight, **attributes))

    return Row(f"{op} {attributes.get('mode', '')}", IMAGE, build)


def _rolled(net: Net, x: str) -> str:
    return str(net("Concat", net("Slice", x, i(3), i(12), i(2)), net("Slice", x, i(0), i(3), i(2)), axis=2))


def _chosen(net: Net, x: str) -> str:
    return str(net("Where", HOLES, x, net("MaxPool", x, kernel_shape=[3, 1], pads=[1, 0, 1, 0])))


def _quantised(net: Net, x: str) -> str:
    scale = np.float32(0.001), np.int8(0)
    means = net("AveragePool", x, kernel_shape=[3, 3])
    return str(net("Conv", net("DequantizeLinear", net("QuantizeLinear", means, *scale), *scale), w(2, 4, 3, 3)))


def _activated(net: Net, x: str) -> str:
    y = net("LeakyRelu", net("MaxPool", x, kernel_shape=[2, 2]))
    return str(net("HardSigmoid", net("Clip", net("Erf", y), np.float32(-9)), alpha=0.1))


def _one_operator(net: Net, x: str) -> str:
    heads = net("Transpose", net("Reshape", x, i(1, 2, 2, -1)), perm=[0, 1, 3, 2])
    return str(net("Attention", heads, heads, heads))


def _loop(net: Net, x: str) -> str:
    """Pool three times, in the body of a loop."""
    value = onnx.helper.make_tensor_value_info
    pool = onnx.helper.make_node("MaxPool", ["state"], ["next"], kernel_shape=[3, 1], pads=[1, 0, 1, 0])
    going = onnx.helper.make_node("Identity", ["going"], ["still"])
    body = onnx.helper.make_graph(
        [pool, going],
        "body",
        [
            value("turn", onnx.TensorProto.INT64, []),
            value("going", onnx.TensorProto.BOOL, []),
            value("state", onnx.TensorProto.FLOAT, None),
        ],
        [value("still", onnx.TensorProto.BOOL, []), value("next", onnx.TensorProto.FLOAT, None)],
    )
    return str(net("Loop", np.int64(3), np.bool_(True), x, body=body))


def _scan(net: Net, x: str) -> str:
    """Add each row to the sum of those above it."""
    value = onnx.helper.make_tensor_value_info
    nodes = [
        onnx.helper.make_node("Add", ["sum", "row"], ["total"]),
        onnx.helper.make_node("Identity", ["total"], ["made"]),
    ]
    kinds = [value(name, onnx.TensorProto.FLOAT, [1, 4, 10]) for name in ("sum", "row", "total", "made")]
    body = onnx.helper.make_graph(nodes, "body", kinds[:2], kinds[2:])
    rows = net("Transpose", x, perm=[2, 0, 1, 3])
    return str(net("Scan", w(1, 4, 10), rows, body=body, num_scan_inputs=1, outputs=2)[1])


def _sequence(net: Net, x: str) -> str:
    pieces = net("SplitToSequence", x, i(5, 4, 3), axis=2)
    return str(net("ConcatFromSequence", net("SequenceInsert", pieces, x), axis=2))


def _unfolded(net: Net, x: str) -> str:
    """Read 3×3 windows by tables, as torch exports `unfold`."""
    places = np.arange(10)[:, None] + np.arange(3)
    rows = net("Gather", x, places, axis=2)
    return str(net("Gather", rows, places[:8], axis=4))


def _folded(net: Net, x: str) -> str:
    """Let the columns of twelve windows overlap on a map of 7 by 10."""
    columns = net("Reshape", net("MaxPool", x, kernel_shape=[1, 3], strides=[1, 3]), i(1, 4, 36))
    return str(net("Col2Im", columns, i(13, 4), i(2, 2)))


def _shape_chain(net: Net, x: str) -> str:
    """Flatten by numbers that are computed from the shape."""
    batch = net("Gather", net("Shape", x), i(0), axis=0)
    return str(net("Reshape", net("MaxPool", x, kernel_shape=[2, 2]), net("Concat", batch, i(-1), axis=0)))


def _squeeze_excite(net: Net, x: str) -> str:
    gate = net("Sigmoid", net("Conv", net("GlobalAveragePool", x), w(4, 4, 1, 1)))
    return str(net("Mul", net("Conv", x, w(4, 4, 3, 3), pads=[1, 1, 1, 1]), gate))


def _recurrent(op: str, gates: int, **attributes: Any) -> Row:
    both = 2 if attributes.get("direction") == "bidirectional" else 1

    def build(net: Net, x: str) -> str:
        steps = net("Transpose", x, perm=[2, 0, 1])
        weights = w(both, gates * 3, 4) * 0.1, w(both, gates * 3, 3) * 0.1
        return str(net(op, steps, *weights, hidden_size=3, **attributes))

    return Row(f"{op} {attributes.get('direction', 'forward')}", SIGNAL, build)


def _bordered(mode: str) -> Row:
    return row(f"pad {mode}", "Pad", i(0, 0, 2, 1, 0, 0, 1, 3), mode=mode, opset=19)


def _resize(name: str, scales: Any = None, sizes: Any = None, **attributes: Any) -> Row:
    given = (None, f(*scales)) if scales else (None, None, i(*sizes))
    return row(f"resize {name}", "Resize", *given, **attributes)


def _at(mode: str) -> dict[str, str]:
    return {"coordinate_transformation_mode": mode}


def _branch(value: bool) -> Row:
    def build(net: Net, x: str) -> str:
        def graph(name: str, kernel: int) -> Any:
            node = onnx.helper.make_node(
                "MaxPool", [x], [name], kernel_shape=[kernel, 1], strides=[1, 1], pads=[kernel // 2, 0, kernel // 2, 0]
            )
            return onnx.helper.make_graph([node], name, [], [onnx.helper.make_empty_tensor_value_info(name)])

        condition = np.array(value)
        return str(net("If", condition, then_branch=graph("yes", 3), else_branch=graph("no", 5)))

    return Row(f"if {value}", IMAGE, build)


ROWS = [
    row("conv", "Conv", w(3, 4, 3, 3), w(3), pads=[1, 1, 1, 1]),
    row("conv strided", "Conv", w(3, 4, 3, 2), strides=[2, 3], pads=[1, 0, 0, 1]),
    row("conv dilated, grouped", "Conv", w(4, 2, 3, 3), dilations=[2, 3], group=2, pads=[2, 3, 1, 3]),
    row("conv same upper", "Conv", w(3, 4, 3, 4), strides=[2, 2], auto_pad="SAME_UPPER"),
    row("conv same lower", "Conv", w(3, 4, 2, 4), strides=[2, 1], auto_pad="SAME_LOWER"),
    row("conv valid", "Conv", w(3, 4, 5, 3), auto_pad="VALID"),
    row("conv 1-D", "Conv", w(3, 4, 4), strides=[3], pads=[2, 1], shape=SIGNAL),
    row("conv 3-D", "Conv", w(3, 2, 2, 3, 3), pads=[1, 1, 1, 0, 1, 1], shape=VIDEO),
    row("transposed", "ConvTranspose", w(4, 3, 3, 3), strides=[2, 3], pads=[1, 0, 0, 2], output_padding=[1, 1]),
    row("transposed same upper", "ConvTranspose", w(4, 3, 3, 5), strides=[2, 2], auto_pad="SAME_UPPER"),
    row("transposed same lower", "ConvTranspose", w(4, 3, 3, 5), strides=[2, 2], auto_pad="SAME_LOWER"),
    row("transposed output shape", "ConvTranspose", w(4, 3, 4, 3), strides=[2, 2], output_shape=[25, 20]),
    row("transposed dilated 1-D", "ConvTranspose", w(4, 3, 3), strides=[2], dilations=[3], shape=SIGNAL),
    row("max pool", "MaxPool", kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1]),
    row("max pool ceil", "MaxPool", kernel_shape=[3, 3], strides=[3, 3], pads=[1, 1, 1, 1], ceil_mode=1),
    row("max pool ceil, overhang", "MaxPool", kernel_shape=[2, 4], strides=[3, 4], ceil_mode=1),
    row("max pool dilated", "MaxPool", kernel_shape=[3, 2], dilations=[2, 3]),
    row("max pool same", "MaxPool", kernel_shape=[3, 2], strides=[2, 3], auto_pad="SAME_UPPER"),
    row("max pool same lower", "MaxPool", kernel_shape=[2, 4], strides=[1, 2], auto_pad="SAME_LOWER"),
    row("max pool same, dilated", "MaxPool", kernel_shape=[3, 2], dilations=[2, 3], auto_pad="SAME_UPPER"),
    row("max pool 1-D", "MaxPool", kernel_shape=[3], strides=[2], pads=[1, 0], shape=SIGNAL),
    row("max pool 3-D", "MaxPool", kernel_shape=[2, 3, 2], strides=[1, 2, 2], shape=VIDEO),
    row("average pool", "AveragePool", kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 0, 1], count_include_pad=1),
    row("average pool ceil", "AveragePool", kernel_shape=[3, 4], strides=[2, 3], ceil_mode=1),
    row("average pool dilated", "AveragePool", kernel_shape=[3, 2], dilations=[2, 3], opset=19),
    row("average pool 1-D", "AveragePool", kernel_shape=[4], strides=[3], shape=SIGNAL),
    row("average pool 3-D", "AveragePool", kernel_shape=[2, 2, 3], shape=VIDEO),
    row("lp pool", "LpPool", kernel_shape=[3, 2], strides=[2, 2], p=2),
    row("global average", "GlobalAveragePool"),
    row("global max", "GlobalMaxPool"),
    row("local response", "LRN", size=3),
    row("batch norm", "BatchNormalization", w(4), w(4), w(4), w(4)),
    row("instance norm", "InstanceNormalization", w(4), w(4)),
    row("group norm", "GroupNormalization", w(4), w(4), num_groups=2, opset=21),
    Row("layer norm", IMAGE, lambda net, x: net("LayerNormalization", x, w(10), w(10), axis=-1)),
    row("mean variance", "MeanVarianceNormalization", axes=[2]),
    row("lp norm", "LpNormalization", axis=2),
    row("softmax", "Softmax", axis=3),
    row("old softmax", "Softmax", axis=2, opset=11),
    row("log softmax", "LogSoftmax", axis=2),
    row("flatten and gemm", "Flatten", axis=1),
    Row("head", IMAGE, lambda net, x: net("Gemm", net("Flatten", x), w(5, 480), w(5), transB=1)),
    Row("tokens", IMAGE, lambda net, x: net("Add", net("MatMul", _tokens(net, x), w(4, 6)), w(6))),
    Row("attention", IMAGE, _attention),
    Row("masked attention", SIGNAL, _masked, hides=True),
    Row("attention in windows", IMAGE, _windows),
    row("einsum over channels", "Einsum", w(4, 5), equation="bchw,cd->bdhw"),
    row("einsum over rows", "Einsum", w(12, 5), equation="...hw,hd->...dw"),
    Row("einsum of pairs", IMAGE, lambda net, x: net("Einsum", x, x, equation="bchw,bcgw->bhg")),
    row("einsum elementwise", "Einsum", w(4, 10), equation="bchw,cw->bhcw"),
    row("slice", "Slice", i(1, 0), i(100, 9), i(2, 3), i(3, 2)),
    row("slice backwards", "Slice", i(-1, 8), i(-(2**63), 0), i(2, 3), i(-1, -3)),
    row("gather", "Gather", i(3, 1, 1, 7), axis=2),
    row("gather one", "Gather", np.array(3, dtype=np.int64), axis=2),
    row("gather a table", "Gather", i(0, 2, 4, 1, 3, 5).reshape(2, 3), axis=3),
    row("gather elements", "GatherElements", np.arange(240, dtype=np.int64).reshape(1, 4, 6, 10) % 12, axis=2),
    row("gather places", "GatherND", i(0, 1, 3, 0, 2, 5).reshape(2, 3)),
    row("gather places in batches", "GatherND", i(1, 3).reshape(1, 2), batch_dims=1),
    row("scatter places", "ScatterND", i(0, 1, 3).reshape(1, 3), w(1, 10)),
    row("scatter elements", "ScatterElements", np.zeros((1, 4, 1, 10), dtype=np.int64), w(1, 4, 1, 10), axis=2),
    Row("split", IMAGE, lambda net, x: net("Concat", *net("Split", x, i(5, 7), axis=2, outputs=2)[::-1], axis=2)),
    Row("roll", IMAGE, _rolled),
    row("tile", "Tile", i(1, 1, 2, 1)),
    Row("expand", IMAGE, lambda net, x: net("Expand", net("ReduceMax", x, i(2), keepdims=1), i(1, 1, 3, 1))),
    _uneven("DepthToSpace", blocksize=2),
    _uneven("DepthToSpace", blocksize=2, mode="CRD"),
    _uneven("SpaceToDepth", blocksize=2),
    row("mean", "ReduceMean", i(2), keepdims=0),
    row("mean, old", "ReduceMean", axes=[2, 3], opset=13),
    row("norm", "ReduceL2", i(3)),
    row("sum of squares", "ReduceSumSquare", i(1)),
    row("log sum exp", "ReduceLogSumExp", i(2)),
    row("cumulative sum", "CumSum", np.array(2, dtype=np.int64)),
    row("cumulative, exclusive, reverse", "CumSum", np.array(2, dtype=np.int64), exclusive=1, reverse=1),
    _bordered("constant"),
    _bordered("reflect"),
    _bordered("edge"),
    _bordered("wrap"),
    row("pad axes", "Pad", i(1, 2), None, i(2), mode="edge"),
    row("crop", "Pad", i(0, 0, -2, 0, 0, 0, 1, -3)),
    _resize("nearest, asymmetric", [1, 1, 2, 3], mode="nearest", nearest_mode="floor", **_at("asymmetric")),
    _resize("nearest, default", [1, 1, 2, 1.5], mode="nearest"),
    _resize("nearest, ceil", sizes=[1, 4, 7, 25], mode="nearest", nearest_mode="ceil"),
    _resize("nearest, prefer ceil", [1, 1, 0.6, 2.5], mode="nearest", nearest_mode="round_prefer_ceil"),
    _resize("linear", [1, 1, 2, 2], mode="linear"),
    _resize("linear to sizes", sizes=[1, 4, 7, 23], mode="linear", **_at("pytorch_half_pixel")),
    _resize("linear, corners", sizes=[1, 4, 23, 5], mode="linear", **_at("align_corners")),
    _resize("linear, asymmetric", [1, 1, 2, 1.7], mode="linear", **_at("asymmetric")),
    _resize("cubic", [1, 1, 2, 0.7], mode="cubic"),
    _resize("linear, antialias", sizes=[1, 4, 5, 4], mode="linear", antialias=1),
    _resize("linear, antialias, exclude outside", sizes=[1, 4, 5, 4], mode="linear", antialias=1, exclude_outside=1),
    Row("upsample 7", IMAGE, lambda net, x: net("Upsample", x, mode="nearest", scales=[1.0, 1.0, 2.0, 2.0]), 7),
    Row("upsample 9", IMAGE, lambda net, x: net("Upsample", x, f(1, 1, 2, 2), mode="nearest"), 9),
    Row("resize 10", IMAGE, lambda net, x: net("Resize", x, f(1, 1, 2, 2), mode="nearest"), 10),
    Row("resize 1-D", SIGNAL, lambda net, x: net("Resize", x, None, f(1, 1, 2), mode="linear")),
    _recurrent("RNN", 1),
    _recurrent("GRU", 3, direction="reverse"),
    _recurrent("LSTM", 4, direction="bidirectional"),
    Row("shape chain", IMAGE, _shape_chain),
    Row("squeeze and excitation", IMAGE, _squeeze_excite),
    Row("where", IMAGE, _chosen),
    Row("mask of zeros", IMAGE, lambda net, x: net("Mul", x, np.float32(HOLES)), hides=True),
    row("grid sample", "GridSample", np.linspace(-0.9, 0.9, 24, dtype=np.float32).reshape(1, 4, 3, 2)),
    Row("quantise", IMAGE, _quantised),
    Row("activations", IMAGE, _activated),
    Row("prelu", IMAGE, lambda net, x: net("PRelu", net("AveragePool", x, kernel_shape=[2, 2]), w(4, 1, 1))),
    Row("top k", IMAGE, lambda net, x: net("TopK", x, i(3), axis=2, outputs=2)[0]),
    Row("triangle", IMAGE, lambda net, x: net("Trilu", x, np.array(1, dtype=np.int64), upper=1)),
    Row("attention in one operator", SIGNAL, _one_operator, 23),
    Row("loop", IMAGE, _loop),
    Row("scan", IMAGE, _scan),
    Row("sequence", IMAGE, _sequence),
    Row("unfold", IMAGE, _unfolded),
    Row("fold", IMAGE, _folded),
    _resize("half pixel symmetric", [1, 1, 1.45, 2.7], mode="linear", opset=19, **_at("half_pixel_symmetric")),
    _resize("keep the ratio", sizes=[7, 20], axes=[2, 3], keep_aspect_ratio_policy="not_larger", mode="linear"),
    Row("resize 3-D", VIDEO, lambda net, x: net("Resize", x, None, f(1, 1, 2, 0.5, 3), mode="linear")),
    _branch(True),
    _branch(False),
    Row("gelu by its definition", IMAGE, lambda net, x: net("Mish", net("MaxPool", x, kernel_shape=[3, 3]))),
    Row(
        "fused matrices",
        IMAGE,
        lambda net, x: net("FusedMatMul", _tokens(net, x), w(6, 4), transB=1, domain="com.microsoft"),
    ),
]
