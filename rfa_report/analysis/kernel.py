"""The kernel of a layer, read from the arguments of the one operator that has it."""

from collections.abc import Mapping, Sequence
from typing import Any

from rfa_report.core.field import Field
from rfa_report.core.layer import Window
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
    kernels = [call for call in calls if call.packet in WINDOW_ARGUMENTS]
    if len(kernels) != 1:
        return None
    call = kernels[0]
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


def _argument(call: Call, position: int | None) -> Any:
    return call.args[position] if position is not None and position < len(call.args) else None


def _axes_along(state: Field, dims: range, axes: tuple[str, ...]) -> list[str]:
    shares = [pure(state.layout[d]) for d in dims]
    return [axes[share.axis] for share in shares if share]
