"""The layer that papers quote: the last one with the largest finite field, its size, stride and padding."""

from dataclasses import dataclass
from math import inf

from rfa_report.core.layer import Layer
from rfa_report.core.report import ModelReport
from rfa_report.wording import across
from rfa_report.wording.numbers import largest, per_axis, pixels, times


@dataclass(frozen=True, slots=True)
class QuotedLayer:
    """Size, effective stride and effective padding of a layer's field, in pixels."""

    layer: str
    size: str
    stride: str
    padding: str


def quoted_layer(report: ModelReport) -> QuotedLayer | None:
    """Find the last layer with the largest finite field, among those with a map; None where there is none."""
    best: Layer | None = None
    for layer in report.resolutions[across.selected(report)].layers:
        sizes = [*layer.rf_max.values()]
        finite = all(size is not None and size != inf for size in sizes)
        if finite and None not in (*layer.jump.values(), *layer.dims.values()):
            best = layer if best is None or largest(sizes) >= largest(best.rf_max.values()) else best
    if best is None:
        return None
    padding = times(pixels(best.effective_padding(axis)) for axis in best.rf_max)
    return QuotedLayer(best.id, per_axis(best.rf_max), per_axis(best.jump), padding)
