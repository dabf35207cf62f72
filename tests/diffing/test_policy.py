"""Which changes are findings: every rule, its limit, and waivers with their last day."""

import tomllib
from datetime import date
from typing import Any

import pytest

from rfa_report.config.check import RULES as IDS
from rfa_report.config.check import Check, Waiver
from rfa_report.diffing.changes import Change, Kind, ModelChanges, Status
from rfa_report.diffing.policy import RULES, Finding, findings, idle
from rfa_report.pages.review.checked import checked, finding_text

DAY = date(2026, 6, 1)
BOTH = {"h": 435, "w": 435}

BAD = [
    ("model-removed", Change(Kind.MODEL_REMOVED, "net")),
    ("model-failed", Change(Kind.MODEL_FAILED, None, "boom")),
    ("model-replaced", Change(Kind.MODEL_REPLACED, 10, 20)),
    ("resolution-removed", Change(Kind.RESOLUTION_REMOVED, "32")),
    ("resolution-refused", Change(Kind.REFUSED, None, "too small", None, ("32",))),
    ("resolution-out-of-range", Change(Kind.OUT_OF_RANGE, "in", "below", None, ("32",))),
    ("productive-depth-dropped", Change(Kind.PRODUCTIVE_DEPTH, 17, 16, None, ("32",))),
    ("border-layer-earlier", Change(Kind.BORDER_EARLIER, "b#0", "a#0")),
    ("layer-not-judged", Change(Kind.NOT_JUDGED, "productive", "not judged", "a#0")),
    ("rf-shrank", Change(Kind.R_MAX, BOTH, {"h": 300, "w": 300})),
    ("waste-grew", Change(Kind.WASTED_MACS, 0, 1)),
    ("macs-grew", Change(Kind.MACS, 100, 111)),
    ("params-grew", Change(Kind.PARAMS, 100, 111)),
]

FINE = [
    Change(Kind.MODEL_ADDED, None, "net"),
    Change(Kind.PRODUCTIVE_DEPTH, 16, 17),
    Change(Kind.DEPTH, 17, 16),
    Change(Kind.BORDER, "a#0", "b#0"),
    Change(Kind.IN_RANGE, "below", "in"),
    Change(Kind.JUDGED, "not judged", "productive", "a#0"),
    Change(Kind.R_MAX, BOTH, {"h": 400, "w": 400}),
    Change(Kind.R_MAX, BOTH, None),
    Change(Kind.WASTED_PARAMS, 100, 0),
    Change(Kind.MACS, 100, 110),
    Change(Kind.PARAMS, 100, 50),
]


def judged(*changes: Change, name: str = "net", **check: Any) -> list[Finding]:
    return [*findings(ModelChanges(name, Status.CHANGED, changes), Check.model_validate(check), DAY)]


@pytest.mark.parametrize(("rule", "change"), BAD, ids=[rule for rule, _ in BAD])
def test_every_rule_finds_its_change_and_can_be_turned_off(rule: str, change: Change) -> None:
    (found,) = judged(change)
    assert (found.rule, found.model, found.changes, found.waived) == (rule, "net", (change,), False)
    assert judged(change, limits={rule: "off"}) == []
    assert finding_text(found).text.startswith(f"{rule}: net: ")


def test_rules_limits_and_cases_are_the_same_list() -> None:
    assert {rule.id for rule in RULES} == set(IDS) == {rule for rule, _ in BAD}


@pytest.mark.parametrize("change", FINE, ids=[change.kind.value for change in FINE])
def test_what_is_no_worse_is_no_finding(change: Change) -> None:
    assert judged(change) == []


def test_limits_are_what_is_still_fine_and_may_differ_by_model() -> None:
    drop = Change(Kind.PRODUCTIVE_DEPTH, 17, 14)
    assert [(f.amount, f.limit) for f in judged(drop)] == [(3, 0)]
    assert judged(drop, limits={"productive-depth-dropped": 3}) == []
    own = [{"models": "res*", "limits": {"productive-depth-dropped": 3}}, {"models": "*", "limits": {"macs-grew": 0}}]
    assert judged(drop, name="resnet18", models=own) == []
    assert len(judged(drop, name="vgg16", models=own)) == 1
    assert [f.rule for f in judged(Change(Kind.MACS, 100, 101), name="resnet18", models=own)] == ["macs-grew"]


def test_one_finding_a_rule_with_the_worst_of_its_changes() -> None:
    more = [Change(Kind.MACS, 100, new, None, (str(new),)) for new in (105, 150, 120)]
    (found,) = judged(*more)
    assert (found.amount, [change.new for change in found.changes]) == (50, [150, 120])
    lost = [Change(Kind.NOT_JUDGED, verdict, "not judged", layer) for layer in "ab" for verdict in ("critical", "x")]
    assert [f.amount for f in judged(*lost)] == [2], "layers, not changes"
    assert judged(*lost, limits={"layer-not-judged": 2}) == []


def test_waivers_hold_until_their_last_day() -> None:
    change = Change(Kind.MACS, 100, 200)

    def waived(rule: str = "macs-grew", models: str = "n*", expires: str = "2026-06-01") -> list[Finding]:
        waiver = {"rule": rule, "models": models, "reason": "agreed", "expires": expires}
        return judged(change, waivers=[waiver])

    assert [(f.waived, f.expired) for f in waived()] == [(True, False)]
    assert [(f.waived, f.expired) for f in waived(expires="2026-05-31")] == [(False, True)]
    assert [(f.waived, f.waiver) for f in waived(models="other")] == [(False, None)]
    assert [(f.waived, f.waiver) for f in waived("params-grew")] == [(False, None)]
    assert [finding_text(f).level for f in (*waived(), *waived(expires="2026-05-31"), *judged(change))] == [
        "waived",
        "expired",
        "failed",
    ]
    renamed = ModelChanges("new", Status.RENAMED, (change,), old_name="net")
    waiver = {"rule": "macs-grew", "models": "net", "reason": "x", "expires": "2026-07-01"}
    check = Check.model_validate({"waivers": [waiver]})
    assert [f.waived for f in findings(renamed, check, DAY)] == [True], "a waiver follows a model to its new name"


def test_waivers_that_let_nothing_pass_are_said() -> None:
    waivers = [{"rule": rule, "reason": "x", "expires": "2026-07-01"} for rule in ("macs-grew", "rf-shrank")]
    check = Check.model_validate({"waivers": waivers})
    found = judged(Change(Kind.MACS, 100, 200), waivers=waivers)
    assert [waiver.rule for waiver in idle(check, found)] == ["rf-shrank"]
    told = checked(found, idle(check, found), "rfa-report.toml")
    assert told.summary == "check passed: no finding, 1 waived"
    assert told.remarks == ("the waiver of rf-shrank for * lets nothing pass any more",)
    assert not told.acceptance


def test_how_to_accept_is_ready_to_be_copied() -> None:
    (found,) = judged(Change(Kind.MACS, 100, 200))
    told = checked([found], (), "rfa-report.toml")
    assert told.summary == "check failed: 1 finding in 1 model"
    lines = [line.replace("YYYY-MM-DD", "2026-07-01") for line in told.acceptance]
    (waiver,) = tomllib.loads("\n".join(lines))["check"]["waivers"]
    assert judged(Change(Kind.MACS, 100, 200), waivers=[waiver])[0].waived
    assert Waiver.model_validate(waiver).rule == "macs-grew"
