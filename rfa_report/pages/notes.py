"""Notes on a model page: what a reader must know before trusting the numbers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport
from rfa_report.pages import across


@dataclass(frozen=True, slots=True)
class Note:
    """Hold a note: its heading, what it says, and names that it is about (with how many are left out)."""

    heading: str
    text: str
    anchor: str
    names: tuple[str, ...] = ()
    more: int = 0


SHOWN = 6
"""How many names a note lists."""


def notes(report: ModelReport) -> tuple[Note, ...]:
    """Collect the notes on a model, from the resolutions that it accepts where there are any."""
    rows = across.rows(replace(report, resolutions=report.accepted or report.resolutions))
    layers = [layer for found in rows.values() for layer in found if layer is not None]
    found: list[Note] = []
    if unknown := _names(name for layer in layers for name in layer.unknown):
        text = "No rule covers these operators and measuring them failed, so what depends on them is not judged."
        found.append(_note("Unknown operators", text, "unknown-operators", unknown))
    concrete = [at.label for at in report.resolutions if at.concrete]
    if concrete:
        text = (
            "The forward pass needs real values, so it ran on the CPU instead of on shapes alone, at these sizes (px)."
        )
        found.append(_note("Concrete run", text, "concrete-run", concrete))
    if contextual := _ids(layer for layer in layers if layer.global_context):
        text = (
            "A global branch joins here: these layers may see the whole image, while their sizes and verdicts follow "
            "the local paths only."
        )
        found.append(_note("Global context", text, "global-operators", contextual))
    if unaligned := _ids(layer for layer in layers if not layer.aligned):
        text = (
            "Paths with different centres or strides join here, so the fields of neighbouring positions do not line up."
        )
        found.append(_note("Unaligned joins", text, "alignment", unaligned))
    if constant := _ids(layer for layer in layers if not layer.depends_on_input):
        text = "These layers are computed from parameters alone; they see no pixel and get no prediction."
        found.append(_note("Independent of the input", text, "verdicts", constant))
    if all(not layer.convolutions for layer in layers) and layers:
        text = "The model has no convolution, so depth and productive depth are 0 and no share is given."
        found.append(_note("No convolutions", text, "depth", []))
    return tuple(found)


def _note(heading: str, text: str, anchor: str, names: list[str]) -> Note:
    return Note(heading, text, anchor, tuple(names[:SHOWN]), max(0, len(names) - SHOWN))


def _ids(layers: Iterable[Layer]) -> list[str]:
    return _names(layer.id for layer in layers)


def _names(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
