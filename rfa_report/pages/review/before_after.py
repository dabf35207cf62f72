"""The layer table of a comparison: one row for each layer that differs, `before → after` in its cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport
from rfa_report.diffing.changes import STRUCTURE, Change, Kind
from rfa_report.drawing.graph.highlight import Edits, row_anchor
from rfa_report.wording import across
from rfa_report.wording.changes import LAYER_WORDS, value_words
from rfa_report.wording.layers import Column, Place, columns
from rfa_report.wording.verdicts import classes

ARROW = " → "


@dataclass(frozen=True, slots=True)
class Cell:
    """The texts of a cell by resolution, whether any of them differs between the sides, and whether it is a number."""

    choices: tuple[across.Choice, ...]
    differs: bool
    number: bool


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
    columns: tuple[Column, ...]
    rows: tuple[DiffRow, ...]
    same: int


Pair: TypeAlias = tuple[str | None, str | None]
"""The ids of a layer before and after; None on the side that lacks it."""

Versions = tuple[Layer | None, ...]
"""A layer at each resolution; None where it does not run."""


def before_after(old: ModelReport, new: ModelReport, changes: Sequence[Change], edits: Edits) -> DiffTable:
    """Line up the layers of two versions with the same resolutions, removed ones after those that they followed."""
    before, after = across.rows(old), across.rows(new)
    former = {name: was for was, name in edits.names.items()}
    gone = {layer for layer, sign in edits.old.items() if sign == "removed"}
    there: list[Pair] = [
        (None if edits.new.get(key) == "added" or former.get(key, key) in gone else former.get(key, key), key)
        for key in after
    ]
    kept = set(there)
    pairs: list[Pair] = [(key, edits.names.get(key, key)) for key in before]
    here = [pair if pair in kept else (pair[0], None) for pair in pairs if pair in kept or pair[0] in gone]
    order = across.lined_up([there, here])
    rows = [_row(was, name, before, after, changes, edits) for was, name in order]
    told = tuple(row for row in rows if row is not None)
    return DiffTable(new.title, columns(Place.REVIEW), told, len(rows) - len(told))


def _row(
    was: str | None,
    name: str | None,
    before: Mapping[str, Versions],
    after: Mapping[str, Versions],
    changes: Sequence[Change],
    edits: Edits,
) -> DiffRow | None:
    old = before.get(was or "", ())
    new = after.get(name or "", ())
    cells = tuple(_cell(column, old, new) for column in columns(Place.REVIEW))
    renamed = was is not None and name is not None and was != name
    sign = (edits.new if name is not None else edits.old).get(name or str(was), "")
    passive = was not in before and not sign
    if passive or not (sign or renamed or any(cell.differs for cell in cells)):
        return None
    key = name or str(was)
    return DiffRow(
        anchor=row_anchor(key, edits.new if name is not None else edits.old),
        classes=classes(new or old),
        id=key,
        was=str(was) if renamed else "",
        sign=sign,
        edit="; ".join(_edits(key, changes)) if name is not None else "",
        cells=cells,
    )


def _cell(column: Column, old: Versions, new: Versions) -> Cell:
    texts: list[tuple[str, str] | None] = []
    differs = False
    for a, b in zip(old or (None,) * len(new), new or (None,) * len(old), strict=True):
        told = [column.text(layer) if layer is not None else None for layer in (a, b)]
        shown = list(dict.fromkeys(text or "–" for text in told if text is not None))
        differs |= len(shown) > 1 or (None in told and told != [None, None])
        texts.append((ARROW.join(shown), "") if shown else None)
    return Cell(across.choices(texts), differs, column.number)


def _edits(layer: str, changes: Sequence[Change]) -> list[str]:
    """Say what was edited in a layer that is on both sides."""
    silent = (Kind.LAYER_ADDED, Kind.LAYER_REMOVED, Kind.LAYER_RENAMED)
    return [
        f"{LAYER_WORDS[c.kind]} {value_words(c.kind, c.old)}{ARROW}{value_words(c.kind, c.new)}"
        for c in changes
        if c.layer == layer and c.kind in STRUCTURE and c.kind not in silent
    ]
