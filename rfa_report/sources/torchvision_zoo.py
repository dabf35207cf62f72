"""`torchvision:NAME`: the builders of torchvision's registry, without weights."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any

from rfa_report.core.errors import SpecError
from rfa_report.core.report import Size
from rfa_report.core.subject import Design
from rfa_report.sources.scheme import Scheme, nearest
from rfa_report.sources.torch_model import Source, built

OPTICAL_FLOW = (368, 496)
"""Height and width of the images that RAFT is trained on first (FlyingChairs)."""

FRAMES = 16
"""Frames of a clip for video models whose weights do not say: what most of torchvision's were measured with."""

SIZED: Mapping[str, Callable[[Size], Mapping[str, object]]] = {
    "vision_transformer": lambda size: {"image_size": size[0] if len(set(size)) == 1 else size},
    "maxvit": lambda size: {"input_size": size},
}
"""Families whose models take one size only, and how their constructors take another."""


def _models() -> ModuleType:
    from rfa_report.sources.torchvision_import import torchvision_models  # and with it torch

    return torchvision_models()


def find(name: str, arguments: Mapping[str, object]) -> Source:
    """Find a builder of torchvision's. Raises `SpecError` for a name that it does not have."""
    models = _models()
    known = models.list_models()
    if name not in known:
        offer = nearest(name, known)
        raise SpecError(
            f"torchvision has no model named {name!r}", offer or "list the names with torchvision.models.list_models()"
        )
    builder: Callable[..., Any] = models.get_model_builder(name)
    family = builder.__module__.rpartition(".")[2]
    factory = partial(builder, weights=None, **({"weights_backbone": None} if _has_backbone(builder) else {}))
    design = partial(_design, models, name, builder.__module__)
    return Source(f"torchvision:{name}", name, family, partial(factory, **arguments), design, SIZED.get(family))


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


def _names() -> Sequence[str]:
    names: Sequence[str] = _models().list_models()
    return names


def _classifiers() -> Sequence[str]:
    models = _models()
    names: Sequence[str] = models.list_models(module=models)
    return names


SCHEME = Scheme(
    "torchvision",
    "torchvision:NAME",
    "torchvision:resnet18",
    built(find),
    _names,
    _classifiers,
    packages=("torchvision",),
    runs_on=("torch",),
    install="pip install torchvision",
    determined=True,
    preload=("rfa_report.sources.torch_ready",),
)
