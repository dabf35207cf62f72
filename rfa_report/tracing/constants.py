"""The numbers of what depends neither on the input nor on weights, computed again on the CPU for whoever asks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import torch

from rfa_report.core.recording import SCATTER, Call, Value
from rfa_report.tracing.measure import filled, operator_named

MOST_ELEMENTS = 2**22
"""How large a mask may be: one of 2,048 by 2,048 tokens."""

Look = Callable[[torch.Tensor], torch.Tensor | None]
"""Find the real numbers of a tensor on the meta device, None where it is not worth it; `LookupError` where none are."""


@dataclass(slots=True)
class Constants:
    """Constants of a recording by value.

    `leaves` are those that no call made, with the count of writes when they were met. What is drawn at random has no
    numbers, and neither have `unknown` values: an operator that takes one for its shape gets zeros. `missing` says that
    somebody asked for numbers that a run on the CPU would have.
    """

    values: Sequence[Value]
    calls: Sequence[Call]
    leaves: Mapping[int, tuple[torch.Tensor, int]]
    unknown: frozenset[int]
    look: Look
    missing: bool = False
    _made_by: dict[int, int] = field(default_factory=dict)
    _known: dict[int, torch.Tensor | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note which call made which value."""
        self._made_by.update((v, at) for at, call in enumerate(self.calls) for v in call.outputs if v is not None)

    def made_by(self, value: int) -> Call | None:
        """Return the call that made a value; None where there is none."""
        at = self._made_by.get(value)
        return None if at is None else self.calls[at]

    def numbers(self, value: int) -> torch.Tensor | None:
        """Return the numbers of a value; None where nobody knows them, or it is too large."""
        if value not in self._known:
            needed, stack, seen = set[int](), [value], set[int]()
            while stack:
                now = stack.pop()
                at = self._made_by.get(now)
                if now in seen or now in self._known or at is None or now in self.unknown:
                    continue
                seen.add(now)
                needed.add(at)
                stack += self.calls[at].inputs
            for at in sorted(needed):
                made = zip(self.calls[at].outputs, self._run(self.calls[at]), strict=True)
                self._known.update({v: numbers for v, numbers in made if v is not None})
        return self._known.get(value, self._leaf(value))

    def _leaf(self, value: int) -> torch.Tensor | None:
        if value in self.unknown:
            return torch.zeros((), dtype=self._dtype(value)).expand(self.values[value].shape)
        tensor, writes = self.leaves.get(value, (None, 0))
        if tensor is None or prod(tensor.shape) > MOST_ELEMENTS:
            return None
        if tensor.is_meta:
            try:
                return self.look(tensor)
            except LookupError:
                self.missing = True
                return None
        return tensor.detach() if tensor._version == writes else None

    def _run(self, call: Call) -> list[torch.Tensor | None]:
        nothing: list[torch.Tensor | None] = [None] * len(call.outputs)
        operands = {v: self._known.get(v, self._leaf(v)) for v in call.inputs}
        tensors = {v: t for v, t in operands.items() if t is not None}
        large = any(v is not None and prod(self.values[v].shape) > MOST_ELEMENTS for v in call.outputs)
        if large or len(tensors) < len(operands):
            return nothing
        try:
            made = _result(call, tensors)
        except Exception:  # whatever it raised, its numbers are not known
            return nothing
        pairs = zip(call.outputs, made, strict=True)
        return [None if v is None else t.to(self._dtype(v)) for v, t in pairs]

    def _dtype(self, value: int) -> torch.dtype:
        dtype: torch.dtype = getattr(torch, self.values[value].dtype)
        return dtype


def _result(call: Call, tensors: Mapping[int, torch.Tensor]) -> list[Any]:
    if call.op == SCATTER:
        whole, written = (tensors[v].clone() for v in call.inputs)
        part: Any = whole
        for op, args, _, index in call.args[2]:
            views = operator_named(op)(part, *args)
            part = views[index] if isinstance(views, (tuple, list)) else views
        part.copy_(written)
        return [whole]
    kwargs = {key: "cpu" if key == "device" else filled(item, tensors) for key, item in call.kwargs.items()}
    result = operator_named(call.op)(*filled(call.args, tensors), **kwargs)
    return list(result) if isinstance(result, (tuple, list)) else [result]
