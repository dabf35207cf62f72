"""The chart of productive depth as numbers: steps, bands, gaps, dots, the table."""

import pytest

from rfa_report import analyze
from rfa_report.analysis.curve import Curve, Known, Step, curve
from rfa_report.drawing.charts.depth import DepthChart, NamedCurve, depth_chart, depth_words
from rfa_report.wording.numbers import NBSP

STEPS = (
    Step(1, 15, Known.REFUSED, 0, 0),
    Step(16, 31, Known.EXACT, 1, 1),
    Step(32, 63, Known.BETWEEN, 1, 3),
    Step(64, 512, Known.EXACT, 4, 4),
)


def chart(*steps: Step) -> DepthChart:
    return depth_chart("depth-net", [NamedCurve("net", "net", Curve(4, steps, (8, 16, 64)))])


def test_exact_steps_are_lines_and_open_ones_bands() -> None:
    found = chart(*STEPS)
    (series,) = found.series
    assert [(s.least, s.most, s.exact) for s in series.stretches] == [
        (0.25, 0.25, True),
        (0.25, 0.75, False),
        (1.0, 1.0, True),
    ]
    assert (found.bands, found.gaps) == (True, True)
    whole = chart(Step(1, 512, Known.EXACT, 4, 4))
    assert (whole.bands, whole.gaps) == (False, False)


def test_where_nothing_is_known_there_is_a_gap() -> None:
    found = chart(Step(1, 63, Known.BETWEEN, 0, 4), STEPS[3])
    assert (len(found.series[0].stretches), found.bands, found.gaps) == (1, False, True)
    assert found.table.rows[0] == ("1–63", "0 to 4 of 4")


def test_resolutions_stand_on_a_logarithmic_scale() -> None:
    found = chart(*STEPS)
    at = dict(found.resolutions)
    assert at["32"] - at["16"] == pytest.approx(at["64"] - at["32"])
    assert (at["8"], at["512"]) == (0.0, 1.0)
    assert [point.label for point in found.series[0].points] == ["16", "64"], "a refused resolution has no depth"
    assert found.series[0].points[1].x == at["64"]


def test_a_table_holds_every_step_in_words() -> None:
    assert chart(*STEPS).table.rows == (
        ("1–15", "refused"),
        ("16–31", f"1/4 · 25{NBSP}%"),
        ("32–63", "1 to 3 of 4"),
        ("64–512", f"4/4 · 100{NBSP}%"),
    )


def test_several_curves_share_one_scale_and_a_row_for_every_change() -> None:
    long = NamedCurve("long", "long", Curve(4, (*STEPS[:3], Step(64, 1024, Known.EXACT, 4, 4)), (16, 64)))
    short = NamedCurve(
        "short", "short", Curve(2, (Step(1, 19, Known.EXACT, 1, 1), Step(20, 512, Known.EXACT, 2, 2)), (16,))
    )
    found = depth_chart("both", [long, short])
    assert [row[0] for row in found.table.rows] == ["1–15", "16–19", "20–31", "32–63", "64–1024"]
    assert found.series[1].stretches[-1].end == 1.0, "a net that is whole stays whole"
    assert "long reaches 4 of 4 convolutions at 64 px. Parts of the curve are not exact" in found.summary
    assert "short reaches 2 of 2 convolutions at 20 px." in found.summary


def test_words_of_a_step() -> None:
    assert [depth_words(step, 4) for step in STEPS[::2]] == ["refused", "1 to 3 of 4"]


def test_the_chart_of_a_real_model_is_whole_at_its_r_min() -> None:
    found = curve(analyze("torchvision:resnet18", [32, 64, 224]))
    assert found is not None
    said = depth_chart("x", [NamedCurve("resnet18", "resnet18", found)]).summary
    assert "resnet18 reaches 17 of 17 convolutions at 97 px." in said
