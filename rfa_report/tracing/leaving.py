"""Notice where a model takes its numbers out of torch, and what comes back; lists come in as tensors with numbers."""

import gc
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import torch

WAYS = {"numpy": "numpy", "tolist": "a list", "__dlpack__": "dlpack"}
"""Methods that hand out the numbers of a tensor, and what is said of them."""


class Leaving:
    """The values that left torch. A tensor that was made after that, by no operator, may hold their numbers."""

    def __init__(self) -> None:
        """Start with none."""
        self.values: list[int] = []
        self.numbers: set[Any] = set()
        self.way = ""
        self._older: dict[int, Any] = {}

    def leave(self, value: int, way: str) -> None:
        """Note that a value left; what exists by now cannot come from it."""
        if not self.values:
            tensors = (o for o in gc.get_objects() if issubclass(type(o), torch.Tensor))
            self._older = {id(t): weakref.ref(t) for t in tensors}
        self.values.append(value)
        self.way = self.way or way

    def may_be(self, tensor: torch.Tensor) -> bool:
        """Decide whether a tensor that nobody has seen yet may come from what left."""
        known = self._older.get(id(tensor))
        return bool(self.values) and not (known is not None and known() is tensor)

    @property
    def name(self) -> str:
        """Name the way as an operator is named."""
        return f"leaves torch ({self.way})"


@contextmanager
def watched(
    left: Callable[[torch.Tensor, str], None],
    same: Callable[[torch.Tensor, torch.Tensor], None],
    counted: Callable[[torch.Tensor, int], None],
) -> Iterator[None]:
    """Call `left` for a tensor that hands out its numbers, and `same` for one that is another, unknown to torch.

    `counted` is called for one that becomes a whole number, and with that.

    A list of positions becomes a tensor on the CPU before it is an index: torch makes one on meta, without numbers.
    """

    def watching(method: Callable[..., Any], way: str) -> Callable[..., Any]:
        def call(tensor: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
            result = method(tensor, *args, **kwargs)
            left(tensor, way)
            return result

        return call

    def counting(method: Callable[[torch.Tensor], int]) -> Callable[[torch.Tensor], int]:
        def call(tensor: torch.Tensor) -> int:
            number = method(tensor)
            counted(tensor, number)
            return number

        return call

    data: Any = torch.Tensor.data

    def get(tensor: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = data.__get__(tensor)
        same(tensor, result)
        return result

    with ExitStack() as stack:
        for name, way in WAYS.items():
            stack.enter_context(patch.object(torch.Tensor, name, watching(getattr(torch.Tensor, name), way)))
        for name in ("__int__", "__index__"):
            stack.enter_context(patch.object(torch.Tensor, name, counting(getattr(torch.Tensor, name))))
        for name in ("__getitem__", "__setitem__"):
            stack.enter_context(patch.object(torch.Tensor, name, _indexing(getattr(torch.Tensor, name))))
        stack.enter_context(patch.object(torch.Tensor, "data", property(get, data.__set__)))
        yield


def _indexing(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(tensor: torch.Tensor, index: Any, *value: Any) -> Any:
        return method(tensor, tuple(map(_positions, index)) if type(index) is tuple else _positions(index), *value)

    return call


def _positions(index: Any) -> Any:
    listed = type(index) is list and bool(index) and all(type(i) in (int, bool) for i in index)
    return torch.tensor(index, device="cpu") if listed else index
