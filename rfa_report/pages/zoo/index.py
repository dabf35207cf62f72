"""The index: models × resolutions, productive depth as a share; the same table serves families and comparisons."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import prod

from rfa_report.core.report import parse_size
from rfa_report.core.slug import slugify
from rfa_report.pages.page import Fragment, Page
from rfa_report.pages.zoo.row import IndexCell, IndexRow
from rfa_report.pages.zoo.versions import Version, computed_with
from rfa_report.wording.verdicts import LOOKS

TALL = {look.initial: round(8 * look.height) for look in LOOKS.values()}
"""How tall a verdict stands in the small strip, of 8."""

MOST_STRIPS = 500
"""Rows up to which each has its small strip; those of 1,300 take a browser half a second of the two it may take."""


@dataclass(frozen=True, slots=True)
class Bar:
    """The cells of a verdict in a small strip: its letter, and the outline of all of them as an SVG path."""

    letter: str
    path: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row, its cells in the order of the table's columns, and its strip, with words, at one resolution."""

    row: IndexRow
    family: str
    cells: tuple[IndexCell, ...]
    bars: tuple[Bar, ...]
    words: str


@dataclass(frozen=True, slots=True)
class IndexTable:
    """The matrix; `root` leads from its page to the first one, strips are those at `glance`."""

    id: str
    root: str
    labels: tuple[str, ...]
    glance: str
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class IndexData:
    """What the index page prints."""

    title: str
    models: int
    families: int
    failed: int
    labels: tuple[str, ...]
    versions: tuple[Version, ...]


MISSING = IndexCell("none", "–", "", "not analysed at this resolution", "-3")
FAILED = IndexCell("failed", "failed", "", "the model could not be analysed; its page says why", "-2")


def index_page(title: str, rows: Sequence[IndexRow]) -> Page:
    """Write the index page; its table is a fragment of its own."""
    data = IndexData(
        title=title,
        models=len(rows),
        families=len({row.family for row in rows}),
        failed=sum(row.failed for row in rows),
        labels=labels(rows),
        versions=computed_with(rows),
    )
    return Page("index.md", "index.md.j2", data)


def index_table(rows: Sequence[IndexRow], key: str = "index", root: str = "") -> Fragment:
    """Lay out the matrix as a fragment."""
    return Fragment(f"fragments/{key}.table.html", "index-table.html.j2", matrix(rows, key, root))


def matrix(rows: Sequence[IndexRow], key: str = "index", root: str = "", *, columns: int | None = None) -> IndexTable:
    """Lay out the matrix, one row a model in the order given; with the first `columns` resolutions only, if given."""
    shown, at = labels(rows)[:columns], glance(rows)
    lines = []
    for row in rows:
        cells, standings = dict(row.cells), dict(row.standings)
        empty = FAILED if row.failed else MISSING
        lines.append(
            TableRow(
                row,
                slugify(row.family),
                tuple(cells.get(label, empty) for label in shown),
                _bars(standings[at].sketch) if at in standings else (),
                f"{standings[at].unproductive} unproductive" if at in standings else "",
            )
        )
    return IndexTable(f"rfa-{key}", root, shown, at, tuple(lines))


def labels(rows: Sequence[IndexRow]) -> tuple[str, ...]:
    """List the resolutions of some models, from small to large."""
    seen = {label for row in rows for label, _ in row.cells}
    return tuple(sorted(seen, key=lambda label: (_area(label), label)))


def glance(rows: Sequence[IndexRow]) -> str:
    """Choose the resolution of the small strips: the smallest one that half of the models accept; none for a crowd."""
    if len(rows) > MOST_STRIPS:
        return ""
    for label in labels(rows):
        if 2 * sum(label in dict(row.standings) for row in rows) >= sum(not row.failed for row in rows):
            return label
    return ""


def _bars(sketch: str) -> tuple[Bar, ...]:
    paths: dict[str, str] = {}
    at = 0
    for letter, cells in groupby(sketch):
        wide, tall = len(list(cells)), TALL[letter]
        paths[letter] = paths.get(letter, "") + f"M{at} 8v-{tall}h{wide}v{tall}z"
        at += wide
    return tuple(Bar(letter, path) for letter, path in paths.items())


def _area(label: str) -> int:
    sizes = parse_size(label, label.count("x") + 1)
    return prod(sizes if len(sizes) > 1 else sizes * 2)
