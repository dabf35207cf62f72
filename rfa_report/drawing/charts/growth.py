"""ModelReport -> growth chart: how the receptive field grows over the layers, as numbers between 0 and 1."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf, log2

from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport
from rfa_report.drawing.graph.wiring import wiring
from rfa_report.drawing.picture import DataTable
from rfa_report.wording import across, stages
from rfa_report.wording.layers import short_path
from rfa_report.wording.numbers import per_axis, pixels
from rfa_report.wording.verdicts import ABSENT, LOOKS

TICKS = 7
"""The largest number of ticks on the axis of sizes."""

REACHING = ("add", "cat", "matmul", "attention", "MultiheadAttention")
"""Kinds without a kernel that may change how far a layer looks."""

DENSITY = 160
"""The number of equal dots across the chart beyond which they are thinned out."""


@dataclass(frozen=True, slots=True)
class Line:
    """A curve: runs of points without a gap; `kind` is max or min, `at` is empty where it holds everywhere."""

    kind: str
    at: tuple[int, ...]
    runs: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """One layer on a curve of largest sizes, with a verdict slug per resolution."""

    x: float
    y: float
    tooltip: str
    verdicts: tuple[str, ...]
    at: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """A resolution as a horizontal line."""

    index: int
    label: str
    y: float


@dataclass(frozen=True, slots=True)
class Growth:
    """The chart: all positions run from 0, left and bottom, to 1.

    `ticks` are sizes in pixels on a log scale, `parts` the first layers of modules along the other axis, `bands` every
    second module from start to end, `layers` the number of layers.
    """

    slug: str
    title: str
    lines: tuple[Line, ...]
    dots: tuple[Dot, ...]
    levels: tuple[Level, ...]
    ticks: tuple[tuple[str, float], ...]
    parts: tuple[tuple[str, float], ...]
    bands: tuple[tuple[float, float], ...]
    layers: int
    summary: str
    table: DataTable


def growth(report: ModelReport) -> Growth | None:
    """Lay out the growth chart of a model; None where no resolution has a layer with a finite field."""
    layers = wiring(report).layers
    curves = {kind: _curves(layers, kind, len(report.resolutions)) for kind in ("max", "min")}
    sizes = [size for lines in curves.values() for curve in lines.values() for size in curve if size]
    if not sizes:
        return None
    marks = [*sizes, *(float(max(r.size)) for r in report.resolutions)]
    low, high = max(0, ceil(log2(min(marks))) - 1), ceil(log2(max(marks)))
    high = max(high, low + 2)

    def along(index: int) -> float:
        return (index + 0.5) / len(layers)

    def up(size: float) -> float:
        return (log2(max(1.0, size)) - low) / (high - low)

    begins = stages.begins(report, list(layers))
    edges = [*(x / len(layers) for x, _ in begins), 1.0]
    return Growth(
        slug=report.slug,
        title=report.title,
        lines=tuple(
            Line(kind, at, tuple(tuple((along(x), up(size)) for x, size in run) for run in _runs(curve)))
            for kind, lines in curves.items()
            for at, curve in lines.items()
        ),
        dots=_thinned(
            Dot(along(x), up(curve[x] or 1), _tooltip(report, key, versions, at), _slugs(report, versions), at)
            for at, curve in curves["max"].items()
            for x, (key, versions) in enumerate(layers.items())
            if curve[x] and _notable(versions)
        ),
        levels=tuple(Level(i, f"{r.label} px", up(float(max(r.size)))) for i, r in enumerate(report.resolutions)),
        ticks=tuple((str(2**n), (n - low) / (high - low)) for n in range(low, high + 1, ceil((high - low) / TICKS))),
        parts=tuple((short_path(name), along(x)) for x, name in begins),
        bands=tuple(itertools.pairwise(edges))[::2],
        layers=len(layers),
        summary=_summary(report, sizes, len(layers)),
        table=_table(report, layers),
    )


def _curves(
    layers: Mapping[str, Mapping[int, Layer]], kind: str, count: int
) -> dict[tuple[int, ...], list[float | None]]:
    """Give one curve for the resolutions that agree on every layer they have; the key is empty where all agree."""
    groups: list[tuple[list[int], dict[str, float | None]]] = []
    for index in range(count):
        own = {key: _size(versions[index], kind) for key, versions in layers.items() if index in versions}
        if not own:
            continue
        for indices, known in groups:
            if all(known.get(key, size) == size for key, size in own.items()):
                indices.append(index)
                known.update(own)
                break
        else:
            groups.append(([index], own))
    alone = len(groups) == 1
    return {() if alone else tuple(at): [known.get(key) for key in layers] for at, known in groups}


def _size(layer: Layer, kind: str) -> float | None:
    """Reduce the sizes along the axes to the largest one; None where one is infinite or unknown."""
    sizes = (layer.rf_max if kind == "max" else layer.rf_min).values()
    finite = [size for size in sizes if size is not None and size != inf]
    return max(finite) if finite and len(finite) == len(sizes) else None


def _runs(curve: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Cut a curve where layers have no finite size."""
    runs: list[list[tuple[int, float]]] = [[]]
    for x, size in enumerate(curve):
        if size:
            runs[-1].append((x, size))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _notable(versions: Mapping[int, Layer]) -> bool:
    """Tell whether a layer gets a dot: those with a kernel, and those that look further by another way."""
    return any(layer.window is not None or layer.kind in REACHING for layer in versions.values())


def _slugs(report: ModelReport, versions: Mapping[int, Layer]) -> tuple[str, ...]:
    return tuple(LOOKS[versions[i].verdict].slug if i in versions else ABSENT for i in range(len(report.resolutions)))


def _tooltip(report: ModelReport, key: str, versions: Mapping[int, Layer], at: Sequence[int]) -> str:
    chosen = {i: layer for i, layer in versions.items() if not at or i in at}
    fields = dict.fromkeys(f"RF {per_axis(v.rf_max)}, min {per_axis(v.rf_min)}" for v in chosen.values())
    verdicts: dict[str, list[str]] = {}
    for index, layer in chosen.items():
        verdicts.setdefault(layer.verdict.value, []).append(report.resolutions[index].label)
    alone = len(verdicts) == 1
    words = ", ".join(v if alone else f"{v} at {'/'.join(labels)}" for v, labels in verdicts.items())
    return f"{key}: {' or '.join(fields)}; {words}"


def _thinned(dots: Iterable[Dot]) -> tuple[Dot, ...]:
    """Leave out dots that nothing tells from one of equal height just before."""
    kept: list[Dot] = []
    for dot in dots:
        last = kept[-1] if kept else dot
        same = (dot.y, dot.verdicts, dot.at) == (last.y, last.verdicts, last.at)
        if not (same and 0 < dot.x - last.x < 1 / DENSITY):
            kept.append(dot)
    return tuple(kept)


def _summary(report: ModelReport, sizes: Sequence[float], count: int) -> str:
    return (
        f"Receptive field size in pixels of the {count} layers of {report.title} in execution order, on a logarithmic "
        f"scale: it reaches {pixels(max(sizes))} px. Horizontal lines are the input resolutions "
        f"{', '.join(at.label for at in report.resolutions)} px. The table after the chart has the numbers."
    )


def _table(report: ModelReport, layers: Mapping[str, Mapping[int, Layer]]) -> DataTable:
    """List the largest of both sizes within each stage, at the resolution that is shown first."""
    index = across.selected(report)
    parts = {
        name: [layers[key][index] for key in keys if key in layers and index in layers[key]]
        for name, keys in stages.stages(report).items()
    }
    return DataTable(
        f"chart-{report.slug}-data",
        f"Growth of the receptive field at {report.resolutions[index].label} px, as a table",
        ("Stage", "Layers", "Largest RF max, px", "Largest RF min, px"),
        tuple(
            (name, str(len(ran)), *(_largest(ran, kind) for kind in ("max", "min")))
            for name, ran in parts.items()
            if ran
        ),
    )


def _largest(layers: Sequence[Layer], kind: str) -> str:
    sizes = [size for layer in layers if (size := _size(layer, kind))]
    return pixels(max(sizes)) if sizes else "–"
