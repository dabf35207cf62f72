"""The report of a model: what the analysis found at each resolution."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from rfa_report.core.errors import LayerError, ResolutionError
from rfa_report.core.inputs import AXES
from rfa_report.core.layer import Layer, PerAxis, Verdict
from rfa_report.core.names import named
from rfa_report.core.operator import How, worst_of

Size: TypeAlias = tuple[int, ...]


def size_label(size: Size) -> str:
    """Write a resolution as users write it: `224` where all axes are equal, else `224x320`."""
    return str(size[0]) if len(set(size)) == 1 else "x".join(map(str, size))


def parse_size(text: int | str | Size, axes: int = 2) -> Size:
    """Read a resolution: 224, "224", "224x320" or (224, 320). Raises `ResolutionError`.

    A single number stands for all of `axes`; a video is "16x112x112" (time first), a signal "l=16000" or (16000,).
    """
    if isinstance(text, str) and "=" in text:
        pairs = [part.partition("=") for part in text.lower().replace(" ", "").split(",")]
        named = tuple(name for name, _, _ in pairs) in AXES.values()
        parts: Sequence[int | str] = [number for _, _, number in pairs] if named else ()
    else:
        parts = text if isinstance(text, (tuple, list)) else str(text).lower().split("x")
    try:
        sizes = [int(part) for part in parts]
    except ValueError:
        sizes = []
    if not sizes or min(sizes) < 1 or len(sizes) not in AXES:
        raise ResolutionError(
            f"{text!r} is not a resolution",
            "write a whole number such as 224, HxW such as 224x320, or l=16000 for a signal",
        )
    whole = len(sizes) == 1 and not isinstance(text, (tuple, list)) and "=" not in str(text)
    return tuple(sizes * axes) if whole else tuple(sizes)


@dataclass(frozen=True, slots=True)
class ResolutionReport:
    """What the analysis says of a model at one resolution.

    `depth` is the largest number of convolutions on any path, `productive_depth` that of convolutions which are not
    unproductive. `params` and `macs` count what the forward pass uses; `wasted_params` and `wasted_macs` sit in
    unproductive layers. `refusal` is the model's own message where it refused the resolution: the layers are then
    those before `refused_in`, and every number is about them only. `operators` are those that the input reaches, with
    how each was judged, the worst where calls differ. `built_with` is the argument with which the model was built anew
    for this resolution, such as `img_size=192`, because it refuses it as it is. `only_size` is the one resolution that
    the model takes as it is, so that it has no `r_min`; `also_takes` are the first and the last size that it takes
    below a gap, above which `r_min` lies. `outputs` are what the model returns, as layers that compute nothing:
    `output`, or `output[p4]` of several by their keys or numbers. `views` are what modules return where
    that is not the output of a layer as it is: tokens put together as a map, for instance.
    """

    size: Size
    layers: tuple[Layer, ...]
    depth: int
    productive_depth: int
    border: str | None
    params: int
    macs: int
    wasted_params: int
    wasted_macs: int
    r_min: PerAxis[int] | None
    r_max: PerAxis[int] | None
    operators: Mapping[str, How]
    concrete: bool
    refusal: str | None
    refused_in: str | None
    built_with: str | None = None
    only_size: PerAxis[int] | None = None
    also_takes: tuple[int, int] | None = None
    outputs: tuple[Layer, ...] = ()
    views: tuple[Layer, ...] = ()

    @property
    def label(self) -> str:
        """Write the resolution as users write it."""
        return size_label(self.size)

    @property
    def border_layer(self) -> Layer | None:
        """Return the first unproductive convolution in execution order; None where there is none."""
        return next((layer for layer in self.layers if layer.id == self.border), None)

    def layer(self, name: str) -> Layer:
        """Return a layer by its id, the one whose map a module or a stage hands on, or an output.

        Raises `LayerError`, which tells the nearest names or those to choose from.
        """
        return named(self.layers, self.outputs, self.views, name)

    @property
    def range_is_empty(self) -> bool:
        """Tell whether the feasible range ends before it begins: `r_min` is above `r_max` along an axis."""
        ends = self.r_max or {}
        return any(least > ends.get(axis, least) for axis, least in (self.r_min or {}).items())

    @property
    def verdicts(self) -> Counter[Verdict]:
        """Count the layers by verdict."""
        return Counter(layer.verdict for layer in self.layers)

    @property
    def not_judged(self) -> tuple[Layer, ...]:
        """List the layers that nobody can judge."""
        return tuple(layer for layer in self.layers if layer.verdict is Verdict.NOT_JUDGED)

    @property
    def beyond_sizes(self) -> tuple[Layer, ...]:
        """List the layers that also depend on the whole image, by a norm over the map, say: no size includes that."""
        return tuple(layer for layer in self.layers if layer.global_context)

    @property
    def convolutions(self) -> tuple[int, int]:
        """Count the convolutions that are unproductive, and all of them."""
        convolutions = [layer for layer in self.layers if layer.convolutions]
        bad = sum(layer.convolutions for layer in convolutions if layer.verdict is Verdict.UNPRODUCTIVE)
        return bad, sum(layer.convolutions for layer in convolutions)


@dataclass(frozen=True, slots=True)
class ModelReport:
    """Everything that is known about one model; the interface between analysis and pages, stored as JSON.

    The model takes `images` inputs of `channels` each or, where these are given, `inputs`: patterns by name.
    `r_max_varies` where the largest field depends on the size of the input: windows fit small maps as a whole, or
    pooling gives a fixed number of rows. `error` is what building or running it raised at every resolution; there are
    no resolutions then. `reasons` say by name why operators were judged as they were, the worst over all resolutions,
    where the book of rules says so. `size_argument` is what the user said: the argument that takes the resolution, of a
    model that is built anew for each, or nothing, `""`, for one that never is.
    """

    slug: str
    title: str
    spec: str
    family: str
    arguments: Mapping[str, object]
    channels: int
    versions: Mapping[str, str]
    axes: tuple[str, ...]
    resolutions: tuple[ResolutionReport, ...]
    images: int = 1
    inputs: Mapping[str, str] = field(default_factory=dict)
    r_max_varies: bool = False
    size_argument: str | None = None
    error: str | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)

    def at(self, resolution: int | str | Size) -> ResolutionReport:
        """Return the report at a resolution: 224, "224x320" or (224, 320). Raises `LookupError`."""
        size = parse_size(resolution, len(self.axes))
        for report in self.resolutions:
            if report.size == size:
                return report
        known = ", ".join(report.label for report in self.resolutions)
        raise LookupError(f"{self.slug} was not analysed at {size_label(size)}; analysed: {known or 'nothing'}")

    def layer(self, name: str) -> dict[str, Layer]:
        """Return what a name stands for, by the labels of the resolutions that have it. Raises `LayerError`."""
        layers: dict[str, Layer] = {}
        problem = None
        for at in self.resolutions:
            try:
                layers[at.label] = at.layer(name)
            except LayerError as error:
                problem = error if problem is None or at.refusal is None else problem
        if problem is not None and not layers:
            raise problem
        return layers

    @property
    def operators(self) -> dict[str, How]:
        """Say of each operator how it was judged, the worst over all resolutions."""
        return worst_of(pair for at in self.resolutions for pair in at.operators.items())

    @property
    def accepted(self) -> tuple[ResolutionReport, ...]:
        """List the resolutions that the model accepted."""
        return tuple(report for report in self.resolutions if report.refusal is None)
