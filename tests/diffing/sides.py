"""Two small zoos made by hand: what differs between them is known to the last number."""

from dataclasses import replace

from made_reports import at, both, failed, layer, network, report, tiny
from rfa_report import ModelReport, store
from rfa_report.core.layer import Layer, Verdict
from rfa_report.diffing import Side


def edited(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Set the stem's stride to 1, rename the body, and put a layer that nobody can judge before the head."""
    stem, body, head = layers
    assert stem.window
    stem = replace(stem, window=replace(stem.window, stride={"h": 1, "w": 1}), jump={"h": 1, "w": 1})
    body = replace(body, id="stage.conv#0", module="stage", rf_min=both(7), rf_max=both(7), verdict=Verdict.PRODUCTIVE)
    odd = layer("odd | <b>@team#1</b>#0", "Draw`s", rf=None, unknown=("lib.draw",), verdict=Verdict.NOT_JUDGED)
    return stem, body, odd, head


def old_zoo() -> dict[str, ModelReport]:
    return {
        "tiny": tiny(),
        "gone": report(at(16, network(16)), title="Gone"),
        "same": report(at(16, network(16)[:2]), title="Same"),
        "first": report(at(16, network(16)[1:]), title="First"),
        "broken": report(at(16, network(16)), title="Broken"),
    }


def new_zoo() -> dict[str, ModelReport]:
    changed = report(at(4, edited(network(4))), at(8, edited(network(8))), at(16, edited(network(16))))
    return {
        "tiny": changed,
        "same": old_zoo()["same"],
        "second": replace(old_zoo()["first"], slug="second", title="Second"),
        "broken": failed(),
        "come": report(at(32, edited(network(32))), title="Come"),
    }


def side(name: str, zoo: dict[str, ModelReport]) -> Side:
    return Side(name, {slug: store.dumps(found).encode for slug, found in zoo.items()})


def sides() -> tuple[Side, Side]:
    return side("old", old_zoo()), side("new", new_zoo())
