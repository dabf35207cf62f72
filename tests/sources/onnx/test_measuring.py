from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from oracle.onnx_graphs import Net
from rfa_report import sources
from rfa_report.analysis.layers import forward_pass
from rfa_report.core.layer import Layer
from rfa_report.core.operator import How
from rfa_report.rules import BOOK


def _layer(folder: Path, op: str, *inputs: Any, shape: tuple[int, ...], **attributes: Any) -> tuple[Layer, list[How]]:
    net = Net(shape)
    output = net(op, "x", *inputs, domain="com.microsoft", **attributes)
    onnx.save(net.model(output), str(folder / "net.onnx"))
    subject = sources.resolve(str(folder / "net.onnx"))
    judged = forward_pass(subject.record(shape[2:]), BOOK, subject.measure)
    (layer,) = judged.layers
    return layer, [operator.how for operator in judged.operators]


def test_a_node_without_a_rule_is_measured(tmp_path: Path) -> None:
    mask = np.ones((1, 2, 6, 5), dtype=np.int32)
    layer, hows = _layer(
        tmp_path, "MaxpoolWithMask", mask, shape=(1, 2, 6, 5), kernel_shape=[3, 1], pads=[1, 0, 1, 0], strides=[1, 1]
    )
    assert hows == [How.MEASURED]
    assert [ends.tolist() for ends in layer.reach("h") or ()] == [[0, 0, 1, 2, 3, 4], [1, 2, 3, 4, 5, 5]]
    assert [ends.tolist() for ends in layer.reach("w") or ()] == [[0, 1, 2, 3, 4]] * 2


@pytest.mark.parametrize("op", ["Inverse", "NobodyKnowsThis"])
def test_what_cannot_be_run_is_not_judged(tmp_path: Path, op: str) -> None:
    layer, hows = _layer(tmp_path, op, shape=(1, 2, 6, 5))
    assert hows == [How.UNKNOWN]
    assert layer.unknown == (f"com_microsoft.{op}.default",)
