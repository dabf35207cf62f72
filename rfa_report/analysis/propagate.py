"""The loop: move the receptive field through every recorded call."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from rfa_report.analysis.certain import COPIES, Numbers, certain, constant, silent
from rfa_report.analysis.measured import measured
from rfa_report.core.field import Field, input_field
from rfa_report.core.layout import axes_of
from rfa_report.core.operator import How, Operator
from rfa_report.core.recording import Call, Recording, Ref
from rfa_report.core.subject import Measure
from rfa_report.rules import Book, DataDependent, Operand, Rule, Unruled, anywhere


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value whose field nobody can tell, and the operators that nobody knows."""

    ops: tuple[str, ...]


State: TypeAlias = Field | Unknown | None
"""What is known about a value; None where it does not depend on the input."""

RECURRENT = frozenset({"LSTM", "GRU", "RNN"})
"""Modules of torch whose outputs and states depend on every step before, or behind: they have no largest size."""

NESTED = frozenset({Ref, tuple})
"""Types of arguments that are, or may hold, tensors."""


def propagate(
    recording: Recording, book: Book, measure: Measure | None = None
) -> Iterator[tuple[dict[int, State], Operator | None]]:
    """Yield the states of all live values, once for the inputs, then after each call with how that was judged.

    An operator without a rule is measured by `measure`. Nothing is said of the inputs, of a call that the input does
    not reach, and of one that an unknown operator hides.
    """
    states: dict[int, State] = dict(zip(recording.inputs, _inputs(recording), strict=True))
    deaths = _deaths(recording)
    loops = {number for number, scope in enumerate(recording.scopes) if scope.leaf and scope.kind in RECURRENT}
    steps: dict[int, frozenset[int]] = {}
    numbers = {v: known for v, table in recording.tables.items() if (known := constant(table)) is not None}
    yield states, None
    for index, call in enumerate(recording.calls):
        if call.scope in loops and call.packet == "unbind" and (axes := _axes_of_steps(call, states)):
            steps.setdefault(call.scope, axes)  # of the input: initial states have no axis there
        moved, operator = _moved(recording, call, states, numbers, book, measure)
        known = certain(recording, call, numbers)
        if known is not None and call.outputs[0] is not None:
            numbers[call.outputs[0]] = known
            if isinstance(moved[0], Field) and call.packet not in COPIES:
                moved = (moved[0].without(silent(call, known)), *moved[1:])
        made = zip(call.outputs, moved, strict=True)
        states |= {v: s for v, s in made if v is not None and s is not None and 0 not in recording.values[v].shape}
        if call.scope in loops and index + 1 == recording.scopes[call.scope].stop:
            free = steps.get(call.scope, frozenset())
            read = {v: state for v in recording.scopes[call.scope].outputs if isinstance(state := states.get(v), Field)}
            states |= {v: state.unbounded(free) for v, state in read.items()}
        yield states, operator
        for dead in deaths.get(index, ()):
            states.pop(dead, None)
            numbers.pop(dead, None)


def _axes_of_steps(call: Call, states: Mapping[int, State]) -> frozenset[int]:
    """Tell along which axes the steps run that a recurrent layer takes apart."""
    state = states.get(call.inputs[0])
    dim = call.args[1] if len(call.args) > 1 else 0
    return frozenset(axes_of(state.layout[dim])) if isinstance(state, Field) else frozenset()


def _inputs(recording: Recording) -> Iterator[Field]:
    given = recording.given or (None,) * len(recording.inputs)
    for value, one in zip(recording.inputs, given, strict=True):
        yield input_field(recording.values[value].shape, one, len(recording.resolution))


def _moved(
    recording: Recording,
    call: Call,
    states: dict[int, State],
    numbers: dict[int, Numbers],
    book: Book,
    measure: Measure | None,
) -> tuple[tuple[State, ...], Operator | None]:
    read = [state for v in call.inputs if (state := states.get(v)) is not None]
    count = len(call.outputs)
    if not read:
        return (None,) * count, None
    hidden = [op for state in read if isinstance(state, Unknown) for op in state.ops]
    if hidden:
        return (Unknown(tuple(dict.fromkeys(hidden))),) * count, None
    rule = book.find(call)
    shapes = tuple(() if v is None else recording.values[v].shape for v in call.outputs)
    try:
        if rule is None:
            raise Unruled
        args = _operands(recording, states, numbers, call.args)
        kwargs = {key: _operands(recording, states, numbers, a) for key, a in call.kwargs.items()}
        moved, operator = rule.move(shapes, *args, **kwargs), _ruled(call, rule)
    except DataDependent as reason:
        fields = [state for state in read if isinstance(state, Field)]
        moved = reason.moved or anywhere(shapes, fields)
        operator = Operator(call.op, How.DATA_DEPENDENT, str(reason))
    except Unruled:
        fields_by_value = {v: state for v in call.inputs if isinstance(state := states.get(v), Field)}
        measurement = measure and measured(recording, call, fields_by_value, measure)
        if not measurement:
            return (Unknown((call.op,)),) * count, Operator(call.op, How.UNKNOWN)
        moved, operator = measurement, Operator(call.op, How.MEASURED)
    return moved if isinstance(moved, tuple) else (moved,) * count, operator


def _ruled(call: Call, rule: Rule) -> Operator:
    return Operator(call.op, How.NEUTRAL if rule.neutral else How.RULED, rule.neutral)


def _operands(recording: Recording, states: dict[int, State], numbers: dict[int, Numbers], argument: Any) -> Any:
    kind = type(argument)
    if kind is Ref:
        value, state = recording.values[argument.value], states.get(argument.value)
        field = state if isinstance(state, Field) else None
        table, known = recording.tables.get(argument.value), numbers.get(argument.value)
        return Operand(value.shape, value.stride, field, value.offset, table, value.dtype == "bool", known)
    if kind is tuple:
        return tuple([_operands(recording, states, numbers, a) if type(a) in NESTED else a for a in argument])
    return argument


def _deaths(recording: Recording) -> dict[int, list[int]]:
    """List the values that nobody reads after each call, so that their fields can be forgotten; outputs stay."""
    last: dict[int, int] = {}
    for index, call in enumerate(recording.calls):
        for value in (*call.inputs, *(v for v in call.outputs if v is not None)):
            last[value] = index
    for scope in recording.scopes:
        for value in scope.outputs:
            last[value] = max(last.get(value, 0), scope.stop - 1)
    deaths: dict[int, list[int]] = {}
    for value, index in last.items():
        if value in recording.outputs:
            continue
        deaths.setdefault(index, []).append(value)
    return deaths
