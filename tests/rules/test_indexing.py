"""Tables that do not depend on the input: exact where their numbers are known, anywhere where they are learned."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

import rfa_report
from rfa_report.core.layer import Layer
from rfa_report.core.operator import How

SIZE = 8


class _Reading(nn.Module):
    """A model that holds one parameter and one buffer, and does with them what a function says."""

    offset: Tensor

    def __init__(self, do: Callable[[Tensor, Tensor, Tensor], Tensor], kept: Tensor) -> None:
        super().__init__()
        self.kept = nn.Parameter(kept, requires_grad=kept.is_floating_point())
        self.register_buffer("offset", torch.tensor(1))
        self.do = do

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.do(x, self.kept, self.offset) * 1
        return y


def _last(do: Callable[[Tensor, Tensor, Tensor], Tensor], kept: Tensor) -> Layer:
    at = rfa_report.analyze(_Reading(do, kept).eval(), SIZE).at(SIZE)
    assert at.refusal is None
    return at.layers[-1]


def _hows(do: Callable[[Tensor, Tensor, Tensor], Tensor], kept: Tensor) -> set[tuple[How, str]]:
    at = rfa_report.analyze(_Reading(do, kept).eval(), SIZE).at(SIZE)
    return {(caveat.how, caveat.why) for layer in at.layers for caveat in layer.caveats}


def _rows(layer: Layer) -> list[tuple[int, int]] | None:
    reach = layer.reach("h")
    return reach and [(int(a), int(b)) for a, b in zip(*reach, strict=True)]


BACKWARDS = torch.arange(SIZE - 1, -1, -1)

KNOWN: dict[str, tuple[Callable[[Tensor, Tensor, Tensor], Tensor], Tensor, list[int]]] = {
    "index": (lambda x, p, _: x[:, :, p], BACKWARDS, BACKWARDS.tolist()),
    "index_select": (lambda x, p, _: x.index_select(2, p), torch.tensor([3, 0]), [3, 0]),
    "gather": (
        lambda x, p, b: x.gather(2, (p + b)[None, None, :, None].expand(1, 3, 4, SIZE)),
        torch.tensor([0, 5, 2, 6]),
        [1, 6, 3, 7],
    ),
    "mask": (lambda x, p, _: x[:, :, p], torch.tensor([True, False] * 4), [0, 2, 4, 6]),
}


@pytest.mark.parametrize("name", KNOWN)
def test_parameters_that_are_not_trained_are_tables_like_any_other(name: str) -> None:
    do, kept, rows = KNOWN[name]
    assert _rows(_last(do, kept)) == [(row, row) for row in rows]


def _warped(x: Tensor, theta: Tensor, _: Tensor) -> Tensor:
    grid = F.affine_grid(theta.reshape(1, 2, 3), list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, align_corners=False)


def _numbered(x: Tensor, score: Tensor, _: Tensor) -> Tensor:
    return x[:, :, score.argsort().tolist()]


LEARNED: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "index": lambda x, p, _: x[:, :, p.argsort()],
    "index_select": lambda x, p, _: x.index_select(2, (p * 7).sigmoid().mul(7).long()),
    "gather": lambda x, p, b: x.gather(2, ((p.argsort() + b) % SIZE)[None, None, :, None].expand(x.shape)),
    "write": lambda x, p, _: torch.zeros_like(x).index_copy(2, p.argsort(), x),
    "as a list": _numbered,
    "drawn": lambda x, p, _: x[:, :, torch.randperm(SIZE)],
}


@pytest.mark.parametrize("name", LEARNED)
def test_a_table_that_is_learned_may_point_anywhere(name: str) -> None:
    hows = _hows(LEARNED[name], torch.rand(SIZE))
    assert [how for how, _ in hows] == [How.DATA_DEPENDENT]
    assert all(why.endswith("is learned, or drawn at random") for _, why in hows)
    assert _last(LEARNED[name], torch.rand(SIZE)).rf_max == {"h": float("inf"), "w": 1}


def test_a_learned_grid_may_sample_anywhere() -> None:
    identity = torch.tensor([1.0, 0, 0, 0, 1, 0])
    assert _hows(_warped, identity) == {(How.DATA_DEPENDENT, "which positions are read is learned, or drawn at random")}


def _positions(x: Tensor, p: Tensor, offset: Tensor) -> Tensor:
    return x[:, :, torch.zeros_like(p).long() + offset]


def _biased(x: Tensor, p: Tensor, offset: Tensor) -> Tensor:
    return x + p[torch.arange(SIZE)][:, None]


@pytest.mark.parametrize("do", [_positions, _biased])
def test_parameters_that_only_lend_their_shape_or_their_values_take_nothing(
    do: Callable[[Tensor, Tensor, Tensor], Tensor],
) -> None:
    assert not _hows(do, torch.rand(SIZE))
    assert _last(do, torch.rand(SIZE)).rf_max["h"] == 1


def test_embedded_positions_stay_exact() -> None:
    class Positions(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(SIZE, 3)

        def forward(self, x: Tensor) -> Tensor:
            y: Tensor = x + self.embedding(torch.arange(SIZE)).T[:, :, None]
            return y

    at = rfa_report.analyze(Positions(), SIZE).at(SIZE)
    assert _rows(at.layers[-1]) == [(row, row) for row in range(SIZE)]
    assert not at.concrete
