"""Recording at one size -> ResolutionReport: verdicts, depth, waste, border layer."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from math import prod

from rfa_report.analysis.layers import INPUT, Box, boxes
from rfa_report.analysis.measured import Measure
from rfa_report.analysis.verdicts import sizes_by_id, verdicts
from rfa_report.core.field import Field
from rfa_report.core.layer import Layer, PerAxis, Reach, Verdict
from rfa_report.core.operator import How, Operator
from rfa_report.core.recording import Recording
from rfa_report.core.report import AXES, ResolutionReport, Size
from rfa_report.rules import Book


def report_at(
    recording: Recording, size: Size, book: Book, measure: Measure | None = None, r_min: PerAxis[int] | None = None
) -> ResolutionReport:
    """Judge a recorded forward pass at its input size; operators without a rule are measured by `measure`."""
    axes = AXES[len(size)]
    log: list[Operator | None] = []
    found = boxes(recording, book, axes, measure, log)
    layers = _layers(recording, found, dict(zip(axes, size, strict=True)))
    bad = {layer.id for layer in layers if layer.verdict is Verdict.UNPRODUCTIVE}
    parameters = {box.id: box.parameters for box in found}
    used = {v for values in parameters.values() for v in values}
    needed = {v for layer, values in parameters.items() if layer not in bad for v in values}
    refused_in = None
    if recording.refusal is not None and recording.scopes:
        refused_in = _last_scope(recording)
    return ResolutionReport(
        size=size,
        layers=tuple(layers),
        depth=_depth(layers, frozenset()),
        productive_depth=_depth(layers, frozenset(bad)),
        border=next((layer.id for layer in layers if layer.id in bad), None),
        params=_count(recording, used),
        macs=sum(layer.macs for layer in layers),
        wasted_params=_count(recording, used - needed),
        wasted_macs=sum(layer.macs for layer in layers if layer.id in bad),
        r_min=r_min,
        r_max=_largest(layers, axes),
        operators=_operators(log),
        concrete=recording.device == "cpu",
        refusal=recording.refusal,
        refused_in=refused_in,
    )


def _layers(recording: Recording, found: Sequence[Box], size: Mapping[str, int]) -> list[Layer]:
    sizes = sizes_by_id(found, tuple(size))
    layers = []
    for box in found:
        feeding = [sizes[p] for p in box.inputs]
        reading = box.reading
        verdict, alone = verdicts(box, feeding, size)
        layers.append(
            Layer(
                id=box.id,
                kind=box.kind,
                module=box.module,
                inputs=box.inputs,
                input_shape=box.input_shape,
                output_shape=box.output_shape,
                window=box.window,
                groups=box.groups,
                convolutions=box.convolutions,
                params=_count(recording, box.parameters),
                macs=box.macs,
                rf_min=reading.rf_min,
                rf_max=reading.rf_max,
                jump=reading.jump,
                centre=reading.centre,
                dims=reading.dims,
                aligned=reading.aligned,
                global_context=reading.global_context,
                depends_on_input=reading.depends_on_input,
                unknown=reading.unknown,
                caveats=box.caveats,
                verdict=verdict,
                axis_verdicts=alone,
                reaches=_reaches(box.field, tuple(size)),
            )
        )
    return layers


def _reaches(field: Field | None, axes: tuple[str, ...]) -> PerAxis[Callable[[], Reach | None]]:
    """Leave the reach of a layer to be computed when somebody asks."""
    return {name: partial(field.reach, axis) if field else _none for axis, name in enumerate(axes)}


def _none() -> None:
    return None


def _operators(log: Sequence[Operator | None]) -> dict[str, How]:
    """Say how each operator was judged, the worst where calls differ."""
    order = list(How)
    found: dict[str, How] = {}
    for operator in filter(None, log):
        found[operator.name] = max(found.get(operator.name, How.RULED), operator.how, key=order.index)
    return dict(sorted(found.items()))


def _count(recording: Recording, values: AbstractSet[int]) -> int:
    return sum(prod(recording.values[v].shape) for v in values)


def _depth(layers: Sequence[Layer], leave_out: frozenset[str]) -> int:
    """Count the convolutions on the path that has most of them, leaving some layers out."""
    longest: dict[str, int] = {INPUT: 0}
    for layer in layers:
        before = max((longest[p] for p in layer.inputs), default=0)
        longest[layer.id] = before + (0 if layer.id in leave_out else layer.convolutions)
    return max(longest.values())


def _largest(layers: Sequence[Layer], axes: Sequence[str]) -> PerAxis[int] | None:
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
