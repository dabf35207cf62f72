"""Small ONNX graphs, and what really reaches their outputs: onnxruntime runs them with one row of the input changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from rfa_report import sources
from rfa_report.analysis.propagate import Unknown, propagate
from rfa_report.core import bounds as b
from rfa_report.core.field import Field
from rfa_report.core.recording import Recording
from rfa_report.rules import BOOK

Reach = NDArray[np.int64]


@dataclass(slots=True)
class Net:
    """A graph that grows: a call adds a node and returns the name of its output; arrays become weights."""

    shape: tuple[int, ...]
    opset: int = 18
    nodes: list[Any] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)

    def __call__(self, op: str, *inputs: Any, outputs: int = 1, **attributes: Any) -> Any:
        names = [x or "" if isinstance(x, str | None) else self.weight(np.asarray(x)) for x in inputs]
        made = [f"{op.lower()}_{len(self.nodes)}_{i}" for i in range(outputs)]
        domain = attributes.pop("domain", "")
        self.nodes.append(onnx.helper.make_node(op, names, made, domain=domain, **attributes))
        return made[0] if outputs == 1 else made

    def weight(self, numbers: NDArray[Any]) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(onnx.numpy_helper.from_array(numbers, name))
        return name

    def model(self, output: str) -> Any:
        value = onnx.helper.make_tensor_value_info
        free: Any = [*self.shape[:2], *(f"d{i}" for i in range(len(self.shape) - 2))]
        graph = onnx.helper.make_graph(
            self.nodes,
            "small",
            [value("x", onnx.TensorProto.FLOAT, free)],
            [onnx.helper.make_empty_tensor_value_info(output)],
            self.weights,
        )
        opsets = [onnx.helper.make_opsetid("", self.opset), onnx.helper.make_opsetid("com.microsoft", 1)]
        return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=10)


@dataclass(frozen=True, slots=True)
class Row:
    """One graph: its name, the shape of its input, how it is built, and its opset.

    `hides` says that something is multiplied by zero, which NaN goes through.
    """

    name: str
    shape: tuple[int, ...]
    build: Callable[[Net, str], str]
    opset: int = 18
    hides: bool = False

    def model(self) -> Any:
        net = Net(self.shape, self.opset)
        return net.model(self.build(net, "x"))


def measured(model: Any, shape: Sequence[int], probes: Sequence[float]) -> list[Reach]:
    """Return, for each axis, first and last row that each element of the output depends on, (2, *output).

    The probes are added to a row: NaN, which arithmetic spreads, and large amounts, as pools let no NaN through.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def run(x: NDArray[np.float32]) -> NDArray[Any]:
        made: NDArray[Any] = session.run(None, {"x": x})[0]
        return made

    x = np.random.default_rng(0).uniform(0.5, 1.0, shape).astype(np.float32)
    base = run(x)
    found = []
    for axis in range(2, len(shape)):
        first = np.full(base.shape, -1, dtype=np.int64)
        last = first.copy()
        for row in range(shape[axis]):
            at = (slice(None),) * axis + (row,)
            changed = np.zeros(base.shape, dtype=bool)
            for probe in probes:
                other = x.copy()
                other[at] += np.float32(probe)
                changed |= run(other) != base
            first = np.where(changed & (first < 0), row, first)
            last = np.where(changed, row, last)
        found.append(np.stack([first, last]))
    return found


def recorded(model: Any, size: tuple[int, ...], folder: Path) -> Recording:
    """Record a model as the command line does: from its file."""
    path = folder / "net.onnx"
    onnx.save(model, str(path))
    return sources.resolve(str(path)).record(size)


def analysed(recording: Recording) -> list[Reach]:
    """Return the same of the analysis. Raises `LookupError` for an output that is not judged."""
    for states, _ in propagate(recording, BOOK):
        last = dict(states)
    (output,) = recording.outputs
    state = last.get(output)
    if isinstance(state, Unknown):
        raise LookupError(f"nobody knows {', '.join(state.ops)}")
    shape = recording.values[output].shape
    if not isinstance(state, Field):
        return [np.full((2, *shape), -1, dtype=np.int64)] * len(recording.resolution)
    found = []
    for axis in state.axes:
        first, negated = np.broadcast_to(axis.bounds[b.REACH], (2, *shape)).astype(np.int64)
        found.append(np.stack([np.where(first >= b.EMPTY, -1, first), np.where(first >= b.EMPTY, -1, -negated)]))
    return found
