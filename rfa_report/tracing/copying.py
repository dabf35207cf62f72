"""Copy a model to a device, with whatever it holds."""

import copy
from itertools import chain
from types import CellType, FunctionType
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy
from torch.overrides import TorchFunctionMode

from rfa_report.tracing.exported import at_inference

Memo = dict[int, Any]
"""What `copy.deepcopy` has copied so far, by id of the original."""

REGISTERED = frozenset({"_parameters", "_buffers", "_modules"})
"""Attributes of a module that hold what it registered."""


def copied(model: nn.Module, device: str) -> nn.Module:
    """Copy a model to a device in eval mode: tables and single numbers as they are, other parameters as zeros.

    What cannot be copied (a lock, an open file, a Python module) is shared with the original.
    """
    with torch.no_grad(), _ToDevice(device):
        memo: Memo = {id(p): _parameter(p, device) for p in model.parameters()}
        try:
            trial = dict(memo)
            twin: nn.Module = copy.deepcopy(model, trial)
        except Exception:
            for module in model.modules():
                _share(module, memo)
            trial = memo
            twin = copy.deepcopy(model, trial)
        _rebind_hooks(twin, trial)
    return at_inference(twin)


def zeroed(model: nn.Module) -> nn.Module:
    """Overwrite the weights of a model, so that all runs compute the same, and put it into eval mode.

    A single number stays: it may say how far a map is shifted.
    """
    with torch.no_grad():
        for parameter in model.parameters():
            if _is_weight(parameter) and parameter.numel() > 1:
                parameter.zero_()
    return at_inference(model)


def settled(model: nn.Module) -> nn.Module:
    """Move to the meta device, and into eval mode, what a constructor put elsewhere though it ran on meta."""
    for module in model.modules():
        for held in (module._buffers, vars(module)):
            strays = {k: v for k, v in held.items() if isinstance(v, torch.Tensor) and not v.is_meta}
            held.update({name: tensor.detach().to("meta") for name, tensor in strays.items()})
    return at_inference(model)


class _ToDevice(TorchFunctionMode):
    """A memo that lets `copy.deepcopy` copy every tensor to a device, also one that was computed from others."""

    def __init__(self, device: str) -> None:
        super().__init__()
        self._device = device

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is not torch.Tensor.__deepcopy__:
            return func(*args, **(kwargs or {}))
        tensor, memo = args
        memo[id(tensor)] = _moved(tensor, self._device)
        return memo[id(tensor)]


def _moved(tensor: torch.Tensor, device: str) -> torch.Tensor:
    if is_lazy(tensor):
        unshaped: torch.Tensor = _unshaped(tensor, device)
        return unshaped
    if tensor.is_meta and device != "meta":
        return torch.zeros_like(tensor, device=device)
    return tensor.detach().to(device)


def _parameter(parameter: nn.Parameter, device: str) -> nn.Parameter:
    if is_lazy(parameter):
        unshaped: nn.Parameter = _unshaped(parameter, device)
        return unshaped
    kept = not parameter.is_meta and (parameter.numel() == 1 or not _is_weight(parameter))
    data = parameter.detach().to(device) if kept else torch.zeros_like(parameter, device=device)
    return nn.Parameter(data, requires_grad=False)


def _is_weight(parameter: nn.Parameter) -> bool:
    """Decide whether a parameter may be learned: whole numbers and truth values are tables."""
    shaped = not is_lazy(parameter)
    return shaped and (parameter.is_floating_point() or parameter.is_complex())


def _unshaped(tensor: Any, device: str) -> Any:
    return type(tensor)(requires_grad=False, device=device, dtype=tensor.dtype)


def _share(module: nn.Module, memo: Memo) -> None:
    """Note in `memo` which attributes of a module stand for themselves, for they cannot be copied."""
    for name, value in vars(module).items():
        if name not in REGISTERED:
            try:
                copy.deepcopy(value, dict(memo))
            except Exception:  # whatever it raised, it stays what it is
                memo[id(value)] = value


def _rebind_hooks(twin: nn.Module, memo: Memo) -> None:
    """Let the hooks of a copy that are functions speak of the copy where they spoke of the original."""
    for module in twin.modules():
        for hooks in (module._forward_pre_hooks, module._forward_hooks):
            hooks.update({key: _rebound(hook, memo) for key, hook in hooks.items()})


def _rebound(hook: Any, memo: Memo) -> Any:
    if not isinstance(hook, FunctionType) or not hook.__closure__:
        return hook
    cells = tuple(CellType(memo.get(id(cell.cell_contents), cell.cell_contents)) for cell in hook.__closure__)
    twin = FunctionType(hook.__code__, hook.__globals__, hook.__name__, hook.__defaults__, cells)
    twin.__kwdefaults__ = hook.__kwdefaults__
    return twin


def shares_weights(model: nn.Module, other: nn.Module) -> bool:
    """Decide whether two models have a parameter or buffer in common."""
    own = {id(t) for t in chain(model.parameters(), model.buffers())}
    return any(id(t) in own for t in chain(other.parameters(), other.buffers()))
