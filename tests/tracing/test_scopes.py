"""Layers have the names that a reader of the model's code would give them."""

import torch
from torch import Tensor, nn

import rfa_report
from rfa_report import Verdict


class Shared(nn.Module):
    """Calls its head twice, drops nothing, gates, and ends in a vector."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.head = nn.Conv2d(8, 8, 3, padding=1)
        self.drop = nn.Dropout()
        self.out = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        y = self.drop(self.head(self.head(x))) + x
        y = y * torch.sigmoid(y.mean((2, 3), keepdim=True))
        z: Tensor = self.out(y.flatten(2).mean(2))
        return z


def test_ids_edges_and_verdicts() -> None:
    at = rfa_report.analyze(Shared(), 32).at(32)
    assert [layer.id for layer in at.layers] == [
        "stem#0",
        "head#0",
        "head#1",
        "drop#0",
        "add#0",
        "mean#0",
        "sigmoid#0",
        "mul#0",
        "mean#1",
        "out#0",
    ]
    assert at.layer("stem#0").inputs == ("input",)
    assert at.layer("add#0").inputs == ("drop#0", "stem#0")
    assert at.layer("drop#0").kind == "Dropout"
    assert at.layer("add#0").rf_min["h"] == 3
    assert at.layer("add#0").rf_max["h"] == 7
    assert at.layer("mean#0").verdict is Verdict.GLOBAL
    assert at.layer("mul#0").global_context
    assert at.layer("mul#0").rf_max["h"] == 7
    assert at.layer("out#0").rf_min == {"h": float("inf"), "w": float("inf")}
    assert at.depth == 3


def test_reach_counts_existing_positions_only() -> None:
    layer = rfa_report.analyze(Shared(), ["9x12"]).at("9x12").layer("head#0")
    reach = layer.reach("h")
    assert reach is not None
    first, last = reach
    assert first.tolist() == [0, 0, 0, 1, 2, 3, 4, 5, 6]
    assert last.tolist() == [2, 3, 4, 5, 6, 7, 8, 8, 8]
    assert layer.dims == {"h": 2, "w": 3}
    assert rfa_report.analyze(Shared(), 9).at(9).layer("out#0").reach("h") is None


def test_a_single_builtin_module_is_one_layer() -> None:
    (layer,) = rfa_report.analyze(nn.Conv2d(3, 4, (3, 5), 2), 16).at(16).layers
    assert layer.id == "conv2d#0"
    assert layer.rf_max == {"h": 3, "w": 5}
    assert layer.macs == 4 * 3 * 15 * 7 * 6
    assert layer.params == 4 * 3 * 15 + 4


def test_attention_is_one_box_and_global() -> None:
    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Conv2d(3, 8, 4, 4)
            self.attn = nn.MultiheadAttention(8, 2, batch_first=True)

        def forward(self, x: Tensor) -> Tensor:
            tokens = self.embed(x).flatten(2).transpose(1, 2)
            mixed, _ = self.attn(tokens, tokens, tokens, need_weights=False)
            y: Tensor = tokens + mixed
            return y

    at = rfa_report.analyze(Block(), 32).at(32)
    attention = at.layer("attn.attention#0")
    assert attention.verdict is Verdict.GLOBAL
    assert attention.macs == 2 * 2 * 64 * 64 * 4
    joined = at.layer("add#0")
    assert joined.rf_min == {"h": 4, "w": 4}
    assert joined.global_context


def test_unknown_operator_is_not_judged_by_name() -> None:
    class Sorted(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)

        def forward(self, x: Tensor) -> Tensor:
            y: Tensor = self.conv(torch.bernoulli(x))
            return y

    layer = rfa_report.analyze(Sorted(), 16).at(16).layer("conv#0")
    assert layer.verdict is Verdict.NOT_JUDGED
    assert layer.unknown == ("aten.bernoulli.default",)
    assert layer.rf_max == {"h": None, "w": None}


def test_given_model_is_left_alone() -> None:
    model = Shared().train()
    before = {name: p.clone() for name, p in model.named_parameters()}
    rfa_report.analyze(model, 16)
    assert model.training
    assert all(p.device.type == "cpu" and torch.equal(p, before[name]) for name, p in model.named_parameters())
