"""`timm:NAME`: the architectures of timm's registry, without weights. An extra: `pip install 'rfa_report[timm]'`."""

from collections.abc import Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any

from rfa_report.core.errors import SpecError, one_line
from rfa_report.core.report import Size
from rfa_report.core.subject import Design
from rfa_report.sources.scheme import Scheme, nearest
from rfa_report.sources.torch_model import Source, built

INSTALL = "pip install 'rfa_report[timm]'"


def _timm() -> ModuleType:
    from rfa_report.sources.torchvision_import import torchvision_models  # and with it torch

    torchvision_models()  # timm imports torchvision, whose operators may not fit the installed torch
    try:
        import timm
    except ImportError as error:
        raise SpecError(f"timm cannot be imported: {one_line(error)}", INSTALL) from error
    module: ModuleType = timm
    return module


def find(name: str, arguments: Mapping[str, object]) -> Source:
    """Find a model of timm's registry. Raises `SpecError` for a name that it does not have."""
    timm = _timm()
    if not timm.is_model(name):
        offer = nearest(name, timm.list_models())
        raise SpecError(f"timm has no model named {name!r}", offer or "list the names with timm.list_models()")
    family = timm.models.model_entrypoint(name).__module__.rpartition(".")[2]
    factory = partial(timm.create_model, name, pretrained=False, **arguments)
    return Source(f"timm:{name}", name, family, factory, _design, _sized)


def _design(model: Any) -> Design:
    channels, *size = getattr(model, "pretrained_cfg", {}).get("input_size", (3, 224, 224))
    return Design(tuple(size), channels)


def _sized(size: Size) -> Mapping[str, object]:
    return {"img_size": size[0] if len(set(size)) == 1 else size}


def _names() -> Sequence[str]:
    names: Sequence[str] = _timm().list_models()
    return names


SCHEME = Scheme(
    "timm",
    "timm:NAME",
    "timm:resnet18",
    built(find),
    _names,
    packages=("timm",),
    runs_on=("torch",),
    install=INSTALL,
    determined=True,
    preload=("rfa_report.sources.torch_ready", "timm"),
)
