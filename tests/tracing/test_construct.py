"""Models that run are analysed, whatever they hold and however their constructors come by it."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import prune
from torch.nn.utils.weight_norm import WeightNorm

import rfa_report
from command_line import run
from rfa_report import tracing

pytestmark = pytest.mark.slow


def _conv() -> nn.Conv2d:
    return nn.Conv2d(3, 4, 3, padding=1)


class _Convolves(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = _conv()

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv(x)
        return y


class _Scaled(_Convolves):
    """Holds tensors that its constructor computed from a parameter, also in a list."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.twice = [self.scale * 2]

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * self.twice[0]


class _Remembers(_Convolves):
    """Keeps its last output, and has one already."""

    def __init__(self) -> None:
        super().__init__()
        self(torch.zeros(1, 3, 8, 8))

    def forward(self, x: Tensor) -> Tensor:
        self.last = super().forward(x)
        return self.last


class _Locks(_Convolves):
    """Holds what nobody can copy."""

    def __init__(self) -> None:
        super().__init__()
        self.lock, self.library, self.numbers = threading.Lock(), torch, (n for n in range(3))

    def forward(self, x: Tensor) -> Tensor:
        with self.lock:
            return super().forward(x)


class _Listens(_Convolves):
    """Takes its output from a hook that speaks of the module."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: dict[str, Tensor] = {}
        self.conv.register_forward_hook(lambda _module, _args, output: self.heard.update(conv=output))

    def forward(self, x: Tensor) -> Tensor:
        super().forward(x)
        return self.heard.pop("conv")


def _old_weight_norm() -> nn.Module:
    conv = _conv()
    WeightNorm.apply(conv, "weight", 0)  # without the warning that it is old
    return conv


CONTENTS: dict[str, Callable[[], nn.Module]] = {
    "weight norm of old": _old_weight_norm,
    "pruned": lambda: prune.identity(_conv(), "weight"),
    "computed in the constructor": _Scaled,
    "last activation": _Remembers,
    "lock": _Locks,
    "hook": _Listens,
    "lazy": lambda: nn.LazyConv2d(4, 3, padding=1),
    "lazy norm": lambda: nn.Sequential(_conv(), nn.LazyBatchNorm2d()),
}


@pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated:FutureWarning")
@pytest.mark.parametrize("given", ["factory", "module"])
@pytest.mark.parametrize("first", CONTENTS.values(), ids=CONTENTS)
def test_what_a_model_holds_does_not_matter(first: Callable[[], nn.Module], given: str) -> None:
    def build() -> nn.Module:
        return nn.Sequential(first(), nn.Conv2d(4, 4, 3, padding=1))

    at = rfa_report.analyze(build if given == "factory" else build(), 16).at(16)
    assert at.refusal is None
    assert at.layers[-1].rf_max == {"h": 5, "w": 5}


def test_lazy_layers_are_named_and_counted_as_what_they_become() -> None:
    report = rfa_report.analyze(lambda: nn.Sequential(nn.LazyConv2d(4, 3)), [16, 32])
    for at in report.resolutions:
        assert [(layer.id, layer.kind, layer.params) for layer in at.layers] == [("0#0", "Conv2d", 4 * 3 * 9 + 4)]


def test_a_factory_may_hand_out_a_model_that_is_not_its_own() -> None:
    trained = nn.Sequential(_conv(), nn.BatchNorm2d(4)).train()
    before = [p.clone() for p in trained.parameters()]
    built = tracing.build(lambda: nn.Sequential(trained, nn.ReLU()), "net")
    assert not any(p.any() for p in built.concrete().parameters())
    assert trained.training
    assert all(p.equal(old) for p, old in zip(trained.parameters(), before, strict=True))


def test_parameters_of_whole_numbers_are_tables() -> None:
    class Reversed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.order = nn.Parameter(torch.arange(7, -1, -1), requires_grad=False)
            self.conv = _conv()

        def forward(self, x: Tensor) -> Tensor:
            y: Tensor = self.conv(x[:, :, self.order])
            return y

    reach = rfa_report.analyze(Reversed(), 8).at(8).layers[-1].reach("h")
    assert reach is not None
    assert reach[0].tolist() == [6, 5, 4, 3, 2, 1, 0, 0]


LIBRARY = "import torch\nTABLE = torch.arange(8).flip(0)\nNOISE = torch.full((2,), 3.0).normal_(50, 0.1)\n"
NETS = """
import importlib
from torch import nn
COUNT = []

class Net(nn.Module):
    def __init__(self, table):
        super().__init__()
        self.conv, self.order = nn.Conv2d(3, 4, 3, padding=1), table.tolist()

    def forward(self, x):
        return self.conv(x[:, :, self.order])

def statement():
    from reversing import TABLE
    return Net(TABLE)

def function():
    return Net(importlib.import_module("reversing").TABLE)

def broken():
    COUNT.append(1)
    print("called")
    import no_library_of_this_name

def zoo():
    import torchvision
    return torchvision.models.resnet18()
"""


@pytest.mark.parametrize("name", ["statement", "function"])
def test_a_library_is_imported_as_if_no_model_was_being_built(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reversing.py").write_text(LIBRARY)
    (tmp_path / "nets.py").write_text(NETS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "reversing", raising=False)
    reach = rfa_report.analyze(f"{tmp_path}/nets.py:{name}", 8).at(8).layers[-1].reach("h")
    library = __import__("reversing")
    assert reach is not None
    assert reach[0].tolist() == [6, 5, 4, 3, 2, 1, 0, 0]
    assert library.TABLE.device.type == "cpu"
    assert library.NOISE.min() > 40, "random numbers of a library are not those of a weight that is thrown away"


def test_an_import_that_failed_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(NETS)
    done = run("show", "nets.py:broken", "-r", "32", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout.count("called") == 1
    assert "no_library_of_this_name" in done.stderr


def test_a_factory_may_import_torchvision_itself(tmp_path: Path) -> None:
    """Also where its compiled operators do not fit the installed torch, and nobody has imported it before."""
    (tmp_path / "nets.py").write_text(NETS)
    done = run("show", "nets.py:zoo", "-r", "32", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "11,689,512 parameters" in done.stdout
