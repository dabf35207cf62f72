"""A product with a matrix of weights and the sum with a bias behind it are one linear layer."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from rfa_report.sources.onnx.file import Graph, Node

PASSING = frozenset({"Transpose", "Identity", "Cast", "DequantizeLinear"})


def with_biases(graph: Graph) -> tuple[Node, ...]:
    """Give each product its bias as a third input, where nothing else reads the product."""
    matrices = {name for name, weight in graph.weights.items() if weight.rank == 2}
    vectors = {name for name, weight in graph.weights.items() if weight.rank == 1}
    for node in graph.nodes:
        for names in (matrices, vectors):
            if node.op in PASSING and names.issuperset(node.inputs[:1]):
                names.update(node.outputs)
    readers = Counter(name for node in graph.nodes for name in node.inputs)
    readers.update(graph.outputs)
    sums = {
        product: (node, bias)
        for node in graph.nodes
        if node.op == "Add" and len(node.inputs) == 2
        for product, bias in (node.inputs, node.inputs[::-1])
        if bias in vectors and readers[product] == 1
    }
    return tuple(_joined(graph, matrices, sums))


def _joined(graph: Graph, matrices: set[str], sums: dict[str, tuple[Node, str]]) -> Iterator[Node]:
    gone: set[int] = set()
    for node in graph.nodes:
        if id(node) in gone:
            continue
        weighted = node.op == "MatMul" and matrices.issuperset(node.inputs[1:])
        behind = sums.get(node.outputs[0]) if weighted else None
        if behind is None:
            yield node
            continue
        gone.add(id(behind[0]))
        yield replace(node, inputs=(*node.inputs, behind[1]), outputs=behind[0].outputs)
