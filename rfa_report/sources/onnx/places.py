"""Where each node stands in the model: the module that it belongs to, and whether that module is one box."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from rfa_report.sources.onnx.attentions import attentions
from rfa_report.sources.onnx.file import Node

WEIGHTED = frozenset(
    {"Conv", "ConvTranspose", "FusedConv", "Gemm", "MatMul", "BatchNormalization", "LayerNormalization", "PRelu"}
    | {"InstanceNormalization", "GroupNormalization", "QLinearConv"}
)
"""Operators whose weight is named after their module."""

HEAVY = frozenset(
    {"Conv", "ConvTranspose", "FusedConv", "QLinearConv", "ConvInteger", "Gemm", "MatMul", "MatMulInteger", "Einsum"}
    | {"QLinearMatMul", "Attention", "LSTM", "GRU", "RNN", "MaxPool", "AveragePool", "GlobalAveragePool", "Softmax"}
)
"""Operators of which a box has one."""

MOVING = frozenset(
    {"Concat", "Constant", "Expand", "Flatten", "Gather", "Identity", "Reshape", "Shape", "Slice", "Split", "Squeeze"}
    | {"Transpose", "Unsqueeze"}
)
"""Operators that only rearrange: nobody draws a box around them."""

KINDS = {
    "Conv": "Conv{}d", "ConvTranspose": "ConvTranspose{}d", "MaxPool": "MaxPool{}d", "AveragePool": "AvgPool{}d",
    "GlobalAveragePool": "AdaptiveAvgPool{}d", "BatchNormalization": "BatchNorm{}d", "Gemm": "Linear",
    "MatMul": "Linear", "Relu": "ReLU", "Clip": "ReLU6", "Gelu": "GELU", "Erf": "GELU", "HardSwish": "Hardswish",
    "HardSigmoid": "Hardsigmoid", "LayerNormalization": "LayerNorm", "InstanceNormalization": "InstanceNorm{}d",
    "GroupNormalization": "GroupNorm", "LeakyRelu": "LeakyReLU", "PRelu": "PReLU", "Elu": "ELU",
}  # fmt: skip
"""What torch calls the module that an operator usually comes from; {} stands for the number of axes."""

WEIGHT = re.compile(r"(?P<path>[\w-]+(?:\.[\w-]+)*)\.(?:weight|bias|weight_quantized)")
AUTOMATIC = re.compile(r"(?:node_)?[A-Za-z0-9]+(?:_\w*)?|n?\d+|node_.*")
"""Names that exporters make up from an operator and a count."""

REPEATED = re.compile(r"(?P<path>.+)_\d+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands: the path of its module, or of the function of torch's that it is a part of.

    A `leaf` is drawn as one box. `kind` is empty where nothing tells what it is.
    """

    path: str = ""
    leaf: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """The place of each node, and the kinds of modules by path."""

    nodes: Mapping[int, Place]
    kinds: Mapping[str, str]


def places(nodes: Sequence[Node]) -> Places:
    """Find the place of each node."""
    kinds: dict[str, str] = {}
    for node in nodes:
        scopes, classes = _noted(node)
        kinds.update(zip(scopes[:-1], (name.rpartition(".")[2] for name in classes[:-1]), strict=False))
    paths = [_path(node) for node in nodes]
    whole = set(paths)
    paths = [_unrepeated(path, node, whole) for path, node in zip(paths, nodes, strict=True)]
    above = {prefix for path in paths for prefix in prefixes(path)[:-1]}
    crowded = set(_crowded(nodes, paths))
    found: dict[int, Place] = {}
    for (path, _), group in groupby(
        zip(paths, nodes, strict=True), key=lambda pair: (pair[0], _noted(pair[1])[0][-1:])
    ):
        members = [node for _, node in group]
        leaf = bool(path) and path not in above and path not in crowded
        place = Place(path, leaf, (kinds.get(path) or _kind(members)) if leaf else kinds.get(path, ""))
        function = _function(members[0])
        drawn = function == "linear" or (len(members) > 1 and any(node.op not in MOVING for node in members))
        if not leaf and function and drawn and path in (*kinds, ""):
            place = Place(f"{path}.{function}" if path else function, True, function)
        found.update(dict.fromkeys(map(id, members), place))
    for start, stop in attentions(nodes):
        own = found[id(nodes[stop])]
        if not own.leaf:
            place = Place(f"{own.path}.attention" if own.path else "attention", True, "attention")
            found.update(dict.fromkeys(map(id, nodes[start : stop + 1]), place))
    return Places(found, kinds)


def prefixes(path: str) -> list[str]:
    """List the paths of the modules that hold a module, outermost first, and its own last."""
    parts = path.split(".") if path else []
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


def _noted(node: Node) -> tuple[Sequence[str], Sequence[str]]:
    """Read the scopes that torch's exporter notes: paths of modules and, last, the name of the operator."""
    paths, classes = (node.notes.get(f"pkg.torch.onnx.{key}", "[]") for key in ("name_scopes", "class_hierarchy"))
    return _listed(paths), _listed(classes)


@lru_cache(maxsize=4096)
def _listed(text: str) -> tuple[str, ...]:
    """Read a list that is written as Python writes it; nothing else is one."""
    try:
        noted = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return ()
    return tuple(map(str, noted)) if isinstance(noted, list) else ()


def _scope(node: Node) -> Sequence[str]:
    """Return the name of the operator that a node is a part of, in a list."""
    return _noted(node)[0][-1:]


def _function(node: Node) -> str:
    """Name the function of torch's that a node is a part of, as in `scaled_dot_product_attention`."""
    scopes, classes = _noted(node)
    if not scopes or not classes:
        return ""
    name = classes[-1].split(".")[1] if classes[-1].count(".") else classes[-1]
    return "attention" if "attention" in name else name


def _path(node: Node) -> str:
    weights = (WEIGHT.fullmatch(name) for name in node.inputs[1:3])
    weight = next((match["path"] for match in weights if match), "") if node.op in WEIGHTED else ""
    scopes, _ = _noted(node)
    folded = "FuseBatchNorm" in node.notes.get("pkg.onnxscript.rewriter.rule_name", "")
    if scopes and not (folded and weight):
        return scopes[-2] if len(scopes) > 1 else ""
    if weight:
        return weight
    if "/" in node.name:
        return _joined([part for part in node.name.split("/")[:-1] if part])
    return "" if AUTOMATIC.fullmatch(node.name) or not node.name else node.name.replace(".", "_")


def _joined(parts: Sequence[str]) -> str:
    """Join the scopes in a node's name; a part may repeat the one before it, as `layer1/layer1.0` does."""
    path, before = "", ""
    for part in parts:
        if before and part.startswith(f"{before}."):
            path += part[len(before) :]
        else:
            path = f"{path}.{part}" if path else part
        before = part
    return path


def _unrepeated(path: str, node: Node, known: set[str]) -> str:
    """Take off the count that the older exporter gives to the second call of a module."""
    match = REPEATED.fullmatch(path)
    repeated = match and node.name.startswith("/") and match["path"] in known and node.op not in WEIGHTED
    return match["path"] if match and repeated else path


def _crowded(nodes: Sequence[Node], paths: Sequence[str]) -> Iterator[str]:
    """Yield the paths that hold several operators of which a box has one."""
    pairs = [pair for pair in zip(paths, nodes, strict=True) if pair[1].op != "Constant"]
    for path, group in groupby(pairs, key=lambda pair: pair[0]):
        if sum(node.op in HEAVY for _, node in group) > 1:
            yield path


def _kind(nodes: Sequence[Node]) -> str:
    """Guess what a module is from its nodes; empty axes are filled in when they are known."""
    ops = [node.op for node in nodes]
    head = next((node for node in nodes if node.op in HEAVY), None)
    if head is not None:
        pads = head.get("pads") or ()
        half = len(pads) // 2
        uneven = head.get("auto_pad", "NOTSET").startswith("SAME") or tuple(pads[:half]) != tuple(pads[half:])
        return head.op if uneven else KINDS.get(head.op, head.op)
    if "Sigmoid" in ops and "Mul" in ops:
        return "SiLU"
    if "HardSigmoid" in ops and "Mul" in ops:
        return "Hardswish"
    if "ReduceMean" in ops and "Sqrt" in ops:
        return "LayerNorm"
    return next((KINDS[op] for op in ops if op in KINDS), ops[-1])
