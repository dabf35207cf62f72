"""Report <-> canonical JSON: sorted keys, one layer a line, no clock, no host, no path.

Schema 2 (of 0.2) begins with `schema` and `what`, by which `is_report` knows a report, and has the `reasons` of
operators. Schema 1 (of 0.1) begins with `arguments` and has no reasons; it is read for ever. What is no property of an
architecture alone (advice, effective fields of trained weights) is a file of its own beside the report, with another
`what`: a report never grows by it, and whoever reads a folder of reports passes it by.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rfa_report.core.errors import StoreError, one_line
from rfa_report.core.layer import Layer
from rfa_report.core.names import inside, parameters
from rfa_report.core.report import ModelReport

SCHEMA = 2
"""Version of the file format; a file of a newer one is refused."""

HEAD = {"schema": SCHEMA, "what": "report"}
"""The first keys of a file."""

SPREAD = frozenset({"report", "layers", "resolutions", "item"})
"""What a file spreads over lines: the report, its resolutions (each an item) and their layers, in execution order."""

NOT_STORED = frozenset({"reaches"})

_HEAD = re.compile(rb'\s*\{\s*("schema"\s*:\s*\d+\s*,\s*"what"\s*:\s*"report"|"arguments"\s*:)')
_VERSIONS = re.compile(r'^  "versions": (\{.*\}),?$', re.MULTILINE)


def dumps(report: ModelReport, *, split: bool = True) -> str:
    """Write a report as canonical JSON text.

    With `split`, as in files, what holds of a layer at every resolution is written once under `layers`, and only the
    rest under the resolution; without, each resolution holds its layers whole. One layer a line. Infinite sizes are
    written as the string "inf", unknown ones as null.
    """
    plain = _plain(report)
    if not split:
        return "".join(_lines({**HEAD, **plain}, 0, "report")) + "\n"
    resolutions = plain.pop("resolutions")
    shared = _shared([{layer["id"]: layer for layer in r["layers"]} for r in resolutions])
    for resolution in resolutions:
        resolution["layers"] = {
            layer["id"]: {k: v for k, v in layer.items() if k not in shared[layer["id"]]}
            for layer in resolution["layers"]
        }
    whole = {**HEAD, **plain, "layers": shared, "resolutions": resolutions}
    return "".join(_lines(whole, 0, "report")) + "\n"


def dumps_layers(report: ModelReport, named: Mapping[str, Mapping[str, Layer]]) -> str:
    """Write what some names stand for at the resolutions of a report as JSON text, one layer a line.

    Beside what a report says of a layer, `reach` has first and last input positions along each axis, null for none,
    and `inside` what the layers of a module are together; it is null for a layer.
    """
    resolutions = [
        {
            "size": list(at.size),
            "layers": {
                name: {
                    **_plain(layer),
                    "reach": {axis: _ends(layer, axis) for axis in report.axes},
                    "inside": _together(inside(at.layers, name)),
                }
                for name, layers in named.items()
                if (layer := layers.get(at.label))
            },
        }
        for at in report.resolutions
    ]
    head = {**HEAD, "what": "layers", "spec": report.spec, "resolutions": resolutions}
    return "".join(_lines(head, 0, "report")) + "\n"


def _together(layers: Sequence[Layer]) -> dict[str, int] | None:
    macs = sum(layer.macs for layer in layers)
    return {"layers": len(layers), "params": parameters(layers), "macs": macs} if layers else None


def _ends(layer: Layer, axis: str) -> list[list[int]] | None:
    reach = layer.reach(axis)
    return None if reach is None else [ends.tolist() for ends in reach]


def loads(text: str, name: str = "report") -> ModelReport:
    """Read a report back, however it was written. Raises `StoreError` for what is none, or one of a newer schema."""
    try:
        plain = json.loads(text)
        schema, what = plain.pop("schema"), plain.pop("what", "report")
        if what != "report":
            raise TypeError(f"it holds {what}")
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise StoreError(
            f"{name} is not a report: {one_line(error)}", "build it again with rfa-report build"
        ) from error
    if not isinstance(schema, int) or schema > SCHEMA:
        raise StoreError(
            f"{name} has report schema {schema}, this version reads up to {SCHEMA}", "upgrade rfa_report and try again"
        )
    try:
        if (shared := plain.pop("layers", None)) is not None:
            for resolution in plain["resolutions"]:
                resolution["layers"] = [{**shared[key], **layer} for key, layer in resolution["layers"].items()]
        return _adapter().validate_python(plain)
    except (ValidationError, AttributeError, KeyError, TypeError) as error:
        raise StoreError(
            f"{name} is damaged: {one_line(error, 160)}", "build it again with rfa-report build"
        ) from error


def is_report(data: bytes) -> bool:
    """Tell by its first bytes whether a file is a report, of whichever schema; it may be damaged further on."""
    return _HEAD.match(data) is not None


def load(path: Path) -> ModelReport:
    """Read a report file."""
    try:
        return loads(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path} cannot be read: {one_line(error)}", "check the path") from error


def without_versions(text: str) -> str | None:
    """Cut the line of versions from a report's text; None where the text has no such line."""
    cut, count = _VERSIONS.subn("", text, count=1)
    return cut if count else None


def versions_of(text: str) -> dict[str, str]:
    """Read the versions that made a report, without the rest of its text; empty where there is no such line."""
    line = _VERSIONS.search(text)
    return dict(json.loads(line[1])) if line else {}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a report file."""
    schema = _adapter().json_schema()
    layer, resolution = schema["$defs"]["Layer"], schema["$defs"]["ResolutionReport"]
    for name in NOT_STORED:
        del layer["properties"][name]
    for name in ("rf_min", "rf_max"):
        layer["properties"][name]["additionalProperties"]["anyOf"].append({"const": "inf"})
    del layer["required"]  # a layer is split between `layers` and the resolutions
    table = {"type": "object", "additionalProperties": {"$ref": "#/$defs/Layer"}}
    resolution["properties"]["layers"] = table
    schema["properties"] |= {**{key: {"const": value} for key, value in HEAD.items()}, "layers": table}
    schema["required"] += [*HEAD, "layers"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "rfa_report report"}


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


def _lines(value: Any, depth: int, key: str = "") -> Iterator[str]:
    """Spread the report, its resolutions and its tables of layers over lines; everything else stands on one."""
    if key not in SPREAD or not value:
        yield json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
        return
    pad = "  " * (depth + 1)
    if isinstance(value, dict):
        opening, closing, pairs = "{", "}", [(f"{json.dumps(k, ensure_ascii=False)}: ", k, v) for k, v in value.items()]
        if key != "layers":
            pairs.sort(key=lambda pair: (pair[1] not in HEAD, pair[1] in SPREAD, pair[1]))
    else:
        opening, closing, pairs = "[", "]", [("", "item" if key == "resolutions" else "", item) for item in value]
    yield opening
    for index, (label, inner, item) in enumerate(pairs):
        yield (",\n" if index else "\n") + pad + label
        yield from _lines(item, depth + 1, inner if key != "layers" else "")
    yield "\n" + "  " * depth + closing
