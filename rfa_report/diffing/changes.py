"""The kinds of change that a review is told of; their names are stable, for programs and policies."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

Value: TypeAlias = (
    str
    | int
    | float
    | Mapping[str, int]
    | Mapping[str, int | None]
    | Mapping[str, float | None]
    | Mapping[str, int | Fraction | None]
    | None
)


class Kind(StrEnum):
    """What changed: of a model, of a layer's own, of what follows for a layer, of a model at a resolution."""

    MODEL_ADDED = "model-added"
    MODEL_REMOVED = "model-removed"
    MODEL_RENAMED = "model-renamed"
    MODEL_REPLACED = "model-replaced"
    MODEL_FAILED = "model-failed"
    MODEL_MENDED = "model-mended"
    MODEL_CHANNELS = "model-channels"
    MODEL_IMAGES = "model-images"
    MODEL_INPUTS = "model-inputs"
    RESOLUTION_ADDED = "resolution-added"
    RESOLUTION_REMOVED = "resolution-removed"

    LAYER_ADDED = "layer-added"
    LAYER_REMOVED = "layer-removed"
    LAYER_RENAMED = "layer-renamed"
    LAYER_MOVED = "layer-moved"
    LAYER_REWIRED = "layer-rewired"
    LAYER_KIND = "layer-kind"
    LAYER_KERNEL = "layer-kernel"
    LAYER_STRIDE = "layer-stride"
    LAYER_DILATION = "layer-dilation"
    LAYER_PADDING = "layer-padding"
    LAYER_GROUPS = "layer-groups"
    LAYER_CHANNELS = "layer-channels"
    LAYER_PARAMS = "layer-params"

    RF_MIN = "rf-min"
    RF_MAX = "rf-max"
    JUMP = "jump"
    VERDICT = "verdict"
    NOT_JUDGED = "layer-not-judged"
    JUDGED = "layer-judged"

    REFUSED = "resolution-refused"
    ACCEPTED = "resolution-accepted"
    PRODUCTIVE_DEPTH = "productive-depth"
    DEPTH = "depth"
    OUT_OF_RANGE = "resolution-out-of-range"
    IN_RANGE = "resolution-in-range"
    BORDER_EARLIER = "border-layer-earlier"
    BORDER = "border-layer"
    R_MIN = "r-min"
    R_MAX = "r-max"
    PARAMS = "params"
    MACS = "macs"
    WASTED_PARAMS = "wasted-params"
    WASTED_MACS = "wasted-macs"


STRUCTURE = frozenset(kind for kind in Kind if kind.name.startswith("LAYER_"))
"""What somebody changed in the code of a model; all else follows from it."""

CONSEQUENCES = frozenset({Kind.RF_MIN, Kind.RF_MAX, Kind.JUMP, Kind.VERDICT, Kind.NOT_JUDGED, Kind.JUDGED})
"""What follows for single layers; there may be hundreds."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `layer` is the new id, the old one where the layer is gone, None for the model as a whole.

    `at` lists the resolutions at which `old` became `new`; it is empty where that holds at every common one.
    """

    kind: Kind
    old: Value = None
    new: Value = None
    layer: str | None = None
    at: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[type["Change"], tuple[object, ...]]:
        """Be pickled as a call: a zoo has hundreds of thousands, compared in several processes."""
        return Change, (self.kind, self.old, self.new, self.layer, self.at)


class Status(StrEnum):
    """What became of a model."""

    CHANGED = "changed"
    RENAMED = "renamed"
    REPLACED = "replaced"
    ADDED = "added"
    REMOVED = "removed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class ModelChanges:
    """All that changed in one model, named as in the new side; `old_name` where the old side says otherwise.

    `old_versions` and `new_versions` are those that made the two reports, where both were read.
    """

    name: str
    status: Status
    changes: tuple[Change, ...] = ()
    old_name: str | None = None
    old_versions: Mapping[str, str] | None = None
    new_versions: Mapping[str, str] | None = None

    @property
    def versions(self) -> frozenset[tuple[str, str, str]]:
        """Name the packages of which the two sides had different versions, with both versions."""
        old, new = self.old_versions or {}, self.new_versions or {}
        return frozenset((name, old[name], new[name]) for name in old if name in new and old[name] != new[name])
