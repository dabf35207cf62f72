"""Operators that rearrange elements: reshape, transpose, cut, put together."""

from math import prod

from rfa_report.sources.onnx import steps
from rfa_report.sources.onnx.file import Node
from rfa_report.sources.onnx.operators.arguments import Inputs, Table, first, numbers, whole
from rfa_report.sources.onnx.tape import Refusal, Tape, Tensor, constant


def reshape(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Reshape: 0 keeps a dimension, -1 takes what is left."""
    x, wanted = first(inputs), whole(node, inputs, "shape", 1) or ()
    shape = list(wanted)
    if not node.get("allowzero", 0):
        shape = [x.shape[d] if n == 0 and d < x.rank else n for d, n in enumerate(shape)]
    if -1 in shape:
        others = prod(n for n in shape if n != -1)
        shape[shape.index(-1)] = prod(x.shape) // max(others, 1)
    return steps.view(tape, x, shape)


def flatten(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Make a matrix of a tensor."""
    x = first(inputs)
    axis = node.get("axis", 1)
    axis = axis + x.rank if axis < 0 else axis
    return steps.view(tape, x, (prod(x.shape[:axis]), prod(x.shape[axis:])))


def transpose(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Reorder dimensions, without an order turn them around."""
    x = first(inputs)
    return steps.permute(tape, x, node.get("perm") or range(x.rank)[::-1])


def squeeze(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Remove dimensions of size 1."""
    x, axes = first(inputs), whole(node, inputs, "axes", 1)
    gone = [d for d, n in enumerate(x.shape) if n == 1] if axes is None else axes
    if any(x.shape[d] != 1 for d in gone):
        raise Refusal(f"{node.op} {node.name} removes a dimension that is longer than 1")
    return steps.squeeze(tape, x, gone)


def unsqueeze(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Insert dimensions of size 1, each where it stands in the result."""
    x, axes = first(inputs), whole(node, inputs, "axes", 1) or ()
    for axis in sorted(axis % (x.rank + len(axes)) for axis in axes):
        x = steps.unsqueeze(tape, x, axis)
    return x


def expand(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Repeat dimensions of size 1."""
    x = first(inputs)
    return steps.expand(tape, x, steps.broadcast(x.shape, whole(node, inputs, "shape", 1) or ()))


def tile(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Repeat dimensions."""
    x, repeats = first(inputs), whole(node, inputs, "repeats", 1) or ()
    return tape.call("aten.repeat.default", [x, repeats], tuple(n * t for n, t in zip(x.shape, repeats, strict=True)))


def concat(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Put tensors one behind another."""
    return steps.cat(tape, [x for x in inputs if x is not None], node.get("axis", 1))


def split(tape: Tape, node: Node, inputs: Inputs) -> tuple[Tensor, ...]:
    """Cut a dimension into pieces, equal ones unless told otherwise."""
    x, count = first(inputs), len(node.outputs)
    at = node.get("axis", 0) % x.rank
    n = x.shape[at]
    chunk = -(-n // count)
    sizes = whole(node, inputs, "split", 1) or (*(chunk,) * (count - 1), n - chunk * (count - 1))
    if sum(sizes) != n or min(sizes) < 0:
        raise Refusal(f"{node.op} {node.name} cuts {n} positions into {', '.join(map(str, sizes))}")
    shapes = [(*x.shape[:at], size, *x.shape[at + 1 :]) for size in sizes]
    return tape.calling("aten.split_with_sizes.default", [x, sizes, at], shapes)


def slice_(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Take positions by start, end and step; a negative step goes downwards."""
    x = first(inputs)
    starts, ends = (whole(node, inputs, name, at) or () for at, name in ((1, "starts"), (2, "ends")))
    axes = whole(node, inputs, "axes", 3) or tuple(range(len(starts)))
    steps_ = whole(node, inputs, "steps", 4) or (1,) * len(starts)
    for start, end, axis, step in zip(starts, ends, axes, steps_, strict=True):
        at = axis % x.rank
        x = steps.cut(tape, x, at, *slice(start, _end(end, step, x.shape[at]), step).indices(x.shape[at]))
    return x


def _end(end: int, step: int, n: int) -> int | None:
    """Return where Python would end: what is below the first position ends a way downwards behind it."""
    return None if step < 0 and end < -n else end


def depth_to_space(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Move channels into space; in the mode DCR channels come in another order first."""
    x, r = first(inputs), node.get("blocksize", 1)
    n, c, h, w = x.shape
    if node.get("mode", "DCR") == "DCR":
        apart = steps.view(tape, x, (n, r * r, c // (r * r), h, w))
        x = steps.view(tape, steps.permute(tape, apart, (0, 2, 1, 3, 4)), (n, c, h, w))
    return tape.call("aten.pixel_shuffle.default", [x, r], (n, c // (r * r), h * r, w * r))


def space_to_depth(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Move space into channels, the places within a block outermost."""
    x, r = first(inputs), node.get("blocksize", 1)
    n, c, h, w = x.shape
    moved = tape.call("aten.pixel_unshuffle.default", [x, r], (n, c * r * r, h // r, w // r))
    apart = steps.view(tape, moved, (n, c, r * r, h // r, w // r))
    return steps.view(tape, steps.permute(tape, apart, (0, 2, 1, 3, 4)), moved.shape)


def shape(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Say how large a tensor is: a constant, whatever is in it."""
    x = first(inputs)
    return constant(list(x.shape[node.get("start", 0) : node.get("end", x.rank)]))


def size(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Say how many elements a tensor has."""
    return constant(prod(first(inputs).shape))


def reverse_sequence(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Turn a dimension around, where the whole of it is in use."""
    x, at = first(inputs), node.get("time_axis", 0)
    lengths = numbers(node, inputs, 1)
    if lengths is None or bool((lengths != x.shape[at]).any()):
        raise Refusal(f"{node.op} {node.name} turns sequences of different lengths around")
    return steps.cut(tape, x, at, x.shape[at] - 1, -1, -1)


TABLE: Table = {
    "Reshape": reshape,
    "Flatten": flatten,
    "Transpose": transpose,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Expand": expand,
    "Tile": tile,
    "Concat": concat,
    "QLinearConcat": lambda tape, node, inputs: concat(tape, node, inputs[2::3]),
    "Split": split,
    "Slice": slice_,
    "DepthToSpace": depth_to_space,
    "SpaceToDepth": space_to_depth,
    "Shape": shape,
    "Size": size,
    "ReverseSequence": reverse_sequence,
}
