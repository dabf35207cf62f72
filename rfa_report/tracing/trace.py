"""Run a model once and keep what ran."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import torch
from torch import nn

from rfa_report.core.errors import one_line
from rfa_report.core.recording import Recording
from rfa_report.tracing.recorder import Recorder
from rfa_report.tracing.scopes import Scopes, tensors


def trace(model: nn.Module, shape: tuple[int, ...]) -> Recording:
    """Record the forward pass of a model in eval mode for an input of shape (batch, channels, *spatial).

    The model lives on the meta device: nothing is computed. Where its forward pass needs numbers, it is run on the CPU
    with weights of no meaning, and the recording says so. A forward pass that raises gives the recording up to there,
    with the model's own message as `refusal`.
    """
    recording, error = _record(model, shape, "meta")
    if error is not None and _needs_numbers(error):
        concrete = model.to_empty(device="cpu")
        with torch.no_grad():
            for tensor in (*concrete.parameters(), *concrete.buffers()):
                tensor.zero_()
        recording, _ = _record(concrete, shape, "cpu")
        model.to("meta")
    return recording


def _needs_numbers(error: Exception) -> bool:
    text = str(error).lower()
    return isinstance(error, NotImplementedError) or "meta" in text or "same device" in text


def _record(
    model: nn.Module, shape: tuple[int, ...], device: Literal["meta", "cpu"]
) -> tuple[Recording, Exception | None]:
    recorder = Recorder()
    dtype = next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.float32)
    image = torch.zeros(shape, device=device, dtype=dtype)
    inputs = (recorder.value(image, "input"),)
    scopes = Scopes(model, recorder)
    caught: Exception | None = None
    outputs: tuple[int, ...] = ()
    with _quiet(), torch.no_grad(), scopes.following(), recorder:
        try:
            result = model(image)
            outputs = tuple(recorder.value(t) for t in tensors(result))
        except Exception as error:
            caught = error
    refusal = None if caught is None else one_line(caught)
    return (
        Recording(
            tuple(recorder.values), tuple(recorder.calls), tuple(scopes.scopes), inputs, outputs, refusal, device
        ),
        caught,
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence warnings of the model, and keep attention from being fused into one opaque operator."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
