"""Elementwise operators, and the constants among their operands that hide something."""

from collections.abc import Callable
from functools import partial, reduce

import numpy as np

from rfa_report.core.recording import HIDDEN
from rfa_report.sources.onnx import steps
from rfa_report.sources.onnx.file import Node
from rfa_report.sources.onnx.operators.arguments import Inputs, Operator, Table, first, optional
from rfa_report.sources.onnx.tape import Numbers, Tape, Tensor
from rfa_report.sources.onnx.weights import DTYPES

UNARY = {
    "Abs": "abs", "Acos": "acos", "Acosh": "acosh", "Asin": "asin", "Asinh": "asinh", "Atan": "atan", "Atanh": "atanh",
    "BitwiseNot": "bitwise_not", "Ceil": "ceil", "Celu": "celu", "Cos": "cos", "Cosh": "cosh", "Elu": "elu",
    "Erf": "erf", "Exp": "exp", "FastGelu": "gelu", "Floor": "floor", "Gelu": "gelu", "HardSigmoid": "hardsigmoid",
    "HardSwish": "hardswish", "IsInf": "isinf", "IsNaN": "isnan", "LeakyRelu": "leaky_relu", "Log": "log",
    "Mish": "mish", "Neg": "neg", "Not": "logical_not", "QuickGelu": "gelu", "Reciprocal": "reciprocal",
    "Relu": "relu", "Round": "round", "Selu": "selu", "Shrink": "hardshrink", "Sigmoid": "sigmoid", "Sign": "sign",
    "Sin": "sin", "Sinh": "sinh", "Softplus": "softplus", "Softsign": "softsign", "Sqrt": "sqrt", "Swish": "silu",
    "Tan": "tan", "Tanh": "tanh", "ThresholdedRelu": "threshold",
}  # fmt: skip
"""Operators on one tensor, and what ATen calls them."""

BINARY = {
    "Add": "add", "And": "logical_and", "BiasGelu": "gelu", "BitShift": "bitwise_left_shift",
    "BitwiseAnd": "bitwise_and", "BitwiseOr": "bitwise_or", "BitwiseXor": "bitwise_xor", "Div": "div", "Equal": "eq",
    "Greater": "gt", "GreaterOrEqual": "ge", "Less": "lt", "LessOrEqual": "le", "Max": "maximum", "Mean": "add",
    "Min": "minimum", "Mod": "remainder", "Mul": "mul", "Or": "logical_or", "Pow": "pow", "Sub": "sub", "Sum": "add",
    "Xor": "logical_xor",
}  # fmt: skip
"""Operators on two tensors or more, and what ATen calls them for two."""

TRUTHS = frozenset(
    {"And", "Equal", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less", "LessOrEqual", "Not", "Or", "Xor"}
)
"""Operators that give true or false."""


def unary(name: str, tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Record an operator on one tensor."""
    dtype = "bool" if node.op in TRUTHS else None
    return steps.pointwise(tape, f"aten.{name}.default", first(inputs), dtype=dtype)


def binary(name: str, tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Record an operator on two tensors, once for each operand behind the first."""
    dtype = "bool" if node.op in TRUTHS else None
    operands = [x for x in inputs if x is not None]
    for x in operands:
        if not x.live and _hides(node.op, x):
            tape.keep(x)
    if len(operands) == 1:
        return operands[0]
    return reduce(lambda x, y: steps.pointwise(tape, f"aten.{name}.Tensor", x, y, dtype=dtype), operands)


def _hides(op: str, x: Tensor) -> bool:
    """Decide whether a constant is a mask: a factor of zeros and one other number, or terms that hide."""
    if op not in ("Mul", "Add", "Sum") or x.rank < 2 or all(n == 1 for n in x.shape[-2:]):
        return False
    numbers = x.look()
    if numbers is None or numbers.dtype.kind != "f":
        return False
    return bool((numbers <= HIDDEN).any()) if op != "Mul" else _chooses(numbers)


def _chooses(numbers: Numbers) -> bool:
    others = numbers[numbers != 0]
    return 0 < others.size < numbers.size and bool((others == others.flat[0]).all())


def where(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Choose, element by element."""
    condition, x, y = (first(inputs, i) for i in range(3))
    if not condition.live and condition.shape:
        tape.keep(condition, x, y)
    shape = steps.broadcast(condition.shape, x.shape, y.shape)
    return tape.call("aten.where.self", [condition, x, y], shape, dtype=x.dtype)


def clip(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Keep numbers between two bounds."""
    return steps.pointwise(tape, "aten.clamp.default", first(inputs), node.get("min", 0.0), node.get("max", 6.0))


def prelu(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Scale what is negative."""
    x, slope = first(inputs), first(inputs, 1)
    return tape.call("aten._prelu_kernel.default", [x, slope], steps.broadcast(x.shape, slope.shape))


def cast(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Change the type of elements, or how finely they are told apart."""
    x, to = first(inputs), node.get("to")
    dtype = DTYPES.get(to, "float32") if to else first(inputs, 1).dtype if node.op == "CastLike" else x.dtype
    return tape.call("aten._to_copy.default", [x], x.shape, dtype=dtype)


def quantise(tape: Tape, node: Node, inputs: Inputs) -> tuple[Tensor, ...]:
    """Round by a scale that is computed from the largest and the smallest element."""
    x = first(inputs)
    ends = [tape.call(f"aten.{name}.default", [x, tuple(range(x.rank)), False], ()) for name in ("amax", "amin")]
    scale = steps.pointwise(tape, "aten.sub.Tensor", *ends)
    return steps.pointwise(tape, "aten.div.Tensor", x, scale), scale, ends[1]


def same(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Hand on what is given, as dropout does in use."""
    return first(inputs)


def one_hot(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Compare each number with all that there are, in a new dimension."""
    x, depth = first(inputs), first(inputs, 1).look()
    count = 1 if depth is None else int(np.asarray(depth).reshape(-1)[0])
    at = node.get("axis", -1) % (x.rank + 1)
    numbers = Tensor((count, *(1,) * (x.rank - at)), x.dtype)
    return steps.pointwise(tape, "aten.eq.Tensor", steps.unsqueeze(tape, x, at), numbers, dtype="float32")


def quantised_pair(name: str, tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Join whole numbers that stand for real ones: each operand is followed by its scale and zero point."""
    return steps.pointwise(tape, f"aten.{name}.Tensor", first(inputs), first(inputs, 3))


def triangle(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Keep what lies above or below a diagonal."""
    x, k = first(inputs), optional(inputs, 1)
    known = None if k is None else k.look()
    diagonal = 0 if known is None else int(known.reshape(-1)[0])
    return tape.call(f"aten.{'triu' if node.get('upper', 1) else 'tril'}.default", [x, diagonal], x.shape)


def _named(function: Callable[..., Tensor], names: dict[str, str]) -> dict[str, Operator]:
    return {op: partial(function, name) for op, name in names.items()}


TABLE: Table = {
    **_named(unary, UNARY),
    **_named(binary, BINARY),
    **_named(quantised_pair, {"QLinearAdd": "add", "QLinearMul": "mul"}),
    **_named(unary, {"QLinearSigmoid": "sigmoid", "QLinearLeakyRelu": "leaky_relu"}),
    "Where": where,
    "Clip": clip,
    "PRelu": prelu,
    "OneHot": one_hot,
    "Trilu": triangle,
    "DynamicQuantizeLinear": quantise,
    **dict.fromkeys(("Cast", "CastLike", "QuantizeLinear", "DequantizeLinear", "BitCast"), cast),
    **dict.fromkeys(("Identity", "Dropout"), same),
}
