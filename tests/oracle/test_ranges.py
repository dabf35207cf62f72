"""The feasible range by brute force, and that a wrong one is found."""

import pytest

from oracle.nets import Hourglass, UNet
from oracle.ranges import Range, least, tried
from rfa_report import sources
from rfa_report.core.layer import PerAxis


@pytest.mark.parametrize(
    ("known", "true"),
    [
        ({1: None, 2: False, 3: True, 4: None, 5: True}, 3),
        ({1: True, 2: False, 3: None, 4: True}, 4),
        ({1: True, 2: False}, None),
        ({1: None}, None),
    ],
)
def test_one_size_that_is_not_fully_used_counts_for_all_below(known: dict[int, bool | None], true: int | None) -> None:
    assert least(known) == true


@pytest.mark.slow
@pytest.mark.parametrize(("net", "step"), [(UNet(2), 4), (Hourglass(2), None)])
def test_ranges_of_nets_that_refuse_most_sizes(net: UNet | Hourglass, step: int | None) -> None:
    found = tried(sources.given(net), [(64, 64)], 64)
    assert found.wrong == []
    assert len(found.accepted) > 8
    assert step is None or {size % step for size in found.accepted} == {0}


def test_a_range_that_is_wrong_is_found() -> None:
    known: dict[int, bool | None] = {8: False, 16: True, 24: True}
    largest: dict[int, PerAxis[int] | None] = {size: {"h": 9, "w": 9} for size in known}
    assert Range(16, known, largest).wrong == []
    assert Range(24, known, largest).wrong == ["r_min 24, by brute force 16"]
    largest[24] = {"h": 10, "w": 9}
    assert "r_max" in Range(16, known, largest).wrong[0]
    assert Range(16, known, largest, varies=True).wrong == []
