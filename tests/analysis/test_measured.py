"""Operators without a rule are run on random numbers; where that cannot tell, nothing is said."""

import warnings
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

import rfa_report
from oracle.compare import disagreements
from rfa_report.core.layer import Verdict
from rfa_report.core.operator import How


def _blur(x: Tensor) -> Tensor:
    return F.avg_pool2d(x, (3, 1), 1, (1, 0)) + 0 * x


def _reverse(x: Tensor) -> Tensor:
    return x.flip(2).contiguous()


def _halve(x: Tensor) -> Tensor:
    return (x[:, :, ::2] + x[:, 1:2, ::2]).contiguous()


def _whole(x: Tensor) -> Tensor:
    return (x - x.mean((2, 3), keepdim=True)).clone()


def _draw(x: Tensor) -> Tensor:
    return x + torch.rand_like(x)


def _order(x: Tensor) -> Tensor:
    return x.sort(2)[0].contiguous()


def _old(x: Tensor) -> Tensor:
    warnings.warn("deprecated", stacklevel=2)
    return _reverse(x)


OPERATORS: dict[str, Callable[[Tensor], Tensor]] = {
    "blur": _blur,
    "reverse": _reverse,
    "halve": _halve,
    "whole": _whole,
    "draw": _draw,
    "order": _order,
    "old": _old,
}


@pytest.fixture(scope="module", autouse=True)
def _operators() -> Iterator[None]:
    """Register operators that torch cannot look into."""
    library = torch.library.Library("rfatest", "DEF")
    for name, run in OPERATORS.items():
        library.define(f"{name}(Tensor x) -> Tensor")
        for key in ("CPU", "Meta"):
            library.impl(name, run, key)
    yield
    library._destroy()


class Net(nn.Module):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.before = nn.Conv2d(3, 4, 3, stride=2)
        self.after = nn.Conv2d(4, 5, (3, 1), padding=(1, 0))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.after(getattr(torch.ops.rfatest, self.name)(self.before(x)))
        return y


@pytest.mark.parametrize("name", sorted(set(OPERATORS) - {"draw", "order", "old"}))
def test_measured_reach_equals_the_oracle(name: str) -> None:
    _, partial, wrong = disagreements(lambda: Net(name), (1, 3, 19, 17))
    assert not wrong
    assert partial


@pytest.mark.parametrize(("name", "rf", "jump"), [("blur", 11, 2), ("reverse", 7, 2), ("halve", 11, 4), ("old", 7, 2)])
def test_sizes_behind_a_measured_operator(name: str, rf: int, jump: int | None) -> None:
    at = rfa_report.analyze(Net(name), (31, 31)).at((31, 31))
    layer = at.layer("after#0")
    assert layer.verdict is not Verdict.NOT_JUDGED
    assert (layer.rf_max["h"], layer.jump["h"]) == (rf, jump)
    assert at.operators[f"rfatest.{name}.default"] is How.MEASURED
    (caveat,) = at.layer(f"{name}#0").caveats
    assert (caveat.name, caveat.how) == (f"rfatest.{name}.default", How.MEASURED)


def test_an_operator_over_the_whole_map_is_global() -> None:
    at = rfa_report.analyze(Net("whole"), 31).at(31)
    assert at.layer("after#0").verdict is Verdict.GLOBAL


def test_what_is_random_is_not_judged() -> None:
    at = rfa_report.analyze(Net("draw"), 31).at(31)
    assert at.layer("after#0").unknown == ("rfatest.draw.default",)
    assert at.not_judged
    assert at.operators["rfatest.draw.default"] is How.UNKNOWN


def test_orders_are_seen_by_large_numbers() -> None:
    at = rfa_report.analyze(Net("order"), 17).at(17)
    assert at.operators["rfatest.order.default"] is How.MEASURED
    assert at.layer("after#0").rf_max == {"h": float("inf"), "w": 3}
