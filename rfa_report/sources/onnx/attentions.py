"""Attention that torch's older exporter has spelled out: scaled queries and keys, softmax, the weighted sum."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rfa_report.sources.onnx.file import Node

MOVING = frozenset({"Transpose", "Cast"})
"""What may stand between a scaled factor and the product."""

WITHIN = frozenset({"Add", "Cast", "Dropout", "Identity", "Where"})
"""What may stand between a product and the softmax, and between that and the next product."""


def attentions(nodes: Sequence[Node]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last node of each attention.

    Both factors of the scores are scaled, each by the root: nobody writes that but `scaled_dot_product_attention`.
    """
    maker = {name: at for at, node in enumerate(nodes) for name in node.outputs}
    readers: dict[str, list[int]] = {}
    for at, node in enumerate(nodes):
        for name in node.inputs:
            readers.setdefault(name, []).append(at)
    for node in nodes:
        if node.op != "Softmax":
            continue
        scores, shares = _scores(nodes, maker, node), _shares(nodes, readers, node)
        if scores is None or shares is None:
            continue
        scaled = [_scaled(nodes, maker, name) for name in nodes[scores].inputs]
        starts = [start for start in scaled if start is not None]
        if len(starts) == 2 and Counter(n.op for n in nodes[min(starts) : shares + 1])["MatMul"] == 2:
            yield min(starts), shares


def _scores(nodes: Sequence[Node], maker: Mapping[str, int], softmax: Node) -> int | None:
    """Find the product that a softmax is taken of."""
    waiting = [softmax.inputs[0]]
    while waiting:
        at = maker.get(waiting.pop())
        if at is not None and nodes[at].op == "MatMul":
            return at
        if at is not None and nodes[at].op in WITHIN:
            waiting += nodes[at].inputs
    return None


def _shares(nodes: Sequence[Node], readers: Mapping[str, list[int]], softmax: Node) -> int | None:
    """Find the product that takes what a softmax gives."""
    waiting = [softmax.outputs[0]]
    while waiting:
        for at in readers.get(waiting.pop(), ()):
            if nodes[at].op == "MatMul":
                return at
            if nodes[at].op in WITHIN:
                waiting.append(nodes[at].outputs[0])
    return None


def _scaled(nodes: Sequence[Node], maker: Mapping[str, int], name: str) -> int | None:
    """Find where a factor was scaled; None where it was not."""
    at = maker.get(name)
    while at is not None and nodes[at].op in MOVING:
        at = maker.get(nodes[at].inputs[0])
    return at if at is not None and nodes[at].op in ("Mul", "Div") else None
