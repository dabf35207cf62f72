"""The oracle: NaN is infectious.

Put NaN into one input row of a real float64 tensor and run the real model: exactly the outputs that depend on that row
become NaN. It knows no operator, so it shares no mistake with the rules.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from rfa_report.analysis import propagate
from rfa_report.core import bounds as b
from rfa_report.core.field import Field
from rfa_report.core.layer import Reach
from rfa_report.core.layout import dim_of
from rfa_report.core.recording import Recording
from rfa_report.rules import BOOK
from rfa_report.tracing import on_meta, trace

Masks = dict[int, NDArray[np.bool_]]
"""By dimension of a module's output: (input positions, output positions), True where a NaN arrived."""


def concrete(model: nn.Module) -> nn.Module:
    """Fill a model with positive float64 weights that keep activations near 1, so that nothing overflows."""
    generator = torch.Generator().manual_seed(0)
    model = model.double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            fan_in = max(1, parameter[0].numel()) if parameter.ndim > 1 else 1
            parameter.copy_((torch.rand(parameter.shape, generator=generator, dtype=torch.float64) + 0.5) / fan_in)
        for name, buffer in model.named_buffers():
            if name.endswith(("running_mean", "running_var")):
                buffer.fill_(1.0 if name.endswith("var") else 0.1)
    return model


@contextmanager
def _plain_kernels() -> Iterator[None]:
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    with torch.backends.mkldnn.flags(enabled=False), torch.no_grad():
        try:
            yield
        finally:
            torch.backends.mha.set_fastpath_enabled(fast)


def true_masks(model: nn.Module, shape: tuple[int, ...], axis: int, chunk: int = 24) -> dict[str, Masks]:
    """Run a concrete model once for every input position along `axis`, and see where NaN arrives, by module call."""
    found: dict[str, list[Masks]] = {}
    paths = {id(module): path for path, module in model.named_modules()}
    counts: Counter[str] = Counter()

    def look(module: nn.Module, args: Any, output: Any) -> None:
        path = paths.get(id(module))
        if path is None:
            return
        key = f"{path}#{counts[path]}"
        counts[path] += 1
        tensor = output[0] if isinstance(output, tuple) else output
        if isinstance(tensor, torch.Tensor) and tensor.ndim > 1:
            nan = tensor.isnan()
            masks = {d: _along(nan, d) for d in range(1, tensor.ndim)}
            found.setdefault(key, []).append(masks)

    handles = [module.register_forward_hook(look) for module in model.modules()]
    size = shape[axis + 2]
    try:
        with _plain_kernels():
            for start in range(0, size, chunk):
                counts.clear()
                rows = range(start, min(start + chunk, size))
                image = torch.full((len(rows), *shape[1:]), 0.5, dtype=torch.float64)
                for i, row in enumerate(rows):
                    image.select(axis + 2, row)[i] = float("nan")
                model(image)
    finally:
        for handle in handles:
            handle.remove()
    return {key: {d: np.concatenate([part[d] for part in parts]) for d in parts[0]} for key, parts in found.items()}


def _along(nan: torch.Tensor, dim: int) -> NDArray[np.bool_]:
    others = [d for d in range(1, nan.ndim) if d != dim]
    return (nan.sum(others) > 0 if others else nan).numpy()


def first_and_last(mask: NDArray[np.bool_]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Turn (input positions, output positions) into first and last input position by output position."""
    hit = mask.any(axis=0)
    first = np.where(hit, mask.argmax(axis=0), -1)
    last = np.where(hit, len(mask) - 1 - mask[::-1].argmax(axis=0), -1)
    return tuple(first.tolist()), tuple(last.tolist())


def computed(recording: Recording) -> dict[str, Field]:
    """Return the field of the first output of every module call."""
    by_stop: dict[int, list[Any]] = {}
    for scope in recording.scopes:
        by_stop.setdefault(scope.stop, []).append(scope)
    found = {}
    for done, states in enumerate(propagate(recording, BOOK)):
        for scope in by_stop.get(done, ()):
            state = states.get(scope.outputs[0]) if scope.outputs else None
            if isinstance(state, Field):
                found[scope.id] = state
    return found


def disagreements(build: Callable[[], nn.Module], shape: tuple[int, ...]) -> tuple[int, int, list[str]]:
    """Compare every module output of a model with the oracle, on every input axis and along every dimension.

    Along a dimension means: the hull over the other dimensions, so that token layouts compare as well as maps. Returns
    how many reaches were compared, how many of them are not the whole image, and what differs.
    """
    model = build()
    recording = trace(on_meta(model), shape)
    assert recording.refusal is None, recording.refusal
    fields = computed(recording)
    real = concrete(model)
    compared, partial, wrong = 0, 0, []
    for axis in range(len(shape) - 2):
        masks = true_masks(real, shape, axis)
        for key, dims in masks.items():
            field = fields.get(key)
            if field is None:
                assert not any(mask.any() for mask in dims.values()), f"{key} depends on the input, but has no field"
                continue
            for dim, mask in dims.items():
                compared += 1
                reach, truth = along(field, axis, dim), first_and_last(mask)
                whole = (0, shape[axis + 2] - 1)
                partial += any(pair != whole for pair in zip(*truth, strict=True))
                if reach != truth:
                    wrong.append(f"{key} axis {axis} dim {dim}: computed {reach} true {truth}")
            own = dim_of(field.layout, axis)
            assert own is None or _lists(field.reach(axis)) == along(field, axis, own)
    return compared, partial, wrong


def _lists(reach: Reach | None) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    return None if reach is None else (tuple(reach[0].tolist()), tuple(reach[1].tolist()))


def along(field: Field, axis: int, dim: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return first and last input position of every position along a dimension: the hull over the others."""
    first, last = element_reach(field, axis)
    others = tuple(d for d in range(first.ndim) if d != dim)
    lo = np.where(last < 0, np.iinfo(np.int32).max, first).min(axis=others)
    return tuple(np.where(lo == np.iinfo(np.int32).max, -1, lo).tolist()), tuple(last.max(axis=others).tolist())


def element_reach(field: Field, axis: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Spell out first and last input position of every element; (-1, -1) where nothing reaches."""
    first, negated = np.broadcast_to(field.axes[axis].bounds[b.REACH], (2, *field.shape))
    nothing = first >= b.EMPTY
    return np.where(nothing, -1, first), np.where(nothing, -1, -negated)
