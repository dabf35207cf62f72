"""The kernel of a layer, read from the arguments of the one operator that has it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rfa_report.core import bounds as b
from rfa_report.core.field import Field
from rfa_report.core.layer import PerAxis, Window
from rfa_report.core.layout import pure
from rfa_report.core.recording import Call, Recording, Ref
from rfa_report.rules.windows import per_dim

WINDOW_ARGUMENTS = {
    "convolution": (3, 4, 5),
    "max_pool2d_with_indices": (2, 3, 4),
    "max_pool3d_with_indices": (2, 3, 4),
    "avg_pool1d": (2, 3, None),
    "avg_pool2d": (2, 3, None),
    "avg_pool3d": (2, 3, None),
}
"""Positions of stride, padding and dilation among the arguments of operators with a kernel."""


def window(
    recording: Recording, calls: Sequence[Call], fields: Mapping[int, object], axes: tuple[str, ...]
) -> Window | None:
    """Read the kernel of the one call that has one; None where there is none, or several.

    `fields` are those of the values that the calls read, as far as they are known.
    """
    call = call_with_kernel(calls)
    if call is None:
        return None
    x = recording.values[call.args[0].value]
    name = call.packet
    kernel = recording.values[call.args[1].value].shape[2:] if isinstance(call.args[1], Ref) else call.args[1]
    n = len(x.shape) - 2 if name == "convolution" else int(name.split("pool")[1][0])
    kernel = per_dim(kernel, n)
    stride, padding, dilation = (
        per_dim(value, n)
        for value in (
            _argument(call, WINDOW_ARGUMENTS[name][0]) or kernel,
            _argument(call, WINDOW_ARGUMENTS[name][1]) or 0,
            _argument(call, WINDOW_ARGUMENTS[name][2]) or 1,
        )
    )
    state = next((s for v in call.inputs if isinstance(s := fields.get(v), Field)), None)
    dims = range(len(x.shape) - n, len(x.shape))
    along = _axes_along(state, dims, axes) if state and len(state.shape) == len(x.shape) else axes[-n:]
    if len(along) != n:
        return None
    extent = [x.shape[d] for d in dims]
    return Window(*(dict(zip(along, v, strict=True)) for v in (kernel, stride, padding, dilation, extent)))


def call_with_kernel(calls: Sequence[Call]) -> Call | None:
    """Return the one call that has a kernel; None where there is none, or several."""
    kernels = [call for call in calls if call.packet in WINDOW_ARGUMENTS]
    return kernels[0] if len(kernels) == 1 else None


def idle_kernels(
    recording: Recording, call: Call, kernel: Window, field: object, axes: tuple[str, ...]
) -> PerAxis[bool]:
    """Decide for each axis of a kernel whether it covers its whole map and shows no position more than it saw before.

    That is so where all positions that one output position reads reach the same stretch of the input; what reaches
    nothing, such as a border of zeros, adds nothing.
    """
    return {axis: _is_idle(recording, call, kernel, field, axis, axes.index(axis)) for axis in kernel.kernel}


def _is_idle(recording: Recording, call: Call, kernel: Window, field: object, axis: str, number: int) -> bool:
    taps = np.arange(kernel.kernel[axis]) * kernel.dilation[axis]
    if kernel.extent[axis] > taps[-1] + 1:
        return False
    made = call.outputs[0]
    if not isinstance(field, Field) or made is None:
        return True
    shares = enumerate(map(pure, field.layout))
    own = max((d for d, share in shares if share and share.axis == number), default=None)  # behind the channels
    if own is None:
        return True
    others = tuple(d + 1 for d in range(len(field.shape)) if d != own)
    reach = field.axes[number].bounds[b.REACH].min(axis=others)
    first, negated_last = np.broadcast_to(reach, (2, field.shape[own]))
    ends = np.where(first >= b.EMPTY, -1, first), np.where(first >= b.EMPTY, -1, -negated_last)
    places = np.arange(recording.values[made].shape[own])[:, None]
    stride, padding = kernel.stride[axis], kernel.padding[axis]
    if call.packet == "convolution" and call.args[6]:  # transposed
        read, meets = np.divmod(places + padding - taps, stride)
        read = np.where(meets == 0, read, -1)
    else:
        read = places * stride - padding + taps
    inside = (read >= 0) & (read < kernel.extent[axis])
    met = [end[np.where(inside, read, 0)] for end in ends]
    seen, far = inside & (met[0] >= 0), np.iinfo(met[0].dtype).max
    return all(
        bool((end.max(axis=1, where=seen, initial=-1) <= end.min(axis=1, where=seen, initial=far)).all()) for end in met
    )


def _argument(call: Call, position: int | None) -> Any:
    return call.args[position] if position is not None and position < len(call.args) else None


def _axes_along(state: Field, dims: range, axes: tuple[str, ...]) -> list[str]:
    shares = [pure(state.layout[d]) for d in dims]
    return [axes[share.axis] for share in shares if share]
