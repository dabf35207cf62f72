"""Operators that contract dimensions, and cumulative ones."""

from rfa_report.sources.onnx import steps
from rfa_report.sources.onnx.file import Node
from rfa_report.sources.onnx.operators.arguments import Inputs, Table, first, numbers, whole
from rfa_report.sources.onnx.tape import Refusal, Tape, Tensor

REDUCTIONS = {
    "ReduceMean": "aten.mean.dim",
    "ReduceSum": "aten.sum.dim_IntList",
    "ReduceSumSquare": "aten.sum.dim_IntList",
    "ReduceLogSum": "aten.sum.dim_IntList",
    "ReduceMax": "aten.amax.default",
    "ReduceMin": "aten.amin.default",
    "ReduceProd": "aten.prod.dim_int",
    "ReduceLogSumExp": "aten.logsumexp.default",
}


def _axes(node: Node, inputs: Inputs) -> tuple[int, ...]:
    axes = whole(node, inputs, "axes", 1)
    return tuple(range(first(inputs).rank)) if not axes and not node.get("noop_with_empty_axes", 0) else axes or ()


def reduce(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Contract dimensions."""
    x, axes, keep = first(inputs), _axes(node, inputs), bool(node.get("keepdims", 1))
    x = steps.pointwise(tape, "aten.pow.Tensor_Scalar", x, 2) if node.op == "ReduceSumSquare" else x
    made = steps.reduce(tape, REDUCTIONS[node.op], x, axes, keep=keep) if axes else x
    return steps.pointwise(tape, "aten.log.default", made) if node.op == "ReduceLogSum" else made


def norm(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Contract dimensions to the norm of their vector."""
    x, keep = first(inputs), bool(node.get("keepdims", 1))
    axes = tuple(d % x.rank for d in _axes(node, inputs))
    shape = tuple(1 if d in axes else n for d, n in enumerate(x.shape) if keep or d not in axes)
    return tape.call("aten.linalg_vector_norm.default", [x, int(node.op[-1]), axes, keep], shape)


def cumulate(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Combine each position with all before it, or behind it; without its own where the node is exclusive."""
    x, axis = first(inputs), numbers(node, inputs, 1)
    if axis is None:
        raise Refusal(f"{node.op} {node.name} lacks its axis")
    at = int(axis.reshape(-1)[0]) % x.rank
    n = x.shape[at]
    x = steps.cut(tape, x, at, n - 1, -1, -1) if node.get("reverse", 0) else x
    x = tape.call(f"aten.{node.op.lower()}.default", [x, at], x.shape)
    if node.get("exclusive", 0):
        x = steps.pad(tape, steps.cut(tape, x, at, 0, n - 1), [(1, 0), *[(0, 0)] * (x.rank - 1 - at)])
    return steps.cut(tape, x, at, n - 1, -1, -1) if node.get("reverse", 0) else x


TABLE: Table = {
    **dict.fromkeys(REDUCTIONS, reduce),
    "ReduceL1": norm,
    "ReduceL2": norm,
    "CumSum": cumulate,
    "CumProd": cumulate,
}
