"""The one table of looks: complete, and every look can be told from every other."""

import re
from dataclasses import replace

import pytest

from rfa_report import assets
from rfa_report.core.layer import Verdict
from rfa_report.pages import site
from rfa_report.render.markdown import render
from rfa_report.wording.verdicts import LOOKS, WORST_FIRST, worst


def test_every_verdict_has_a_look_and_a_rank() -> None:
    assert set(LOOKS) == set(WORST_FIRST) == set(Verdict)


@pytest.mark.parametrize("what", ["slug", "symbol", "letter", "initial", "shape", "line", "style"])
def test_no_two_verdicts_look_alike(what: str) -> None:
    assert len({getattr(look, what) for look in LOOKS.values()}) == len(Verdict)


def test_a_layer_stands_the_lower_the_less_it_adds() -> None:
    heights = [look.height for look in LOOKS.values()]
    assert heights == sorted(heights, reverse=True)


def test_the_lowest_rank_speaks_for_several_layers_and_global_only_where_there_is_no_other() -> None:
    assert worst([Verdict.PRODUCTIVE, Verdict.CRITICAL, Verdict.NOT_JUDGED]) is Verdict.NOT_JUDGED
    assert worst([Verdict.GLOBAL, Verdict.PRODUCTIVE]) is Verdict.PRODUCTIVE
    assert worst([Verdict.GLOBAL, Verdict.GLOBAL]) is Verdict.GLOBAL
    assert len({look.rank for look in LOOKS.values()}) == len(Verdict)


def test_a_new_look_is_in_every_style_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    new = replace(LOOKS[Verdict.UNPRODUCTIVE], slug="dull", initial="d", symbol="◌")
    monkeypatch.setattr(site, "LOOKS", {**LOOKS, Verdict.UNPRODUCTIVE: new})
    css = render(site.verdict_styles([]))
    for selector in (
        ".rfa-dull\n", ".rfa:has(#rfa-r-0:checked) .v0-dull\n", ".is-dull {", ".b-dull {", ".rfa-strip .dull {",
        ".rfa-index td svg .d {", ".rfa-dot.dull {", ".rfa-dull, ",
    ):  # fmt: skip
        assert selector in css, selector
    assert css.count("--rfa-dull: #") == 2, "one colour a scheme"
    assert "unproductive" not in css


def test_no_style_sheet_or_theme_lists_verdicts_by_hand() -> None:
    source = assets.site_src()
    written = [*source.glob("assets/rfa.*"), *source.glob("theme/*.html"), *source.glob("theme/partials/*.html")]
    listed = re.compile(r"(?:\.|rfa-|is-|b-)(?:" + "|".join(look.slug for look in LOOKS.values()) + r")[\s{\",>:]")
    assert {file.name: found for file in written if (found := listed.findall(file.read_text("utf-8")))} == {}
    assert len(written) > 6
