"""Curves -> the chart of productive depth over the resolution, for one model or several, as numbers between 0 and 1."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log2

from rfa_report.analysis.curve import Curve, Known, Step
from rfa_report.drawing.picture import DataTable
from rfa_report.wording.numbers import percent

SMALLEST = 8
"""Where the axis of resolutions begins, unless something smaller was traced."""

SHARES = (0, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class NamedCurve:
    """A curve with the model that it is of."""

    slug: str
    title: str
    curve: Curve


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a curve between two resolutions: from `least` to `most`, one where it is exact."""

    start: float
    end: float
    least: float
    most: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Point:
    """A traced resolution on a curve."""

    x: float
    y: float
    label: str
    tooltip: str


@dataclass(frozen=True, slots=True)
class Series:
    """The curve of a model; a piece is missing where the model refuses the resolution, or nothing is known."""

    title: str
    stretches: tuple[Stretch, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class DepthChart:
    """The chart: positions run from 0, left and bottom, to 1; resolutions stand on a logarithmic scale."""

    id: str
    title: str
    series: tuple[Series, ...]
    resolutions: tuple[tuple[str, float], ...]
    shares: tuple[tuple[str, float], ...]
    summary: str
    bands: bool
    gaps: bool
    table: DataTable


def depth_chart(key: str, curves: Sequence[NamedCurve]) -> DepthChart:
    """Lay out the curves of one model or more."""
    low = min(SMALLEST, *(min(named.curve.traced) for named in curves))
    high = max(named.curve.steps[-1].last for named in curves)
    start, end = log2(low), log2(high)

    def along(size: float) -> float:
        return min(1.0, max(0.0, (log2(size) - start) / (end - start)))

    titles = ", ".join(named.title for named in curves)
    series = tuple(
        Series(c.title, tuple(_stretches(c.curve, along, low, high)), tuple(_points(c, along))) for c in curves
    )
    return DepthChart(
        id=key,
        title=f"Productive depth of {titles} over the input resolution",
        series=series,
        resolutions=tuple((str(2**n), along(2**n)) for n in range(ceil(start), int(end) + 1)),
        shares=tuple((f"{share}\u00a0%", share / 100) for share in SHARES),
        summary=" ".join(_words(named) for named in curves),
        bands=any(not piece.exact for named in series for piece in named.stretches),
        gaps=any(not _gapless(named.stretches) for named in series),
        table=_table(key, curves),
    )


def _stretches(curve: Curve, along: Callable[[float], float], low: int, high: int) -> Iterator[Stretch]:
    """Yield what is drawn of a curve; a whole net stays whole on larger inputs, so its last step goes on."""
    for step in curve.steps:
        nothing = (step.least, step.most) == (0, curve.depth)
        if step.known is Known.REFUSED or nothing or step.last < low:
            continue
        on = step is curve.steps[-1] and step.least == curve.depth
        yield Stretch(
            along(max(step.first, low)),
            along(high if on else step.last + 1),
            step.least / curve.depth,
            step.most / curve.depth,
            step.known is Known.EXACT,
        )


def _gapless(stretches: Sequence[Stretch]) -> bool:
    edges = [0.0, *(edge for piece in stretches for edge in (piece.start, piece.end)), 1.0]
    return all(before == after for before, after in zip(edges[::2], edges[1::2], strict=True))


def _points(named: NamedCurve, along: Callable[[float], float]) -> Iterator[Point]:
    for size in named.curve.traced:
        step = named.curve.at(size)
        if step.known is Known.EXACT:
            said = depth_words(step, named.curve.depth)
            yield Point(along(size), step.least / named.curve.depth, str(size), f"{named.title} at {size} px: {said}")


def depth_words(step: Step, depth: int) -> str:
    """Say productive depth and its share: `47/49 · 96 %`, `2 to 3 of 5`, refused."""
    if step.known is Known.REFUSED:
        return "refused"
    if step.known is Known.BETWEEN:
        return f"{step.least} to {step.most} of {depth}"
    return f"{step.least}/{depth} · {percent(step.least, depth)}"


def _words(named: NamedCurve) -> str:
    """Say in a sentence where a curve is whole, and whether it is exact."""
    whole = next((s.first for s in named.curve.steps if s.known is Known.EXACT and s.least == named.curve.depth), None)
    reaches = f"reaches {named.curve.depth} of {named.curve.depth} convolutions at {whole} px"
    never = f"stays below {named.curve.depth} convolutions up to {named.curve.steps[-1].last} px"
    exact = "" if named.curve.exact else " Parts of the curve are not exact: there it lies between two bounds."
    return f"{named.title} {reaches if whole else never}.{exact}"


def _table(key: str, curves: Sequence[NamedCurve]) -> DataTable:
    """List the steps; those of several curves side by side, with a row wherever one of them changes."""
    starts = sorted({step.first for named in curves for step in named.curve.steps})
    last = max(named.curve.steps[-1].last for named in curves)
    rows = [
        (
            f"{first}–{end}" if end > first else str(first),
            *(depth_words(named.curve.at(first), named.curve.depth) for named in curves),
        )
        for first, end in zip(starts, [*(start - 1 for start in starts[1:]), last], strict=True)
    ]
    return DataTable(
        f"{key}-data",
        "Productive depth, as a table",
        ("Resolution, px", *(named.title for named in curves)),
        tuple(rows),
    )
