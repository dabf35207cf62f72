"""The manifest: what a site holds, for programs; `site_src/data.md` documents it."""

import json
from collections.abc import Sequence

from rfa_report import store
from rfa_report.pages.zoo.row import IndexRow

SCHEMA = 1
"""Version of the manifest's form."""


def manifest(title: str, rows: Sequence[IndexRow]) -> str:
    """List the models of a site with their reports and pages as JSON, one model a line."""
    head = {"schema": SCHEMA, "report_schema": store.SCHEMA, "title": title, "models": []}
    models = ",\n".join("  " + json.dumps(_model(row), ensure_ascii=False) for row in rows)
    text = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("]\n}")
    return f"{text}\n{models}\n ]\n}}\n"


def _model(row: IndexRow) -> dict[str, object]:
    return {
        "slug": row.slug,
        "title": row.title,
        "spec": row.spec,
        "family": None if row.failed else row.family,
        "failed": row.failed,
        "resolutions": {label: "refused" if cell.level == "refused" else "accepted" for label, cell in row.cells},
        "report": f"reports/{row.slug}.json",
        "page": f"models/{row.slug}.html",
        "versions": dict(row.versions),
    }
