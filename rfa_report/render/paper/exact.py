"""Exact numbers as CSV and JSON, for programs."""

import csv
import io
import json
from collections.abc import Iterator, Sequence

from rfa_report.core.report import ModelReport
from rfa_report.pages.paper.exact import Row, layer_rows, model_rows


def as_csv(reports: Sequence[ModelReport]) -> Iterator[tuple[str, str]]:
    """Write one table of all models, and one of each model's layers."""
    yield "numbers.csv", _csv(model_rows(reports))
    for report in reports:
        yield f"numbers/{report.slug}-layers.csv", _csv(layer_rows(report))


def as_json(reports: Sequence[ModelReport]) -> Iterator[tuple[str, str]]:
    """Write the same numbers as one file."""
    models, layers = _lines(model_rows(reports)), {report.slug: _lines(layer_rows(report)) for report in reports}
    versions = _dump({report.slug: dict(report.versions) for report in reports})
    inner = ",\n".join(f"{_dump(slug)}: {rows}" for slug, rows in layers.items())
    yield "numbers.json", f'{{"versions": {versions},\n"models": {models},\n"layers": {{\n{inner}\n}}}}\n'


def _lines(rows: Sequence[Row]) -> str:
    """Write one row a line."""
    return "[\n" + ",\n".join(map(_dump, rows)) + "\n]"


def _csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


_dump = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
