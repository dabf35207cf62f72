"""Lead a write through a view back to the memory that the view shows: every view that shows all of it is undone."""

from typing import Any, TypeAlias

Step: TypeAlias = tuple[str, tuple[Any, ...], tuple[tuple[int, ...], ...], int]
"""A view: its operator, its arguments but the first, the shapes of its outputs, and which of them it is."""

RESHAPES = frozenset({"view", "_unsafe_view", "reshape", "_reshape_alias", "unsqueeze", "squeeze", "alias", "detach"})
"""Views of all elements in their order."""


def undone(step: Step, shape: tuple[int, ...]) -> Step | None:
    """Return the step that leads from a view back to its source of that shape; None where the view shows a part."""
    op, args, shapes, index = step
    packet = op.split(".")[1]
    if packet in RESHAPES:
        return ("aten.alias.default", (), (shape,), 0) if shapes[0] == shape else _view(shape)
    if packet == "permute":
        order = [d % len(shape) for d in args[0]]
        return "aten.permute.default", (tuple(order.index(d) for d in range(len(shape))),), (shape,), 0
    if packet in {"transpose", "t"}:
        return op, args, (shape,), 0
    return ("aten.alias.default", (), (shape,), 0) if packet == "slice" and shapes[index] == shape else None


def _view(shape: tuple[int, ...]) -> Step:
    return "aten.view.default", (shape,), (shape,), 0
