"""Figures and the PDF report: what is in them, that they are set at all, and that nothing in them changes."""

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from hostile import NAMES
from made_reports import at, layer, network, report, tiny
from rfa_report.analysis.curve import curve
from rfa_report.core.report import ModelReport
from rfa_report.drawing.charts.depth import Named, depth_chart
from rfa_report.drawing.charts.depth_svg import depth_svg
from rfa_report.drawing.charts.growth import growth
from rfa_report.drawing.charts.growth_svg import growth_svg
from rfa_report.drawing.charts.strip import strips
from rfa_report.drawing.charts.strip_svg import strips_svg
from rfa_report.drawing.print.printed import COLOURS, SCREEN_ONLY, STYLES, Printed, printed
from rfa_report.drawing.print.sheets import HEIGHT, LEAST, SCALE, TEXT
from rfa_report.pages.paper.tables import paper
from rfa_report.render.paper.document import document
from rfa_report.render.paper.figures import COLUMNS, figures, graphs, laid_out
from rfa_report.render.paper.glyphs import legible
from rfa_report.render.paper.templates import typst_text
from rfa_report.render.paper.typesetting import boxes, typeset
from tofu import boxes_in

pytestmark = pytest.mark.slow

pytest.importorskip("typst", reason="no typst; pip install 'rfa_report[paper]'")

CHAIN = """<div class="rfa-graph"><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 {height}"><title>t</title>
{nodes}</svg></div>"""
NODE = """<g class="rfa-nodes v0-productive v1-unproductive"><a id="n" href="#x" transform="translate(10 {y})">
<use href="#box"/><text x="1" y="18">Conv<tspan class="is0"> A</tspan><tspan class="is1"> B</tspan> end</text></a>
</g>"""
BOX = '<defs><g id="box" class="rfa-box"><rect width="80" height="40" rx="6"/><use href="#rfa-mark"/></g></defs>'


def _chain(nodes: int) -> str:
    return CHAIN.format(height=60 * nodes, nodes=BOX + "\n".join(NODE.format(y=60 * n) for n in range(nodes)))


def _named(name: str) -> ModelReport:
    made = report(at(16, (layer(f"{name}#0", kind=name), *network(16))))
    return replace(made, title=name, spec=f"nets.py:{name}")


def _columns(drawing: Printed) -> list[tuple[float, float]]:
    """Return from where to where each column of a drawing shows it."""
    root = ET.fromstring(drawing.svg)
    tops = [-float(use.attrib["y"]) for use in root.iterfind("{*}g[@clip-path]/{*}use")]
    heights = [float(rect.attrib["height"]) for rect in root.iterfind("{*}defs/{*}clipPath/{*}rect")]
    return [(top, top + height) for top, height in zip(tops, heights, strict=True)]


def all_set(reports: list[ModelReport], fonts: Path | None = None) -> dict[str, str | bytes]:
    """Set the figures of models, one after the other."""
    return {path: data() if callable(data) else data for path, data in figures(reports, fonts)}


@pytest.fixture(scope="module")
def drawn() -> dict[str, str | bytes]:
    return all_set([tiny()])


def test_colours_become_attributes_and_other_resolutions_go() -> None:
    first, second = printed(_chain(1), 0, "32")[0].svg, printed(_chain(1), 1, "224")[0].svg
    assert "class=" not in first
    assert "<a " not in first
    assert ">Conv<tspan> A</tspan> end" in re.sub(r"<(/?)\w+:", r"<\1", first)
    assert "<tspan> B</tspan>" in second
    assert "stroke-dasharray" in second
    assert "stroke-dasharray" not in first
    assert "input 32 px" in first
    assert "unproductive" in second
    assert "unproductive" not in first


def test_a_tall_drawing_goes_on_in_columns_that_cut_no_node() -> None:
    (tall,) = printed(_chain(60), 0, "32")
    columns = _columns(tall)
    assert len(columns) == 4
    assert tall.height * SCALE < HEIGHT
    starts = [top for top, _ in columns]
    assert all(start % 60 >= 40 or start == 0 for start in starts), starts


def test_a_drawing_that_would_be_illegible_goes_on_in_another() -> None:
    drawn = printed(_chain(400), 0, "32")
    assert len(drawn) == 3
    tops, ends = zip(*(column for one in drawn for column in _columns(one)), strict=True)
    assert list(ends) == pytest.approx([*tops[1:], 60 * 400], abs=0.2), "something is lost between two drawings"
    for one in drawn:
        assert min(TEXT / one.width, HEIGHT / one.height) >= LEAST


def test_every_figure_is_svg_pdf_and_png(drawn: dict[str, str | bytes]) -> None:
    kinds = {name.rpartition(".")[2] for name in drawn}
    assert kinds == {"svg", "pdf", "png"}
    stems = {name.rpartition(".")[0] for name in drawn}
    assert {"figures/tiny-graph-16", "figures/tiny-growth-16-1col", "figures/tiny-growth-8-2col"} <= stems
    assert {"figures/tiny-strip-1col", "figures/tiny-depth-2col"} <= stems
    assert len(drawn) == 3 * len(stems)
    for name, data in drawn.items():
        if name.endswith(".svg"):
            root = ET.fromstring(data)
            assert float(root.attrib["width"].removesuffix("pt")) <= TEXT + 0.01


def test_a_chart_is_as_wide_as_its_columns(drawn: dict[str, str | bytes]) -> None:
    for part in ("strip", "depth", "growth-16"):
        widths = [ET.fromstring(drawn[f"figures/tiny-{part}-{columns}.svg"]).attrib["width"] for columns in COLUMNS]
        assert widths == ["241.00pt", "504.00pt"]


def test_no_part_of_a_figure_is_left_without_its_colours() -> None:
    """Every class that the site's drawings use is known to the paper, or says nothing about looks."""
    made = tiny()
    found, bars, steps = growth(made), strips(made), curve(made)
    assert found is not None
    assert bars is not None
    assert steps is not None
    (_, graph), *_ = laid_out(made)[0]
    site = (
        growth_svg(found)
        + strips_svg(bars)
        + depth_svg(depth_chart("depth", [Named(made.slug, made.title, steps)]))
        + graph
    )
    used = {word for classes in re.findall(r'class="([^"]+)"', site) for word in classes.split()}
    known = {own for _, own, _ in STYLES} | {above for above, _, _ in STYLES} | SCREEN_ONLY | set(COLOURS)
    plain = re.compile(
        r"on\d|is\d|is-.*|res\d|s\d|v\d-.*|rfa-on|rfa-(axis|tick|edges|nodes|arrow|head|series|depth|graph|productive)|max"
    )
    assert {word for word in used - known if not plain.fullmatch(word)} == set()


def test_fonts_are_embedded_and_there_is_no_date(drawn: dict[str, str | bytes]) -> None:
    pdf = drawn["figures/tiny-growth-16-1col.pdf"]
    assert isinstance(pdf, bytes)
    assert b"/FontFile" in pdf
    assert b"CreationDate" not in pdf


def test_a_png_has_300_dots_an_inch(drawn: dict[str, str | bytes]) -> None:
    png = drawn["figures/tiny-growth-16-1col.png"]
    assert isinstance(png, bytes)
    assert abs(int.from_bytes(png[16:20], "big") - 241 / 72 * 300) < 2


def test_the_layout_engine_is_asked_once_for_all_resolutions(drawn: dict[str, str | bytes]) -> None:
    drawings, problem = laid_out(tiny())
    assert problem is None
    names = [figure.name for index in range(3) for figure in graphs(tiny(), drawings, index)]
    assert names == ["tiny-graph-4", "tiny-graph-8", "tiny-graph-16"]


def test_the_report_is_set_and_set_again_the_same() -> None:
    made = paper([tiny(), _named("other")], "0.1.0")
    first, second = (dict(document(made, [tiny(), _named("other")])) for _ in range(2))
    assert first["report.pdf"].startswith(b"%PDF")
    assert first == second


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_hostile_names_are_set(name: str) -> None:
    made = _named(name)
    pdf = dict(document(paper([made], "0.1.0"), [made]))["report.pdf"]
    assert boxes_in(pdf) == 0
    _, problem = laid_out(made)
    assert (problem is None) == ("\x00" not in name)
    for path, data in all_set([made]).items():
        if path.endswith(".svg"):
            assert ET.fromstring(data) is not None, path
        elif isinstance(data, bytes) and path.endswith(".pdf"):
            assert boxes_in(data) == 0, path


def test_a_box_would_be_seen() -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="99" height="20"><text y="9">中</text></svg>'
    assert boxes_in(typeset('#"a (中) b"; #image("drawing.svg")', {"drawing.svg": drawing}, "pdf")) == 2


def test_what_has_no_glyph_is_written_with_its_code_point() -> None:
    made = _named("卷积 שלום é")
    shown = legible(made)
    assert shown.title == "[U+5377][U+79EF] שלום é"
    assert shown.slug == made.slug
    drawn = all_set([made])
    svg = drawn["figures/tiny-graph-16.svg"]
    assert isinstance(svg, str)
    assert "[U+5377][U+79EF] שלום é" in svg
    pdf = drawn["figures/tiny-graph-16.pdf"]
    assert isinstance(pdf, bytes)
    assert made.title.encode() in pdf, "the title of the file is the true one"


def test_a_report_that_can_be_set_is_not_touched() -> None:
    made = _named("Müller, сеть, Ωμέγα, שלום, عالم")
    assert legible(made) is made


def test_fonts_of_a_folder_are_used() -> None:
    folder = Path("/usr/share/fonts/truetype/dejavu")
    if not folder.is_dir():
        pytest.skip("no DejaVu; on Debian: apt-get install fonts-dejavu-core")
    assert boxes(["ڠ"]) == ("ڠ", "ڠ")
    made = _named("ڠ")
    assert legible(made, folder) is made
    drawn = all_set([made], folder)
    pdf = drawn["figures/tiny-graph-16.pdf"]
    assert isinstance(pdf, bytes)
    assert boxes_in(pdf) == 0


def test_text_for_typst_is_a_string() -> None:
    assert typst_text('a "b" \\ #c') == '#"a \\"b\\" \\\\ #c";'
