"""Reports -> what an author attaches to a paper: a table of formats, each of which names its files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rfa_report.core.report import ModelReport
from rfa_report.pages.paper import Paper, paper
from rfa_report.render.bibtex import bibtex
from rfa_report.render.document import document
from rfa_report.render.figures import figures
from rfa_report.render.latex import latex
from rfa_report.render.numbers import as_csv, as_json

Files: TypeAlias = Iterator[tuple[str, str | bytes]]
"""Files by their paths below the folder of the export, and what they hold."""


@dataclass(frozen=True, slots=True)
class Export:
    """Hold what is exported: reports, and what a paper prints of them."""

    reports: tuple[ModelReport, ...]
    paper: Paper


FORMATS: Mapping[str, Callable[[Export], Files]] = {
    "pdf": lambda export: document(export.paper, export.reports),
    "figures": lambda export: figures(export.reports),
    "latex": lambda export: latex(export.paper),
    "csv": lambda export: as_csv(export.reports),
    "json": lambda export: as_json(export.reports),
    "bibtex": lambda export: bibtex(export.paper),
}
"""What can be asked for; a format is a file and a line here."""


def exported(reports: Sequence[ModelReport], version: str, formats: Sequence[str]) -> Files:
    """Make the files of some formats, of all where none is named."""
    export = Export(tuple(reports), paper(reports, version))
    for name in formats or FORMATS:
        yield from FORMATS[name](export)
