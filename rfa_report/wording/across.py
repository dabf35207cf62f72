"""One model at several resolutions, side by side: which is shown first, and texts that differ between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport

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
        Choice(*value, on=" ".join(f"on{index}" for index, found in present.items() if found == value))
        for value in distinct
    )


def rows(report: ModelReport) -> dict[str, tuple[Layer | None, ...]]:
    """Line up the layers of all resolutions by id, in execution order; None where a layer does not run."""
    tables = [{layer.id: layer for layer in at.layers} for at in report.resolutions]
    order: list[str] = []
    for table in sorted(tables, key=len, reverse=True):
        known = set(order)
        position = 0
        for layer_id in table:
            if layer_id in known:
                position = order.index(layer_id) + 1
            else:
                order.insert(position, layer_id)
                position += 1
    return {layer_id: tuple(table.get(layer_id) for table in tables) for layer_id in order}
