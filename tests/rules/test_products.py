"""Products of two maps: where every position meets every other one, sizes have no bound."""

from collections.abc import Callable
from math import inf

import pytest
from torch import Tensor, nn

from oracle.steps import Functional
from oracle.twin import sizes
from rfa_report import analyze


def _scores(x: Tensor) -> Tensor:
    return x.mT @ x


def _of_tokens(x: Tensor) -> Tensor:
    return x.flatten(2).mT @ x.flatten(2)


def _within_windows(x: Tensor) -> Tensor:
    tokens = x.unflatten(2, (-1, 4)).permute(0, 2, 3, 1)
    return tokens @ tokens.mT


@pytest.mark.parametrize(("run", "rank"), [(_scores, 1), (_of_tokens, 2)])
@pytest.mark.parametrize("size", [8, 16])
def test_all_pairs_have_no_bound(run: Callable[[Tensor], Tensor], rank: int, size: int) -> None:
    conv = (nn.Conv1d, nn.Conv2d)[rank - 1](3, 3, 3, padding=1)
    at = analyze(nn.Sequential(conv, Functional("pairs", run)), [(size,) * rank]).resolutions[0]
    assert set(at.layers[-1].rf_max.values()) == {inf}
    assert set((at.r_max or {}).values()) == {3}


@pytest.mark.parametrize("size", [8, 16])
def test_pairs_within_windows_are_as_large_as_the_window(size: int) -> None:
    net = nn.Sequential(nn.Conv1d(3, 3, 3, padding=1), Functional("pairs", _within_windows))
    (_, largest) = sizes(lambda: net, (size,))[-1]["l"]
    assert largest == 4 + 2
