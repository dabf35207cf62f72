"""The layer table: where fields are, what is not aligned, and by what columns are sorted."""

from dataclasses import replace

from made_reports import at, layer, report, tiny
from rfa_report.core.layer import Layer
from rfa_report.pages.model.layers import Cell, LayerTable, Row, layer_table, unaligned_joins
from rfa_report.pages.model.notes import notes


def rows(*tables: tuple[Layer, ...]) -> tuple[Row, ...]:
    data = layer_table(report(*(at(8 * 2**n, layers) for n, layers in enumerate(tables)))).data
    assert isinstance(data, LayerTable)
    return data.rows


def texts(cell: Cell) -> list[str]:
    return [choice.text for choice in cell]


def placed(key: str, h: float | None, w: float | None, *, rf: float = 7, aligned: bool = True) -> Layer:
    return replace(layer(key, rf=rf, aligned=aligned), centre={"h": h, "w": w})


def test_centre_and_effective_padding_say_where_the_first_field_is() -> None:
    (row,) = rows((placed("a#0", 1.5, 1.5),))
    assert (texts(row.centre), texts(row.padding)) == (["1.5"], ["1.5"])
    (row,) = rows((placed("a#0", 4, 4),))
    assert texts(row.padding) == ["-1"]
    (row,) = rows((placed("a#0", -0.0, 0.0),))
    assert texts(row.centre) == ["0"]


def test_axes_that_differ_are_both_said() -> None:
    (row,) = rows((placed("a#0", 0, 2),))
    assert texts(row.centre) == ["0×2"]
    assert texts(row.padding) == ["3×1"]


def test_a_field_without_a_centre_has_no_padding_either() -> None:
    (row,) = rows((placed("a#0", None, None),))
    assert (texts(row.centre), texts(row.padding)) == (["–"], ["–"])


def joined() -> tuple[Layer, ...]:
    a = placed("a#0", 0, 0)
    b = replace(placed("b#0", 2, 2, aligned=False), inputs=("input", "a#0"))
    c = replace(placed("c#0", 3, 3, aligned=False), inputs=("b#0",))
    return a, b, c


def test_the_join_is_marked_in_words_and_what_is_behind_it_by_a_sign() -> None:
    assert list(unaligned_joins(joined())) == ["b#0"]
    a, b, c = rows(joined())
    assert [texts(row.centre) for row in (a, b, c)] == [["0"], ["~2 unaligned"], ["~3"]]
    assert b.centre[0].title == "paths of different centre or stride join here"
    (note,) = notes(report(at(8, joined())))
    assert (note.heading, note.names) == ("Unaligned joins", ("b#0",))


def test_a_join_is_marked_at_the_resolutions_where_it_is_one() -> None:
    aligned = tuple(replace(found, aligned=True) for found in joined())
    _, b, _ = rows(aligned, joined())
    assert [(choice.text, choice.on) for choice in b.centre] == [("2", "on0"), ("~2 unaligned", "on1")]


def test_the_output_says_its_map_and_its_channels_and_only_the_map_by_resolution() -> None:
    small, large = layer("a#0", side=8), layer("a#0", side=16)
    (row,) = rows((small,), (large,))
    assert [(choice.text, choice.on) for choice in row.output] == [("8×8", "on0"), ("16×16", "on1"), (" · 4", "")]
    (row,) = rows((layer("head#0", side=0),))
    assert texts(row.output) == ["10"]


def test_a_row_leads_to_the_node_that_shows_its_layer() -> None:
    data = layer_table(tiny(), {"body.conv#0": "g0-2"}).data
    assert isinstance(data, LayerTable)
    assert [row.node for row in data.rows if row.node] == ["g0-2"]
