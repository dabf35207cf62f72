"""Families, comparisons and resolutions: who is in them, in which order, and what programs are told."""

import json
from dataclasses import replace

import gold
from made_reports import at, failed, network, report, tiny
from rfa_report.analysis.curve import Curve, Known, Step
from rfa_report.pages.page import Bundle, Page
from rfa_report.pages.zoo.index import MOST_STRIPS, glance, index_table
from rfa_report.pages.zoo.manifest import manifest
from rfa_report.pages.zoo.resolutions import ranked, resolution_bundle, resolutions_page
from rfa_report.pages.zoo.row import IndexRow, index_row
from rfa_report.pages.zoo.sets import ModelSet, compare_page, curves, families, families_bundle, set_bundle, set_chart
from rfa_report.pages.zoo.versions import computed_with
from rfa_report.render.markdown import render


def row(name: str, r_min: int = 9, family: str = "made") -> IndexRow:
    made = index_row(report(at(8, network(8)), at(16, network(16)), title=name))
    curve = Curve(2, (Step(1, r_min - 1, Known.EXACT, 1, 1), Step(r_min, 512, Known.EXACT, 2, 2)), (8, 16))
    return replace(made, curve=curve, r_min_sort=str(r_min), family=family)


def text(bundle: Bundle, number: int = 0) -> str:
    return render(bundle.pages[number])


def test_families_are_sorted_and_do_not_hold_what_failed() -> None:
    found = families([row("b"), index_row(failed()), row("a", family="Zoo"), row("c")])
    assert [(models.title, [found.title for found in models.rows]) for models in found] == [
        ("made", ["b", "c"]),
        ("Zoo", ["a"]),
    ]


def test_a_chart_has_two_to_six_curves_from_the_smallest_range_to_the_largest() -> None:
    one, many = ModelSet("family", "one", "one", (row("a"),)), [row(f"net{n}", 20 + n) for n in range(11)]
    assert set_chart(one) is None
    chosen = curves(ModelSet("family", "made", "made", tuple(many)))
    assert [named.title for named in chosen] == ["net0", "net2", "net4", "net6", "net8", "net10"]


def test_the_page_of_a_family_is_as_it_was() -> None:
    gold.check("family-made.md", text(set_bundle(families([row("small", 9), row("large", 40)])[0])))


def test_the_page_of_a_family_of_one_has_no_chart() -> None:
    said = text(set_bundle(families([row("alone")])[0]))
    assert "1 architecture of this family" in said
    assert "<!--rfa:chart-->" not in said
    assert 'chart: ""' in said


def test_links_from_deeper_pages_lead_back_up() -> None:
    table = render(set_bundle(families([row("a")])[0]).fragments[0])
    assert '<a href="../models/a.html">a</a>' in table
    assert '<a href="../resolutions/8.html">8 px</a>' in table
    assert '<a href="../families/made.html">made</a>' in table
    assert 'href="../method.html#depth"' in table


def test_overviews_lead_to_their_pages_or_say_how_to_get_some() -> None:
    compared = ModelSet("compare", "two-nets", "Two nets", (row("a"), row("b")))
    assert "[Two nets](compare/two-nets.md): a, b" in render(compare_page([compared]))
    assert "[[compare]]" in render(compare_page([]))
    table = render(families_bundle(families([row("a", 9), row("b", 40)])).fragments[0])
    assert '<a href="families/made.html">made</a>' in table
    assert '<td class="n">9–40</td>' in table


def test_a_resolution_ranks_by_share_and_leaves_out_what_refuses() -> None:
    rows = [index_row(tiny()), row("a"), row("b"), index_row(failed())]
    assert [entry.row.title for entry in ranked("8", rows)] == ["a", "b", "tiny"]
    assert [entry.rank for entry in ranked("8", rows)] == [1, 1, 1], "equal shares have equal ranks"
    assert ranked("4", rows) == ()
    page = render(Page("", "resolutions.md.j2", resolutions_page(rows).data))
    assert "| [4 px](resolutions/4.md) | 0 | 0 | – | [1](resolutions/4.md#refused) |" in page
    assert "| [16 px](resolutions/16.md) | 3 | 3 | 100\u00a0% | 0 |" in page


def test_the_page_of_a_resolution_is_as_it_was() -> None:
    rows = [index_row(tiny()), row("a"), index_row(failed())]
    bundle = resolution_bundle("8", rows)
    gold.check("resolution-8.md", text(bundle))
    table = render(bundle.fragments[0])
    assert '<a href="../models/tiny.html?r=8#layer-body.conv-0">body.conv#0</a>' in table
    assert "No architecture with a convolution accepts" in render(resolution_bundle("4", rows).fragments[0])


def test_a_resolution_says_who_refuses_it_where_and_why() -> None:
    rows = [index_row(tiny()), row("a")]
    said = text(resolution_bundle("4", rows))
    assert "## Refused { #refused" in said
    assert '- <a href="../models/tiny.html?r=4">tiny</a>, in <code>stem</code>: “' in said
    assert said.count("\n- ") == 1
    assert "Refused" not in text(resolution_bundle("16", rows))


def test_small_strips_are_those_of_the_smallest_resolution_that_half_accept() -> None:
    rows = [index_row(tiny()), row("a")]
    assert glance(rows) == "8"
    assert glance([index_row(failed())]) == ""
    table = render(index_table(rows))
    assert 'role="img" aria-label="1/3 unproductive"><path class="p" d="M0 8v-8h8v8z"/><path class="u"' in table
    crowd = render(index_table([*rows, *map(row, map(str, range(MOST_STRIPS)))]))
    assert "<svg" not in crowd
    assert "Layers at" not in crowd


def test_every_page_says_what_it_was_computed_with() -> None:
    older = replace(row("a"), versions=(("torch", "2.8.0"),))
    assert [(found.name, found.version) for found in computed_with([row("b"), older])] == [
        ("rfa_report", "0.1.0"),
        ("torch", "2.8.0 and 2.9.0"),
    ]
    assert "Computed with rfa_report 0.1.0, torch 2.8.0 and 2.9.0." in text(
        set_bundle(ModelSet("compare", "x", "x", (row("b"), older)))
    )


def test_the_manifest_is_as_it_was_and_lists_every_model() -> None:
    found = manifest("Atlas <1>", [index_row(tiny()), index_row(failed())])
    gold.check("manifest.json", found)
    assert [model["slug"] for model in json.loads(found)["models"]] == ["tiny", "broken"]
    assert json.loads(manifest("Empty", []))["models"] == []


def test_an_index_of_1300_architectures_stays_below_a_megabyte() -> None:
    made = row("architecture")
    cells = tuple(
        (label, cell) for (_, cell), label in zip(made.cells * 3, ("32", "64", "128", "224", "384"), strict=False)
    )
    standing = replace(made.standings[0][1], sketch="ppppppppppppuuppuuuuuugg", unproductive="119/248")
    many = [
        replace(made, slug=f"architecture_{n}", title=f"architecture_{n}", cells=cells, standings=(("32", standing),))
        for n in range(1300)
    ]
    size = len(render(index_table(many)).encode())
    assert 500_000 < size < 1_000_000
