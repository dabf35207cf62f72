"""The picture beside a link to the site: drawn of some rows, with the colours of the pages."""

import struct
from dataclasses import replace

import pytest

from made_reports import failed, tiny
from rfa_report.pages.zoo.row import IndexRow, index_row
from rfa_report.render.paper import preview as module
from rfa_report.render.paper.preview import preview

pytest.importorskip("typst", reason="the picture needs rfa_report[paper]")


def rows(count: int) -> list[IndexRow]:
    made = index_row(tiny())
    return [replace(made, slug=f"net-{n}", title=f"net {n}") for n in range(count)]


@pytest.mark.parametrize("title", ["Atlas", "Größe #1: $x$ [all] <b>" * 9, "受容野"])
def test_it_is_as_large_as_other_sites_want_it(title: str) -> None:
    drawn = preview(title, rows(1))
    assert drawn is not None
    assert drawn[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">2I", drawn[16:24]) == (1200, 630)


def test_it_is_the_same_each_time_and_shows_a_few_of_many() -> None:
    assert preview("Atlas", rows(3)) == preview("Atlas", rows(3)) != preview("Atlas", rows(2))
    assert preview("Atlas", rows(1300)) is not None


def test_there_is_none_of_nothing_or_without_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert preview("Atlas", [index_row(failed())]) is None
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    assert preview("Atlas", rows(1)) is None


def test_its_colours_are_those_of_the_light_scheme() -> None:
    found = module.colours()
    assert found["paper"] == "#ffffff"
    assert {"ink", "share-full", "share-least", "unproductive", "not-judged"} <= found.keys()
