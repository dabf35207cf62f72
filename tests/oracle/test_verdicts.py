"""Verdicts by their definition, with what NaN shows of kernels that cover their maps."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from torch import nn

from oracle.nan import concrete
from oracle.nets import Hourglass
from oracle.verdicts import by_definition, compare_verdicts
from rfa_report import analyze
from rfa_report.core.layer import Verdict
from rfa_report.tracing import on_meta, trace


def _patches() -> nn.Module:
    """Cut an image into patches of 16: the first kernel on the 3x3 map widens the field, the second does not."""
    return nn.Sequential(nn.Conv2d(3, 4, 16, 16), nn.Conv2d(4, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1))


def _deep() -> nn.Module:
    pairs = [
        nn.Sequential(nn.Conv2d(3, 3, 3, padding=1, padding_mode=m), nn.MaxPool2d(2)) for m in ("zeros", "reflect")
    ]
    return nn.Sequential(*pairs, *(nn.Conv2d(3, 3, 3, padding=1) for _ in range(4)), nn.ConvTranspose2d(3, 3, 4, 2, 1))


NETS: dict[str, tuple[Callable[[], nn.Module], tuple[int, int]]] = {
    "patches": (_patches, (48, 48)),
    "patches in two columns": (_patches, (64, 32)),
    "deep": (_deep, (12, 17)),
    "an hourglass": (lambda: Hourglass(3), (16, 32)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
def test_verdicts_follow_their_definition(name: str) -> None:
    build, size = NETS[name]
    model = build()
    found = compare_verdicts(trace(on_meta(model), (1, 3, *size)), concrete(model))
    assert not found.wrong, found.wrong
    assert not found.incomparable
    assert found.compared > 2
    assert found.partial > 0, "the input is too large: every layer is productive"


def test_each_word_has_its_rule() -> None:
    layers = analyze(_patches(), 48).at(48).layers
    sizes = {"input": {"h": 1, "w": 1}, **{layer.id: layer.rf_min for layer in layers}}
    at, idle = {"h": 48, "w": 48}, {"h": True, "w": True}
    _, middle, last = layers
    assert by_definition(middle, sizes, at, {}) is Verdict.PRODUCTIVE
    assert by_definition(last, sizes, at, {}) is Verdict.UNPRODUCTIVE
    assert by_definition(middle, sizes, at, idle) is Verdict.UNPRODUCTIVE
    assert by_definition(middle, sizes, {"h": 47, "w": 47}, {}) is Verdict.CRITICAL
    assert by_definition(middle, sizes, {"h": 47, "w": 48}, {}) is Verdict.PARTIALLY_CRITICAL
    assert by_definition(replace(last, unknown=("op",)), sizes, at, {}) is Verdict.NOT_JUDGED
    everywhere = replace(last, rf_min=dict.fromkeys(at, float("inf")))
    assert by_definition(everywhere, sizes, at, idle) is Verdict.GLOBAL
