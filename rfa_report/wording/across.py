"""One model at several resolutions, side by side: which is shown first, and texts that differ between them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport

Key = TypeVar("Key")

USUAL = "224"
"""The resolution that most published weights were trained at; shown first where it was analysed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A text and the classes of the resolutions that it is true at; no classes where that is all of them."""

    text: str
    title: str = ""
    on: str = ""


def selected(report: ModelReport) -> int:
    """Choose the resolution shown first: 224 where the model accepts it, else the largest that it accepts."""
    accepted = [index for index, at in enumerate(report.resolutions) if at.refusal is None]
    usual = [index for index in accepted if report.resolutions[index].label == USUAL]
    if usual:
        return usual[0]
    return max(accepted, key=lambda index: report.resolutions[index].size, default=0)


def choices(values: Sequence[tuple[str, str] | None]) -> tuple[Choice, ...]:
    """Merge (text, title) pairs, one per resolution and None where there is none, into as few choices as possible."""
    present = {index: value for index, value in enumerate(values) if value is not None}
    distinct = list(dict.fromkeys(present.values()))
    if len(distinct) == 1:
        return (Choice(*distinct[0]),)
    return tuple(
        Choice(*value, on=" ".join(f"on{index}" for index, other in present.items() if other == value))
        for value in distinct
    )


def rows(report: ModelReport) -> dict[str, tuple[Layer | None, ...]]:
    """Line up the layers of all resolutions by id, in execution order; None where a layer does not run."""
    tables = [{layer.id: layer for layer in at.layers} for at in report.resolutions]
    fullest = sorted(zip(report.resolutions, tables, strict=True), key=lambda x: (x[0].refusal is not None, -len(x[1])))
    order = lined_up([table for _, table in fullest])
    return {layer_id: tuple(table.get(layer_id) for table in tables) for layer_id in order}


def lined_up(orders: Iterable[Iterable[Key]]) -> list[Key]:
    """Merge orders of execution: the first one, with what only a later one has after what comes before it there."""
    merged: list[Key] = []
    for order in orders:
        known, place = set(merged), 0
        for key in order:
            if key in known:
                place = merged.index(key) + 1
            else:
                merged.insert(place, key)
                place += 1
    return merged
