"""How an operator was judged."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """How the fields behind an operator came about, from the best to the worst."""

    RULED = "ruled"
    NEUTRAL = "neutral on purpose"
    MEASURED = "measured"
    DATA_DEPENDENT = "data-dependent"
    UNKNOWN = "unknown"


BEST_FIRST = tuple(How)
"""The ways of judging, from the best to the one that says nothing."""


def worst_of(judged: Iterable[tuple[str, How]]) -> dict[str, How]:
    """Say of each operator how it was judged, by name, the worst where that differs."""
    worst: dict[str, How] = {}
    for name, how in judged:
        worst[name] = max(worst.get(name, how), how, key=BEST_FIRST.index)
    return dict(sorted(worst.items()))


@dataclass(frozen=True, slots=True)
class Operator:
    """How one operator was judged, and why where that is not plain."""

    name: str
    how: How
    why: str = ""
