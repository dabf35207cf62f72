"""Lists as indices: tensors on the CPU, whose numbers are known, in place of those that torch makes on meta."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import torch


@contextmanager
def listed_indices() -> Iterator[None]:
    """Let tensors be read and written at lists of positions as at tensors of positions while the context is open."""

    def reading(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(tensor: torch.Tensor, index: Any, *value: Any) -> Any:
            return method(tensor, tuple(map(_tensor, index)) if type(index) is tuple else _tensor(index), *value)

        return call

    with ExitStack() as stack:
        for name in ("__getitem__", "__setitem__"):
            stack.enter_context(patch.object(torch.Tensor, name, reading(getattr(torch.Tensor, name))))
        yield


def _tensor(index: Any) -> Any:
    positions = type(index) is list and bool(index) and all(type(i) in (int, bool) for i in index)
    return torch.tensor(index, device="cpu") if positions else index
