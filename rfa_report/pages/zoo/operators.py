"""The operators page: every operator that the models of a site called, how it was judged, why, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

from rfa_report.core.operator import How, Operator
from rfa_report.pages.page import Fragment, Page
from rfa_report.pages.zoo.row import IndexRow
from rfa_report.wording.operators import WORST_FIRST, HowMark, how_mark

SHOWN = 5
"""How many models a row links."""

MEANINGS = {
    How.UNKNOWN: "not judged, and neither is what depends on it",
    How.DATA_DEPENDENT: "which positions it reads or writes is computed from the input, so everything may matter",
    How.MEASURED: "no rule, so it was run on random numbers, which were changed slab by slab",
    How.NEUTRAL: "leaves every field as it is, for the reason given",
    How.RULED: "a rule says exactly how it moves a field",
}


@dataclass(frozen=True, slots=True)
class Way:
    """A line of the legend: a way of judging with its number of operators, and what it means."""

    mark: HowMark
    meaning: str


@dataclass(frozen=True, slots=True)
class OperatorsData:
    """What the operators page prints."""

    models: int
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """An operator's row: where it was judged in different ways, each has a row of its own.

    `first` holds slug and title of the models that are linked, `more` counts the others; `order` sorts by `mark`.
    """

    name: str
    mark: HowMark
    order: int
    why: str
    models: int
    first: tuple[tuple[str, str], ...]
    more: int


@dataclass(frozen=True, slots=True)
class OperatorTable:
    """The rows of the operators page, those that a reader must know about first."""

    rows: tuple[OperatorRow, ...]


def operators_page(rows: Sequence[IndexRow]) -> Page:
    """Write the operators page; its table is a fragment of its own."""
    operators = {(operator.how, operator.name) for row in rows for operator in row.operators}
    ways = tuple(
        Way(how_mark(how, sum(judged is how for judged, _ in operators)), MEANINGS[how]) for how in WORST_FIRST
    )
    return Page("operators.md", "operators.md.j2", OperatorsData(sum(not row.failed for row in rows), ways))


def operators_table(rows: Sequence[IndexRow]) -> Fragment:
    """Lay out the operators, the worst judged first and among those the most used."""
    met: dict[tuple[str, How], list[tuple[IndexRow, Operator]]] = {}
    for row in rows:
        for operator in row.operators:
            met.setdefault((operator.name, operator.how), []).append((row, operator))
    lines = sorted(
        (_row(name, how, models) for (name, how), models in met.items()),
        key=lambda row: (row.order, -row.models, row.name),
    )
    return Fragment("fragments/operators.table.html", "operators-table.html.j2", OperatorTable(tuple(lines)))


def _row(name: str, how: How, models: Sequence[tuple[IndexRow, Operator]]) -> OperatorRow:
    return OperatorRow(
        name=name,
        mark=how_mark(how),
        order=WORST_FIRST.index(how),
        why="; ".join(dict.fromkeys(operator.why for _, operator in models if operator.why)),
        models=len(models),
        first=tuple((row.slug, row.title) for row, _ in models[:SHOWN]),
        more=max(0, len(models) - SHOWN),
    )
