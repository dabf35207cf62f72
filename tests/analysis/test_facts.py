"""Published facts that the numbers must agree with (Araujo et al. 2019; Richter et al. 2021)."""

import json
import subprocess
import sys
from functools import lru_cache
from math import isfinite

import pytest

import rfa_report
from rfa_report import ModelReport, Verdict

pytestmark = pytest.mark.slow

LARGEST = {
    "alexnet": 195,
    "vgg11": 150,
    "vgg13": 156,
    "vgg16": 212,
    "vgg19": 268,
    "resnet18": 435,
    "resnet34": 899,
    "resnet50": 427,
    "resnet101": 971,
    "mobilenet_v2": 491,
    "mobilenet_v3_large": 595,
    "squeezenet1_1": 207,
    "mnasnet1_0": 843,
    "efficientnet_b0": 851,
    "googlenet": 379,
    "inception_v3": 1311,
    "densenet121": 2071,
    "convnext_tiny": 1688,
}


@lru_cache
def _report(name: str) -> ModelReport:
    return rfa_report.analyze(f"torchvision:{name}", [32, 75, 96, 97, 224])


@pytest.mark.zoo
@pytest.mark.parametrize("name", LARGEST)
def test_largest_receptive_field(name: str) -> None:
    assert rfa_report.analyze(f"torchvision:{name}", 224).at(224).r_max == {"h": LARGEST[name], "w": LARGEST[name]}


@pytest.mark.parametrize(("name", "bad", "convolutions"), [("vgg16", 7, 13), ("resnet18", 7, 20), ("resnet50", 18, 53)])
def test_unproductive_convolutions(name: str, bad: int, convolutions: int) -> None:
    assert _report(name).at(32).convolutions == (bad, convolutions)
    assert _report(name).at(224).convolutions == (0, convolutions)


def test_sizes_do_not_stop_at_the_border() -> None:
    sizes = [layer.rf_max["h"] for layer in _report("vgg16").at(32).layers]
    assert max(size for size in sizes if size is not None and isfinite(size)) == 212


@pytest.mark.parametrize(("name", "depth"), [("vgg16", 13), ("resnet18", 17), ("resnet50", 49)])
def test_depth_is_what_the_name_counts(name: str, depth: int) -> None:
    assert _report(name).at(224).depth == depth
    assert _report(name).at(224).productive_depth == depth


def test_feasible_range_of_resnet50_by_the_full_rule() -> None:
    report = _report("resnet50")
    assert report.at(224).r_min == {"h": 97, "w": 97}
    assert report.at(97).convolutions[0] == 0
    assert report.at(96).convolutions[0] > 0
    for layer in report.at(96).layers:
        if layer.convolutions and layer.verdict is Verdict.UNPRODUCTIVE:
            assert layer.window is not None
            assert set(layer.window.extent.values()) == {3} == set(layer.window.kernel.values())


def test_feasible_range_of_resnet50_by_receptive_field_alone_is_75() -> None:
    by_field = [
        layer
        for layer in _report("resnet50").at(75).layers
        if layer.convolutions and layer.verdict is Verdict.UNPRODUCTIVE
    ]
    assert all(set(layer.window.extent.values()) == {3} for layer in by_field if layer.window)


@pytest.mark.parametrize("name", ["convnext_tiny", "swin_t", "swin_v2_t"])
def test_a_square_net_on_a_square_image_has_square_fields(name: str) -> None:
    """Also where its maps have one position, and linear layers take them apart and put them together."""
    for layer in rfa_report.analyze(f"torchvision:{name}", 32).at(32).layers:
        assert layer.rf_min["h"] == layer.rf_min["w"], layer.id
        assert layer.rf_max["h"] == layer.rf_max["w"], layer.id


def test_alexnet_at_32_as_the_seed_document_says() -> None:
    """Most convolutions contribute nothing, and the model itself refuses the size at its last pool."""
    at = _report("alexnet").at(32)
    assert at.refusal is not None
    assert "Output size is too small" in at.refusal
    assert at.refused_in == "features.12"
    convolutions = [layer for layer in at.layers if layer.convolutions]
    assert [layer.verdict for layer in convolutions] == [
        Verdict.PRODUCTIVE,
        Verdict.CRITICAL,  # a 5x5 kernel on 3x3 positions that see 19 pixels each
        *[Verdict.UNPRODUCTIVE] * 3,
    ]


def test_show_json_says_the_same() -> None:
    command = [sys.executable, "-m", "rfa_report", "show", "torchvision:resnet50", "-r", "32", "-r", "224", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    small, large = json.loads(done.stdout)["resolutions"]
    bad = [x for x in small["layers"] if x["convolutions"] and x["verdict"] == "unproductive"]
    assert len(bad) == 18
    assert large["r_max"] == {"h": 427, "w": 427}
    assert large["r_min"] == {"h": 97, "w": 97}
    assert large["productive_depth"] == large["depth"] == 49


@pytest.mark.parametrize("name", ["vgg16", "resnet18", "mobilenet_v2", "squeezenet1_1", "shufflenet_v2_x1_0"])
def test_r_min_is_where_the_last_convolution_becomes_productive(name: str) -> None:
    r_min = rfa_report.analyze(f"torchvision:{name}", 224).at(224).r_min
    assert r_min is not None
    report = rfa_report.analyze(f"torchvision:{name}", [r_min["h"] - 1, r_min["h"]])
    below, at = report.resolutions
    assert at.convolutions[0] == 0
    assert below.refusal is not None or below.convolutions[0] > 0
