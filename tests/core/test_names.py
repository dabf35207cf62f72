"""A name stands for a map: a layer's, or the one that a module or a stage hands on."""

import pytest
import torch
from torch import Tensor, nn

import rfa_report
from oracle.compare import computed
from oracle.nan import Oracle, concrete, first_and_last
from rfa_report import ResolutionReport, RfaError, store
from rfa_report.core.errors import LayerError
from rfa_report.core.names import inside, parameters
from rfa_report.tracing import on_meta, trace


class Block(nn.Module):
    """Two convolutions and a skip connection."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(4, 4, 3, padding=1)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.relu(self.conv2(self.relu(self.conv1(x))))


class Neck(nn.Module):
    """Returns two maps by name, the finer one last, and computes one that nobody reads."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(4, 4, 3, 2, padding=1)
        self.side = nn.Conv2d(4, 4, 1)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        coarse = self.down(x)
        self.side(x)
        return {"coarse": coarse, "fine": x}


class Net(nn.Module):
    """A stage, blocks in a list, a neck, and a head that sees both of its maps."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, 2, padding=1)
        self.stage = nn.Sequential(Block(), Block())
        self.blocks = nn.ModuleList([Block(), Block()])
        self.neck = Neck()
        self.head = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.Flatten(2))

    def forward(self, x: Tensor) -> list[Tensor]:
        x = self.stage(self.stem(x))
        for block in self.blocks:
            x = block(x)
        maps = self.neck(x)
        return [self.head(maps["coarse"]), self.head(maps["fine"])]


@pytest.fixture(scope="module")
def at() -> ResolutionReport:
    return rfa_report.analyze(Net, 48).at(48)


@pytest.mark.parametrize(
    ("name", "layer", "rf_min", "rf_max", "jump"),
    [
        ("stem#0", "stem#0", 3, 3, 2),
        ("stem", "stem#0", 3, 3, 2),
        ("stage.1.conv2", "stage.1.conv2#0", 11, 19, 2),  # the last convolution, which is not what the stage returns:
        ("stage", "stage.1.add#0", 3, 19, 2),
        ("stage#0", "stage.1.add#0", 3, 19, 2),
        ("stage.0", "stage.0.add#0", 3, 11, 2),
        ("blocks", "blocks.1.add#0", 3, 35, 2),  # a list, which nobody calls
        ("neck[coarse]", "neck.down#0", 7, 39, 4),
        ("neck#0[fine]", "blocks.1.add#0", 3, 35, 2),
    ],
)
def test_a_name_has_the_numbers_of_its_map(
    at: ResolutionReport, name: str, layer: str, rf_min: int, rf_max: int, jump: int
) -> None:
    found = at.layer(name)
    assert found.id == layer
    assert [found.rf_min["h"], found.rf_max["h"], found.jump["h"]] == [rf_min, rf_max, jump]


def test_the_reach_of_modules_is_that_of_the_real_network() -> None:
    size = (1, 3, 37, 44)
    recording = trace(on_meta(Net()), size)
    at = rfa_report.analyze(Net, "37x44").at("37x44")
    shapes = {key: judged.shape for key, judged in computed(recording).items()}
    compared = set()
    for axis, name in enumerate("hw"):
        for call, dims in Oracle(concrete(Net()), size, shapes, 24, fast=False).masks(axis).items():
            if not call.startswith(("#", "neck#", "head")):  # of several values the oracle sees the first only
                reach = at.layer(call).reach(name)
                assert reach is not None
                assert tuple(tuple(ends.tolist()) for ends in reach) == first_and_last(dims[2 + axis]), call
                compared.add(call)
    assert {"stage#0", "stage.0#0", "stage.1#0", "blocks.0#0", "blocks.1#0"} < compared


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("stge", "no layer, module, stage or output is called 'stge'; the nearest are stage, stage.1, "),
        ("block.1", "no layer, module, stage or output is called 'block.1'; the nearest are blocks.1, "),
        ("", "no layer, module, stage or output is called ''; the nearest are stem#0, "),
        ("head", "'head' stands for 2 maps; name one of them: head#0, head#1"),
        ("stage.1.relu", "'stage.1.relu' stands for 2 maps; name one of them: stage.1.relu#0, stage.1.relu#1"),
        ("neck", "'neck' stands for 2 maps; name one of them: neck#0[fine], neck#0[coarse]"),
    ],
)
def test_what_is_no_name_or_several_gets_those_to_choose_from(at: ResolutionReport, name: str, says: str) -> None:
    with pytest.raises(LayerError) as caught:
        at.layer(name)
    assert str(caught.value).startswith(says)
    assert isinstance(caught.value, (RfaError, LookupError))


def test_each_call_of_a_module_has_its_own_map(at: ResolutionReport) -> None:
    assert [at.layer(f"head#{call}").output_shape for call in (0, 1)] == [(1, 4, 144), (1, 4, 576)]
    assert [at.layer(f"head#{call}").rf_max["h"] for call in (0, 1)] == [47, 39]


def test_names_are_stored(at: ResolutionReport) -> None:
    report = rfa_report.analyze(Net, [40, 48])
    text = store.dumps(report)
    assert store.loads(text) == report
    assert text.count('"stage#0"') == 1, "once for all resolutions"
    assert store.loads(text).at(48).layer("stage").id == "stage.1.add#0"


def test_a_list_whose_modules_work_side_by_side_is_no_single_map() -> None:
    class Branches(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.branches = nn.ModuleList(nn.Conv2d(3, 2, k, padding=k // 2) for k in (1, 3))

        def forward(self, x: Tensor) -> Tensor:
            return torch.cat([branch(x) for branch in self.branches], 1)

    with pytest.raises(LayerError, match=r"2 maps; name one of them: branches\.0#0, branches\.1#0"):
        rfa_report.analyze(Branches, 16).at(16).layer("branches")


def test_what_a_module_holds_counts_its_parameters_once(at: ResolutionReport) -> None:
    """A 3x3 convolution of 4 channels has 148 parameters; the head is called twice, the neck's 1x1 has 20."""
    assert [layer.id for layer in inside(at.layers, "head")] == ["head.0#0", "head.1#0", "head.0#1", "head.1#1"]
    assert inside(at.layers, "head.0") == inside(at.layers, "hea") == inside(at.layers, "head#1") == ()
    assert inside(at.layers, "stage.0#0") == inside(at.layers, "stage.0") == inside(at.layers, "stage")[:5]
    counts = {name: parameters(inside(at.layers, name)) for name in ("head", "neck", "stage", "blocks.0")}
    assert counts == {"head": 148, "neck": 168, "stage": 4 * 148, "blocks.0": 2 * 148}
    attention = rfa_report.analyze(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), "l=9", inputs="1 l 8")
    layers = attention.at((9,)).layers
    assert parameters(inside(layers, "self_attn")) == 8 * 24 + 24 + 8 * 8 + 8, "two functions of one name are two"


class Tokens(nn.Module):
    """Works on tokens, and returns them as a map; the second of its two values is the state of a recurrent layer."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4)
        self.rnn = nn.GRU(4, 4, batch_first=True)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        n, c, h, w = x.shape
        tokens = self.norm(x.flatten(2).transpose(1, 2))
        _, state = self.rnn(tokens)
        return tokens.transpose(1, 2).reshape(n, c, h, w), state


class Embedded(nn.Module):
    """Tokens in a map of patches; what its first module returns has its channels last."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Sequential(nn.Conv2d(3, 4, 16, 16), ChannelsLast())
        self.stage = nn.Sequential(Tokens())
        self.last = nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.last(self.stage(self.patches(x).permute(0, 3, 1, 2))[0])
        return y


class ChannelsLast(nn.Module):
    """Rearranges a map."""

    def __init__(self) -> None:
        super().__init__()
        self.rest = nn.ModuleList()

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, 2, 3, 1)


def test_a_module_that_returns_tokens_as_a_map_has_the_reach_of_the_map() -> None:
    size = (1, 3, 48, 80)
    report = rfa_report.analyze(Embedded, "48x80")
    at = report.at("48x80")
    assert at.layer("stage.0.norm").reach("h") is None, "tokens run along both axes"
    view = at.layer("stage[0]")
    assert (view.id, view.output_shape, view.dims) == ("stage#0[0]", (1, 4, 3, 5), {"h": 2, "w": 3})
    assert (view.jump, view.rf_max, view.inputs) == ({"h": 16, "w": 16}, {"h": 16, "w": 16}, ("stage.0.norm#0",))
    oracle = Oracle(concrete(Embedded()), size, {"stage#0": view.output_shape}, 8, fast=False)
    for axis, name in enumerate("hw"):
        reach = view.reach(name)
        assert reach is not None
        assert tuple(tuple(ends.tolist()) for ends in reach) == first_and_last(oracle.masks(axis)["stage#0"][2 + axis])
    state = at.layer("stage[1]")
    assert (state.output_shape, state.inputs) == ((1, 1, 4), ("stage.0.rnn#0",)), "not the first output of its layer"
    with pytest.raises(LayerError, match=r"'stage' stands for 2 maps; name one of them: stage#0\[0\], stage#0\[1\]"):
        at.layer("stage")
    assert at.layer("patches").id == "patches.0#0", "in another order it is the same map"
    assert {layer.id: layer.returned_by for layer in at.views} == {
        "stage#0[0]": ("stage.0#0[0]",),
        "stage#0[1]": ("stage.0#0[1]",),
    }
    assert store.loads(store.dumps(report)) == report
