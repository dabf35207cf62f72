"""Every rule against its real operator, element by element."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from oracle.compare import element_reach
from oracle.rows import ROWS, Row, Run
from rfa_report.analysis import propagate
from rfa_report.analysis.propagate import Unknown
from rfa_report.core.field import Field
from rfa_report.core.operator import How, Operator
from rfa_report.rules import BOOK, DataDependent
from rfa_report.tracing import Measurements, on_meta, trace

aten = torch.ops.aten

DATA_DEPENDENT = {op for op, rule in BOOK.rules.items() if "data_dependent" in rule.move.__qualname__}
NEED_A_GPU = {
    "aten._scaled_dot_product_flash_attention",
    "aten._scaled_dot_product_efficient_attention",
    "aten._scaled_dot_product_cudnn_attention",
    "aten._scaled_dot_product_fused_attention_overrideable",
}
"""They share the rule, and the arguments, of the attention that the CPU has."""

FACTORIES = {op for op, rule in BOOK.rules.items() if rule.move.__name__ == "factory"}


class _Run(nn.Module):
    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run

    def forward(self, x: Tensor) -> Tensor:
        return self.run(x)


def _field(row: Row) -> tuple[Field | Unknown | None, set[str]]:
    recording = trace(on_meta(_Run(row.run)), row.shape)
    assert recording.refusal is None, recording.refusal
    *_, (states, _) = propagate(recording, BOOK, Measurements())
    return states.get(recording.outputs[0]), {call.op for call in recording.calls}


def test_a_border_of_zeros_that_every_window_looks_past_takes_no_memory() -> None:
    net = nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(3, 8, 2))
    *_, (states, _) = propagate(trace(on_meta(net), (1, 3, 40, 40)), BOOK)
    (field,) = (state for state in states.values() if isinstance(state, Field) and state.shape[1] == 8)
    assert [axis.bounds.shape for axis in field.axes] == [(6, 1, 1, 40, 1), (6, 1, 1, 1, 40)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.op)
def test_rule_equals_operator(row: Row) -> None:
    field, _ = _field(row)
    assert not isinstance(field, Unknown), field
    assert isinstance(field, Field)
    for axis in range(2):
        image = torch.linspace(0.2, 0.9, int(np.prod(row.shape)), dtype=torch.float64).reshape(row.shape)
        hits = []
        with torch.backends.mkldnn.flags(enabled=False), torch.no_grad():
            base = row.run(image)
            for position in range(row.shape[axis + 2]):
                changed = torch.zeros(base.shape, dtype=torch.bool)
                for probe in row.probes:
                    poisoned = image.clone()
                    poisoned.select(axis + 2, position).mul_(probe)
                    changed |= row.run(poisoned) != base
                hits.append(changed.numpy())
        nan = np.stack(hits)
        any_hit = nan.any(axis=0)
        first = np.where(any_hit, nan.argmax(axis=0), -1)
        last = np.where(any_hit, len(nan) - 1 - nan[::-1].argmax(axis=0), -1)
        lo, hi = element_reach(field, axis)
        np.testing.assert_array_equal(lo, first)
        np.testing.assert_array_equal(hi, last)


def test_every_rule_has_a_row() -> None:
    missing = set(BOOK.rules) - {row.op for row in ROWS} - FACTORIES - DATA_DEPENDENT - NEED_A_GPU
    assert not missing, "add a row for each"


@pytest.mark.parametrize("op", sorted(FACTORIES))
def test_factories_depend_on_nothing(op: str) -> None:
    packet = {"aten.bernoulli.p": aten.bernoulli.p, "aten.bernoulli.float": aten.bernoulli_.float}.get(
        op, getattr(aten, op.split(".")[1])
    )
    extra = {"new_full": ([2, 7], 1.0), "new_empty_strided": ([2, 7], [7, 1]), "full_like": (1.0,), "bernoulli": (0.5,)}
    shaped = op.split(".")[1].startswith("new")
    args = extra.get(op.split(".")[1], ([2, 7],) if shaped else ())
    field, seen = _field(Row(op, lambda x: packet(x, *args)))
    assert field is None
    assert any(f"{name}.".startswith(f"{op}.") for name in seen), seen


@pytest.mark.parametrize("op", sorted(DATA_DEPENDENT & {"aten.nonzero", "aten.masked_select", "torchvision.nms"}))
def test_data_dependent_rules_say_why(op: str) -> None:
    with pytest.raises(DataDependent, match="computed from the input"):
        BOOK.rules[op].move(((3,),))


def _positions_from_the_input(x: Tensor) -> Tensor:
    return x.index_select(2, (x[0, 0, :3, 0] * 0).long())


def test_positions_computed_from_the_input_may_be_anywhere_along_their_axis() -> None:
    recording = trace(on_meta(_Run(_positions_from_the_input)), (1, 4, 7, 6))
    *_, (states, operator) = propagate(recording, BOOK)
    field = states[recording.outputs[0]]
    assert isinstance(field, Field)
    assert [field.sizes(axis) for axis in (0, 1)] == [(float("inf"), float("inf")), (6, 1)]  # the index is of column 0
    lo, hi = element_reach(field, 0)
    assert (int(lo.min()), int(hi.max())) == (0, 6)
    assert operator == Operator(
        "aten.index_select.default", How.DATA_DEPENDENT, "which positions are read is computed from the input"
    )


def test_unknown_operator_is_never_silent() -> None:
    field, _ = _field(Row("bernoulli", lambda x: torch.bernoulli(x) + x))
    assert field == Unknown(("aten.bernoulli.default",))
