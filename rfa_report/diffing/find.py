"""Find what changed between two reports of a model. A kind of change is one line of a table, or one yield."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from rfa_report.core.layer import Layer, Verdict
from rfa_report.core.report import ModelReport, ResolutionReport
from rfa_report.diffing.changes import Change, Kind, Value
from rfa_report.diffing.match import Matched, match
from rfa_report.diffing.structure import Outline, differences, kinship, outline

Pair: TypeAlias = tuple[str, ResolutionReport, ResolutionReport]
"""A resolution, and what the two sides say there."""

INSIDE = "in the feasible range"
UNJUDGED = Verdict.NOT_JUDGED.value

AT_RESOLUTION: Mapping[Kind, Callable[[ResolutionReport], Value]] = {
    Kind.PRODUCTIVE_DEPTH: lambda at: at.productive_depth,
    Kind.DEPTH: lambda at: at.depth,
    Kind.R_MIN: lambda at: at.r_min,
    Kind.R_MAX: lambda at: at.r_max,
    Kind.PARAMS: lambda at: at.params,
    Kind.MACS: lambda at: at.macs,
    Kind.WASTED_PARAMS: lambda at: at.wasted_params,
    Kind.WASTED_MACS: lambda at: at.wasted_macs,
}

OF_LAYER: Mapping[Kind, Callable[[Layer], Value]] = {
    Kind.RF_MIN: lambda layer: layer.rf_min,
    Kind.RF_MAX: lambda layer: layer.rf_max,
    Kind.JUMP: lambda layer: layer.jump,
}

FEW = 8
"""Models with fewer layers that have parameters are never called unrelated: their differences fit on a page."""

KIN = 0.25
"""The least share of the smaller model's layers with parameters that is in the other, of two versions of one model."""


def changes(old: ModelReport, new: ModelReport) -> Iterator[Change]:
    """Find all changes, those of the model first, then those in its code, then what follows from them."""
    if old.slug != new.slug:
        yield Change(Kind.MODEL_RENAMED, old.slug, new.slug)
    if new.error is not None or old.error is not None:
        if old.error is None or new.error is None:
            yield Change(Kind.MODEL_MENDED if new.error is None else Kind.MODEL_FAILED, old.error, new.error)
        elif old.error != new.error:
            yield Change(Kind.MODEL_FAILED, old.error, new.error)
        return
    if old.channels != new.channels:
        yield Change(Kind.MODEL_CHANNELS, old.channels, new.channels)
    if old.images != new.images:
        yield Change(Kind.MODEL_IMAGES, old.images, new.images)
    if old.inputs != new.inputs:
        yield Change(Kind.MODEL_INPUTS, _inputs(old), _inputs(new))
    before, after = _labelled(old), _labelled(new)
    yield from (Change(Kind.RESOLUTION_REMOVED, label) for label in before if label not in after)
    yield from (Change(Kind.RESOLUTION_ADDED, None, label) for label in after if label not in before)
    common = [label for label in before if label in after] if before.keys() & after.keys() else []
    left = outline([before[label] for label in common] or old.resolutions)
    right = outline([after[label] for label in common] or new.resolutions)
    matched = match(left.layers, right.layers)
    most = max(sum(1 for layer in side.layers if layer.params) for side in (left, right))
    if most >= FEW and kinship(matched.pairs, left.layers, right.layers) < KIN:
        yield Change(Kind.MODEL_REPLACED, len(left.layers), len(right.layers))
        return
    yield from _in_code(matched, left, right)
    yield from _refusals((label, before[label], after[label]) for label in common)
    both = [
        (label, before[label], after[label])
        for label in common
        if (before[label].refusal is None) == (after[label].refusal is None)
    ]
    yield from _at_resolutions(matched, both)
    yield from _consequences(matched, both)


def _inputs(report: ModelReport) -> str:
    return ", ".join(f"{name} = {pattern}" for name, pattern in report.inputs.items()) or "images"


def _labelled(report: ModelReport) -> dict[str, ResolutionReport]:
    return {at.label: at for at in report.resolutions}


def _in_code(matched: Matched, left: Outline, right: Outline) -> Iterator[Change]:
    """Find what somebody changed in the code: layers that came, went, moved, or are not what they were."""
    for layer in matched.removed:
        yield Change(Kind.LAYER_REMOVED, layer.kind, None, layer.id)
    for layer in matched.added:
        yield Change(Kind.LAYER_ADDED, None, layer.kind, layer.id)
    names = {old.id: new.id for old, new in matched.pairs}
    order = {layer.id: place for place, layer in enumerate(right.layers)}
    still = _before(left.layers)
    for old, new in matched.pairs:
        if old.id != new.id:
            yield Change(Kind.LAYER_RENAMED, old.id, new.id, new.id)
        if new.id in matched.moved:
            last = right.layers[order[new.id] - 1].id if order[new.id] else "input"
            yield Change(Kind.LAYER_MOVED, f"after {still[old.id]}", f"after {last}", new.id)
        elif _rewired(left.sources[old.id], right.sources[new.id], names, matched):
            yield Change(Kind.LAYER_REWIRED, ", ".join(left.sources[old.id]), ", ".join(right.sources[new.id]), new.id)
        yield from (Change(kind, before, after, new.id) for kind, before, after in differences(old, new))


def _before(layers: Sequence[Layer]) -> dict[str, str]:
    """Name the layer that runs before each."""
    ids = ["input", *(layer.id for layer in layers)]
    return dict(zip(ids[1:], ids[:-1], strict=True))


def _rewired(before: Sequence[str], after: Sequence[str], names: Mapping[str, str], matched: Matched) -> bool:
    """Tell whether a layer takes its inputs from elsewhere, and not only because those came, went or moved."""
    expected = [names.get(name, name if name.startswith("input") else "") for name in before]
    new = {layer.id for layer in matched.added} | matched.moved
    if set(expected) & {"", *matched.moved} or set(after) & new:
        return False
    return set(expected) != set(after)


def _refusals(both: Iterable[Pair]) -> Iterator[Change]:
    """Find resolutions that just one side refused; its numbers are about fewer layers there, and not compared."""
    for label, old, new in both:
        if (old.refusal is None) != (new.refusal is None):
            kind = Kind.REFUSED if old.refusal is None else Kind.ACCEPTED
            yield Change(kind, _refusal(old), _refusal(new), None, (label,))


def _refusal(at: ResolutionReport) -> str | None:
    return None if at.refusal is None else f"{at.refused_in or 'the model'}: {at.refusal}"


def _at_resolutions(matched: Matched, both: Sequence[Pair]) -> Iterator[Change]:
    """Find what changed of the model as a whole."""
    for kind, read in AT_RESOLUTION.items():
        yield from _varying(kind, None, [(label, read(old), read(new)) for label, old, new in both])
    for change in _varying(Kind.IN_RANGE, None, [(label, in_range(old), in_range(new)) for label, old, new in both]):
        if None not in (change.old, change.new):
            yield change if change.new == INSIDE else replace(change, kind=Kind.OUT_OF_RANGE)
    names = {a.id: b.id for a, b in matched.pairs}
    for kind in (Kind.BORDER_EARLIER, Kind.BORDER):
        borders = [
            (label, old.border, new.border)
            for label, old, new in both
            if names.get(old.border or "", old.border) != new.border
            and _earlier(old, new, names) == (kind is Kind.BORDER_EARLIER)
        ]
        yield from _varying(kind, None, borders, len(both))


def _earlier(old: ResolutionReport, new: ResolutionReport, names: Mapping[str, str]) -> bool:
    """Tell whether the border layer runs before the place that the old one has in the new model, or is a first one."""
    if old.border is None or new.border is None:
        return old.border is None
    places = {layer.id: place for place, layer in enumerate(new.layers)}
    limit = -1
    for layer in old.layers:
        limit = places.get(names.get(layer.id, ""), limit)
        if layer.id == old.border:
            break
    return places[new.border] <= limit


def in_range(at: ResolutionReport) -> str | None:
    """Say on which side of its feasible range a model is at a resolution; None where the range is not known."""
    if at.r_min is None or at.refusal is not None:
        return None
    sizes = dict(zip(at.r_min, at.size, strict=True))
    if any(sizes[axis] < least for axis, least in at.r_min.items()):
        return "below the feasible range"
    above = at.r_max is not None and any(sizes[axis] > most for axis, most in at.r_max.items())
    return "above the feasible range" if above else INSIDE


def _consequences(matched: Matched, both: Sequence[Pair]) -> Iterator[Change]:
    """Find what follows for each layer, kind by kind."""
    tables = [(label, _by_id(old), _by_id(new)) for label, old, new in both]
    shared = []
    for old, new in matched.pairs:
        at = [
            (label, here[old.id], there[new.id]) for label, here, there in tables if old.id in here and new.id in there
        ]
        shared.append((new.id, at))
    for kind, read in OF_LAYER.items():
        for layer, pair in shared:
            yield from _varying(kind, layer, [(label, read(a), read(b)) for label, a, b in pair])
    for layer, pair in shared:
        verdicts = [(label, a.verdict.value, b.verdict.value) for label, a, b in pair]
        for change in _varying(Kind.VERDICT, layer, verdicts):
            kind = Kind.NOT_JUDGED if change.new == UNJUDGED else Kind.JUDGED if change.old == UNJUDGED else change.kind
            yield replace(change, kind=kind)
    for added in matched.added:
        where = [label for label, _, new in tables if added.id in new and new[added.id].verdict is Verdict.NOT_JUDGED]
        if where:
            everywhere = len(where) == len(tables)
            yield Change(Kind.NOT_JUDGED, None, UNJUDGED, added.id, () if everywhere else tuple(where))


def _by_id(at: ResolutionReport) -> dict[str, Layer]:
    return {layer.id: layer for layer in at.layers}


def _varying(
    kind: Kind, layer: str | None, values: Sequence[tuple[str, Value, Value]], resolutions: int | None = None
) -> Iterator[Change]:
    """Tell a difference once for all resolutions at which it is the same."""
    groups: list[tuple[Value, Value, list[str]]] = []
    for label, old, new in values:
        if old == new:
            continue
        for before, after, at in groups:
            if before == old and after == new:
                at.append(label)
                break
        else:
            groups.append((old, new, [label]))
    for old, new, at in groups:
        everywhere = len(at) == (len(values) if resolutions is None else resolutions)
        yield Change(kind, old, new, layer, () if everywhere else tuple(at))
