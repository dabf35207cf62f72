"""Report <-> canonical JSON: sorted keys, one layer a line, no clock, no host, no path."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rfa_report.core.errors import StoreError, one_line
from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport

SCHEMA = 1
"""Version of the file format; a file of a newer one is refused."""

NOT_STORED = frozenset({"reaches"})


def dumps(report: ModelReport, *, split: bool = True) -> str:
    """Write a report as canonical JSON text.

    With `split`, as in files, what holds of a layer at every resolution is written once under `layers`, and only the
    rest under the resolution; without, each resolution holds its layers whole. One layer a line. Infinite sizes are
    written as the string "inf", unknown ones as null.
    """
    plain = _plain(report)
    if not split:
        return "".join(_lines({"schema": SCHEMA, **plain}, 0)) + "\n"
    resolutions = plain.pop("resolutions")
    shared = _shared([{layer["id"]: layer for layer in r["layers"]} for r in resolutions])
    for resolution in resolutions:
        resolution["layers"] = {
            layer["id"]: {k: v for k, v in layer.items() if k not in shared[layer["id"]]}
            for layer in resolution["layers"]
        }
    whole = {"schema": SCHEMA, **plain, "layers": shared, "resolutions": resolutions}
    return "".join(_lines(whole, 0)) + "\n"


def loads(text: str, name: str = "report") -> ModelReport:
    """Read a report back. Raises `StoreError` for text that is none, or one of a newer schema."""
    try:
        plain = json.loads(text)
        schema = plain.pop("schema")
    except (ValueError, AttributeError, KeyError) as error:
        raise StoreError(f"{name} is no report: {one_line(error)}", "build it again with rfa-report build") from error
    if not isinstance(schema, int) or schema > SCHEMA:
        raise StoreError(
            f"{name} has report schema {schema}, this version reads up to {SCHEMA}", "upgrade rfa_report and try again"
        )
    try:
        shared = plain.pop("layers")
        for resolution in plain["resolutions"]:
            resolution["layers"] = [{**shared[key], **layer} for key, layer in resolution["layers"].items()]
        return _adapter().validate_python(plain)
    except (ValidationError, AttributeError, KeyError, TypeError) as error:
        raise StoreError(
            f"{name} is damaged: {one_line(error, 160)}", "build it again with rfa-report build"
        ) from error


def load(path: Path) -> ModelReport:
    """Read a report file."""
    try:
        return loads(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path} cannot be read: {one_line(error)}", "check the path") from error


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a report whose layers are put together again."""
    return _adapter().json_schema()


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[ModelReport]:
    return TypeAdapter(ModelReport)


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.name not in NOT_STORED}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return "inf" if value == float("inf") else int(value) if value.is_integer() else value
    if value is None or isinstance(value, (bool, int)):
        return value
    return str(value)


def _shared(tables: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Collect, layer by layer, what is equal at every resolution that has the layer; `id` always."""
    shared: dict[str, dict[str, Any]] = {}
    for table in tables:
        for key, layer in table.items():
            if key not in shared:
                shared[key] = dict(layer)
            else:
                shared[key] = {k: v for k, v in shared[key].items() if layer.get(k, ...) == v}
    return shared


def _lines(value: Any, depth: int) -> Iterator[str]:
    """Write objects and lists down to the layers over several lines, and everything below on one."""
    nested = isinstance(value, (dict, list)) and any(isinstance(v, (dict, list)) for v in _items(value))
    flat = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
    if not nested or depth > 4 or (isinstance(value, dict) and "kind" in value) or len(flat) < 100:
        yield flat
        return
    pad = "  " * (depth + 1)
    yield "{\n" if isinstance(value, dict) else "[\n"
    pairs = list(value.items()) if isinstance(value, dict) else [(None, item) for item in value]
    if isinstance(value, dict) and depth == 0:
        pairs.sort(key=lambda pair: (isinstance(pair[1], (dict, list)), pair[0]))
    for index, (key, item) in enumerate(pairs):
        yield pad + (f"{json.dumps(key, ensure_ascii=False)}: " if key is not None else "")
        yield from _lines(item, depth + 1)
        yield ",\n" if index + 1 < len(pairs) else "\n"
    yield "  " * depth + ("}" if isinstance(value, dict) else "]")


def _items(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value


__all__ = ["SCHEMA", "Layer", "dumps", "json_schema", "load", "loads"]
