"""Reports -> what an author attaches to a paper: the formats, each of which names its files.

The command line lists them, so a format loads what writes it only when it is asked for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from rfa_report.core.report import ModelReport
    from rfa_report.pages.paper.tables import Paper

Files: TypeAlias = Iterator[tuple[str, str | bytes]] | Iterator[tuple[str, str]] | Iterator[tuple[str, bytes]]
"""Files by their paths below the folder of the export, and what they hold."""


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported: reports, what a paper prints of them, and their site, built when it is asked for.

    `rules` are the user's own; `fonts` is a folder of fonts for scripts that the engine's own lack.
    """

    reports: "tuple[ModelReport, ...]"
    paper: "Paper"
    site: Callable[[], Mapping[str, bytes]]
    rules: Sequence[str]
    fonts: Path | None


def exporting(reports: "Sequence[ModelReport]", version: str, rules: Sequence[str], fonts: Path | None) -> Export:
    """Prepare the export of some reports."""
    from functools import cache

    from rfa_report.pages.paper.tables import paper
    from rfa_report.publish.supplement import built_site

    whole = paper(reports, version)
    return Export(tuple(reports), whole, cache(lambda: built_site(whole, reports)), rules, fonts)


FORMATS: dict[str, Callable[[Export], Files]] = {}
"""What can be asked for, by name, in the order of the functions below; a new format is a function more."""


def _format(write: Callable[[Export], Files]) -> Callable[[Export], Files]:
    FORMATS[write.__name__.strip("_")] = write
    return write


@_format
def _pdf(export: Export) -> Files:
    from rfa_report.render.paper.document import document

    return document(export.paper, export.reports, export.fonts)


@_format
def _figures(export: Export) -> Files:
    """Set the figures of one model after the other on all cores: the engine works outside of Python."""
    import os
    from concurrent.futures import ThreadPoolExecutor

    from rfa_report.render.paper.figures import figures

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for report in export.reports:
            drawn = figures((report,), export.fonts)
            yield from pool.map(lambda file: (file[0], file[1]() if callable(file[1]) else file[1]), drawn)


@_format
def _latex(export: Export) -> Files:
    from rfa_report.render.paper.latex import latex

    return latex(export.paper)


@_format
def _csv(export: Export) -> Files:
    from rfa_report.render.paper.exact import as_csv

    return as_csv(export.reports)


@_format
def _json(export: Export) -> Files:
    from rfa_report.render.paper.exact import as_json

    return as_json(export.reports)


@_format
def _bibtex(export: Export) -> Files:
    from rfa_report.render.paper.bibtex import bibtex

    return bibtex(export.paper)


@_format
def _markdown(export: Export) -> Files:
    from rfa_report.render.paper.badges import badges

    return badges(export.paper, export.reports)


@_format
def _html(export: Export) -> Files:
    from rfa_report.render.single import single

    site = export.site()
    return ((f"html/{report.slug}.html", single(site, report.slug, report.title)) for report in export.reports)


@_format
def _supplement(export: Export) -> Files:
    from rfa_report.publish.supplement import supplement

    return supplement(export.paper, export.reports, export.site(), export.rules)
