"""Build models without weights: on the meta device where the constructor allows it."""

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
from rfa_report.tracing.copying import copied, settled, shares_weights, zeroed
from rfa_report.tracing.imports import plain_imports

RANDOM_FILLS = frozenset({"normal_", "uniform_", "random_", "exponential_", "erfinv_", "log_normal_", "bernoulli_"})
RANDOM_NUMBERS = frozenset({"rand", "randn", "randint", "normal"})

QUANTISED = r"torch\.(ao\.)?nn\.(intrinsic\.)?quantized\b(?!.*functional_modules)"
"""Where torch keeps the modules of quantised models; `FloatFunctional`, for models that may become so, adds floats."""

FRESH = "let the function build a new model in every call"
"""What to do about a factory whose models belong to somebody else and cannot be copied."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model on the meta device, and how to get it with its tables of real numbers where values matter."""

    meta: nn.Module
    concrete: Callable[[], nn.Module]


class _WithoutRandomNumbers(TorchDispatchMode):
    """A mode that skips the initialisation of weights that are about to be thrown away.

    Single numbers are kept, and those that are drawn are zero: all runs compute the same.
    """

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        if name in RANDOM_FILLS:
            return args[0].zero_() if args[0].numel() == 1 else args[0]
        result = func(*args, **(kwargs or {}))
        return result.zero_() if name in RANDOM_NUMBERS and result.numel() == 1 else result


def build(factory: Callable[[], object], name: str) -> Model:
    """Call a model factory and return the model in eval mode on the meta device.

    Some constructors compute with real numbers (RegNet calls `.tolist()`), so a constructor that raises on meta is
    called once more on the CPU, unless it failed to import something: an import that failed cannot be repeated. What
    the factory built on a device is used as it is, and copied only where it may belong to somebody else. Raises
    `ModelError` with the constructor's own message where that raises too.
    """

    def called(device: str) -> nn.Module:
        with warnings.catch_warnings(), plain_imports(), torch.device(device):
            warnings.simplefilter("ignore")
            return _checked(factory(), name)

    def on_cpu() -> nn.Module:
        try:
            with _WithoutRandomNumbers():
                return called("cpu")
        except ModelError:
            raise
        except Exception as error:
            raise _failed(name, error) from error

    def concrete() -> nn.Module:
        again = on_cpu()
        return _copied(again, "cpu", FRESH) if shares_weights(model, again) else zeroed(again)

    try:
        model = called("meta")
    except ModelError:
        raise
    except ImportError as error:
        raise _failed(name, error) from error
    except Exception:
        model = on_cpu()
    weights = list(model.parameters())
    ours = bool(weights) and all(p.is_meta for p in weights)
    return Model(settled(model) if ours else _copied(model, "meta", FRESH), cache(concrete))


def on_meta(model: nn.Module) -> Model:
    """Copy a model to the meta device in eval mode, leaving the original and its memory alone.

    Raises `ModelError` for a model that cannot be copied, or whose modules cannot be followed.
    """
    _checked(model, type(model).__name__)
    hint = "pass a function that builds it instead"
    return Model(_copied(model, "meta", hint), cache(lambda: _copied(model, "cpu", hint)))


def _failed(name: str, error: Exception) -> ModelError:
    return ModelError(
        f"building {name} raised {type(error).__name__}: {one_line(error)}", "fix the constructor or its arguments"
    )


def _checked(model: object, name: str) -> nn.Module:
    if not isinstance(model, nn.Module):
        raise ModelError(
            f"{name} is not a model: it returned {type(model).__name__}",
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


def _copied(model: nn.Module, device: str, hint: str) -> nn.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return copied(model, device)
    except Exception as error:
        raise ModelError(f"{type(model).__name__} cannot be copied: {one_line(error)}", hint) from error
