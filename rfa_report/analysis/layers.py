"""Recording -> boxes: what each reads, costs and feeds, and what the field of its output says."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rfa_report.analysis.cost import macs
from rfa_report.analysis.kernel import window
from rfa_report.analysis.measured import Measure
from rfa_report.analysis.propagate import State, Unknown, propagate
from rfa_report.analysis.spans import Span, spans
from rfa_report.core.field import Field
from rfa_report.core.layer import PerAxis, Window
from rfa_report.core.layout import dim_of, pitch
from rfa_report.core.operator import How, Operator
from rfa_report.core.recording import Call, Recording
from rfa_report.rules import Book

INPUT = "input"
"""The id that stands for the model's input among the inputs of a layer."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold what the field of a layer's output says, per axis."""

    rf_min: PerAxis[float | None]
    rf_max: PerAxis[float | None]
    jump: PerAxis[int | None]
    centre: PerAxis[float | None]
    dims: PerAxis[int | None]
    aligned: bool
    global_context: bool
    depends_on_input: bool
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """Hold one layer before it is judged: its parameters by value, and the boxes that feed it.

    `field` is that of the output, where the output has a map.
    """

    id: str
    kind: str
    module: str
    inputs: tuple[str, ...]
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    window: Window | None
    groups: int
    convolutions: int
    parameters: frozenset[int]
    macs: int
    reading: Reading
    caveats: tuple[Operator, ...]
    field: Field | None


def boxes(
    recording: Recording,
    book: Book,
    axes: tuple[str, ...],
    measure: Measure | None = None,
    log: list[Operator | None] | None = None,
) -> list[Box]:
    """Return the layers of a recording in execution order, with the fields of their outputs.

    `log` collects how each call was judged.
    """
    found: list[Box] = []
    log = [] if log is None else log
    producers: dict[int, tuple[str, ...]] = dict.fromkeys(recording.inputs, (INPUT,))
    origins = _parameters(recording)
    fields = propagate(recording, book, measure, log)
    states, at = next(fields), 0
    for span in spans(recording, book):
        while at < span.start:
            states = next(fields)
            _pass_on(recording.calls[at], producers, states)
            at += 1
        feeding = _feeding(recording, span, producers, states)
        kernel = window(recording, recording.calls[span.start : span.stop], states, axes)
        while at < span.stop:
            states = next(fields)
            at += 1
        for value in _made(recording, span):
            producers[value] = (span.id,)
        found.append(
            _box(recording, span, feeding, kernel, states, origins, axes, _caveats(log[span.start : span.stop]))
        )
    for _ in fields:
        pass  # what follows the last box is judged too
    return found


def _caveats(operators: Iterable[Operator | None]) -> tuple[Operator, ...]:
    """List the operators of a box that are not exact by rule, each once."""
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
        elif found := frozenset[int]().union(*(origins.get(v, ()) for v in call.inputs)):
            origins.update(dict.fromkeys(made, found))
    return origins


def _pass_on(call: Call, producers: dict[int, tuple[str, ...]], states: dict[int, State]) -> None:
    """Let the outputs of a bookkeeping call be made by whoever made its inputs."""
    made = dict.fromkeys(p for v in call.inputs for p in producers.get(v, ()))
    for value in call.outputs:
        if value is not None and value in states:
            producers[value] = tuple(made)


def _made(recording: Recording, span: Span) -> Iterator[int]:
    for call in recording.calls[span.start : span.stop]:
        yield from (v for v in call.outputs if v is not None)


def _feeding(
    recording: Recording, span: Span, producers: dict[int, tuple[str, ...]], states: dict[int, State]
) -> dict[int, tuple[str, ...]]:
    """Map the values that a box reads and did not make, and that depend on the input, to the boxes that made them."""
    own = set(_made(recording, span))
    read = [v for call in recording.calls[span.start : span.stop] for v in call.inputs if v not in own]
    if span.start == span.stop:
        read = list(span.inputs)
    return {v: producers[v] for v in dict.fromkeys(read) if v in producers and states.get(v) is not None}


def _box(
    recording: Recording,
    span: Span,
    feeding: dict[int, tuple[str, ...]],
    kernel: Window | None,
    states: dict[int, State],
    origins: dict[int, frozenset[int]],
    axes: tuple[str, ...],
    caveats: tuple[Operator, ...],
) -> Box:
    calls = recording.calls[span.start : span.stop]
    convolutions = [call for call in calls if call.op == "aten.convolution.default"]
    read = dict.fromkeys(v for call in calls for v in call.inputs)
    outputs = span.outputs or tuple(v for call in calls[-1:] for v in call.outputs if v is not None)
    first = next(iter(feeding), None)
    state = states.get(outputs[0]) if outputs else None
    reading = _reading(state, axes)
    return Box(
        id=span.id,
        kind=span.kind,
        module=span.module,
        inputs=tuple(dict.fromkeys(p for made in feeding.values() for p in made)),
        input_shape=() if first is None else recording.values[first].shape,
        output_shape=recording.values[outputs[0]].shape if outputs else (),
        window=kernel,
        groups=convolutions[0].args[8] if len(convolutions) == 1 else 1,
        convolutions=len(convolutions),
        parameters=frozenset[int]().union(*(origins.get(v, ()) for v in read)),
        macs=sum(macs(recording, call) for call in calls),
        reading=reading,
        caveats=caveats,
        field=state if isinstance(state, Field) and any(d is not None for d in reading.dims.values()) else None,
    )


@lru_cache(maxsize=1)  # of neighbours that share a field; more would keep large fields alive
def _reading(state: State, axes: tuple[str, ...]) -> Reading:
    if not isinstance(state, Field):
        unknown = state.ops if isinstance(state, Unknown) else ()
        size: dict[str, float | None] = dict.fromkeys(axes, None if unknown else 0)
        none: dict[str, Any] = dict.fromkeys(axes)
        return Reading(size, size, none, none, none, True, False, bool(unknown), unknown)
    named = list(enumerate(axes))
    sizes = [state.sizes(a) for a in range(len(axes))]
    dims = [dim_of(state.layout, a) for a in range(len(axes))]
    return Reading(
        rf_min={name: shortest for name, (_, shortest) in zip(axes, sizes, strict=True)},
        rf_max={name: largest for name, (largest, _) in zip(axes, sizes, strict=True)},
        jump={name: None if own is None else pitch(state.layout[own]) for name, own in zip(axes, dims, strict=True)},
        centre={name: None if dims[a] is None else state.centre(a) for a, name in named},
        dims=dict(zip(axes, dims, strict=True)),
        aligned=all(a.aligned for a in state.axes),
        global_context=any(a.global_context for a in state.axes),
        depends_on_input=True,
        unknown=(),
    )
