"""The curve of productive depth: at every resolution what a real trace says, or marked as not exact."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from rfa_report import analyze
from rfa_report.analysis.curve import Curve, Known, curve
from rfa_report.core.report import ModelReport
from rfa_report.sources import expand

pytestmark = pytest.mark.slow

USUAL = (32, 64, 128, 224, 384)
TENSORFLOW = "timm:tf_efficientnet_b0"


def computed(report: ModelReport) -> Curve:
    found = curve(report)
    assert found is not None
    return found


def wrong(found: Curve, real: ModelReport) -> list[tuple[int, object]]:
    """List the resolutions of real traces that a curve is wrong about."""
    mistakes: list[tuple[int, object]] = []
    for at in real.resolutions:
        step = found.at(at.size[0])
        fine = (
            step.known is not Known.EXACT
            if at.refusal
            else step.known is not Known.REFUSED and step.least <= at.productive_depth <= step.most
        )
        mistakes += [] if fine else [(at.size[0], step)]
    return mistakes


@pytest.mark.zoo
@pytest.mark.parametrize(
    "spec",
    [
        *map(
            "torchvision:{}".format,
            ["alexnet", "vgg16", "resnet18", "resnet50", "mobilenet_v2", "densenet121", "efficientnet_b0", "swin_t"],
        ),
        TENSORFLOW,
    ],
)
def test_a_curve_agrees_with_real_traces_where_it_steps(spec: str) -> None:
    found = computed(analyze(spec, USUAL))
    edges = {size for step in found.steps[1:] for size in (step.first - 1, step.first)} - set(USUAL)
    sizes = sorted(edges)[:: 1 + len(edges) // 6]
    assert wrong(found, analyze(spec, [*sizes, 47, 97, 150, 211])) == []


def test_a_map_that_shrinks_to_nothing_before_a_window_at_one_resolution() -> None:
    if "timm:cpubone_nano" not in expand("timm:*"):
        pytest.skip("this timm does not have the model yet")
    assert wrong(computed(analyze("timm:cpubone_nano", [32, 128, 224])), analyze("timm:cpubone_nano", [64, 225])) == []


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2", "efficientnet_b0", "googlenet", "convnext_tiny"])
def test_convolutional_networks_are_known_exactly_everywhere(name: str) -> None:
    found = computed(analyze(f"torchvision:{name}", USUAL))
    assert found.exact
    assert found.steps[-1].least == found.depth


def test_what_cannot_be_told_is_marked() -> None:
    windows = computed(analyze("torchvision:maxvit_t", [64, 224]))
    assert {step.known for step in windows.steps if step.first not in (64, 224)} == {Known.BETWEEN}
    assert windows.at(224).known is Known.EXACT
    rounding = computed(analyze("torchvision:alexnet", USUAL))
    assert rounding.at(50).known is Known.BETWEEN
    assert (rounding.at(70).least, rounding.at(70).most) == (3, 3)


def test_the_range_of_the_report_is_found_again() -> None:
    report = analyze("torchvision:resnet50", USUAL)
    found = computed(report)
    assert report.resolutions[0].r_min == {"h": 97, "w": 97}
    assert (found.at(96).most, found.at(97).least) == (47, 49)


def test_a_range_that_contradicts_the_prediction_leaves_the_traces_alone() -> None:
    report = analyze("torchvision:resnet18", USUAL)
    other = replace(report, resolutions=tuple(replace(at, r_min={"h": 99, "w": 99}) for at in report.resolutions))
    found = computed(other)
    assert [step.first for step in found.steps if step.known is not Known.BETWEEN] == list(USUAL)


def test_a_refusal_for_a_reason_of_its_own_leaves_the_traces_alone() -> None:
    class Picky(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 3, padding=1)

        def forward(self, x: Tensor) -> Tensor:
            if x.shape[2] % 8:
                raise ValueError("a multiple of 8, please")
            return self.conv(x)

    found = computed(analyze(Picky(), [8, 12, 16]))
    assert [(s.first, s.known) for s in found.steps if s.known is not Known.BETWEEN] == [
        (8, Known.EXACT),
        (12, Known.REFUSED),
        (16, Known.EXACT),
    ]


def test_one_resolution_or_no_convolution_is_no_curve() -> None:
    assert curve(analyze(nn.Conv2d(3, 3, 3), 16)) is None
    assert curve(analyze(nn.Conv2d(3, 3, 3), ["8x9", 16])) is None
    assert curve(analyze(nn.ReLU(), [8, 16])) is None


def _step(draw: st.DrawFn) -> nn.Module:
    kernel, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 2))
    stride, padding = draw(st.integers(1, 3)), draw(st.integers(0, kernel // 2))
    if draw(st.booleans()):
        return nn.Conv2d(3, 3, kernel, stride, padding, dilation)
    return nn.MaxPool2d(kernel, stride, padding, ceil_mode=draw(st.booleans()))


@st.composite
def _chains(draw: st.DrawFn) -> nn.Module:
    return nn.Sequential(*[_step(draw) for _ in range(draw(st.integers(1, 6)))], nn.Conv2d(3, 3, 3, padding=1))


@settings(max_examples=60, deadline=None)
@given(_chains(), st.sets(st.integers(1, 60), min_size=2, max_size=3), st.sets(st.integers(1, 60), min_size=4))
def test_random_chains_are_exact_or_marked(chain: nn.Module, traced: set[int], sizes: set[int]) -> None:
    found = curve(analyze(chain, sorted(traced)))
    if found is not None:
        within = [size for size in sorted(sizes) if size <= found.steps[-1].last]
        assert not within or wrong(found, analyze(chain, within)) == []
