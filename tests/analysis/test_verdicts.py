"""Verdicts where axes differ: in what is global on them, and in how much of the image an input shows."""

import pytest
from torch import Tensor, nn

from rfa_report import Verdict, analyze


class _Means(nn.Module):
    """Take the mean over the rows, then over the columns, with something between."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.between, self.last = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, (1, 5)), nn.Conv2d(4, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.between(self.conv(x).mean(2, keepdim=True))
        z: Tensor = self.last(y.mean(3, keepdim=True))
        return z


@pytest.mark.parametrize(
    ("size", "verdict", "along_w"),
    [("16x16", Verdict.PRODUCTIVE, Verdict.PRODUCTIVE), ("16x6", Verdict.CRITICAL, Verdict.CRITICAL)],
)
def test_global_on_one_axis_is_not_critical_on_the_other(size: str, verdict: Verdict, along_w: Verdict) -> None:
    model = _Means()
    model.between.padding = (0, 2)
    at = analyze(model, size).resolutions[0]
    between = at.layer("between#0")
    assert between.rf_min == {"h": float("inf"), "w": 7}
    assert between.axis_verdicts == {"h": Verdict.GLOBAL, "w": along_w}
    assert between.verdict is verdict
    assert at.layer("last#0").verdict is Verdict.GLOBAL


class _Pyramid(nn.Module):
    """An image, and a net of its own for what shows a quarter of its rows and columns."""

    def __init__(self, low: nn.Module) -> None:
        super().__init__()
        self.high, self.low = nn.Conv2d(3, 4, 4, 4), low

    def forward(self, x: Tensor, low: Tensor) -> Tensor:
        y: Tensor = self.high(x) + self.low(low)
        return y


@pytest.mark.parametrize("size", [28, 30, 31, 32, 44, 47])
def test_what_a_small_input_feeds_is_judged_against_it(size: int) -> None:
    """At 31 pixels it has 7 rows, which stand for 28: a field of 28 sees all of them."""
    net = nn.Sequential(*[nn.Conv2d(3, 3, 3, padding=1) for _ in range(4)], nn.Conv2d(3, 4, 1))
    whole = analyze(_Pyramid(net), size, inputs={"x": "1 3 h w", "low": "1 3 h/4 w/4"}).at(size)
    alone = analyze(net, size // 4).at(size // 4)
    assert [whole.layer(f"low.{layer.id}").verdict for layer in alone.layers] == [
        layer.verdict for layer in alone.layers
    ]
    assert whole.layer("add#0").verdict is not Verdict.UNPRODUCTIVE


def test_an_input_of_half_the_rows_and_all_columns() -> None:
    net = nn.Sequential(*[nn.Conv2d(3, 3, 3, padding=1) for _ in range(3)])
    at = analyze(_Sided(net), 9, inputs={"x": "1 3 h w", "low": "1 3 h/2 w"}).at(9)
    assert at.layer("low.1#0").rf_min == {"h": 10, "w": 5}
    assert [at.layer(f"low.{n}#0").axis_verdicts["h"] for n in range(3)] == [
        Verdict.PRODUCTIVE,  # 6 of the 8 rows that it shows
        Verdict.CRITICAL,
        Verdict.UNPRODUCTIVE,
    ]


class _Sided(nn.Module):
    def __init__(self, low: nn.Module) -> None:
        super().__init__()
        self.low = low

    def forward(self, x: Tensor, low: Tensor) -> tuple[Tensor, Tensor]:
        return x.relu(), self.low(low)


class _Timed(nn.Module):
    """Add to a map what is computed from a time, which is no image."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.last = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 4, 3)
        self.time = nn.Sequential(nn.Linear(1, 8), nn.SiLU(), nn.Linear(8, 4))

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        y: Tensor = self.last(self.conv(x) + self.time(t)[:, :, None, None])
        return y


def test_what_no_pixel_reaches_is_no_layer_and_still_counts() -> None:
    at = analyze(_Timed(), 8, inputs={"x": "1 3 h w", "t": "1 1"}).at(8)
    assert [layer.id for layer in at.layers] == ["conv#0", "add#0", "last#0"]
    assert all(0 not in layer.rf_min.values() for layer in at.layers)
    assert at.layer("add#0").inputs == ("conv#0",)
    assert at.params == sum(p.numel() for p in _Timed().parameters())
    assert at.macs == 64 * 4 * 27 + 36 * 4 * 36 + 8 + 32
