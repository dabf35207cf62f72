"""Record every ATen call of a forward pass as plain values in single-assignment form."""

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from numpy.typing import NDArray
from torch._C._functorch import get_unwrapped, is_functorch_wrapped_tensor
from torch._ops import HigherOrderOperator
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

from rfa_report.core.recording import SCATTER, Call, Origin, Ref, Value
from rfa_report.tracing.leaving import Leaving
from rfa_report.tracing.signature import CHECKS, FILLS, LOOKUPS, Signature, is_factory, signature
from rfa_report.tracing.spelling import FOREACH, each, higher_order, parts
from rfa_report.tracing.undoing import Step, undone

LEARNED_NUMBER = "leaves torch (a learned number)"

ATOMS = frozenset({type(None), bool, int, float, str})


@dataclass(slots=True)
class _Storage:
    """The memory that a tensor and its views share: the value of the whole, and how often it was written."""

    root: int
    version: int = 0


@dataclass(slots=True)
class _Tracked:
    """One tensor: its value as of `version` of its memory, and the views that lead from the root to it.

    A tensor without memory is `kept`, so that no other one gets its id; of others there is a weak reference.
    """

    kept: object
    value: int
    storage: _Storage
    version: int
    chain: tuple[Step, ...]


class EmptyMap(RuntimeError):  # noqa: N818 -- a name for what is raised, as in `StopIteration`
    """Raised where a map has no rows or columns left: torch goes on with it, but nothing depends on anything there."""


class Recorder(TorchDispatchMode):
    """A mode that records calls while active. `scope` is the scope that new calls belong to.

    `tables` are those whose numbers are at hand, `missed` those on the meta device, where there are none.

    Nobody knows the numbers of what is `_live`, as the input is, or `_learned`: weights, and what is drawn at random.
    Those of a run are `_made_up` for all of these but parameters of a single number. `_counts` has, by scope, the whole
    numbers that came of made-up ones: a call there that is given one, for a shift or a length, cannot be judged.
    """

    supports_higher_order_operators = True

    def __init__(self) -> None:
        """Start with an empty record."""
        super().__init__()
        self.values: list[Value] = []
        self.calls: list[Call] = []
        self.scope = 0
        self.tables: dict[int, NDArray[Any]] = {}
        self.missed: dict[int, None] = {}
        self.leaves: dict[int, tuple[torch.Tensor, int]] = {}
        self._live: set[int] = set()
        self._learned: set[int] = set()
        self._made_up: set[int] = set()
        self._counts: dict[int, set[int]] = {}
        self._tracked: dict[int, _Tracked] = {}
        self._leaving = Leaving()
        self._learned_leaving = Leaving()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Spare every call the guard against compilers: nothing is compiled while a model is traced."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if isinstance(func, HigherOrderOperator):
            return self._spell(func, higher_order(func), args, kwargs)
        own = signature(func)
        if own.composite or own.packet.startswith(FOREACH):
            return self._spell(func, parts(func) if own.composite else each(func), args, kwargs)
        if own.packet in CHECKS:
            return func(*args, **kwargs)
        inputs: list[int] = []
        plain_args = self._plain(args, inputs)
        plain_kwargs = {key: self._plain(v, inputs) for key, v in kwargs.items() if key not in own.writes}
        if (place := LOOKUPS.get(own.packet)) is not None and not self._live.isdisjoint(inputs):
            self._keep_tables(args[place], plain_args[place])
        result = func(*args, **kwargs)
        if own.writes:
            written = [kwargs.get(w) if isinstance(w, str) else args[w] for w in own.writes]
            if own.restructures:
                self._restructure(own, written[0], plain_args, inputs)
            else:
                self._write(own, [t for t in _flat(written) if t is not None], plain_args, plain_kwargs, inputs)
            return result
        outputs = result if isinstance(result, (tuple, list)) else (result,)
        if own.packet in FILLS and not self._leaving.numbers.isdisjoint(_flat(args)):
            self._come_back(result)
            return result
        source = self._tracked[id(args[0])] if own.views else None
        self._call(own, outputs, plain_args, plain_kwargs, inputs, source)
        if own.packet == "_local_scalar_dense" and args[0].is_floating_point() and inputs[0] in self._live:
            self._leaving.leave(inputs[0], "a number")
            self._leaving.numbers.add(result)
        elif own.packet == "_local_scalar_dense" and type(result) is int:
            self.counted(args[0], result)
        return result

    def _spell(self, func: Any, spelled: Callable[..., Any] | None, args: Any, kwargs: Any) -> Any:
        """Record what an operator stands for; one that nobody can spell out is recorded by its name."""
        if spelled is not None:
            with self:
                return spelled(*args, **kwargs)
        inputs = [self.value(t) for t in pytree.tree_leaves((args, kwargs)) if isinstance(t, torch.Tensor)]
        result = func(*args, **kwargs)
        made = [t for t in pytree.tree_leaves(result) if isinstance(t, torch.Tensor)]
        numbers = tuple(self._new(t) for t in made)
        self._append(f"higher_order.{func.name()}.default", tuple(map(Ref, inputs)), {}, inputs, numbers)
        for tensor, number in zip(made, numbers, strict=True):
            self._track(tensor, number, _Storage(number), 0, ())
        return result

    def value(self, tensor: torch.Tensor, origin: Origin = "constant") -> int:
        """Return the number of a tensor's present value, bringing a view up to date with writes to its base."""
        seen = self._tracked.get(id(tensor))
        if seen is None:
            if is_functorch_wrapped_tensor(tensor):  # inside of vmap, jvp and the like, seen from a module
                return self.value(get_unwrapped(tensor), origin)
            if isinstance(tensor, torch.nn.Parameter):
                origin = "parameter"
            if origin == "constant" and self._leaving.may_be(tensor):
                return self._come_back(tensor)
            number = self._new(tensor, origin)
            self._track(tensor, number, _Storage(number), 0, ())
            if origin == "input":
                self._live.add(number)
            elif (origin == "parameter" and _is_real(tensor)) or self._learned_leaving.may_be(tensor):
                self._learned.add(number)
                if origin != "parameter" or tensor.numel() > 1:
                    self._made_up.add(number)
            elif origin == "constant" and not tensor.is_inference():
                self.leaves[number] = (tensor, tensor._version)
            return number
        if seen.version != seen.storage.version:
            seen.value = self._follow(seen.storage.root, seen.chain)
            seen.version = seen.storage.version
        return seen.value

    def withhold(self, tensor: torch.Tensor) -> None:
        """Note that the numbers of a tensor mean nothing, though it is no image: an input of another kind."""
        self._learned.add(self.value(tensor))
        self._made_up.add(self.value(tensor))

    def counted(self, tensor: torch.Tensor, number: int) -> None:
        """Note that a tensor became a whole number, unless that is its own."""
        if self.value(tensor) in self._made_up:
            self._counts.setdefault(self.scope, set()).add(number)

    @property
    def unknown(self) -> frozenset[int]:
        """List the values whose numbers nobody knows."""
        return frozenset(self._live | self._learned)

    def _come_back(self, tensor: torch.Tensor) -> int:
        """Record that a tensor was made of what left torch."""
        left, number = tuple(self._leaving.values), self._new(tensor)
        self._append(self._leaving.name, tuple(map(Ref, left)), {}, left, (number,))
        self._track(tensor, number, _Storage(number), 0, ())
        return number

    def left(self, tensor: torch.Tensor, way: str) -> None:
        """Note that the numbers of a tensor left torch."""
        value = self.value(tensor)
        if value in self._live:
            self._leaving.leave(value, way)
        elif value in self._learned:
            self._learned_leaving.leave(value, way)

    def same(self, tensor: torch.Tensor, other: torch.Tensor) -> None:
        """Note that a tensor is another one that torch does not tell of."""
        self.value(tensor)
        seen = self._tracked.get(id(tensor))
        if seen is not None:
            self._track(other, seen.value, seen.storage, seen.version, seen.chain)

    def _new(self, tensor: torch.Tensor, origin: Origin = "call") -> int:
        strided = tensor.layout == torch.strided
        stride, offset = (tensor.stride(), int(tensor.storage_offset())) if strided else ((), 0)
        self.values.append(Value(tuple(tensor.shape), tuple(stride), origin, str(tensor.dtype)[6:], offset))
        return len(self.values) - 1

    def _keep_tables(self, tables: Any, plain: Any) -> None:
        """Keep the numbers of tables that are used on something that depends on the input, unless they are learned."""
        for tensor, ref in zip(_flat(tables), _flat(plain), strict=True):
            if not isinstance(tensor, torch.Tensor) or ref.value in self._learned:
                continue
            if tensor.is_meta:
                if ref.value not in self._live:
                    self.missed[ref.value] = None
            else:
                self.tables[ref.value] = tensor.detach().numpy().copy()

    def _plain(self, argument: Any, inputs: list[int]) -> Any:
        """Turn an argument into plain data; the values that it reads are appended to `inputs`."""
        if type(argument) in ATOMS:
            return argument
        if isinstance(argument, torch.Tensor):
            inputs.append(self.value(argument))
            return Ref(inputs[-1])
        if isinstance(argument, (tuple, list)):
            return tuple([item if type(item) in ATOMS else self._plain(item, inputs) for item in argument])
        return str(argument)

    def _call(
        self,
        own: Signature,
        outputs: Sequence[Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        inputs: list[int],
        source: _Tracked | None,
    ) -> None:
        numbers = tuple([self._new(t) if isinstance(t, torch.Tensor) else None for t in outputs])
        if own.maps:
            self.refuse_empty(numbers, inputs)
        self._append(own.name, args, kwargs, inputs, numbers, own)
        for index, (tensor, number) in enumerate(zip(outputs, numbers, strict=True)):
            if number is None or (source and self._tracked.get(id(tensor)) is source):
                continue
            if source:
                shapes = tuple(self.values[n].shape for n in numbers if n is not None)
                step = (own.name, args[1:], shapes, index)
                self._track(tensor, number, source.storage, source.version, (*source.chain, step))
            else:
                self._track(tensor, number, _Storage(number), 0, ())

    def _track(
        self, tensor: torch.Tensor, value: int, storage: _Storage, version: int, chain: tuple[Step, ...]
    ) -> None:
        key = id(tensor)
        kept = tensor if tensor.is_meta else weakref.ref(tensor, lambda _: self._tracked.pop(key, None))
        self._tracked[key] = _Tracked(kept, value, storage, version, chain)

    def _append(
        self,
        op: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        inputs: Sequence[int],
        outputs: tuple[int | None, ...],
        own: Signature | None = None,
    ) -> None:
        made = [v for v in outputs if v is not None]
        if own is not None and own.random:
            self._learned.update(made)
            self._made_up.update(made)
        if self.scope in self._counts and not self._live.isdisjoint(inputs) and not (own and own.pointwise):
            given = {a for a in _flat((args, *kwargs.values())) if type(a) is int}
            op = op if given.isdisjoint(self._counts[self.scope]) else LEARNED_NUMBER
        for kind in () if is_factory(op) else (self._live, self._learned, self._made_up):
            if not kind.isdisjoint(inputs):
                kind.update(made)
        pointwise = own is not None and own.pointwise
        self.calls.append(Call(op, args, kwargs, tuple(inputs), outputs, self.scope, pointwise))

    def _restructure(self, own: Signature, tensor: torch.Tensor, args: tuple[Any, ...], inputs: list[int]) -> None:
        seen = self._tracked[id(tensor)]
        seen.value = self._new(tensor)
        seen.chain = (*seen.chain, (own.name, args[1:], (tuple(tensor.shape),), 0))
        self._append(own.name, args, {}, inputs, (seen.value,))

    def _write(
        self,
        own: Signature,
        written: list[torch.Tensor],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        inputs: list[int],
    ) -> None:
        numbers = tuple(self._new(t) for t in written)
        self._append(own.name, args, kwargs, inputs, numbers, own)
        for tensor, number in zip(written, numbers, strict=True):
            self.value(tensor)
            seen = self._tracked[id(tensor)]
            seen.storage.version += 1
            seen.value, seen.version = number, seen.storage.version
            if not seen.chain:
                seen.storage.root = number
                continue
            seen.storage.root = self._lead_back(seen.storage.root, number, seen.chain)

    def _lead_back(self, root: int, written: int, chain: tuple[Step, ...]) -> int:
        """Record what a value that was written through views makes of the root."""
        shapes = [self.values[root].shape, *(shapes[index] for _, _, shapes, index in chain)]
        backwards = [undone(step, shape) for step, shape in zip(chain, shapes, strict=False)]
        at = len(chain)
        while at:
            if (back := backwards[at - 1]) is not None:
                written, at = self._follow(written, (back,)), at - 1
                continue
            first = at - 1
            while first and backwards[first - 1] is None:
                first -= 1
            base = self._follow(root, chain[:first])
            self.values.append(replace(self.values[base], origin="call"))
            made = len(self.values) - 1
            self._append(SCATTER, (Ref(base), Ref(written), chain[first:at]), {}, (base, written), (made,))
            written, at = made, first
        return written

    def _follow(self, value: int, chain: Iterable[Step]) -> int:
        """Record views on a value once more."""
        for op, args, shapes, index in chain:
            outputs = tuple(len(self.values) + i for i in range(len(shapes)))
            dtype = self.values[value].dtype
            self.values.extend(Value(shape, (), "call", dtype) for shape in shapes)
            self._append(op, (Ref(value), *args), {}, (value,), outputs)
            value = outputs[index]
        return value

    def refuse_empty(self, made: Iterable[int | None], read: Iterable[int]) -> None:
        """Raise `EmptyMap` where all that was made of maps with positions is maps without any."""
        shapes = [self.values[v].shape for v in made if v is not None]
        empty = shapes and all(0 in shape[1:] and len(shape) > 2 for shape in shapes)
        if empty and not (self._live.isdisjoint(read) or any(0 in self.values[v].shape for v in read)):
            raise EmptyMap(f"gives an empty map, {'×'.join(map(str, shapes[0]))}")


def _is_real(tensor: torch.Tensor) -> bool:
    return tensor.is_floating_point() or tensor.is_complex()


def _flat(argument: Any) -> Iterator[Any]:
    if isinstance(argument, (tuple, list)):
        for item in argument:
            yield from _flat(item)
    else:
        yield argument
