"""Reports -> exact numbers, for programs: one row a model and resolution, one row a layer and resolution."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from rfa_report.core.layer import Layer, PerAxis
from rfa_report.core.report import ModelReport, ResolutionReport

Value: TypeAlias = str | int | float | None
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

OF_LAYER: Mapping[str, Callable[[Layer], Value]] = {
    "layer": lambda layer: layer.id,
    "kind": lambda layer: layer.kind,
    "groups": lambda layer: layer.groups,
    "output_shape": lambda layer: "x".join(map(str, layer.output_shape[1:])),
    "parameters": lambda layer: layer.params,
    "macs": lambda layer: layer.macs,
    "verdict": lambda layer: layer.verdict.value,
}
"""What is said of a layer at a resolution."""

PER_AXIS: Mapping[str, Callable[[Layer], PerAxis[Value]]] = {
    "kernel": lambda layer: layer.window.kernel if layer.window else {},
    "stride": lambda layer: layer.window.stride if layer.window else {},
    "dilation": lambda layer: layer.window.dilation if layer.window else {},
    "rf_max": lambda layer: layer.rf_max,
    "rf_min": lambda layer: layer.rf_min,
    "jump": lambda layer: layer.jump,
    "centre": lambda layer: layer.centre,
    "effective_padding": lambda layer: {axis: layer.effective_padding(axis) for axis in layer.centre},
}
"""What is said of a layer along each axis: `rf_max_h`, `rf_max_w` ..."""


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
    """Write the numbers of a model's layers at every resolution, in execution order."""
    return [
        {
            "resolution": at.label,
            **{name: read(layer) for name, read in OF_LAYER.items()},
            **{
                f"{name}_{axis}": _plain(found.get(axis))
                for name, found in ((name, read(layer)) for name, read in PER_AXIS.items())
                for axis in report.axes
            },
        }
        for at in report.resolutions
        for layer in at.layers
    ]


def _axes(reports: Sequence[ModelReport]) -> list[str]:
    return list(dict.fromkeys(axis for report in reports for axis in report.axes))


def _plain(value: Value) -> Value:
    """Write a whole number without a point, and an infinite one as a word that every program reads."""
    if not isinstance(value, float):
        return value
    return "inf" if value == float("inf") else int(value) if value.is_integer() else value
