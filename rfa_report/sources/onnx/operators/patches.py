"""Windows that are added up to a map, Fourier transforms, attention in one operator."""

import numpy as np

from rfa_report.sources.onnx import steps
from rfa_report.sources.onnx.file import Node
from rfa_report.sources.onnx.operators.arguments import Inputs, Table, first, optional, spread, whole
from rfa_report.sources.onnx.operators.products import matmul
from rfa_report.sources.onnx.tape import Tape, Tensor, Unsupported, constant


def col2im(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Add windows in columns up to a map."""
    x = first(inputs)
    size, block = whole(node, inputs, "image_shape", 1) or (), whole(node, inputs, "block_shape", 2) or ()
    stride, dilation = (spread(node.get(name), 2, 1) for name in ("strides", "dilations"))
    pads = spread(node.get("pads"), 4, 0)
    if len(size) != 2 or pads[:2] != pads[2:]:
        raise Unsupported
    args = [x, size, block, dilation, pads[:2], stride]
    return tape.call("aten.col2im.default", args, (x.shape[0], x.shape[1] // (block[0] * block[1]), *size))


def dft(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Transform a dimension; complex numbers are pairs in the last one."""
    x = first(inputs)
    at = (node.get("axis") or (whole(node, inputs, "axis", 2) or (-2,))[0]) % x.rank
    n = (whole(node, inputs, "dft_length", 1) or (x.shape[at],))[0]
    n = n // 2 + 1 if node.get("onesided", 0) else n
    shape = (*x.shape[:at], n, *x.shape[at + 1 : -1], 2)
    return tape.call("aten._fft_c2c.default", [x, (at,), 0, True], shape)


def short_time(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Transform windows of a signal, one step after the other."""
    x, step, window = first(inputs), whole(node, inputs, "frame_step", 1) or (1,), optional(inputs, 2)
    length = (whole(node, inputs, "frame_length", 3) or (0 if window is None else window.size,))[0]
    signal = steps.view(tape, x, x.shape[:2]) if x.rank == 3 and x.shape[2] == 1 else x
    if signal.rank != 2:
        raise Unsupported  # a signal of complex numbers
    frames = (x.shape[0], (x.shape[1] - length) // step[0] + 1, length)
    cut = tape.call("aten.unfold.default", [signal, 1, length, step[0]], frames)
    weighted = cut if window is None else steps.pointwise(tape, "aten.mul.Tensor", cut, window)
    count = length // 2 + 1 if node.get("onesided", 1) else length
    pairs = steps.unsqueeze(tape, weighted, -1)
    return tape.call("aten._fft_c2c.default", [pairs, (2,), 0, True], (*frames[:2], count, 2))


def attention(tape: Tape, node: Node, inputs: Inputs) -> tuple[Tensor, ...]:
    """Attend: scores of all pairs, a mask, softmax, and the weighted sum. Key heads may serve several query heads."""
    q, k, v = (first(inputs, i) for i in range(3))
    flat, mask = q.rank == 3, optional(inputs, 3)
    if flat:
        counts = (node.get("q_num_heads"), node.get("kv_num_heads"), node.get("kv_num_heads"))
        q, k, v = (_heads(tape, x, n) for x, n in zip((q, k, v), counts, strict=True))
    k, v = (
        x if past is None else steps.cat(tape, [past, x], 2)
        for x, past in ((k, optional(inputs, 4)), (v, optional(inputs, 5)))
    )
    present = (k, v)
    k, v = (_repeated(tape, x, q.shape[1] // x.shape[1]) for x in (k, v))
    scores = matmul(tape, q, steps.permute(tape, k, (0, 1, 3, 2)))
    scores = steps.pointwise(tape, "aten.mul.Tensor", scores, node.get("scale") or q.shape[-1] ** -0.5)
    if mask is not None:
        tape.keep(mask)
        if mask.dtype == "bool":
            low = constant(np.float32(-np.inf))
            tape.keep(low)
            scores = tape.call("aten.where.self", [mask, scores, low], scores.shape, dtype=scores.dtype)
        else:
            scores = steps.pointwise(tape, "aten.add.Tensor", scores, mask)
    if node.get("is_causal", 0):
        raise Unsupported
    shares = tape.call("aten._softmax.default", [scores, -1, False], scores.shape)
    out = matmul(tape, shares, v)
    if flat:
        out = steps.permute(tape, out, (0, 2, 1, 3))
        out = steps.view(tape, out, (*out.shape[:2], out.shape[2] * out.shape[3]))
    return (out, *present, scores)[: max(1, len(node.outputs))]


def _heads(tape: Tape, x: Tensor, count: int) -> Tensor:
    apart = steps.view(tape, x, (*x.shape[:2], count, x.shape[2] // count))
    return steps.permute(tape, apart, (0, 2, 1, 3))


def _repeated(tape: Tape, x: Tensor, times: int) -> Tensor:
    if times == 1:
        return x
    b, heads, length, width = x.shape
    wide = steps.expand(tape, steps.unsqueeze(tape, x, 2), (b, heads, times, length, width))
    return steps.view(tape, wide, (b, heads * times, length, width))


TABLE: Table = {"Col2Im": col2im, "DFT": dft, "STFT": short_time, "Attention": attention}
