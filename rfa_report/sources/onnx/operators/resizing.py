"""Resizing and padding: by ATen's own operators where they read the same positions, else by tables of positions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rfa_report.sources.onnx import steps
from rfa_report.sources.onnx.file import DECLARED, Node
from rfa_report.sources.onnx.operators.arguments import Inputs, Table, first, numbers, whole
from rfa_report.sources.onnx.tape import Refusal, Tape, Tensor, constant

Places = NDArray[np.float64]

TORCH = frozenset({"half_pixel", "pytorch_half_pixel", "align_corners"})
"""Where ATen's interpolations put the centres of positions, too."""


def resize(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Resize to sizes, or by scales; a length that the file declares goes before one that is rounded down here.

    torch declares 53 where it shrinks 100 rows by 0.53; in float32 that is 52.99.
    """
    x = first(inputs)
    old = node.op == "Upsample" or node.version < 11
    scales = node.get("scales") if "scales" in node.attributes else numbers(node, inputs, 1 if old else 2)
    sizes = None if old else numbers(node, inputs, 3)
    axes = tuple(axis % x.rank for axis in node.get("axes") or range(x.rank))
    by = [1.0] * x.rank
    out = list(x.shape)
    if sizes is not None and sizes.size:
        for axis, n in zip(axes, sizes.tolist(), strict=True):
            out[axis], by[axis] = int(n), n / x.shape[axis]
        if (policy := node.get("keep_aspect_ratio_policy", "stretch")) != "stretch":
            one = (min if policy == "not_larger" else max)(by[axis] for axis in axes)
            for axis in axes:
                out[axis], by[axis] = int(np.floor(one * x.shape[axis] + 0.5)), one
    elif scales is not None:
        for axis, scale in zip(axes, np.asarray(scales, dtype=np.float32), strict=True):
            out[axis], by[axis] = int(np.floor(np.float32(x.shape[axis]) * scale)), float(scale)
        declared = node.get(DECLARED, ())
        if len(declared) == x.rank and all(0 <= n - m <= 1 for n, m in zip(declared, out, strict=True)):
            out = list(declared)
    if min(out) < 1:
        raise Refusal(f"{node.op} {node.name} gives an empty map")
    changed = [d for d in range(x.rank) if out[d] != x.shape[d] or by[d] != 1]
    if not changed:
        return x
    return _torch(tape, node, x, out, by, changed) or _tables(tape, node, x, out, by, changed, old=old)


def _centres(node: Node, n: int, size: int, scale: float, *, old: bool) -> Places:
    """Return where the centres of positions lie in the map that is resized."""
    at, ratio = np.arange(size, dtype=np.float64), 1 / scale
    mode = "asymmetric" if old else node.get("coordinate_transformation_mode", "half_pixel")
    if mode == "align_corners":
        return at * ((n - 1) / (size - 1) if size > 1 else 0)
    if mode == "asymmetric":
        return np.asarray(np.float32(at) * np.float32(ratio), dtype=np.float64)
    if mode == "pytorch_half_pixel" and size == 1:
        return np.zeros(1)
    if mode == "tf_half_pixel_for_nn":
        return (at + 0.5) * ratio
    middle = n / 2 * (1 - size / (n * scale)) if mode == "half_pixel_symmetric" else 0.0
    return np.asarray(np.float32(middle + (at + 0.5) * ratio - 0.5), dtype=np.float64)


def _nearest(node: Node, n: int, size: int, scale: float, *, old: bool) -> NDArray[np.intp]:
    at = _centres(node, n, size, scale, old=old)
    how = "floor" if old else node.get("nearest_mode", "round_prefer_floor")
    rounded = {
        "floor": np.floor(at),
        "ceil": np.ceil(at),
        "round_prefer_floor": np.ceil(at - 0.5),
        "round_prefer_ceil": np.floor(at + 0.5),
    }[how]
    return np.clip(rounded.astype(np.intp), 0, n - 1)


def _torch(
    tape: Tape, node: Node, x: Tensor, out: Sequence[int], by: Sequence[float], changed: Sequence[int]
) -> Tensor | None:
    """Record an operator of ATen's if it reads the same positions; None where none does."""
    mode, dims = node.get("mode", "nearest"), x.rank - 2
    where = node.get("coordinate_transformation_mode", "half_pixel")
    if dims not in (1, 2, 3) or min(changed) < 2:
        return None
    sizes, scales = tuple(out[2:]), tuple(by[2:])
    if mode == "nearest":
        old = node.op == "Upsample" or node.version < 11
        triples = list(zip(x.shape[2:], sizes, scales, strict=True))
        tables = [_nearest(node, n, size, scale, old=old) for n, size, scale in triples]
        for name, offset in ((f"upsample_nearest{dims}d", 0.0), (f"_upsample_nearest_exact{dims}d", 0.5)):
            theirs = [
                np.minimum(np.floor(np.float32(np.arange(size) + offset) * np.float32(1 / scale)), n - 1)
                for n, size, scale in triples
            ]
            if all(map(np.array_equal, tables, theirs)):
                return tape.call(f"aten.{name}.default", [x, sizes, *scales], tuple(out))
        return None
    if where not in TORCH or node.op == "Upsample" or node.version < 11:
        return None
    corners, antialias = where == "align_corners", bool(node.get("antialias", 0))
    if where == "pytorch_half_pixel" and 1 in sizes:
        return None
    names = {("linear", 1): "upsample_linear1d", ("linear", 2): "upsample_bilinear2d"}
    names |= {("linear", 3): "upsample_trilinear3d", ("cubic", 2): "upsample_bicubic2d"}
    name = names.get((mode, dims), "")
    if not name or (antialias and dims != 2):
        return None
    op = f"aten._{name}_aa.default" if antialias else f"aten.{name}.default"
    return tape.call(op, [x, sizes, corners, *scales], tuple(out))


def _tables(
    tape: Tape, node: Node, x: Tensor, out: Sequence[int], by: Sequence[float], changed: Sequence[int], *, old: bool
) -> Tensor:
    """Read the positions that each position is mixed from, one dimension after the other, and add them up."""
    mode = node.get("mode", "nearest")
    for dim in changed:
        n = x.shape[dim]
        if mode == "nearest":
            x = read(tape, x, dim, _nearest(node, n, out[dim], by[dim], old=old))
            continue
        centres = np.clip(_centres(node, n, out[dim], by[dim], old=old), 0, n - 1)
        reach = range(-1, 3) if mode == "cubic" else range(2)
        shrinking = max(1 / by[dim], 1.0) if node.get("antialias", 0) else 1.0
        if shrinking > 1:
            width = int(np.ceil(shrinking * (2 if mode == "cubic" else 1)))
            reach = range(1 - width, width + 1)
        parts = [read(tape, x, dim, np.clip(np.floor(centres).astype(np.intp) + step, 0, n - 1)) for step in reach]
        x = parts[0]
        for part in parts[1:]:
            x = steps.pointwise(tape, "aten.add.Tensor", x, part)
    return x


def read(tape: Tape, x: Tensor, dim: int, table: NDArray[np.intp]) -> Tensor:
    """Take positions along one dimension."""
    index = constant(table.astype(np.int64))
    tape.keep(index)
    shape = (*x.shape[:dim], len(table), *x.shape[dim + 1 :])
    return tape.call("aten.index_select.default", [x, dim, index], shape)


def pad(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Put a border around a map: a constant, the mirror image, the edge, or the other side."""
    x, mode = first(inputs), node.get("mode", "constant")
    flat = whole(node, inputs, "pads", 1) or ()
    axes = tuple(axis % x.rank for axis in whole(node, inputs, "axes", 3) or range(x.rank))
    amounts = [(0, 0)] * x.rank
    for i, axis in enumerate(axes):
        amounts[axis] = (flat[i], flat[i + len(axes)])
    lead = next((d for d, pair in enumerate(amounts) if any(pair)), x.rank)
    if mode == "constant":
        return steps.pad(tape, x, amounts[lead:], float(node.get("value", 0.0)))
    for d, pair in enumerate(amounts):
        x = steps.cut(tape, x, d, max(0, -pair[0]), x.shape[d] - max(0, -pair[1]))
    amounts = [(max(a, 0), max(b, 0)) for a, b in amounts]
    name = {"reflect": "reflection", "edge": "replication"}.get(mode, "")
    dims = max(x.rank - lead, 1)
    if not name or dims > 3:
        for d, (before, after) in enumerate(amounts):
            if before or after:
                x = read(tape, x, d, _bordered(mode, np.arange(-before, x.shape[d] + after), x.shape[d]))
        return x
    if mode == "reflect" and any(max(pair) >= n for pair, n in zip(amounts[lead:], x.shape[lead:], strict=True)):
        raise Refusal(f"{node.op} {node.name} mirrors more than there is")
    grown = (n + sum(pair) for n, pair in zip(x.shape[lead:], amounts[lead:], strict=True))
    args = [x, tuple(n for pair in reversed(amounts[lead:]) for n in pair)]
    return tape.call(f"aten.{name}_pad{dims}d.default", args, (*x.shape[:lead], *grown))


def _bordered(mode: str, places: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    if mode == "wrap":
        return places % n
    return np.clip(places, 0, n - 1) if mode == "edge" else n - 1 - np.abs(n - 1 - np.abs(places))


TABLE: Table = {"Resize": resize, "Upsample": resize, "Pad": pad}
