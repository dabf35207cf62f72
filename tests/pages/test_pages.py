"""What pages say: numbers, summary, stages, notes, the layer table and the index."""

from dataclasses import replace
from math import inf

import pytest

from made_reports import at, failed, layer, network, report, tiny
from rfa_report.analysis.curve import curve
from rfa_report.core.layer import Verdict
from rfa_report.core.slug import anchor
from rfa_report.drawing.pictures import pictures
from rfa_report.pages.model.architecture import FailedData, ModelData, model_page
from rfa_report.pages.model.layers import LayerTable, layer_table
from rfa_report.pages.model.notes import notes
from rfa_report.pages.model.stages import stages
from rfa_report.pages.model.summary import facts, refusals, summary
from rfa_report.pages.site import model_bundle, site_bundle
from rfa_report.pages.zoo.index import IndexTable, index_page, index_table
from rfa_report.pages.zoo.row import IndexRow, index_row
from rfa_report.wording import across
from rfa_report.wording.numbers import NBSP, per_axis, percent, quantity


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1 k"),
        (1024, "1.02 k"),
        (11_689_512, "11.7 M"),
        (999_999, "1 M"),
        (4_089_184_256, "4.09 G"),
    ],
)
def test_counts_are_short_and_keep_their_exact_value(value: int, text: str) -> None:
    assert quantity(value).text == text.replace(" ", NBSP)
    assert quantity(value).exact == f"{value:,}"


def test_only_nothing_is_no_percent_and_only_everything_is_all() -> None:
    assert [percent(part, 1000) for part in (0, 1, 500, 999, 1000)] == [
        text.replace(" ", NBSP) for text in ("0 %", "<1 %", "50 %", ">99 %", "100 %")
    ]
    assert percent(0, 0) == "–"


def test_sizes_are_one_word_where_the_axes_agree() -> None:
    assert [per_axis({"h": 7.0, "w": 7.0}), per_axis({"h": 7, "w": 9}), per_axis({"h": inf, "w": inf})] == [
        "7",
        "7×9",
        "∞",
    ]
    assert [per_axis({"h": None, "w": None}), per_axis(None)] == ["?", "–"]


def test_224_is_shown_first_else_the_largest_accepted() -> None:
    assert across.selected(report(at(32, network(32)), at(224, network(224)), at(384, network(384)))) == 1
    assert across.selected(report(at(64, network(64)), at(32, network(32)))) == 0
    assert across.selected(tiny()) == 2
    assert across.selected(report(at(32, (), refusal="no"))) == 0


def test_texts_that_agree_are_said_once() -> None:
    assert across.choices([("a", ""), ("a", "")]) == (across.Choice("a"),)
    assert across.choices([("a", ""), None, ("b", ""), ("a", "")]) == (
        across.Choice("a", on="on0 on3"),
        across.Choice("b", on="on2"),
    )


def test_layers_that_run_at_some_resolutions_only_stand_where_they_run() -> None:
    a, b, c = layer("a#0"), layer("b#0"), layer("c#0")
    rows = across.rows(report(at(8, (a, c)), at(16, (a, b)), at(32, (a, b, c))))
    assert list(rows) == ["a#0", "b#0", "c#0"]
    assert [found is None for found in rows["b#0"]] == [True, False, False]


def test_the_summary_says_depth_border_and_waste() -> None:
    refused, eight, sixteen = summary(tiny())
    assert (refused.refused, eight.refused) == (True, False)
    assert (eight.depth, eight.share) == ("1/2", f"50{NBSP}%")
    assert eight.border is not None
    assert eight.border.anchor == anchor("body.conv#0")
    assert (eight.wasted_params.exact, eight.wasted_params_share) == ("2,304", f"<1{NBSP}%")
    assert (eight.last_map, sixteen.last_map) == ("4×4", "8×8")
    assert [(mark.slug, mark.count) for mark in eight.marks] == [("productive", 1), ("unproductive", 1), ("global", 1)]
    assert sixteen.border is None


def test_a_refusal_is_said_in_the_words_of_the_model() -> None:
    (refusal,) = refusals(tiny())
    assert (refusal.label, refusal.module) == ("4", "stem")
    assert "Kernel size can't be greater" in refusal.message
    assert "1 layer that ran" in refusal.remark


def test_facts_are_those_of_the_resolution_shown_first() -> None:
    found = {fact.name: fact for fact in facts(tiny())}
    assert found["MACs"].remark == f"at 16{NBSP}px"
    assert found["Feasible from"].value == "9"
    assert found["Largest receptive field"].value == "11"


def test_stages_are_modules_and_name_their_worst_verdict() -> None:
    found = {stage.name: stage for stage in stages(tiny())}
    assert list(found) == ["stem.conv", "body.conv", "head"] or list(found) == ["stem", "body", "head"]
    body = found.get("body") or found["body.conv"]
    absent, eight, sixteen = body.cells
    assert absent.mark is None
    assert eight.mark is not None
    assert (eight.mark.slug, eight.text) == ("unproductive", "all")
    assert sixteen.mark is not None
    assert sixteen.mark.slug == "productive"


def test_large_modules_are_split_until_there_are_enough_stages() -> None:
    deep = tuple(layer(f"net.stage{n}.block{m}.conv#0") for n in range(4) for m in range(5))
    names = [stage.name for stage in stages(report(at(8, deep)))]
    assert 9 <= len(names) <= 20
    assert names[-1] == "net.stage3"
    assert sum(stage.layers for stage in stages(report(at(8, deep)))) == 20


def test_notes_name_what_a_reader_must_know() -> None:
    odd = (
        layer("a#0", rf=None, verdict=Verdict.NOT_JUDGED, unknown=("aten.foo",)),
        layer("b#0", global_context=True),
        layer("c#0", aligned=False),
        layer("d#0", "Embedding", depends_on_input=False),
    )
    found = {note.heading: note for note in notes(report(at(8, odd, concrete=True)))}
    assert set(found) == {
        "Unknown operators",
        "Concrete run",
        "Global context",
        "Unaligned joins",
        "Independent of the input",
    }
    assert found["Unknown operators"].names == ("aten.foo",)
    assert notes(tiny()) == ()


def test_long_lists_of_names_are_cut() -> None:
    (note,) = notes(report(at(8, tuple(layer(f"l{n}#0", aligned=False) for n in range(20)))))
    assert (len(note.names), note.more) == (6, 14)


def test_every_layer_has_a_row_with_its_anchor_and_a_verdict_at_every_resolution() -> None:
    table = layer_table(tiny()).data
    assert isinstance(table, LayerTable)
    assert [row.anchor for row in table.rows] == [anchor(f"{name}#0") for name in ("stem.conv", "body.conv", "head")]
    body = table.rows[1]
    assert body.classes == "v0-absent v1-unproductive v2-productive"
    said = dict(zip((column.key for column in table.columns), body.cells, strict=True))
    assert [(c.text, c.on) for c in said["verdict"].choices] == [("○ unproductive", "on1"), ("● productive", "on2")]
    assert said["rf_max"].choices == (across.Choice("11"),)
    assert table.rows[0].cells[2].choices == (across.Choice("3×3 /2"),)


def test_a_model_page_has_fragments_only_where_layers_ran() -> None:
    refusing = report(at(8, (), refusal="no"))
    drawn = pictures(tiny(), curve(tiny()))
    whole, refused = model_page(tiny(), drawn), model_page(refusing, pictures(refusing, curve(refusing)))
    assert isinstance(whole.data, ModelData)
    assert isinstance(refused.data, ModelData)
    assert whole.data.fragments == (*(found.key for found in drawn), "layers")
    assert len(drawn) >= 4
    assert refused.data.fragments == ()
    written = [fragment.path for fragment in model_bundle(tiny(), drawn).fragments]
    assert written == [f"fragments/tiny.{part}.html" for part in whole.data.fragments], "each place is filled"


def test_a_failed_model_has_a_page_that_says_why() -> None:
    page = model_page(failed())
    assert page.path == "models/broken.md"
    assert isinstance(page.data, FailedData)
    assert "check the input channels" in page.data.error
    assert model_bundle(failed()).fragments == ()


def rows() -> list[IndexRow]:
    wide = replace(tiny(), slug="wide", title="Wide", family="Another", resolutions=(at(32, network(32)),))
    return [index_row(tiny()), index_row(failed()), index_row(wide)]


def test_the_matrix_has_every_model_at_every_resolution() -> None:
    table = index_table(rows()).data
    assert isinstance(table, IndexTable)
    assert table.labels == ("4", "8", "16", "32")
    assert [cell.level for cell in table.rows[0].cells] == ["refused", "half", "full", "none"]
    assert [cell.level for cell in table.rows[1].cells] == ["failed"] * 4
    assert [cell.text for cell in table.rows[0].cells] == ["refused", "1/2", "2/2", "–"]


def test_what_cannot_be_compared_sorts_below_what_can() -> None:
    table = index_table(rows()).data
    assert isinstance(table, IndexTable)
    refused, half, full, missing = (float(cell.sort) for cell in table.rows[0].cells)
    assert missing < refused < half < full


def test_a_site_is_its_overviews_their_tables_and_the_styles_of_the_switch() -> None:
    bundle = site_bundle("Atlas", rows())
    assert [page.path for page in bundle.pages] == [
        "index.md",
        "compare.md",
        "resolutions.md",
        "operators.md",
        "published.md",
        "families.md",
        "families/another.md",
        "families/made.md",
        *(f"resolutions/{label}.md" for label in (4, 8, 16, 32)),
        "assets/verdicts.css",
    ]
    assert [fragment.path for fragment in bundle.fragments] == [
        f"fragments/{key}.table.html"
        for key in (
            "index",
            "operators",
            "families",
            "family.another",
            "family.made",
            *(f"resolution.{label}" for label in (4, 8, 16, 32)),
        )
    ] + ["fragments/legend.html"]
    assert index_page("Atlas", []).path == "index.md"
