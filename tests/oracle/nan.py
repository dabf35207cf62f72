"""The oracle: NaN is infectious.

Put NaN into one input row of a real tensor and run the real model: exactly the outputs that depend on that row become
NaN. It knows no operator, so it shares no mistake with the rules.
"""

import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from rfa_report.tracing.paths import Paths
from rfa_report.tracing.scopes import tensors

Lists = tuple[tuple[int, ...], tuple[int, ...]]
"""First and last input position, by position."""

Masks = dict[int, NDArray[np.bool_]]
"""By dimension of a module's output: (input positions, output positions), True where a NaN arrived."""

OVERFLOW = "NaN without a cause"
"""Why a module call cannot be compared: it gives NaN for a clean image too."""

GIVEN = "given to "
"""What stands before the name of a module call where its first input is meant, not its output."""

See = Callable[[str, torch.Tensor | None], None]
"""Look at a tensor, the first output of a module call or its first input, by name; None where there is none."""


def concrete(model: nn.Module, dtype: torch.dtype = torch.float64) -> nn.Module:
    """Fill a model with positive weights that keep activations near 1, so that nothing overflows."""
    generator = torch.Generator().manual_seed(0)
    model = model.to(dtype).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            fan_in = max(1, parameter[0].numel()) if parameter.ndim > 1 else 1
            parameter.copy_((torch.rand(parameter.shape, generator=generator, dtype=dtype) + 0.5) / fan_in)
        for name, buffer in model.named_buffers():
            if name.endswith(("running_mean", "running_var")):
                buffer.fill_(1.0 if name.endswith("var") else 0.1)
    return model


@contextmanager
def _plain_kernels(*, fast: bool) -> Iterator[None]:
    """Keep to kernels that compute nothing they do not need: no Winograd, no FFT, no fused attention.

    `fast` lets oneDNN convolve. What it computes too much can only add a NaN, so equality proves as much.
    """
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    with ExitStack() as stack:
        stack.callback(torch.backends.mha.set_fastpath_enabled, before)
        stack.enter_context(torch.backends.mkldnn.flags(enabled=fast))
        stack.enter_context(torch.backends.nnpack.flags(enabled=False))
        stack.enter_context(sdpa_kernel(SDPBackend.MATH))
        stack.enter_context(torch.no_grad())
        yield


def _run(
    model: nn.Module, images: torch.Tensor, see: See, *, fast: bool, cut: AbstractSet[str] = frozenset()
) -> str | None:
    """Run a model, showing what its module calls are given and return. Returns what it raised, if it did.

    NaN goes no further than the output of the calls named in `cut`.
    """
    paths = Paths(model)
    counts: Counter[str] = Counter()
    stack: list[tuple[nn.Module, str | None]] = []

    def enter(module: nn.Module, args: Any) -> None:
        caller, within = stack[-1] if stack else (None, "")
        path = paths.of(module, caller, within or "")
        stack.append((module, path))
        if path is not None:
            see(f"{GIVEN}{path}#{counts[path]}", next(tensors(args), None))

    def look(module: nn.Module, args: Any, output: Any) -> Any:
        path = stack.pop()[1]
        if path is None:
            return None
        key = f"{path}#{counts[path]}"
        counts[path] += 1
        see(key, next(tensors(output), None))
        return torch.nan_to_num(output) if key in cut and isinstance(output, torch.Tensor) else None

    handles = (register_module_forward_pre_hook(enter), register_module_forward_hook(look))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with _plain_kernels(fast=fast):
                model(images)
    except Exception as error:
        return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0][:200]}"
    finally:
        for handle in handles:
            handle.remove()
    return None


class Oracle:
    """Run one concrete model again and again, `chunk` images at a time, and see where NaN arrives."""

    def __init__(
        self,
        model: nn.Module,
        shape: tuple[int, ...],
        shapes: Mapping[str, tuple[int, ...]],
        chunk: int,
        *,
        fast: bool,
        cut: AbstractSet[str] = frozenset(),
    ) -> None:
        """Learn where the tensors of its module calls, of these `shapes` for one image, keep the images of a batch."""
        self.incomparable: dict[str, str] = {}
        self._model, self._shape, self._shapes, self._chunk, self._fast = model, shape, dict(shapes), chunk, fast
        self._dtype = next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.float64)
        self._cut = cut
        self._minor: set[str] = set()
        self.stopped = _run(model, self._clean(1), self._see_clean, fast=fast)
        if chunk > 1:
            marked = self._clean(2)
            marked[0] = float("nan")
            _run(model, marked, self._see_marked, fast=fast)

    def masks(self, axis: int, wanted: range | None = None) -> dict[str, Masks]:
        """Run once for every input position along an axis, or those wanted, and see where NaN arrives, by name."""
        found: dict[str, list[Masks]] = {}
        wanted = wanted or range(self._shape[axis + 2])
        for start in range(0, len(wanted), self._chunk):
            rows = wanted[start : start + self._chunk]
            images = self._clean(len(rows))
            for i, row in enumerate(rows):
                images.select(axis + 2, row)[i] = float("nan")

            def see(key: str, tensor: torch.Tensor | None, n: int = len(rows)) -> None:
                if tensor is None or key in self.incomparable or key not in self._shapes:
                    return
                apart = self._apart(key, tensor, n, minor=key in self._minor)
                if apart is None:
                    self.incomparable[key] = "data-dependent"
                    return
                alone = self._shapes[key][:1] == (1,)
                found.setdefault(key, []).append(dict(list(enumerate(_projections(apart)))[alone:]))

            stopped = _run(self._model, images, see, fast=self._fast, cut=self._cut)
            self.stopped = stopped or self.stopped
        masks = {key: {d: np.concatenate([p[d] for p in parts]) for d in parts[0]} for key, parts in found.items()}
        for key, dims in list(masks.items()):
            if key in self.incomparable or any(len(mask) != len(wanted) for mask in dims.values()):
                self.incomparable.setdefault(key, "data-dependent")
                del masks[key]
        return masks

    def _clean(self, n: int) -> torch.Tensor:
        return torch.full((n, *self._shape[1:]), 0.5, dtype=self._dtype)

    def _see_clean(self, key: str, tensor: torch.Tensor | None) -> None:
        if key.startswith(GIVEN) and key not in self._shapes:
            return
        if tensor is None or not tensor.ndim:
            self.incomparable[key] = "no tensor output"
        elif not (tensor.is_floating_point() or tensor.is_complex()):
            self.incomparable[key] = "integer output"
        elif key not in self._shapes:
            self.incomparable[key] = "not in the trace"
        elif tuple(tensor.shape) != self._shapes[key] or not tensor.numel():
            self.incomparable[key] = "data-dependent"
        elif tensor.isnan().any():
            self.incomparable[key] = OVERFLOW

    def _see_marked(self, key: str, tensor: torch.Tensor | None) -> None:
        if tensor is None or key in self.incomparable or key not in self._shapes:
            return
        for minor in (False, True):
            apart = self._apart(key, tensor, 2, minor=minor)
            if apart is not None and not apart[1].isnan().any():
                self._minor |= {key} if minor else set()
                return
        self._chunk = 1

    def _apart(self, key: str, tensor: torch.Tensor, n: int, *, minor: bool) -> torch.Tensor | None:
        """Give the images of a batch a first dimension of their own: they may be folded into any dimension."""
        alone, together = self._shapes[key], tuple(tensor.shape)
        if alone == together:
            return tensor.expand(n, *alone)
        grown = [d for d, (a, t) in enumerate(zip(alone, together, strict=False)) if a != t]
        if len(alone) != len(together) or len(grown) != 1 or together[grown[0]] != n * alone[grown[0]]:
            return None
        d = grown[0]
        return tensor.unflatten(d, (alone[d], n) if minor else (n, alone[d])).movedim(d + minor, 0)


def _projections(apart: torch.Tensor) -> list[NDArray[np.bool_]]:
    """Say along every dimension but that of the images where a NaN is: `amax` hands it on, and is fast."""
    if apart.is_complex():
        return _projections(torch.view_as_real(apart).amax(-1))
    if apart.ndim == 2:
        return [apart.isnan().numpy()]
    own = apart.amax(tuple(range(2, apart.ndim))).isnan().numpy()
    return [own, *_projections(apart.amax(1))]


def first_and_last(mask: NDArray[np.bool_]) -> Lists:
    """Turn (input positions, output positions) into first and last input position by output position."""
    hit = mask.any(axis=0)
    first = np.where(hit, mask.argmax(axis=0), -1)
    last = np.where(hit, len(mask) - 1 - mask[::-1].argmax(axis=0), -1)
    return tuple(first.tolist()), tuple(last.tolist())
