"""Two collections of reports -> the changes of each model, one pair in memory at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from rfa_report import store
from rfa_report.core.errors import RfaError, StoreError, one_line
from rfa_report.core.report import ModelReport
from rfa_report.diffing.changes import Change, Kind, ModelChanges, Status
from rfa_report.diffing.find import changes
from rfa_report.diffing.structure import outline, signature

Read: TypeAlias = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Pair:
    """The two reports of one model as they are stored: the slug of each, its bytes, and its name in messages."""

    before: str
    after: str
    old: bytes
    new: bytes
    old_file: str
    new_file: str


Spread: TypeAlias = Callable[[Callable[[Pair], ModelChanges], Iterable[Pair]], Iterable[ModelChanges]]
"""How a function is applied to pairs, in their order: by `map`, or by one that uses several processes."""


class UnrelatedError(RfaError):
    """Raised for two sides that have so little in common that a list of changes would say nothing."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: how the user calls it, and how to read each report, by the model's slug.

    A `single` side is one file that the user named: of the other side, only the model of that name counts.
    """

    name: str
    reports: Mapping[str, Read]
    single: bool = False

    def narrowed(self, other: "Side") -> "Side":
        """Leave only the model that another side is about, where that is a single one which is here too."""
        wanted = [name for name in other.reports if other.single and name in self.reports]
        return replace(self, reports={name: self.reports[name] for name in wanted}) if wanted else self


def compare(old: Side, new: Side, spread: Spread = map) -> Iterator[ModelChanges]:
    """Compare two collections; models that are the same are yielded too, with no changes.

    Models are paired by name, then by structure. Raises `StoreError` for a report that cannot be read, and
    `UnrelatedError` where the sides have no model in common.
    """
    old, new = old.narrowed(new), new.narrowed(old)
    shared = [name for name in new.reports if name in old.reports]
    gone = [name for name in old.reports if name not in new.reports]
    come = [name for name in new.reports if name not in old.reports]
    if len(old.reports) == len(new.reports) == 1:
        yield _only_pair(old, new)
        return
    yield from spread(changes_of, (_pair(old, new, name, name) for name in shared))
    renamed = _renamed(old, new, gone, come)
    if not shared and not renamed:
        raise UnrelatedError(
            f"{old.name} and {new.name} have no model in common: {_some(gone)} against {_some(come)}",
            "compare two versions of the same models, or two single report files",
        )
    for before, after in renamed.items():
        yield changes_of(_pair(old, new, before, after))
    for name in gone:
        if name not in renamed:
            yield ModelChanges(name, Status.REMOVED, (Change(Kind.MODEL_REMOVED, name, None),))
    for name in come:
        if name not in renamed.values():
            yield ModelChanges(name, Status.ADDED, (Change(Kind.MODEL_ADDED, None, name),))


def _only_pair(old: Side, new: Side) -> ModelChanges:
    (before,), (after,) = old.reports, new.reports
    changes = changes_of(_pair(old, new, before, after))
    if changes.status is Status.REPLACED:
        raise UnrelatedError(
            f"{old.name} and {new.name} are unrelated architectures: hardly any layer of one is in the other",
            "compare two versions of one model",
        )
    return changes


def _pair(old: Side, new: Side, before: str, after: str) -> Pair:
    first, second = old.reports[before](), new.reports[after]()
    return Pair(before, after, first, second, _file(old, before), _file(new, after))


def changes_of(pair: Pair) -> ModelChanges:
    """Compare the two reports of one model."""
    if pair.old == pair.new:
        return ModelChanges(pair.after, Status.SAME)
    texts = _text(pair.old, pair.old_file), _text(pair.new, pair.new_file)
    stripped = [store.without_versions(text) for text in texts]
    if None not in stripped and stripped[0] == stripped[1]:
        return ModelChanges(pair.after, Status.SAME, (), None, *map(store.versions_of, texts))
    first, second = store.loads(texts[0], pair.old_file), store.loads(texts[1], pair.new_file)
    edits = tuple(changes(first, second))
    kinds = {change.kind for change in edits}
    status = (
        Status.SAME if not edits
        else Status.REPLACED if Kind.MODEL_REPLACED in kinds
        else Status.RENAMED if Kind.MODEL_RENAMED in kinds
        else Status.CHANGED
    )  # fmt: skip
    earlier = first.slug if first.slug != second.slug else None
    return ModelChanges(second.slug, status, edits, earlier, first.versions, second.versions)


def _renamed(old: Side, new: Side, gone: Sequence[str], come: Sequence[str]) -> dict[str, str]:
    """Pair models that have the same layers under another name."""
    if not gone or not come:
        return {}
    known: dict[int, list[str]] = {}
    for name in gone:
        known.setdefault(_fingerprint(_load(old, name)), []).append(name)
    pairs = {}
    for name in come:
        if same := known.get(_fingerprint(_load(new, name))):
            pairs[same.pop(0)] = name
    return pairs


def _fingerprint(report: ModelReport) -> int:
    """Tell architectures apart by their layers; one that could not be analysed is like no other."""
    layers = outline(report.resolutions).layers
    told = tuple(signature(layer) for layer in layers)
    return hash((told, report.channels)) if layers else hash(report.slug)


def _load(side: Side, name: str) -> ModelReport:
    return store.loads(_text(side.reports[name](), _file(side, name)), _file(side, name))


def _text(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = f"{file} is not a report: {one_line(error)}"
        raise StoreError(problem, "build it again with rfa-report build") from error


def _file(side: Side, name: str) -> str:
    return f"{name} of {side.name}"


def _some(names: Sequence[str], most: int = 3) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
