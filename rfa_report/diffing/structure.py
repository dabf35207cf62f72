"""What a layer is by itself: the properties by which it is known again under another name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from rfa_report.core.layer import Layer, PerAxis
from rfa_report.core.report import ResolutionReport
from rfa_report.diffing.changes import Kind, Value

Signature: TypeAlias = tuple[object, ...]

PASSIVE = frozenset({"identity", "flatten"})
"""Kinds that compute nothing: whether a model says so by a module, a function or not at all is no change."""

AS_WRITTEN = {
    Kind.LAYER_KERNEL: "kernel",
    Kind.LAYER_STRIDE: "stride",
    Kind.LAYER_DILATION: "dilation",
    Kind.LAYER_PADDING: "padding",
}
"""What of a window is written in the code of a model."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The layers of a model in execution order, each as at the largest resolution that has it."""

    layers: tuple[Layer, ...]
    sources: Mapping[str, tuple[str, ...]]


def outline(resolutions: Iterable[ResolutionReport]) -> Outline:
    """Collect the layers of a model, without the passive ones, and from which others each takes its inputs."""
    layers: dict[str, Layer] = {}
    for at in sorted(resolutions, key=lambda at: (len(at.layers), at.size), reverse=True):
        for layer in at.layers:
            layers.setdefault(layer.id, layer)
    sources: dict[str, tuple[str, ...]] = {}
    for layer in layers.values():
        order: list[str] = []
        for name in layer.inputs:
            through = name in layers and is_passive(layers[name])
            order += sources.get(name, ()) if through else (name,)
        sources[layer.id] = tuple(order)
    return Outline(tuple(layer for layer in layers.values() if not is_passive(layer)), sources)


def is_passive(layer: Layer) -> bool:
    """Tell whether a layer computes nothing."""
    return bare(layer.kind) in PASSIVE


@lru_cache(maxsize=4096)
def bare(kind: str) -> str:
    """Name a kind so that a module and a function of the same operator agree: `MaxPool2d`, `max_pool2d`."""
    return re.sub(r"[123]d$", "", kind.lower().replace("_", ""))


def signature(layer: Layer) -> Signature:
    """Collect all that a layer is but its name, place and the size of its maps."""
    window = tuple(tuple(values.values()) for kind in AS_WRITTEN if (values := _window(layer, kind)) is not None)
    return (bare(layer.kind), window, layer.groups, tuple((channels(layer) or {}).values()), layer.params)


def differences(old: Layer, new: Layer) -> tuple[tuple[Kind, Value, Value], ...]:
    """List what differs between two layers that are one and the same otherwise."""
    if _alike(old, new):
        return ()
    edits: list[tuple[Kind, Value, Value]] = []
    if bare(old.kind) != bare(new.kind):
        edits.append((Kind.LAYER_KIND, old.kind, new.kind))
    for kind in AS_WRITTEN:
        before, after = _window(old, kind), _window(new, kind)
        if before is not None and after is not None and before != after:
            edits.append((kind, before, after))
    if old.groups != new.groups and old.convolutions and new.convolutions:
        edits.append((Kind.LAYER_GROUPS, old.groups, new.groups))
    if (wide := channels(old)) != (now := channels(new)) and wide and now:
        edits.append((Kind.LAYER_CHANNELS, wide, now))
    if not edits and old.params != new.params:
        edits.append((Kind.LAYER_PARAMS, old.params, new.params))
    return tuple(edits)


def _alike(old: Layer, new: Layer) -> bool:
    """Tell layers that cannot differ in anything, which most are, from the others."""
    if old.kind != new.kind or old.params != new.params or old.groups != new.groups:
        return False
    shapes = old.input_shape == new.input_shape and old.output_shape == new.output_shape
    return shapes and old.dims == new.dims and old.window == new.window


def channels(layer: Layer) -> Mapping[str, int] | None:
    """Count the channels that a layer with parameters takes and gives; None for any other."""
    if not layer.params:
        return None
    along = set(layer.dims.values())
    out = [size for dim, size in enumerate(layer.output_shape) if dim and dim not in along]
    mapped = layer.window is not None and len(layer.input_shape) > 2
    taken = layer.input_shape[1 if mapped else -1] if layer.input_shape else 0
    given = (layer.output_shape[1] if mapped else out[-1]) if out else 0
    return {"in": taken if mapped or layer.macs else given, "out": given}


def kinship(pairs: Sequence[tuple[Layer, Layer]], old: Sequence[Layer], new: Sequence[Layer]) -> float:
    """Say which share of the smaller model's layers with parameters is in the other, by name or structure (0 to 1)."""
    whole = min(sum(1 for layer in side if layer.params) for side in (old, new))
    same = sum(
        1 for a, b in pairs
        if a.params and b.params and bare(a.kind) == bare(b.kind) and (a.id == b.id or signature(a) == signature(b))
    )  # fmt: skip
    return same / whole if whole else 1.0


def _window(layer: Layer, kind: Kind) -> PerAxis[int] | None:
    """Return one property of the window; None where there is none, or where it was computed from the map."""
    window = layer.window
    if window is None or (not layer.convolutions and dict(window.kernel) == dict(window.extent)):
        return None
    values: PerAxis[int] = getattr(window, AS_WRITTEN[kind])
    return values
