"""Run one recorded operator on random numbers, to see what its outputs depend on."""

import warnings
from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

import numpy as np
import torch

from rfa_report.core.recording import Call, Recording, Ref
from rfa_report.core.subject import Changes

MOST_ELEMENTS = 4_000_000_000
"""How many elements of operands and outputs may be computed to measure one operand of one call: some seconds.

Not a time: what a report says must not depend on the machine.
"""

PROBES = (float("nan"), 1e4, -1e4)
"""What a slab is multiplied by: NaN spreads through arithmetic, large numbers through comparisons and orders."""


class Measurements:
    """Measurements of operators, each kind of call made once."""

    def __init__(self) -> None:
        """Start without any."""
        self._known: dict[Any, Changes | None] = {}

    def __call__(self, recording: Recording, call: Call, value: int, dims: tuple[int, ...]) -> Changes | None:
        """See `core.subject.Measure`."""
        arguments = _described(recording, (call.args, tuple(sorted(call.kwargs.items()))))
        key = (call.op, arguments, dims, tuple(v == value for v in call.inputs))
        if key not in self._known:
            try:
                self._known[key] = _changes(recording, call, value, dims)
            except Exception:  # an operator that cannot be run like this is unknown, whatever it raised
                self._known[key] = None
        return self._known[key]


def _described(recording: Recording, argument: Any) -> Any:
    if isinstance(argument, Ref):
        value = recording.values[argument.value]
        table = recording.tables.get(argument.value)
        return (value.shape, value.dtype, None if table is None else table.tobytes())
    return tuple(_described(recording, item) for item in argument) if isinstance(argument, tuple) else argument


def _changes(recording: Recording, call: Call, value: int, dims: tuple[int, ...]) -> Changes | None:
    operator = operator_named(call.op)
    tensors = {v: _random(recording, v) for v in call.inputs}
    shape = recording.values[value].shape
    slabs = list(product(*(range(shape[d]) for d in dims)))
    touched = sum(prod(recording.values[v].shape) for v in (*call.inputs, *call.outputs) if v is not None)
    if len(slabs) * len(PROBES) * touched > MOST_ELEMENTS or not tensors[value].is_floating_point():
        return None

    def run(seed: int = 0) -> list[torch.Tensor | None]:
        with warnings.catch_warnings(), torch.random.fork_rng(), torch.no_grad():
            warnings.simplefilter("ignore")  # the model chose the operator, deprecated or not
            torch.manual_seed(seed)
            args = filled(call.args, tensors)
            kwargs = {key: filled(item, tensors) for key, item in call.kwargs.items()}
            result = operator(*args, **kwargs)
        outputs = list(result) if isinstance(result, (tuple, list)) else [result]
        return [t.clone() if isinstance(t, torch.Tensor) else None for t in outputs]

    base, again = run(), run(seed=1)
    same = all(x is None or torch.equal(x, y) for x, y in zip(base, again, strict=True) if y is not None)
    finite = all(t is None or bool(t.isfinite().all()) for t in base)
    if not same or not finite or len(base) != len(call.outputs):
        return None
    changed = [None if t is None else np.zeros((len(slabs), *t.shape), dtype=bool) for t in base]
    original = tensors[value]
    for index, slab in enumerate(slabs):
        at = [slice(None)] * len(shape)
        for d, position in zip(dims, slab, strict=True):
            at[d] = slice(position, position + 1)
        for probe in PROBES:
            tensors[value] = original.clone()
            tensors[value][tuple(at)] *= probe
            for mask, before, after in zip(changed, base, run(), strict=True):
                if mask is not None and before is not None and after is not None:
                    mask[index] |= (before != after).numpy()
    return tuple(changed)


def operator_named(name: str) -> Any:
    """Find an operator of torch by its recorded name."""
    namespace, packet, overload = name.split(".")
    return getattr(getattr(getattr(torch.ops, namespace), packet), overload)


def _random(recording: Recording, number: int) -> torch.Tensor:
    """Make up an operand: its own numbers where it is a known table, positive random ones where it is real."""
    value = recording.values[number]
    if number in recording.tables:
        return torch.from_numpy(recording.tables[number].copy())
    dtype = getattr(torch, value.dtype)
    if not (dtype.is_floating_point or dtype.is_complex):
        raise LookupError(f"value {number} has whole numbers that nobody knows")
    generator = torch.Generator().manual_seed(number)
    return torch.rand(value.shape, generator=generator, dtype=torch.float64).to(dtype) + 0.5


def filled(argument: Any, tensors: Mapping[int, torch.Tensor]) -> Any:
    """Turn a recorded argument back into what the operator was called with."""
    if isinstance(argument, Ref):
        return tensors[argument.value].clone()
    if isinstance(argument, str) and argument.startswith("torch."):
        return getattr(torch, argument[6:])  # a type or a layout, by name
    return [filled(item, tensors) for item in argument] if isinstance(argument, tuple) else argument
