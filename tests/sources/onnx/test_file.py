from pathlib import Path
from typing import Any

import onnx
import pytest

from rfa_report import sources
from rfa_report.core.errors import ModelError, RfaError, SpecError

FLOAT = 1


def _model(*nodes: Any, weights: Any = (), opset: int = 18) -> Any:
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        list(nodes), "g", [value("x", FLOAT, [1, 3, None, None])], [value("y", FLOAT, None)], list(weights)
    )
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)], ir_version=8)


def _node(op: str, *inputs: str, to: str = "y", **attributes: Any) -> Any:
    return onnx.helper.make_node(op, inputs, [to], name=f"the_{to}", **attributes)


def _kept_apart(location: str) -> Any:
    """Describe a weight whose numbers lie in another file."""
    weight = onnx.TensorProto(name="w", dims=[4, 3, 3, 3], data_type=FLOAT)
    weight.data_location = onnx.TensorProto.EXTERNAL
    weight.external_data.add(key="location", value=location)
    return weight


def _error(path: Path) -> RfaError:
    with pytest.raises(RfaError) as caught:
        sources.resolve(str(path)).record((32, 32))
    assert "\n" not in str(caught.value)
    assert caught.value.next_step
    return caught.value


def _saved(folder: Path, model: Any) -> Path:
    path = folder / "net.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert isinstance(_error(tmp_path / "net.onnx"), SpecError)


@pytest.mark.parametrize("content", [b"", b"not a graph", None], ids=["empty", "text", "truncated"])
def test_a_file_that_is_no_graph(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "net.onnx"
    whole = _model(_node("Relu", "x")).SerializeToString()
    path.write_bytes(whole[:-7] if content is None else content)
    assert isinstance(_error(path), ModelError)


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = _saved(tmp_path, _model(_node("Conv", "x", "inner.weight")))
    path.write_bytes(path.read_bytes().replace(b"inner.weight", b"inner\xff\xfeeight"))
    assert isinstance(_error(path), ModelError)


def test_a_graph_that_goes_in_a_circle_is_named(tmp_path: Path) -> None:
    path = _saved(tmp_path, _model(_node("Add", "x", "b", to="a"), _node("Relu", "a", to="b"), _node("Relu", "b")))
    assert "the_a → the_b → the_a" in str(_error(path)) or "the_b → the_a → the_b" in str(_error(path))


def test_nodes_in_another_order_are_put_in_order(tmp_path: Path) -> None:
    path = _saved(tmp_path, _model(_node("Relu", "a"), _node("MaxPool", "x", to="a", kernel_shape=[3, 3])))
    recording = sources.resolve(str(path)).record((32, 32))
    assert [call.packet for call in recording.calls] == ["max_pool2d_with_indices", "relu"]


@pytest.mark.parametrize(("opset", "word"), [(6, "convert_version"), (999, "update onnx")])
def test_an_opset_that_nobody_knows_here(tmp_path: Path, opset: int, word: str) -> None:
    assert word in str(_error(_saved(tmp_path, _model(_node("Relu", "x"), opset=opset))))


@pytest.mark.parametrize("location", ["../w.data", "/etc/hostname", "inner/../../w.data"])
def test_weights_outside_of_the_folder_are_refused(tmp_path: Path, location: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    model = _model(_node("Conv", "x", "w"), weights=[_kept_apart(location)])
    assert "outside of the model's folder" in str(_error(_saved(inner, model)))


def test_weights_whose_file_is_missing_are_not_needed(tmp_path: Path) -> None:
    model = _model(_node("Conv", "x", "w"), weights=[_kept_apart("w.data")])
    recording = sources.resolve(str(_saved(tmp_path, model))).record((32, 32))
    assert recording.refusal is None
    assert recording.values[recording.outputs[0]].shape == (1, 4, 30, 30)


def test_an_operator_that_nobody_knows_is_named_and_not_judged(tmp_path: Path) -> None:
    model = _model(onnx.helper.make_node("Sharpen", ["x"], ["y"], domain="org.example"))
    recording = sources.resolve(str(_saved(tmp_path, model))).record((32, 32))
    assert [call.op for call in recording.calls] == ["org_example.Sharpen.default"]


def test_an_operator_of_another_domain_is_another_operator(tmp_path: Path) -> None:
    model = _model(onnx.helper.make_node("Conv", ["x", "x"], ["y"], domain="com.ms.internal.nhwc"))
    recording = sources.resolve(str(_saved(tmp_path, model))).record((32, 32))
    assert [call.op for call in recording.calls] == ["com_ms_internal_nhwc.Conv.default"]


def test_a_function_of_the_file_is_spelled_out(tmp_path: Path) -> None:
    pool = onnx.helper.make_node("MaxPool", ["a"], ["b"])
    reference = pool.attribute.add(name="kernel_shape", type=onnx.AttributeProto.INTS)
    reference.ref_attr_name = "size"
    opsets = [onnx.helper.make_opsetid("", 18)]
    function = onnx.helper.make_function("org.example", "Pool", ["a"], ["b"], [pool], opsets, ["size"])
    model = _model(onnx.helper.make_node("Pool", ["x"], ["y"], domain="org.example", size=[4, 2]))
    model.functions.append(function)
    recording = sources.resolve(str(_saved(tmp_path, model))).record((32, 32))
    assert recording.refusal is None
    assert [call.args[1] for call in recording.calls] == [(4, 2)]


def test_an_input_that_nothing_makes_is_named(tmp_path: Path) -> None:
    subject = sources.resolve(str(_saved(tmp_path, _model(_node("Add", "x", "gone")))))
    assert "takes gone, which no node makes" in str(subject.record((32, 32)).refusal)


def test_a_size_that_does_not_fit_is_refused_in_words(tmp_path: Path) -> None:
    model = _model(_node("MaxPool", "x", kernel_shape=[9, 9]))
    subject = sources.resolve(str(_saved(tmp_path, model)))
    assert subject.record((9, 9)).refusal is None
    assert "kernel of 9 on 8 positions" in str(subject.record((8, 9)).refusal)
