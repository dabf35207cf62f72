"""What a layer is called and what is said of it: short names of kinds, sizes and maps; the columns of its tables."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from fractions import Fraction
from typing import TypeAlias

from rfa_report.core.layer import Layer, PerAxis
from rfa_report.core.operator import How
from rfa_report.wording.numbers import per_axis, pixels, quantity, times
from rfa_report.wording.verdicts import mark

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


def field_words(layer: Layer) -> str:
    """Say RF min, from which the verdict follows, to RF max where that is another: `31`, `31–263`."""
    ends = [per_axis(sizes) for sizes in (layer.rf_min, layer.rf_max) if None not in sizes.values()]
    return "–".join(dict.fromkeys(ends)) or "–"


def map_words(layer: Layer) -> str:
    """Say the size of a layer's output map: `56×56`; empty where an axis has no dimension of its own."""
    dims = [dim for dim in layer.dims.values() if dim is not None]
    return "×".join(str(layer.output_shape[dim]) for dim in dims) if dims and len(dims) == len(layer.dims) else ""


def per_axis_words(numbers: PerAxis[int], *, always: bool = False) -> str:
    """Say whole numbers per axis: `3×3`; one number where all agree, unless `always` is asked for."""
    words = [str(number) for number in numbers.values()]
    return "×".join(words) if always or len(set(words)) > 1 else words[0]


def window_text(layer: Layer) -> str:
    """Write kernel, stride and dilation as in `3×3 /2 d2`; empty where the layer has no kernel."""
    window = layer.window
    if window is None:
        return ""
    parts = ["×".join(str(size) for size in window.kernel.values())]
    if any(step != 1 for step in window.stride.values()):
        parts.append("/" + times(str(step) for step in window.stride.values()))
    if any(step != 1 for step in window.dilation.values()):
        parts.append("d" + times(str(step) for step in window.dilation.values()))
    if layer.groups > 1:
        parts.append(f"g{layer.groups}")
    return " ".join(parts)


def map_text(layer: Layer) -> str:
    """Write the output's size along the input's axes (`14×14`), or its whole shape where it has none (`197·768`)."""
    if layer.dims and all(dim is not None for dim in layer.dims.values()):
        return "×".join(str(layer.output_shape[dim]) for dim in layer.dims.values() if dim is not None)
    return "·".join(str(size) for size in layer.output_shape[1:]) or "–"


def beside_map(layer: Layer) -> str:
    """Write the sizes of the output that are no axis of the input, mostly its channels."""
    if not layer.dims or None in layer.dims.values():
        return ""
    return "·".join(str(n) for dim, n in enumerate(layer.output_shape) if dim and dim not in layer.dims.values())


def _output(layer: Layer) -> str:
    return " · ".join(filter(None, (map_text(layer), beside_map(layer))))


def _call(layer: Layer) -> str:
    window = layer.window
    return layer.kind if window is None else f"{layer.kind} {per_axis(window.kernel)} /{per_axis(window.stride)}"


def _jump(layer: Layer) -> str:
    """Write the jump; a dash where neighbouring positions are not one distance apart."""
    return "–" if None in layer.jump.values() else per_axis(layer.jump)


def _exact_jump(layer: Layer) -> PerAxis[int | str | None]:
    return {axis: str(jump) if isinstance(jump, Fraction) else jump for axis, jump in layer.jump.items()}


def _centre(layer: Layer) -> str:
    known = any(value is not None for value in layer.centre.values())
    return "~" * (known and not layer.aligned) + _offsets(layer.centre)


def _padding(layer: Layer) -> PerAxis[float | None]:
    return {axis: layer.effective_padding(axis) for axis in layer.centre}


def _offsets(values: PerAxis[float | None]) -> str:
    return times("–" if value is None else pixels(value or 0) for value in values.values())


def _count(value: int) -> str:
    return quantity(value).text if value else "–"


def _verdict(layer: Layer) -> str:
    shown = mark(layer.verdict)
    return f"{shown.symbol} {shown.word}"


def _grounds(layer: Layer) -> str:
    """Say which operators a verdict rests on that are not ruled."""
    unknown = [f"{How.UNKNOWN}: {', '.join(layer.unknown)}"] if layer.unknown else []
    loose = [
        f"{caveat.how}: {caveat.name}{', ' if caveat.why else ''}{caveat.why}"
        for caveat in layer.caveats
        if caveat.how is not How.UNKNOWN
    ]
    return "; ".join([*unknown, *loose])


class Place(Enum):
    """A table that has a row for each layer."""

    SITE = auto()
    REVIEW = auto()
    PAPER = auto()
    EXACT = auto()
    TERMINAL = auto()


Value: TypeAlias = str | int | float | None
SITE, REVIEW, PAPER, EXACT, TERMINAL = Place
PAGES, ALL = frozenset({SITE, REVIEW, PAPER}), frozenset(Place)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the tables of layers.

    `head` begins as in a sentence; `text` is what a reader sees and `exact` what a program reads, one value or one an
    axis, for which the column is called `key`. `hint` explains the head, `term` is where the method page defines it,
    `remark` explains one cell. A `number` is aligned right, and a `count` is given on paper in the unit of its column.
    """

    key: str
    head: str
    places: frozenset[Place]
    text: Callable[[Layer], str]
    exact: Callable[[Layer], Value | PerAxis[Value]] = lambda _: None
    hint: str = ""
    term: str = ""
    remark: Callable[[Layer], str] = lambda _: ""
    number: bool = False
    count: bool = False

    @property
    def title(self) -> str:
        """The head with a capital."""
        return self.head[0].upper() + self.head[1:]


COLUMNS = (
    Column("layer", "layer", frozenset({PAPER, EXACT, TERMINAL}), lambda x: x.id, lambda x: x.id),
    Column("kind", "kind", PAGES | {EXACT}, lambda x: x.kind, lambda x: x.kind,
           "leads to the layer's place in the graph"),
    Column("call", "kind", frozenset({TERMINAL}), _call),
    Column("kernel", "kernel", PAGES | {EXACT}, window_text, lambda x: x.window.kernel if x.window else {},
           "kernel /stride d dilation g groups"),
    Column("stride", "stride", frozenset({EXACT}), str, lambda x: x.window.stride if x.window else {}),
    Column("dilation", "dilation", frozenset({EXACT}), str, lambda x: x.window.dilation if x.window else {}),
    Column("groups", "groups", frozenset({EXACT}), str, lambda x: x.groups),
    Column("output", "output", frozenset({SITE}), _output, hint="output map · channels", number=True),
    Column("output_map", "output map", frozenset({REVIEW}), map_text, number=True),
    Column("map", "map", frozenset({PAPER}), map_text),
    Column("output_shape", "output", frozenset({EXACT, TERMINAL}), lambda x: "×".join(map(str, x.output_shape[1:])),
           lambda x: "x".join(map(str, x.output_shape[1:]))),
    Column("rf_max", "RF max", ALL, lambda x: per_axis(x.rf_max), lambda x: x.rf_max,
           "largest receptive field, px", "largest-field", number=True),
    Column("rf_min", "RF min", ALL, lambda x: per_axis(x.rf_min), lambda x: x.rf_min,
           "smallest receptive field, px", "rf-min", number=True),
    Column("jump", "jump", ALL, _jump, _exact_jump,
           "distance of neighbouring positions, px", "jump", number=True),
    Column("parameters", "params", PAGES | {EXACT}, lambda x: _count(x.params), lambda x: x.params,
           "parameters, to three digits; the raw data have them all", number=True, count=True),
    Column("macs", "MACs", PAGES | {EXACT}, lambda x: _count(x.macs), lambda x: x.macs,
           "multiply-accumulates, to three digits; the raw data have them all", number=True, count=True),
    Column("centre", "centre", frozenset({SITE, EXACT}), _centre, lambda x: x.centre,
           "centre of the first position's largest field, px; ~ where fields are not aligned", "centre", number=True),
    Column("effective_padding", "padding", frozenset({SITE, EXACT}), lambda x: _offsets(_padding(x)), _padding,
           "effective padding: how far the first position's largest field reaches over the border, px",
           "effective-padding", number=True),
    Column("verdict", "verdict", ALL - {PAPER}, _verdict, lambda x: x.verdict.value, remark=_grounds),
)  # fmt: skip
"""What tables say of a layer, in this order; a new column is an entry here, which names the tables that have it."""

FIRST = {SITE: ("verdict",), REVIEW: ("verdict",), TERMINAL: ("layer", "call", "output_shape", "rf_min")}
"""The keys that stand first in a table, where that is another order."""


def columns(place: Place) -> tuple[Column, ...]:
    """List the columns of a table."""
    first = FIRST.get(place, ())
    shown = [column for column in COLUMNS if place in column.places]
    return tuple(sorted(shown, key=lambda column: first.index(column.key) if column.key in first else len(first)))
