"""Reads and writes at positions computed from the input: as wide as what changing rows shows, and no wider."""

from collections.abc import Callable
from math import inf

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- everybody's name for it

from oracle.steps import Functional
from rfa_report import analyze
from rfa_report.core.operator import How

SIZE = 12
BOOK = torch.linspace(-1, 1, 20).reshape(5, 4)
COLOURS = torch.linspace(0, 1, 81).reshape(1, 3, 3, 3, 3)

Step = Callable[[Tensor], Tensor]


def _codes(x: Tensor) -> Tensor:
    return x.argmax(1)


def _quantised(x: Tensor) -> Tensor:
    rows = x.permute(0, 2, 3, 1).reshape(-1, 4)
    return F.embedding(torch.cdist(rows, BOOK).argmin(1), BOOK).reshape(x.shape[0], *x.shape[2:], 4).permute(0, 3, 1, 2)


def _masked(x: Tensor) -> Tensor:
    y = x.clone()
    y[y > 0] = 0
    return y


def _masked_channels(x: Tensor) -> Tensor:
    y = x.transpose(0, 1).clone()
    y[:, x[:, 0] > 0] = x.mean()
    return y.transpose(0, 1)


def _best_channel_marked(x: Tensor) -> Tensor:
    y, batch = x.clone(), torch.arange(x.shape[0])
    y[batch, x.mean((2, 3)).argmax(1)] = x[:, 0]
    return y


def _added(x: Tensor) -> Tensor:
    return torch.zeros_like(x).scatter_add(1, x.argmax(1, keepdim=True), x[:, :1])


def _recoloured(x: Tensor) -> Tensor:
    table, points = COLOURS.expand(len(x), -1, -1, -1, -1), x[:, :3].tanh().permute(0, 2, 3, 1)[:, None]
    return F.grid_sample(table, points, align_corners=True)[:, :, 0]


LOCAL: dict[str, Step] = {
    "embedding": lambda x: F.embedding(_codes(x), BOOK).permute(0, 3, 1, 2),
    "indexed": lambda x: BOOK[_codes(x)].permute(0, 3, 1, 2),
    "columns indexed": lambda x: BOOK[:, _codes(x)].transpose(0, 1),
    "two indices": lambda x: BOOK[_codes(x), x.argmin(1)][:, None],
    "taken": lambda x: BOOK.take(_codes(x))[:, None],
    "nearest code": _quantised,
    "gathered channel": lambda x: x.gather(1, x.argmax(1, keepdim=True)),
    "taken along channels": lambda x: x.take_along_dim(x.argsort(1), 1),
    "one hot": lambda x: torch.zeros_like(x).scatter(1, x.argmax(1, keepdim=True), 1.0),
    "scattered": lambda x: x.scatter(1, x.argmax(1, keepdim=True), x[:, 1:2]),
    "added": _added,
    "largest kept": lambda x: x.scatter_reduce(1, x.argmin(1, keepdim=True), x[:, 1:2], "amax"),
    "masked": _masked,
    "looked up in colours": _recoloured,
}
"""Functions of maps of four channels whose every position depends on that position only."""


class Between(nn.Module):
    """Run a function behind a convolution."""

    def __init__(self, step: Step) -> None:
        super().__init__()
        self.first, self.step = nn.Conv2d(3, 4, 3, padding=1), Functional("step", step)

    def forward(self, x: Tensor) -> Tensor:
        return self.step(self.first(x))


def _rows_seen(model: nn.Module) -> list[tuple[int, int]]:
    """Change one input row at a time, in several ways, and list the first and last that each output row reacts to."""
    torch.manual_seed(0)
    model, seen = model.eval(), [set[int]() for _ in range(SIZE)]
    with torch.no_grad():
        for _ in range(12):
            x = torch.rand(8, 3, SIZE, SIZE)
            base = model(x)
            for row in range(SIZE):
                other = x.clone()
                other[:, :, row] += torch.randn(8, 3, SIZE) * 3
                changed = (model(other) != base).any(0).any(0).any(-1)
                for o in changed.nonzero().flatten().tolist():
                    seen[o].add(row)
    return [(min(rows), max(rows)) for rows in seen]


@pytest.mark.parametrize("name", LOCAL)
def test_what_is_looked_up_has_the_field_of_its_index(name: str) -> None:
    model = Between(LOCAL[name])
    *_, last = analyze(model, [SIZE]).at(SIZE).layers
    assert (last.rf_min, last.rf_max) == ({"h": 3, "w": 3}, {"h": 3, "w": 3})
    assert last.unknown == ()
    reach = last.reach("h")
    assert reach is not None
    assert list(zip(*(end.tolist() for end in reach), strict=True)) == _rows_seen(model)


def _rows_by_brightness(x: Tensor) -> Tensor:
    return x[:, :, x.mean((0, 1, 3)).argsort()]


def _rows_moved(x: Tensor) -> Tensor:
    return x.gather(2, x.argsort(2))


def _rows_written(x: Tensor) -> Tensor:
    return torch.zeros_like(x).scatter(2, x.argsort(2), x)


def _rows_selected(x: Tensor) -> Tensor:
    return x.index_select(2, x.mean((0, 1, 3)).argsort())


def _rows_copied(x: Tensor) -> Tensor:
    return torch.zeros_like(x).index_copy(2, x.mean((0, 1, 3)).argsort(), x)


@pytest.mark.parametrize("step", [_rows_moved, _rows_written])
def test_a_map_in_computed_order_has_no_bound_along_that_axis_alone(step: Step) -> None:
    *_, last = analyze(Between(step), [SIZE]).at(SIZE).layers
    assert (last.rf_max, last.rf_min["w"]) == ({"h": inf, "w": 3}, 3)
    assert How.DATA_DEPENDENT in {
        o.how for layer in analyze(Between(step), [SIZE]).at(SIZE).layers for o in layer.caveats
    }


@pytest.mark.parametrize("step", [_rows_by_brightness, _rows_selected, _rows_copied])
def test_an_order_that_depends_on_the_whole_image_has_no_bound(step: Step) -> None:
    *_, last = analyze(Between(step), [SIZE]).at(SIZE).layers
    assert last.rf_max["h"] == inf
    reach = last.reach("h")
    assert reach is None or set(zip(*(end.tolist() for end in reach), strict=True)) == {(0, SIZE - 1)}


@pytest.mark.parametrize("step", [_masked_channels, _best_channel_marked])
def test_writes_of_global_values_leave_the_map_where_it_is(step: Step) -> None:
    *_, last = analyze(Between(step), [SIZE]).at(SIZE).layers
    assert last.rf_max == {"h": 3, "w": 3}
    assert last.global_context
