"""The page of one architecture."""

from collections.abc import Sequence
from dataclasses import dataclass

from rfa_report.core.report import ModelReport
from rfa_report.drawing.picture import Picture
from rfa_report.pages.model.notes import Note, notes
from rfa_report.pages.model.stages import Stage, stages
from rfa_report.pages.model.summary import Fact, Refusal, SummaryRow, facts, refusals, summary
from rfa_report.pages.page import Page
from rfa_report.wording import across
from rfa_report.wording.operators import HowMark, how_counts, judged


@dataclass(frozen=True, slots=True)
class ModelData:
    """What the page of an architecture prints."""

    slug: str
    title: str
    description: str
    words: tuple[str, ...]
    spec: str
    family: str
    inputs: tuple[tuple[str, str], ...]
    size_argument: str | None
    arguments: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]
    selected: int
    fragments: tuple[str, ...]
    facts: tuple[Fact, ...]
    summary: tuple[SummaryRow, ...]
    refusals: tuple[Refusal, ...]
    stages: tuple[Stage, ...]
    notes: tuple[Note, ...]
    operators: tuple[HowMark, ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class FailedData:
    """What the page of an architecture prints that could not be analysed."""

    slug: str
    title: str
    description: str
    spec: str
    family: str
    versions: tuple[tuple[str, str], ...]
    error: str


def model_page(report: ModelReport, pictures: Sequence[Picture] = ()) -> Page:
    """Write the page of an architecture, with a place for each of its pictures and for the table of its layers."""
    path = f"models/{report.slug}.md"
    versions = tuple(report.versions.items())
    if report.error is not None or not report.resolutions:
        return Page(
            path,
            "failed.md.j2",
            FailedData(
                slug=report.slug,
                title=report.title,
                description=f"{report.title} could not be analysed.",
                spec=report.spec,
                family=report.family,
                versions=versions,
                error=report.error or "no resolution was analysed",
            ),
        )
    return Page(
        path,
        "model.md.j2",
        ModelData(
            slug=report.slug,
            title=report.title,
            description=f"Receptive fields of {report.title}: which layers are productive at which input resolution.",
            words=_words(report),
            spec=report.spec,
            family=report.family,
            arguments=tuple((name, repr(value)) for name, value in report.arguments.items()),
            inputs=tuple(report.inputs.items()),
            size_argument=report.size_argument,
            versions=versions,
            labels=tuple(at.label for at in report.resolutions),
            selected=across.selected(report),
            fragments=(
                *(picture.key for picture in pictures),
                *(("layers",) if any(at.layers for at in report.resolutions) else ()),
            ),
            facts=facts(report),
            summary=summary(report),
            refusals=refusals(report),
            stages=stages(report),
            notes=notes(report),
            operators=how_counts(judged(report)),
            pictures=tuple(pictures),
        ),
    )


def _words(report: ModelReport) -> tuple[str, ...]:
    """List the names in the paths of a model's layers, each once: what a search for a layer finds its page by."""
    paths = (layer.id.rpartition("#")[0] for at in report.resolutions for layer in at.layers)
    return tuple(dict.fromkeys(part for path in paths for part in path.split(".") if not part.isdigit()))
