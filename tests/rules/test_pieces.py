"""Maps that are put together position by position: sizes, jump and reach are those of the twin in one piece."""

from collections.abc import Callable
from math import inf
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

from oracle.steps import Functional
from oracle.twin import sizes
from rfa_report import analyze


def _framed(x: Tensor) -> Tensor:
    return torch.stack([x[:, :, t] * 2 for t in range(x.shape[2])], 2)


def _unbound(x: Tensor) -> Tensor:
    return torch.cat([column[..., None] for column in x.unbind(-1)], -1)


def _filled(x: Tensor) -> Tensor:
    out = torch.zeros_like(x)
    for i in range(x.shape[2]):
        out[:, :, i] = x[:, :, i]
    return out


def _every_second(x: Tensor) -> Tensor:
    return torch.stack([x[:, :, i] for i in range(0, x.shape[2], 2)], 2)


def _same(x: Tensor) -> Tensor:
    return x * 2


def _between(middle: Callable[[Tensor], Tensor], rank: int) -> nn.Module:
    """Convolve before and behind."""
    kind: Any = getattr(nn, f"Conv{rank}d")
    return nn.Sequential(
        kind(3, 3, 3, 2, 1), Functional("middle", middle), kind(3, 3, 3, padding=1), kind(3, 3, 3, padding=1)
    )


PIECES = {
    "frames": (_framed, _same, 3),
    "rows": (_framed, _same, 2),
    "columns, concatenated": (_unbound, _same, 2),
    "rows, written into zeros": (_filled, _same, 2),
    "positions, written into zeros": (_filled, _same, 1),
    "every second row": (_every_second, lambda x: x[:, :, ::2], 2),
    "every second frame": (_every_second, lambda x: x[:, :, ::2], 3),
}


@pytest.mark.parametrize("name", PIECES)
def test_pieces_are_a_map(name: str) -> None:
    made, twin, rank = PIECES[name]
    size = (12, 10, 9)[:rank]
    ours, theirs = (analyze(_between(middle, rank), [size]).resolutions[0].layers for middle in (made, twin))
    for a, c in zip(ours[-2:], theirs[-2:], strict=True):
        assert (a.rf_min, a.rf_max, a.jump, a.centre) == (c.rf_min, c.rf_max, c.jump, c.centre)
        for axis in a.rf_min:
            assert [e.tolist() for e in a.reach(axis) or ()] == [e.tolist() for e in c.reach(axis) or ()]


class Reader(nn.Module):
    """Run a recurrent layer along the last axis, between convolutions."""

    def __init__(self, kind: Callable[..., nn.RNNBase], **options: Any) -> None:
        super().__init__()
        width = 2 if options.get("bidirectional") else 1
        self.first, self.rnn = nn.Conv1d(3, 4, 9, 2, 4), kind(4, 4, batch_first=True, **options)
        self.last = nn.Conv1d(4 * width, 3, 9, padding=4)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.rnn(self.first(x).mT)[0].mT)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "options"),
    [(nn.RNN, {}), (nn.LSTM, {}), (nn.GRU, {"bidirectional": True}), (nn.LSTM, {"num_layers": 2})],
)
@pytest.mark.parametrize("length", [16, 40])
def test_recurrent_layers_have_no_bound(kind: Callable[..., nn.RNNBase], options: dict[str, Any], length: int) -> None:
    at = analyze(Reader(kind, **options), [(length,)]).resolutions[0]
    last = at.layers[-1]
    assert (last.rf_min, last.rf_max, last.jump) == ({"l": 9 + 8 * 2}, {"l": inf}, {"l": 2})
    assert at.r_max == {"l": 9}


class Summed(nn.Module):
    """Read a signal with a recurrent layer, and go on with what it has remembered, or with all that it said."""

    def __init__(self, kind: Callable[..., nn.RNNBase], pick: int, **options: Any) -> None:
        super().__init__()
        self.first, self.rnn, self.pick = nn.Conv1d(3, 4, 9, 2, 4), kind(4, 4, batch_first=True, **options), pick
        self.last = nn.Linear(8 if not pick and options.get("bidirectional") else 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        said, remembered = self.rnn(self.first(x).mT)
        states = remembered if isinstance(remembered, tuple) else (remembered,)
        return self.last((said, *states)[self.pick])


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"bidirectional": True, "num_layers": 2}], ids=["", "two layers, both ways"])
@pytest.mark.parametrize(("kind", "pick"), [(nn.LSTM, 0), (nn.LSTM, 1), (nn.LSTM, 2), (nn.GRU, 1), (nn.RNN, 1)])
@pytest.mark.parametrize("steps", [1, 2, 3, 8])
def test_states_have_no_bound_either_however_few_steps(
    kind: Callable[..., nn.RNNBase], pick: int, options: dict[str, Any], steps: int
) -> None:
    last = analyze(Summed(kind, pick, **options), [(2 * steps,)]).resolutions[0].layers[-1]
    assert (last.rf_min, last.rf_max) == ({"l": 9}, {"l": inf})


@pytest.mark.parametrize("rows", [8, 24])
def test_a_loop_over_rows_has_no_bound(rows: int) -> None:
    def passed_down(x: Tensor) -> Tensor:
        made = [x[:, :, 0]]
        for i in range(1, x.shape[2]):
            made.append(x[:, :, i] + made[-1].relu())
        return torch.stack(made, 2)

    assert sizes(lambda: _between(passed_down, 2), (rows, 8))[-1] == {"h": (11, inf), "w": (11, 11)}


def _wrapped(*amounts: int) -> Callable[[Tensor], Tensor]:
    return lambda x: F.pad(x, amounts, mode="circular")


def _joined(x: Tensor) -> Tensor:
    return torch.cat([x[..., -1:], x, x[..., :1]], -1)


def _joined_behind(x: Tensor) -> Tensor:
    return torch.cat([x, x[..., :2]], -1)


def _mirrored(x: Tensor) -> Tensor:
    return torch.cat([x[..., 1:2], x, x[..., -2:-1]], -1)


def _table(x: Tensor) -> Tensor:
    at = torch.arange(-1, x.shape[-1] + 1) % x.shape[-1]
    return x[..., at]


BORDERS = {
    "circular, 1-D": (_wrapped(1, 1), (1, 1), 1),
    "circular, 2-D": (_wrapped(1, 1, 1, 1), (1, 1, 1, 1), 2),
    "circular, 3-D": (_wrapped(1, 1, 1, 1, 1, 1), (1,) * 6, 3),
    "circular, more in front": (_wrapped(2, 0), (2, 0), 1),
    "longitudes only": (_wrapped(1, 1, 0, 0), (1, 1, 0, 0), 2),
    "slices from the other side": (_joined, (1, 1), 1),
    "slices behind": (_joined_behind, (0, 2), 1),
    "slices from this side": (_mirrored, (1, 1), 1),
    "a table that goes round": (_table, (1, 1), 1),
}


@pytest.mark.parametrize("name", BORDERS)
def test_a_border_put_around_a_map_changes_no_size(name: str) -> None:
    pad, amounts, rank = BORDERS[name]

    def net(border: Callable[[Tensor], Tensor]) -> nn.Module:
        kind: Any = getattr(nn, f"Conv{rank}d")
        return nn.Sequential(*[m for i in range(4) for m in (Functional(str(i), border), kind(3, 3, 3))])

    small = sizes(lambda: net(pad), (12,) * rank)
    assert small == sizes(lambda: net(lambda x: F.pad(x, amounts)), (24,) * rank)


def _rolled(*places: tuple[int, int]) -> Callable[[Tensor], Tensor]:
    return lambda x: torch.cat([x.roll(shift, dim) for shift, dim in places], 1)


def _shifted(*places: tuple[int, int]) -> Callable[[Tensor], Tensor]:
    def one(x: Tensor, shift: int, dim: int) -> Tensor:
        pad = [0, 0] * (x.ndim - 1 - dim) + [max(shift, 0), max(-shift, 0)]
        return F.pad(x, pad).narrow(dim, max(-shift, 0), x.shape[dim])

    return lambda x: torch.cat([one(x, shift, dim) for shift, dim in places], 1)


@pytest.mark.parametrize(
    "places", [((1, 2), (-1, 2), (0, 2)), ((2, 2), (-1, 3), (3, 3)), ((-3, 3), (-3, 2), (1, 2))], ids=str
)
@pytest.mark.parametrize("size", [(16, 16), (33, 20)])
def test_rolled_is_as_large_as_shifted(places: tuple[tuple[int, int], ...], size: tuple[int, int]) -> None:
    def net(move: Callable[[Tensor], Tensor]) -> nn.Module:
        steps = (nn.Conv2d(3, 3, 3, padding=1), Functional("moved", move), nn.Conv2d(9, 3, 3, padding=1))
        return nn.Sequential(*steps)

    assert sizes(lambda: net(_rolled(*places)), size) == sizes(lambda: net(_shifted(*places)), (60, 60))


def test_parts_of_different_maps_are_no_border() -> None:
    def doubled(x: Tensor) -> Tensor:
        return torch.cat([x, x.flip(-1)], -1)

    (layer,) = analyze(_between(doubled, 1), [(12,)]).resolutions[0].layers[-1:]
    assert layer.jump == {"l": None}


@pytest.mark.parametrize("last", [slice(-1, None), [-1]], ids=["a slice", "a table"])
def test_a_row_that_another_overwrites_is_no_border(last: Any) -> None:
    def overwritten(x: Tensor) -> Tensor:
        return torch.cat([x[..., last], x[..., 1:]], -1)

    at = analyze(nn.Sequential(Functional("overwritten", overwritten), nn.Conv1d(3, 3, 3)), [(9,)]).resolutions[0]
    (layer,) = (layer for layer in at.layers if layer.kind == "Conv1d")
    reach = layer.reach("l")
    assert reach is not None
    assert [int(ends[0]) for ends in reach] == [1, 8]
    assert layer.rf_max == {"l": 8}
    assert layer.jump == {"l": None}
