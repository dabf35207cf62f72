"""Reports survive being stored, and say clearly when they did not."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from torch import nn

import rfa_report
from gold import FOLDER as GOLD
from gold import check
from rfa_report import ModelReport, store
from rfa_report.core.errors import StoreError
from rfa_report.core.operator import How


def tiny() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))


@pytest.fixture(scope="module")
def report() -> ModelReport:
    found = rfa_report.analyze(tiny, [2, 8, "8x12"])
    refused, *accepted = found.resolutions
    worded = replace(refused, refusal="the map is too small")  # the words of torch differ by its version
    return replace(found, versions={"rfa_report": "0"}, resolutions=(worded, *accepted))


def test_round_trip(report: ModelReport) -> None:
    assert store.loads(store.dumps(report)) == report
    assert store.loads(store.dumps(report, split=False)) == report, "what `show --json` prints"


def test_gold(report: ModelReport) -> None:
    text = store.dumps(report)
    check("report.json", text)
    assert sum(line.strip().startswith('"0#0": {') for line in text.splitlines()) == 3, (
        "one line a layer: what is shared, and what is not at each resolution"
    )


def test_files_match_the_published_schema(report: ModelReport) -> None:
    schema = store.json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(store.dumps(report)), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(store.dumps(report).replace('"depth": 1', '"depth": "one"')), schema)


def test_reach_is_not_stored(report: ModelReport) -> None:
    layer = store.loads(store.dumps(report)).at(8).layer("0#0")
    with pytest.raises(LookupError, match=r"not stored, call analyze\(\) again"):
        layer.reach("h")
    reach = report.at(8).layer("0#0").reach("h")
    assert reach is not None
    assert [ends.tolist() for ends in reach] == [[0, 2, 4], [2, 4, 6]]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text[: len(text) // 2], "is not a report"),
        (lambda text: "[]", "is not a report"),
        (lambda text: text.replace('"schema": 2', '"schema": 3'), "has report schema 3, this version reads up to 2"),
        (lambda text: text.replace('"what": "report"', '"what": "advice"'), "is not a report: it holds advice"),
        (lambda text: text.replace('"productive_depth": 1', '"productive_depth": "x"'), "is damaged"),
        (lambda text: text.replace('"layers": {', '"layer": {', 1), "is damaged"),
    ],
)
def test_unusable_files_say_so_in_one_line(
    report: ModelReport, tmp_path: Path, change: Callable[[str], str], says: str
) -> None:
    path = tmp_path / "r.json"
    path.write_text(change(store.dumps(report)))
    with pytest.raises(StoreError, match=says) as caught:
        store.load(path)
    assert "\n" not in str(caught.value)
    assert caught.value.next_step


def test_a_report_of_the_first_release_is_read_for_ever() -> None:
    old = store.load(GOLD / "report-of-0.1.json")
    assert old.versions["rfa_report"] == "0.1.0"
    assert [at.refusal is None for at in old.resolutions] == [False, True, True]
    assert old.at(48).r_min == {"h": 23, "w": 23}
    assert old.at(48).layer("last#0").rf_max == {"h": 25, "w": 25}
    assert old.operators["aten.kthvalue.default"] is How.RULED
    assert old.reasons == {}
    assert store.loads(store.dumps(old)) == old


def test_a_report_is_known_by_its_first_bytes(report: ModelReport) -> None:
    first = (GOLD / "report-of-0.1.json").read_bytes()
    text = store.dumps(report)
    assert text.startswith('{\n  "schema": 2,\n  "what": "report",\n')
    named = text.replace('  "arguments"', '  "advice": {},\n  "about": "' + "x" * 300 + '",\n  "arguments"', 1)
    for data in (first, text.encode(), named.encode(), store.dumps(report, split=False).encode()):
        assert store.is_report(data)
        assert store.is_report(data[:60])
    assert store.loads(named) == report, "what a later release of this schema adds is passed over"
    for other in (b"", b"[]", b'{"schema": 1, "old": "a"}', text.replace('"report"', '"advice"', 1).encode()):
        assert not store.is_report(other)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        store.load(tmp_path / "none.json")


def test_versions_are_told_apart_from_the_rest(report: ModelReport) -> None:
    text = store.dumps(report)
    other = store.dumps(replace(report, versions={"rfa_report": "1", "torch": "2"}))
    assert store.without_versions(text) == store.without_versions(other)
    assert "torch" not in (store.without_versions(other) or "torch")
    assert store.versions_of(other) == {"rfa_report": "1", "torch": "2"}
    assert store.without_versions("{}") is None
    assert store.versions_of("{}") == {}
