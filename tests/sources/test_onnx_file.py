from pathlib import Path
from typing import Any

import onnx
import pytest
import torch
from torch import Tensor, nn

from command_line import run
from rfa_report import sources
from rfa_report.api import analyze
from rfa_report.core.errors import SpecError
from rfa_report.core.inputs import parse_inputs
from rfa_report.core.subject import Subject

KINDS = {"float": 1, "int": 7}


def _subject(folder: Path, *inputs: tuple[str, str, list[Any]], op: str = "Relu") -> Subject:
    value = onnx.helper.make_tensor_value_info
    given = [value(name, KINDS[kind], dims) for name, kind, dims in inputs]
    nodes = [onnx.helper.make_node(op, [inputs[0][0]], ["y"])]
    nodes += [onnx.helper.make_node("Identity", [name], [f"{name}_out"]) for name, _, _ in inputs[1:]]
    graph = onnx.helper.make_graph(nodes, "g", given, [value("y", 1, None)])
    path = folder / "net.onnx"
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)]), str(path))
    return sources.resolve(f"onnx:{path}")


def test_a_fixed_input_is_what_the_graph_was_made_for(tmp_path: Path) -> None:
    subject = _subject(tmp_path, ("x", "float", [1, 4, 96, 128]))
    assert (subject.design.size, subject.design.channels, subject.design.guessed) == ((96, 128), 4, False)
    assert subject.record((96, 128)).refusal is None
    assert "exported for inputs of 1×4×96×128 only" in str(subject.record((128, 128)).refusal)


def test_lengths_that_are_left_open_follow_the_resolution(tmp_path: Path) -> None:
    subject = _subject(tmp_path, ("x", "float", ["batch", 3, "h", "w"]))
    assert subject.design.guessed
    assert subject.record((40, 50)).values[0].shape == (1, 3, 40, 50)


def test_channels_may_come_last(tmp_path: Path) -> None:
    subject = _subject(tmp_path, ("x", "float", [None, None, None, 3]))
    assert [given.pattern for given in subject.design.inputs] == ["1 h w 3"]
    assert subject.record((40, 50)).values[0].shape == (1, 40, 50, 3)


def test_a_graph_with_several_inputs_names_them(tmp_path: Path) -> None:
    subject = _subject(tmp_path, ("image", "float", [1, 3, "h", "w"]), ("count", "int", [1]))
    assert {given.name: given.pattern for given in subject.design.inputs} == {"image": "1 3 h w", "count": "int 1"}
    recording = subject.record((32, 32))
    assert recording.refusal is None
    assert [recording.values[v].origin for v in recording.inputs] == ["input"]


def test_inputs_that_nobody_gives_are_named(tmp_path: Path) -> None:
    subject = _subject(tmp_path, ("image", "float", [1, 3, "h", "w"]), ("count", "int", [1]))
    assert "the graph also takes count" in str(subject.run((32, 32), subject.design.inputs[:1]).refusal)


def test_inputs_that_the_graph_does_not_have_are_named(tmp_path: Path) -> None:
    subject = _subject(tmp_path, ("image", "float", [1, 3, "h", "w"]))
    refusal = subject.run((32, 32), parse_inputs({"image": "1 3 h w", "depth": "1 1 h w"})).refusal
    assert refusal == "the graph has no input depth, only image"


def test_a_resolution_of_other_axes_is_refused(tmp_path: Path) -> None:
    subject = _subject(tmp_path, ("tokens", "int", [1, "length"]), op="Cast")
    assert "runs along l, and 32×32 does not" in str(subject.record((32, 32)).refusal)


def test_a_file_takes_no_arguments(tmp_path: Path) -> None:
    _subject(tmp_path, ("x", "float", [1, 3, "h", "w"]))
    with pytest.raises(SpecError, match="takes no arguments"):
        sources.resolve(str(tmp_path / "net.onnx"), {"width": 2})


def test_a_report_is_made_of_a_file(tmp_path: Path) -> None:
    _subject(tmp_path, ("x", "float", [1, 3, "h", "w"]), op="GlobalAveragePool")
    report = analyze(str(tmp_path / "net.onnx"), [32, 64])
    assert (report.title, report.versions["onnx"]) == ("net", onnx.__version__)
    assert [layer.kind for layer in report.resolutions[0].layers] == ["mean"]


@pytest.mark.parametrize("spec", ["nets/net.onnx", "onnx:nets/net.onnx", "nets.py:net", "torchvision:net"])
def test_a_page_is_named_after_the_file(spec: str) -> None:
    assert sources.scheme_of(spec).title(spec) == "net"


def test_several_outputs_have_the_names_of_the_graph(tmp_path: Path) -> None:
    value, node = onnx.helper.make_tensor_value_info, onnx.helper.make_node
    nodes = [
        node("Relu", ["x"], ["fine"]),
        node("AveragePool", ["fine"], ["coarse"], kernel_shape=[2, 2], strides=[2, 2]),
    ]
    ends = [value("x", 1, [1, 3, "h", "w"])], [value(name, 1, None) for name in ("coarse", "fine")]
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph(nodes, "g", *ends)), str(tmp_path / "net.onnx"))
    at = analyze(f"onnx:{tmp_path / 'net.onnx'}", 16).at(16)
    assert [(one.id, one.output_shape[-1]) for one in at.outputs] == [("output[coarse]", 8), ("output[fine]", 16)]


class Small(nn.Module):
    """Two stages and a head."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.BatchNorm2d(4), nn.ReLU())
        self.body = nn.Sequential(nn.Conv2d(4, 4, 5, padding=2), nn.ReLU(), nn.Conv2d(4, 4, 3, 2))
        self.head = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.head(self.body(self.stem(x)).mean((2, 3)))
        return y


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_torch_exports_has_the_layers_of_the_model(tmp_path: Path) -> None:
    open_ends = {"x": {2: "h", 3: "w"}}
    torch.onnx.export(
        Small().eval(), (torch.zeros(1, 3, 32, 32),), str(tmp_path / "small.onnx"),
        dynamo=False, input_names=["x"], dynamic_axes=open_ends,
    )  # fmt: skip
    exported, own = analyze(str(tmp_path / "small.onnx"), [8, 33]), analyze(Small, [8, 33])
    for size in (8, 33):
        kernels = [[one for one in report.at(size).layers if one.convolutions] for report in (exported, own)]
        told = [[(one.id, one.verdict, one.rf_min, one.rf_max, one.jump) for one in some] for some in kernels]
        assert told[0] == told[1]
        assert [key for key, *_ in told[0]] == ["stem.0#0", "body.0#0", "body.2#0"]
    assert exported.at(33).r_min == own.at(33).r_min
    shown = run("show", "small.onnx", "-r", "33", cwd=tmp_path)
    assert (shown.returncode, "body.2#0" in shown.stdout) == (0, True), shown.stderr
