"""The table of a model's stages: what each holds, and the verdict that matters most in it at each resolution."""

from collections.abc import Sequence
from dataclasses import dataclass

from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport
from rfa_report.wording import across
from rfa_report.wording.layers import map_text
from rfa_report.wording.numbers import Quantity, per_axis, percent, quantity
from rfa_report.wording.stages import stages as grouped
from rfa_report.wording.verdicts import Mark, mark, worst


@dataclass(frozen=True, slots=True)
class StageCell:
    """What a stage is at one resolution: the layers that are not productive, and the worst verdict."""

    mark: Mark | None
    text: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A row of the stage table; the sizes are those at the resolution shown first."""

    name: str
    layers: int
    convolutions: int
    output: str
    rf_max: str
    params: Quantity
    macs: str
    cells: tuple[StageCell, ...]


def stages(report: ModelReport) -> tuple[Stage, ...]:
    """Group the layers of a model by module."""
    lines = across.rows(report)
    shown = across.selected(report)
    total = report.resolutions[shown].macs
    return tuple(_stage(name, [lines[key] for key in keys], shown, total) for name, keys in grouped(report).items())


def _stage(name: str, members: Sequence[Sequence[Layer | None]], shown: int, total: int) -> Stage:
    here = [layers[shown] or next(layer for layer in layers if layer is not None) for layers in members]
    fields = [layer for layer in here if _finite(layer)]
    mapped = [layer for layer in here if layer.dims and None not in layer.dims.values()]
    return Stage(
        name=name,
        layers=len(here),
        convolutions=sum(layer.convolutions for layer in here),
        output=map_text((mapped or here)[-1]),
        rf_max=per_axis(max(fields, key=lambda layer: max(_finite(layer))).rf_max) if fields else "∞",
        params=quantity(sum(layer.params for layer in here)),
        macs=percent(sum(layer.macs for layer in here), total),
        cells=tuple(_cell([layers[index] for layers in members]) for index in range(len(members[0]))),
    )


def _finite(layer: Layer) -> list[float]:
    return [size for size in layer.rf_max.values() if size is not None and size != float("inf")]


def _cell(layers: Sequence[Layer | None]) -> StageCell:
    """Say how many of a stage's layers have the verdict that a reader must know of."""
    verdicts = [layer.verdict for layer in layers if layer is not None]
    if not verdicts:
        return StageCell(None, "–")
    speaks = worst(verdicts)
    count = verdicts.count(speaks)
    text = "all" if count == len(verdicts) else f"{count} of {len(verdicts)}"
    return StageCell(mark(speaks, count), text)
