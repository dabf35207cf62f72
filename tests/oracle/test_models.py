"""Whole models: reach equals the oracle on every compared module output, on both axes."""

from collections.abc import Callable

import pytest
from torch import nn

from oracle.compare import disagreements
from rfa_report.sources.torchvision_import import torchvision_models

pytestmark = pytest.mark.slow

MODELS = torchvision_models()

SMALL_MAXVIT = {
    "input_size": (32, 32),
    "stem_channels": 8,
    "partition_size": 2,
    "block_channels": [8, 16, 16],
    "block_layers": [1, 2, 1],
    "head_dim": 4,
    "stochastic_depth_prob": 0.0,
}

ARCHITECTURES: dict[str, tuple[int, int]] = {
    "alexnet": (65, 72),
    "convnext_tiny": (56, 65),
    "densenet121": (72, 81),
    "efficientnet_b0": (65, 72),
    "efficientnet_v2_s": (56, 73),
    "googlenet": (81, 96),
    "inception_v3": (83, 96),
    "maxvit": (32, 32),
    "mnasnet0_5": (81, 96),
    "mnasnet1_0": (81, 96),
    "mobilenet_v2": (81, 96),
    "mobilenet_v3_large": (81, 96),
    "mobilenet_v3_small": (81, 96),
    "regnet_x_400mf": (81, 96),
    "regnet_x_800mf": (65, 72),
    "regnet_y_400mf": (81, 96),
    "resnet18": (113, 96),
    "resnet34": (81, 96),
    "resnet50": (65, 72),
    "resnext50_32x4d": (65, 72),
    "shufflenet_v2_x0_5": (113, 96),
    "shufflenet_v2_x1_0": (81, 96),
    "squeezenet1_0": (81, 98),
    "squeezenet1_1": (81, 98),
    "swin_t": (57, 72),
    "swin_v2_t": (65, 72),
    "vgg11": (48, 57),
    "vit_b_32": (96, 96),
}
"""Sizes (h, w), mostly odd and rectangular, at which reach is not the whole image."""


def _builder(name: str, size: tuple[int, int]) -> Callable[[], nn.Module]:
    if name == "maxvit":
        return lambda: MODELS.MaxVit(**SMALL_MAXVIT)
    extra = {"image_size": size[0]} if name.startswith("vit") else {}
    return lambda: MODELS.get_model(name, weights=None, **extra)


@pytest.mark.zoo
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_reach_is_what_nan_says(name: str) -> None:
    size = ARCHITECTURES[name]
    compared, partial, wrong = disagreements(_builder(name, size), (1, 3, *size))
    assert not wrong, wrong[:5]
    assert compared > 4
    assert partial > 1, "the size is too small: every reach is the whole image"
