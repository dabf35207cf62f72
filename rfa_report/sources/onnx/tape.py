"""The record of one run of a graph: tensors as numbered values, calls in ATen's operators, scopes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import prod
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rfa_report.core.recording import Call, Origin, Ref, Value

Numbers = NDArray[Any]
Shape = tuple[int, ...]
T = TypeVar("T")


BROKEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What Python raises over a graph that makes no sense: names that are no text, attributes of another kind."""


class Refusal(Exception):  # noqa: N818 -- the graph says so of an input; it is not an error of ours
    """Why a graph cannot be run at a size."""


class Unsupported(Exception):  # noqa: N818 -- the same, of a node
    """Raised where an operator, called like this, has no counterpart in ATen."""


def nothing() -> Numbers | None:
    """Know no numbers."""
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A tensor of the graph; `live` where it depends on the input.

    `look` reads or computes the numbers of a constant: None where nobody knows them.
    """

    shape: Shape
    dtype: str
    live: bool = False
    origin: Origin = "constant"
    look: Callable[[], Numbers | None] = nothing
    name: str = ""

    @property
    def rank(self) -> int:
        """Return the number of dimensions."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Return the number of elements."""
        return prod(self.shape)


def constant(numbers: Any) -> Tensor:
    """Make a tensor of known numbers."""
    table = np.asarray(numbers)
    return Tensor(table.shape, str(table.dtype), look=lambda: table)


def lazily(compute: Callable[[], T]) -> Callable[[], T]:
    """Compute numbers when they are asked for, once."""
    return cache(compute)


@dataclass(frozen=True, slots=True)
class Piece:
    """What a tensor was cut out of: the positions from `start` up to `stop` of one dimension."""

    tensor: Tensor
    whole: Tensor
    dim: int
    start: int
    stop: int


@dataclass(slots=True)
class Tape:
    """Calls and values as they are recorded; a `silent` tape only follows shapes.

    `pieces` has what was cut out of something, by the `id` of the tensor.
    """

    silent: bool = False
    scope: int = 0
    values: list[Value] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    tables: dict[int, Numbers] = field(default_factory=dict)
    pieces: dict[int, Piece] = field(default_factory=dict)
    _numbers: dict[int, tuple[Tensor, int]] = field(default_factory=dict)

    def value(self, tensor: Tensor) -> int:
        """Return the number of a tensor among the values; it gets one when it is first read."""
        if id(tensor) not in self._numbers:
            self.values.append(Value(tensor.shape, (), tensor.origin, tensor.dtype))
            self._numbers[id(tensor)] = (tensor, len(self.values) - 1)
        return self._numbers[id(tensor)][1]

    def keep(self, *tables: Tensor | None) -> None:
        """Keep the numbers of constants that say where an operator reads or writes, or what it hides."""
        for table in tables:
            if not self.silent and table is not None and not table.live and (numbers := table.look()) is not None:
                self.tables[self.value(table)] = numbers

    def calling(
        self,
        op: str,
        args: Sequence[Any],
        shapes: Iterable[Shape | None],
        *,
        kwargs: Mapping[str, Any] | None = None,
        dtype: str | None = None,
        pointwise: bool = False,
    ) -> tuple[Tensor, ...]:
        """Record a call and return its outputs; a shape of None stands for an output that nobody reads."""
        read = list(_tensors((args, tuple((kwargs or {}).values()))))
        live = any(x.live for x in read)
        kind = dtype or (read[0].dtype if read else "float32")
        made = [None if shape is None else Tensor(shape, kind, live, "call") for shape in shapes]
        if not self.silent:
            inputs = tuple(self.value(x) for x in read)
            plain = {key: self._plain(item) for key, item in (kwargs or {}).items()}
            outputs = tuple(None if x is None else self.value(x) for x in made)
            self.calls.append(Call(op, self._plain(tuple(args)), plain, inputs, outputs, self.scope, pointwise))
        return tuple(x for x in made if x is not None)

    def call(self, op: str, args: Sequence[Any], shape: Shape, *, dtype: str | None = None) -> Tensor:
        """Record a call with one output."""
        return self.calling(op, args, [shape], dtype=dtype)[0]

    def _plain(self, argument: Any) -> Any:
        if isinstance(argument, Tensor):
            return Ref(self.value(argument))
        if isinstance(argument, (tuple, list)):
            return tuple(self._plain(item) for item in argument)
        return argument


def _tensors(argument: Any) -> Iterable[Tensor]:
    if isinstance(argument, Tensor):
        yield argument
    elif isinstance(argument, (tuple, list)):
        for item in argument:
            yield from _tensors(item)
