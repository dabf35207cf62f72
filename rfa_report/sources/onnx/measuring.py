"""Run a node that has no rule in onnxruntime, where that is installed, to see what its outputs depend on."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from rfa_report.core.recording import Call, Recording
from rfa_report.core.subject import Changes
from rfa_report.sources.onnx.file import Node
from rfa_report.sources.onnx.weights import REAL

NODE = "node"
"""The argument of a recorded call that names its node, by the node's first output."""

MOST_ELEMENTS = 1_000_000_000
"""How many elements of operands and outputs may be computed to measure one operand of one call: some seconds."""

PROBES = (np.nan, 1e4, -1e4)
"""What is added to a slab."""


@dataclass(frozen=True, slots=True)
class Measurements:
    """Measurements of nodes, which are found by their first output."""

    nodes: Mapping[str, Node]
    opsets: Mapping[str, int]

    def __call__(self, recording: Recording, call: Call, value: int, dims: tuple[int, ...]) -> Changes | None:
        """See `core.subject.Measure`."""
        node = self.nodes.get(call.kwargs.get(NODE, ""))
        if node is None:
            return None
        try:
            import onnxruntime
        except ImportError:
            return None
        try:
            return _changes(onnxruntime, self.opsets, node, recording, call, value, dims)
        except Exception:  # a node that cannot be run like this is unknown, whatever it raised
            return None


def _changes(
    runtime: Any,
    opsets: Mapping[str, int],
    node: Node,
    recording: Recording,
    call: Call,
    value: int,
    dims: tuple[int, ...],
) -> Changes | None:
    names = dict(zip(call.inputs, (name for name in node.inputs if name), strict=True))
    given = {name: _operand(recording, v) for v, name in names.items()}
    shape = recording.values[value].shape
    slabs = list(product(*(range(shape[d]) for d in dims)))
    touched = sum(prod(recording.values[v].shape) for v in (*call.inputs, *call.outputs) if v is not None)
    if len(slabs) * len(PROBES) * touched > MOST_ELEMENTS or recording.values[value].dtype not in REAL:
        return None
    session = _session(runtime, opsets, node, given)
    base = session.run(None, given)
    again = session.run(None, given)
    if any(x.shape != recording.values[v].shape for x, v in zip(base, call.outputs, strict=True) if v is not None):
        return None
    if not all(map(np.array_equal, base, again)):
        return None
    changed = [np.zeros((len(slabs), *x.shape), dtype=bool) for x in base]
    original = given[names[value]]
    for index, slab in enumerate(slabs):
        at = [slice(None)] * len(shape)
        for d, position in zip(dims, slab, strict=True):
            at[d] = slice(position, position + 1)
        for probe in PROBES:
            given[names[value]] = original.copy()
            given[names[value]][tuple(at)] += probe
            for mask, before, after in zip(changed, base, session.run(None, given), strict=True):
                mask[index] |= before != after
    return tuple(changed)


def _operand(recording: Recording, number: int) -> NDArray[Any]:
    """Make up an operand: its own numbers where it is a known table, positive random ones where it is real."""
    if number in recording.tables:
        return recording.tables[number]
    value = recording.values[number]
    if value.dtype not in REAL:
        raise LookupError(f"value {number} has whole numbers that nobody knows")
    return np.random.default_rng(number).uniform(0.5, 1.5, value.shape).astype(value.dtype)


def _session(runtime: Any, opsets: Mapping[str, int], node: Node, given: Mapping[str, NDArray[Any]]) -> Any:
    kinds = {name: onnx.helper.np_dtype_to_tensor_dtype(x.dtype) for name, x in given.items()}
    ins = [onnx.helper.make_tensor_value_info(name, kinds[name], x.shape) for name, x in given.items()]
    outs = [onnx.helper.make_empty_tensor_value_info(name) for name in node.outputs if name]
    graph = onnx.helper.make_graph([node.proto], "node", ins, outs)
    versions = [onnx.helper.make_opsetid(domain, version) for domain, version in opsets.items()]
    model = onnx.helper.make_model(graph, opset_imports=versions, ir_version=10)
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    return runtime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
