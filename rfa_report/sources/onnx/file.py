"""An ONNX file as plain data: nodes, inputs, outputs, and weights that nobody has read yet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import onnx

from rfa_report.core.errors import ModelError, SpecError, one_line
from rfa_report.sources.onnx.tape import Tensor
from rfa_report.sources.onnx.weights import DTYPES, stored

OLDEST = 7
"""The first opset in which shapes broadcast as they do today."""

DECLARED = "declared"
"""The attribute, none of ONNX's, that has the shape that a file promises of a node's output."""

DOMAINS = {"ai.onnx": ""}
"""Other names of the domain of ONNX's own operators."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One node. `version` is that of its domain's opset, `proto` the node as it stands in the file."""

    op: str
    domain: str
    version: int
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    notes: Mapping[str, str]
    proto: Any

    def get(self, name: str, default: Any = None) -> Any:
        """Return an attribute."""
        return self.attributes.get(name, default)


@dataclass(frozen=True, slots=True)
class Given:
    """An input: for each dimension its length, or the name that the file has for it, empty where it has none."""

    name: str
    dims: tuple[int | str, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph, of the file or of a branch or loop in it; `declared` has the shapes that the file promises."""

    inputs: tuple[Given, ...]
    outputs: tuple[str, ...]
    nodes: tuple[Node, ...]
    weights: Mapping[str, Tensor]
    declared: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Function:
    """An operator that is defined by others; `defaults` has the attributes that a call may leave out."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    nodes: tuple[Any, ...]
    opsets: Mapping[str, int]
    defaults: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class File:
    """What an ONNX file holds."""

    graph: Graph
    functions: Mapping[tuple[str, str], Function]
    opsets: Mapping[str, int]
    folder: Path


def read(path: Path) -> File:
    """Read a file, its weights not yet. Raises `SpecError` where there is none, `ModelError` for one that is broken."""
    if not path.is_file():
        raise SpecError(f"there is no file {path}", "give the path relative to the folder you are in")
    try:
        model = onnx.load(str(path), load_external_data=False)
    except Exception as error:  # whatever its parser raised
        raise ModelError(f"{path} is no ONNX file, or a part of one: {one_line(error)}", "export it again") from error
    if not model.graph.node:
        raise ModelError(f"{path} holds no graph", "export it again")
    opsets = {DOMAINS.get(o.domain, o.domain): o.version for o in model.opset_import}
    newest = onnx.defs.onnx_opset_version()
    if not OLDEST <= opsets.get("", newest) <= newest:
        raise ModelError(
            f"{path} is written in opset {opsets['']}, and {OLDEST} to {newest} are known here",
            "update onnx with pip install -U onnx"
            if opsets[""] > newest
            else "convert it with onnx.version_converter.convert_version",
        )
    functions = {(f.domain, f.name): function_of(f, opsets, f.attribute_proto) for f in model.functions}
    return File(graph_of(model.graph, opsets, path.resolve().parent), functions, opsets, path.resolve().parent)


def graph_of(proto: Any, opsets: Mapping[str, int], folder: Path) -> Graph:
    """Read a graph. Raises `ModelError` for one with a cycle, or a weight that lies where it must not."""
    weights = {t.name: stored(t, folder) for t in proto.initializer}
    nodes = nodes_of(proto.node, opsets, folder)
    declared = {
        v.name: tuple(d.dim_value for d in v.type.tensor_type.shape.dim)
        for v in (*proto.value_info, *proto.output)
        if v.type.tensor_type.HasField("shape") and all(d.dim_value > 0 for d in v.type.tensor_type.shape.dim)
    }
    inputs = tuple(_given(v) for v in proto.input if v.name not in weights)
    nodes = tuple(_promised(node, declared) for node in nodes)
    return Graph(inputs, tuple(v.name for v in proto.output), nodes, weights, declared)


def _promised(node: Node, declared: Mapping[str, tuple[int, ...]]) -> Node:
    """Note the shape that a file promises of a map that is resized by scales: rounding alone does not tell it."""
    if node.op != "Resize" or node.outputs[0] not in declared:
        return node
    return replace(node, attributes={**node.attributes, DECLARED: declared[node.outputs[0]]})


def nodes_of(protos: Sequence[Any], opsets: Mapping[str, int], folder: Path) -> tuple[Node, ...]:
    """Read nodes, in an order in which each has its inputs. Raises `ModelError` where there is none."""
    nodes = tuple(_node(proto, opsets, folder) for proto in protos)
    made: set[str] = {name for node in nodes for name in node.outputs}
    done: set[str] = set()
    for node in nodes:
        if any(name in made and name not in done for name in node.inputs):
            return _sorted(nodes)
        done.update(node.outputs)
    return nodes


def _sorted(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    maker = {name: at for at, node in enumerate(nodes) for name in node.outputs if name}
    before = {at: [maker[name] for name in node.inputs if name in maker] for at, node in enumerate(nodes)}
    try:
        return tuple(nodes[at] for at in TopologicalSorter(before).static_order())
    except CycleError as error:
        names = " → ".join(nodes[at].name or nodes[at].op for at in error.args[1])
        raise ModelError(f"the graph goes in a circle: {names}", "export it again") from error


def _node(proto: Any, opsets: Mapping[str, int], folder: Path) -> Node:
    domain = DOMAINS.get(proto.domain, proto.domain)
    attributes = {a.name: _attribute(a, opsets, folder) for a in proto.attribute if not a.ref_attr_name}
    notes = {entry.key: entry.value for entry in proto.metadata_props}
    named = (proto.op_type, domain, opsets.get(domain, 1), proto.name)
    return Node(*named, tuple(proto.input), tuple(proto.output), attributes, notes, proto)


def _attribute(proto: Any, opsets: Mapping[str, int], folder: Path) -> Any:
    if proto.type == onnx.AttributeProto.GRAPH:
        return graph_of(proto.g, opsets, folder)
    if proto.type == onnx.AttributeProto.TENSOR:
        return stored(proto.t, folder)
    value = onnx.helper.get_attribute_value(proto)
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return tuple(value) if proto.type in (onnx.AttributeProto.INTS, onnx.AttributeProto.FLOATS) else value


def _given(proto: Any) -> Given:
    kind = proto.type.tensor_type
    dims = tuple(d.dim_value if d.HasField("dim_value") and d.dim_value > 0 else d.dim_param for d in kind.shape.dim)
    return Given(proto.name, dims, DTYPES.get(kind.elem_type, "float32"))


def function_of(proto: Any, opsets: Mapping[str, int], defaults: Iterable[Any]) -> Function:
    """Read the definition of an operator; `defaults` are attributes, those without a value left out."""
    own = {DOMAINS.get(o.domain, o.domain): o.version for o in proto.opset_import}
    values = {a.name: _attribute(a, opsets, Path()) for a in defaults if a.type}
    return Function(tuple(proto.input), tuple(proto.output), tuple(proto.node), {**opsets, **own}, values)


def called(function: Function, node: Node, folder: Path) -> tuple[Node, ...]:
    """Spell out a call of a function: its nodes, with the attributes of the call put in."""
    return tuple(_bodies(function, node, folder))


def _bodies(function: Function, node: Node, folder: Path) -> Iterator[Node]:
    for inner in nodes_of(function.nodes, function.opsets, folder):
        referred = {a.name: a.ref_attr_name for a in inner.proto.attribute if a.ref_attr_name}
        if not referred:
            yield inner
            continue
        given = {**function.defaults, **node.attributes}
        passed = {key: given[name] for key, name in referred.items() if name in given}
        yield replace(inner, attributes={**inner.attributes, **passed})
