"""Run an exported program, which is one flat graph, as if its modules were still called."""

from collections.abc import Callable
from typing import Any

from torch import fx, nn
from torch.utils import _pytree as pytree

from rfa_report.tracing.scopes import Scopes

GUARDS = "_guards_fn"
"""The submodule of an exported program that checks what it is called with."""


def caller(model: nn.Module, scopes: Scopes) -> Callable[..., Any]:
    """Return what calls a model: the model itself, or a walk through the graph of an exported program."""
    if not isinstance(model, fx.GraphModule):
        return model
    nodes = model.graph.nodes
    flat = all(node.target == GUARDS for node in nodes if node.op == "call_module")
    return _Replay(model, scopes).call if flat and any(map(_modules, nodes)) else model


def at_inference(model: nn.Module) -> nn.Module:
    """Put a model into eval mode; an exported program, which refuses that, has only the one that it was exported in."""
    try:
        return model.eval()
    except NotImplementedError:
        return model


def _modules(node: fx.Node) -> list[tuple[str, str, str]]:
    """List the modules that an operator was called in, outermost first: a key for each call, its path and its class."""
    stack: dict[str, tuple[str, Any]] = node.meta.get("nn_module_stack") or {}
    named = ((key, path, getattr(kind, "__name__", str(kind))) for key, (path, kind) in stack.items())
    return [(key, path, kind.rpartition(".")[2]) for key, path, kind in named if path]


class _Replay(fx.Interpreter):
    """A walk through the graph of an exported program that opens and closes the modules that each operator was in."""

    def __init__(self, program: fx.GraphModule, scopes: Scopes) -> None:
        super().__init__(program)
        self._scopes = scopes
        self._entered: list[str] = []
        self._result: Any = None
        self._holders = {path for node in program.graph.nodes for _, path, _ in _modules(node)[:-1]}

    def call(self, *args: Any, **kwargs: Any) -> Any:
        result = self.run(*pytree.tree_leaves((args, kwargs)))
        self._leave(0)
        return result

    def run_node(self, n: fx.Node) -> Any:
        if n.op == "call_function":
            modules = _modules(n)
            same = 0
            while same < min(len(modules), len(self._entered)) and self._entered[same] == modules[same][0]:
                same += 1
            self._leave(same)
            for key, path, kind in modules[same:]:
                self._scopes.enter(path, kind, leaf=path not in self._holders)
                self._entered.append(key)
        try:
            result = super().run_node(n)
        except AssertionError as error:
            if n.target == GUARDS:
                raise RuntimeError(f"it was exported for another size: {error}") from error
            raise
        if n.op == "call_function":
            self._result = result
        return result

    def _leave(self, depth: int) -> None:
        while len(self._entered) > depth:
            self._entered.pop()
            self._scopes.leave(self._result)
