"""Reports -> what an author attaches to a paper: a table of formats, each of which names its files."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from rfa_report.core.report import ModelReport
from rfa_report.pages.paper.tables import Paper, paper
from rfa_report.publish.supplement import built_site, supplement
from rfa_report.render.paper.badges import badges
from rfa_report.render.paper.bibtex import bibtex
from rfa_report.render.paper.document import document
from rfa_report.render.paper.exact import as_csv, as_json
from rfa_report.render.paper.figures import figures
from rfa_report.render.paper.latex import latex
from rfa_report.render.single import single

Files: TypeAlias = Iterator[tuple[str, str | bytes]] | Iterator[tuple[str, str]] | Iterator[tuple[str, bytes]]
"""Files by their paths below the folder of the export, and what they hold."""


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported: reports, what a paper prints of them, and their site, built when it is asked for.

    `rules` are the user's own; `fonts` is a folder of fonts for scripts that the engine's own lack.
    """

    reports: tuple[ModelReport, ...]
    paper: Paper
    site: Callable[[], Mapping[str, bytes]]
    rules: Sequence[str]
    fonts: Path | None


def _figures(export: Export) -> Files:
    """Set the figures of one model after the other on all cores: the engine works outside of Python."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for report in export.reports:
            drawn = figures((report,), export.fonts)
            yield from pool.map(lambda file: (file[0], file[1]() if callable(file[1]) else file[1]), drawn)


FORMATS: Mapping[str, Callable[[Export], Files]] = {
    "pdf": lambda export: document(export.paper, export.reports, export.fonts),
    "figures": _figures,
    "latex": lambda export: latex(export.paper),
    "csv": lambda export: as_csv(export.reports),
    "json": lambda export: as_json(export.reports),
    "bibtex": lambda export: bibtex(export.paper),
    "markdown": lambda export: badges(export.paper, export.reports),
    "html": lambda export: (
        (f"html/{report.slug}.html", single(export.site(), report.slug, report.title)) for report in export.reports
    ),
    "supplement": lambda export: supplement(export.paper, export.reports, export.site(), export.rules),
}
"""What can be asked for; a format is a file and a line here."""


def exporting(reports: Sequence[ModelReport], version: str, rules: Sequence[str], fonts: Path | None) -> Export:
    """Prepare the export of some reports."""
    whole = paper(reports, version)
    return Export(tuple(reports), whole, cache(lambda: built_site(whole, reports)), rules, fonts)
