"""Pages about several models side by side: one for each family, and one for each comparison that a user asks for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rfa_report.core.slug import slugify
from rfa_report.drawing.charts.depth import DepthChart, NamedCurve, depth_chart
from rfa_report.pages.page import Bundle, Fragment, Page
from rfa_report.pages.zoo.index import index_table, labels
from rfa_report.pages.zoo.row import IndexRow
from rfa_report.pages.zoo.versions import Version, computed_with

MOST_CURVES = 6
"""How many curves can be told apart on one chart."""

PARENTS = {"family": ("families.html", "All families"), "compare": ("compare.html", "All comparisons")}
"""The overview that a page leads back to, by kind."""


@dataclass(frozen=True, slots=True)
class ModelSet:
    """Models that are looked at together; `kind` is family or compare."""

    kind: str
    slug: str
    title: str
    rows: tuple[IndexRow, ...]

    @property
    def key(self) -> str:
        """Name the fragments of the page; no model's slug has a dot."""
        return f"{self.kind}.{self.slug}"


@dataclass(frozen=True, slots=True)
class SetData:
    """What the page of a set prints; `drawn` names the models on the chart where that is not all."""

    title: str
    description: str
    kind: str
    key: str
    parent: tuple[str, str]
    models: int
    labels: tuple[str, ...]
    chart: bool
    drawn: tuple[str, ...]
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line about a set in an overview."""

    slug: str
    title: str
    models: int
    members: str
    depth: str
    feasible: str
    chart: bool


@dataclass(frozen=True, slots=True)
class OverviewData:
    """What the overview of all families, or of all comparisons, prints."""

    lines: tuple[SetLine, ...]


def families(rows: Sequence[IndexRow]) -> tuple[ModelSet, ...]:
    """Group models by family, in alphabetical order."""
    groups: dict[str, list[IndexRow]] = {}
    for row in rows:
        if not row.failed:
            groups.setdefault(slugify(row.family), []).append(row)
    return tuple(
        ModelSet("family", slug, members[0].family, tuple(members)) for slug, members in sorted(groups.items())
    )


def curves(models: ModelSet) -> tuple[NamedCurve, ...]:
    """Choose what stands on the chart of a set: its curves, or of many an even choice by their feasible range."""
    drawable = [NamedCurve(row.slug, row.title, row.curve) for row in models.rows if row.curve is not None]
    if len(drawable) <= MOST_CURVES:
        return tuple(drawable)
    reach = {row.slug: float(row.r_min_sort) for row in models.rows}
    order = sorted(drawable, key=lambda named: (reach[named.slug], named.title))
    steps = MOST_CURVES - 1
    return tuple(order[(len(order) - 1) * n // steps] for n in range(MOST_CURVES))


def set_chart(models: ModelSet) -> DepthChart | None:
    """Lay out the curves of a set on one chart; None where there are not two."""
    drawable = curves(models)
    return depth_chart(f"depth-{models.kind}-{models.slug}", drawable) if len(drawable) > 1 else None


def set_bundle(models: ModelSet) -> Bundle:
    """Collect the page of a set and its table; its chart comes from `drawing.charts.depth_svg`."""
    drawn = curves(models)
    parent = PARENTS[models.kind]
    data = SetData(
        title=models.title,
        description=f"{models.title}: productive depth of {', '.join(row.title for row in models.rows[:MOST_CURVES])}",
        kind=models.kind,
        key=models.key,
        parent=parent,
        models=len(models.rows),
        labels=labels(models.rows),
        chart=len(drawn) > 1,
        drawn=tuple(named.title for named in drawn) if len(drawn) < len(models.rows) else (),
        versions=computed_with(models.rows),
    )
    page = Page(f"{parent[0].removesuffix('.html')}/{models.slug}.md", "set.md.j2", data)
    return Bundle((page,), (index_table(models.rows, models.key, "../"),))


def families_bundle(sets: Sequence[ModelSet]) -> Bundle:
    """Collect the overview of all families."""
    data = OverviewData(tuple(_lines(sets)))
    return Bundle(
        (Page("families.md", "families.md.j2", data),),
        (Fragment("fragments/families.table.html", "families-table.html.j2", data),),
    )


def compare_page(sets: Sequence[ModelSet]) -> Page:
    """Write the overview of all comparisons: those of the configuration, and families with a chart."""
    return Page("compare.md", "compare.md.j2", OverviewData(tuple(_lines(sets))))


def _lines(sets: Sequence[ModelSet]) -> Iterator[SetLine]:
    for models in sets:
        depths = sorted(int(row.depth) for row in models.rows if row.depth.isdigit())
        sizes = sorted(int(row.r_min_sort) for row in models.rows if row.r_min_sort != "-1")
        yield SetLine(
            slug=models.slug,
            title=models.title,
            models=len(models.rows),
            members=", ".join(row.title for row in models.rows),
            depth=_between(depths),
            feasible=_between(sizes),
            chart=len(curves(models)) > 1,
        )


def _between(values: Sequence[int]) -> str:
    if not values:
        return "–"
    return str(values[0]) if values[0] == values[-1] else f"{values[0]}–{values[-1]}"
