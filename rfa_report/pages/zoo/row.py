"""ModelReport -> its row: all that the pages about several models need, so that a build need not keep reports."""

from dataclasses import dataclass

from rfa_report.analysis.curve import Curve, curve
from rfa_report.core.operator import Operator
from rfa_report.core.report import ModelReport, ResolutionReport
from rfa_report.drawing.charts.strip import sketch, unproductive
from rfa_report.pages.model.summary import Border, Refusal, border, depth_share, last_map, refusals
from rfa_report.pages.zoo.quoted_layer import QuotedLayer, quoted_layer
from rfa_report.wording import across
from rfa_report.wording.feasible import feasible_from
from rfa_report.wording.numbers import Quantity, per_axis, percent, quantity
from rfa_report.wording.operators import judged

LEVELS = ((1.0, "full"), (0.9, "high"), (0.75, "good"), (0.5, "half"), (0.25, "low"), (0.0, "least"))
"""Classes of cells by productive share, each from the share on that it is named with."""


@dataclass(frozen=True, slots=True)
class IndexCell:
    """A cell of the matrix: a class, two texts, a remark (mostly empty) and a key to sort by."""

    level: str
    text: str
    share: str
    title: str
    sort: str


@dataclass(frozen=True, slots=True)
class Waste:
    """What sits in unproductive layers, its share, and a key to sort by."""

    text: str
    exact: str
    share: str
    sort: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a model does at one resolution; `sketch` has a letter for each of the strip's cells."""

    border: Border | None
    wasted_params: Waste
    wasted_macs: Waste
    macs: Quantity
    last_map: str
    unproductive: str
    sketch: str


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A model's row, with cells and standings by the label of the resolution.

    `quoted_layer` is left out where the model was built with arguments: it is not the one that others mean by the name.
    """

    slug: str
    title: str
    spec: str
    family: str
    versions: tuple[tuple[str, str], ...]
    depth: str
    params: Quantity | None
    macs: Quantity | None
    at: str
    r_min: str
    r_min_sort: str
    r_max: str
    r_max_sort: str
    r_max_varies: bool
    failed: bool
    cells: tuple[tuple[str, IndexCell], ...]
    standings: tuple[tuple[str, Standing], ...] = ()
    refusals: tuple[Refusal, ...] = ()
    curve: Curve | None = None
    operators: tuple[Operator, ...] = ()
    quoted_layer: QuotedLayer | None = None


def index_row(report: ModelReport) -> IndexRow:
    """Reduce a report to its row."""
    failed = report.error is not None or not report.resolutions
    at = None if failed else report.resolutions[across.selected(report)]
    whole = at is not None and at.refusal is None
    return IndexRow(
        slug=report.slug,
        title=report.title,
        spec=report.spec,
        family=report.family,
        versions=tuple(report.versions.items()),
        depth=str(at.depth) if at and whole else "–",
        params=quantity(at.params) if at and whole else None,
        macs=quantity(at.macs) if at and whole else None,
        at=at.label if at else "",
        r_min=feasible_from(at) if at else "–",
        r_min_sort=_key(at.r_min) if at else "-1",
        r_max=per_axis(at.r_max) if at and whole else "–",
        r_max_sort=_key(at.r_max) if at else "-1",
        r_max_varies=report.r_max_varies,
        failed=failed,
        cells=() if failed else tuple((accepted.label, _cell(accepted)) for accepted in report.resolutions),
        standings=tuple((accepted.label, _standing(accepted)) for accepted in report.accepted),
        refusals=refusals(report),
        curve=None if failed else curve(report),
        operators=judged(report),
        quoted_layer=None if failed or report.arguments else quoted_layer(report),
    )


def _cell(at: ResolutionReport) -> IndexCell:
    if at.refusal is not None:
        return IndexCell("refused", "refused", "", "", "-1")
    if not at.depth:
        return IndexCell("none", "no conv.", "", "the model has no convolution, so it has no depth", "2")
    depth, share = depth_share(at)
    part = at.productive_depth / at.depth
    level = next(name for least, name in LEVELS if part >= least)
    return IndexCell(level, depth, share, "", f"{part:.4g}")


def _standing(at: ResolutionReport) -> Standing:
    return Standing(
        border=border(at),
        wasted_params=_waste(at.wasted_params, at.params),
        wasted_macs=_waste(at.wasted_macs, at.macs),
        macs=quantity(at.macs),
        last_map=last_map(at),
        unproductive=unproductive(at),
        sketch=sketch(at),
    )


def _waste(part: int, whole: int) -> Waste:
    return Waste(quantity(part).text if part else "none", f"{part:,}", percent(part, whole) if part else "", str(part))


def _key(sizes: object) -> str:
    return str(max(sizes.values())) if isinstance(sizes, dict) and sizes else "-1"
