"""Numbers that elements have whatever the input and the weights are: what a mask fills in, or leaves nothing of."""

from collections.abc import Callable, Mapping
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rfa_report.core.field import AxisField, Field
from rfa_report.core.layout import plain
from rfa_report.core.recording import HIDDEN, SUMS, Call, Recording, Ref
from rfa_report.rules import BOOK, Operand

Numbers: TypeAlias = NDArray[np.float32]
"""Numbers in a shape that broadcasts against that of a tensor, NaN where nobody can be certain."""

MOST_ELEMENTS = 2**24

COPIES = frozenset(
    {"alias", "clone", "contiguous", "detach", "_to_copy", "lift_fresh", "native_dropout", "dropout", "view"}
    | {"_unsafe_view", "reshape", "permute", "transpose", "t", "expand", "unsqueeze", "squeeze", "slice", "select"}
)
"""Operators that hand on what they are given, as it is, or in another order."""


def certain(recording: Recording, call: Call, known: Mapping[int, Numbers]) -> Numbers | None:
    """Return the certain numbers of a call's first output, given those of its operands; None where there are none."""
    cuts = call.packet in ("tril", "triu")
    if not cuts and known.keys().isdisjoint(call.inputs):
        return None
    scaled = any(call.kwargs.get(factor, 1) != 1 for factor in ("alpha", "beta"))
    if call.outputs[0] is None or scaled or not (call.packet in COPIES or call.packet in SPELLED):
        return None
    shape = recording.values[call.outputs[0]].shape
    made: Numbers | None
    if call.packet in COPIES:
        first = known.get(call.inputs[0])
        made = None if first is None else _copied(recording, call, first)
    else:
        with np.errstate(all="ignore"):
            made = SPELLED[call.packet](*(_operand(recording, known, a) for a in call.args), shape)
    return None if made is None or np.isnan(made).all() or made.size > MOST_ELEMENTS else made


def constant(table: NDArray[Any] | None) -> Numbers | None:
    """Return the numbers of a constant, all of them certain."""
    if table is None or np.iscomplexobj(table):
        return None
    numbers: Numbers = table.astype(np.float32)
    return numbers


def _operand(recording: Recording, known: Mapping[int, Numbers], argument: Any) -> Any:
    if isinstance(argument, Ref):
        return known.get(argument.value, np.full((1,) * len(recording.values[argument.value].shape), np.nan))
    return argument


def _copied(recording: Recording, call: Call, numbers: Numbers) -> Numbers | None:
    """Treat numbers as the rule of the operator treats bounds."""
    rule, shape = BOOK.find(call), recording.values[call.inputs[0]].shape
    if rule is None or rule.neutral:
        return numbers
    rows = np.broadcast_to(numbers, (6, *numbers.shape))
    axis = AxisField((rows,))  # type: ignore[arg-type]  # a view moves whatever it is given
    shapes = tuple(recording.values[v].shape for v in call.outputs if v is not None)
    moved = rule.move(shapes, Operand(shape, (), Field(shape, tuple(map(plain, shape)), (axis,))), *call.args[1:])
    if not isinstance(moved, Field):
        return None
    result: Numbers = moved.axes[0].parts[0][0].astype(np.float32)
    return result


def _product(x: Any, y: Any, *_: Any) -> Numbers:
    product: Numbers = np.where((x == 0) | (y == 0), 0, x * y)
    return product


def _quotient(x: Any, y: Any, *_: Any) -> Numbers:
    quotient: Numbers = np.where(x == 0, 0, x / y)
    return quotient


def _sum(x: Any, y: Any, *others: Any) -> Numbers:
    """Add: what hides goes on hiding, unless much is added to it, which may be a product of two more operands."""
    total: Numbers = x + (y if len(others) < 2 else np.float32(np.nan))
    hides: Numbers = np.where(np.less_equal(x, HIDDEN), x, y)
    return np.where(hides <= HIDDEN, np.where(np.isnan(total), hides, np.where(total <= HIDDEN, total, np.nan)), total)


def _filled(x: Any, mask: Any, value: Any, *_: Any) -> Numbers:
    return _chosen(mask, value, x)


def _chosen(condition: Any, x: Any, y: Any, *_: Any) -> Numbers:
    chosen: Numbers = np.where(np.isnan(condition), np.nan, np.where(condition == 1, x, y))
    return chosen


def _softmax(x: Any, dim: int, *_: Any) -> Numbers:
    """Give nothing to what is hidden; where all is, what is hidden by a finite number has a share that nobody knows."""
    hidden = x <= HIDDEN
    shared = hidden.all(axis=dim, keepdims=True) & np.isfinite(x)
    shares: Numbers = np.where(hidden & ~shared, np.float32(0), np.float32(np.nan))
    return shares


def _triangle(cut: Callable[[Any, int], Any]) -> Callable[..., Numbers | None]:
    def triangle(x: Any, *args: Any) -> Numbers | None:
        shape, diagonal = args[-1], args[0] if len(args) > 1 else 0
        if prod(shape[-2:]) > MOST_ELEMENTS:
            return None
        left: Numbers = np.where(cut(np.ones(shape[-2:], dtype=bool), diagonal), x, 0)
        return left

    return triangle


def silent(call: Call, numbers: Numbers) -> NDArray[np.bool_]:
    """Say which elements depend on nothing, given the certain numbers of a call's output.

    What masks fill in, the rules of these operators tell. A sum that hides by a finite number does so in good company
    only: where a softmax has nothing else, it still depends on what was added.
    """
    nothing: NDArray[np.bool_] = numbers == (-np.inf if call.packet in SUMS else 0)
    return nothing


SPELLED: Mapping[str, Callable[..., Numbers | None]] = {
    "mul": _product,
    "div": _quotient,
    "add": _sum,
    "addmm": _sum,
    "baddbmm": _sum,
    "masked_fill": _filled,
    "where": _chosen,
    "_softmax": _softmax,
    "_safe_softmax": _softmax,
    "tril": _triangle(np.tril),
    "triu": _triangle(np.triu),
}
"""How operators come by certain numbers; each also gets the shape of its output, last."""
