"""An operator without a rule: run it, change its input position by position, and see which outputs change."""

from collections.abc import Mapping, Sequence
from itertools import compress, product

import numpy as np
from numpy.typing import NDArray

from rfa_report.core import bounds as b
from rfa_report.core import layout as lay
from rfa_report.core.bounds import Bounds
from rfa_report.core.field import AxisField, Field, join_axis, seen_layout
from rfa_report.core.recording import Call, Recording
from rfa_report.core.subject import Measure


def measured(
    recording: Recording, call: Call, fields: Mapping[int, Field], measure: Measure
) -> tuple[Field | None, ...] | None:
    """Return the fields of a call's outputs as measured; None where measuring failed.

    An output element takes the hull over the input elements that it changes with, which is exact for `reach`. Along an
    axis whose whole map it changes with, the operator counts as global.
    """
    axes = range(len(next(iter(fields.values())).axes))
    parts = [_axis(recording, call, fields, axis, measure) for axis in axes]
    if any(part is None for part in parts):
        return None
    return tuple(
        None if value is None else _field(recording.values[value].shape, [part[i] for part in parts if part], fields)
        for i, value in enumerate(call.outputs)
    )


def _field(shape: tuple[int, ...], axes: Sequence[AxisField | None], fields: Mapping[int, Field]) -> Field | None:
    known = tuple(axis for axis in axes if axis is not None)
    if len(known) < len(axes):
        return None
    layout = seen_layout(shape, [axis.bounds for axis in known], lambda axis, d: _jump(axis, shape[d], fields))
    return Field(shape, layout, known)


def _axis(
    recording: Recording, call: Call, fields: Mapping[int, Field], axis: int, measure: Measure
) -> list[AxisField | None] | None:
    joined: list[AxisField | None] = [None] * len(call.outputs)
    for value, field in fields.items():
        own = field.axes[axis]
        dims = tuple(d for d, length in enumerate(own.bounds.shape[1:]) if length > 1)
        changes = measure(recording, call, value, dims)
        if changes is None:
            return None
        for index, changed in enumerate(changes):
            if changed is None:
                continue
            now = own.with_bounds(b.compressed(_hulls(field, axis, dims, changed)))
            before = joined[index]
            joined[index] = now if before is None else join_axis(before, now)
    return joined


def _hulls(field: Field, axis: int, dims: Sequence[int], changed: NDArray[np.bool_]) -> Bounds:
    """Collect, for every output element, the hull of the slabs that it changes with."""
    bounds = field.axes[axis].bounds
    slabs = bounds.reshape(6, *(bounds.shape[d + 1] for d in dims)).reshape(6, -1)
    carriers = [axis in lay.axes_of(field.layout[d]) for d in dims]
    along, channel = (
        _grouped(bounds.shape[1:], dims, carriers),
        _grouped(bounds.shape[1:], dims, [not c for c in carriers]),
    )
    tail = (1,) * (changed.ndim - 1)
    result, whole = b.empty(changed.shape[1:]), np.ones(changed.shape[1:], dtype=bool)
    for group in along:
        whole &= changed[group].any(axis=0)
    for group in channel:
        hull = b.empty(changed.shape[1:])
        for slab in group:
            np.minimum(hull, np.where(changed[slab], slabs[:, slab].reshape(6, *tail), b.EMPTY), out=hull)
        result = b.join(result, hull)
    covered = lay.covers([field.layout[d] for d, own in zip(dims, carriers, strict=True) if own], axis)
    if covered:
        result[b.LOCAL] = np.where(whole, b.EMPTY, result[b.LOCAL])
    return result


def _grouped(shape: Sequence[int], dims: Sequence[int], by: Sequence[bool]) -> list[list[int]]:
    """Group the numbers of the slabs along `dims` by their positions along those of them that `by` names."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for slab, place in enumerate(product(*(range(shape[d]) for d in dims))):
        groups.setdefault(tuple(compress(place, by)), []).append(slab)
    return list(groups.values())


def _jump(axis: int, size: int, fields: Mapping[int, Field]) -> lay.Jump | None:
    """Follow the jump from the sizes of the maps."""
    for field in fields.values():
        own = lay.dim_of(field.layout, axis)
        jump = field.jump(axis)
        if own is not None and jump is not None:
            length = jump * field.shape[own]
            return length // size if length % size == 0 else None
    return None
