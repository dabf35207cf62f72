"""A paper as LaTeX: a file a table, and one that compiles alone and takes them in."""

from collections.abc import Iterator
from dataclasses import dataclass

from rfa_report.pages.paper.tables import Paper, Table
from rfa_report.render.paper.templates import render

A_LETTER, BETWEEN, LEAST = 0.0083, 0.0155, 0.1
"""Width of a letter, of the space between columns and of the narrowest column of names, as shares of the line."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table and the width of its names."""

    version: str
    table: Table
    width: str


@dataclass(frozen=True, slots=True)
class Whole:
    """The tables that the document takes in."""

    version: str
    names: tuple[str, ...]


def latex(paper: Paper) -> Iterator[tuple[str, str]]:
    """Write the tables of a paper."""
    tables = [paper.summary, *(table for model in paper.models for table in (model.stages, model.layers))]
    for table in tables:
        data = TableFile(paper.version, table, f"{_names(table):.2f}")
        yield f"tables/{table.name}.tex", render("table.tex.j2", data)
    yield "tables.tex", render("tables.tex.j2", Whole(paper.version, tuple(table.name for table in tables)))


def _names(table: Table) -> float:
    """Return the width of the names, which break: no more than they need, and what the other columns leave."""
    rows = ([head.text for head in table.heads], *([cell.text for cell in row] for row in table.rows))
    names, *others = (max(map(len, texts)) for texts in zip(*rows, strict=True))
    return max(LEAST, min(A_LETTER * names, 1 - A_LETTER * sum(others) - BETWEEN * len(table.heads)))
