"""The page of a site's history: productive depth and MACs of each model, in the reports of one tag after the other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rfa_report.pages.page import Page
from rfa_report.pages.zoo.row import IndexRow

INDEX = "history.md"


@dataclass(frozen=True, slots=True)
class Moment:
    """How a model stood: its productive depth, and its MACs, by the label of the resolution."""

    title: str
    depths: Mapping[str, str]
    macs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How all models stood in the reports of one revision, by slug."""

    name: str
    models: Mapping[str, Moment]


@dataclass(frozen=True, slots=True)
class Line:
    """The revisions, in words, in which a model stood the same; `moment` is None where it was not there."""

    when: str
    moment: Moment | None


@dataclass(frozen=True, slots=True)
class ModelHistory:
    """What became of one model; `here` says that it has a page in this site."""

    slug: str
    title: str
    here: bool
    labels: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class HistoryData:
    """What the page prints: models that changed, and those that were always the same."""

    names: tuple[str, ...]
    changed: tuple[ModelHistory, ...]
    same: tuple[ModelHistory, ...]


def snapshot(name: str, rows: Iterable[IndexRow]) -> Snapshot:
    """Keep of the rows of a revision what its history tells."""
    return Snapshot(
        name,
        {
            row.slug: Moment(
                row.title,
                {label: cell.text for label, cell in row.cells},
                {label: standing.macs.text for label, standing in row.standings},
            )
            for row in rows
        },
    )


def history_page(snapshots: Sequence[Snapshot]) -> Page:
    """Tell the history of all models, the oldest revision first; the last one is what this site shows."""
    told = tuple(_histories(snapshots))
    changed = tuple(model for model in told if len(model.lines) > 1)
    same = tuple(model for model in told if len(model.lines) == 1)
    return Page(INDEX, "history.md.j2", HistoryData(tuple(s.name for s in snapshots), changed, same))


def _histories(snapshots: Sequence[Snapshot]) -> Iterator[ModelHistory]:
    for slug in dict.fromkeys(slug for snapshot in reversed(snapshots) for slug in snapshot.models):
        moments = [(snapshot.name, snapshot.models.get(slug)) for snapshot in snapshots]
        lines = []
        for moment, group in groupby(moments, key=lambda pair: pair[1]):
            names = [name for name, _ in group]
            lines.append(Line(names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}", moment))
        known = [line.moment for line in lines if line.moment is not None]
        labels = dict.fromkeys(label for moment in reversed(known) for label in moment.depths)
        yield ModelHistory(slug, known[-1].title, slug in snapshots[-1].models, tuple(labels), tuple(lines))
