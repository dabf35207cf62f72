"""Notes on a model page: what a reader must know before trusting the numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rfa_report.core.layer import Layer
from rfa_report.core.operator import How
from rfa_report.core.report import ModelReport
from rfa_report.pages.model.layers import unaligned_joins
from rfa_report.wording import across


@dataclass(frozen=True, slots=True)
class OperatorUse:
    """An operator that a note is about: why it was judged so, and in which layers it was met."""

    name: str
    why: str
    layers: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Note:
    """A note: its heading, what it says, and names or operators that it is about (`more` are left out)."""

    heading: str
    text: str
    anchor: str
    names: tuple[str, ...] = ()
    more: int = 0
    met: tuple[OperatorUse, ...] = ()


SHOWN = 6
"""How many names a note lists."""


def notes(report: ModelReport) -> tuple[Note, ...]:
    """Collect the notes on a model, from the resolutions that it accepts where there are any."""
    resolutions = report.resolutions
    report = replace(report, resolutions=report.accepted or resolutions)
    rows = across.rows(report)
    layers = [layer for told in rows.values() for layer in told if layer is not None]
    told: list[Note] = []
    if unknown := _names(name for layer in layers for name in layer.unknown):
        text = "No rule covers these operators, and they could not be measured: what depends on them is not judged."
        told.append(_note("Unknown operators", text, "unknown-operators", unknown))
    if loose := _met(report, How.DATA_DEPENDENT):
        text = "What these operators read or write is computed from the input, so behind them everything may matter:"
        told.append(_note("Data-dependent operators", text, "data-dependent", [], loose))
    if measured := _met(report, How.MEASURED):
        text = "No rule covers these operators, so they were run on random numbers, changed slab by slab:"
        told.append(_note("Measured operators", text, "measured", [], measured))
    if rebuilt := [f"{at.label} px: {at.built_with}" for at in resolutions if at.built_with]:
        text = "The model refuses these resolutions, so it was rebuilt for each, with the argument given here:"
        told.append(_note("Rebuilt", text, "built-anew", rebuilt))
    concrete = [at.label for at in resolutions if at.concrete]
    if concrete:
        text = (
            "The forward pass needs real values, so it ran on the CPU, with weights of zero, instead of on shapes "
            "alone, and the smallest feasible resolution was not searched, at these sizes (px)."
        )
        told.append(_note("Concrete run", text, "concrete-run", concrete))
    if contextual := _ids(layer for layer in layers if layer.global_context):
        text = (
            "A global branch joins here: these layers may see the whole image, while their sizes and verdicts follow "
            "the local paths only."
        )
        told.append(_note("Global context", text, "global-operators", contextual))
    if unaligned := _names(layer_id for at in report.resolutions for layer_id in unaligned_joins(at.layers)):
        text = (
            "Paths with different centres or strides join here, so from here on the fields of neighbouring positions "
            "do not line up."
        )
        told.append(_note("Unaligned joins", text, "alignment", unaligned))
    if constant := _ids(layer for layer in layers if not layer.depends_on_input):
        text = "These layers are computed from parameters alone; they see no pixel and get no prediction."
        told.append(_note("Independent of the input", text, "verdicts", constant))
    if all(not layer.convolutions for layer in layers) and layers:
        text = "The model has no convolution, so depth and productive depth are 0 and no share is given."
        told.append(_note("No convolutions", text, "depth", []))
    return tuple(told)


def _note(heading: str, text: str, anchor: str, names: list[str], met: Sequence[OperatorUse] = ()) -> Note:
    more = max(0, len(names) - SHOWN) + max(0, len(met) - SHOWN)
    return Note(heading, text, anchor, tuple(names[:SHOWN]), more, tuple(met[:SHOWN]))


def _met(report: ModelReport, how: How) -> list[OperatorUse]:
    """List the operators that were judged so, with the layers in which they were."""
    why: dict[str, str] = {}
    layers: dict[str, dict[str, None]] = {}
    for at in report.resolutions:
        for name, judged in at.operators.items():
            if judged is how:
                layers.setdefault(name, {})
        for layer in at.layers:
            for caveat in layer.caveats:
                if caveat.how is how:
                    why.setdefault(caveat.name, caveat.why)
                    layers.setdefault(caveat.name, {})[layer.id] = None
    return [
        OperatorUse(name, why.get(name, ""), tuple(members)[:SHOWN], max(0, len(members) - SHOWN))
        for name, members in sorted(layers.items())
    ]


def _ids(layers: Iterable[Layer]) -> list[str]:
    return _names(layer.id for layer in layers)


def _names(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
