from pathlib import Path

import numpy as np
import onnx
import pytest

from rfa_report import sources


@pytest.mark.parametrize(("promised", "length"), [(53, 53), (None, 52), (60, 52)])
def test_a_length_that_the_file_promises_is_taken(tmp_path: Path, promised: int | None, length: int) -> None:
    value = onnx.helper.make_tensor_value_info
    resize = onnx.helper.make_node("Resize", ["x", "", "scales"], ["y"], mode="linear")
    scales = onnx.numpy_helper.from_array(np.array([1, 1, 0.53], dtype=np.float32), "scales")
    output = value("y", 1, [1, 2, promised])
    graph = onnx.helper.make_graph([resize], "g", [value("x", 1, [1, 2, 100])], [output], [scales])
    path = tmp_path / "net.onnx"
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)]), str(path))
    recording = sources.resolve(str(path)).record((100,))
    assert recording.values[recording.outputs[0]].shape == (1, 2, length)
