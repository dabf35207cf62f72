"""A comparison -> a site, or pages of one: what changed, with both versions of each model side by side."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rfa_report import store
from rfa_report.core.errors import OutputError
from rfa_report.core.report import ModelReport
from rfa_report.diffing import ModelChanges, Side
from rfa_report.pages.review.changes import INDEX, compared
from rfa_report.pages.review.entry import Review
from rfa_report.publish import engine, site
from rfa_report.publish.output import Output
from rfa_report.publish.review_pages import stage_changes, stage_model_changes

TITLE = "What changed"


def review_site(folder: Path | None, told: Review, found: Iterable[ModelChanges], old: Side, new: Side) -> Path:
    """Make a site of the models that differ, with a page on what changed in each, and return its first page."""
    if folder is None:
        raise OutputError("a site needs a folder", "name one: --format html -o FOLDER")
    differing = [changes for changes in found if changes.changes]
    reports = [report for changes in differing if (report := _read(new, changes.name)) is not None]
    with Output(folder) as output:
        rows = [site.stage_model(output.write, report) for report in reports]
        stage_review(output, told, differing, old, new)
        site.stage_whole(output, TITLE, rows, None, None, more={TITLE: INDEX})
        return engine.build_site(output).with_name("changes.html")


def stage_review(output: Output, told: Review, found: Sequence[ModelChanges], old: Side, new: Side) -> None:
    """Stage the pages of a comparison in a site that has a page for each model of the new side."""
    pages = set()
    for changes in found:
        if changes.changes:
            sides = _read(old, changes.old_name or changes.name), _read(new, changes.name)
            stage_model_changes(output.write, compared(changes, *sides))
            pages.add(changes.name)
    stage_changes(output.write, told, frozenset(pages))


def _read(side: Side, name: str) -> ModelReport | None:
    if name not in side.reports:
        return None
    return store.loads(side.reports[name]().decode(), f"{name} of {side.name}")
