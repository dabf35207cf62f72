"""Reports -> a staged site: data, pages and fragments of each model, then the pages about all of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from rfa_report import assets, store
from rfa_report.core.errors import ConfigError
from rfa_report.core.report import ModelReport
from rfa_report.drawing.charts.depth_svg import depth_svg
from rfa_report.drawing.pictures import pictures
from rfa_report.pages.page import Bundle, Page, data_table
from rfa_report.pages.site import model_bundle, site_bundle
from rfa_report.pages.zoo.manifest import manifest
from rfa_report.pages.zoo.row import IndexRow, index_row
from rfa_report.pages.zoo.sets import ModelSet, families, set_chart
from rfa_report.publish import engine
from rfa_report.publish.output import Output
from rfa_report.render.markdown import render, verbatim
from rfa_report.render.paper.preview import preview

Write: TypeAlias = Callable[[str, str], None]
"""Take a file by its path below the output folder, and its content."""

DOCS, THEME = "docs", "theme"
SCHEMA_FILE = "report.schema.json"
"""The JSON Schema of the reports, published beside them; no slug has a dot."""

PREVIEW = "assets/preview.png"
"""The picture of the site for others to show beside a link to it."""


def report_path(slug: str) -> str:
    """Name the report of a model below the output folder."""
    return f"reports/{slug}.json"


def stage_model(write: Write, report: ModelReport) -> IndexRow:
    """Write everything that is about one model, and return its row of the index."""
    text = store.dumps(report)
    write(report_path(report.slug), text)
    write(f"{DOCS}/{report_path(report.slug)}", text)
    row = index_row(report)
    drawn = pictures(report, row.curve)
    for path, content in ((path, content) for picture in drawn for path, content in picture.files.items()):
        write(path, content)
    _stage(write, model_bundle(report, drawn))
    return row


def stage_whole(
    output: Output,
    title: str,
    rows: Sequence[IndexRow],
    url: str | None,
    own: Path | None,
    compared: Sequence[ModelSet] = (),
    *,
    more: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write what is about all models: index, hand-written pages, theme and settings. Forget what is gone.

    `more` are pages that are staged before, by their titles in the navigation.

    `own` is a user's mkdocs.yml: its settings go before ours where both say something, but for the folders, and the
    pages of its `docs_dir` are staged too.
    """
    source = assets.site_src()
    output.copy_tree(source, DOCS, skip=(THEME,))
    output.copy_tree(source / THEME, THEME)
    ours = engine.read(assets.mkdocs_yml())
    theirs = engine.read(own) if own else {}
    address = url or theirs.get("site_url")
    if isinstance(address, str) and (picture := preview(title, rows)) is not None:
        output.write(f"{DOCS}/{PREVIEW}", picture)
        ours = {**ours, "extra": {**ours["extra"], "preview": f"{address.rstrip('/')}/{PREVIEW}"}}
    ours = {**ours, "nav": [*ours["nav"], *({title: path} for title, path in more.items())]}
    if own:
        pages = own.parent / str(theirs.get("docs_dir", "docs"))
        if not pages.is_dir():
            raise ConfigError(f"{own} has no pages: there is no folder {pages}", "create it, or correct docs_dir")
        output.copy_tree(pages, DOCS)
    output.write(f"{DOCS}/reports/{SCHEMA_FILE}", json.dumps(store.json_schema(), indent=1, sort_keys=True) + "\n")
    output.write(f"{DOCS}/manifest.json", manifest(title, rows))
    _stage(output.write, site_bundle(title, rows, compared))
    for models in (*families(rows), *compared):
        if (chart := set_chart(models)) is not None:
            text = verbatim(depth_svg(chart)) + render(data_table(chart.table))
            output.write(f"{THEME}/fragments/{models.key}.chart.html", text)
    output.write("mkdocs.yml", engine.dump(engine.settings(ours, theirs, title, url)))
    output.finish()


def stage_page(write: Write, page: Page) -> None:
    """Write one page."""
    write(f"{DOCS}/{page.path}", render(page))


def _stage(write: Write, bundle: Bundle) -> None:
    for page in bundle.pages:
        stage_page(write, page)
    for piece in bundle.fragments:
        write(f"{THEME}/{piece.path}", render(piece))
