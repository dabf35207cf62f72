"""How operators were judged, on the page about all of them and on the pages of models."""

from dataclasses import replace

import pytest

from made_reports import at, failed, layer, report, tiny
from rfa_report.core.layer import Verdict
from rfa_report.core.operator import How, Operator
from rfa_report.core.report import ModelReport
from rfa_report.pages.model.layers import LayerTable, layer_table
from rfa_report.pages.model.notes import notes
from rfa_report.pages.zoo.operators import OperatorsData, OperatorTable, operators_page, operators_table
from rfa_report.pages.zoo.row import IndexRow, index_row
from rfa_report.wording.operators import how_counts, judged, reason

SAMPLED = Operator("aten.grid_sampler_2d.default", How.DATA_DEPENDENT, "where it samples is computed from the input")
MEASURED = Operator("aten.renorm.default", How.MEASURED)
UNKNOWN = Operator("aten.bernoulli.default", How.UNKNOWN)


def loose() -> ModelReport:
    """Make a model with a measured, a data-dependent and an unknown operator."""
    layers = (
        layer("warp#0", "grid_sampler_2d", verdict=Verdict.GLOBAL, caveats=(SAMPLED,)),
        layer("renorm#0", "renorm", caveats=(MEASURED,)),
        layer("draw#0", "bernoulli", verdict=Verdict.NOT_JUDGED, unknown=(UNKNOWN.name,), caveats=(UNKNOWN,)),
    )
    return report(at(8, layers), title="loose")


def table(*rows: IndexRow) -> OperatorTable:
    data = operators_table(rows).data
    assert isinstance(data, OperatorTable)
    return data


def test_the_worst_judgement_over_resolutions_counts() -> None:
    ruled = replace(at(8, ()), operators={"aten.index.Tensor": How.RULED})
    measured = replace(at(16, ()), operators={"aten.index.Tensor": How.MEASURED})
    for order in ((ruled, measured), (measured, ruled)):
        assert [(found.name, found.how) for found in judged(report(*order))] == [("aten.index.Tensor", How.MEASURED)]


@pytest.mark.parametrize(
    ("name", "how", "why"),
    [
        ("aten.convolution.default", How.RULED, "Convolve"),
        ("aten.relu.default", How.NEUTRAL, "pointwise"),
        ("aten.hardswish.default", How.NEUTRAL, "tag is missing"),
        ("aten.renorm.default", How.MEASURED, "random numbers"),
        ("aten.bernoulli.default", How.UNKNOWN, "could not be measured"),
    ],
)
def test_there_is_a_reason(name: str, how: How, why: str) -> None:
    assert why in reason(name, how)
    assert "`" not in reason(name, how)


@pytest.mark.parametrize("how", [How.RULED, How.NEUTRAL])
def test_the_reason_of_a_rule_of_the_users_own_is_not_made_up(how: How) -> None:
    assert reason("mine.blur.default", how) == ""


def test_what_a_call_says_for_itself_is_its_reason() -> None:
    assert {found.name: found.why for found in judged(loose())}[SAMPLED.name] == SAMPLED.why


def test_rows_of_many_models_share_their_operators() -> None:
    first, second = index_row(tiny()), index_row(replace(tiny(), slug="other"))
    assert first.operators
    assert all(a is b for a, b in zip(first.operators, second.operators, strict=True))


def test_what_a_reader_must_know_about_comes_first() -> None:
    found = table(index_row(tiny()), index_row(loose()), index_row(failed()))
    assert [(row.name, row.mark.word, row.models) for row in found.rows] == [
        ("aten.bernoulli.default", "unknown", 1),
        ("aten.grid_sampler_2d.default", "data-dependent", 1),
        ("aten.renorm.default", "measured", 1),
        ("aten.convolution.default", "ruled", 2),
    ]
    assert found.rows[-1].first == (("tiny", "tiny"), ("loose", "loose"))


def test_an_operator_has_a_row_for_every_way_in_which_it_was_judged() -> None:
    ruled = replace(at(8, ()), operators={SAMPLED.name: How.RULED})
    found = table(index_row(loose()), index_row(report(ruled)))
    assert [row.mark.word for row in found.rows if row.name == SAMPLED.name] == ["data-dependent", "ruled"]


def test_a_long_list_of_models_is_cut() -> None:
    (row,) = table(*(index_row(replace(tiny(), slug=f"m{n}")) for n in range(12))).rows
    assert (row.models, len(row.first), row.more) == (12, 5, 7)


def test_the_legend_counts_operators_also_where_there_is_none() -> None:
    data = operators_page([index_row(tiny()), index_row(loose()), index_row(failed())]).data
    assert isinstance(data, OperatorsData)
    assert data.models == 2
    assert [(way.mark.word, way.mark.count) for way in data.ways] == [
        ("unknown", 1),
        ("data-dependent", 1),
        ("measured", 1),
        ("neutral on purpose", 0),
        ("ruled", 1),
    ]


def test_a_model_page_counts_its_operators_from_the_best_on() -> None:
    found = [(mark.count, mark.word) for mark in how_counts(judged(loose()))]
    assert found == [(1, "ruled"), (1, "measured"), (1, "data-dependent"), (1, "unknown")]


def test_notes_name_operators_and_their_layers() -> None:
    found = {note.heading: note for note in notes(loose())}
    (sampled,) = found["Data-dependent operators"].met
    (measured,) = found["Measured operators"].met
    assert (sampled.name, sampled.why, sampled.layers) == (SAMPLED.name, SAMPLED.why, ("warp#0",))
    assert (measured.name, measured.layers, measured.more) == (MEASURED.name, ("renorm#0",), 0)
    assert found["Unknown operators"].names == (UNKNOWN.name,)


def test_notes_cut_long_lists_of_layers_and_name_operators_outside_of_layers() -> None:
    many = at(8, tuple(layer(f"l{n}#0", caveats=(MEASURED,)) for n in range(9)))
    (note,) = notes(report(replace(many, operators={**many.operators, "aten.cross.default": How.MEASURED})))
    assert [(met.name, len(met.layers), met.more) for met in note.met] == [
        ("aten.cross.default", 0, 0),
        ("aten.renorm.default", 6, 3),
    ]


def test_a_verdict_says_what_it_rests_on() -> None:
    data = layer_table(loose()).data
    assert isinstance(data, LayerTable)
    assert [row.verdict[0].title for row in data.rows] == [
        f"data-dependent: {SAMPLED.name}, {SAMPLED.why}",
        "measured: aten.renorm.default",
        "unknown: aten.bernoulli.default",
    ]
