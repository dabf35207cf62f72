"""Where a model leaves torch the link to the input is lost, and what follows is not judged, by name."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.dlpack import from_dlpack

import rfa_report
from rfa_report import Verdict, sources
from rfa_report.tracing import on_meta, trace


class _Leaves(nn.Module):
    def __init__(self, through: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.first, self.last, self.through = nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1), through

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.last(self.through(self.first(x)))
        return y


WAYS: dict[str, tuple[Callable[[Tensor], Tensor], str]] = {
    "numpy": (lambda y: torch.from_numpy(y.numpy().clip(0, 1)), "numpy"),
    "array": (lambda y: torch.as_tensor(np.asarray(y) + 1), "numpy"),
    "list": (lambda y: torch.tensor(y.tolist()), "a list"),
    "old constructor": (lambda y: torch.Tensor(y.tolist()), "a list"),
    "dlpack": (lambda y: from_dlpack(np.from_dlpack(y).copy()), "dlpack"),
    "filled": (lambda y: torch.full((1, 3, 8, 8), y.mean().item()), "a number"),
    "number": (lambda y: torch.tensor([y.mean().item()]).expand(1, 3, 8, 8), "a number"),
}


@pytest.mark.parametrize(("through", "way"), WAYS.values(), ids=WAYS)
def test_what_comes_back_is_not_judged(through: Callable[[Tensor], Tensor], way: str) -> None:
    layers = rfa_report.analyze(_Leaves(through), 8).at(8)
    assert layers.layer("first#0").rf_max["h"] == 3
    last = layers.layer("last#0")
    assert last.verdict is Verdict.NOT_JUDGED
    assert last.unknown == (f"leaves torch ({way})",)
    assert last.rf_max == {"h": None, "w": None}


def test_what_was_there_before_is_a_constant() -> None:
    table = torch.ones(3, 1, 1)

    def through(y: Tensor) -> Tensor:
        y.numpy()
        return y * table

    assert rfa_report.analyze(_Leaves(through), 8).at(8).layer("last#0").rf_max["h"] == 5


@pytest.mark.parametrize("through", [lambda y: y.data, lambda y: y.data.clamp_(0, 1), lambda y: y.detach().data + 1])
def test_the_data_of_a_tensor_are_the_tensor(through: Callable[[Tensor], Tensor]) -> None:
    assert rfa_report.analyze(_Leaves(through), 8).at(8).layer("last#0").rf_max["h"] == 5


ORDER = [3, 1, 0, 2]


class _Ordered(nn.Module):
    order: Tensor

    def __init__(self, do: Callable[["_Ordered", Tensor], Tensor]) -> None:
        super().__init__()
        self.do = do
        self.conv = nn.Conv2d(3, 4, 3)
        self.register_buffer("order", torch.tensor(ORDER))

    def forward(self, x: Tensor) -> Tensor:
        return self.do(self, self.conv(x))


def _written(_: _Ordered, x: Tensor) -> Tensor:
    y = torch.zeros_like(x)
    y[:, ORDER] = x
    return y


@pytest.mark.parametrize(
    "do",
    [
        lambda m, x: x[:, ORDER],
        lambda m, x: x[0][ORDER],
        lambda m, x: x[:, m.order],
        lambda m, x: x[:, m.order.flip(0).flip(0)],
        _written,
    ],
)
def test_a_table_is_known_without_a_run_on_the_cpu(do: Callable[[_Ordered, Tensor], Tensor]) -> None:
    recording = trace(on_meta(_Ordered(do)), (1, 3, 8, 8))
    assert recording.device == "meta"
    assert [table.tolist() for table in recording.tables.values()] == [ORDER]


@pytest.mark.slow
def test_csatv2_orders_its_frequencies_on_meta() -> None:
    assert sources.resolve("timm:csatv2").record((64, 64)).device == "meta"


class _Shifts(nn.Module):
    """Shift a map by numbers that are parameters, and add it to itself."""

    def __init__(self, shift: Callable[["_Shifts"], int]) -> None:
        super().__init__()
        self.conv, self.shift = nn.Conv2d(3, 4, 3, padding=1), shift
        self.one, self.listed = nn.Parameter(torch.tensor(3.0)), nn.Parameter(torch.tensor([3.0, 5.0]))
        self.drawn = nn.Parameter(torch.empty(1).uniform_(3, 4))

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        z: Tensor = y + y.roll(self.shift(self), 2)
        return z


ONE: list[Callable[[_Shifts], int]] = [
    lambda m: int(m.one),
    lambda m: int(m.one.round().long().item()),
    lambda m: int(m.one * 2) - 3,
]
MADE_UP: list[Callable[[_Shifts], int]] = [
    lambda m: int(m.listed[0]),
    lambda m: int(m.listed.argmax()),
    lambda m: int(m.listed.sum().long().item()),
]


@pytest.mark.parametrize("shift", ONE)
@pytest.mark.parametrize("given", [True, False], ids=["a module", "a factory"])
def test_a_parameter_of_one_number_steers_with_its_own(shift: Callable[[_Shifts], int], given: bool) -> None:
    added = rfa_report.analyze(_Shifts(shift) if given else lambda: _Shifts(shift), 16).at(16).layer("add#0")
    assert (added.rf_max, added.unknown) == ({"h": 6, "w": 3}, ())


@pytest.mark.parametrize("shift", MADE_UP)
def test_what_other_parameters_steer_is_not_judged(shift: Callable[[_Shifts], int]) -> None:
    added = rfa_report.analyze(_Shifts(shift), 16).at(16).layer("add#0")
    assert (added.verdict, added.unknown) == (Verdict.NOT_JUDGED, ("leaves torch (a learned number)",))


def test_numbers_that_a_factory_draws_are_the_same_in_every_run() -> None:
    reports = [rfa_report.analyze(lambda: _Shifts(lambda m: int(m.drawn * 3)), 16) for _ in range(2)]
    assert reports[0] == reports[1]
