"""Follow which module a call belongs to: paths, call numbers, and functions that a reader sees as one box."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import torch
from torch import nn
from torch.export.unflatten import InterpreterModule
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from rfa_report.core.recording import Scope
from rfa_report.core.scoping import ScopeStack
from rfa_report.tracing.paths import Paths
from rfa_report.tracing.recorder import EmptyMap, Recorder

BOXES = {"scaled_dot_product_attention": "attention"}
"""Functions of `torch.nn.functional` that ATen decomposes but a person draws as one box, and the box's name."""


class Scopes:
    """The stack of module calls of one forward pass."""

    def __init__(self, model: nn.Module, recorder: Recorder) -> None:
        """Learn the paths of the model's modules."""
        self._recorder = recorder
        self._model = model
        self._paths = Paths(model)
        self._leaves: dict[int, bool] = {}
        self._scopes = ScopeStack(recorder.calls)
        self._scopes.push("", type(model).__name__, leaf=_is_leaf(model, root=True), owner=model)

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """List the calls that have returned, in the order in which they began."""
        return self._scopes.closed

    @contextmanager
    def following(self) -> Iterator[None]:
        """Follow module calls and boxed functions while the context is open."""
        with ExitStack() as stack:
            for handle in (
                register_module_forward_pre_hook(self._enter_module),
                register_module_forward_hook(self._leave_module),
            ):
                stack.callback(handle.remove)
            for function, name in BOXES.items():
                boxed = self._boxed(getattr(torch.nn.functional, function), name)
                stack.enter_context(patch.object(torch.nn.functional, function, boxed))
            try:
                yield
            except EmptyMap as error:
                raise EmptyMap(f"{self._scopes.open[-1].path or self._scopes.open[-1].kind} {error}") from error
            finally:
                while self._scopes.open:
                    self._close(())

    def enter(self, path: str, kind: str, *, leaf: bool) -> None:
        """Open a call of a module that is known by its path and class alone."""
        self._open(path, kind, leaf, (), None)

    def leave(self, output: Any) -> None:
        """Close the call opened last; one without any operator hands on what it was given, and is no box."""
        frame = self._scopes.open[-1]
        self._close(self._values(output) if frame.leaf and len(self._recorder.calls) > frame.start else ())

    def _enter_module(self, module: nn.Module, args: Any) -> None:
        if module is self._model and len(self._scopes.open) == 1:
            self._scopes.open[0].inputs = self._values(args)
            return
        key = id(module)
        if key not in self._leaves:
            self._leaves[key] = _is_leaf(module)
        kind = _kind(module)
        caller = self._scopes.open[-1]
        path = self._paths.of(module, caller.owner, caller.path) or self._below(kind.lower())
        self._open(path, kind, self._leaves[key], args, module)

    def _leave_module(self, module: nn.Module, args: Any, output: Any) -> Any:
        if module is self._model and len(self._scopes.open) == 1:
            values = self._values(output)
            self._recorder.refuse_empty(values, self._scopes.open[0].inputs)
            self._close(values, output)
            return None
        while len(self._scopes.open) > 1 and self._scopes.open[-1].owner is not module:
            self._close(())
        frame = self._scopes.open[-1]
        values, replaced = self._values(output), None
        self._recorder.refuse_empty(values, frame.inputs)
        if frame.leaf and len(values) == 1 and values[0] in frame.inputs and isinstance(output, torch.Tensor):
            # A module that hands its input on (dropout in eval mode) is a box with a value of its own all the same.
            replaced = torch.ops.aten.alias(output)
            values = self._values(replaced)
        self._close(values, output)
        return replaced

    def _boxed(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if self._scopes.open[-1].leaf:
                return function(*args, **kwargs)
            self._open(self._below(name), name, True, args, None)
            output = function(*args, **kwargs)
            self._close(self._values(output))
            return output

        return call

    def _below(self, name: str) -> str:
        parent = self._scopes.open[-1].path
        return f"{parent}.{name}" if parent else name

    def _open(self, path: str, kind: str, leaf: bool, args: Any, module: nn.Module | None) -> None:
        number = self._scopes.push(path, kind, leaf=leaf, owner=module)
        self._scopes.open[-1].inputs = self._values(args)  # which records what brings views up to date, still outside
        self._recorder.scope = number

    def _close(self, outputs: tuple[int, ...], returned: Any = None) -> None:
        self._recorder.scope = self._scopes.pop(outputs, names(returned))

    def _values(self, tree: Any) -> tuple[int, ...]:
        if isinstance(tree, torch.Tensor):
            return (self._recorder.value(tree),)
        return tuple([self._recorder.value(tensor) for tensor in tensors(tree)])


def tensors(tree: Any) -> Iterator[torch.Tensor]:
    """Yield the tensors of nested tuples, lists, mappings and dataclasses, in order."""
    return (tensor for _, tensor in _leaves(tree))


def names(tree: Any) -> tuple[str, ...]:
    """Name the tensors of a tree by their keys or, in lists, numbers, with dots between; a tensor alone has no name."""
    return () if isinstance(tree, torch.Tensor) else tuple(".".join(path) for path, _ in _leaves(tree))


def _leaves(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], torch.Tensor]]:
    if isinstance(tree, torch.Tensor):
        yield path, tree
        return
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(tree, dict):
        items = tree.items()
    elif isinstance(tree, (tuple, list)):
        items = zip(getattr(tree, "_fields", None) or range(len(tree)), tree, strict=True)
    elif hasattr(tree, "__dataclass_fields__"):
        items = ((name, getattr(tree, name)) for name in tree.__dataclass_fields__)
    for key, item in items:
        yield from _leaves(item, (*path, str(key)))


def _kind(module: nn.Module) -> str:
    """Name the class of a module, of one that was exported the class that it had."""
    exported = str(module.type_name()) if isinstance(module, InterpreterModule) else type(module).__name__
    return exported.rpartition(".")[2]


def _is_leaf(module: nn.Module, *, root: bool = False) -> bool:
    """Decide whether a module is one box: it has no children. A root of the user's own is looked into."""
    if root and not type(module).__module__.startswith("torch.nn."):
        return False
    return all(name == "parametrizations" for name, _ in module.named_children())
