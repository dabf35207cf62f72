"""The second oracle: sizes are those of the same network on an input that is so large that no border shows."""

from collections.abc import Callable

from torch import nn

from rfa_report import analyze

Sizes = dict[str, tuple[float | None, float | None]]
"""Of the shortest and of the largest path, by axis."""


def sizes(build: Callable[[], nn.Module], size: tuple[int, ...], channels: int = 3) -> list[Sizes]:
    """Return the sizes of every layer with weights, and of the last layer."""
    layers = analyze(build(), [size], channels=channels).resolutions[0].layers
    told = [layer for layer in layers if layer.params or layer is layers[-1]]
    return [{axis: (layer.rf_min[axis], layer.rf_max[axis]) for axis in layer.rf_min} for layer in told]
