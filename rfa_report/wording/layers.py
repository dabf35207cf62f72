"""What a layer is called: short names of kinds, sizes and maps."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rfa_report.core.layer import Layer, PerAxis

SHORT = {
    "BatchNorm": "BN",
    "LayerNorm": "LN",
    "GroupNorm": "GN",
    "InstanceNorm": "IN",
    "FrozenBatchNorm": "BN",
    "LocalResponseNorm": "LRN",
    "MultiheadAttention": "Attention",
    "AdaptiveAvgPool": "AvgPool to",
    "AdaptiveMaxPool": "MaxPool to",
    "Hardsigmoid": "HardSigmoid",
    "Hardswish": "HardSwish",
    "ConvTranspose": "TransposedConv",
    "add": "Add",
    "mul": "Multiply",
    "cat": "Concat",
    "relu": "ReLU",
    "mean": "Mean",
    "linear": "Linear",
    "matmul": "MatMul",
    "attention": "Attention",
    "softmax": "Softmax",
    "conv": "Conv",
    "max_pool": "MaxPool",
    "avg_pool": "AvgPool",
    "adaptive_avg_pool": "AvgPool to",
    "adaptive_max_pool": "MaxPool to",
    "layer_norm": "LN",
    "batch_norm": "BN",
    "gelu": "GELU",
    "silu": "SiLU",
    "interpolate": "Resize",
    "pad": "Pad",
    "roll": "Shift",
    "masked_fill": "Mask",
    "WindowPartition": "Windows",
    "WindowDepartition": "Unwindow",
    "norm": "Norm",
    "sub": "Subtract",
    "div": "Divide",
    "clamp_min": "Clamp",
    "sigmoid": "Sigmoid",
}
"""Short names of kinds, without the number of axes at their end."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text and the resolutions at which it holds; `at` is empty where it holds at all of them."""

    text: str
    at: tuple[int, ...] = ()


def said(by_resolution: Mapping[int, str]) -> tuple[Said, ...]:
    """Put a text that varies with the resolution into as few pieces as there are different texts."""
    at: dict[str, list[int]] = {}
    for index, text in by_resolution.items():
        at.setdefault(text, []).append(index)
    if len(at) <= 1:
        return tuple(Said(text) for text in at)
    return tuple(Said(text, tuple(indices)) for text, indices in at.items())


def kind_words(layer: Layer) -> str:
    """Say what a layer is: `Conv 3×3 /2`, `DWConv 5×5`, `MaxPool 3×3 /2`, `BN`."""
    bare = re.sub(r"_?[123]d$", "", layer.kind)
    name = SHORT.get(bare, bare)
    if name.endswith(" to"):
        return f"{name} {'×'.join(str(size) for size in layer.output_shape[2:])}"
    if bare.lower().startswith("conv") and layer.groups > 1:
        name = ("DW" if layer.groups == layer.input_shape[1] else "Grouped ") + name
    if layer.window is None:
        return name
    window = layer.window
    words = [name, per_axis_words(window.kernel, always=True)]
    if set(window.stride.values()) != {1}:
        words.append("/" + per_axis_words(window.stride))
    if set(window.dilation.values()) != {1}:
        words.append("d" + per_axis_words(window.dilation))
    return " ".join(words)


def short_path(path: str) -> str:
    """Name a module by the end of its path, from the last part that is not a number on: `features.3`."""
    parts = path.split(".")
    start = max((n for n, part in enumerate(parts) if not part[:1].isdigit()), default=0)
    return ".".join(parts[start:])


def map_words(layer: Layer) -> str:
    """Say the size of a layer's output map: `56×56`; empty where an axis has no dimension of its own."""
    dims = [dim for dim in layer.dims.values() if dim is not None]
    return "×".join(str(layer.output_shape[dim]) for dim in dims) if dims and len(dims) == len(layer.dims) else ""


def per_axis_words(numbers: PerAxis[int], *, always: bool = False) -> str:
    """Say whole numbers per axis: `3×3`; one number where all agree, unless `always` is asked for."""
    words = [str(number) for number in numbers.values()]
    return "×".join(words) if always or len(set(words)) > 1 else words[0]
