"""Convolutions and pools: the amounts of padding are worked out as onnxruntime does."""

from collections.abc import Sequence
from math import prod

from rfa_report.sources.onnx import steps
from rfa_report.sources.onnx.file import Node
from rfa_report.sources.onnx.operators.arguments import Inputs, Table, first, optional, spread, whole
from rfa_report.sources.onnx.tape import Refusal, Tape, Tensor, Unsupported

Pairs = list[tuple[int, int]]


def _same(auto: str, total: int) -> tuple[int, int]:
    """Divide padding: SAME_UPPER puts the odd one at the end, SAME_LOWER at the start."""
    small, large = total // 2, total - total // 2
    return (large, small) if auto == "SAME_LOWER" else (small, large)


def _amounts(
    node: Node, sizes: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> Pairs:
    auto = node.get("auto_pad", "NOTSET")
    if auto.startswith("SAME"):
        totals = (
            max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0)
            for n, k, s, d in zip(sizes, kernel, stride, dilation, strict=True)
        )
        return [_same(auto, total) for total in totals]
    count = len(sizes)
    pads = spread(None if auto == "VALID" else node.get("pads"), 2 * count, 0)
    return list(zip(pads[:count], pads[count:], strict=True))


def _length(node: Node, n: int, pair: tuple[int, int], kernel: int, stride: int, dilation: int) -> int:
    """Count the windows on a padded dimension; with `ceil_mode` without those that lie in the padding behind it."""
    room = n + sum(pair) - dilation * (kernel - 1) - 1
    if room < 0:
        raise Refusal(f"{node.op} {node.name} has a kernel of {n + sum(pair) - room} on {n + sum(pair)} positions")
    if not node.get("ceil_mode", 0):
        return room // stride + 1
    count = -(-room // stride) + 1
    return count - ((count - 1) * stride >= n + pair[0])


def _split(pairs: Pairs) -> tuple[Pairs, tuple[int, ...]]:
    """Split padding into what both ends have, and what one end has more."""
    both = tuple(max(min(pair), 0) for pair in pairs)
    return [(a - p, b - p) for (a, b), p in zip(pairs, both, strict=True)], both


def _convolved(tape: Tape, node: Node, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    sizes, kernel, groups = x.shape[2:], weight.shape[2:], node.get("group", 1)
    if len(kernel) != len(sizes) or x.shape[1] != weight.shape[1] * groups:
        raise Refusal(f"{node.op} {node.name} is made for {weight.shape[1] * groups} channels, and meets {x.shape[1]}")
    stride, dilation = (spread(node.get(name), len(sizes), 1) for name in ("strides", "dilations"))
    pairs = _amounts(node, sizes, kernel, stride, dilation)
    out = tuple(map(_length, [node] * len(sizes), sizes, pairs, kernel, stride, dilation))
    extra, padding = _split(pairs)
    x = steps.pad(tape, x, extra)
    args = [x, weight, bias, stride, padding, dilation, False, (0,) * len(sizes), groups]
    return tape.call("aten.convolution.default", args, (x.shape[0], weight.shape[0], *out))


def conv(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Convolve."""
    return _convolved(tape, node, first(inputs), first(inputs, 1), optional(inputs, 2))


def quantised_conv(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Convolve whole numbers that stand for real ones."""
    return _convolved(tape, node, first(inputs), first(inputs, 3), optional(inputs, 8))


def conv_integer(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Convolve whole numbers."""
    return _convolved(tape, node, first(inputs), first(inputs, 1), None)


def conv_transpose(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Convolve transposed: `(n - 1) s + d (k - 1) + 1 + output_padding` positions, less what padding cuts."""
    x, weight, groups = first(inputs), first(inputs, 1), node.get("group", 1)
    sizes, kernel = x.shape[2:], weight.shape[2:]
    if len(kernel) != len(sizes) or x.shape[1] != weight.shape[0]:
        raise Refusal(f"{node.op} {node.name} is made for {weight.shape[0]} channels, and meets {x.shape[1]}")
    stride, dilation = (spread(node.get(name), len(sizes), 1) for name in ("strides", "dilations"))
    more = spread(node.get("output_padding"), len(sizes), 0)
    auto, wanted = node.get("auto_pad", "NOTSET"), node.get("output_shape")
    full = [
        s * (n - 1) + o + d * (k - 1) + 1 for n, s, o, d, k in zip(sizes, stride, more, dilation, kernel, strict=True)
    ]
    if wanted or auto.startswith("SAME"):
        out = tuple(wanted)[-len(sizes) :] if wanted else tuple(n * s for n, s in zip(sizes, stride, strict=True))
        cuts = (max(0, n - m) for n, m in zip(full, out, strict=True))
        starts = tuple(_same("SAME_LOWER" if auto == "NOTSET" else auto, cut)[0] for cut in cuts)
    else:
        pairs = _amounts(node, sizes, kernel, stride, dilation)
        starts = tuple(start for start, _ in pairs)
        out = tuple(n - sum(pair) for n, pair in zip(full, pairs, strict=True))
    args = [x, weight, optional(inputs, 2), stride, starts, dilation, True, more, groups]
    return tape.call("aten.convolution.default", args, (x.shape[0], weight.shape[1] * groups, *out))


def _pooled(tape: Tape, node: Node, x: Tensor, *, largest: bool) -> tuple[Tensor, ...]:
    sizes = x.shape[2:]
    kernel = spread(node.get("kernel_shape"), len(sizes), 1)
    stride, dilation = (spread(node.get(name), len(sizes), 1) for name in ("strides", "dilations"))
    if len(sizes) not in (1, 2, 3):
        raise Unsupported
    pairs = _amounts(node, sizes, kernel, stride, (1,) * len(sizes))  # onnxruntime leaves dilation out here
    out = tuple(map(_length, [node] * len(sizes), sizes, pairs, kernel, stride, dilation))
    extra, padding = _split(pairs)
    x = steps.pad(tape, x, extra, float("-inf") if largest else 0.0)
    shape = (*x.shape[:2], *out)
    ceil = bool(node.get("ceil_mode", 0))
    if not largest and set(dilation) == {1}:
        return (tape.call(f"aten.avg_pool{len(sizes)}d.default", [x, kernel, stride, padding, ceil], shape),)
    if not largest:
        window = Tensor((shape[1], 1, *kernel), x.dtype)  # ATen has no dilated mean: a convolution by equal numbers
        args = [x, window, None, stride, padding, dilation, False, (0,) * len(sizes), shape[1]]
        return (tape.call("aten.convolution.default", args, shape),)
    if len(sizes) == 1:
        flat = [(1, *kernel), (1, *stride), (0, *padding), (1, *dilation), ceil]
        tall = (*shape[:2], 1, *out)
        op = "aten.max_pool2d_with_indices.default"
        made = tape.calling(op, [steps.unsqueeze(tape, x, 2), *flat], [tall, tall])
        return tuple(steps.squeeze(tape, y, [2]) for y in made[: len(node.outputs)])
    op = f"aten.max_pool{len(sizes)}d_with_indices.default"
    return tape.calling(op, [x, kernel, stride, padding, dilation, ceil], [shape, shape])


def max_pool(tape: Tape, node: Node, inputs: Inputs) -> tuple[Tensor, ...]:
    """Take the maximum of each window."""
    return _pooled(tape, node, first(inputs), largest=True)


def average_pool(tape: Tape, node: Node, inputs: Inputs) -> tuple[Tensor, ...]:
    """Take the mean, or the norm, of each window."""
    return _pooled(tape, node, first(inputs), largest=False)


def deformed(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Convolve at places that are moved by offsets."""
    x, weight, offsets = (first(inputs, i) for i in range(3))
    return tape.call(
        "torchvision.deform_conv2d.default", [x, weight, offsets], (x.shape[0], weight.shape[0], *offsets.shape[2:])
    )


def unpool(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Put each element back where it was the largest."""
    x, index = first(inputs), first(inputs, 1)
    count = x.rank - 2
    stride, pads = spread(node.get("strides"), count, 1), spread(node.get("pads"), 2 * count, 0)
    sizes = [
        (n - 1) * s + k - a - b
        for n, s, k, a, b in zip(x.shape[2:], stride, node.get("kernel_shape"), pads, pads[count:], strict=False)
    ]
    shape = whole(node, inputs, "output_shape", 2) or (*x.shape[:2], *sizes)
    return tape.call(f"aten.max_unpool{max(count, 2)}d.default", [x, index, shape[2:]], shape)


def global_average(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Take the mean of the map."""
    x = first(inputs)
    return steps.reduce(tape, "aten.mean.dim", x, range(2, x.rank), keep=True)


def global_max(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Take the maximum of the map."""
    x = first(inputs)
    return steps.reduce(tape, "aten.amax.default", x, range(2, x.rank), keep=True)


def local_response(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Divide by the mean square of neighbouring channels, as torch spells it."""
    x, size = first(inputs), node.get("size", 1)
    rows, columns = (*x.shape[2:3], 1)[0], prod(x.shape[3:])
    flat = steps.view(tape, x, (x.shape[0], 1, x.shape[1], rows, columns))
    squares = steps.pointwise(tape, "aten.mul.Tensor", flat, flat)
    padded = steps.pad(tape, squares, [((size - 1) // 2, size // 2), (0, 0), (0, 0)])
    args = [padded, (size, 1, 1), (1, 1, 1), (0, 0, 0)]
    means = steps.view(tape, tape.call("aten.avg_pool3d.default", args, flat.shape), x.shape)
    return steps.pointwise(tape, "aten.div.Tensor", x, steps.pointwise(tape, "aten.pow.Tensor_Scalar", means, 0.75))


TABLE: Table = {
    "Conv": conv,
    "FusedConv": conv,
    "QLinearConv": quantised_conv,
    "ConvInteger": conv_integer,
    "ConvTranspose": conv_transpose,
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "LpPool": average_pool,
    "GlobalAveragePool": global_average,
    "GlobalLpPool": global_average,
    "GlobalMaxPool": global_max,
    "LRN": local_response,
    "DeformConv": deformed,
    "MaxUnpool": unpool,
}
