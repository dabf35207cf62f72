"""Reports survive being stored, and say clearly when they did not."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from torch import nn

import rfa_report
from gold import check
from rfa_report import ModelReport, store
from rfa_report.core.errors import StoreError


def tiny() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))


@pytest.fixture(scope="module")
def report() -> ModelReport:
    found = rfa_report.analyze(tiny, [2, 8, "8x12"])
    return ModelReport(**{f: getattr(found, f) for f in found.__dataclass_fields__} | {"versions": {"rfa_report": "0"}})


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
        (lambda text: text.replace('"schema": 1', '"schema": 2'), "has report schema 2, this version reads up to 1"),
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
