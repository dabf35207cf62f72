"""`timm:NAME`: the architectures of timm's registry, without weights. An extra: `pip install rfa_report[timm]`."""

from fnmatch import fnmatchcase
from functools import partial
from importlib.metadata import version
from types import ModuleType
from typing import Any

from rfa_report.core.errors import SpecError, one_line
from rfa_report.core.subject import Design
from rfa_report.sources.source import Scheme, Source, nearest
from rfa_report.sources.torchvision_import import torchvision_models


def _timm() -> ModuleType:
    torchvision_models()  # timm imports torchvision, whose operators may not fit the installed torch
    try:
        import timm
    except ImportError as error:
        raise SpecError(f"timm cannot be imported: {one_line(error)}", "pip install rfa_report[timm]") from error
    module: ModuleType = timm
    return module


def _resolve(name: str, arguments: dict[str, object]) -> Source:
    timm = _timm()
    if not timm.is_model(name):
        offer = nearest(name, timm.list_models())
        raise SpecError(f"timm has no model named {name!r}", offer or "list the names with timm.list_models()")
    family = timm.models.model_entrypoint(name).__module__.rpartition(".")[2]
    factory = partial(timm.create_model, name, pretrained=False, **arguments)
    return Source(f"timm:{name}", name, family, factory, {"timm": version("timm")}, _design)


def _design(model: Any) -> Design:
    channels, *size = getattr(model, "pretrained_cfg", {}).get("input_size", (3, 224, 224))
    return Design(tuple(size), channels)


def _expand(pattern: str) -> list[str]:
    found = [f"timm:{name}" for name in _timm().list_models() if fnmatchcase(name, pattern)]
    if not found:
        raise SpecError(f"no timm model matches {pattern!r}", "widen the pattern, for example timm:resnet*")
    return found


SCHEME = Scheme(_resolve, _expand, lambda: _timm().list_models())
