"""Spell out operators that call functions or take lists of tensors as the plain operators that they stand for."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch._C import DispatchKey
from torch.utils import _pytree as pytree

FOREACH = "_foreach_"

OTHER_NAMES = {"norm": "linalg_vector_norm", "maximum.Scalar": "clamp_min", "minimum.Scalar": "clamp_max"} | {
    f"{name}.ScalarList": f"clamp_{end}" for name, end in (("maximum", "min"), ("minimum", "max"))
}
"""What an operator over lists is called for one tensor, where it is not the rest of its name."""


def each(func: Any) -> Callable[..., list[torch.Tensor] | None]:
    """Return a function that does to one tensor after the other what `aten._foreach_*` does to lists."""
    name, overload = func._schema.name.partition(FOREACH)[2], func._schema.overload_name
    plain = name.removesuffix("_")
    other = OTHER_NAMES.get(f"{plain}.{overload}") or OTHER_NAMES.get(plain)
    in_place = name.endswith("_")
    packet = getattr(torch.ops.aten, name if other is None else other + "_" * in_place)

    def spelled(*args: Any, **kwargs: Any) -> list[torch.Tensor] | None:
        count = next(len(a) for a in args if _is_list(a))
        rows = ([a[i] if _is_list(a) else a for a in args] for i in range(count))
        made = [packet(*row, **kwargs) for row in rows]
        return None if in_place else made

    return spelled


def _is_list(argument: Any) -> bool:
    return isinstance(argument, (list, tuple))


def parts(func: Any) -> Callable[..., Any]:
    """Return a function that runs the operators that a composite one is made of, as torch itself does."""
    return partial(func._op_dk, DispatchKey.CompositeImplicitAutograd)


def higher_order(func: Any) -> Callable[..., Any] | None:
    """Return a function that runs what an operator over functions stands for; None where nobody can tell."""
    kernel = func.py_kernels.get(DispatchKey.CompositeExplicitAutograd)
    return _either if func.name() == "cond" else kernel if callable(kernel) else None


def _either(condition: Any, yes: Any, no: Any, operands: Sequence[Any] = ()) -> Any:
    """Run both branches, for which of them is taken depends on the data."""
    if not isinstance(condition, torch.Tensor):
        return (yes if condition else no)(*operands)

    def choose(a: Any, b: Any) -> Any:
        return torch.where(condition, a, b) if isinstance(a, torch.Tensor) else a

    return pytree.tree_map(choose, yes(*operands), no(*operands))
