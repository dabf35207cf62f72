"""What a reviewer reads of the changes in a zoo: one entry a model, with few lines however much follows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rfa_report.diffing.changes import CONSEQUENCES, STRUCTURE, Change, Kind, ModelChanges, Status
from rfa_report.pages.review.checked import Checked
from rfa_report.pages.review.line import Line, alike, follow, layer_count, of_model
from rfa_report.wording.changes import HEADLINES, LAYER_WORDS, MODEL_WORDS, TURNS, at_words, growth, value_words
from rfa_report.wording.numbers import NBSP
from rfa_report.wording.text import printable

MOST_LINES = 12
"""How many lines a section of an entry has; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of one sort; `more` counts those that are left out."""

    title: str
    lines: tuple[Line, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What is told of one model: `headline` in a few words, `depth`, `macs` and `params` for the table."""

    name: str
    status: str
    headline: str
    depth: tuple[str, ...]
    macs: tuple[str, ...]
    params: tuple[str, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A whole comparison: the sides, a sentence on all, remarks that go before, and what differs.

    `checked` is what a policy says of it, where one was asked.
    """

    old: str
    new: str
    summary: str
    remarks: tuple[str, ...]
    entries: tuple[Entry, ...]
    checked: Checked | None = None


def review(old: str, new: str, compared: Iterable[ModelChanges]) -> Review:
    """Tell what changed between two sides, forgetting the changes of each model once they are told."""
    entries, statuses = [], []
    versions: set[tuple[str, str, str]] = set()
    for changes in compared:
        statuses.append(changes.status)
        versions |= changes.versions
        if changes.changes:
            entries.append(entry(changes))
    counts = [f"{statuses.count(status)} {status}" for status in Status if status in statuses and status != "same"]
    total = f"{len(statuses)} model{'' if len(statuses) == 1 else 's'}"
    summary = f"{len(entries)} of {total} differ{'s' if len(entries) == 1 else ''}: {', '.join(counts)}"
    return Review(old, new, summary if entries else f"{total}, no difference", _remarks(versions), tuple(entries))


def entry(model: ModelChanges, most: int = MOST_LINES) -> Entry:
    """Tell what changed in one model, at most so many lines a section."""
    whole = [change for change in model.changes if change.kind not in STRUCTURE | CONSEQUENCES]
    code = [change for change in model.changes if change.kind in STRUCTURE]
    follows = [change for change in model.changes if change.kind in CONSEQUENCES]
    alone = model.status in (Status.ADDED, Status.REMOVED)
    numbers = [] if alone else [of_model(change) for change in whole]
    lines = {"In the code": [*_code(code)], "The model": numbers, "What follows": [*follow(follows)]}
    return Entry(
        name=model.name,
        status=model.status.value,
        headline=", ".join(_headline(whole, code, follows)),
        depth=tuple(_cells(whole, Kind.PRODUCTIVE_DEPTH)),
        macs=tuple(_cells(whole, Kind.MACS)),
        params=tuple(_cells(whole, Kind.PARAMS)),
        sections=tuple(
            Section(title, tuple(told[:most]), max(0, len(told) - most)) for title, told in lines.items() if told
        ),
    )


def _remarks(versions: set[tuple[str, str, str]]) -> tuple[str, ...]:
    if not versions:
        return ()
    told = ", ".join(f"{name} {old} and {new}" for name, old, new in sorted(versions))
    why = "its rules" if any(name == "rfa_report" for name, *_ in versions) else "their models"
    return (f"the sides were made with {told}: numbers may differ because {why} do",)


def _headline(whole: Sequence[Change], code: Sequence[Change], follows: Sequence[Change]) -> Iterator[str]:
    """Say the most important: what was edited, then what became of the productive depth."""
    edits = [change for change in code if change.kind is not Kind.LAYER_RENAMED]
    for kind, words in ((Kind.LAYER_ADDED, "added"), (Kind.LAYER_REMOVED, "removed")):
        if count := sum(1 for change in edits if change.kind is kind):
            yield f"{layer_count(count)} {words}"
    others = {change.layer for change in edits if change.kind not in (Kind.LAYER_ADDED, Kind.LAYER_REMOVED)}
    if others:
        yield f"{layer_count(len(others))} changed"
    if len(edits) < len(code):
        yield f"{layer_count(len(code) - len(edits))} renamed"
    if lost := {change.layer for change in follows if change.kind is Kind.NOT_JUDGED}:
        yield f"{layer_count(len(lost))} not judged"
    for change in whole:
        if change.kind in TURNS:
            yield f"{MODEL_WORDS[change.kind]} {at_words(change)}".strip()
        elif change.kind in (Kind.MODEL_ADDED, Kind.MODEL_REMOVED):
            yield MODEL_WORDS[change.kind]
        elif change.kind in HEADLINES:
            yield of_model(change).text
    if not code and follows and not any(change.kind in HEADLINES for change in whole):
        yield f"other numbers for {layer_count(len({change.layer for change in follows}))}"


def _code(changes: Sequence[Change]) -> Iterator[Line]:
    """Tell what was edited: what came and went by module, names by their common beginning, then layer by layer."""
    edited = [c for c in changes if c.kind not in (Kind.LAYER_ADDED, Kind.LAYER_REMOVED, Kind.LAYER_RENAMED)]
    yield from alike(edited)
    for kind in (Kind.LAYER_REMOVED, Kind.LAYER_ADDED):
        chosen = [change for change in changes if change.kind is kind]
        for module, edits in groupby(chosen, key=lambda change: _parent(change.layer)):
            group = list(edits)
            kinds = ", ".join(dict.fromkeys(str(change.old or change.new) for change in group))
            subject = printable(str(group[0].layer)) if len(group) == 1 else f"{module}: {len(group)} layers"
            values = (kinds, "") if kind is Kind.LAYER_REMOVED else ("", kinds)
            yield Line(subject, LAYER_WORDS[kind], *values)
    renames = [_beginnings(str(c.old), str(c.new)) for c in changes if c.kind is Kind.LAYER_RENAMED]
    for (old, new), count in _counted(renames).items():
        yield Line(layer_count(count), "renamed", old, new)


def _parent(layer: str | None) -> str:
    return str(layer).rpartition("#")[0].rpartition(".")[0] or "top"


def _beginnings(old: str, new: str) -> tuple[str, str]:
    """Cut what two paths have in common at their end: `a.0.conv#0`, `b.0.conv#0` -> `a`, `b`."""
    left, right = old.split("."), new.split(".")
    while len(left) > 1 and len(right) > 1 and left[-1] == right[-1]:
        del left[-1], right[-1]
    return ".".join(left), ".".join(right)


def _counted(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for pair in pairs:
        counts[pair] = counts.get(pair, 0) + 1
    return counts


def _cells(changes: Sequence[Change], kind: Kind) -> Iterator[str]:
    for change in changes:
        if change.kind is kind:
            where = f"{', '.join(change.at)}{NBSP}px: " if change.at else ""
            yield f"{where}{value_words(kind, change.old)} → {value_words(kind, change.new)}{growth(change)}"
