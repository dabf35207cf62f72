"""The rule book: which operator moves a receptive field how.

A rule is a pure function with the signature of its ATen operator, behind one more argument, `out`: the shapes of the
operator's outputs. Tensors arrive as `Operand`s. It returns the field of the output, None where that does not depend
on the input, or a tuple of those for several outputs; it raises `Unruled` for a call that it cannot tell, and
`DataDependent` for one whose outputs come from wherever the data say.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rfa_report.core.bounds import infinite
from rfa_report.core.field import Field, join
from rfa_report.core.layout import plain
from rfa_report.core.operator import How
from rfa_report.core.recording import Call

Shapes: TypeAlias = tuple[tuple[int, ...], ...]
Moved: TypeAlias = Field | tuple[Field | None, ...] | None


class Unruled(Exception):  # noqa: N818 -- a rule says so of a call; it is not an error
    """Raised where an operator, called like this, is beyond its rule: it is measured, or its result is unknown."""


class DataDependent(Exception):  # noqa: N818 -- the same
    """Why an operator, called like this, may read any position: its outputs depend on all that it is given.

    `moved` says it where they depend on less.
    """

    def __init__(self, why: str, moved: Moved = None) -> None:
        """Keep the reason."""
        super().__init__(why)
        self.moved = moved


@dataclass(frozen=True, slots=True)
class Operand:
    """A tensor among the arguments of a rule; `field` is None where it does not depend on the input.

    `table` has the numbers of a constant that says where an operator reads or writes, where they are known; a mask says
    it with True and False. `certain` has, in a shape that broadcasts, the numbers that elements have whatever the input
    and the weights are, NaN for the others; None where there are none.
    """

    shape: tuple[int, ...]
    stride: tuple[int, ...]
    field: Field | None
    offset: int = 0
    table: NDArray[Any] | None = None
    is_mask: bool = False
    certain: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What is known about one operator.

    `bookkeeping` operators rearrange a tensor and stay on the edges of the graph; `neutral` says why an operator that
    the `pointwise` tag does not cover leaves every field as it is.
    """

    move: Callable[..., Moved]
    bookkeeping: bool = False
    neutral: str = ""


class Book:
    """The rules by operator name, `aten.mean.dim` before `aten.mean`."""

    def __init__(self) -> None:
        """Start an empty book."""
        self._rules: dict[str, Rule] = {}

    @classmethod
    def of(cls, *books: "Book") -> "Book":
        """Bind books into one; an operator that two of them rule raises."""
        whole = cls()
        for book in books:
            for op, rule in book.rules.items():
                whole._add(op, rule)
        return whole

    def rule(self, *ops: str, bookkeeping: bool = False) -> Callable[[Callable[..., Moved]], Callable[..., Moved]]:
        """Register the decorated function for operators; an operator that has a rule already raises."""

        def register(move: Callable[..., Moved]) -> Callable[..., Moved]:
            for op in ops:
                self._add(op, Rule(move, bookkeeping))
            return move

        return register

    def neutral(self, *ops: str, why: str, bookkeeping: bool = False) -> None:
        """Register operators whose outputs have the fields of their inputs, element by element, and say why."""
        for op in ops:
            self._add(op, Rule(elementwise, bookkeeping, why))

    def data_dependent(self, *ops: str, why: str) -> None:
        """Register operators whose outputs may come from any position of what they are given, and say why."""

        def move(*_: Any, **__: Any) -> Moved:
            raise DataDependent(why)

        for op in ops:
            self._add(op, Rule(move))

    def _add(self, op: str, rule: Rule) -> None:
        if op in self._rules:
            raise ValueError(f"operator {op} has a rule already; remove one of the two")
        self._rules[op] = rule

    def find(self, call: Call) -> Rule | None:
        """Return the rule of a call; None where the operator is unknown."""
        name = call.op
        return (
            self._rules.get(name) or self._rules.get(name.rpartition(".")[0]) or (POINTWISE if call.pointwise else None)
        )

    def reason(self, name: str, how: How) -> str:
        """Say why an operator is judged so, where that does not depend on the call; empty where the book is silent.

        That is the reason given with a neutral operator, and what the rule of a ruled one says of itself.
        """
        if how is How.MEASURED:
            return "no rule covers this call, so it was run on random numbers"
        if how is How.UNKNOWN:
            return "no rule covers this call, and it could not be measured"
        rule = self._rules.get(name) or self._rules.get(name.rpartition(".")[0])
        if how is How.NEUTRAL:
            return _one_line(rule.neutral if rule else POINTWISE.neutral if name.startswith("aten.") else "")
        return _one_line(rule.move.__doc__ or "") if how is How.RULED and rule else ""

    @property
    def rules(self) -> Mapping[str, Rule]:
        """Show the rules by operator name."""
        return MappingProxyType(self._rules)


def _one_line(text: str) -> str:
    return text.partition("\n")[0].rstrip(".").replace("`", "")


def operands(argument: Any) -> Iterator[Operand]:
    """Yield the operands of a nested argument, left to right."""
    if isinstance(argument, Operand):
        yield argument
    elif isinstance(argument, (tuple, list)):
        for item in argument:
            yield from operands(item)


def source(x: Operand) -> Field:
    """Return the field of an operand that must have one: an operator on constants never reaches its rule."""
    assert x.field is not None, "an operator on constants reached its rule"
    return x.field


def elementwise(out: Shapes, *args: Any, **kwargs: Any) -> Moved:
    """Join every operand, element by element."""
    fields = [operand.field for operand in operands((args, tuple(kwargs.values()))) if operand.field is not None]
    return tuple(join(fields, shape) for shape in out) if len(out) > 1 else join(fields, out[0])


def anywhere(out: Shapes, fields: Sequence[Field]) -> Moved:
    """Let every output depend on everything: the hull of reach, and infinite sizes."""
    whole = [field.contracted(range(len(field.shape))) for field in fields]
    lengths = [f.restructured((), (), lambda a: a.reshape(6)) for f in whole]
    joined = join(lengths, ())

    def spread(shape: tuple[int, ...]) -> Field:
        layout = tuple(plain(n) for n in shape)
        return joined.restructured(shape, layout, lambda a: infinite(a).reshape(6, *(1,) * len(shape)))

    return tuple(spread(shape) for shape in out) if len(out) > 1 else spread(out[0])


POINTWISE = Rule(elementwise, neutral="elementwise: it has torch's `pointwise` tag")
