"""`torchvision:NAME`: the builders of torchvision's registry, without weights."""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import partial
from importlib.metadata import version
from typing import Any

from rfa_report.core.errors import SpecError
from rfa_report.core.subject import Design
from rfa_report.sources.source import Scheme, Source, nearest
from rfa_report.sources.torchvision_import import torchvision_models

OPTICAL_FLOW = (368, 496)
"""Height and width of the images that RAFT is trained on first (FlyingChairs)."""

FRAMES = 16
"""Frames of a clip for video models whose weights do not say: what most of torchvision's were measured with."""


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
    design = partial(_design, models, name, builder.__module__)
    return Source(f"torchvision:{name}", name, family, partial(factory, **arguments), versions, design)


def _design(models: Any, name: str, module: str, model: Any) -> Design:
    """Read what a model was made for off the transforms of its weights, or off the model where it brings its own."""
    if "detection" in module:
        own = model.transform
        return Design(tuple(own.fixed_size or (min(own.min_size),) * 2)[::-1])
    weights = models.get_model_weights(name).DEFAULT
    if "optical_flow" in module:
        return Design(OPTICAL_FLOW, images=2)
    if "segmentation" in module:
        return Design((weights.transforms.keywords["resize_size"],) * 2)
    crop = weights.transforms.keywords["crop_size"]
    if "video" in module:
        clip = re.search(r"clip_len=(\d+)", weights.meta["_docs"])  # as its accuracy was measured
        return Design((int(clip[1]) if clip else FRAMES, *crop))
    return Design((getattr(model, "image_size", crop),) * 2)  # ViT takes the one size that it was built for


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


SCHEME = Scheme(_resolve, _expand, lambda: torchvision_models().list_models())
