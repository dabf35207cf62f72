"""The full layer table of a model: one row a layer, every resolution in it."""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from math import inf, prod

from rfa_report.core.layer import Layer, PerAxis
from rfa_report.core.operator import How
from rfa_report.core.report import ModelReport
from rfa_report.core.slug import anchor
from rfa_report.pages import across
from rfa_report.pages.marks import classes, mark
from rfa_report.pages.numbers import largest, per_axis, pixels, quantity, times
from rfa_report.pages.page import Fragment, fragment_path


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold a cell: its texts by resolution, and the key that it is sorted by; none where its only text will do."""

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
    centre: Cell
    padding: Cell
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
    joins = [unaligned_joins(at.layers) for at in report.resolutions]
    found = tuple(_row(found, joins) for found in across.rows(report).values())
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


def unaligned_joins(layers: Sequence[Layer]) -> dict[str, None]:
    """Name, in execution order, the layers where aligned paths join and are not aligned with one another."""
    aligned = {layer.id: layer.aligned for layer in layers}
    return {layer.id: None for layer in layers if not layer.aligned and all(aligned.get(i, True) for i in layer.inputs)}


def _row(layers: Sequence[Layer | None], joins: Sequence[Container[str]]) -> Row:
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
        jump=_cell(layers, lambda layer: (jump_text(layer), ""), lambda layer: _key(layer.jump.values())),
        centre=_plain_cell(
            [None if x is None else _centre(x, x.id in found) for x, found in zip(layers, joins, strict=True)],
            [x.centre for x in layers if x is not None],
        ),
        padding=_plain_cell(
            [None if x is None else (_offsets(_padding(x)), "") for x in layers],
            [_padding(x) for x in layers if x is not None],
        ),
        params=_cell(layers, lambda layer: _quantity(layer.params), lambda layer: layer.params),
        macs=_cell(layers, lambda layer: _quantity(layer.macs), lambda layer: layer.macs),
        verdict=_cell(layers, _verdict, lambda layer: 0),
    )


def _cell(
    layers: Sequence[Layer | None], text: Callable[[Layer], tuple[str, str]], key: Callable[[Layer], float]
) -> Cell:
    values = [None if layer is None else text(layer) for layer in layers]
    choices, sort = across.choices(values), f"{max(key(layer) for layer in layers if layer is not None):.0f}"
    plain = len(choices) == 1 and choices[0].text == (sort if sort != "0" else "–")
    return Cell(choices, "" if plain else sort)


def _plain_cell(texts: Sequence[tuple[str, str] | None], values: Sequence[PerAxis[float | None]]) -> Cell:
    """Make a cell that sorts by its own text where that starts with its only number."""
    choices = across.choices(texts)
    plain = len(choices) == 1 and "×" not in choices[0].text
    return Cell(choices, "" if plain else f"{max(largest(value.values()) for value in values):g}")


def _key(values: Iterable[float | None]) -> float:
    found = largest(values)
    return 1e12 if found == inf else found


def _positions(layer: Layer) -> float:
    dims = [dim for dim in layer.dims.values() if dim is not None]
    return prod(layer.output_shape[dim] for dim in dims) if dims else 0


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


def _quantity(value: int) -> tuple[str, str]:
    shown = quantity(value)
    return (shown.text, shown.exact if shown.exact != shown.text else "") if value else ("–", "")


def _verdict(layer: Layer) -> tuple[str, str]:
    shown = mark(layer.verdict)
    unknown = [f"{How.UNKNOWN}: {', '.join(layer.unknown)}"] if layer.unknown else []
    loose = [
        f"{caveat.how}: {caveat.name}{', ' if caveat.why else ''}{caveat.why}"
        for caveat in layer.caveats
        if caveat.how is not How.UNKNOWN
    ]
    return f"{shown.symbol} {shown.word}", "; ".join([*unknown, *loose])
