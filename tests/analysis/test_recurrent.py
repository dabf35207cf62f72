"""A recurrent module is one layer, however many operators its steps are: MACs and parameters worked out by hand."""

from math import inf

import pytest
from torch import Tensor, nn

import rfa_report

STEPS, INPUT, HIDDEN = 12, 3, 5


class Reads(nn.Module):
    """Reads a signal position by position; with numbers, on the CPU, where it asks what came out."""

    def __init__(self, recurrent: nn.Module, *, asks: bool) -> None:
        super().__init__()
        self.recurrent, self.asks = recurrent, asks

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.recurrent(x.transpose(1, 2))[0]
        return y.abs() if self.asks and y.sum().item() > 0 else y


def gates(count: int, size: int, hidden: int = HIDDEN) -> int:
    """Count the weights of gates that read an input of `size` and the state."""
    return count * HIDDEN * (size + hidden)


@pytest.mark.parametrize("asks", [False, True])
@pytest.mark.parametrize(
    ("kind", "arguments", "weights", "biases"),
    [
        (nn.RNN, {}, gates(1, INPUT), 2 * HIDDEN),
        (nn.GRU, {}, gates(3, INPUT), 6 * HIDDEN),
        (nn.LSTM, {}, gates(4, INPUT), 8 * HIDDEN),
        (nn.LSTM, {"num_layers": 2}, gates(4, INPUT) + gates(4, HIDDEN), 16 * HIDDEN),
        (nn.GRU, {"bidirectional": True}, 2 * gates(3, INPUT), 12 * HIDDEN),
        (nn.LSTM, {"proj_size": 2}, gates(4, INPUT, 2) + 2 * HIDDEN, 8 * HIDDEN),
    ],
)
def test_a_recurrent_module_is_one_layer(
    kind: type[nn.RNNBase], arguments: dict[str, int], weights: int, biases: int, *, asks: bool
) -> None:
    net = Reads(kind(INPUT, HIDDEN, batch_first=True, **arguments), asks=asks)  # type: ignore[arg-type]
    at = rfa_report.analyze(net, f"l={STEPS}", channels=INPUT).at((STEPS,))
    first, *others = at.layers
    assert (first.id, first.kind) == ("recurrent#0", kind.__name__)
    assert not any(layer.module == "recurrent" for layer in others)
    assert (first.macs, first.params) == (STEPS * weights, weights + biases)
    assert (at.macs, at.params) == (first.macs, first.params)
    assert (first.rf_min, first.rf_max) == ({"l": 1}, {"l": inf})
    assert at.layer("recurrent") is first
    assert at.concrete is asks
