"""A paper as LaTeX: a file a table, and one that compiles alone and takes them in."""

from collections.abc import Iterator
from dataclasses import dataclass

from rfa_report.pages.paper import Paper, Table
from rfa_report.render.paper import render

A_LETTER, LEAST, MOST = 0.0085, 0.1, 0.34
"""Width of a letter of a name, of the narrowest column of names and of the widest, as shares of the line."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """Hold a table and the width of its names."""

    version: str
    table: Table
    width: str


@dataclass(frozen=True, slots=True)
class Whole:
    """Name the tables that the document takes in."""

    version: str
    names: tuple[str, ...]


def latex(paper: Paper) -> Iterator[tuple[str, str]]:
    """Write the tables of a paper."""
    tables = [paper.summary, *(table for model in paper.models for table in (model.stages, model.layers))]
    for table in tables:
        data = TableFile(paper.version, table, f"{min(MOST, max(LEAST, A_LETTER * _longest(table))):.2f}")
        yield f"tables/{table.name}.tex", render("table.tex.j2", data)
    yield "tables.tex", render("tables.tex.j2", Whole(paper.version, tuple(table.name for table in tables)))


def _longest(table: Table) -> int:
    return max(len(row[0].text) for row in table.rows)
