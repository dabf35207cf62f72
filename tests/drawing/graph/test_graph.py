"""Graphs of architectures: what is folded, what skips, what the overview shows; DOT against gold files."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from gold import check
from rfa_report import analyze
from rfa_report.core.report import ModelReport
from rfa_report.core.slug import anchor
from rfa_report.drawing.graph.graph import Graph, architecture_graphs, dot, element_id, element_ids
from rfa_report.drawing.graph.nodes import Node
from rfa_report.drawing.graph.spine import spine


class Block(nn.Module):
    """A residual block, with a convolution on its shortcut where the stride is not 1."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(before, after, 3, stride, 1)
        self.norm = nn.BatchNorm2d(after)
        self.act = nn.ReLU()
        self.drop = nn.Dropout()
        self.last = nn.Conv2d(after, after, 3, padding=1)
        self.short = nn.Conv2d(before, after, 1, stride) if stride > 1 else None

    def forward(self, x: Tensor) -> Tensor:
        y = self.last(self.drop(self.act(self.norm(self.conv(x)))))
        return y + (self.short(x) if self.short else x)


class Gated(nn.Module):
    """A squeeze-and-excitation gate after a convolution, then a head."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.pool, self.down, self.up = nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 2, 1), nn.Conv2d(2, 8, 1)
        self.last = nn.Conv2d(8, 8, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return self.last(x * torch.sigmoid(self.up(self.down(self.pool(x)))))


class Dense(nn.Module):
    """A dense block: every convolution reads all that was made before it."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(3 + 4 * n, 4, 3, padding=1) for n in range(size))

    def forward(self, x: Tensor) -> Tensor:
        found = [x]
        for conv in self.convs:
            found.append(conv(torch.cat(found, 1) if len(found) > 1 else x))
        return torch.cat(found[1:], 1)


class Deep(nn.Module):
    """Stages of residual blocks: more layers than fit on first sight."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3)
        self.one = nn.Sequential(*[Block(8, 8, 1) for _ in range(12)])
        self.two = nn.Sequential(Block(8, 8, 2), *[Block(8, 8, 1) for _ in range(14)])


def residual() -> ModelReport:
    return analyze(nn.Sequential(nn.Conv2d(3, 8, 3), Block(8, 8, 1), Block(8, 16, 2)), [16, 64])


def node(graph: Graph, key: str) -> Node:
    return next(node for node in graph.nodes if node.id == key)


def text(node: Node) -> list[str]:
    lines = node.lines if not node.map else (*node.lines, node.map)
    return ["".join(piece.text for piece in line if not piece.at or 0 in piece.at) for line in lines]


def test_convolution_norm_activation_and_dropout_are_one_node() -> None:
    (graph,) = architecture_graphs(residual())
    folded = node(graph, "1.conv#0")
    assert folded.members == ("1.conv#0", "1.norm#0", "1.act#0", "1.drop#0")
    assert text(folded) == ["Conv 3×3 · BN · ReLU", "RF 5", "14×14"]
    assert text(node(graph, "2.conv#0"))[0] == "Conv 3×3 /2 · BN · ReLU"


def test_map_sizes_that_differ_are_said_once_per_resolution_and_the_field_once() -> None:
    (graph,) = architecture_graphs(residual())
    found = node(graph, "1.conv#0")
    assert [(p.text, p.at) for p in found.lines[1]] == [("RF ", ()), ("5", ())]
    assert [(p.text, p.at) for p in found.map] == [("14×14", (0,)), ("62×62", (1,))]


def test_a_node_carries_the_verdict_of_its_head_and_links_to_its_row() -> None:
    report = analyze("torchvision:resnet18", [64, 224])
    (graph,) = architecture_graphs(report)
    folded = node(graph, "layer3.1.conv2#0")
    at_64 = report.at(64)
    assert [at_64.layer(key).verdict.value for key in folded.members] == ["critical", "unproductive"]
    assert folded.verdicts == ("critical", "productive")
    assert folded.href == anchor("layer3.1.conv2#0")


def test_the_identity_is_a_skip_and_a_shortcut_with_a_convolution_is_none() -> None:
    (graph,) = architecture_graphs(residual())
    assert [(edge.tail, edge.head) for edge in graph.edges if edge.skip] == [("0#0", "1.add#0")]
    assert "2.short#0" not in graph.main
    assert graph.main[-3:] == ("2.conv#0", "2.last#0", "2.add#0")


def test_a_gate_is_a_side_branch_however_long() -> None:
    (graph,) = architecture_graphs(analyze(Gated(), 32))
    assert graph.main == ("port:input", "conv#0", "mul#0", "last#0")


def test_the_main_branch_takes_the_gate_where_there_is_nothing_else() -> None:
    path, skips = spine({"a": 1, "gate": 1, "mul": 1}, [("a", "gate"), ("gate", "mul"), ("a", "mul")], {"gate"}, set())
    assert path == ["a", "gate", "mul"]
    assert skips == {("a", "mul")}


def test_a_concatenation_that_extends_an_earlier_one_takes_its_place() -> None:
    (graph,) = architecture_graphs(analyze(Dense(12), 32))
    feeding = [sum(edge.head == found.id for edge in graph.edges) for found in graph.nodes]
    assert max(feeding[:-1]) == 2, "every concatenation but the last one has two inputs"


def test_a_concatenation_that_only_looks_alike_keeps_its_inputs() -> None:
    class Twice(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            a, b = x * 2, x + 1
            first = torch.cat([a, b, b], 1)
            return first.sum(1, keepdim=True) + torch.cat([a, b, torch.tanh(x)], 1)

    (graph,) = architecture_graphs(analyze(Twice(), 8))
    assert not any(edge.tail == "cat#0" and edge.head == "cat#1" for edge in graph.edges)


def test_layers_that_do_not_depend_on_the_input_are_left_out() -> None:
    class Constant(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.table = nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 1)

        def forward(self, x: Tensor) -> Tensor:
            return self.conv(x) + self.table(torch.ones_like(x))

    (graph,) = architecture_graphs(analyze(Constant(), 8))
    assert [key for found in graph.nodes for key in found.members] == ["conv#0", "add#0"]


def test_a_layer_that_a_resolution_refuses_is_absent_there() -> None:
    (graph,) = architecture_graphs(analyze("torchvision:alexnet", [32, 224]))
    assert node(graph, "features.12#0").verdicts == ("absent", "productive")
    assert node(graph, "features.0#0").verdicts == ("productive", "productive")


@pytest.mark.slow
def test_a_large_net_shows_modules_at_first_sight_and_its_stages_in_detail() -> None:
    report = analyze(nn.Sequential(*Deep().children()), 64)
    overview, *details = architecture_graphs(report)
    assert len(overview.nodes) <= 61
    assert overview.title == "Sequential: overview"
    assert [graph.title for graph in details] == ["1", "2.0 to 6", "2.7 to 14"]
    block = node(overview, "2.0")
    assert block.form == "module"
    assert dict(block.shares[0]) == {"productive": 7}
    assert text(block)[2] == "all 7 productive"
    drawn = {key for graph in details for found in graph.nodes for key in found.members}
    assert drawn == {layer.id for layer in report.at(64).layers} - {"0#0"}
    assert all(graph.slug.startswith(f"{overview.slug}-") for graph in details)


@pytest.mark.slow
def test_blocks_that_repeat_are_drawn_once_in_the_overview() -> None:
    overview, *details = architecture_graphs(analyze(nn.Sequential(*Deep().children()), 64))
    folded = node(overview, "1.0 to 11")
    assert text(folded)[0] == "1.0 to 11 · ×12"
    assert text(folded)[2] == "all 72 productive"
    assert sum(found.id.endswith("add#0") for found in details[0].nodes) == 12, "its stage shows each of them"


def test_blocks_that_differ_in_a_verdict_are_drawn_apart() -> None:
    pair = [nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1)) for _ in range(40)]
    overview, *_ = architecture_graphs(analyze(nn.Sequential(nn.Sequential(*pair)), 32))
    found = [(node.id, node.verdicts) for node in overview.nodes if node.form == "module"]
    assert found == [
        ("0.0 to 6", ("productive",)),
        ("0.7", ("critical",)),
        ("0.8 to 39", ("unproductive",)),
    ]


def test_every_layer_of_a_stage_is_found_in_the_graph_that_details_it() -> None:
    graphs = architecture_graphs(analyze("torchvision:resnet50", 224))
    ids = element_ids(graphs)
    by_id = {element_id(graph, found): found for graph in graphs for found in graph.nodes}
    assert len(by_id) == sum(len(graph.nodes) for graph in graphs)
    assert by_id[ids["layer2.0.bn1#0"]].id == "layer2.0.conv1#0"
    assert by_id[ids["conv1#0"]].id == "conv1#0"


@pytest.mark.slow
@pytest.mark.parametrize("size", [90, 300])
def test_a_long_sequential_does_not_vanish_in_one_node(size: int) -> None:
    flat = nn.Sequential(nn.Sequential(*[nn.Conv2d(3, 3, 3, padding=1) for _ in range(size)]))
    overview, *details = architecture_graphs(analyze(flat, 16))
    assert 8 <= len(overview.nodes) <= 61
    assert max(len(graph.nodes) for graph in details) <= 101


def test_no_layers_no_graph() -> None:
    assert architecture_graphs(replace(residual(), resolutions=())) == ()


@pytest.mark.parametrize("name", ["residual", "gated", "dense", "alexnet"])
def test_dot_is_as_it_was(name: str) -> None:
    reports: dict[str, Callable[[], ModelReport]] = {
        "residual": residual,
        "gated": lambda: analyze(Gated(), 32),
        "dense": lambda: analyze(Dense(5), 32),
        "alexnet": lambda: analyze("torchvision:alexnet", [32, 224]),
    }
    graphs = architecture_graphs(reports[name]())
    check(f"{name}.dot", "".join(map(dot, graphs)))


def test_dot_draws_the_main_branch_as_one_group_and_a_skip_dashed() -> None:
    (graph,) = architecture_graphs(residual())
    lines = dot(graph).splitlines()
    assert sum("group=main" in line for line in lines) == len(graph.main)
    assert [line.strip() for line in lines if "dashed" in line] == ['"0#0" -> "1.add#0" [style=dashed weight=0]']


def test_a_node_prints_the_field_that_explains_its_colour() -> None:
    """Productive means that the smallest field is within the image, however large the largest one is."""
    (graph,) = architecture_graphs(analyze(Dense(16), 24))
    productive = [found for found in graph.nodes if found.form == "layer" and found.verdicts == ("productive",)]
    fields = [text(found)[1].removeprefix("RF ").split("–") for found in productive]
    assert len(fields) > 8
    assert all(int(field[0]) <= 24 for field in fields)
    assert any(int(field[-1]) > 24 for field in fields)
