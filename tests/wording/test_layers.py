"""The columns of the tables of layers: one list, from which every table takes those that name it."""

import io
from contextlib import redirect_stdout
from dataclasses import replace

import pytest

from made_reports import layer, tiny
from rfa_report.core.layer import Window
from rfa_report.diffing import ModelChanges
from rfa_report.diffing.changes import Change, Kind, Status
from rfa_report.pages.model.layers import layer_table
from rfa_report.pages.paper.exact import layer_rows
from rfa_report.pages.paper.tables import layer_table as paper_table
from rfa_report.pages.review import changes
from rfa_report.render.markdown import render
from rfa_report.render.terminal.report import print_report
from rfa_report.wording import layers
from rfa_report.wording.layers import COLUMNS, Column, Place, columns, window_text

DEPTH = Column("bits", "bits", frozenset(Place), lambda x: f"{len(x.id)} bits", lambda x: len(x.id), number=True)


def test_a_new_column_is_in_every_table_that_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "COLUMNS", (*COLUMNS, DEPTH))
    report = tiny()
    said = f"{len(report.resolutions[-1].layers[0].id)} bits"
    assert f"<td>{said}</td>" in render(layer_table(report))
    assert layer_rows(report)[0]["bits"] == len(report.resolutions[-1].layers[0].id)
    assert [head.text for head in paper_table(report).heads].count("Bits") == 1
    change = Change(Kind.LAYER_KIND, layer="stem.conv#0", old="a", new="b")
    compared = changes.compared(ModelChanges(report.slug, Status.CHANGED, (change,)), report, report)
    table = changes.layers(compared)
    assert table is not None
    assert f">{said}</td>" in render(changes.layer_table(compared, table))
    with redirect_stdout(io.StringIO()) as printed:
        print_report(report)
    assert said in printed.getvalue()


def test_keys_name_one_column_of_a_table() -> None:
    for place in Place:
        keys = [column.key for column in columns(place)]
        assert len(keys) == len(set(keys)) > 6, place


def test_sizes_are_told_from_smallest_to_largest_at_the_terminal_only() -> None:
    order = {place: [column.key for column in columns(place)] for place in Place}
    assert order[Place.SITE][0] == order[Place.REVIEW][0] == "verdict"
    up = [place for place, keys in order.items() if keys.index("rf_min") < keys.index("rf_max")]
    assert up == [Place.TERMINAL]


def test_a_kernel_is_told_with_what_is_not_one() -> None:
    def window(stride: int, dilation: int) -> Window:
        sizes = ({"h": 3, "w": 5}, {"h": stride, "w": stride}, {"h": 0, "w": 0}, {"h": dilation, "w": 1})
        return Window(*sizes, {"h": 8, "w": 8})

    assert window_text(replace(layer("a#0"), window=window(1, 1), groups=1)) == "3×5"
    assert window_text(replace(layer("a#0"), window=window(2, 2), groups=4)) == "3×5 /2 d2×1 g4"
    assert window_text(replace(layer("a#0"), window=None)) == ""
