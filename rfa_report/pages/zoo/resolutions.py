"""Pages about one resolution: all models at N pixels, ranked by how much of them is productive."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rfa_report.core.slug import slugify
from rfa_report.pages.model.summary import Refusal
from rfa_report.pages.page import Bundle, Fragment, Page
from rfa_report.pages.zoo.index import labels
from rfa_report.pages.zoo.row import IndexCell, IndexRow, Standing
from rfa_report.pages.zoo.versions import Version, computed_with
from rfa_report.wording.numbers import percent


@dataclass(frozen=True, slots=True)
class RankRow:
    """A model at a resolution; equal shares have equal ranks."""

    rank: int
    row: IndexRow
    family: str
    cell: IndexCell
    standing: Standing


@dataclass(frozen=True, slots=True)
class RankTable:
    """The models that accept a resolution, best first."""

    id: str
    label: str
    rows: tuple[RankRow, ...]


@dataclass(frozen=True, slots=True)
class ResolutionData:
    """What the page of a resolution prints."""

    title: str
    description: str
    label: str
    key: str
    models: int
    whole: int
    refused: tuple[tuple[IndexRow, Refusal], ...]
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class ResolutionLine:
    """A line about a resolution in the overview: the median is of the shares of productive depth."""

    label: str
    models: int
    whole: int
    refused: int
    middle: str


@dataclass(frozen=True, slots=True)
class ResolutionsData:
    """What the overview of the resolutions prints."""

    lines: tuple[ResolutionLine, ...]


def resolution_bundle(label: str, rows: Sequence[IndexRow]) -> Bundle:
    """Collect the page of a resolution and its table."""
    ranks = ranked(label, rows)
    key = f"resolution.{label}"
    data = ResolutionData(
        title=f"At {label} px",
        description=f"All architectures at {label} pixels, ranked by how much of them is productive.",
        label=label,
        key=key,
        models=len(ranks),
        whole=sum(entry.rank == 1 and entry.cell.level == "full" for entry in ranks),
        refused=_refused(label, rows),
        versions=computed_with(rows),
    )
    page = Page(f"resolutions/{label}.md", "resolution.md.j2", data)
    table = RankTable(f"rfa-{key}", label, ranks)
    return Bundle((page,), (Fragment(f"fragments/{key}.table.html", "resolution-table.html.j2", table),))


def resolutions_page(rows: Sequence[IndexRow]) -> Page:
    """Write the overview of the resolutions."""
    return Page("resolutions.md", "resolutions.md.j2", ResolutionsData(tuple(_line(at, rows) for at in labels(rows))))


def ranked(label: str, rows: Sequence[IndexRow]) -> tuple[RankRow, ...]:
    """Rank the models that accept a resolution and have convolutions: by productive share, then by wasted MACs."""
    ranks = []
    for row in rows:
        cell, standing = dict(row.cells).get(label), dict(row.standings).get(label)
        if cell and standing and cell.level != "none":
            ranks.append((row, cell, standing))
    ranks.sort(key=lambda entry: (-float(entry[1].sort), int(entry[2].wasted_macs.sort), entry[0].title))
    shares = [entry[1].sort for entry in ranks]
    return tuple(
        RankRow(shares.index(cell.sort) + 1, row, slugify(row.family), cell, standing) for row, cell, standing in ranks
    )


def _refused(label: str, rows: Sequence[IndexRow]) -> tuple[tuple[IndexRow, Refusal], ...]:
    return tuple((row, refusal) for row in rows for refusal in row.refusals if refusal.label == label)


def _line(label: str, rows: Sequence[IndexRow]) -> ResolutionLine:
    ranks = ranked(label, rows)
    shares = [float(entry.cell.sort) for entry in ranks]
    return ResolutionLine(
        label=label,
        models=len(ranks),
        whole=shares.count(1.0),
        refused=len(_refused(label, rows)),
        middle=percent(median(shares), 1) if shares else "–",
    )
