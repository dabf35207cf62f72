"""Run a graph at a size: constants are computed, what depends on the input is recorded."""

from collections import ChainMap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import onnx

from rfa_report.core.errors import one_line
from rfa_report.core.inputs import AXES, Input
from rfa_report.core.recording import Recording
from rfa_report.sources.onnx.arithmetic import computed
from rfa_report.sources.onnx.biases import with_biases
from rfa_report.sources.onnx.boxes import Boxes
from rfa_report.sources.onnx.control import CONTROL, Item, Names
from rfa_report.sources.onnx.file import File, Function, Graph, Node, called, function_of
from rfa_report.sources.onnx.measuring import NODE
from rfa_report.sources.onnx.operators import operator_named
from rfa_report.sources.onnx.places import Place, Places, places
from rfa_report.sources.onnx.tape import BROKEN, Numbers, Refusal, Tape, Tensor, Unsupported, constant, lazily
from rfa_report.sources.onnx.weights import stated

MOST_CONSTANTS = 2**16
"""Elements up to which constants are computed at once; larger ones are when somebody asks for them."""


def runner(file: File) -> Callable[[tuple[int, ...], Sequence[Input]], Recording]:
    """Prepare a file to be recorded at any resolution."""
    nodes = with_biases(file.graph)
    return partial(_record, file, nodes, places(nodes))


def _record(
    file: File, nodes: Sequence[Node], placed: Places, size: tuple[int, ...], inputs: Sequence[Input]
) -> Recording:
    """Record a graph at a resolution; where it cannot be run at that, the recording ends there and says why."""
    graph = file.graph
    tape = Tape()
    boxes = Boxes(tape, placed, "Graph")
    run = _Run(file, tape, boxes)
    names: Names = dict(graph.weights)
    refusal, read, outputs, labels = None, list[int](), tuple[int, ...](), tuple[str, ...]()
    try:
        for one in inputs:
            tensor = _input(graph, one, size)
            names[tensor.name] = tensor
            read += [tape.value(tensor)] if tensor.live else []
        missing = [source.name for source in graph.inputs if source.name not in names]
        if missing:
            raise Refusal(f"the graph also takes {', '.join(missing)}; name all, as in --input {missing[0]}='1 l'")
        run.all(nodes, names)
        made = {name: x for name in graph.outputs if isinstance(x := names[name], Tensor) and x.live}
        outputs, labels = tuple(map(tape.value, made.values())), tuple(made) if len(graph.outputs) > 1 else ()
    except Refusal as why:
        refusal = one_line(why)
    tracked = [one for one in inputs if any(extent.axis for extent in one.extents)]
    scopes = boxes.closed()
    return Recording(
        tuple(tape.values),
        tuple(tape.calls),
        scopes,
        tuple(read),
        outputs,
        tape.tables,
        refusal,
        size=size,
        given=tuple(tracked[: len(read)]),
        names=labels,
    )


def _input(graph: Graph, one: Input, size: tuple[int, ...]) -> Tensor:
    """Make an input of the graph, meant by its name or its position. Raises `Refusal` where it does not fit."""
    named = {source.name: source for source in graph.inputs}
    numbered = {str(i): source for i, source in enumerate(graph.inputs)}
    source = named.get(one.name) or numbered.get(one.name)
    if source is None:
        raise Refusal(f"the graph has no input {one.name}, only {', '.join(named)}")
    axes, by = [extent.axis for extent in one.extents if extent.axis], "×".join(map(str, size))
    if not set(axes) <= set(AXES[len(size)]):
        raise Refusal(f"input {source.name} runs along {', '.join(axes)}, and {by} does not")
    shape = one.shape(size)
    if len(source.dims) != len(shape):
        dims = " ".join(str(n) if n else "?" for n in source.dims)
        raise Refusal(f"input {source.name} has the shape ({dims}) in the file, and {shape} is given")
    if any(isinstance(own, int) and own != n for n, own in zip(shape, source.dims, strict=True)):
        raise Refusal(
            f"the file was exported for inputs of {'×'.join(map(str, source.dims))} only, and accepts no {by}"
        )
    return Tensor(shape, source.dtype, bool(axes), "input" if axes else "constant", name=source.name)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run: the file, the tape, and the modules that are open."""

    file: File
    tape: Tape
    boxes: Boxes
    within: Place | None = None

    def all(self, nodes: Sequence[Node], names: Names) -> None:
        """Run nodes in their order."""
        for node in nodes:
            try:
                made = self._node(node, names)
            except BROKEN as error:
                raise Refusal(f"{node.op} {node.name} cannot be run at this size: {one_line(error)}") from error
            for name, item in zip(node.outputs, made, strict=False):
                if name:
                    names[name] = item

    def _node(self, node: Node, names: Names) -> Sequence[Item]:
        if node.op in CONTROL and node.domain == "":
            return CONTROL[node.op](self.tape, node, names, partial(self._inside, node, names))
        dangling = [name for name in node.inputs if name and name not in names]
        if dangling:
            raise Refusal(f"{node.op} {node.name} takes {dangling[0]}, which no node makes")
        items = [names[name] if name else None for name in node.inputs]
        inputs = [x if isinstance(x, Tensor) else None for x in items]
        if not any(x is not None and x.live for x in inputs):
            return self._constants(node, inputs)
        place = self._place(node)
        self.boxes.enter(place, max(x.rank for x in inputs if x is not None) - 2)
        made = replace(self, within=place).recorded(node, inputs)
        if made and all(x.live and x.rank > 2 and 0 in x.shape[1:] for x in made):
            shape = "×".join(map(str, made[0].shape))
            raise Refusal(f"{place.path or node.name or node.op} gives an empty map, {shape}")
        return made

    def _place(self, node: Node) -> Place:
        return self.within or self.boxes.places.nodes.get(id(node), Place())

    def _inside(self, node: Node, names: Names, graph: Graph, given: Sequence[Item]) -> list[Item]:
        """Run a graph within a node."""
        own: Names = ChainMap(dict(graph.weights), names)
        own.update(zip((source.name for source in graph.inputs), given, strict=False))
        replace(self, within=self._place(node)).all(graph.nodes, own)
        return [own[name] for name in graph.outputs]

    def recorded(self, node: Node, inputs: Sequence[Tensor | None]) -> Sequence[Tensor]:
        """Record a node by the function of its operator, by what the file or ONNX define it by, or by its name."""
        own = self.file.functions.get((node.domain, node.op))
        operator = operator_named(node.op, node.domain) if own is None else None
        if operator is not None:
            calls = len(self.tape.calls)
            try:
                made = operator(self.tape, node, inputs)
                return made if isinstance(made, tuple) else (made,)
            except Unsupported:
                del self.tape.calls[calls:]
        spelled = own or _definition(node, inputs)
        return self._called(spelled, node, inputs) if spelled else self._unknown(node, inputs)

    def _called(self, function: Function, node: Node, inputs: Sequence[Tensor | None]) -> Sequence[Tensor]:
        """Run the nodes that define an operator, as a part of the node that uses it."""
        names: Names = {name: x for name, x in zip(function.inputs, inputs, strict=False) if x is not None}
        known, nodes = set(names), []
        for inner in called(function, node, self.file.folder):
            nodes.append(replace(inner, inputs=tuple(name if name in known else "" for name in inner.inputs)))
            known.update(inner.outputs)
        self.all(nodes, names)
        return [x for name in function.outputs if isinstance(x := names.get(name), Tensor)]

    def _constants(self, node: Node, inputs: Sequence[Tensor | None]) -> Sequence[Tensor]:
        """Follow a node on which the input has no influence: its shapes, and its numbers when somebody asks."""
        if node.op == "Constant":
            return [stated(node.attributes)]
        present = [x for x in inputs if x is not None]
        if node.op in ("Identity", "Dropout"):
            return [replace(present[0], name=node.outputs[0])]
        learned = any(x.origin == "parameter" for x in present)
        if not learned and all(x.size <= MOST_CONSTANTS for x in present):
            numbers = computed(node, inputs)
            if numbers is not None:
                return [constant(n) for n in numbers]
        silent = replace(self, tape=Tape(silent=True), within=Place())
        compute = lazily(partial(computed, node, inputs))
        return [
            Tensor(x.shape, x.dtype, False, "parameter" if learned else "constant", partial(_one, compute, i))
            for i, x in enumerate(silent.recorded(node, inputs))
        ]

    def _unknown(self, node: Node, inputs: Sequence[Tensor | None]) -> Sequence[Tensor]:
        """Record an operator that nobody knows under its own name; its outputs are as declared, else like its input."""
        read = [x for x in inputs if x is not None]
        shapes = [self.file.graph.declared.get(name, read[0].shape) for name in node.outputs]
        self.tape.keep(*(x for x in read if x.origin != "parameter"))
        plain = {key: item for key, item in node.attributes.items() if isinstance(item, (int, float, str, tuple))}
        op = f"{(node.domain or 'onnx').replace('.', '_')}.{node.op}.default"
        return self.tape.calling(op, read, shapes, kwargs={**plain, NODE: node.outputs[0]})


def _one(compute: Callable[[], list[Numbers] | None], at: int) -> Numbers | None:
    made = compute()
    return None if made is None or at >= len(made) else made[at]


def _definition(node: Node, inputs: Sequence[Tensor | None]) -> Function | None:
    """Look up how ONNX defines an operator by others; None where it does not."""
    try:
        schema: Any = onnx.defs.get_schema(node.op, node.version, node.domain)
    except onnx.defs.SchemaError:
        return None
    if schema.has_function:
        proto = schema.function_body
    elif schema.has_context_dependent_function:
        types = [
            onnx.helper.make_tensor_type_proto(1, None if x is None else x.shape).SerializeToString() for x in inputs
        ]
        proto = onnx.FunctionProto()
        proto.ParseFromString(schema.get_context_dependent_function(node.proto.SerializeToString(), types))
    else:
        return None
    return function_of(proto, {node.domain: node.version}, [a.default_value for a in schema.attributes.values()])
