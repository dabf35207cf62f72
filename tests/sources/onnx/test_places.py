from pathlib import Path
from typing import Any

import onnx
import pytest

from rfa_report.sources.onnx.file import Node, nodes_of
from rfa_report.sources.onnx.places import Place, places

FOLDED = {"pkg.onnxscript.rewriter.rule_name": "FuseBatchNormIntoConv"}


def _noted(*scopes: str, kind: str, operator: str) -> dict[str, str]:
    """Write the notes that torch's exporter leaves on a node."""
    classes = ["Net", *["torch.nn.Sequential"] * (len(scopes) - 1), f"torch.nn.{kind}"][: len(scopes) + 1]
    return {
        "pkg.torch.onnx.name_scopes": str(["", *scopes, operator]),
        "pkg.torch.onnx.class_hierarchy": str([*classes, f"aten.{operator}.default"]),
    }


def _nodes(*described: tuple[str, str, str, dict[str, str]]) -> tuple[Node, ...]:
    protos: list[Any] = []
    for at, (op, name, weight, notes) in enumerate(described):
        inputs = [f"v{at}", weight] if weight else [f"v{at}"]
        protos.append(onnx.helper.make_node(op, inputs, [f"v{at + 1}"], name=name))
        for key, value in notes.items():
            protos[-1].metadata_props.add(key=key, value=value)
    return nodes_of(protos, {"": 18}, Path())


def _places(*described: tuple[str, str, str, dict[str, str]]) -> list[Place]:
    nodes = _nodes(*described)
    found = places(nodes)
    return [found.nodes[id(node)] for node in nodes]


def test_a_weight_names_the_module() -> None:
    assert _places(("Conv", "node_Conv_3", "layer1.0.conv1.weight", {})) == [Place("layer1.0.conv1", True, "Conv{}d")]


def test_the_scopes_of_a_folded_convolution_are_those_of_its_batch_norm() -> None:
    notes = _noted("layer1", "layer1.bn", kind="BatchNorm2d", operator="batch_norm")
    conv = ("Conv", "node_Conv_3", "layer1.conv.weight")
    assert _places((*conv, notes | FOLDED))[0].path == "layer1.conv"
    assert _places((*conv, notes)) == [Place("layer1.bn", True, "BatchNorm2d")]


def test_names_of_nodes_are_paths() -> None:
    found = _places(
        ("Conv", "/layer1/layer1.0/conv1/Conv", "onnx::Conv_193", {}),
        ("Relu", "/layer1/layer1.0/relu/Relu", "", {}),
        ("Relu", "/layer1/layer1.0/relu_1/Relu", "", {}),
        ("Add", "/layer1/layer1.0/Add", "", {}),
        ("Flatten", "/Flatten", "", {}),
    )
    paths = ["layer1.0.conv1", "layer1.0.relu", "layer1.0.relu", "layer1.0", ""]
    assert [place.path for place in found] == paths
    assert [place.leaf for place in found] == [True, True, True, False, False]


def test_a_module_with_several_products_is_no_box() -> None:
    found = _places(
        ("MatMul", "/attn/MatMul", "", {}), ("Softmax", "/attn/Softmax", "", {}), ("MatMul", "/attn/MatMul_1", "", {})
    )
    assert {place.leaf for place in found} == {False}


def test_the_nodes_of_one_function_are_a_box() -> None:
    notes = _noted("block", kind="Block", operator="scaled_dot_product_attention")
    inner = _noted("block", "block.proj", kind="Linear", operator="linear")
    found = _places(
        ("MatMul", "a", "", notes), ("Softmax", "b", "", notes), ("MatMul", "c", "", notes), ("Gemm", "d", "", inner)
    )
    assert found[:3] == [Place("block.attention", True, "attention")] * 3
    assert found[3].path == "block.proj"


@pytest.mark.parametrize("scaled", [True, False])
def test_attention_that_was_spelled_out_is_a_box(*, scaled: bool) -> None:
    described = [
        ("Mul", ["q", "s"], "qs"),
        ("Transpose", ["k"], "kt"),
        ("Mul" if scaled else "Identity", ["kt", "s"][: 1 + scaled], "ks"),
        ("MatMul", ["qs", "ks"], "scores"),
        ("Softmax", ["scores"], "shares"),
        ("MatMul", ["shares", "v"], "y"),
    ]
    protos = [onnx.helper.make_node(op, ins, [out], name=f"/attn/{op}_{out}") for op, ins, out in described]
    nodes = nodes_of(protos, {"": 17}, Path())
    found = places(nodes)
    paths = {found.nodes[id(node)].path for node in nodes}
    assert paths == ({"attn.attention"} if scaled else {"attn"})


def test_what_only_rearranges_is_no_box_and_a_linear_map_is() -> None:
    moved = _noted("block", kind="Block", operator="roll")
    inner = _noted("block", "block.a", kind="ReLU", operator="relu")
    found = _places(
        ("Slice", "a", "", moved), ("Concat", "b", "", moved), ("Relu", "c", "", inner),
        ("Gemm", "d", "", _noted("block", kind="Block", operator="linear")),
    )  # fmt: skip
    assert [(place.path, place.leaf) for place in found] == [
        ("block", False), ("block", False), ("block.a", True), ("block.linear", True)
    ]  # fmt: skip


def test_names_that_mean_nothing_give_no_path_and_others_do() -> None:
    found = _places(("Relu", "Relu_12", "", {}), ("Relu", "", "", {}), ("Relu", "resnetv17-stage1-relu0", "", {}))
    assert [place.path for place in found] == ["", "", "resnetv17-stage1-relu0"]


def test_a_convolution_that_pads_one_side_more_is_no_module_of_torch() -> None:
    node = onnx.helper.make_node("Conv", ["x", "stem.weight"], ["y"], auto_pad="SAME_UPPER")
    nodes = nodes_of([node], {"": 18}, Path())
    assert places(nodes).nodes[id(nodes[0])].kind == "Conv"
