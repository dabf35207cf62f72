"""Small steps that the functions of many operators take: views, broadcasts, elementwise calls."""

from collections.abc import Sequence
from math import prod

import numpy as np

from rfa_report.sources.onnx.tape import Piece, Refusal, Shape, Tape, Tensor


def view(tape: Tape, x: Tensor, shape: Sequence[int]) -> Tensor:
    """Reshape, row-major."""
    shape = tuple(shape)
    if prod(shape) != prod(x.shape):
        raise Refusal(f"reshapes {_by(x.shape)} to {_by(shape)}, which has another number of elements")
    return x if shape == x.shape else tape.call("aten.view.default", [x, shape], shape)


def permute(tape: Tape, x: Tensor, dims: Sequence[int]) -> Tensor:
    """Reorder dimensions."""
    order = tuple(d % x.rank for d in dims)
    if order == tuple(range(x.rank)):
        return x
    return tape.call("aten.permute.default", [x, order], tuple(x.shape[d] for d in order))


def expand(tape: Tape, x: Tensor, shape: Sequence[int]) -> Tensor:
    """Repeat dimensions of size 1 and prepend new ones."""
    shape = tuple(shape)
    return x if shape == x.shape else tape.call("aten.expand.default", [x, shape], shape)


def unsqueeze(tape: Tape, x: Tensor, dim: int) -> Tensor:
    """Insert a dimension of size 1."""
    at = dim % (x.rank + 1)
    return tape.call("aten.unsqueeze.default", [x, at], (*x.shape[:at], 1, *x.shape[at:]))


def squeeze(tape: Tape, x: Tensor, dims: Sequence[int]) -> Tensor:
    """Remove dimensions of size 1."""
    gone = tuple(sorted(d % x.rank for d in dims))
    shape = tuple(n for d, n in enumerate(x.shape) if d not in gone)
    return tape.call("aten.squeeze.dims", [x, gone], shape) if gone else x


def cut(tape: Tape, x: Tensor, dim: int, start: int, stop: int, step: int = 1) -> Tensor:
    """Take every `step`-th position from `start` up to `stop`, both within the dimension; downwards for a negative one.

    A negative step ends before `stop`, which is -1 where it takes the first position too.
    """
    count = len(range(start, stop, step))
    shape = (*x.shape[:dim], count, *x.shape[dim + 1 :])
    if (start, step, count) == (0, 1, x.shape[dim]):
        return x
    if step > 0 or count == 0:
        piece = tape.call("aten.slice.Tensor", [x, dim, start, max(stop, start), max(step, 1)], shape)
        if step == 1:
            tape.pieces[id(piece)] = Piece(piece, x, dim, start, start + count)
        return piece
    last = start + (count - 1) * step
    upwards = cut(tape, x, dim, last, start + 1, -step)
    return tape.call("aten.flip.default", [upwards, (dim,)], shape)


def cat(tape: Tape, parts: Sequence[Tensor], dim: int) -> Tensor:
    """Put tensors one behind another."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0].shape
    at = dim % len(first)
    for part in parts[1:]:
        if (*part.shape[:at], *part.shape[at + 1 :]) != (*first[:at], *first[at + 1 :]):
            raise Refusal(f"concatenates {_by(first)} and {_by(part.shape)}")
    shape = (*first[:at], sum(part.shape[at] for part in parts), *first[at + 1 :])
    return _rolled(tape, parts, at) or tape.call("aten.cat.default", [tuple(parts), at], shape)


def _rolled(tape: Tape, parts: Sequence[Tensor], dim: int) -> Tensor | None:
    """See whether the two pieces of one tensor have changed places: that is how exporters spell a rotation."""
    pieces = [piece for part in parts if (piece := tape.pieces.get(id(part)))]
    if len(parts) != 2 or len(pieces) != 2:
        return None
    end, start = pieces
    places = (end.dim, end.start, end.stop, start.dim, start.start)
    if start.whole is not end.whole or places != (dim, start.stop, end.whole.shape[dim], dim, 0):
        return None
    return tape.call("aten.roll.default", [end.whole, (-start.stop,), (dim,)], end.whole.shape)


def pad(tape: Tape, x: Tensor, amounts: Sequence[tuple[int, int]], value: float = 0.0) -> Tensor:
    """Put constants around the last dimensions; one pair of amounts for each of them."""
    if not any(map(any, amounts)):
        return x
    lead = x.rank - len(amounts)
    grown = (n + sum(pair) for n, pair in zip(x.shape[lead:], amounts, strict=True))
    flat = tuple(n for pair in reversed(amounts) for n in pair)
    return tape.call("aten.constant_pad_nd.default", [x, flat, value], (*x.shape[:lead], *grown))


def broadcast(*shapes: Shape) -> Shape:
    """Return the shape that shapes have together."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError as error:
        raise Refusal(f"joins {' and '.join(_by(shape) for shape in shapes)}, which do not fit together") from error


def pointwise(tape: Tape, op: str, *args: Tensor | float | None, dtype: str | None = None) -> Tensor:
    """Record an elementwise operator."""
    shape = broadcast(*(x.shape for x in args if isinstance(x, Tensor)))
    return tape.calling(op, args, [shape], dtype=dtype, pointwise=True)[0]


def reduce(tape: Tape, op: str, x: Tensor, dims: Sequence[int], *, keep: bool, dtype: str | None = None) -> Tensor:
    """Contract dimensions by an operator that takes them behind the tensor."""
    gone = tuple(d % x.rank for d in dims)
    shape = tuple(1 if d in gone else n for d, n in enumerate(x.shape) if keep or d not in gone)
    return tape.call(op, [x, gone, keep], shape, dtype=dtype)


def _by(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "a number"
