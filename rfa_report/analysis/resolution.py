"""Recording at one size -> ResolutionReport: verdicts, depth, waste, border layer."""

from collections.abc import Sequence

from rfa_report.analysis.layers import INPUT, count, forward_pass
from rfa_report.analysis.range import Feasible
from rfa_report.core.inputs import AXES
from rfa_report.core.layer import Layer, PerAxis, Verdict
from rfa_report.core.operator import worst_of
from rfa_report.core.recording import Recording
from rfa_report.core.report import ResolutionReport, Size
from rfa_report.core.subject import Measure
from rfa_report.rules import Book


def report_at(
    recording: Recording,
    size: Size,
    book: Book,
    measure: Measure | None = None,
    feasible: Feasible | None = None,
    built_with: str | None = None,
) -> ResolutionReport:
    """Judge a recorded forward pass at its input size; operators without a rule are measured by `measure`."""
    judged = forward_pass(recording, book, measure)
    layers = judged.layers
    bad = {layer.id for layer in layers if layer.verdict is Verdict.UNPRODUCTIVE}
    used = {v for values in judged.parameters.values() for v in values}
    needed = {v for layer, values in judged.parameters.items() if layer not in bad for v in values}
    refused_in = None
    if recording.refusal is not None and recording.scopes:
        refused_in = _last_scope(recording)
    return ResolutionReport(
        size=size,
        layers=layers,
        depth=_depth(layers, frozenset()),
        productive_depth=_depth(layers, frozenset(bad)),
        border=next((layer.id for layer in layers if layer.id in bad and layer.convolutions), None),
        params=count(recording, used),
        macs=sum(layer.macs for layer in layers) + judged.macs_apart,
        wasted_params=count(recording, used - needed),
        wasted_macs=sum(layer.macs for layer in layers if layer.id in bad),
        r_min=feasible.r_min if feasible else None,
        r_max=largest_field(layers, AXES[len(size)]),
        operators=worst_of((operator.name, operator.how) for operator in judged.operators),
        concrete=recording.device == "cpu",
        refusal=recording.refusal,
        refused_in=refused_in,
        built_with=built_with,
        only_size=feasible.only_size if feasible else None,
        also_takes=feasible.also_takes if feasible else None,
        outputs=judged.outputs,
        views=judged.views,
    )


def _depth(layers: Sequence[Layer], leave_out: frozenset[str]) -> int:
    """Count the convolutions on the path that has most of them, leaving some layers out."""
    longest: dict[str, int] = {INPUT: 0}
    for layer in layers:
        before = max((longest[p] for p in layer.inputs), default=0)
        longest[layer.id] = before + (0 if layer.id in leave_out else layer.convolutions)
    return max(longest.values())


def largest_field(layers: Sequence[Layer], axes: Sequence[str]) -> PerAxis[int] | None:
    """Return r_max, in pixels: the largest field that is finite; None where none is."""
    largest = {}
    for axis in axes:
        finite = [int(v) for layer in layers if (v := layer.rf_max[axis]) is not None and v != float("inf")]
        if not finite:
            return None
        largest[axis] = max(finite)
    return largest


def _last_scope(recording: Recording) -> str:
    """Name the module in which the forward pass stopped."""
    last = max(range(len(recording.scopes)), key=lambda i: (recording.scopes[i].start, i))
    return recording.scopes[last].path or recording.scopes[0].kind
