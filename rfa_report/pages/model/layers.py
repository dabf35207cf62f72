"""The full layer table of a model: one row a layer, every resolution in it."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rfa_report.core.layer import Layer, PerAxis
from rfa_report.core.operator import How
from rfa_report.core.report import ModelReport
from rfa_report.core.slug import anchor
from rfa_report.pages.page import Fragment, fragment_path
from rfa_report.wording import across
from rfa_report.wording.numbers import per_axis, pixels, quantity, times
from rfa_report.wording.verdicts import classes, mark

Cell: TypeAlias = tuple[across.Choice, ...]
"""What a cell says, in pieces; a piece may hold at some resolutions only."""


@dataclass(frozen=True, slots=True)
class Row:
    """A layer's row; `node` is the id of the element that shows the layer in a graph, if one does."""

    anchor: str
    node: str
    classes: str
    id: str
    kind: str
    window: str
    output: Cell
    rf_min: Cell
    rf_max: Cell
    jump: Cell
    centre: Cell
    padding: Cell
    params: Cell
    macs: Cell
    verdict: Cell


@dataclass(frozen=True, slots=True)
class LayerTable:
    """The rows of a model's layer table."""

    slug: str
    title: str
    rows: tuple[Row, ...]


def layer_table(report: ModelReport, drawn: Mapping[str, str] | None = None) -> Fragment:
    """Lay out all layers of a model, in execution order; `drawn` maps them to what shows them in a graph."""
    joins = [unaligned_joins(at.layers) for at in report.resolutions]
    nodes = drawn or {}
    found = tuple(_row(found, nodes.get(key, ""), joins) for key, found in across.rows(report).items())
    return Fragment(
        fragment_path(report.slug, "layers"), "layers.html.j2", LayerTable(report.slug, report.title, found)
    )


def window_text(layer: Layer) -> str:
    """Write kernel, stride and dilation as in `3×3 /2 d2`; empty where the layer has no kernel."""
    window = layer.window
    if window is None:
        return ""
    parts = ["×".join(str(size) for size in window.kernel.values())]
    if any(step != 1 for step in window.stride.values()):
        parts.append("/" + times(str(step) for step in window.stride.values()))
    if any(step != 1 for step in window.dilation.values()):
        parts.append("d" + times(str(step) for step in window.dilation.values()))
    if layer.groups > 1:
        parts.append(f"g{layer.groups}")
    return " ".join(parts)


def map_text(layer: Layer) -> str:
    """Write the output's size along the input's axes (`14×14`), or its whole shape where it has none (`197·768`)."""
    if layer.dims and all(dim is not None for dim in layer.dims.values()):
        return "×".join(str(layer.output_shape[dim]) for dim in layer.dims.values() if dim is not None)
    return "·".join(str(size) for size in layer.output_shape[1:]) or "–"


def unaligned_joins(layers: Sequence[Layer]) -> dict[str, None]:
    """Name, in execution order, the layers where aligned paths join and are not aligned with one another."""
    aligned = {layer.id: layer.aligned for layer in layers}
    return {layer.id: None for layer in layers if not layer.aligned and all(aligned.get(i, True) for i in layer.inputs)}


def _row(layers: Sequence[Layer | None], node: str, joins: Sequence[Container[str]]) -> Row:
    first = next(layer for layer in layers if layer is not None)
    return Row(
        anchor=anchor(first.id),
        node=node,
        classes=classes(layers),
        id=first.id,
        kind=first.kind,
        window=window_text(first),
        output=_output(layers),
        rf_min=_cell(layers, lambda layer: (per_axis(layer.rf_min), "")),
        rf_max=_cell(layers, lambda layer: (per_axis(layer.rf_max), "")),
        jump=_cell(layers, lambda layer: (jump_text(layer), "")),
        centre=across.choices(
            [None if x is None else _centre(x, x.id in found) for x, found in zip(layers, joins, strict=True)]
        ),
        padding=_cell(layers, lambda layer: (_offsets(_padding(layer)), "")),
        params=_cell(layers, lambda layer: (_quantity(layer.params), "")),
        macs=_cell(layers, lambda layer: (_quantity(layer.macs), "")),
        verdict=_cell(layers, _verdict),
    )


def _cell(layers: Sequence[Layer | None], text: Callable[[Layer], tuple[str, str]]) -> Cell:
    return across.choices([None if layer is None else text(layer) for layer in layers])


def _output(layers: Sequence[Layer | None]) -> Cell:
    """Say the output map, and what the output's shape has besides: `8×8 · 256`."""
    beside = {_beside(layer) for layer in layers if layer is not None}
    if len(beside) > 1:
        return _cell(layers, lambda layer: (f"{map_text(layer)} · {_beside(layer)}", ""))
    (channels,) = beside
    return (
        *_cell(layers, lambda layer: (map_text(layer), "")),
        *((across.Choice(f" · {channels}"),) if channels else ()),
    )


def _beside(layer: Layer) -> str:
    """Write the sizes of the output that are not an axis of the input, mostly its channels."""
    if not layer.dims or None in layer.dims.values():
        return ""
    return "·".join(str(n) for dim, n in enumerate(layer.output_shape) if dim and dim not in layer.dims.values())


def jump_text(layer: Layer) -> str:
    """Write the jump; a dash where neighbouring positions are not one distance apart."""
    return "–" if None in layer.jump.values() else per_axis(layer.jump)


def _centre(layer: Layer, joins: bool) -> tuple[str, str]:
    known = any(value is not None for value in layer.centre.values())
    text = "~" * (known and not layer.aligned) + _offsets(layer.centre)
    return (f"{text} unaligned", "paths of different centre or stride join here") if joins else (text, "")


def _padding(layer: Layer) -> PerAxis[float | None]:
    return {axis: layer.effective_padding(axis) for axis in layer.centre}


def _offsets(values: PerAxis[float | None]) -> str:
    return times("–" if value is None else pixels(value or 0) for value in values.values())


def _quantity(value: int) -> str:
    return quantity(value).text if value else "–"


def _verdict(layer: Layer) -> tuple[str, str]:
    shown = mark(layer.verdict)
    unknown = [f"{How.UNKNOWN}: {', '.join(layer.unknown)}"] if layer.unknown else []
    loose = [
        f"{caveat.how}: {caveat.name}{', ' if caveat.why else ''}{caveat.why}"
        for caveat in layer.caveats
        if caveat.how is not How.UNKNOWN
    ]
    return f"{shown.symbol} {shown.word}", "; ".join([*unknown, *loose])
