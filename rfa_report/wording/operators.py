"""Operators as a reader sees them: how each was judged in a symbol, a word and a class, and why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rfa_report.core.operator import How, Operator
from rfa_report.core.report import ModelReport
from rfa_report.rules import BOOK
from rfa_report.rules.book import POINTWISE

WORST_FIRST = tuple(reversed(How))
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
    found = Counter(operator.how for operator in operators)
    return tuple(how_mark(how, found[how]) for how in How if found[how])


def judged(report: ModelReport) -> tuple[Operator, ...]:
    """List the operators of a model by name, with how each was judged, the worst over all resolutions, and why."""
    worst: dict[str, How] = {}
    for at in report.resolutions:
        for name, how in at.operators.items():
            worst[name] = min(worst.get(name, how), how, key=WORST_FIRST.index)
    said: dict[tuple[str, How], dict[str, None]] = {}
    for caveat in (caveat for at in report.resolutions for layer in at.layers for caveat in layer.caveats):
        if caveat.why:
            said.setdefault((caveat.name, caveat.how), {})[caveat.why] = None
    return tuple(
        _shared(name, how, "; ".join(said.get((name, how), ())) or reason(name, how))
        for name, how in sorted(worst.items())
    )


def reason(name: str, how: How) -> str:
    """Say why an operator was judged so, where that does not depend on the call; empty where nobody knows.

    That is the reason in the rule book for a neutral operator, and what its rule says of itself for a ruled one. A
    rule of the user's own is not in the book, and a report does not hold its reason.
    """
    if how is How.MEASURED:
        return "no rule covers this call, so it was run on random numbers"
    if how is How.UNKNOWN:
        return "no rule covers this call, and it could not be measured"
    rule = BOOK.rules.get(name) or BOOK.rules.get(name.rpartition(".")[0])
    if how is How.NEUTRAL:
        return _plain(rule.neutral if rule else POINTWISE.neutral if name.startswith("aten.") else "")
    return _plain(rule.move.__doc__ or "") if how is How.RULED and rule else ""


def _plain(text: str) -> str:
    return text.partition("\n")[0].rstrip(".").replace("`", "")


@cache
def _shared(name: str, how: How, why: str) -> Operator:
    """Keep each judgement once: a site of 1,300 models meets the same operators over and over."""
    return Operator(name, how, why)
