"""The numbers that nodes make of constants: the chains of shapes by numpy, all others by ONNX's own reference."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

from rfa_report.sources.onnx.file import Node
from rfa_report.sources.onnx.tape import Numbers, Tensor
from rfa_report.sources.onnx.weights import DTYPES

Fold: TypeAlias = Callable[[Node, Sequence[Any]], Any]


def computed(node: Node, inputs: Sequence[Tensor | None]) -> list[Numbers] | None:
    """Run a node on constants; None where the numbers of one are not known, or it cannot be run."""
    numbers = [None if x is None else x.look() for x in inputs]
    if any(x is not None and n is None for x, n in zip(inputs, numbers, strict=True)):
        return None
    fold = FOLDS.get(node.op) if node.domain == "" else None
    try:
        with np.errstate(all="ignore"):
            return _referred(node, numbers) if fold is None else [np.asarray(fold(node, numbers))]
    except Exception:  # whatever it raised, its numbers are not known
        return None


def _referred(node: Node, numbers: Sequence[Numbers | None]) -> list[Numbers]:
    value = onnx.helper.make_empty_tensor_value_info
    read, written = ([value(name) for name in names if name] for names in (node.inputs, node.outputs))
    graph = onnx.helper.make_graph([node.proto], "node", read, written)
    opset = onnx.helper.make_opsetid(node.domain, node.version)
    given = {name: n for name, n in zip(node.inputs, numbers, strict=True) if name}
    made = ReferenceEvaluator(onnx.helper.make_model(graph, opset_imports=[opset])).run(None, given)
    return [np.asarray(n) for n in made]


def _axes(node: Node, x: Sequence[Any]) -> tuple[int, ...]:
    given = node.get("axes") if "axes" in node.attributes else x[1]
    return tuple(int(n) for n in np.asarray(given).reshape(-1))


def _squeeze(node: Node, x: Sequence[Any]) -> Any:
    return np.squeeze(x[0], _axes(node, x) if "axes" in node.attributes or len(x) > 1 else None)


def _cast(node: Node, x: Sequence[Any]) -> Any:
    return x[0].astype(np.dtype(DTYPES[node.get("to")]))


def _div(node: Node, x: Sequence[Any]) -> Any:
    """Divide; whole numbers are rounded towards zero."""
    return np.trunc(x[0] / x[1]).astype(x[0].dtype) if x[0].dtype.kind in "iu" else x[0] / x[1]


def _slice(node: Node, x: Sequence[Any]) -> Any:
    if "starts" in node.attributes:
        starts, ends = node.get("starts"), node.get("ends")
        axes, steps = node.get("axes"), None
    else:
        starts, ends = (y.tolist() for y in x[1:3])
        axes, steps = (y if y is None else y.tolist() for y in (*x[3:5], None, None)[:2])
    places = [slice(None)] * x[0].ndim
    for at, axis in enumerate(axes or range(len(starts))):
        step = steps[at] if steps else 1
        end = None if step < 0 and ends[at] < -x[0].shape[axis] else ends[at]
        places[axis] = slice(starts[at], end, step)
    return x[0][tuple(places)]


def _reshape(node: Node, x: Sequence[Any]) -> Any:
    shape = [x[0].shape[d] if n == 0 and not node.get("allowzero", 0) else n for d, n in enumerate(x[1].tolist())]
    return x[0].reshape(shape)


def _filled(node: Node, x: Sequence[Any]) -> Any:
    value = node.get("value")
    return np.full(x[0].tolist(), np.float32(0) if value is None else value.look().reshape(-1)[0])


FOLDS: Mapping[str, Fold] = {
    "Add": lambda node, x: x[0] + x[1],
    "Cast": _cast,
    "Ceil": lambda node, x: np.ceil(x[0]),
    "Concat": lambda node, x: np.concatenate(x, node.get("axis", 0)),
    "ConstantOfShape": _filled,
    "Div": _div,
    "Equal": lambda node, x: np.equal(x[0], x[1]),
    "Expand": lambda node, x: np.broadcast_to(x[0], np.broadcast_shapes(x[0].shape, tuple(x[1].tolist()))),
    "Floor": lambda node, x: np.floor(x[0]),
    "Gather": lambda node, x: np.take(x[0], x[1], node.get("axis", 0)),
    "Mod": lambda node, x: (np.fmod if node.get("fmod", 0) else np.mod)(x[0], x[1]),
    "Mul": lambda node, x: x[0] * x[1],
    "Not": lambda node, x: np.logical_not(x[0]),
    "Range": lambda node, x: np.arange(*(n.item() for n in x), dtype=x[0].dtype),
    "Reshape": _reshape,
    "Shape": lambda node, x: np.array(x[0].shape[node.get("start", 0) : node.get("end", x[0].ndim)], dtype=np.int64),
    "Slice": _slice,
    "Squeeze": _squeeze,
    "Sub": lambda node, x: x[0] - x[1],
    "Transpose": lambda node, x: np.transpose(x[0], node.get("perm")),
    "Unsqueeze": lambda node, x: np.expand_dims(x[0], _axes(node, x)),
    "Where": lambda node, x: np.where(*x),
}
"""The operators of which chains of shapes are made."""
