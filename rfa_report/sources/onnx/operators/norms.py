"""Normalisation and softmax."""

from math import prod

from rfa_report.sources.onnx import steps
from rfa_report.sources.onnx.file import Node
from rfa_report.sources.onnx.operators.arguments import Inputs, Table, first, optional
from rfa_report.sources.onnx.tape import Tape, Tensor


def batch_norm(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Scale and shift by running statistics, which are no parameters, or by those of the batch."""
    x, scale, bias, mean, variance = (first(inputs, i) for i in range(5))
    running = [Tensor(y.shape, y.dtype) if not y.live else y for y in (mean, variance)]
    training = bool(node.get("training_mode", 0))
    args = [x, scale, bias, *running, training, 0.1, node.get("epsilon", 1e-5)]
    shapes = [x.shape, x.shape[1:2], x.shape[1:2]] if training else [x.shape, None, None]
    return tape.calling("aten.native_batch_norm.default", args, shapes)[0]


def _group_norm(tape: Tape, node: Node, inputs: Inputs, groups: int) -> Tensor:
    x, n, c = first(inputs), first(inputs).shape[0], first(inputs).shape[1]
    args = [x, optional(inputs, 1), optional(inputs, 2), n, c, prod(x.shape[2:]), groups, node.get("epsilon", 1e-5)]
    return tape.calling("aten.native_group_norm.default", args, [x.shape, (n, groups), (n, groups)])[0]


def instance_norm(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Normalise each channel over the map."""
    return _group_norm(tape, node, inputs, first(inputs).shape[1])


def group_norm(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Normalise groups of channels over the map."""
    return _group_norm(tape, node, inputs, node.get("num_groups", 1))


def layer_norm(tape: Tape, node: Node, inputs: Inputs) -> tuple[Tensor, ...]:
    """Normalise over the last dimensions."""
    x = first(inputs)
    at = node.get("axis", -1) % x.rank
    kept = (*x.shape[:at], *(1,) * (x.rank - at))
    args = [x, x.shape[at:], optional(inputs, 1), optional(inputs, 2), node.get("epsilon", 1e-5)]
    return tape.calling("aten.native_layer_norm.default", args, [x.shape, kept, kept])


def skip_layer_norm(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Add two tensors, and normalise over the last dimension."""
    total = steps.pointwise(tape, "aten.add.Tensor", first(inputs), first(inputs, 1))
    return layer_norm(tape, node, [total, *inputs[2:4]])[0]


def rms_norm(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Divide by the root of the mean square over the last dimensions."""
    x, scale = first(inputs), optional(inputs, 1)
    at = node.get("axis", -1) % x.rank
    squares = steps.pointwise(tape, "aten.pow.Tensor_Scalar", x, 2)
    mean = steps.reduce(tape, "aten.mean.dim", squares, range(at, x.rank), keep=True)
    normal = steps.pointwise(tape, "aten.mul.Tensor", x, steps.pointwise(tape, "aten.rsqrt.default", mean))
    return normal if scale is None else steps.pointwise(tape, "aten.mul.Tensor", normal, scale)


def variance_norm(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Normalise over some dimensions, batch and map unless told otherwise."""
    x, axes = first(inputs), node.get("axes") or (0, 2, 3)
    centred = steps.pointwise(tape, "aten.sub.Tensor", x, steps.reduce(tape, "aten.mean.dim", x, axes, keep=True))
    squares = steps.pointwise(tape, "aten.pow.Tensor_Scalar", centred, 2)
    deviation = steps.reduce(tape, "aten.mean.dim", squares, axes, keep=True)
    return steps.pointwise(tape, "aten.div.Tensor", centred, deviation)


def lp_norm(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Divide by the norm along a dimension."""
    x, at = first(inputs), node.get("axis", -1) % first(inputs).rank
    shape = tuple(1 if d == at else n for d, n in enumerate(x.shape))
    norm = tape.call("aten.linalg_vector_norm.default", [x, node.get("p", 2), (at,), True], shape)
    return steps.pointwise(tape, "aten.div.Tensor", x, norm)


def softmax(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Normalise along a dimension; before opset 13 along that and all behind it."""
    x, old = first(inputs), node.version < 13
    at = node.get("axis", 1 if old else -1) % x.rank
    op = "aten._log_softmax.default" if node.op == "LogSoftmax" else "aten._softmax.default"
    if not old or at == x.rank - 1:
        return tape.call(op, [x, at, False], x.shape)
    flat = steps.view(tape, x, (prod(x.shape[:at]), prod(x.shape[at:])))
    return steps.view(tape, tape.call(op, [flat, 1, False], flat.shape), x.shape)


TABLE: Table = {
    "BatchNormalization": batch_norm,
    "InstanceNormalization": instance_norm,
    "GroupNormalization": group_norm,
    "LayerNormalization": layer_norm,
    "SkipLayerNormalization": skip_layer_norm,
    "RMSNormalization": rms_norm,
    "SimplifiedLayerNormalization": rms_norm,
    "MeanVarianceNormalization": variance_norm,
    "LpNormalization": lp_norm,
    **dict.fromkeys(("Softmax", "LogSoftmax", "Hardmax"), softmax),
}
