"""Reports -> exact numbers, for programs: one row a model and resolution, one row a layer and resolution."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport, ResolutionReport
from rfa_report.wording.layers import Place, Value, columns

Row: TypeAlias = Mapping[str, Value]

OF_MODEL: Mapping[str, Callable[[ResolutionReport], Value]] = {
    "depth": lambda at: at.depth,
    "productive_depth": lambda at: at.productive_depth,
    "border_layer": lambda at: at.border,
    "layers": lambda at: len(at.layers),
    "parameters": lambda at: at.params,
    "macs": lambda at: at.macs,
    "wasted_parameters": lambda at: at.wasted_params,
    "wasted_macs": lambda at: at.wasted_macs,
    "refusal": lambda at: at.refusal,
}
"""What is said of a model at a resolution; a column is a line here."""


def model_rows(reports: Sequence[ModelReport]) -> list[Row]:
    """Write the numbers of models, one row a resolution. Sizes are in pixels; an infinite one is `inf`."""
    axes = _axes(reports)
    return [
        {
            "model": report.title,
            "spec": report.spec,
            "resolution": at.label,
            **{name: read(at) for name, read in OF_MODEL.items()},
            **{f"r_min_{axis}": (at.r_min or {}).get(axis) for axis in axes},
            **{f"r_max_{axis}": (at.r_max or {}).get(axis) for axis in axes},
        }
        for report in reports
        for at in report.resolutions
    ]


def layer_rows(report: ModelReport) -> list[Row]:
    """Write the numbers of a model's layers at every resolution, in execution order; what has axes comes last."""
    return [{"resolution": at.label, **_row(layer, report.axes)} for at in report.resolutions for layer in at.layers]


def _row(layer: Layer, axes: Sequence[str]) -> Row:
    values = {column.key: column.exact(layer) for column in columns(Place.EXACT)}
    one = {key: value for key, value in values.items() if not isinstance(value, Mapping)}
    several = {key: value for key, value in values.items() if isinstance(value, Mapping)}
    return {
        **one,
        **{f"{key}_{axis}": _plain(value.get(axis)) for key, value in several.items() for axis in axes},
    }


def _axes(reports: Sequence[ModelReport]) -> list[str]:
    return list(dict.fromkeys(axis for report in reports for axis in report.axes))


def _plain(value: Value) -> Value:
    """Write a whole number without a point, and an infinite one as a word that every program reads."""
    if not isinstance(value, float):
        return value
    return "inf" if value == float("inf") else int(value) if value.is_integer() else value
