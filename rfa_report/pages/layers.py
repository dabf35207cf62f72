"""The full layer table of a model: one row a layer, every resolution in it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import inf, prod

from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport
from rfa_report.core.slug import anchor
from rfa_report.pages import across
from rfa_report.pages.marks import classes, mark
from rfa_report.pages.numbers import largest, per_axis, quantity, times
from rfa_report.pages.page import Fragment, fragment_path


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold a cell: its texts by resolution and the key that it is sorted by."""

    choices: tuple[across.Choice, ...]
    sort: str


@dataclass(frozen=True, slots=True)
class Row:
    """Hold a layer's row."""

    anchor: str
    classes: str
    id: str
    kind: str
    window: str
    output: Cell
    rf_min: Cell
    rf_max: Cell
    jump: Cell
    params: Cell
    macs: Cell
    verdict: Cell


@dataclass(frozen=True, slots=True)
class LayerTable:
    """Hold the rows of a model's layer table."""

    slug: str
    title: str
    rows: tuple[Row, ...]


def layer_table(report: ModelReport) -> Fragment:
    """Lay out all layers of a model, in execution order."""
    found = tuple(_row(found) for found in across.rows(report).values())
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


def shape_text(layer: Layer) -> str:
    """Write the output's shape without the batch."""
    return " × ".join(str(size) for size in layer.output_shape[1:])


def _row(layers: Sequence[Layer | None]) -> Row:
    first = next(layer for layer in layers if layer is not None)
    return Row(
        anchor=anchor(first.id),
        classes=classes(layers),
        id=first.id,
        kind=first.kind,
        window=window_text(first),
        output=_cell(layers, lambda layer: (map_text(layer), shape_text(layer)), _positions),
        rf_min=_cell(layers, lambda layer: (per_axis(layer.rf_min), ""), lambda layer: _key(layer.rf_min.values())),
        rf_max=_cell(layers, lambda layer: (per_axis(layer.rf_max), ""), lambda layer: _key(layer.rf_max.values())),
        jump=_cell(layers, lambda layer: (_jump(layer), ""), lambda layer: _key(layer.jump.values())),
        params=_cell(layers, lambda layer: _quantity(layer.params), lambda layer: layer.params),
        macs=_cell(layers, lambda layer: _quantity(layer.macs), lambda layer: layer.macs),
        verdict=_cell(layers, _verdict, lambda layer: 0),
    )


def _cell(
    layers: Sequence[Layer | None], text: Callable[[Layer], tuple[str, str]], key: Callable[[Layer], float]
) -> Cell:
    values = [None if layer is None else text(layer) for layer in layers]
    return Cell(across.choices(values), f"{max(key(layer) for layer in layers if layer is not None):.0f}")


def _key(values: Iterable[float | None]) -> float:
    found = largest(values)
    return 1e12 if found == inf else found


def _positions(layer: Layer) -> float:
    dims = [dim for dim in layer.dims.values() if dim is not None]
    return prod(layer.output_shape[dim] for dim in dims) if dims else 0


def _jump(layer: Layer) -> str:
    return "–" if None in layer.jump.values() else per_axis(layer.jump)


def _quantity(value: int) -> tuple[str, str]:
    shown = quantity(value)
    return (shown.text, shown.exact if shown.exact != shown.text else "") if value else ("–", "")


def _verdict(layer: Layer) -> tuple[str, str]:
    shown = mark(layer.verdict)
    return f"{shown.symbol} {shown.word}", ", ".join(layer.unknown)
