"""Recurrent layers: each position depends on all before it, and its shortest path is its own."""

from rfa_report.sources.onnx import steps
from rfa_report.sources.onnx.file import Node
from rfa_report.sources.onnx.operators.arguments import Inputs, Table, first, optional
from rfa_report.sources.onnx.operators.products import matmul
from rfa_report.sources.onnx.tape import Refusal, Tape, Tensor


def recurrent(tape: Tape, node: Node, inputs: Inputs) -> tuple[Tensor, ...]:
    """Project the sequence, let each step meet all before it, project again: in one direction, or in both.

    Outputs are the sequence (steps, directions, batch, units), its last state and, of an LSTM, the last cell. The
    recursion itself is recorded as a cumulative sum, which has its dependences.
    """
    x, weight, recurrence = first(inputs), first(inputs, 1), first(inputs, 2)
    batch_first = bool(node.get("layout", 0))
    x = steps.permute(tape, x, (1, 0, 2)) if batch_first else x
    length, _, width = x.shape
    directions, rows, expected = weight.shape
    units = recurrence.shape[2]
    if width != expected:
        raise Refusal(f"{node.op} {node.name} takes {expected} features, and meets {width}")
    ways = []
    for way in range(directions):
        backwards = way == 1 or node.get("direction", "forward") == "reverse"
        own = steps.cut(tape, x, 0, length - 1, -1, -1) if backwards else x
        gates = matmul(tape, own, _matrix(tape, weight, way, (rows, expected), (width, rows)))
        gates = _joined(tape, gates, optional(inputs, 5))
        gates = tape.call("aten.cumsum.default", [gates, 0], gates.shape)
        states = matmul(tape, gates, _matrix(tape, recurrence, way, (rows, units), (rows, units)))
        ways.append(steps.cut(tape, states, 0, length - 1, -1, -1) if backwards else states)
    sequence = steps.cat(tape, [steps.unsqueeze(tape, states, 1) for states in ways], 1)
    ends = [0] if node.get("direction", "forward") == "reverse" else [length - 1, 0]
    last = steps.cat(tape, [steps.cut(tape, s, 0, at, at + 1) for s, at in zip(ways, ends, strict=False)], 0)
    if batch_first:
        sequence, last = steps.permute(tape, sequence, (2, 0, 1, 3)), steps.permute(tape, last, (1, 0, 2))
    return sequence, last, last


def _matrix(tape: Tape, x: Tensor, way: int, shape: tuple[int, int], wanted: tuple[int, int]) -> Tensor:
    one = steps.view(tape, steps.cut(tape, x, 0, way, way + 1), shape)
    return one if shape == wanted else steps.permute(tape, one, (1, 0))


def _joined(tape: Tape, gates: Tensor, state: Tensor | None) -> Tensor:
    """Let a first state that depends on the input reach every step."""
    if state is None or not state.live:
        return gates
    known = steps.reduce(tape, "aten.sum.dim_IntList", state, (0, 2), keep=False)
    return steps.pointwise(tape, "aten.add.Tensor", gates, steps.unsqueeze(tape, known, 1))


TABLE: Table = dict.fromkeys(("RNN", "GRU", "LSTM"), recurrent)
