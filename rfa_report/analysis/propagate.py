"""The loop: move the receptive field through every recorded call."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from rfa_report.core.field import Field, input_field
from rfa_report.core.recording import Call, Recording, Ref
from rfa_report.rules import Book, Operand, Unruled


@dataclass(frozen=True, slots=True)
class Unknown:
    """Mark a value whose field nobody can tell, and the operators that nobody knows."""

    ops: tuple[str, ...]


State: TypeAlias = Field | Unknown | None
"""What is known about a value; None where it does not depend on the input."""


def propagate(recording: Recording, book: Book) -> Iterator[dict[int, State]]:
    """Yield the states of all live values: once for the inputs, then after each call."""
    states: dict[int, State] = {v: input_field(recording.values[v].shape) for v in recording.inputs}
    deaths = _deaths(recording)
    yield states
    for index, call in enumerate(recording.calls):
        moved = zip(call.outputs, _moved(recording, call, states, book), strict=True)
        states.update({number: state for number, state in moved if number is not None and state is not None})
        yield states
        for dead in deaths.get(index, ()):
            states.pop(dead, None)


def _moved(recording: Recording, call: Call, states: dict[int, State], book: Book) -> tuple[State, ...]:
    read = [state for v in call.inputs if (state := states.get(v)) is not None]
    nothing: tuple[State, ...] = (None,) * len(call.outputs)
    if not read:
        return nothing
    hidden = [op for state in read if isinstance(state, Unknown) for op in state.ops]
    if hidden:
        return (Unknown(tuple(dict.fromkeys(hidden))),) * len(call.outputs)
    rule = book.find(call)
    shapes = tuple(() if v is None else recording.values[v].shape for v in call.outputs)
    args, kwargs = (_operands(recording, states, a) for a in (call.args, dict(call.kwargs)))
    try:
        if rule is None:
            raise Unruled
        moved = rule.move(shapes, *args, **kwargs)
    except Unruled:
        return (Unknown((call.op,)),) * len(call.outputs)
    return moved if isinstance(moved, tuple) else (moved,) * len(call.outputs)


def _operands(recording: Recording, states: dict[int, State], argument: Any) -> Any:
    if isinstance(argument, Ref):
        value, state = recording.values[argument.value], states.get(argument.value)
        return Operand(value.shape, value.stride, state if isinstance(state, Field) else None)
    if isinstance(argument, tuple):
        return tuple(_operands(recording, states, item) for item in argument)
    if isinstance(argument, dict):
        return {key: _operands(recording, states, item) for key, item in argument.items()}
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
