"""The full layer table of a model: one row a layer, every resolution in it."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport
from rfa_report.core.slug import anchor
from rfa_report.pages.page import Fragment, fragment_path
from rfa_report.wording import across
from rfa_report.wording.layers import Column, Place, beside_map, columns, map_text
from rfa_report.wording.verdicts import classes


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says, in pieces that may hold at some resolutions only, and the id of the element it leads to."""

    choices: tuple[across.Choice, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A layer's row, with a cell for each column."""

    anchor: str
    classes: str
    id: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class LayerTable:
    """The layer table of a model."""

    slug: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def layer_table(report: ModelReport, drawn: Mapping[str, str] | None = None) -> Fragment:
    """Lay out all layers of a model, in execution order; `drawn` maps them to what shows them in a graph."""
    joins = [unaligned_joins(at.layers) for at in report.resolutions]
    nodes = drawn or {}
    versions = tuple(_row(versions, nodes.get(key, ""), joins) for key, versions in across.rows(report).items())
    table = LayerTable(report.slug, report.title, columns(Place.SITE), versions)
    return Fragment(fragment_path(report.slug, "layers"), "layers.html.j2", table)


def unaligned_joins(layers: Sequence[Layer]) -> dict[str, None]:
    """Name, in execution order, the layers where aligned paths join and are not aligned with one another."""
    aligned = {layer.id: layer.aligned for layer in layers}
    return {layer.id: None for layer in layers if not layer.aligned and all(aligned.get(i, True) for i in layer.inputs)}


def _row(layers: Sequence[Layer | None], node: str, joins: Sequence[Container[str]]) -> Row:
    first = next(layer for layer in layers if layer is not None)
    return Row(
        anchor=anchor(first.id),
        classes=classes(layers),
        id=first.id,
        cells=tuple(
            Cell(_choices(column, layers, joins), node if column.key == "kind" else "")
            for column in columns(Place.SITE)
        ),
    )


def _choices(
    column: Column, layers: Sequence[Layer | None], joins: Sequence[Container[str]]
) -> tuple[across.Choice, ...]:
    """Write a cell; two columns say more than follows from the layer at one resolution."""
    if column.key == "output":
        return _output(layers)
    remarks = [column.remark(layer) if layer else "" for layer in layers]
    texts = [column.text(layer) if layer else "" for layer in layers]
    if column.key == "centre":
        joined = [layer is not None and layer.id in joining for layer, joining in zip(layers, joins, strict=True)]
        texts = [f"{text} unaligned" if join else text for text, join in zip(texts, joined, strict=True)]
        remarks = ["paths of different centre or stride join here" if join else "" for join in joined]
    pairs = zip(layers, texts, remarks, strict=True)
    return across.choices([None if layer is None else (text, remark) for layer, text, remark in pairs])


def _output(layers: Sequence[Layer | None]) -> tuple[across.Choice, ...]:
    """Say the output map, and what the output's shape has besides, once if it is the same: `8×8 · 256`."""
    beside = {beside_map(layer) for layer in layers if layer is not None}
    if len(beside) > 1:
        return across.choices([None if x is None else (f"{map_text(x)} · {beside_map(x)}", "") for x in layers])
    (channels,) = beside
    maps = across.choices([None if layer is None else (map_text(layer), "") for layer in layers])
    return (*maps, *((across.Choice(f" · {channels}"),) if channels else ()))
