"""Verdict strips: which layers are merged, and what is said about them."""

import pytest

from made_reports import report, tiny
from rfa_report.drawing.charts.strip import Run, runs, strips


def test_neighbours_of_one_verdict_are_one_run_and_absent_layers_a_gap() -> None:
    assert runs(["productive", "productive", "absent", "global"]) == (
        Run(0.0, 0.5, "productive"),
        Run(0.75, 0.25, "global"),
    )


def test_there_is_a_bar_for_each_resolution_in_words_too() -> None:
    found = strips(tiny())
    assert found is not None
    assert [(strip.label, strip.note) for strip in found.strips] == [
        ("4 px", "refused"),
        ("8 px", "○ 1/3"),
        ("16 px", "○ none"),
    ]
    assert found.strips[1].words == "1 productive, 1 unproductive, 1 global, the first unproductive one body.conv#0"
    assert "At 4 px: refused, after 1 productive." in found.summary
    assert [run.verdict for run in found.strips[1].runs] == ["productive", "unproductive", "global"]
    for strip in found.strips:
        assert sum(run.width for run in strip.runs) == pytest.approx(1 / 3 if strip.note == "refused" else 1)


def test_no_layers_no_strip() -> None:
    assert strips(report()) is None
