"""Run a model once and keep what ran."""

import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.parameter import is_lazy

from rfa_report.core.errors import ModelError, one_line
from rfa_report.core.inputs import Input, arranged, usual
from rfa_report.core.recording import Recording
from rfa_report.tracing.constants import Constants, Look
from rfa_report.tracing.construct import Model
from rfa_report.tracing.copying import zeroed
from rfa_report.tracing.exported import caller
from rfa_report.tracing.imports import plain_imports
from rfa_report.tracing.leaving import watched
from rfa_report.tracing.masks import masks
from rfa_report.tracing.recorder import EmptyMap, Recorder
from rfa_report.tracing.scopes import Scopes, names, tensors

MOST_WEIGHTS = 2**28
"""How many weights a model may have that is built in full only to look at its masks: a gigabyte."""


def trace(model: Model, shape: tuple[int, ...], images: int = 1) -> Recording:
    """Record the forward pass of a model in eval mode for a number of images of shape (batch, channels, *spatial)."""
    return record(model, shape[2:], usual(len(shape) - 2, shape[1], images, shape[0]))


def record(model: Model, size: tuple[int, ...], inputs: Sequence[Input]) -> Recording:
    """Record the forward pass of a model in eval mode at a resolution.

    The model lives on the meta device: nothing is computed. Where its forward pass needs numbers (values that steer
    shapes, positions looked up in a table), it is run on the CPU with its real tables and weights of no meaning, and
    the recording says so. A forward pass that raises gives the recording up to there, with the model's own message as
    `refusal`.
    """
    recording, error, looked_up = _record(model.meta, size, inputs, "meta", _look(model))
    if looked_up or (error is not None and not isinstance(error, EmptyMap) and _needs_numbers(error)):
        recording, _, _ = _record(model.concrete(), size, inputs, "cpu", _look(model))
    return recording


def load_all() -> None:
    """Import what torch imports late, for whoever forks processes that trace."""
    import torch._dynamo  # noqa: F401


def use_one_thread() -> None:
    """Let models that compute with numbers do so on one core of this process: others have the rest."""
    torch.set_num_threads(1)


def _look(model: Model) -> Look:
    """Find the numbers of what modules hold in the same model on the CPU, which is built when somebody asks."""

    def look(tensor: torch.Tensor) -> torch.Tensor | None:
        small = sum(p.numel() for p in model.meta.parameters()) <= MOST_WEIGHTS
        for path, module in model.meta.named_modules():
            for name, held in (*module._buffers.items(), *vars(module).items()):
                if held is tensor:
                    return _held(model, path, name) if small else None
        raise LookupError

    return look


def _held(model: Model, path: str, name: str) -> torch.Tensor | None:
    try:
        found = getattr(model.concrete().get_submodule(path), name, None)
    except ModelError:
        return None
    return found if isinstance(found, torch.Tensor) and not found.is_meta else None


def _needs_numbers(error: Exception) -> bool:
    """Guess from an error whether the model asked a meta tensor for numbers; a wrong guess costs a run, no more."""
    text = str(error).lower()
    return isinstance(error, NotImplementedError) or "meta" in text or "same device" in text or "custom c++ ops" in text


def _record(
    model: nn.Module, size: tuple[int, ...], inputs: Sequence[Input], device: Literal["meta", "cpu"], look: Look
) -> tuple[Recording, Exception | None, bool]:
    recorder = Recorder()
    dtype = next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.float32)
    dtypes = {"float": dtype, "int": torch.int64, "bool": torch.bool}
    given = [torch.zeros(one.shape(size), device=device, dtype=dtypes[one.kind]) for one in inputs]
    args, kwargs = arranged({one.name: tensor for one, tensor in zip(inputs, given, strict=True)})
    tracked = [i for i, one in enumerate(inputs) if any(extent.axis for extent in one.extents)]
    read = tuple(recorder.value(given[i], "input") for i in tracked)
    for i in set(range(len(given))) - set(tracked):
        recorder.withhold(given[i])
    scopes = Scopes(model, recorder)
    caught: Exception | None = None
    outputs: tuple[int, ...] = ()
    called: tuple[str, ...] = ()
    with _plain_torch(), plain_imports(), torch.no_grad():
        try:
            if any(is_lazy(p) for p in model.parameters()):
                model(*args, **kwargs)  # gives lazy modules their shapes
                zeroed(model)
            with watched(recorder.left, recorder.same, recorder.counted), scopes.following(), recorder:
                result = caller(model, scopes)(*args, **kwargs)
                outputs, called = tuple(recorder.value(t) for t in tensors(result)), names(result)
        except Exception as error:
            caught = error
            if "torch._dynamo" in sys.modules:
                torch._dynamo.reset()  # or else what it was about to compile fails from now on
    constants = Constants(recorder.values, recorder.calls, recorder.leaves, recorder.unknown, look)
    looked_up = {value: constants.numbers(value) for value in recorder.missed}
    tables = {value: numbers.numpy().copy() for value, numbers in looked_up.items() if numbers is not None}
    recording = Recording(
        values=tuple(recorder.values),
        calls=tuple(recorder.calls),
        scopes=scopes.scopes,
        inputs=read,
        outputs=outputs,
        tables=masks(constants, recorder.unknown) | recorder.tables | tables,
        refusal=None if caught is None else one_line(caught),
        device=device,
        size=size,
        given=tuple(inputs[i] for i in tracked),
        names=called,
    )
    return recording, caught, constants.missing or len(tables) < len(looked_up)


@contextmanager
def _plain_torch() -> Iterator[None]:
    """Silence warnings of the model, run compiled code as it was written, and keep attention from being fused."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with (
                torch.compiler.set_stance("force_eager"),
                torch.backends.mkldnn.flags(enabled=False),
                sdpa_kernel(SDPBackend.MATH),
            ):
                yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
