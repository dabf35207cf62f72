"""What is known of an operator before it runs: by its schema, and by its name."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import torch

MAPS = ("conv", "pool", "pad", "upsample")
"""Parts of the names of operators that make maps, whose size follows from that of the map that they are given."""

LOOKUPS = {
    **dict.fromkeys(("embedding", "grid_sampler_2d", "grid_sampler_3d", "index", "index_put", "take"), 1),
    **dict.fromkeys(("gather", "index_add", "index_copy", "index_fill", "index_select"), 2),
    **dict.fromkeys(("scatter", "scatter_add", "scatter_reduce"), 2),
}
"""Operators with an argument that says where they read or write, and which one: its numbers are recorded."""

FILLS = frozenset({"full", "full_like", "new_full", "scalar_tensor"})
"""Operators that make a tensor of a number of Python's."""

CHECKS = frozenset({"is_same_size", "_has_same_storage_numel"})
"""Operators that automatic differentiation asks about shapes."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The name of an operator, which arguments it writes, and what kind of operator it is.

    A `composite` one is made of others, which torch calls in its place unless gradients are switched off for good
    (`torch.inference_mode`, and inside of operators over functions).
    """

    name: str
    packet: str
    writes: tuple[int | str, ...]
    views: bool
    restructures: bool
    pointwise: bool
    maps: bool
    random: bool
    composite: bool


@cache
def signature(func: Any) -> Signature:
    """Read the schema of an operator; one that writes is named after the operator that it is a variant of."""
    schema = func._schema
    written = [
        a.name if a.kwarg_only else i
        for i, a in enumerate(schema.arguments)
        if a.alias_info is not None and a.alias_info.is_write
    ]
    namespace, _, packet = schema.name.partition("::")
    overload = schema.overload_name or "default"
    if written and packet.endswith("_") and not packet.endswith("__"):
        packet = packet[:-1]
    return Signature(
        f"{namespace}.{packet}.{overload}",
        packet,
        tuple(written),
        any(r.alias_info is not None and not r.alias_info.is_write for r in schema.returns),
        torch.Tag.inplace_view in func.tags,
        _pointwise(func) or (bool(written) and _pointwise(_overload(namespace, packet, overload))),
        any(part in packet for part in MAPS),
        torch.Tag.nondeterministic_seeded in func.tags,
        torch._C._dispatch_has_kernel_for_dispatch_key(func.name(), "CompositeImplicitAutograd"),
    )


def _overload(namespace: str, packet: str, overload: str) -> Any:
    return getattr(getattr(getattr(torch.ops, namespace), packet, None), overload, None)


def _pointwise(func: Any) -> bool:
    return func is not None and torch.Tag.pointwise in func.tags


def is_factory(op: str) -> bool:
    """Decide whether an operator takes a tensor for its shape only."""
    packet = op.partition(".")[2].partition(".")[0]
    return packet.startswith("new_") or packet.endswith("_like") or packet == "zero" or op == "aten.fill.Scalar"
