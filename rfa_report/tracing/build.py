"""Build models without weights: on the meta device where the constructor allows it."""

import copy
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from rfa_report.core.errors import ModelError, one_line

RANDOM_FILLS = frozenset({"normal_", "uniform_", "random_", "exponential_", "erfinv_", "log_normal_", "bernoulli_"})


class _WithoutRandomNumbers(TorchDispatchMode):
    """Skip the initialisation of weights that are about to be thrown away."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.overloadpacket.__name__ in RANDOM_FILLS:
            return args[0]
        return func(*args, **(kwargs or {}))


def build(factory: Callable[[], object], name: str) -> nn.Module:
    """Call a model factory and return the model in eval mode on the meta device.

    Some constructors compute with real numbers (RegNet calls `.tolist()`), so a constructor that raises on meta is
    called once more on the CPU. Raises `ModelError` with the constructor's own message where that raises too.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with torch.device("meta"):
                model = factory()
        except Exception:
            try:
                with torch.device("cpu"), _WithoutRandomNumbers():
                    model = factory()
            except Exception as error:
                raise ModelError(
                    f"building {name} raised {type(error).__name__}: {one_line(error)}",
                    "fix the constructor or its arguments",
                ) from error
    if not isinstance(model, nn.Module):
        raise ModelError(
            f"{name} is not a model: it gave a {type(model).__name__}",
            "name a function or a class that returns a torch.nn.Module",
        )
    return on_meta(model)


def on_meta(model: nn.Module) -> nn.Module:
    """Copy a model to the meta device in eval mode, leaving the original and its memory alone.

    Raises `ModelError` for a model that cannot be copied.
    """
    memo: dict[int, Any] = {}
    for parameter in model.parameters():
        memo[id(parameter)] = nn.Parameter(parameter.detach().to("meta"), requires_grad=False)
    for buffer in model.buffers():
        memo[id(buffer)] = buffer.detach().to("meta")
    try:
        return copy.deepcopy(model, memo).eval()
    except Exception as error:
        raise ModelError(
            f"{type(model).__name__} cannot be copied: {one_line(error)}", "pass a function that builds it instead"
        ) from error
