"""Every kind of model gets the input that it was made for."""

import sys
from inspect import unwrap

import pytest
import torch
from torch import Tensor, nn

import rfa_report
from rfa_report import sources
from rfa_report.core.layer import Verdict
from rfa_report.core.report import Size
from rfa_report.sources.torchvision_import import ROIS, _nms, _roi_align, torchvision_models

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("spec", "size", "images"),
    [
        ("torchvision:resnet18", (224, 224), 1),
        ("torchvision:inception_v3", (299, 299), 1),
        ("torchvision:efficientnet_b1", (240, 240), 1),
        ("torchvision:vit_b_16", (224, 224), 1),
        ("torchvision:quantized_mobilenet_v2", (224, 224), 1),
        ("torchvision:fcn_resnet50", (520, 520), 1),
        ("torchvision:ssd300_vgg16", (300, 300), 1),
        ("torchvision:fasterrcnn_resnet50_fpn", (800, 800), 1),
        ("torchvision:r3d_18", (16, 112, 112), 1),
        ("torchvision:mvit_v2_s", (16, 224, 224), 1),
        ("torchvision:swin3d_t", (32, 224, 224), 1),
        ("torchvision:s3d", (128, 224, 224), 1),
        ("torchvision:raft_small", (368, 496), 2),
        ("timm:resnet10t", (176, 176), 1),
    ],
)
def test_design_input(spec: str, size: Size, images: int) -> None:
    design = sources.resolve(spec).design
    assert (design.size, design.channels, design.images) == (size, 3, images)


def test_the_resolution_that_a_model_was_made_for_is_taken_where_none_is_given() -> None:
    report = rfa_report.analyze("timm:resnet10t")
    assert [at.size for at in report.resolutions] == [(176, 176)]


def test_a_video_model_gets_its_frames() -> None:
    report = rfa_report.analyze("torchvision:r3d_18", [112, "8x64x64"])
    assert [at.size for at in report.resolutions] == [(16, 112, 112), (8, 64, 64)]
    assert report.axes == ("t", "h", "w")
    at = report.at("16x112x112")
    assert at.layer("stem.0#0").rf_max == {"t": 3, "h": 7, "w": 7}
    assert at.r_min == {"t": 16, "h": 49, "w": 49}
    assert rfa_report.analyze("torchvision:r3d_18", "16x48x48").resolutions[0].convolutions[0] > 0


class Stereo(nn.Module):
    """Compare a view with what another one shows two pixels further left."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        return self.conv(left) - self.conv(right.roll(2, 3))


def test_two_images_are_two_inputs_along_the_same_axes() -> None:
    report = rfa_report.analyze(Stereo(), 16, images=2)
    at = report.at(16)
    assert report.images == 2
    assert [layer.id for layer in at.layers] == ["conv#0", "roll#0", "conv#1", "sub#0"]
    assert at.layer("sub#0").rf_max == {"h": 3, "w": 5}
    assert not at.layer("sub#0").aligned
    assert at.layer("sub#0").verdict is Verdict.PRODUCTIVE


def test_boxes_that_overlap_a_better_one_are_suppressed() -> None:
    boxes = torch.tensor([[0, 0, 10, 10], [1, 1, 10, 10], [20, 20, 30, 30], [0, 0, 5, 5.0]])
    kept = _nms(boxes, torch.tensor([0.5, 0.9, 0.1, 0.8]), 0.5)
    assert kept.tolist() == [1, 3, 2]
    assert _nms(boxes[:0], torch.zeros(0), 0.5).tolist() == []


def test_regions_are_cut_out_a_few_at_a_time() -> None:
    """What torchvision's own code makes of all regions at once, in the same order, also of none."""
    image, corners = torch.randn(1, 2, 9, 11), torch.rand(2 * ROIS + 1, 4)
    rois = torch.cat([torch.zeros(len(corners), 1), corners * 8], 1)
    torchvision_models()
    whole = unwrap(sys.modules["torchvision.ops.roi_align"]._roi_align)
    how = (0.5, 3, 2, 2, True)
    torch.testing.assert_close(_roi_align(image, rois, *how), whole(image, rois, *how))
    assert _roi_align(image, rois[:0], *how).shape == (0, 2, 3, 2)
