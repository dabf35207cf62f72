"""Operators as a reader sees them: how each was judged in a symbol, a word and a class, and why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rfa_report.core.operator import BEST_FIRST, How, Operator
from rfa_report.core.report import ModelReport

WORST_FIRST = tuple(reversed(BEST_FIRST))
"""The ways in which operators are judged, from the one that says nothing to the best."""

SYMBOLS = {
    How.RULED: "✓",
    How.NEUTRAL: "=",
    How.MEASURED: "≈",
    How.DATA_DEPENDENT: "∞",
    How.UNKNOWN: "?",
}

ANCHORS = {
    How.RULED: "ruled",
    How.NEUTRAL: "neutral",
    How.MEASURED: "measured",
    How.DATA_DEPENDENT: "data-dependent",
    How.UNKNOWN: "unknown-operators",
}
"""Where the method page defines them; also how CSS classes call them."""


@dataclass(frozen=True, slots=True)
class HowMark:
    """How a way of judging is shown, and how many operators were judged so where a count is meant."""

    anchor: str
    symbol: str
    word: str
    count: int = 0


def how_mark(how: How, count: int = 0) -> HowMark:
    """Show a way of judging."""
    return HowMark(ANCHORS[how], SYMBOLS[how], how.value, count)


def how_counts(operators: Iterable[Operator]) -> tuple[HowMark, ...]:
    """Count operators by how they were judged, from the best to the worst, leaving out what did not happen."""
    numbers = Counter(operator.how for operator in operators)
    return tuple(how_mark(how, numbers[how]) for how in How if numbers[how])


def judged(report: ModelReport) -> tuple[Operator, ...]:
    """List the operators of a model by name, with how each was judged, the worst over all resolutions, and why."""
    said: dict[tuple[str, How], dict[str, None]] = {}
    for caveat in (caveat for at in report.resolutions for layer in at.layers for caveat in layer.caveats):
        if caveat.why:
            said.setdefault((caveat.name, caveat.how), {})[caveat.why] = None
    return tuple(
        _shared(name, how, "; ".join(said.get((name, how), ())) or report.reasons.get(name, ""))
        for name, how in sorted(report.operators.items())
    )


@cache
def _shared(name: str, how: How, why: str) -> Operator:
    """Keep each judgement once: a site of 1,300 models meets the same operators over and over."""
    return Operator(name, how, why)
