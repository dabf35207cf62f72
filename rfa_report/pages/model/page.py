"""The page of one architecture."""

from collections.abc import Sequence
from dataclasses import dataclass

from rfa_report.analysis.curve import has_curve
from rfa_report.core.report import ModelReport
from rfa_report.drawing.charts.growth import growth
from rfa_report.pages.model.layers import layer_table
from rfa_report.pages.model.notes import Note, notes
from rfa_report.pages.model.stages import Stage, stages
from rfa_report.pages.model.summary import Fact, Refusal, SummaryRow, facts, refusals, summary
from rfa_report.pages.page import Fragment, Page, fragment_path
from rfa_report.wording import across
from rfa_report.wording.operators import HowMark, how_counts, judged

__all__ = ["Drawing", "Drawings", "FailedData", "ModelData", "drawings", "layer_table", "model_page"]


@dataclass(frozen=True, slots=True)
class ModelData:
    """What the page of an architecture prints."""

    slug: str
    title: str
    description: str
    words: tuple[str, ...]
    spec: str
    family: str
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
    graphs_error: str | None


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


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished drawing of a graph: SVG, which is printed as it is."""

    title: str
    svg: str


@dataclass(frozen=True, slots=True)
class Drawings:
    """The drawings of a model: what is seen at first sight, and details one click away."""

    first: Drawing
    details: tuple[Drawing, ...]


def drawings(report: ModelReport, drawn: Sequence[Drawing]) -> Fragment:
    """Lay out the drawings of a model, the first one open; an empty fragment where there is none."""
    data = Drawings(drawn[0], tuple(drawn[1:])) if drawn else None
    return Fragment(fragment_path(report.slug, "graph"), "graphs.html.j2", data)


def model_page(report: ModelReport, graphs_error: str | None = None) -> Page:
    """Write the page of an architecture; `graphs_error` says why a graph could not be laid out."""
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
            versions=versions,
            labels=tuple(at.label for at in report.resolutions),
            selected=across.selected(report),
            fragments=_fragments(report),
            facts=facts(report),
            summary=summary(report),
            refusals=refusals(report),
            stages=stages(report),
            notes=notes(report),
            operators=how_counts(judged(report)),
            graphs_error=graphs_error,
        ),
    )


def _words(report: ModelReport) -> tuple[str, ...]:
    """List the names in the paths of a model's layers, each once: what a search for a layer finds its page by."""
    paths = (layer.id.rpartition("#")[0] for at in report.resolutions for layer in at.layers)
    return tuple(dict.fromkeys(part for path in paths for part in path.split(".") if not part.isdigit()))


def _fragments(report: ModelReport) -> tuple[str, ...]:
    """Name the fragments that there are: all, unless no layer ran, or none that depends on the input."""
    layers = [layer for at in report.resolutions for layer in at.layers]
    drawn = ("graph",) if any(layer.depends_on_input for layer in layers) else ()
    strip = ("strip",) if drawn else ()
    depth = ("depth",) if has_curve(report) else ()
    chart = ("chart",) if growth(report) is not None else ()
    return (*strip, *depth, *chart, *drawn, *(("layers",) if layers else ()))
