"""The summary of a model: one row a resolution, and the facts that hold at all of them."""

from dataclasses import dataclass

from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport, ResolutionReport
from rfa_report.core.slug import anchor
from rfa_report.wording import across
from rfa_report.wording.feasible import feasible_from, feasible_remark
from rfa_report.wording.layers import map_text
from rfa_report.wording.numbers import NBSP, Quantity, per_axis, percent, quantity
from rfa_report.wording.verdicts import Mark, counts


@dataclass(frozen=True, slots=True)
class Border:
    """The border layer and the anchor of its row."""

    id: str
    anchor: str


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """What is said of a model at one resolution."""

    label: str
    refused: bool
    depth: str
    share: str
    border: Border | None
    wasted_params: Quantity
    wasted_params_share: str
    wasted_macs: Quantity
    wasted_macs_share: str
    last_map: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The message with which a model refused a resolution, in which module, and what is shown instead."""

    label: str
    message: str
    module: str
    remark: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A number of the model, the term it is about (an anchor on the method page) and a remark."""

    name: str
    value: str
    exact: str
    remark: str
    term: str


def summary(report: ModelReport) -> tuple[SummaryRow, ...]:
    """Summarise a model, one row a resolution."""
    return tuple(_row(at) for at in report.resolutions)


def refusals(report: ModelReport) -> tuple[Refusal, ...]:
    """List the resolutions that the model refused, with its messages."""
    return tuple(
        Refusal(at.label, at.refusal.rstrip(" ."), at.refused_in or "", _remark(at))
        for at in report.resolutions
        if at.refusal is not None
    )


def facts(report: ModelReport) -> tuple[Fact, ...]:
    """List what holds at all resolutions, or at the one shown first."""
    at = report.resolutions[across.selected(report)]
    if not at.layers:
        return ()
    params, macs = quantity(at.params), quantity(at.macs)
    varies = f" at {at.label}{NBSP}px, another at other sizes" if report.r_max_varies else ""
    largest = f"px{varies}{'; global operators aside' if at.beyond_sizes else ''}" if at.r_max else "all global"
    noun = "convolution" if at.depth == 1 else "convolutions"
    return (
        Fact("Depth", str(at.depth), "", noun, "depth"),
        Fact("Largest receptive field", per_axis(at.r_max), "", largest, "receptive-field"),
        Fact("Feasible from", feasible_from(at), "", feasible_remark(at), "feasible-range"),
        Fact("Parameters", params.text, params.exact, f"in {len(at.layers)} layers", "waste"),
        Fact("MACs", macs.text, macs.exact, f"at {at.label}{NBSP}px", "macs"),
    )


def depth_share(at: ResolutionReport) -> tuple[str, str]:
    """Write productive depth as `47/49` and as a share."""
    return f"{at.productive_depth}/{at.depth}", percent(at.productive_depth, at.depth)


def border(at: ResolutionReport) -> Border | None:
    """Name the border layer with the anchor of its row; None where there is none."""
    return None if at.border is None else Border(at.border, anchor(at.border))


def last_map(at: ResolutionReport) -> str:
    """Write the size of the last map whose positions still tell places apart."""
    mapped = [layer for layer in at.layers if _is_map(layer)]
    return map_text(mapped[-1]) if mapped else "–"


def _remark(at: ResolutionReport) -> str:
    if not at.layers:
        return "No layer ran."
    ran = len(at.layers)
    return f"This page shows the {ran} layer{'' if ran == 1 else 's'} that ran."


def _row(at: ResolutionReport) -> SummaryRow:
    depth, share = depth_share(at)
    return SummaryRow(
        label=at.label,
        refused=at.refusal is not None,
        depth=depth,
        share=share,
        border=border(at),
        wasted_params=quantity(at.wasted_params),
        wasted_params_share=percent(at.wasted_params, at.params),
        wasted_macs=quantity(at.wasted_macs),
        wasted_macs_share=percent(at.wasted_macs, at.macs),
        last_map=last_map(at),
        marks=counts(at.layers),
    )


def _is_map(layer: Layer) -> bool:
    finite = all(size is not None and size != float("inf") for size in layer.rf_min.values())
    return finite and bool(layer.dims) and None not in layer.dims.values()
