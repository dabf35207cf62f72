"""Record every ATen call of a forward pass as plain values in single-assignment form."""

import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import torch
from numpy.typing import NDArray
from torch.utils._python_dispatch import TorchDispatchMode

from rfa_report.core.recording import SCATTER, Call, Origin, Ref, Value

LOOKUPS = {"grid_sampler_2d": 1, "grid_sampler_3d": 1, "index": 1, "index_put": 1, "take": 1} | dict.fromkeys(
    ("gather", "index_add", "index_copy", "index_fill", "index_select", "scatter", "scatter_add", "scatter_reduce"), 2
)
"""Operators with an argument that says where they read or write, and which one: its numbers are recorded."""

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
    chain: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class _Signature:
    """What the schema of an operator says about aliasing."""

    name: str
    packet: str
    writes: tuple[int | str, ...]
    views: bool
    restructures: bool
    pointwise: bool


@cache
def _signature(func: Any) -> _Signature:
    schema = func._schema
    written = [
        a.name if a.kwarg_only else i
        for i, a in enumerate(schema.arguments)
        if a.alias_info is not None and a.alias_info.is_write
    ]
    namespace, _, packet = schema.name.partition("::")
    if written and packet.endswith("_") and not packet.endswith("__"):
        packet = packet[:-1]
    return _Signature(
        f"{namespace}.{packet}.{schema.overload_name or 'default'}",
        packet,
        tuple(written),
        any(r.alias_info is not None and not r.alias_info.is_write for r in schema.returns),
        torch.Tag.inplace_view in func.tags,
        torch.Tag.pointwise in func.tags,
    )


class Recorder(TorchDispatchMode):
    """A mode that records calls while active. `scope` is the scope that new calls belong to."""

    def __init__(self) -> None:
        """Start with an empty record."""
        super().__init__()
        self.values: list[Value] = []
        self.calls: list[Call] = []
        self.scope = 0
        self.tables: dict[int, NDArray[Any]] = {}
        self.misses_a_table = False
        self._live: set[int] = set()
        self._tracked: dict[int, _Tracked] = {}

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Spare every call the guard against compilers: nothing is compiled while a model is traced."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        signature = _signature(func)
        inputs: list[int] = []
        plain_args = self._plain(args, inputs)
        plain_kwargs = {key: self._plain(v, inputs) for key, v in kwargs.items() if key not in signature.writes}
        if (place := LOOKUPS.get(signature.packet)) is not None and not self._live.isdisjoint(inputs):
            self._keep_tables(args[place], plain_args[place])
        result = func(*args, **kwargs)
        if signature.writes:
            written = [kwargs.get(w) if isinstance(w, str) else args[w] for w in signature.writes]
            if signature.restructures:
                self._restructure(signature, written[0], plain_args, inputs)
            else:
                self._write(signature, [t for t in written if t is not None], plain_args, plain_kwargs, inputs)
            return result
        outputs = result if isinstance(result, (tuple, list)) else (result,)
        source = self._tracked[id(args[0])] if signature.views else None
        self._call(signature, outputs, plain_args, plain_kwargs, inputs, source)
        return result

    def value(self, tensor: torch.Tensor, origin: Origin = "constant") -> int:
        """Return the number of a tensor's present value, bringing a view up to date with writes to its base."""
        seen = self._tracked.get(id(tensor))
        if seen is None:
            if isinstance(tensor, torch.nn.Parameter):
                origin = "parameter"
            number = self._new(tensor, origin)
            self._track(tensor, number, _Storage(number), 0, ())
            if origin == "input":
                self._live.add(number)
            return number
        if seen.version != seen.storage.version:
            seen.value = self._replay(seen)
            seen.version = seen.storage.version
        return seen.value

    def _new(self, tensor: torch.Tensor, origin: Origin = "call") -> int:
        strided = tensor.layout == torch.strided
        stride, offset = (tensor.stride(), int(tensor.storage_offset())) if strided else ((), 0)
        self.values.append(Value(tuple(tensor.shape), tuple(stride), origin, str(tensor.dtype)[6:], offset))
        return len(self.values) - 1

    def _keep_tables(self, tables: Any, plain: Any) -> None:
        """Keep the numbers of tables that are used on something that depends on the input."""
        for tensor, ref in zip(_flat(tables), _flat(plain), strict=True):
            if isinstance(tensor, torch.Tensor) and tensor.is_meta:
                self.misses_a_table |= ref.value not in self._live
            elif isinstance(tensor, torch.Tensor):
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
        signature: _Signature,
        outputs: Sequence[Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        inputs: list[int],
        source: _Tracked | None,
    ) -> None:
        numbers = tuple([self._new(t) if isinstance(t, torch.Tensor) else None for t in outputs])
        self._append(signature.name, args, kwargs, inputs, numbers, pointwise=signature.pointwise)
        for index, (tensor, number) in enumerate(zip(outputs, numbers, strict=True)):
            if number is None or (source and self._tracked.get(id(tensor)) is source):
                continue
            if source:
                shapes = tuple(self.values[n].shape for n in numbers if n is not None)
                step = (signature.name, args[1:], shapes, index)
                self._track(tensor, number, source.storage, source.version, (*source.chain, step))
            else:
                self._track(tensor, number, _Storage(number), 0, ())

    def _track(
        self, tensor: torch.Tensor, value: int, storage: _Storage, version: int, chain: tuple[tuple[Any, ...], ...]
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
        *,
        pointwise: bool = False,
    ) -> None:
        if not (self._live.isdisjoint(inputs) or _is_factory(op)):
            self._live.update(v for v in outputs if v is not None)
        self.calls.append(Call(op, args, kwargs, tuple(inputs), outputs, self.scope, pointwise))

    def _restructure(
        self, signature: _Signature, tensor: torch.Tensor, args: tuple[Any, ...], inputs: list[int]
    ) -> None:
        seen = self._tracked[id(tensor)]
        seen.value = self._new(tensor)
        seen.chain = (*seen.chain, (signature.name, args[1:], (tuple(tensor.shape),), 0))
        self._append(signature.name, args, {}, inputs, (seen.value,))

    def _write(
        self,
        signature: _Signature,
        written: list[torch.Tensor],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        inputs: list[int],
    ) -> None:
        numbers = tuple(self._new(t) for t in written)
        self._append(signature.name, args, kwargs, inputs, numbers, pointwise=signature.pointwise)
        for tensor, number in zip(written, numbers, strict=True):
            self.value(tensor)
            seen = self._tracked[id(tensor)]
            seen.storage.version += 1
            seen.value, seen.version = number, seen.storage.version
            if not seen.chain:
                seen.storage.root = number
                continue
            base = self.values[seen.storage.root]
            self.values.append(replace(base, origin="call"))
            root = len(self.values) - 1
            read = (seen.storage.root, number)
            self._append(SCATTER, (Ref(read[0]), Ref(number), seen.chain), {}, read, (root,))
            seen.storage.root = root

    def _replay(self, seen: _Tracked) -> int:
        """Record the views from the root to a tensor once more, on the root's present value."""
        current = seen.storage.root
        for op, args, shapes, index in seen.chain:
            outputs = tuple(len(self.values) + i for i in range(len(shapes)))
            dtype = self.values[current].dtype
            self.values.extend(Value(shape, (), "call", dtype) for shape in shapes)
            self._append(op, (Ref(current), *args), {}, (current,), outputs)
            current = outputs[index]
        return current


def _is_factory(op: str) -> bool:
    """Decide whether an operator takes a tensor for its shape only."""
    packet = op.split(".")[1]
    return packet.startswith("new_") or packet.endswith("_like") or packet == "zero" or op == "aten.fill.Scalar"


def _flat(argument: Any) -> Iterator[Any]:
    if isinstance(argument, (tuple, list)):
        for item in argument:
            yield from _flat(item)
    else:
        yield argument
