"""Some layers for the terminal, with all their numbers: a row for each resolution and axis."""

from collections.abc import Iterator, Mapping

from rich.box import SIMPLE_HEAD
from rich.table import Table

from rfa_report.core.layer import Layer
from rfa_report.core.names import inside, parameters
from rfa_report.core.report import ModelReport, ResolutionReport
from rfa_report.render.terminal.report import wide
from rfa_report.wording.layers import Column, Place, Value, columns
from rfa_report.wording.numbers import pixels

NONE = "–"


def print_layers(report: ModelReport, named: Mapping[str, Mapping[str, Layer]]) -> None:
    """Print what some names stand for, by the labels of resolutions."""
    console = wide()
    for name, layers in named.items():
        console.print(_table(report, name, layers))
        for line in dict.fromkeys(line for layer in layers.values() for line in _remarks(layer)):
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def _table(report: ModelReport, name: str, layers: Mapping[str, Layer]) -> Table:
    """Lay out the columns in which something stands."""
    sizes = {at.label: dict(zip(report.axes, at.size, strict=True)) for at in report.resolutions}
    sums = {at.label: _sums(at, name, layers[at.label]) for at in report.resolutions if at.label in layers}
    shown = [column for column in columns(Place.EXACT) if column.key not in ("layer", "kind")]
    pairs = [(label, axis) for label in layers for axis in report.axes]
    lines = {
        column.head: [_cell(column, layers[label], axis, sums[label]) for label, axis in pairs] for column in shown
    }
    lines["reach"] = [_reach(layers[label], axis, sizes[label][axis]) for label, axis in pairs]
    kept = {head: cells for head, cells in lines.items() if any(cell not in ("", NONE) for cell in cells)}
    calls = ", ".join(dict.fromkeys(map(_call, layers.values())))
    title = calls if name in [layer.id for layer in layers.values()] else f"{name} = {calls}"
    table = Table(title=f"{report.title}: {title}", title_justify="left", box=SIMPLE_HEAD)
    for head in ("px", "axis", *kept):
        table.add_column(head, justify="left" if head in ("axis", "verdict") else "right")
    for row, (label, axis) in enumerate(pairs):
        first = axis == report.axes[0]
        table.add_row(label if first else "", axis, *(cells[row] for cells in kept.values()))
    return table


def _sums(at: ResolutionReport, name: str, layer: Layer) -> Mapping[str, int | None]:
    """Add up, by the keys of columns, what the layers of a module cost; empty for a layer, None where none are told."""
    if layers := inside(at.layers, name):
        return {"parameters": parameters(layers), "macs": sum(layer.macs for layer in layers)}
    path, call, _ = layer.id.partition("#")
    return {} if call and path == name.partition("#")[0] else {"parameters": None, "macs": None}


def _call(layer: Layer) -> str:
    return f"{layer.id} ({layer.kind})"


def _cell(column: Column, layer: Layer, axis: str, sums: Mapping[str, int | None]) -> str:
    """Write what holds along an axis; what has none stands in the row of the first."""
    value = sums.get(column.key, column.exact(layer))
    if isinstance(value, Mapping):
        return _text(value.get(axis), layer)
    if axis != next(iter(layer.rf_min)):
        return ""
    return f"{value:,}" if column.count and value is not None else _text(value, layer)


def _text(value: Value, layer: Layer) -> str:
    if value is None:
        return "?" if layer.unknown else NONE
    return pixels(value) if isinstance(value, float) else str(value)


def _reach(layer: Layer, axis: str, size: int) -> str:
    """Say how much of the input the position that depends on most of it reaches."""
    reach = layer.reach(axis)
    return NONE if reach is None else f"{(reach[1] - reach[0] + (reach[0] >= 0)).max()} of {size}"


def _remarks(layer: Layer) -> Iterator[str]:
    if layer.global_context:
        yield "it also depends on the whole image; RF min and RF max do not include that"
    yield from filter(None, (column.remark(layer) for column in columns(Place.EXACT)))
