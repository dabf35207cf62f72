"""`torchvision:NAME`: the builders of torchvision's registry, without weights."""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import partial
from importlib.metadata import version
from typing import Any

from rfa_report.core.errors import SpecError
from rfa_report.sources.source import Scheme, Source, nearest
from rfa_report.sources.torchvision_import import torchvision_models


def _resolve(name: str, arguments: dict[str, object]) -> Source:
    models = torchvision_models()
    known = models.list_models()
    if name not in known:
        offer = nearest(name, known)
        raise SpecError(
            f"torchvision has no model named {name!r}", offer or "list the names with torchvision.models.list_models()"
        )
    builder: Callable[..., Any] = models.get_model_builder(name)
    family = builder.__module__.rpartition(".")[2]
    versions = {"torchvision": version("torchvision")}
    factory = partial(builder, weights=None, **({"weights_backbone": None} if _has_backbone(builder) else {}))
    return Source(f"torchvision:{name}", name, family, partial(factory, **arguments), versions)


def _has_backbone(builder: Callable[..., Any]) -> bool:
    return bool(re.search(r"detection|segmentation", builder.__module__))


def _expand(pattern: str) -> list[str]:
    models = torchvision_models()
    found = [f"torchvision:{name}" for name in models.list_models(module=models) if fnmatchcase(name, pattern)]
    if not found:
        raise SpecError(
            f"no torchvision model matches {pattern!r}", "widen the pattern, for example torchvision:resnet*"
        )
    return found


SCHEME = Scheme(_resolve, _expand)
