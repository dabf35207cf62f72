"""The stages of a model: its layers grouped by the modules that hold them, 10 to 20 groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rfa_report.core.layer import Layer, Verdict
from rfa_report.core.report import ModelReport
from rfa_report.pages.model.layers import map_text
from rfa_report.wording import across
from rfa_report.wording.numbers import Quantity, per_axis, percent, quantity
from rfa_report.wording.verdicts import Mark, mark

FEW, MANY = 9, 20
"""Below `FEW` stages the largest is split into its children, if that makes at most `MANY`."""

Lines = Mapping[str, Sequence[Layer | None]]


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
    return tuple(_stage(name, [lines[key] for key in keys], shown, total) for name, keys in _groups(lines).items())


def _groups(lines: Lines) -> dict[str, list[str]]:
    """Split modules until there are enough groups to tell apart, the one with most layers first."""
    depths: dict[str, int] = {}
    groups = _grouped(lines, depths)
    while len(groups) < FEW:
        for name in sorted(groups, key=lambda name: -len(groups[name])):
            deeper = _grouped(lines, {**depths, name: name.count(".") + 2})
            if len(groups) < len(deeper) <= MANY:
                depths[name] = name.count(".") + 2
                groups = deeper
                break
        else:
            break
    return groups


def _grouped(lines: Lines, depths: Mapping[str, int]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for key in lines:
        path = key.rpartition("#")[0].split(".")
        depth = 1
        while (name := ".".join(path[:depth])) in depths and depth < len(path):
            depth = depths[name]
        groups.setdefault(name, []).append(key)
    return groups


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
    found = [layer.verdict for layer in layers if layer is not None]
    if not found:
        return StageCell(None, "–")
    order = (
        Verdict.UNPRODUCTIVE,
        Verdict.NOT_JUDGED,
        Verdict.CRITICAL,
        Verdict.PARTIALLY_CRITICAL,
        Verdict.PRODUCTIVE,
        Verdict.GLOBAL,
    )
    worst = next(verdict for verdict in order if verdict in found)
    count = found.count(worst)
    text = "all" if count == len(found) else f"{count} of {len(found)}"
    return StageCell(mark(worst, count), text)
