"""Multiply-accumulates of an ATen call: 1 MAC is one multiplication and one addition, 2 FLOPs."""

from collections.abc import Callable, Mapping
from math import prod

from rfa_report.core.recording import Call, Recording, Ref


def _convolution(recording: Recording, call: Call, out: tuple[int, ...]) -> int:
    x, weight = (recording.values[v].shape for v in call.inputs[:2])
    transposed = call.args[6]
    positions = prod(x[2:]) if transposed else prod(out[2:])
    return x[0] * positions * prod(weight)


def _matmul(recording: Recording, call: Call, out: tuple[int, ...]) -> int:
    matrices = [recording.values[a.value].shape for a in call.args if isinstance(a, Ref)]
    return prod(out) * matrices[-1][-2]


FORMULAS: Mapping[str, Callable[[Recording, Call, tuple[int, ...]], int]] = {
    "aten.convolution.default": _convolution,
    "aten.mm.default": _matmul,
    "aten.bmm.default": _matmul,
    "aten.addmm.default": _matmul,
    "aten.baddbmm.default": _matmul,
}


def macs(recording: Recording, call: Call) -> int:
    """Count the multiply-accumulates of a call; 0 for operators that multiply no matrices."""
    formula = FORMULAS.get(call.op)
    if formula is None or call.outputs[0] is None:
        return 0
    return formula(recording, call, recording.values[call.outputs[0]].shape)
