"""Constant positions have their numbers on the meta device, however they are written down."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from rfa_report import sources
from rfa_report.tracing import on_meta, trace

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
