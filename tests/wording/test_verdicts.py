"""The one table of looks: complete, and every look can be told from every other."""

import pytest

from rfa_report.core.layer import Verdict
from rfa_report.wording.verdicts import LOOKS, WORST_FIRST


def test_every_verdict_has_a_look_and_a_rank() -> None:
    assert set(LOOKS) == set(WORST_FIRST) == set(Verdict)


@pytest.mark.parametrize("what", ["slug", "symbol", "letter", "initial", "shape", "line", "style"])
def test_no_two_verdicts_look_alike(what: str) -> None:
    assert len({getattr(look, what) for look in LOOKS.values()}) == len(Verdict)


def test_a_layer_stands_the_lower_the_less_it_adds() -> None:
    heights = [look.height for look in LOOKS.values()]
    assert heights == sorted(heights, reverse=True)
