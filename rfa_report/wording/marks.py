"""Verdicts as a reader sees them: a symbol, a word and a class, never a colour alone."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rfa_report.core.layer import Layer, Verdict
from rfa_report.wording.verdicts import ABSENT, VERDICT_SLUGS

SYMBOLS = {
    Verdict.NOT_JUDGED: "?",
    Verdict.GLOBAL: "◇",
    Verdict.UNPRODUCTIVE: "○",
    Verdict.CRITICAL: "◑",
    Verdict.PARTIALLY_CRITICAL: "◔",
    Verdict.PRODUCTIVE: "●",
}

READING_ORDER = (
    Verdict.PRODUCTIVE,
    Verdict.PARTIALLY_CRITICAL,
    Verdict.CRITICAL,
    Verdict.UNPRODUCTIVE,
    Verdict.GLOBAL,
    Verdict.NOT_JUDGED,
)
"""From what is best to what says nothing: the order of legends and counts."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Hold how a verdict is shown, and how many layers have it where a count is meant."""

    slug: str
    symbol: str
    word: str
    count: int = 0


def mark(verdict: Verdict, count: int = 0) -> Mark:
    """Show a verdict."""
    return Mark(VERDICT_SLUGS[verdict], SYMBOLS[verdict], verdict.value, count)


def counts(layers: Iterable[Layer]) -> tuple[Mark, ...]:
    """Count layers by verdict, leaving out verdicts that no layer has."""
    found = Counter(layer.verdict for layer in layers)
    return tuple(mark(verdict, found[verdict]) for verdict in READING_ORDER if found[verdict])


def classes(across: Sequence[Layer | None]) -> str:
    """Write the classes of a layer at all resolutions."""
    return verdict_classes([ABSENT if layer is None else VERDICT_SLUGS[layer.verdict] for layer in across])


def verdict_classes(slugs: Sequence[str]) -> str:
    """Write the classes of verdicts by resolution: `v2-critical` at the third one, `rfa-critical` at all of them."""
    if len(set(slugs)) == 1:
        return f"rfa-{slugs[0]}"
    return " ".join(f"v{index}-{slug}" for index, slug in enumerate(slugs))
