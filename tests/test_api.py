"""The Python API takes what it says it takes."""

import pytest
import torch
from torch import nn

import rfa_report
from rfa_report import RfaError
from rfa_report.core.errors import ModelError, ResolutionError, SpecError


def net(width: int = 4) -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, width, 3), nn.ReLU(), nn.Conv2d(width, 2, 3))


@pytest.mark.parametrize("resolutions", [16, "16", [16], ["16x16"], [(16, 16)], (16,)])
def test_resolutions_in_every_spelling(resolutions: object) -> None:
    report = rfa_report.analyze(net, resolutions, channels=1)  # type: ignore[arg-type]
    assert report.at(16) is report.at("16x16") is report.at((16, 16))
    assert [at.label for at in report.resolutions] == ["16"]


def test_rectangles_keep_their_axes_apart() -> None:
    deep = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.Conv2d(2, 2, 3, padding=1))
    at = rfa_report.analyze(deep, ["4x32"], channels=1).at("4x32")
    last = at.layers[-1]
    assert last.verdict == "partially critical"
    assert last.axis_verdicts == {"h": "critical", "w": "productive"}


def test_signals_and_videos_have_axes_of_their_own() -> None:
    signal = nn.Sequential(nn.Conv1d(1, 2, 5, 2), nn.Conv1d(2, 2, 3))
    assert rfa_report.analyze(signal, [(64,)], channels=1).at((64,)).r_max == {"l": 9}
    video = rfa_report.analyze(nn.Conv3d(3, 2, (3, 5, 7)), "4x16x16").at("4x16x16")
    assert video.r_max == {"t": 3, "h": 5, "w": 7}


def test_a_module_a_factory_and_a_spec_agree() -> None:
    by_factory = rfa_report.analyze(net, 16, channels=1)
    by_module = rfa_report.analyze(net(), 16, channels=1)
    assert by_factory.at(16) == by_module.at(16)


def test_constructor_arguments_go_with_a_spec() -> None:
    wide = rfa_report.analyze("torchvision:resnet18", 64, num_classes=7)
    assert wide.at(64).layer("fc#0").output_shape == (1, 7)
    with pytest.raises(TypeError, match="go with a spec only"):
        rfa_report.analyze(net, 16, width=3)


def test_a_resolution_that_was_not_asked_for() -> None:
    with pytest.raises(LookupError, match="net was not analysed at 17; analysed: 16"):
        rfa_report.analyze(net, 16, channels=1).at(17)


@pytest.mark.parametrize("bad", [[], ["x"], [0], [(1, 2, 3, 4)], "1x2x3x4", [-4], ["16", "4x16x16"]])
def test_bad_resolutions(bad: object) -> None:
    with pytest.raises(ResolutionError) as caught:
        rfa_report.analyze(net, bad, channels=1)  # type: ignore[arg-type]
    assert caught.value.next_step
    assert isinstance(caught.value, (RfaError, ValueError))


def test_bad_models() -> None:
    with pytest.raises(SpecError, match="did you mean resnet18"):
        rfa_report.analyze("torchvision:resnt18", 16)
    with pytest.raises(ModelError, match=r"building torchvision:resnet18 raised TypeError.*no_such_argument"):
        rfa_report.analyze("torchvision:resnet18", 16, no_such_argument=1)
    with pytest.raises(ModelError, match=r"every resolution tried \(16, 256, 224, 299, 384, 512\): .*channel"):
        rfa_report.analyze(net, [16, 256], channels=5)


def test_a_refused_resolution_is_no_failure() -> None:
    report = rfa_report.analyze("torchvision:vit_b_16", [64, 224], size_argument=False)
    small, large = report.resolutions
    assert small.refusal == "Wrong image height! Expected 224 but got 64!"
    assert large.refusal is None
    assert (large.r_min, large.only_size) == (None, {"h": 224, "w": 224})
    assert report.accepted == (large,)


def test_a_model_that_refuses_all_is_asked_at_what_it_was_made_for() -> None:
    report = rfa_report.analyze("timm:vit_tiny_patch16_224", [32, 128], size_argument=False, depth=1)
    assert not report.accepted
    assert {at.refusal for at in report.resolutions} == {
        "Input height (32) doesn't match model (224).",
        "Input height (128) doesn't match model (224).",
    }
    assert report.resolutions[0].only_size == {"h": 224, "w": 224}


def test_half_precision_model() -> None:
    report = rfa_report.analyze(net().half(), 16, channels=1)
    assert report.at(16).refusal is None
    assert report.at(16).layers[0].params == 40


def test_constructor_that_computes_with_real_numbers() -> None:
    def factory() -> nn.Module:
        return nn.Conv2d(1, int(torch.tensor([2.0, 3.0]).sum().item()), 3)

    assert rfa_report.analyze(factory, 16, channels=1).at(16).layers[0].output_shape == (1, 5, 14, 14)


def test_forward_that_needs_numbers_runs_on_the_cpu() -> None:
    class Chooses(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = self.conv(x)
            return y if y.sum().item() > 0 else y * 2

    at = rfa_report.analyze(Chooses, 16, channels=1).at(16)
    assert at.concrete
    assert at.refusal is None
    assert at.layer("conv#0").rf_max == {"h": 3, "w": 3}
