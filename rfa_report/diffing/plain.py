"""Changes as JSON, for programs: stable keys, sorted, one change a line."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from fractions import Fraction

from rfa_report.diffing.changes import Change, ModelChanges, Status
from rfa_report.diffing.policy import Finding

SCHEMA = 1
"""Version of this format."""

KEYS = tuple(field.name for field in fields(Change))
"""The keys of a change."""


def as_json(old: str, new: str, compared: Iterable[ModelChanges], findings: Sequence[Finding] | None = None) -> str:
    """Write a comparison as JSON.

    `schema`, `old` and `new` (the sides as they were called), `summary` (status -> number of models), `versions` (of
    packages that differ between the sides: `package`, `old`, `new`), `models`: of each that differs its `model`,
    `old_model` (null unless renamed), `status` and `changes`. A change has `kind`, `layer` (new id; the old one where
    it was removed; null for the model as a whole), `old`, `new` and `at`: the resolutions, or all common ones where
    the list is empty. Sizes are per axis; an infinite one is the string "inf".

    With `findings`, which may grow while the changes are read, those follow: `rule`, `model`, `amount`, `limit`,
    `unit`, `waived`, `reason` and `expires` of the waiver (null without one), and the `changes`.
    """
    counts: Counter[str] = Counter(dict.fromkeys((status.value for status in Status), 0))
    versions: set[tuple[str, str, str]] = set()
    models = []
    for changes in compared:
        counts[changes.status] += 1
        versions |= changes.versions
        if changes.changes:
            models.append("".join(_model(changes)))
    packages = [dict(zip(("package", "old", "new"), entry, strict=True)) for entry in sorted(versions)]
    head = {"schema": SCHEMA, "old": old, "new": new, "summary": dict(counts), "versions": packages}
    lines = [f" {json.dumps(key)}: {_dump(value)}" for key, value in head.items()]
    body = " [\n" + ",\n".join(models) + "\n ]" if models else " []"
    judged = [] if findings is None else [' "findings":' + _listed([_dump(_finding(changes)) for changes in findings])]
    return "{\n" + ",\n".join([*lines, ' "models":' + body, *judged]) + "\n}\n"


def _listed(lines: Sequence[str]) -> str:
    return " [\n  " + ",\n  ".join(lines) + "\n ]" if lines else " []"


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "model": finding.model,
        "amount": _plain(finding.amount),
        "limit": _plain(finding.limit),
        "unit": finding.unit,
        "waived": finding.waived,
        "reason": finding.waiver.reason if finding.waiver else None,
        "expires": finding.waiver.expires.isoformat() if finding.waiver else None,
        "changes": [_change(change) for change in finding.changes],
    }


def _model(model: ModelChanges) -> Iterator[str]:
    head = {"model": model.name, "old_model": model.old_name, "status": model.status.value}
    yield "  " + _dump(head)[:-1] + ', "changes": [\n'
    yield ",\n".join("   " + _dump(_change(change)) for change in model.changes)
    yield "\n  ]}"


def _change(change: Change) -> dict[str, object]:
    return {name: _plain(getattr(change, name)) for name in KEYS}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, float):
        return "inf" if value == float("inf") else int(value) if value.is_integer() else value
    return list(value) if isinstance(value, tuple) else value


_dump = json.JSONEncoder(ensure_ascii=False, sort_keys=True, allow_nan=False).encode
