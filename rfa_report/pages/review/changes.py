"""The pages of a comparison: what changed in all models, and in each that did."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rfa_report.core.report import ModelReport
from rfa_report.diffing.changes import ModelChanges
from rfa_report.drawing.graph.drawings import Drawing
from rfa_report.drawing.graph.graph import Graph, architecture_graphs
from rfa_report.drawing.graph.highlight import edits, highlighted
from rfa_report.pages.page import Fragment, Page, fragment_path
from rfa_report.pages.review.before_after import DiffTable, before_after
from rfa_report.pages.review.entry import Entry, Review, entry
from rfa_report.wording import across

INDEX = "changes.md"
"""The page about all models."""

MOST_LINES = 40
"""How many lines a section of a page has."""


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """What differs in one model: the changes, and both reports at their common resolutions.

    A side is None where the model is on the other only.
    """

    changes: ModelChanges
    old: ModelReport | None
    new: ModelReport | None

    @property
    def slug(self) -> str:
        """Name the fragments of the page; no model has a dot in its slug."""
        return f"{self.changes.name}.changes"


@dataclass(frozen=True, slots=True)
class ChangesData:
    """What the page about all models prints: a review, and which models of it have a page of their own."""

    told: Review
    pages: frozenset[str]


@dataclass(frozen=True, slots=True)
class ModelChangesData:
    """What the page about one model prints."""

    slug: str
    name: str
    title: str
    described: bool
    labels: tuple[str, ...]
    selected: int
    fragments: tuple[str, ...]
    entry: Entry


@dataclass(frozen=True, slots=True)
class Sides:
    """Drawings of one part of a model, before and after; None where it is on the other side only."""

    title: str
    old: Drawing | None
    new: Drawing | None


@dataclass(frozen=True, slots=True)
class SidesData:
    """The drawings of a comparison: what is seen at first sight, and the parts in which something was edited."""

    first: Sides
    details: tuple[Sides, ...]


def compared(changes: ModelChanges, old: ModelReport | None, new: ModelReport | None) -> ModelComparison:
    """Put two reports beside their changes, reduced to the resolutions that both have."""
    if old is None or new is None:
        return ModelComparison(changes, old, new)
    labels = {at.label for at in old.resolutions} & {at.label for at in new.resolutions}
    chosen = [replace(r, resolutions=tuple(at for at in r.resolutions if at.label in labels)) for r in (old, new)]
    order = [at.label for at in chosen[1].resolutions]
    ordered = sorted(chosen[0].resolutions, key=lambda at: order.index(at.label))
    return ModelComparison(changes, replace(chosen[0], resolutions=tuple(ordered)), chosen[1])


def graphs(comparison: ModelComparison, table: DiffTable | None) -> tuple[tuple[Graph, ...], tuple[Graph, ...]]:
    """Draw both sides, with what was edited marked, and links to the rows of the layer table."""
    if comparison.old is None or comparison.new is None:
        return (), ()
    marks, rows = edits(comparison.changes.changes), {row.anchor for row in table.rows} if table else set()
    before, after = architecture_graphs(comparison.old), architecture_graphs(comparison.new)
    return (
        tuple(highlighted(graph, marks.old, marks.names, rows, 0) for graph in before),
        tuple(highlighted(graph, marks.new, {}, rows, len(before)) for graph in after),
    )


def marked(graph: Graph) -> bool:
    """Tell whether anything in a graph was edited."""
    return any(node.change for node in graph.nodes)


def sides(comparison: ModelComparison, parts: Sequence[Sides]) -> Fragment:
    """Lay out the drawings of both sides, the first ones open."""
    data = SidesData(parts[0], tuple(parts[1:]))
    return Fragment(fragment_path(comparison.slug, "graph"), "sides.html.j2", data)


def layers(comparison: ModelComparison) -> DiffTable | None:
    """Line up the layers that differ; None where the sides have no layers to compare."""
    if comparison.old is None or comparison.new is None or not comparison.new.resolutions:
        return None
    return before_after(comparison.old, comparison.new, comparison.changes.changes, edits(comparison.changes.changes))


def layer_table(comparison: ModelComparison, table: DiffTable) -> Fragment:
    """Lay out the layers that differ."""
    return Fragment(fragment_path(comparison.slug, "layers"), "before-after.html.j2", table)


def changes_page(told: Review, pages: frozenset[str]) -> Page:
    """Write the page about all models."""
    return Page(INDEX, "changes.md.j2", ChangesData(told, pages))


def model_changes_page(comparison: ModelComparison, parts: Sequence[str]) -> Page:
    """Write the page about one model; `parts` names the fragments that it has."""
    report = comparison.new or comparison.old
    both = comparison.old is not None and comparison.new is not None
    data = ModelChangesData(
        slug=comparison.slug,
        name=comparison.changes.name,
        title=report.title if report else comparison.changes.name,
        described=comparison.new is not None,
        labels=tuple(at.label for at in report.resolutions) if report and both else (),
        selected=across.selected(report) if report and both else 0,
        fragments=tuple(parts),
        entry=entry(comparison.changes, MOST_LINES),
    )
    return Page(f"changes/{comparison.changes.name}.md", "model-changes.md.j2", data)
