"""What a node is called with: attributes in older opsets, constant inputs in newer ones."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from rfa_report.sources.onnx.file import Node
from rfa_report.sources.onnx.tape import Numbers, Refusal, Tape, Tensor

Inputs: TypeAlias = Sequence[Tensor | None]
Operator: TypeAlias = Callable[[Tape, Node, Inputs], "Tensor | tuple[Tensor, ...]"]
"""Records what a node does, and returns its outputs."""

Table: TypeAlias = dict[str, Operator]


def numbers(node: Node, inputs: Inputs, at: int) -> Numbers | None:
    """Return the numbers of an input; None where it is left out. Raises `Refusal` where nobody knows them."""
    tensor = optional(inputs, at)
    if tensor is None:
        return None
    known = tensor.look()
    if known is None:
        raise Refusal(f"{node.op} {node.name} takes {node.inputs[at]}, whose numbers are not known")
    return known


def whole(node: Node, inputs: Inputs, name: str, at: int) -> tuple[int, ...] | None:
    """Return whole numbers, from the attribute or from the input; None where neither is there."""
    if name in node.attributes:
        given = node.attributes[name]
        return (given,) if isinstance(given, int) else tuple(given)
    known = numbers(node, inputs, at)
    return None if known is None else tuple(int(n) for n in known.reshape(-1))


def optional(inputs: Inputs, at: int) -> Tensor | None:
    """Return an input, None where it is left out."""
    return inputs[at] if at < len(inputs) else None


def first(inputs: Inputs, at: int = 0) -> Tensor:
    """Return an input that must be there."""
    tensor = optional(inputs, at)
    if tensor is None:
        raise Refusal(f"a node lacks its input {at}")
    return tensor


def spread(value: Any, count: int, default: int) -> tuple[int, ...]:
    """Spell out an attribute for all spatial dimensions."""
    return tuple(value) if value else (default,) * count
