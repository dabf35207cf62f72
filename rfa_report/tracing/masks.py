"""Constants that hide something: masks that fill, choose, multiply by zero, or keep attention away."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfa_report.core.recording import HIDDEN, SUMS, Call, Ref
from rfa_report.tracing.constants import Constants

Numbers = NDArray[Any]

CONDITIONS = {"masked_fill": 1, "where": 0}
"""Operators that choose by a condition, and which of their operands that is."""

SOFTMAX = frozenset({"_softmax", "_safe_softmax"})

ON_THE_WAY = SUMS | {"mul", "div", "masked_fill", "where", "view", "_unsafe_view", "expand", "_to_copy", "clone"}
"""Operators between the addition of a mask and the softmax that it is meant for."""


def masks(constants: Constants, unknown: AbstractSet[int]) -> dict[int, Numbers]:
    """Collect the numbers of the masks of a recording, by value.

    A mask is a constant that meets what is `unknown`, the input or weights, and hides some of it: a condition, a
    factor of zeros and one other number, kernels with taps of zero, or numbers that no score stands up to. A condition
    of one number is a switch.
    """
    kept: dict[int, Numbers] = {}
    for call in constants.calls:
        if not unknown.isdisjoint(call.inputs):
            for value, hides in _candidates(constants, call):
                if value in unknown or value in kept or (numbers := constants.numbers(value)) is None:
                    continue
                if hides(table := numbers.numpy()):
                    kept[value] = table.copy()
    return kept


def _candidates(constants: Constants, call: Call) -> Iterator[tuple[int, Callable[[Numbers], bool]]]:
    """Yield the operands of a call that may be masks, and how to see that they are."""
    if call.packet in CONDITIONS:
        condition = call.inputs[CONDITIONS[call.packet]]
        if condition not in constants.unknown and prod(constants.values[condition].shape) > 1:
            yield from ((v, _any) for v in call.inputs)
    elif call.packet == "mul":
        yield from ((v, _chooses) for v in call.inputs if _is_spread(constants.values[v].shape))
    elif call.packet == "convolution" and isinstance(call.args[1], Ref):
        yield call.args[1].value, _has_zeros
    elif call.packet in SOFTMAX:
        yield from ((v, _hides) for v in _added(constants, call))


def _added(constants: Constants, softmax: Call) -> Iterator[int]:
    """Yield what is added to scores on their way to a softmax."""
    waiting = [softmax.inputs[0]]
    while waiting:
        call = constants.made_by(waiting.pop())
        if call is not None and call.packet in ON_THE_WAY:
            waiting += [v for v in call.inputs if v in constants.unknown]
            yield from (v for v in call.inputs if call.packet in SUMS and v not in constants.unknown)


def _is_spread(shape: tuple[int, ...]) -> bool:
    """Decide whether a factor has more than one number, and more than one a channel."""
    return any(n > 1 for n in (shape[-2:] if len(shape) > 2 else shape))


def _any(numbers: Numbers) -> bool:
    return True


def _has_zeros(numbers: Numbers) -> bool:
    """Decide whether some are zero, but not all: a buffer of zeros waits to be filled."""
    return 0 < int(np.count_nonzero(numbers)) < numbers.size


def _chooses(numbers: Numbers) -> bool:
    """Decide whether a factor is zeros and one other number; tables of sines have zeros too, and choose nothing."""
    return _has_zeros(numbers) and len(np.unique(numbers[numbers != 0])) <= 1


def _hides(numbers: Numbers) -> bool:
    return bool((numbers <= HIDDEN).any())
