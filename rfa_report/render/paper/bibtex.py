"""What to cite, as BibTeX."""

from collections.abc import Iterator

from rfa_report.pages.paper.tables import Paper
from rfa_report.render.paper.templates import render


def bibtex(paper: Paper) -> Iterator[tuple[str, str]]:
    """Write the references of a paper, in UTF-8."""
    yield "references.bib", render("references.bib.j2", paper)
