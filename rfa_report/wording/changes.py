"""What changes are called: words for kinds, and values as a reviewer reads them."""

from collections.abc import Mapping

from rfa_report.diffing.changes import Change, Kind, Value
from rfa_report.wording.numbers import NBSP, per_axis, quantity
from rfa_report.wording.text import printable

LAYER_WORDS = {
    Kind.LAYER_ADDED: "added",
    Kind.LAYER_REMOVED: "removed",
    Kind.LAYER_RENAMED: "renamed",
    Kind.LAYER_MOVED: "moved",
    Kind.LAYER_REWIRED: "inputs",
    Kind.LAYER_KIND: "kind",
    Kind.LAYER_KERNEL: "kernel",
    Kind.LAYER_STRIDE: "stride",
    Kind.LAYER_DILATION: "dilation",
    Kind.LAYER_PADDING: "padding",
    Kind.LAYER_GROUPS: "groups",
    Kind.LAYER_CHANNELS: "channels",
    Kind.LAYER_PARAMS: "parameters",
    Kind.RF_MIN: "RF min",
    Kind.RF_MAX: "RF max",
    Kind.JUMP: "jump",
    Kind.VERDICT: "verdict",
    Kind.NOT_JUDGED: "judged",
    Kind.JUDGED: "judged",
}

MODEL_WORDS = {
    Kind.MODEL_ADDED: "model added",
    Kind.MODEL_REMOVED: "model removed",
    Kind.MODEL_RENAMED: "renamed",
    Kind.MODEL_REPLACED: "another architecture, layers",
    Kind.MODEL_FAILED: "cannot be analysed",
    Kind.MODEL_MENDED: "can be analysed now",
    Kind.MODEL_CHANNELS: "input channels",
    Kind.MODEL_IMAGES: "input images",
    Kind.MODEL_INPUTS: "inputs",
    Kind.RESOLUTION_ADDED: "resolution added",
    Kind.RESOLUTION_REMOVED: "resolution removed",
    Kind.REFUSED: "refused by the model",
    Kind.ACCEPTED: "accepted by the model now",
    Kind.PRODUCTIVE_DEPTH: "productive depth",
    Kind.DEPTH: "depth",
    Kind.OUT_OF_RANGE: "resolution",
    Kind.IN_RANGE: "resolution",
    Kind.BORDER_EARLIER: "border layer, earlier",
    Kind.BORDER: "border layer",
    Kind.R_MIN: "feasible from",
    Kind.R_MAX: "largest receptive field",
    Kind.PARAMS: "parameters",
    Kind.MACS: "MACs",
    Kind.WASTED_PARAMS: "wasted parameters",
    Kind.WASTED_MACS: "wasted MACs",
}

COUNTS = frozenset({Kind.PARAMS, Kind.MACS, Kind.WASTED_PARAMS, Kind.WASTED_MACS, Kind.LAYER_PARAMS})
WORSE = frozenset({Kind.MODEL_FAILED, Kind.REFUSED, Kind.NOT_JUDGED, Kind.OUT_OF_RANGE, Kind.BORDER_EARLIER})
BETTER = frozenset({Kind.MODEL_MENDED, Kind.ACCEPTED, Kind.JUDGED, Kind.IN_RANGE})
TURNS = frozenset({Kind.MODEL_FAILED, Kind.MODEL_MENDED, Kind.REFUSED, Kind.ACCEPTED})
"""What has a reason instead of a value before or after, and is said in a headline without it."""

HEADLINES = frozenset(
    {
        Kind.PRODUCTIVE_DEPTH,
        *(kind for kind in Kind if kind.value.startswith(("model-", "resolution-")) and "range" not in kind.value),
    }
)
"""What of a model as a whole is said in its headline."""


def growth(change: Change) -> str:
    """Say by what share a count grew; empty for anything else."""
    old, new = change.old, change.new
    if change.kind not in COUNTS or not isinstance(old, int) or not isinstance(new, int) or not old:
        return ""
    percent = 100 * (new - old) / old
    if new and percent < -99.9:
        return f" (nearly -100{NBSP}%)"
    return f" ({percent:+,.0f}{NBSP}%)" if percent >= 1000 else f" ({percent:+.3g}{NBSP}%)"


def tone_of(change: Change) -> str:
    """Say whether a change is better, worse or (empty) neither."""
    if change.kind in WORSE | BETTER:
        return "worse" if change.kind in WORSE else "better"
    old, new = change.old, change.new
    if change.kind is Kind.VERDICT and "unproductive" in (old, new):
        return "worse" if new == "unproductive" else "better"
    if change.kind is Kind.PRODUCTIVE_DEPTH and isinstance(old, int) and isinstance(new, int):
        return "better" if new > old else "worse"
    return ""


def at_words(change: Change) -> str:
    """Say at which resolutions a change holds; empty where at all of them."""
    return f"at {', '.join(change.at)}{NBSP}px" if change.at else ""


def value_words(kind: Kind, value: Value) -> str:
    """Write a value as its kind is read."""
    if kind is Kind.LAYER_CHANNELS and isinstance(value, Mapping):
        taken, given = value["in"], value["out"]
        return str(given) if taken == given else f"{taken}→{given}"
    if isinstance(value, Mapping):
        return per_axis(value)
    if kind in COUNTS and isinstance(value, int):
        return quantity(value).text
    return "" if value is None else printable(str(value))
