"""An exported program has the layers of the model that it was exported from, under the same names."""

import warnings
from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor, nn
from torch.export import Dim, export, unflatten

from rfa_report import analyze
from rfa_report.core.errors import ModelError
from rfa_report.core.report import ResolutionReport


class _Block(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv, self.bn, self.act = nn.Conv2d(channels, 4, 3, 2, 1), nn.BatchNorm2d(4), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.act(self.bn(self.conv(x)))
        return y


class _Net(nn.Module):
    """Blocks, one of them called twice, a function between modules, and a head."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.again = _Block(3), _Block(4)
        self.drop, self.pool, self.head = nn.Dropout(), nn.AdaptiveAvgPool2d(1), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        y = self.again(self.again(self.first(x)))
        y = y + y.roll(1, 2)
        z: Tensor = self.head(self.pool(self.drop(y)).flatten(1))
        return z


def _exported(*, modules: bool, dynamic: bool) -> nn.Module:
    size = (Dim("h", min=32, max=512), Dim("w", min=32, max=512))
    shapes = ({2: size[0], 3: size[1]},) if dynamic else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # unflatten copies what torch calls deprecated
        program = export(_Net().eval(), (torch.zeros(1, 3, 64, 64),), dynamic_shapes=shapes)
        return unflatten(program) if modules else program.module()


def _told(at: ResolutionReport) -> list[tuple[object, ...]]:
    rows = [(layer.id, layer.kind, layer.rf_min, layer.rf_max, layer.verdict, layer.macs) for layer in at.layers]
    return [row for row in rows if row[1] != "Dropout"]


@pytest.mark.parametrize("modules", [True, False], ids=["unflatten", "module()"])
@pytest.mark.parametrize("given", [True, False], ids=["a module", "a factory"])
def test_layers_have_the_names_and_numbers_of_the_model(modules: bool, given: bool) -> None:
    make: Callable[[], nn.Module] = partial(_exported, modules=modules, dynamic=False)
    fixed, refused = analyze(make() if given else make, [64, 96]).resolutions
    assert _told(fixed) == _told(analyze(_Net(), 64).at(64))
    assert [layer.id for layer in fixed.layers if layer.module == "again.conv"] == ["again.conv#0", "again.conv#1"]
    assert refused.refusal is not None
    assert "64" in refused.refusal
    assert "export" in refused.refusal


@pytest.mark.parametrize("modules", [True, False], ids=["unflatten", "module()"])
def test_one_of_several_sizes_takes_them(modules: bool) -> None:
    report = analyze(_exported(modules=modules, dynamic=True), [64, 96, 1024])
    whole = analyze(_Net(), [64, 96])
    assert [_told(at) for at in report.accepted] == [_told(at) for at in whole.resolutions]
    assert [at.refusal is None for at in report.resolutions] == [True, True, False]


@pytest.mark.parametrize("modules", [True, False], ids=["unflatten", "module()"])
def test_no_size_but_its_own_is_said_with_what_to_do(modules: bool) -> None:
    with pytest.raises(ModelError, match="give the size that it was exported for") as raised:
        analyze(_exported(modules=modules, dynamic=False), 96)
    assert "\n" not in str(raised.value)
