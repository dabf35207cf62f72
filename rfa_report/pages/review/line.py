"""Changes as lines that a reviewer reads: equal ones of many layers as one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rfa_report.diffing.changes import Change, Kind
from rfa_report.wording.changes import LAYER_WORDS, MODEL_WORDS, TURNS, at_words, growth, tone_of, value_words
from rfa_report.wording.numbers import NBSP
from rfa_report.wording.text import printable


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is about, what changed, before and after, and where not at all resolutions, at which.

    `tone` is better, worse or empty.
    """

    subject: str
    what: str
    old: str
    new: str
    tone: str = ""
    at: str = ""

    @property
    def label(self) -> str:
        """Say what changed, and at which resolutions."""
        return f"{self.what} {self.at}".strip()

    @property
    def text(self) -> str:
        """Write the line as plain text."""
        arrow = f"{self.old} → {self.new}" if self.old and self.new else self.old or self.new
        told = " ".join(filter(None, [self.what, arrow, self.at]))
        return f"{self.subject}: {told}" if self.subject else told


def layer_count(count: int) -> str:
    """Count layers in words."""
    return "1 layer" if count == 1 else f"{count} layers"


def of_model(change: Change) -> Line:
    """Tell a change of a model as a whole."""
    what, at = MODEL_WORDS[change.kind], at_words(change)
    if change.kind in TURNS:
        return Line(
            "", what, value_words(change.kind, change.old), value_words(change.kind, change.new), tone_of(change), at
        )
    old, new = value_words(change.kind, change.old), value_words(change.kind, change.new)
    if change.kind in (Kind.RESOLUTION_ADDED, Kind.RESOLUTION_REMOVED):
        return Line("", what, "", f"{change.old or change.new}{NBSP}px")
    return Line("", what, old or "none", (new or "none") + growth(change), tone_of(change), at)


def alike(changes: Iterable[Change]) -> Iterator[Line]:
    """Tell equal edits of many layers once."""
    groups: dict[tuple[Kind, str, str], list[str]] = {}
    for change in changes:
        key = change.kind, value_words(change.kind, change.old), value_words(change.kind, change.new)
        groups.setdefault(key, []).append(str(change.layer))
    for (kind, old, new), layers in groups.items():
        yield Line(span(layers), LAYER_WORDS[kind], old, new)


def follow(changes: Sequence[Change]) -> Iterator[Line]:
    """Tell what follows for layers: verdicts from one to another, and of sizes those of the last layer."""
    verdicts: dict[tuple[Kind, str, str, tuple[str, ...]], list[Change]] = {}
    sizes: dict[tuple[Kind, tuple[str, ...]], list[Change]] = {}
    for change in changes:
        if change.kind in (Kind.RF_MIN, Kind.RF_MAX, Kind.JUMP):
            sizes.setdefault((change.kind, change.at), []).append(change)
        else:
            verdicts.setdefault((change.kind, str(change.old or ""), str(change.new), change.at), []).append(change)
    for (kind, old, new, _), alike in verdicts.items():
        layers = span([str(change.layer) for change in alike])
        yield Line(layers, LAYER_WORDS[kind], old, new, tone_of(alike[0]), at_words(alike[0]))
    for (kind, _), alike in sizes.items():
        last = alike[-1]
        what = LAYER_WORDS[kind] + (" of the last" if len(alike) > 1 else "")
        layers = span([str(change.layer) for change in alike])
        yield Line(layers, what, value_words(kind, last.old), value_words(kind, last.new), "", at_words(last))


def span(layers: Sequence[str]) -> str:
    """Name one or two layers, or the first and the last of more."""
    if len(layers) <= 2:
        return printable(", ".join(layers))
    return printable(f"{len(layers)} layers, {layers[0]} … {layers[-1]}")
