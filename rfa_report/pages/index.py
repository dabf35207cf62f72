"""The index: models × resolutions, productive depth as a share."""

from collections.abc import Sequence
from dataclasses import dataclass

from rfa_report.core.operator import Operator
from rfa_report.core.report import ModelReport, ResolutionReport, parse_size
from rfa_report.pages import across
from rfa_report.pages.judging import judged
from rfa_report.pages.numbers import Quantity, per_axis, quantity
from rfa_report.pages.page import Fragment, Page
from rfa_report.pages.summary import depth_share
from rfa_report.pages.widest import Widest, widest

LEVELS = ((1.0, "full"), (0.9, "high"), (0.75, "good"), (0.5, "half"), (0.25, "low"), (0.0, "least"))
"""Classes of cells by productive share, each from the share on that it is named with."""


@dataclass(frozen=True, slots=True)
class IndexCell:
    """Hold a cell of the matrix: a class, two texts, a remark (mostly empty) and a key to sort by."""

    level: str
    text: str
    share: str
    title: str
    sort: str


@dataclass(frozen=True, slots=True)
class IndexRow:
    """Hold a model's row, with cells by the label of the resolution, and all else that pages about all models need.

    `spec` is empty where the model was built with arguments: it is not the one that others mean by the name.
    """

    slug: str
    title: str
    family: str
    depth: str
    params: Quantity | None
    macs: Quantity | None
    at: str
    r_min: str
    r_min_sort: str
    r_max: str
    r_max_sort: str
    failed: bool
    cells: tuple[tuple[str, IndexCell], ...]
    operators: tuple[Operator, ...] = ()
    spec: str = ""
    widest: Widest | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    """Hold a row and its cells in the order of the table's columns."""

    row: IndexRow
    cells: tuple[IndexCell, ...]


@dataclass(frozen=True, slots=True)
class IndexTable:
    """Hold the matrix."""

    labels: tuple[str, ...]
    families: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class IndexData:
    """Hold what the index page prints."""

    title: str
    models: int
    families: int
    failed: int
    labels: tuple[str, ...]


MISSING = IndexCell("none", "–", "", "not analysed at this resolution", "-3")
FAILED = IndexCell("failed", "failed", "", "the model could not be analysed; its page says why", "-2")


def index_row(report: ModelReport) -> IndexRow:
    """Reduce a report to its row, so that a build need not keep the report."""
    if report.error is not None or not report.resolutions:
        return IndexRow(
            report.slug, report.title, report.family, "–", None, None, "", "–", "-1", "–", "-1", failed=True, cells=()
        )
    at = report.resolutions[across.selected(report)]
    whole = at.refusal is None
    return IndexRow(
        slug=report.slug,
        title=report.title,
        family=report.family,
        depth=str(at.depth) if whole else "–",
        params=quantity(at.params) if whole else None,
        macs=quantity(at.macs) if whole else None,
        at=at.label,
        r_min=per_axis(at.r_min),
        r_min_sort=_key(at.r_min),
        r_max=per_axis(at.r_max) if whole else "–",
        r_max_sort=_key(at.r_max),
        failed=False,
        cells=tuple((found.label, _cell(found)) for found in report.resolutions),
        operators=judged(report),
        spec="" if report.arguments else report.spec,
        widest=widest(report),
    )


def index_page(title: str, rows: Sequence[IndexRow]) -> Page:
    """Write the index page; its table is a fragment of its own."""
    data = IndexData(
        title=title,
        models=len(rows),
        families=len({row.family for row in rows}),
        failed=sum(row.failed for row in rows),
        labels=_labels(rows),
    )
    return Page("index.md", "index.md.j2", data)


def index_table(rows: Sequence[IndexRow]) -> Fragment:
    """Lay out the matrix, one row a model in the order given."""
    labels = _labels(rows)
    found = []
    for row in rows:
        cells = dict(row.cells)
        empty = FAILED if row.failed else MISSING
        found.append(TableRow(row, tuple(cells.get(label, empty) for label in labels)))
    families = tuple(sorted({row.family for row in rows}, key=str.casefold))
    return Fragment("fragments/index.table.html", "index-table.html.j2", IndexTable(labels, families, tuple(found)))


def _labels(rows: Sequence[IndexRow]) -> tuple[str, ...]:
    found = {label for row in rows for label, _ in row.cells}
    return tuple(sorted(found, key=lambda label: (_area(label), label)))


def _area(label: str) -> int:
    first, *rest = parse_size(label, label.count("x") + 1)
    area = first
    for size in rest or [first]:
        area *= size
    return area


def _cell(at: ResolutionReport) -> IndexCell:
    if at.refusal is not None:
        return IndexCell("refused", "refused", "", at.refusal, "-1")
    if not at.depth:
        return IndexCell("none", "no conv.", "", "the model has no convolution, so it has no depth", "2")
    depth, share = depth_share(at)
    part = at.productive_depth / at.depth
    level = next(name for least, name in LEVELS if part >= least)
    return IndexCell(level, depth, share, "", f"{part:.4f}")


def _key(sizes: object) -> str:
    return str(max(sizes.values())) if isinstance(sizes, dict) and sizes else "-1"
