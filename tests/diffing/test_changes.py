"""What a review is told of real networks, edited in one way each."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from torch import nn

import rfa_report
from diffing.nets import residual
from diffing.rewrites import REWRITES
from diffing.rows import EDITS, Row
from rfa_report import store
from rfa_report.core.report import ModelReport
from rfa_report.diffing import Change, Kind, changes
from rfa_report.diffing.changes import STRUCTURE
from rfa_report.sources.torchvision_import import torchvision_models

pytestmark = pytest.mark.slow


@cache
def zoo(spec: str, size: int = 224) -> ModelReport:
    return rfa_report.analyze(spec, size)


def analysed(model: Any, sizes: tuple[int, ...]) -> ModelReport:
    """Analyse a network as a file holds it, so that what cannot be stored is not compared."""
    found = rfa_report.analyze(model(), sizes)
    return store.loads(store.dumps(replace(found, slug="net")))


def words(value: object) -> str:
    if isinstance(value, Mapping):
        texts = [str(item) for item in value.values()]
        return texts[0] if len(set(texts)) == 1 else "x".join(texts)
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"


def told(found: Iterable[Change]) -> list[str]:
    """Write changes as lines, equal ones of several layers as one, with the first layer and their number."""
    groups: dict[tuple[object, ...], list[Change]] = {}
    for change in found:
        values = () if change.kind is Kind.LAYER_RENAMED else (words(change.old), words(change.new))
        groups.setdefault((change.kind, *values, change.at), []).append(change)
    lines = []
    for group in groups.values():
        first = group[0]
        about = f"{first.layer} " if first.layer and first.kind is not Kind.LAYER_RENAMED else ""
        count = f" ×{len(group)}" if len(group) > 1 else ""
        at = f" @{','.join(first.at)}" if first.at else ""
        lines.append(f"{first.kind} {about}{words(first.old)} > {words(first.new)}{at}{count}")
    return lines


def whole(kind: Kind) -> bool:
    return kind in STRUCTURE or (kind.value.startswith(("model-", "resolution-")) and "range" not in kind.value)


ROWS = [*EDITS, *REWRITES]


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_review_is_told_just_what_changed(row: Row) -> None:
    found = list(changes(analysed(row.old, row.old_sizes), analysed(row.new, row.new_sizes)))
    assert told(change for change in found if whole(change.kind)) == list(row.code)
    assert " ".join(sorted({change.kind.value for change in found if not whole(change.kind)})) == row.follows


def test_the_table_is_long_and_knows_every_kind_of_change() -> None:
    assert len(ROWS) >= 40
    seen = {kind for row in ROWS for kind in row.follows.split()} | {
        line.split()[0] for row in ROWS for line in row.code
    }
    elsewhere = {kind.value for kind in Kind if kind.value.startswith("model-")}
    assert {kind.value for kind in Kind} - seen == elsewhere


def test_numbers_before_and_after() -> None:
    by_name = {row.name: row for row in ROWS}
    row = by_name["stem stride 2 to 1"]
    old, new = analysed(row.old, (64,)), analysed(row.new, (64,))
    found = {(change.kind, change.layer): change for change in changes(old, new)}
    stem = found[Kind.LAYER_STRIDE, "conv1#0"]
    assert (stem.old, stem.new, stem.at) == ({"h": 2, "w": 2}, {"h": 1, "w": 1}, ())
    last = found[Kind.RF_MAX, "layer2.1.conv1#0"]
    assert (last.old, last.new) == ({"h": 43, "w": 43}, {"h": 25, "w": 25})
    macs = found[Kind.MACS, None]
    assert (macs.old, macs.new) == (old.at(64).macs, new.at(64).macs)


def test_a_change_says_at_which_resolutions_it_holds() -> None:
    row = next(row for row in ROWS if row.name == "skip removed")
    found = list(changes(analysed(row.old, (16, 64)), analysed(row.new, (16, 64))))
    assert {change.at for change in found if change.kind is Kind.RF_MIN} == {()}
    assert {change.at for change in found if change.kind is Kind.PRODUCTIVE_DEPTH} == {("16",)}


def test_torchvision_and_timm_mean_the_same_by_resnet50() -> None:
    found = list(changes(zoo("torchvision:resnet50"), zoo("timm:resnet50")))
    assert {change.kind for change in found} == {Kind.LAYER_RENAMED}
    renamed = {change.new: change.old for change in found}
    assert renamed["layer1.0.act2#0"] == "layer1.0.relu#1"
    assert renamed["global_pool.pool#0"] == "avgpool#0"
    assert len(renamed) == 1 + 3 * 16 + 1


def test_the_model_itself() -> None:
    report = zoo("torchvision:alexnet")
    assert [*changes(report, report)] == []
    renamed = [*changes(report, replace(report, slug="alex"))]
    assert renamed == [Change(Kind.MODEL_RENAMED, "alexnet", "alex")]
    more = [*changes(report, replace(report, channels=4, images=2))]
    assert more == [Change(Kind.MODEL_CHANNELS, 3, 4), Change(Kind.MODEL_IMAGES, 1, 2)]
    broken = replace(report, error="no", resolutions=())
    assert [*changes(report, broken)] == [Change(Kind.MODEL_FAILED, None, "no")]
    assert [*changes(broken, report)] == [Change(Kind.MODEL_MENDED, "no", None)]
    assert [*changes(broken, broken)] == []


def test_unrelated_architectures_are_said_to_be_so() -> None:
    old, new = zoo("torchvision:alexnet"), replace(zoo("torchvision:resnet50"), slug="alexnet")
    assert [change.kind for change in changes(old, new)] == [Kind.MODEL_REPLACED]
    assert Kind.MODEL_REPLACED not in {change.kind for change in changes(new, zoo("timm:resnet50"))}


def test_two_refinements_of_resnet18_for_small_images() -> None:
    old = rfa_report.analyze("torchvision:resnet18", 32)

    def refined(**parts: nn.Module) -> list[str]:
        model = torchvision_models().resnet18()
        for name, part in parts.items():
            setattr(model, name, part)
        found = rfa_report.analyze(model, 32)
        return told(
            change
            for change in changes(old, replace(found, slug=old.slug))
            if change.kind in (*STRUCTURE, Kind.PRODUCTIVE_DEPTH, Kind.BORDER, Kind.R_MIN)
        )

    rest = "productive-depth 11 > 14", "r-min 97 > 49"
    stem = refined(conv1=nn.Conv2d(3, 64, 7, 1, 3, bias=False))
    assert stem == ["layer-stride conv1#0 2 > 1", *rest, "border-layer layer3.0.conv2#0 > layer4.0.conv2#0"]
    pool = refined(maxpool=nn.Identity())
    assert pool == [
        "layer-removed maxpool#0 MaxPool2d > None",
        *rest,
        "border-layer layer3.0.conv2#0 > layer4.0.conv2#0",
    ]


def test_a_pair_of_numbers_that_is_equal_is_no_change() -> None:
    report = analysed(residual, (16, 64))
    assert [*changes(report, replace(report, versions={"torch": "0"}, title="x", spec="y"))] == []
