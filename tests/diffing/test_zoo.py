"""Whole collections: who is paired with whom, what is read, and what is refused."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from diffing.sides import new_zoo, old_zoo, side, sides
from made_reports import at, layer, report
from rfa_report import store
from rfa_report.core.errors import StoreError
from rfa_report.diffing import Side, Status, UnrelatedError, compare


def test_models_are_paired_by_name_then_by_layers() -> None:
    found = {change.name: change for change in compare(*sides())}
    assert {name: change.status.value for name, change in found.items()} == {
        "tiny": "changed",
        "same": "same",
        "second": "renamed",
        "broken": "changed",
        "gone": "removed",
        "come": "added",
    }
    assert found["second"].old_name == "first"


def test_each_report_is_read_once_and_equal_ones_are_not_parsed() -> None:
    read: list[str] = []

    def counting(name: str, content: bytes) -> Callable[[], bytes]:
        def reader() -> bytes:
            read.append(name)
            return content

        return reader

    half = Side("a", {"x": counting("old x", b"half-writ"), "y": counting("old y", b"{")})
    assert [found.status for found in compare(half, Side("b", {"x": lambda: b"half-writ", "y": lambda: b"{"}))] == [
        Status.SAME,
        Status.SAME,
    ]
    assert read == ["old x", "old y"]


def test_other_versions_alone_are_no_change_but_are_told() -> None:
    old = old_zoo()
    new = {name: replace(found, versions={**found.versions, "torch": "3.0"}) for name, found in old.items()}
    found = list(compare(side("old", old), side("new", new)))
    assert {change.status for change in found} == {Status.SAME}
    assert {change.versions for change in found} == {frozenset({("torch", "2.9.0", "3.0")})}


def test_two_single_models_are_compared_whatever_their_names() -> None:
    one, other = side("a", {"gone": old_zoo()["gone"]}), side("b", {"come": new_zoo()["come"]})
    (found,) = compare(one, other)
    assert (found.status, found.old_name, found.name) == (Status.RENAMED, "gone", "come")


def test_a_single_file_is_compared_with_the_model_of_its_name_only() -> None:
    one = replace(side("gone.json", {"gone": old_zoo()["gone"]}), single=True)
    assert [(found.name, found.status) for found in compare(one, side("zoo", old_zoo()))] == [("gone", Status.SAME)]
    assert len(list(compare(side("zoo", old_zoo()), one))) == 1


def test_sides_without_a_model_in_common() -> None:
    wide = [layer(f"conv{n}#0", params=n + 1) for n in range(20)]
    long = [layer(f"dense{n}#0", "Linear", params=999 * (n + 1)) for n in range(20)]
    old = {"a": report(at(16, tuple(wide)), title="a"), "b": report(at(16, tuple(wide[:9])), title="b")}
    new = {"c": report(at(16, tuple(long)), title="c"), "d": report(at(16, tuple(long[:9])), title="d")}
    with pytest.raises(UnrelatedError, match="old and new have no model in common: a, b against c, d; compare"):
        list(compare(side("old", old), side("new", new)))
    single = side("old", {"a": old["a"]}), side("new", {"a": new["c"]})
    with pytest.raises(UnrelatedError, match="unrelated architectures"):
        list(compare(*single))
    replaced = list(compare(side("old", old), side("new", {"a": replace(new["c"], slug="a"), "b": old["b"]})))
    assert [found.status for found in replaced] == [Status.REPLACED, Status.SAME]
    assert len(replaced[0].changes) == 1


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda text: text[: len(text) // 2], "tiny of new is not a report"),
        (lambda text: text.replace('"schema": 2', '"schema": 3'), "tiny of new has report schema 3"),
        (lambda text: text.replace('"depth": 2', '"depth": "x"'), "tiny of new is damaged"),
        (lambda text: b"\xff\xfe" + text.encode(), "tiny of new is not a report"),
    ],
)
def test_a_report_that_cannot_be_read(damage: Callable[[str], str | bytes], says: str) -> None:
    whole = store.dumps(new_zoo()["tiny"])
    spoilt = damage(whole)
    data = spoilt if isinstance(spoilt, bytes) else spoilt.encode()
    with pytest.raises(StoreError, match=says):
        list(compare(side("old", old_zoo()), Side("new", {"tiny": lambda: data})))
