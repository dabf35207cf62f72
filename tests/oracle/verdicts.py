"""Verdicts by their definition, with what NaN shows instead of what the rules compute."""

from collections.abc import Sequence
from math import inf

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from oracle.compare import Comparison
from oracle.nan import GIVEN, Masks, Oracle, first_and_last
from rfa_report.analysis.layers import INPUT, forward_pass
from rfa_report.core.inputs import AXES
from rfa_report.core.layer import Layer, PerAxis, Verdict
from rfa_report.core.recording import Recording
from rfa_report.rules import BOOK
from rfa_report.tracing import Measurements


def compare_verdicts(recording: Recording, real: nn.Module, chunk: int = 24, *, fast: bool = False) -> Comparison:
    """Compare the verdicts of all layers, on all axes together and on each alone, with those by definition."""
    layers = forward_pass(recording, BOOK, Measurements()).layers
    size = dict(zip(AXES[len(recording.resolution)], recording.resolution, strict=True))
    sizes: dict[str, PerAxis[float | None]] = {INPUT: dict.fromkeys(size, 1)}
    sizes |= {layer.id: layer.rf_min for layer in layers}
    covering = [layer for layer in layers if layer.window and any(_covers(layer, axis) for axis in size)]
    scopes = {scope.id: scope for scope in recording.scopes if scope.inputs}
    asked = [layer for layer in covering if layer.id in scopes]
    shapes = {GIVEN + layer.id: recording.values[scopes[layer.id].inputs[0]].shape for layer in asked}
    result = Comparison()
    idle: dict[str, PerAxis[bool]] = {layer.id: {} for layer in asked}
    if asked:
        shape = (1, *recording.values[recording.inputs[0]].shape[1:])
        oracle = Oracle(real, shape, shapes, chunk, fast=fast)
        for number, axis in enumerate(size):
            masks = oracle.masks(number)
            for layer in asked:
                if _covers(layer, axis) and GIVEN + layer.id in masks:
                    idle[layer.id] = {
                        **idle[layer.id],
                        axis: _is_idle(real, layer, number, masks[GIVEN + layer.id], shapes),
                    }
    for layer in layers:
        unseen = layer in covering and any(_covers(layer, axis) and axis not in idle.get(layer.id, {}) for axis in size)
        if unseen:
            result.incomparable[layer.id] = "its kernel covers the map, but no module holds it"
            continue
        alone = {axis: by_definition(layer, sizes, {axis: n}, idle.get(layer.id, {})) for axis, n in size.items()}
        together = by_definition(layer, sizes, size, idle.get(layer.id, {}))
        result.compared += 1
        result.partial += layer.verdict is not Verdict.PRODUCTIVE
        if (layer.verdict, dict(layer.axis_verdicts)) != (together, alone):
            result.wrong.append(f"{layer.id}: {layer.verdict} {dict(layer.axis_verdicts)}, true {together} {alone}")
    return result


def by_definition(
    layer: Layer, sizes: dict[str, PerAxis[float | None]], at: PerAxis[int], idle: PerAxis[bool]
) -> Verdict:
    """Return the first verdict that applies on these axes, given on which of them the kernel shows nothing new."""
    if layer.unknown:
        return Verdict.NOT_JUDGED
    own = {axis: layer.rf_min[axis] or 0 for axis in at}
    if not layer.depends_on_input or set(own.values()) == {inf}:
        return Verdict.GLOBAL
    feeding = [sizes[p] for p in layer.inputs]
    saturated = bool(feeding) and all(n <= (p[axis] or 0) for p in feeding for axis, n in at.items())
    beyond = [own[axis] > n for axis, n in at.items()]
    if (saturated and all(beyond)) or all(idle.get(axis, False) for axis in at):
        return Verdict.UNPRODUCTIVE
    if all(beyond):
        return Verdict.CRITICAL
    return Verdict.PARTIALLY_CRITICAL if any(beyond) else Verdict.PRODUCTIVE


def _covers(layer: Layer, axis: str) -> bool:
    w = layer.window
    return w is not None and axis in w.kernel and w.extent[axis] <= w.dilation[axis] * (w.kernel[axis] - 1) + 1


def _is_idle(real: nn.Module, layer: Layer, number: int, given: Masks, shapes: dict[str, tuple[int, ...]]) -> bool:
    """Decide whether all that one output position reads, and that reaches anything, reaches the same."""
    shape = shapes[GIVEN + layer.id]
    dim = len(shape) - len(layer.rf_min) + number
    first, last = (np.array(ends) for ends in first_and_last(given[dim]))
    for read in _taps(real.get_submodule(layer.module), shape, dim).T:
        met = read & (first >= 0)
        if len(set(first[met].tolist())) > 1 or len(set(last[met].tolist())) > 1:
            return False
    return True


def _taps(module: nn.Module, shape: Sequence[int], dim: int) -> NDArray[np.bool_]:
    """Show which positions of its own input, along a dimension, each output position of a module reads."""
    kind = next((p.dtype for p in module.parameters()), torch.float64)
    seen = []
    with torch.no_grad(), torch.backends.mkldnn.flags(enabled=False):
        for position in range(shape[dim]):
            x = torch.full(tuple(shape), 0.5, dtype=kind)
            x.select(dim, position)[:] = float("nan")
            nan = module(x).isnan()
            seen.append(nan.movedim(dim, 0).flatten(1).any(1).numpy())
    return np.stack(seen)
