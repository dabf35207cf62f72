"""The layer table of a comparison: one row for each layer that differs, `before → after` in its cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport
from rfa_report.diffing.changes import STRUCTURE, Change, Kind
from rfa_report.drawing.graph.highlight import Edits, row_anchor
from rfa_report.pages.model.layers import jump_text, map_text, window_text
from rfa_report.wording import across
from rfa_report.wording.changes import LAYER_WORDS, value_words
from rfa_report.wording.numbers import per_axis, quantity
from rfa_report.wording.verdicts import classes, mark

ARROW = " → "

READ: Mapping[str, Callable[[Layer], str]] = {
    "Verdict": lambda layer: f"{mark(layer.verdict).symbol} {mark(layer.verdict).word}",
    "Kind": lambda layer: layer.kind,
    "Kernel": window_text,
    "Output map": map_text,
    "RF max": lambda layer: per_axis(layer.rf_max),
    "RF min": lambda layer: per_axis(layer.rf_min),
    "Jump": jump_text,
    "Params": lambda layer: quantity(layer.params).text if layer.params else "–",
    "MACs": lambda layer: quantity(layer.macs).text if layer.macs else "–",
}
"""The columns, and what a layer says in them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The texts of a cell by resolution, and whether any of them differs between the sides."""

    choices: tuple[across.Choice, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A layer's row: `sign` is that of its node in the graph, `was` its former id, `edit` what was edited."""

    anchor: str
    classes: str
    id: str
    was: str
    sign: str
    edit: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class DiffTable:
    """The rows of layers that differ, and how many others are the same on both sides."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[DiffRow, ...]
    same: int


Versions = tuple[Layer | None, ...]
"""A layer at each resolution; None where it does not run."""


def before_after(old: ModelReport, new: ModelReport, changes: Sequence[Change], found: Edits) -> DiffTable:
    """Line up the layers of two versions with the same resolutions, removed ones after those that they followed."""
    before, after = across.rows(old), across.rows(new)
    former = {name: was for was, name in found.names.items()}
    gone = {layer for layer, sign in found.old.items() if sign == "removed"}
    order: list[tuple[str | None, str | None]] = [
        (None if found.new.get(key) == "added" or former.get(key, key) in gone else former.get(key, key), key)
        for key in after
    ]
    taken = {was for was, _ in order}
    place = 0
    for key in before:
        name = found.names.get(key, key)
        if key in taken and (key, name) in order:
            place = order.index((key, name)) + 1
        elif key in gone:
            order.insert(place, (key, None))
            place += 1
    rows = [_row(was, name, before, after, changes, found) for was, name in order]
    told = tuple(row for row in rows if row is not None)
    return DiffTable(new.title, tuple(READ), told, len(rows) - len(told))


def _row(
    was: str | None,
    name: str | None,
    before: Mapping[str, Versions],
    after: Mapping[str, Versions],
    changes: Sequence[Change],
    found: Edits,
) -> DiffRow | None:
    old = before.get(was or "", ())
    new = after.get(name or "", ())
    cells = tuple(_cell(read, old, new) for read in READ.values())
    renamed = was is not None and name is not None and was != name
    sign = (found.new if name is not None else found.old).get(name or str(was), "")
    passive = was not in before and not sign
    if passive or not (sign or renamed or any(cell.differs for cell in cells)):
        return None
    key = name or str(was)
    return DiffRow(
        anchor=row_anchor(key, found.new if name is not None else found.old),
        classes=classes(new or old),
        id=key,
        was=str(was) if renamed else "",
        sign=sign,
        edit="; ".join(_edits(key, changes)) if name is not None else "",
        cells=cells,
    )


def _cell(read: Callable[[Layer], str], old: Versions, new: Versions) -> Cell:
    texts: list[tuple[str, str] | None] = []
    differs = False
    for a, b in zip(old or (None,) * len(new), new or (None,) * len(old), strict=True):
        told = [read(layer) if layer is not None else None for layer in (a, b)]
        shown = list(dict.fromkeys(text or "–" for text in told if text is not None))
        differs |= len(shown) > 1 or (None in told and told != [None, None])
        texts.append((ARROW.join(shown), "") if shown else None)
    return Cell(across.choices(texts), differs)


def _edits(layer: str, changes: Sequence[Change]) -> list[str]:
    """Say what was edited in a layer that is on both sides."""
    silent = (Kind.LAYER_ADDED, Kind.LAYER_REMOVED, Kind.LAYER_RENAMED)
    return [
        f"{LAYER_WORDS[c.kind]} {value_words(c.kind, c.old)}{ARROW}{value_words(c.kind, c.new)}"
        for c in changes
        if c.layer == layer and c.kind in STRUCTURE and c.kind not in silent
    ]
