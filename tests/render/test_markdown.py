"""Pages as text: gold files of the Markdown, and what must never reach Markdown, HTML or Jinja unescaped."""

import re

import pytest
import yaml
from jinja2 import Environment
from markupsafe import Markup

import gold
from made_reports import at, failed, layer, report, tiny
from rfa_report.analysis.curve import curve
from rfa_report.core.operator import How, Operator
from rfa_report.core.report import ModelReport
from rfa_report.drawing.graph.drawings import Drawing, html
from rfa_report.drawing.picture import DataTable, Picture
from rfa_report.drawing.pictures import pictures
from rfa_report.pages.model.architecture import model_page
from rfa_report.pages.model.layers import layer_table
from rfa_report.pages.page import picture
from rfa_report.pages.site import model_bundle
from rfa_report.pages.zoo.index import index_page, index_table
from rfa_report.pages.zoo.operators import operators_page, operators_table
from rfa_report.pages.zoo.row import index_row
from rfa_report.render.markdown import attribute_text, markdown_text, render, verbatim, yaml_text


@pytest.mark.parametrize("made", [tiny(), failed()], ids=lambda made: made.slug)
def test_model_pages_are_as_they_were(made: ModelReport) -> None:
    gold.check(f"model-{made.slug}.md", render(model_page(made, pictures(made, curve(made)))))


def test_the_index_is_as_it_was() -> None:
    gold.check("index.md", render(index_page("Atlas", [index_row(tiny()), index_row(failed())])))


def test_the_operators_page_is_as_it_was() -> None:
    gold.check("operators.md", render(operators_page([index_row(tiny()), index_row(failed())])))


def test_the_operators_page_links_the_definition_of_every_way() -> None:
    text = render(operators_page([]))
    for anchor in ("ruled", "neutral", "measured", "data-dependent", "unknown-operators"):
        assert f"](method.md#{anchor})" in text


def test_the_table_of_operators_carries_words_links_and_no_foreign_markup() -> None:
    odd = Operator("mine.<b>{{ op }}.default", How.DATA_DEPENDENT, "it <i>reads</i> {% anywhere %}")
    text = render(operators_table([index_row(report(at(8, (layer("a#0", caveats=(odd,)),)), title="Odd"))]))
    assert '<a href="models/odd.html">Odd</a>' in text
    assert "∞ data-dependent</span>" in text
    assert "<b>" not in text
    assert "<i>" not in text
    assert "{{" not in text
    assert "{%" not in text
    assert "no operator was met" in render(operators_table([index_row(failed())]))


def test_a_model_page_names_loose_operators_and_the_page_about_all() -> None:
    odd = Operator("mine.op.default", How.DATA_DEPENDENT, "it reads *anywhere*")
    text = render(model_page(report(at(8, (layer("a#0", caveats=(odd,)),)))))
    assert "<code>mine.op.default</code> (it reads &#42;anywhere&#42;) in <code>a#0</code>." in text
    assert "1 ruled, 1 data-dependent; [the operators of all architectures](../operators.md)" in text


def test_a_model_page_says_depth_waste_and_refusal() -> None:
    text = render(model_page(tiny(), pictures(tiny(), curve(tiny()))))
    assert "| 8 px | **1/2** · 50\u00a0% |" in text
    assert '<a href="tiny.html#layer-body.conv-0">body.conv#0</a>' in text
    assert "Kernel size can't be greater than input" in text
    assert text.count("<!--rfa:") == 6


def test_a_page_whose_graph_failed_says_so() -> None:
    drawn = Picture("graph", "Architecture", "", problem=("tiny", "dot took too long"))
    assert "tiny: dot took too long. Instead" in render(model_page(tiny(), [drawn]))


def test_front_matter_is_yaml() -> None:
    for made in (tiny(), failed()):
        meta = yaml.safe_load(render(model_page(made)).split("---\n")[1])
        assert meta["template"] == "model.html"
        assert meta["rfa"]["slug"] == made.slug
    assert yaml.safe_load(str(yaml_text('a: "b" \\ {c} #d\nnext'))) == "a: &#34;b&#34; \\ {c} #d next"


def test_nothing_in_a_message_is_markdown_html_or_a_cell_border() -> None:
    text = render(model_page(failed()))
    assert "<b>" not in text
    assert "{{" not in text
    (message,) = [line for line in text.splitlines() if "mat1" in line]
    assert not re.search(r"[|*`\[]", message)


@pytest.mark.parametrize("text", ["a|b", "*a*", "_a_", "`a`", "[a](b)", "<a>", "{ #a }", "a\\b", "&amp;"])
def test_markdown_shows_text_as_it_is(text: str) -> None:
    markdown = pytest.importorskip("markdown")
    extensions = ["tables", "attr_list", "md_in_html"]
    shown = markdown.markdown(f"x {markdown_text(text)}", extensions=extensions)
    plain = Markup(shown.removeprefix("<p>").removesuffix("</p>"))
    assert "<" not in plain
    assert plain.unescape() == f"x {text}"


def test_text_is_flattened_and_names_stay_readable() -> None:
    assert markdown_text("vit_b_16\n  twice") == "vit_b_16 twice"
    assert markdown_text(3) == 3
    assert attribute_text('a"b|c') == "a&#34;b&#124;c"


@pytest.mark.parametrize("opening", ["{{ 1 }}", "{% if %}", "{# x #}", "{{{", "{{%"])
def test_a_fragment_says_the_same_to_a_template_engine(opening: str) -> None:
    assert Markup(Environment().from_string(verbatim(f"<b>{opening}</b>")).render()).unescape() == f"<b>{opening}</b>"


def test_names_in_the_layer_table_are_text() -> None:
    odd = report(at(8, (layer("<i>{{ x }}#0", 'Kind"&'),)))
    text = render(layer_table(odd))
    assert "<i>" not in text
    assert "{{" not in text
    assert "Kind&#34;&amp;" in text


def test_the_layer_table_has_a_permalink_and_a_row_header_for_every_layer() -> None:
    text = render(layer_table(tiny()))
    for anchor in ("layer-stem.conv-0", "layer-body.conv-0", "layer-head-0"):
        assert f'<tr id="{anchor}"' in text
        assert f'href="#{anchor}"' in text
    assert text.count('<th scope="row"') == 3


def test_refused_and_failed_cells_carry_a_word() -> None:
    text = render(index_table([index_row(tiny()), index_row(failed())]))
    assert ">refused" in text
    assert '<a href="models/broken.html">failed</a>' in text
    assert "<b>1/2</b> · 50\u00a0%" in text


def test_the_first_drawing_is_open_and_details_are_one_click_away() -> None:
    block = html([Drawing("tiny", "<svg></svg>"), Drawing("tiny: <stem>", "<svg></svg>")])
    text = render(picture("tiny", Picture("graph", "Architecture", block)))
    assert text.count("<svg></svg>") == 2
    assert text.count("<details") == 1
    assert text.index("<svg></svg>") < text.index("<details")
    assert "<summary>tiny: &lt;stem&gt;</summary>" in text


def test_a_new_picture_is_on_the_page_with_its_words_and_its_table() -> None:
    table = DataTable("new-data", "As a table", ("a", "b"), (("1", "2"),))
    new = Picture("new", "News", "<svg></svg>\n", lead="See [this](../method.md).", label="A label", table=table)
    bundle = model_bundle(tiny(), [new])
    (page,), fragments = bundle.pages, bundle.fragments
    text = render(page)
    assert "## News { data-search-exclude }\n\nSee [this](../method.md).\n\n<!--rfa:new-->\n" in text
    assert 'fragments: ["new", "layers"]' in text
    drawn = render(fragments[0])
    assert drawn.startswith('<div class="rfa-across" role="region" aria-label="A label" tabindex="0"><svg></svg>\n<d')
    assert drawn.endswith("</details></div>\n")
