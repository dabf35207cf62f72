"""Recording -> layers: what each reads, costs and feeds, what the field of its output says, and its verdict."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import zip_longest
from math import prod
from typing import TypeAlias

from rfa_report.analysis.cost import macs
from rfa_report.analysis.frames import frame, input_frames
from rfa_report.analysis.kernel import call_with_kernel, idle_kernels, window
from rfa_report.analysis.propagate import State, Unknown, propagate
from rfa_report.analysis.spans import Span, spans
from rfa_report.analysis.verdicts import judged
from rfa_report.core.field import Field
from rfa_report.core.inputs import AXES
from rfa_report.core.layer import Layer, PerAxis, Reach, Verdict, Window
from rfa_report.core.layout import Jump, dim_of, stride
from rfa_report.core.operator import How, Operator
from rfa_report.core.recording import Call, Recording
from rfa_report.core.subject import Measure
from rfa_report.rules import Book

INPUT = "input"
"""The id that stands for the model's input among the inputs of a layer."""

Reading: TypeAlias = tuple[float | None, float | None, float | None, Jump | None, int | None]
"""What a field says along one axis: its largest and its shortest size, centre, jump, and dimension."""


@dataclass(frozen=True, slots=True)
class ForwardPass:
    """A recorded forward pass, judged.

    `layers` stand in execution order; `outputs` are what the model returns, as layers that compute nothing; `views` are
    what modules return where that is not the output of a layer as it is; `parameters` are those of each layer by value,
    which layers may share, and also those of modules that no input reaches, as of a net for the time of a diffusion
    model, which cost `macs_apart`; `operators` says of each call that the input reaches how it was judged.
    """

    layers: tuple[Layer, ...]
    outputs: tuple[Layer, ...]
    views: tuple[Layer, ...]
    parameters: Mapping[str, frozenset[int]]
    operators: tuple[Operator, ...]
    macs_apart: int = 0


def forward_pass(recording: Recording, book: Book, measure: Measure | None = None) -> ForwardPass:
    """Judge every layer of a recording at its input size; operators without a rule are measured by `measure`."""
    shape = recording.resolution
    size = dict(zip(AXES[len(shape)], shape, strict=True))
    axes = tuple(size)
    layers: list[Layer] = []
    parameters: dict[str, frozenset[int]] = {}
    operators: list[Operator | None] = []
    sizes: dict[str, PerAxis[float | None]] = {INPUT: dict.fromkeys(axes, 1)}
    apart = 0
    frames = input_frames(recording, axes)
    producers: dict[int, tuple[str, ...]] = dict.fromkeys(recording.inputs, (INPUT,))
    origins = _parameters(recording)
    returns, whole = _returns(recording), dict[int, str]()
    callers, others = dict[str, list[str]](), list[Layer]()
    steps = propagate(recording, book, measure)
    (states, _), at = next(steps), 0

    def in_frame(layer: Layer, read: Iterable[int], idle: PerAxis[bool]) -> Layer:
        own, unit = frame(frames, read, size)
        return judged(layer, [unit if p == INPUT and unit else sizes[p] for p in layer.inputs], own, idle)

    def seen(returns: Iterable[Span]) -> Iterator[Layer]:
        for span in returns:
            if states.get(value := span.outputs[0]) is not None:
                layer = _layer(recording, span, {value: producers[value]}, None, states, axes, 0, ())
                yield in_frame(layer, [value], {})

    def note_returns() -> None:
        for span in returns.pop(at, ()):
            if (layer := whole.get(span.outputs[0])) is None:
                others.extend(seen([span]))
            else:
                callers.setdefault(layer, []).append(span.id)

    for span in spans(recording, book):
        calls = recording.calls[span.start : span.stop]
        while at < span.start:
            states, operator = next(steps)
            operators.append(operator)
            _pass_on(recording.calls[at], producers, states)
            at += 1
            note_returns()
        feeding = _feeding(recording, span, producers, states)
        kernel = window(recording, calls, states, axes)
        sliding = call_with_kernel(calls)
        idle: PerAxis[bool] = {}
        while at < span.stop:
            call = recording.calls[at]
            if kernel and call is sliding:
                idle = idle_kernels(recording, call, kernel, states.get(call.args[0].value), axes)
            states, operator = next(steps)
            operators.append(operator)
            at += 1
        for value in _made(recording, span):
            producers[value] = (span.id,)
        read = {v for call in calls for v in call.inputs}
        parameters[span.id] = frozenset[int]().union(*(origins.get(v, ()) for v in read))
        params = count(recording, parameters[span.id])
        caveats = _caveats(operators[span.start : span.stop])
        layer = _layer(recording, span, feeding, kernel, states, axes, params, caveats)
        if layer.depends_on_input:
            whole |= dict.fromkeys(span.outputs[:1], span.id)  # which nobody knows of a graph without code
            sizes[span.id] = layer.rf_min
            layers.append(in_frame(layer, feeding, idle))
        else:
            apart += layer.macs
        note_returns()
    for states, operator in steps:  # what follows the last layer is judged too
        operators.append(operator)
        _pass_on(recording.calls[at], producers, states)
        at += 1
        note_returns()
    outputs = tuple(seen(_outputs(recording)))
    handed, views = _handed_on(layers, others, callers)
    return ForwardPass(handed, outputs, views, parameters, tuple(filter(None, operators)), apart)


def count(recording: Recording, values: AbstractSet[int]) -> int:
    """Count the elements of some values together."""
    return sum(prod(recording.values[v].shape) for v in values)


def _caveats(operators: Iterable[Operator | None]) -> tuple[Operator, ...]:
    """List the operators of a layer that are not exact by rule, each once."""
    exact = (How.RULED, How.NEUTRAL)
    return tuple(dict.fromkeys(o for o in operators if o is not None and o.how not in exact))


def _parameters(recording: Recording) -> dict[int, frozenset[int]]:
    """Map every value that is made of parameters alone, transposed or looked up in a table, to those parameters."""
    origins = {v: frozenset({v}) for v, value in enumerate(recording.values) if value.origin == "parameter"}
    live = set(recording.inputs)
    for call in recording.calls:
        made = [v for v in call.outputs if v is not None]
        if not live.isdisjoint(call.inputs):
            live.update(made)
        elif values := frozenset[int]().union(*(origins.get(v, ()) for v in call.inputs)):
            origins.update(dict.fromkeys(made, values))
    return origins


def _pass_on(call: Call, producers: dict[int, tuple[str, ...]], states: dict[int, State]) -> None:
    """Let the outputs of a bookkeeping call be made by whoever made its inputs."""
    made = dict.fromkeys(p for v in call.inputs for p in producers.get(v, ()))
    for value in call.outputs:
        if value is not None and value in states:
            producers[value] = tuple(made)


def _returns(recording: Recording) -> dict[int, list[Span]]:
    """List what calls of modules around layers return, by the number of the call before which they have done so."""
    returns: dict[int, list[Span]] = {}
    for scope in recording.scopes:
        outer = "" if scope.parent is None else recording.scopes[scope.parent].path
        if scope.leaf or scope.path in ("", outer):  # what torch.compile wraps has the path of its wrapper
            continue
        for name, value in zip_longest(scope.names, scope.outputs):
            label = scope.id + (f"[{name}]" if len(scope.outputs) > 1 else "")
            span = Span(label, scope.kind, scope.path, scope.stop, scope.stop, (value,), (value,))
            returns.setdefault(scope.stop, []).append(span)
    return returns


def _outputs(recording: Recording) -> Iterator[Span]:
    """List what the model returns."""
    stop = len(recording.calls)
    numbers = map(str, range(len(recording.outputs)))
    for name, value in zip(recording.names or numbers, recording.outputs, strict=True):
        label = f"output[{name}]" if recording.names or len(recording.outputs) > 1 else "output"
        yield Span(label, "output", "", stop, stop, (value,), (value,))


def _handed_on(
    layers: Sequence[Layer], returned: Iterable[Layer], callers: dict[str, list[str]]
) -> tuple[tuple[Layer, ...], tuple[Layer, ...]]:
    """Note at each layer which calls return its output as it is, and list what is returned in another form.

    `callers` are those that are known to return the output of a layer, to which those are added that show to do so.
    """
    made = {layer.id: layer for layer in layers}
    places = {key: place for place, key in enumerate(made)}
    views: dict[tuple[object, ...], Layer] = {}
    for view in returned:
        last = max((key for key in view.inputs if key in places), key=places.__getitem__, default=None)
        if last is None:
            continue
        form = _form(view)
        same = made[last] if form == _form(made[last]) else views.setdefault((view.inputs, *form), view)
        if same is not view:
            callers.setdefault(same.id, []).append(view.id)

    def noted(some: Iterable[Layer]) -> tuple[Layer, ...]:
        return tuple(replace(one, returned_by=tuple(callers[one.id])) if one.id in callers else one for one in some)

    return noted(layers), noted(views.values())


def _form(layer: Layer) -> tuple[object, ...]:
    """Collect what is the same of an output as it is, and of one whose dimensions stand in another order."""
    extents = [None if dim is None else layer.output_shape[dim] for dim in layer.dims.values()]
    readings = (layer.jump, layer.centre, layer.rf_min, layer.rf_max)
    return prod(layer.output_shape), *extents, *(value for reading in readings for value in reading.values())


def _made(recording: Recording, span: Span) -> Iterator[int]:
    for call in recording.calls[span.start : span.stop]:
        yield from (v for v in call.outputs if v is not None)


def _feeding(
    recording: Recording, span: Span, producers: dict[int, tuple[str, ...]], states: dict[int, State]
) -> dict[int, tuple[str, ...]]:
    """Map the values that a layer reads and did not make, and that depend on the input, to who made them."""
    own = set(_made(recording, span))
    read = [v for call in recording.calls[span.start : span.stop] for v in call.inputs if v not in own]
    if span.start == span.stop:
        read = list(span.inputs)
    return {v: producers[v] for v in dict.fromkeys(read) if v in producers and states.get(v) is not None}


def _layer(
    recording: Recording,
    span: Span,
    feeding: dict[int, tuple[str, ...]],
    kernel: Window | None,
    states: dict[int, State],
    axes: tuple[str, ...],
    params: int,
    caveats: tuple[Operator, ...],
) -> Layer:
    """Describe a layer that is not judged yet."""
    calls = recording.calls[span.start : span.stop]
    convolutions = [call for call in calls if call.op == "aten.convolution.default"]
    outputs = span.outputs or tuple(v for call in calls[-1:] for v in call.outputs if v is not None)
    first = next(iter(feeding), None)
    state = states.get(outputs[0]) if outputs else None
    readings = zip(*_readings(state, len(axes)), strict=True)
    rf_max, rf_min, centre, jump, dims = (dict(zip(axes, row, strict=True)) for row in readings)
    field = state if isinstance(state, Field) else None
    unknown = state.ops if isinstance(state, Unknown) else ()
    return Layer(
        id=span.id,
        kind=span.kind,
        module=span.module,
        inputs=tuple(dict.fromkeys(p for made in feeding.values() for p in made)),
        input_shape=() if first is None else recording.values[first].shape,
        output_shape=recording.values[outputs[0]].shape if outputs else (),
        window=kernel,
        groups=convolutions[0].args[8] if len(convolutions) == 1 else 1,
        convolutions=len(convolutions),
        params=params,
        macs=sum(macs(recording, call) for call in calls),
        rf_min=rf_min,
        rf_max=rf_max,
        jump=jump,
        centre=centre,
        dims=dims,
        aligned=field is None or all(a.aligned for a in field.axes),
        global_context=field is not None and any(a.global_context for a in field.axes),
        depends_on_input=field is not None or bool(unknown),
        unknown=unknown,
        caveats=caveats,
        verdict=Verdict.NOT_JUDGED,
        axis_verdicts=dict.fromkeys(axes, Verdict.NOT_JUDGED),
        reaches=_reaches(field if any(d is not None for d in dims.values()) else None, axes),
    )


@lru_cache(maxsize=1)  # of neighbours that share a field; more would keep large fields alive
def _readings(state: State, axes: int) -> tuple[Reading, ...]:
    if not isinstance(state, Field):
        size = None if isinstance(state, Unknown) else 0
        return ((size, size, None, None, None),) * axes
    dims = [dim_of(state.layout, axis) for axis in range(axes)]
    return tuple(
        (*state.sizes(axis), None if dim is None else state.centre(axis), _jump(state, axis, dim), dim)
        for axis, dim in enumerate(dims)
    )


def _jump(field: Field, axis: int, dim: int | None) -> Jump | None:
    """Return the jump, of tokens and windows that of the grid that they were cut from; a whole one as such."""
    jump = stride(field.layout, axis) if dim is None else field.jump(axis)
    return int(jump) if jump is not None and jump.denominator == 1 else jump


def _reaches(field: Field | None, axes: tuple[str, ...]) -> PerAxis[Callable[[], Reach | None]]:
    """Leave the reach of a layer to be computed when somebody asks."""
    return {name: partial(field.reach, axis) if field else _none for axis, name in enumerate(axes)}


def _none() -> None:
    return None
