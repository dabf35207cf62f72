"""`path/to/file.py:factory` and `pkg.module:factory`: the user's own models."""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from rfa_report.core.errors import ModelError, SpecError, one_line
from rfa_report.core.subject import Design, Subject
from rfa_report.sources.scheme import Scheme, nearest
from rfa_report.sources.torch_model import Source, built

if TYPE_CHECKING:
    from torch import nn

T = TypeVar("T")

FORM = "path/to/file.py:factory or package.module:factory"


def find(spec: str, arguments: Mapping[str, object]) -> Source:
    """Find a factory of the user's. Raises `SpecError` for a spec that leads to none."""
    factory = load(spec)
    where, _, name = spec.rpartition(":")
    if not callable(factory):
        raise SpecError(f"{spec} is a {type(factory).__name__}, not a factory", "name a function or a class")
    build = partial(_imported, partial(factory, **arguments))  # it may import its library only now
    return Source(spec, name, Path(where).stem.rpartition(".")[2], build)


def load(spec: str) -> object:
    """Return what `path/to/file.py:name` or `package.module:name` names. Raises `SpecError`."""
    where, _, name = spec.rpartition(":")
    if not where or not name:
        raise SpecError(
            f"{spec!r} names no model",
            f"write {FORM}; `rfa-report show --help` lists the other ways",
        )
    module = _load_file(Path(where), spec) if where.endswith(".py") else _load_module(where, spec)
    if not hasattr(module, name):
        public = [key for key, item in vars(module).items() if callable(item) and not key.startswith("_")]
        raise SpecError(f"{where} has no factory named {name!r}", nearest(name, public) or "name a function or a class")
    value: object = getattr(module, name)
    return value


def _load_file(path: Path, spec: str) -> ModuleType:
    if not path.is_file():
        raise SpecError(f"{spec!r}: there is no file {path}", "give the path relative to the folder you are in")
    name = f"_rfa_user_{abs(hash(path.resolve()))}"
    located = importlib.util.spec_from_file_location(name, path)
    if located is None or located.loader is None:
        raise SpecError(f"{path} cannot be loaded as Python", "name a .py file")
    module = importlib.util.module_from_spec(located)
    sys.modules[name] = module
    sys.path.insert(0, str(path.resolve().parent))
    try:
        _imported(partial(located.loader.exec_module, module))
    except Exception as error:
        raise ModelError(f"loading {path} raised {type(error).__name__}: {one_line(error)}", "fix the file") from error
    finally:
        sys.path.pop(0)
    return module


def _load_module(name: str, spec: str) -> ModuleType:
    sys.path.insert(0, "")
    try:
        return _imported(partial(importlib.import_module, name))
    except ImportError as error:
        raise SpecError(
            f"{spec!r}: {one_line(error)}", "install the package, or name a file: path/to/file.py:factory"
        ) from error
    except Exception as error:
        raise ModelError(
            f"importing {name} raised {type(error).__name__}: {one_line(error)}", "fix the module"
        ) from error
    finally:
        sys.path.pop(0)


def _imported(run: Callable[[], T]) -> T:
    """Run code of the user's; once more where it imports a torchvision whose operators do not fit torch."""
    try:
        return run()
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        from rfa_report.sources.torchvision_import import torchvision_models

        torchvision_models()
        return run()


def given(model: "nn.Module | Callable[[], nn.Module]") -> Subject:
    """Take a module as it is, or what a function without arguments returns. Raises `ModelError`."""
    from torch import nn

    from rfa_report import tracing

    if isinstance(model, nn.Module):
        name = type(model).__name__
        ready, spec, family = tracing.on_meta(model), f"{type(model).__module__}:{name}", name
    else:
        name = getattr(model, "__name__", type(model).__name__)
        ready = tracing.build(model, name)
        spec, family = f"{getattr(model, '__module__', '')}:{name}", type(ready.meta).__name__
    run = partial(tracing.record, ready)
    return Subject(name, spec, family, {}, Design(guessed=True), run, tracing.Measurements(), SCHEME.versions())


SCHEME = Scheme(
    "", FORM, "nets.py:make_net", built(find), runs_on=("torch",), preload=("rfa_report.sources.torch_ready",)
)
