"""How an operator was judged."""

from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """How the fields behind an operator came about, from the best to the worst."""

    RULED = "ruled"
    NEUTRAL = "neutral on purpose"
    MEASURED = "measured"
    DATA_DEPENDENT = "data-dependent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Operator:
    """How one operator was judged, and why where that is not plain."""

    name: str
    how: How
    why: str = ""
