"""Build models without weights: on the meta device where the constructor allows it."""

import copy
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from rfa_report.core.errors import ModelError, one_line

RANDOM_FILLS = frozenset({"normal_", "uniform_", "random_", "exponential_", "erfinv_", "log_normal_", "bernoulli_"})

QUANTISED = r"torch\.(ao\.)?nn\.(intrinsic\.)?quantized\b(?!.*functional_modules)"
"""Where torch keeps the modules of quantised models; `FloatFunctional`, for models that may become so, adds floats."""


@dataclass(frozen=True, slots=True)
class Model:
    """Hold a model on the meta device, and how to get it with its tables of real numbers where values matter."""

    meta: nn.Module
    concrete: Callable[[], nn.Module]


class _WithoutRandomNumbers(TorchDispatchMode):
    """Skip the initialisation of weights that are about to be thrown away."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.overloadpacket.__name__ in RANDOM_FILLS:
            return args[0]
        return func(*args, **(kwargs or {}))


def build(factory: Callable[[], object], name: str) -> Model:
    """Call a model factory and return the model in eval mode on the meta device.

    Some constructors compute with real numbers (RegNet calls `.tolist()`), so a constructor that raises on meta is
    called once more on the CPU. Raises `ModelError` with the constructor's own message where that raises too.
    """

    def on_cpu() -> nn.Module:
        try:
            with warnings.catch_warnings(), torch.device("cpu"), _WithoutRandomNumbers():
                warnings.simplefilter("ignore")
                return _checked(factory(), name)
        except ModelError:
            raise
        except Exception as error:
            raise ModelError(
                f"building {name} raised {type(error).__name__}: {one_line(error)}",
                "fix the constructor or its arguments",
            ) from error

    try:
        with warnings.catch_warnings(), torch.device("meta"):
            warnings.simplefilter("ignore")
            model = _checked(factory(), name)
    except ModelError:
        raise
    except Exception:
        model = on_cpu()
    return Model(_copied(model, "meta"), cache(lambda: _copied(on_cpu(), "cpu")))


def on_meta(model: nn.Module) -> Model:
    """Copy a model to the meta device in eval mode, leaving the original and its memory alone.

    Raises `ModelError` for a model that cannot be copied, or whose modules cannot be followed.
    """
    _checked(model, type(model).__name__)
    return Model(_copied(model, "meta"), cache(lambda: _copied(model, "cpu")))


def _checked(model: object, name: str) -> nn.Module:
    if not isinstance(model, nn.Module):
        raise ModelError(
            f"{name} is not a model: it gave a {type(model).__name__}",
            "name a function or a class that returns a torch.nn.Module",
        )
    for path, module in model.named_modules():
        if isinstance(module, torch.jit.ScriptModule):
            raise ModelError(
                f"{path or name} is a scripted module, whose submodules cannot be followed",
                "give the Python model that it was scripted from",
            )
        if re.match(QUANTISED, type(module).__module__):
            raise ModelError(
                f"{path or name} is quantised, and packed weights cannot be followed",
                "give the model before its conversion, which has the same receptive fields",
            )
    return model


def _copied(model: nn.Module, device: str) -> nn.Module:
    """Copy a model to a device in eval mode: buffers as they are, parameters as zeros."""
    memo: dict[int, Any] = {}
    try:
        for parameter in model.parameters():
            memo[id(parameter)] = nn.Parameter(torch.zeros_like(parameter, device=device), requires_grad=False)
        for buffer in model.buffers():
            lost = buffer.is_meta and device != "meta"
            memo[id(buffer)] = torch.zeros_like(buffer, device=device) if lost else buffer.detach().to(device)
        return copy.deepcopy(model, memo).eval()
    except Exception as error:
        raise ModelError(
            f"{type(model).__name__} cannot be copied: {one_line(error)}", "pass a function that builds it instead"
        ) from error
