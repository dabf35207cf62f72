"""Parameters and MACs agree with what torchvision publishes of its own models."""

import pytest

import rfa_report
from rfa_report.sources.torchvision_import import torchvision_models

pytestmark = pytest.mark.slow

MODELS = torchvision_models()
NAMES = [
    "alexnet",
    "convnext_tiny",
    "densenet121",
    "efficientnet_b0",
    "maxvit_t",
    "mnasnet1_0",
    "mobilenet_v2",
    "mobilenet_v3_large",
    "regnet_y_400mf",
    "resnet50",
    "resnext50_32x4d",
    "shufflenet_v2_x1_0",
    "squeezenet1_1",
    "swin_t",
    "swin_v2_t",
    "vgg16",
    "vit_b_16",
]


@pytest.mark.zoo
@pytest.mark.parametrize("name", NAMES)
def test_parameters_and_macs(name: str) -> None:
    weights = MODELS.get_model_weights(name).DEFAULT
    size = weights.transforms.keywords["crop_size"]
    at = rfa_report.analyze(f"torchvision:{name}", size).at(size)
    assert at.params == weights.meta["num_params"]
    assert at.macs / 1e9 == pytest.approx(weights.meta["_ops"], rel=0.01, abs=6e-4)
    assert sum(layer.macs for layer in at.layers) == at.macs
