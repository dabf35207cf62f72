"""A review in every format: gold text for Markdown and JSON, the rules of the others."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from diffing.sides import side, sides
from gold import check
from made_reports import at, network, report
from rfa_report.diffing import Change, Kind, as_json, compare
from rfa_report.pages.review.entry import Review, review
from rfa_report.render.review.annotations import annotations
from rfa_report.render.review.comment import comment
from rfa_report.render.review.junit import junit
from rfa_report.wording.changes import LAYER_WORDS, MODEL_WORDS, growth
from rfa_report.wording.numbers import NBSP


def told() -> Review:
    old, new = sides()
    return review(old.name, new.name, compare(old, new))


def many(count: int) -> Review:
    """Make a review of many models that all changed."""
    (entry,) = [entry for entry in told().entries if entry.name == "tiny"]
    return replace(told(), entries=tuple(replace(entry, name=f"model_{n}") for n in range(count)))


def test_markdown_gold() -> None:
    text = comment(told())
    check("review.md", text)
    assert text.startswith("<!-- rfa-report diff -->\n### Receptive fields: 5 of 6 models differ")
    assert "<details><summary><code>tiny</code>" in text


def test_markdown_shows_names_as_they_are_and_calls_nobody() -> None:
    text = comment(told())
    assert "<b>" not in text
    assert "odd &#124; &lt;b&gt;@team#1&lt;/b&gt;#0" in text
    outside = re.sub(r"<code>.*?</code>", "", text)
    assert "@team" not in outside
    assert "`" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {6, 4}, "a table of five columns, and tables of three"


def test_markdown_is_cut_to_what_a_comment_may_hold() -> None:
    for count, limit in ((10, 4000), (100, 60_000), (2000, 60_000)):
        text = comment(many(count), limit)
        assert limit * 0.5 < len(text) <= limit
        assert text.count("<details>") == text.count("</details>")
        assert re.search(r"Left out for length: .*<code>rfa-report diff old new</code> tells all\.\n$", text)
    assert "Left out" not in comment(many(3))
    assert max(len(comment(many(10), limit)) - limit for limit in range(4000, 6500, 61)) <= 0


@pytest.mark.parametrize(
    ("new", "says"),
    [
        (2_000_000, " (+100 %)"),
        (1_001_234, " (+0.123 %)"),
        (70_000_000, " (+6,900 %)"),
        (1_000, " (-99.9 %)"),
        (999, " (nearly -100 %)"),
        (1, " (nearly -100 %)"),
        (0, " (-100 %)"),
        (None, ""),
    ],
)
def test_only_what_is_gone_shrinks_by_all(new: int | None, says: str) -> None:
    assert growth(Change(Kind.PARAMS, 1_000_000, new)).replace(NBSP, " ") == says
    assert growth(Change(Kind.R_MAX, 1_000_000, new)) == "", "sizes are no counts"


def test_json_gold() -> None:
    old, new = sides()
    text = as_json("old", "new", compare(old, new))
    check("review.json", text)
    plain = json.loads(text)
    assert plain["summary"] == {"added": 1, "changed": 2, "removed": 1, "renamed": 1, "replaced": 0, "same": 1}
    tiny = next(model for model in plain["models"] if model["model"] == "tiny")
    stride = {
        "kind": "layer-stride",
        "layer": "stem.conv#0",
        "at": [],
        "old": {"h": 2, "w": 2},
        "new": {"h": 1, "w": 1},
    }
    assert stride in tiny["changes"]


def test_json_of_nothing_is_still_json() -> None:
    old, _ = sides()
    assert json.loads(as_json("a", "b", compare(old, old)))["models"] == []


def test_annotations_are_one_line_a_model() -> None:
    lines = annotations(told()).splitlines()
    assert len(lines) == 5
    assert all(re.match(r"::(warning|notice) title=[^:,]*::", line) for line in lines)
    (tiny,) = [line for line in lines if "title=tiny%3A changed::" in line]
    assert "stem.conv#0: stride 2 → 1%0A" in tiny
    (broken,) = [line for line in lines if "title=broken" in line]
    assert broken.startswith("::warning")
    percent = replace(told().entries[0], name="100%, a:b")
    assert "title=100%25%2C a%3Ab%3A changed::" in annotations(replace(told(), entries=(percent,)))


def test_junit_is_xml_with_a_failure_a_model() -> None:
    odd = replace(told().entries[0], name='a"<\x00>')
    suite = ElementTree.fromstring(junit(replace(told(), entries=(*told().entries, odd))).encode())[0]
    assert (suite.get("tests"), suite.get("failures")) == ("6", "6")
    assert [case.get("name") for case in suite][-1] == 'a"<>'
    failure = suite[0].find("failure")
    assert failure is not None
    assert "stem.conv#0: stride 2 → 1" in (failure.text or "")
    empty = ElementTree.fromstring(junit(replace(told(), entries=())).encode())[0]
    assert (empty.get("tests"), empty.get("failures")) == ("1", "0")


def test_a_long_list_of_edits_is_counted() -> None:
    old = report(at(16, network(16)), title="a")
    layers = tuple(
        replace(found, id=f"part{n}.x{n}#0", module=f"part{n}.x{n}") for n in range(40) for found in network(16)[:1]
    )
    new = report(at(16, (*network(16), *layers)), title="a")
    (entry,) = review("a", "b", compare(side("a", {"a": old}), side("b", {"a": new}))).entries
    assert entry.headline.startswith("40 layers added")
    (section,) = [section for section in entry.sections if section.title == "In the code"]
    assert len(section.lines) + section.more == 40
    assert len(section.lines) == 12


def test_every_kind_of_change_has_words() -> None:
    assert {*LAYER_WORDS, *MODEL_WORDS} == set(Kind)
    assert not {*LAYER_WORDS} & {*MODEL_WORDS}
