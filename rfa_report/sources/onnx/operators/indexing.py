"""Reading and writing at positions: tables that are constants are kept, others are computed from the input."""

from collections.abc import Sequence

import numpy as np

from rfa_report.sources.onnx import steps
from rfa_report.sources.onnx.file import Node
from rfa_report.sources.onnx.operators.arguments import Inputs, Table, first, numbers, whole
from rfa_report.sources.onnx.tape import Numbers, Tape, Tensor, Unsupported, constant


def gather(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Take the positions along one dimension that a table names."""
    x, index = first(inputs), first(inputs, 1)
    at = node.get("axis", 0) % x.rank
    shape = (*x.shape[:at], *index.shape, *x.shape[at + 1 :])
    table = None if index.live else index.look()
    if table is None:
        if at == 0 and x.rank == 2:
            return tape.call("aten.embedding.default", [x, index], shape)
        return tape.call("aten.index.Tensor", [x, (*(None,) * at, index)], shape, dtype=x.dtype)
    if index.rank == 0:
        return tape.call("aten.select.int", [x, at, int(table) % x.shape[at]], shape)
    if index.rank == 1 and _even(table):
        first_, step = int(table[0]) % x.shape[at], int(table[1] - table[0]) if len(table) > 1 else 1
        return steps.cut(tape, x, at, first_, first_ + step * len(table), step)
    kept = _table(tape, table)
    if index.rank == 1:
        return tape.call("aten.index_select.default", [x, at, kept], shape)
    return tape.call("aten.index.Tensor", [x, (*(None,) * at, kept)], shape)


def _even(table: Numbers) -> bool:
    """Decide whether a table goes upwards in even steps: it is a slice."""
    gaps = set(np.diff(table).tolist())
    return len(table) > 0 and int(table[0]) >= 0 and len(gaps) <= 1 and min(gaps, default=1) > 0


def _table(tape: Tape, numbers_: Numbers) -> Tensor:
    kept = constant(np.asarray(numbers_).astype(np.int64))
    tape.keep(kept)
    return kept


def _columns(tape: Tape, index: Tensor, *, batch: int = 0) -> tuple[Tensor, ...]:
    """Split a table of places into one table for each dimension. Raises `Unsupported` where nobody knows it."""
    table = None if index.live else index.look()
    if table is None:
        raise Unsupported
    grids: Sequence[Numbers] = np.indices(table.shape[:-1], sparse=True)[:batch]
    spelled = [np.broadcast_to(grid, table.shape[:-1]) for grid in grids]
    return tuple(_table(tape, column) for column in (*spelled, *np.moveaxis(table, -1, 0)))


def gather_nd(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Take the elements at places that a table names."""
    x, index, batch = first(inputs), first(inputs, 1), node.get("batch_dims", 0)
    shape = (*index.shape[:-1], *x.shape[batch + index.shape[-1] :])
    return tape.call("aten.index.Tensor", [x, _columns(tape, index, batch=batch)], shape)


def gather_elements(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Take, for each element of a table, the position that it names along one dimension."""
    x, index = first(inputs), first(inputs, 1)
    tape.keep(index)
    return tape.call("aten.gather.default", [x, node.get("axis", 0) % x.rank, index], index.shape)


def scatter_elements(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Write, for each element of a table, at the position that it names along one dimension."""
    x, index, source = (first(inputs, i) for i in range(3))
    tape.keep(index)
    how = node.get("reduction", "none")
    op = {"none": "aten.scatter.src", "add": "aten.scatter_add.default"}.get(how, "aten.scatter_reduce.two")
    args = [x, node.get("axis", 0) % x.rank, index, source]
    return tape.call(op, args if how in ("none", "add") else [*args, how], x.shape)


def scatter_nd(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Write at places that a table names."""
    x, index, source = (first(inputs, i) for i in range(3))
    columns = _columns(tape, index)
    accumulate = node.get("reduction", "none") != "none"
    return tape.call("aten.index_put.default", [x, columns, source, accumulate], x.shape)


def top_k(tape: Tape, node: Node, inputs: Inputs) -> tuple[Tensor, ...]:
    """Take the largest elements of a dimension, and say where they were."""
    x, k = first(inputs), (whole(node, inputs, "k", 1) or (1,))[0]
    at = node.get("axis", -1) % x.rank
    shape = (*x.shape[:at], k, *x.shape[at + 1 :])
    return tape.calling("aten.topk.default", [x, k, at], [shape, shape])


def arg(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Say where the largest or the smallest element of a dimension is."""
    x, keep = first(inputs), bool(node.get("keepdims", 1))
    at = node.get("axis", 0) % x.rank
    shape = tuple(1 if d == at else n for d, n in enumerate(x.shape) if keep or d != at)
    return tape.call(f"aten.{node.op.lower()}.default", [x, at, keep], shape, dtype="int64")


def non_zero(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """List the places of what is not zero: one stands for all that there may be."""
    x = first(inputs)
    return tape.call("aten.nonzero.default", [x], (max(x.rank, 1), 1), dtype="int64")


def suppress(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Choose boxes: one stands for all that there may be."""
    return tape.call("torchvision.nms.default", [first(inputs), first(inputs, 1)], (1, 3), dtype="int64")


def compress(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Keep the positions for which a constant says so."""
    x, kept = first(inputs), numbers(node, inputs, 1)
    if "axis" not in node.attributes or kept is None:
        raise Unsupported
    return _select(tape, x, node.get("axis") % x.rank, np.flatnonzero(kept))


def _select(tape: Tape, x: Tensor, at: int, table: Numbers) -> Tensor:
    shape = (*x.shape[:at], len(table), *x.shape[at + 1 :])
    return tape.call("aten.index_select.default", [x, at, _table(tape, table)], shape)


def grid_sample(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Sample a map at the points of a grid."""
    x, grid = first(inputs), first(inputs, 1)
    tape.keep(grid)
    mode = {"bilinear": 0, "linear": 0, "nearest": 1}.get(node.get("mode", "linear"), 2)
    border = ("zeros", "border", "reflection").index(node.get("padding_mode", "zeros"))
    args = [x, grid, mode, border, bool(node.get("align_corners", 0))]
    return tape.call(f"aten.grid_sampler_{x.rank - 2}d.default", args, (*x.shape[:2], *grid.shape[1:-1]))


def regions(tape: Tape, node: Node, inputs: Inputs) -> Tensor:
    """Cut regions out of a map."""
    x, boxes = first(inputs), first(inputs, 1)
    high, wide = node.get("pooled_shape") or (node.get("output_height", 1), node.get("output_width", 1))
    op = "torchvision.roi_align.default" if node.op == "RoiAlign" else "torchvision.roi_pool.default"
    return tape.call(op, [x, boxes], (boxes.shape[0], x.shape[1], high, wide))


TABLE: Table = {
    "Gather": gather,
    "GatherND": gather_nd,
    "GatherElements": gather_elements,
    "Scatter": scatter_elements,
    "ScatterElements": scatter_elements,
    "ScatterND": scatter_nd,
    "TopK": top_k,
    "ArgMax": arg,
    "ArgMin": arg,
    "NonZero": non_zero,
    "NonMaxSuppression": suppress,
    "Compress": compress,
    "GridSample": grid_sample,
    "RoiAlign": regions,
    "MaxRoiPool": regions,
}
